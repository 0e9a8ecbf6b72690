"""The host's side of the compiled searches for lines.

Importing this module imports numba; `geo.lines` does so for large searches only.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from geo import _line_kernels, _within_kernels
from geo._search import positions, search
from geo._threads import threads
from geo._tree import LEAF, boxes, leaves_for, morton_codes

if TYPE_CHECKING:
    from geo._groups import Queries
    from geo._line_kernels import SegmentTree
    from geo._search import Points
    from geo._segments import Segments
    from geo._tree import Indices
    from geo.arrays import Floats


def tree_of(segments: Segments) -> SegmentTree:
    """Build the tree of pieces."""
    ends = np.stack((segments.lat, segments.lon, segments.lat_change, segments.lon_change))
    with ThreadPoolExecutor(threads()) as pool:
        first = positions((ends[0], ends[1]), pool)
        last = positions((ends[0] + ends[2], ends[1] + ends[3]), pool)
    leaves = leaves_for(len(segments.line))
    piece = np.full((leaves, LEAF), -1, dtype=np.intp)
    piece.reshape(-1)[: len(segments.line)] = np.argsort(morton_codes(first))
    chord, low, high = np.empty((leaves, 7, LEAF)), np.empty((leaves, 3)), np.empty((leaves, 3))
    _line_kernels.fill(first, last, piece, chord, (low, high))
    sample = np.ascontiguousarray(chord[:, :3, 0])
    return _line_kernels.SegmentTree(chord, piece, boxes(low, high), sample, ends, segments.line)


def nearest_line(points: Points, segments: Segments) -> tuple[Indices, Floats]:
    """Give the nearest line, ``(n,)``, and its distance, latitude and longitude, ``(3, n)``."""
    tree = tree_of(segments)
    line = np.full(len(points[0]), -1, dtype=np.intp)
    feet = np.full((3, len(line)), np.nan)

    def work(queries: Queries, first: int, last: int) -> None:
        _line_kernels.nearest_line_kernel(tree, queries, first, last, (line, feet))

    search(points, [work], "nearest lines")
    return line, feet


def pieces_within(
    points: Points, segments: Segments, radius_km: float
) -> tuple[Indices, Indices, Floats]:
    """Give pairs of a point and a piece within the radius, with distance and foot, ``(3, p)``."""
    tree = tree_of(segments)
    starts = np.zeros(len(points[0]), dtype=np.intp)
    found, feet = np.empty(0, dtype=np.intp), np.empty((3, 0))

    def work(queries: Queries, first: int, last: int) -> None:
        _within_kernels.lines_within_kernel(
            tree, queries, (first, last), radius_km, starts, (found, feet)
        )

    search(points, [work], "lines within")
    counts = starts.copy()
    if counts.any():
        starts = np.cumsum(counts) - counts
        found, feet = np.empty(counts.sum(), dtype=np.intp), np.empty((3, counts.sum()))
        search(points, [work], "lines within")
    return np.repeat(np.arange(len(counts)), counts), found, feet
