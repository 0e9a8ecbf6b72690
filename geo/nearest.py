"""Nearest and within-radius searches whose answers are geodesic, for one point or ten million.

Chords through the earth find the candidates; geodesics on the ellipsoid decide. Small searches
try every pair; large ones walk a tree in compiled code, which is imported for them alone.
Distances agree with Karney's algorithm (2013), as PROJ implements it, to a micrometre.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo import _plain
from geo.bounds import MIN_RADIUS_KM, chords_km, longest_arc_km

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.arrays import Floats

    Indices = NDArray[np.intp]

__all__ = [
    "MIN_RADIUS_KM",
    "chords_km",
    "k_nearest",
    "longest_arc_km",
    "nearest",
    "nearest_of_each",
    "pairs_within",
    "sum_within",
]

_PLAIN_PAIRS = 4_000_000
"""Up to here every pair is tried, and numba need not be imported."""

_FARTHEST_KM = 19_000.0
"""A wider radius may ask for distances of nearly antipodal points, which PROJ alone knows."""


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
    index, km = _nearest((lat, lon), [(target_lat, target_lon)])
    return index[0], km[0]


def nearest_of_each(
    lat: Floats, lon: Floats, target_lat: Floats, target_lon: Floats, target_class: Indices
) -> tuple[Indices, Floats]:
    """Find, for each point, the nearest target of each class.

    Parameters
    ----------
    lat, lon
        Points, shape ``(n,)``, degrees, none missing.
    target_lat, target_lon
        Targets, shape ``(m,)``, degrees, none missing.
    target_class
        Class of each target, shape ``(m,)``, counted from 0; what is below 0 has no class.

    Returns
    -------
    target, km
        Shape ``(n, classes)`` each, with classes up to the highest that occurs: index of the
        nearest target by geodesic, the first of equals, and the distance; -1 and NaN where
        there is no target of the class.
    """
    classes = int(target_class.max(initial=-1)) + 1
    members = [np.flatnonzero(target_class == one) for one in range(classes)]
    groups = [(target_lat[rows], target_lon[rows]) for rows in members]
    index, km = _nearest((lat, lon), groups)
    for place, rows in zip(index, members, strict=True):
        if rows.size:
            place[:] = rows[place]
    return index.T, km.T


def _nearest(
    points: tuple[Floats, Floats], groups: list[tuple[Floats, Floats]]
) -> tuple[Indices, Floats]:
    """Give the nearest of each group of targets, and its distance, shape ``(groups, n)`` each."""
    index = np.full((len(groups), len(points[0])), -1, dtype=np.intp)
    km = np.full(index.shape, np.nan)
    some = [row for row, group in enumerate(groups) if group[0].size]
    compiled = len(points[0]) * sum(len(groups[row][0]) for row in some) > _PLAIN_PAIRS
    if compiled:
        from geo import _search

        trees = [_search.tree_of(groups[row]) for row in some]
        _search.nearest_of_trees(points, trees, [(index[row], km[row]) for row in some])
    for row in some:
        rows = np.flatnonzero(index[row] < -1 if compiled else index[row] < 0)
        if rows.size:
            found, distance = _plain.k_nearest((points[0][rows], points[1][rows]), groups[row], 1)
            index[row, rows], km[row, rows] = found[:, 0], distance[:, 0]
    return index, km


def k_nearest(
    lat: Floats, lon: Floats, target_lat: Floats, target_lon: Floats, k: int
) -> tuple[Indices, Floats]:
    """Find the k nearest targets of each point, the nearest first.

    Parameters
    ----------
    lat, lon
        Points, shape ``(n,)``, degrees, none missing.
    target_lat, target_lon
        Targets, shape ``(m,)``, degrees, none missing.
    k
        How many targets are wanted.

    Returns
    -------
    target, km
        Shape ``(n, k)`` each: indices of the nearest targets by geodesic, equals in their
        order, and the distances; -1 and NaN where there are fewer than k targets.
    """
    points, targets = (lat, lon), (target_lat, target_lon)
    if lat.size * target_lat.size <= _PLAIN_PAIRS or k == 0:
        return _plain.k_nearest(points, targets, k)
    from geo import _search

    index, km = _search.k_nearest(points, targets, k)
    unknown = np.flatnonzero(index[:, 0] < -1)
    if unknown.size:
        index[unknown], km[unknown] = _plain.k_nearest((lat[unknown], lon[unknown]), targets, k)
    return index, km


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
    points, targets = (lat, lon), (target_lat, target_lon)
    if lat.size * target_lat.size <= _PLAIN_PAIRS or radius_km > _FARTHEST_KM:
        i, j, km = _plain.pairs_within(points, targets, radius_km)
    else:
        from geo import _search

        i, j, km = _search.pairs_within(points, targets, radius_km)
    order = np.lexsort((j, km, i))
    return i[order], j[order], km[order]


def sum_within(  # noqa: PLR0913, PLR0917 - where, what and how far
    lat: Floats,
    lon: Floats,
    target_lat: Floats,
    target_lon: Floats,
    weights: Floats,
    radius_km: float,
) -> tuple[Floats, Indices]:
    """Sum the weights of the targets at most `radius_km` from each point.

    Parameters
    ----------
    lat, lon
        Points, shape ``(n,)``, degrees, none missing.
    target_lat, target_lon
        Targets, shape ``(m,)``, degrees, none missing.
    weights
        What is summed, shape ``(m,)``, in any unit, none missing.
    radius_km
        The largest geodesic distance.

    Returns
    -------
    sum, count
        Shape ``(n,)`` each: sum of the weights, in their unit, and number of targets; 0 where
        there is none.
    """
    points, targets = (lat, lon), (target_lat, target_lon)
    if lat.size * target_lat.size > _PLAIN_PAIRS and radius_km <= _FARTHEST_KM:
        from geo import _search

        return _search.sum_within(points, targets, weights, radius_km)
    i, j, _ = _plain.pairs_within(points, targets, radius_km)
    sums = np.bincount(i, weights[j], minlength=lat.size).astype(float)
    return sums, np.bincount(i, minlength=lat.size).astype(np.intp)
