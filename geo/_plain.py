"""Every pair tried, with NumPy and PROJ alone: for small searches, and as the last resort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.bounds import SAME_KM, chords_km, longest_arc_km
from geo.crs import distance_km, ecef_km

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.arrays import Floats

    Indices = NDArray[np.intp]
    Points = tuple[Floats, Floats]

_BLOCK_PAIRS = 2_000_000


def k_nearest(points: Points, targets: Points, k: int) -> tuple[Indices, Floats]:
    """Give the k nearest targets and their distances, shape ``(n, k)`` each."""
    index = np.full((len(points[0]), k), -1, dtype=np.intp)
    km = np.full(index.shape, np.nan)
    if index.size == 0 or len(targets[0]) == 0:
        return index, km
    last = min(k, len(targets[0])) - 1

    def near(chords: Floats) -> NDArray[np.bool_]:
        kth = np.partition(chords, last, axis=1)[:, last : last + 1] if last else None
        return chords <= longest_arc_km(chords.min(axis=1, keepdims=True) if kth is None else kth)

    i, j, arcs = _measured(points, targets, near)
    order = np.lexsort((arcs, i))
    i, j, arcs = i[order], j[order], arcs[order]
    # what lies less than the exactness of a distance apart is equal: the first comes first
    new = (np.diff(i, prepend=-1) != 0) | (np.diff(arcs, prepend=-np.inf) > SAME_KM)
    order = np.lexsort((j, np.cumsum(new)))
    j, arcs = j[order], arcs[order]
    rank = np.arange(len(i)) - np.searchsorted(i, i)
    wanted = rank < k
    index[i[wanted], rank[wanted]], km[i[wanted], rank[wanted]] = j[wanted], arcs[wanted]
    return index, km


def pairs_within(
    points: Points, targets: Points, radius_km: float
) -> tuple[Indices, Indices, Floats]:
    """Give all pairs within the radius, and their distances, by point."""
    # a chord is never longer than its geodesic
    i, j, km = _measured(points, targets, lambda chords: chords <= radius_km + SAME_KM)
    inside = km <= radius_km + SAME_KM
    return i[inside], j[inside], km[inside]


def _measured(
    points: Points, targets: Points, near: Callable[[Floats], NDArray[np.bool_]]
) -> tuple[Indices, Indices, Floats]:
    """Give the pairs whose chords are near, and their geodesic distances."""
    xyz, target_xyz = ecef_km(*points), ecef_km(*targets)
    size = max(1, _BLOCK_PAIRS // max(len(target_xyz), 1))
    found_i, found_j = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.intp)]
    for start in range(0, len(xyz), size):
        rows, columns = np.nonzero(near(chords_km(xyz[start : start + size], target_xyz)))
        found_i.append(start + rows)
        found_j.append(columns)
    i, j = np.concatenate(found_i), np.concatenate(found_j)
    return i, j, distance_km(points[0][i], points[1][i], targets[0][j], targets[1][j])
