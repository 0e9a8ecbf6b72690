"""Straight lines through the earth, and what they say about geodesics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.crs import SEMI_MAJOR_KM, SEMI_MINOR_KM

if TYPE_CHECKING:
    from geo.arrays import Floats

MIN_RADIUS_KM = SEMI_MINOR_KM**2 / SEMI_MAJOR_KM
"""Smallest radius of curvature of the ellipsoid: along the meridian, at the equator."""

SAME_KM = 1.5e-11
"""Two distances less than 15 nm apart are equal: Karney's algorithm is not more exact (2013)."""


def longest_arc_km(chord_km: Floats) -> Floats:
    """Give the longest geodesic that two points a chord apart can have between them.

    A geodesic bends at most as sharply as a circle of `MIN_RADIUS_KM`, so by Schur's
    comparison theorem its chord is no shorter than that circle's (do Carmo, Differential
    Geometry of Curves and Surfaces, section 5.7). Whatever lies farther, by chord, than this
    bound for the nearest chord cannot be nearer by geodesic. Rounding has room in it.
    """
    half = np.minimum(chord_km / (2 * MIN_RADIUS_KM), 1.0)
    return 2 * MIN_RADIUS_KM * np.arcsin(half) + SAME_KM


def chords_km(points: Floats, targets: Floats) -> Floats:
    """Give the straight lines through the earth between earth-centred points, ``(n, m)``, km."""
    squared = np.zeros((len(points), len(targets)))
    along = np.empty_like(squared)
    for axis in range(3):
        np.subtract.outer(points[:, axis], targets[:, axis], out=along)
        along *= along
        squared += along
    return np.sqrt(squared, out=squared)
