"""Nearest and within-radius searches whose answers are geodesic.

Chords through the earth find the candidates; geodesics on the ellipsoid decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.crs import SEMI_MAJOR_KM, SEMI_MINOR_KM, distance_km, ecef_km

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.crs import Floats

    Indices = NDArray[np.intp]

MIN_RADIUS_KM = SEMI_MINOR_KM**2 / SEMI_MAJOR_KM
"""Smallest radius of curvature of the ellipsoid: along the meridian, at the equator."""

_PLAIN_PAIRS = 4_000_000
"""Up to here every pair is tried, and scipy need not be imported."""
_BLOCK_PAIRS = 2_000_000
_WORKERS = -1
"""As many threads as the machine has cores; the answers do not depend on it."""


def longest_arc_km(chord_km: Floats) -> Floats:
    """Give the longest geodesic that two points a chord apart can have between them.

    A geodesic bends at most as sharply as a circle of `MIN_RADIUS_KM`, so by Schur's
    comparison theorem its chord is no shorter than that circle's (do Carmo, Differential
    Geometry of Curves and Surfaces, section 5.7). Whatever lies farther, by chord, than this
    bound for the nearest chord cannot be nearer by geodesic.
    """
    half = np.minimum(chord_km / (2 * MIN_RADIUS_KM), 1.0)
    return 2 * MIN_RADIUS_KM * np.arcsin(half)


def pairs_within(
    lat: Floats, lon: Floats, target_lat: Floats, target_lon: Floats, radius_km: float
) -> tuple[Indices, Indices, Floats]:
    """Find all pairs of a point and a target at most `radius_km` apart.

    Parameters
    ----------
    lat, lon
        Points, shape ``(n,)``, degrees, none missing.
    target_lat, target_lon
        Targets, shape ``(m,)``, degrees, none missing.
    radius_km
        The largest geodesic distance.

    Returns
    -------
    point, target, km
        Shape ``(pairs,)`` each, by point, then by distance, then by target.
    """
    points, targets = ecef_km(lat, lon), ecef_km(target_lat, target_lon)
    found_i, found_j = _chords_within(points, targets, radius_km)
    km = distance_km(lat[found_i], lon[found_i], target_lat[found_j], target_lon[found_j])
    inside = km <= radius_km
    found_i, found_j, km = found_i[inside], found_j[inside], km[inside]
    order = np.lexsort((found_j, km, found_i))
    return found_i[order], found_j[order], km[order]


def nearest(
    lat: Floats, lon: Floats, target_lat: Floats, target_lon: Floats
) -> tuple[Indices, Floats]:
    """Find the nearest target of each point.

    Parameters
    ----------
    lat, lon
        Points, shape ``(n,)``, degrees, none missing.
    target_lat, target_lon
        Targets, shape ``(m,)``, degrees, none missing.

    Returns
    -------
    target, km
        Shape ``(n,)`` each: index of the nearest target by geodesic, the first of equals, and
        the distance; -1 and NaN where there is no target.
    """
    index = np.full(lat.shape, -1, dtype=np.intp)
    km = np.full(lat.shape, np.nan)
    if target_lat.size == 0 or lat.size == 0:
        return index, km
    points, targets = ecef_km(lat, lon), ecef_km(target_lat, target_lon)
    found_i, found_j = _nearest_candidates(points, targets)
    arcs = distance_km(lat[found_i], lon[found_i], target_lat[found_j], target_lon[found_j])
    order = np.lexsort((found_j, arcs, found_i))
    first = order[np.unique(found_i[order], return_index=True)[1]]
    index[found_i[first]] = found_j[first]
    km[found_i[first]] = arcs[first]
    return index, km


def _blocks(n: int, m: int) -> list[slice]:
    size = max(1, _BLOCK_PAIRS // max(m, 1))
    return [slice(start, start + size) for start in range(0, n, size)]


def chords_km(points: Floats, targets: Floats) -> Floats:
    """Give the straight lines through the earth between earth-centred points, ``(n, m)``, km."""
    squared = np.zeros((len(points), len(targets)))
    for axis in range(3):
        squared += np.subtract.outer(points[:, axis], targets[:, axis]) ** 2
    return np.sqrt(squared)


def _chords_within(points: Floats, targets: Floats, radius_km: float) -> tuple[Indices, Indices]:
    """Pairs whose chord is at most the radius: a chord is never longer than its geodesic."""
    if len(points) * len(targets) <= _PLAIN_PAIRS:
        return _stack(
            [
                (rows.start + i, j)
                for rows in _blocks(len(points), len(targets))
                for i, j in [np.nonzero(chords_km(points[rows], targets) <= radius_km)]
            ]
        )
    from scipy.spatial import cKDTree

    tree = cKDTree(targets)
    pairs = []
    for rows in _blocks(len(points), 100):
        found = cKDTree(points[rows]).sparse_distance_matrix(tree, radius_km, output_type="ndarray")
        pairs.append((rows.start + found["i"], found["j"]))
    return _stack(pairs)


def _nearest_candidates(points: Floats, targets: Floats) -> tuple[Indices, Indices]:
    """Pairs among which the nearest by geodesic must be."""
    if len(points) * len(targets) <= _PLAIN_PAIRS:
        return _stack(
            [
                _close_enough(points[rows], targets, rows.start)
                for rows in _blocks(len(points), len(targets))
            ]
        )
    from scipy.spatial import cKDTree

    tree = cKDTree(targets)
    pairs = []
    for rows in _blocks(len(points), 10):
        block = points[rows]
        # two tell nearly every point apart; more are asked for only where the second is so near
        # that chords cannot decide
        undecided = np.arange(len(block))
        for k in (2, 16):
            k_all = [*range(1, min(k, len(targets)) + 1)]
            chords, index = tree.query(block[undecided], k=k_all, workers=_WORKERS)
            reach = longest_arc_km(chords[:, :1])
            crowded = (chords[:, -1] <= reach[:, 0]) & (len(k_all) < len(targets))
            i, column = np.nonzero((chords <= reach) & ~crowded[:, None])
            pairs.append((rows.start + undecided[i], index[i, column]))
            undecided = undecided[crowded]
        pairs.extend(
            _close_enough(block[row : row + 1], targets, rows.start + int(row)) for row in undecided
        )
    return _stack(pairs)


def _close_enough(points: Floats, targets: Floats, start: int) -> tuple[Indices, Indices]:
    chords = chords_km(points, targets)
    i, j = np.nonzero(chords <= longest_arc_km(chords.min(axis=1, keepdims=True)))
    return start + i, j


def _stack(pairs: list[tuple[Indices, Indices]]) -> tuple[Indices, Indices]:
    if not pairs:
        none = np.empty(0, dtype=np.intp)
        return none, none
    return (
        np.concatenate([i for i, _ in pairs]).astype(np.intp),
        np.concatenate([j for _, j in pairs]).astype(np.intp),
    )
