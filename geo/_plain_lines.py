"""Every pair of a point and a piece tried, with NumPy and PROJ alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo._segments import FAR_KM, SAG_KM, chords_of, foot_share, lowest
from geo.bounds import SAME_KM, longest_arc_km
from geo.crs import distance_km, ecef_km

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo._segments import Segments
    from geo.arrays import Floats

    Flags = NDArray[np.bool_]
    Indices = NDArray[np.intp]
    Points = tuple[Floats, Floats]

_BLOCK_PAIRS = 500_000


def nearest_line(points: Points, segments: Segments) -> tuple[Indices, Floats]:
    """Give the nearest line, ``(n,)``, and its distance, latitude and longitude, ``(3, n)``."""

    def near(apart: Floats) -> Flags:
        return apart <= longest_arc_km(apart.min(axis=1, keepdims=True) + SAG_KM) + SAG_KM

    point, piece, feet = _measured(points, segments, near)
    line = segments.line[piece]
    least = np.full(len(points[0]), np.inf)
    np.minimum.at(least, point, feet[0])
    equal = feet[0] <= least[point] + SAME_KM
    point, line, feet = point[equal], line[equal], feet[:, equal]
    order = np.lexsort((feet[0], line, point))
    first = order[np.unique(point[order], return_index=True)[1]]
    return line[first], feet[:, first]


def pieces_within(
    points: Points, segments: Segments, radius_km: float
) -> tuple[Indices, Indices, Floats]:
    """Give pairs of a point and a piece within the radius, with distance and foot, ``(3, p)``."""
    reach = radius_km + SAME_KM
    point, piece, feet = _measured(points, segments, lambda apart: apart <= reach + SAG_KM)
    inside = feet[0] <= reach
    return point[inside], piece[inside], feet[:, inside]


def _measured(
    points: Points, segments: Segments, near: Callable[[Floats], Flags]
) -> tuple[Indices, Indices, Floats]:
    """Give the pairs whose distances to the chords are near, with distance and foot."""
    xyz, (first, way) = ecef_km(*points), chords_of(segments)
    size = max(1, _BLOCK_PAIRS // max(len(first), 1))
    found = []
    for start in range(0, len(xyz), size):
        apart, share = _from_chords(xyz[start : start + size], first, way)
        rows, columns = np.nonzero(near(apart))
        found.append((start + rows, columns, share[rows, columns]))
    if not found:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty((3, 0))
    point, piece, shares = (np.concatenate(one) for one in zip(*found, strict=True))
    return point, piece, _feet((points[0][point], points[1][point]), segments, piece, shares)


def _from_chords(xyz: Floats, first: Floats, way: Floats) -> tuple[Floats, Floats]:
    """Give distances of points from chords, km, and the nearest shares of these, ``(n, s)``."""
    length2 = np.maximum((way**2).sum(axis=1), np.finfo(float).tiny)
    apart = [np.subtract.outer(xyz[:, axis], first[:, axis]) for axis in range(3)]
    share = sum(one * way[:, axis] for axis, one in enumerate(apart)) / length2
    share = np.clip(share, 0, 1)
    squared = sum((one - share * way[:, axis]) ** 2 for axis, one in enumerate(apart))
    return np.sqrt(squared), share


def _feet(points: Points, segments: Segments, piece: Indices, share: Floats) -> Floats:
    """Give the distance of each point from its piece, and the foot, shape ``(3, p)``."""
    xyz, (first, way) = ecef_km(*points), chords_of(segments)
    ends = (
        segments.lat[piece],
        segments.lon[piece],
        segments.lat_change[piece],
        segments.lon_change[piece],
    )

    def place(share: Floats) -> tuple[Floats, Floats]:
        return ends[0] + share * ends[2], ends[1] + share * ends[3]

    share = foot_share(
        (first[piece, 0], first[piece, 1], first[piece, 2]),
        (way[piece, 0], way[piece, 1], way[piece, 2]),
        share,
        (xyz[:, 0], xyz[:, 1], xyz[:, 2]),
    )
    km = distance_km(*points, *place(share))
    far = km > FAR_KM
    if far.any():
        along = [distance_km(*points, *place(np.full(far.shape, at))) for at in (0.0, 0.5, 1.0)]
        share = np.where(far, np.clip(lowest(*along), 0, 1), share)
        km = distance_km(*points, *place(share))
    return np.stack((km, *place(share)))
