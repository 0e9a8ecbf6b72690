"""The host's side of the compiled searches for lines.

Importing this module imports numba; `geo.lines` does so for large searches only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo import _line_kernels
from geo._search import search
from geo._segments import chords_of
from geo._tree import LEAF, boxes, leaves_for, morton_codes

if TYPE_CHECKING:
    from geo._kernels import Queries
    from geo._line_kernels import SegmentTree
    from geo._search import Points
    from geo._segments import Segments
    from geo._tree import Indices
    from geo.crs import Floats

_NOWHERE_KM = 1e9
"""An empty slot; not infinite, because infinity times a chord of no length is NaN."""


def tree_of(segments: Segments) -> SegmentTree:
    """Build the tree of pieces."""
    first, way = chords_of(segments)
    n = len(first)
    leaves = leaves_for(n)
    piece = np.full(leaves * LEAF, -1, dtype=np.intp)
    piece[:n] = np.argsort(morton_codes(np.ascontiguousarray((first + way / 2).T)))
    placed = np.zeros((leaves * LEAF, 6))
    placed[n:, :3] = _NOWHERE_KM
    placed[:n, :3], placed[:n, 3:] = first[piece[:n]], way[piece[:n]]
    low, high = np.full((leaves * LEAF, 3), np.inf), np.full((leaves * LEAF, 3), -np.inf)
    last = placed[:n, :3] + placed[:n, 3:]
    low[:n], high[:n] = np.minimum(placed[:n, :3], last), np.maximum(placed[:n, :3], last)
    return _line_kernels.SegmentTree(
        np.ascontiguousarray(placed.reshape(leaves, LEAF, 6).transpose(0, 2, 1)),
        piece.reshape(leaves, LEAF),
        boxes(low.reshape(leaves, LEAF, 3).min(axis=1), high.reshape(leaves, LEAF, 3).max(axis=1)),
        np.stack((segments.lat, segments.lon, segments.lat_change, segments.lon_change)),
        segments.line,
    )


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
        _line_kernels.lines_within_kernel(
            tree, queries, (first, last), radius_km, starts, (found, feet)
        )

    search(points, [work], "lines within")
    counts = starts.copy()
    if counts.any():
        starts = np.cumsum(counts) - counts
        found, feet = np.empty(counts.sum(), dtype=np.intp), np.empty((3, counts.sum()))
        search(points, [work], "lines within")
    return np.repeat(np.arange(len(counts)), counts), found, feet
