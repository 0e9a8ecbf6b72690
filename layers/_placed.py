"""Whether the places of a table are what was promised: of the right type, and on the globe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from geopandas import GeoSeries

TYPES = {
    "point": ("Point",),
    "line": ("LineString", "MultiLineString"),
    "area": ("Polygon", "MultiPolygon"),
}
"""The geometry types (OGC Simple Features) of each kind of layer."""


def place_faults(places: GeoSeries, kind: str) -> pd.Series:
    """Say what is wrong with each place.

    Parameters
    ----------
    places
        Shape ``(n,)``, degrees; what is missing or empty is nowhere, and nothing is wrong with it.
    kind
        ``point``, ``line`` or ``area``.

    Returns
    -------
    reasons
        Shape ``(n,)``, index 0..n-1: text without the row, so that equal reasons can be counted;
        None where nothing is wrong.
    """
    shapes = places.to_numpy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    with np.errstate(all="ignore"):
        west, south, east, north = shapely.bounds(shapes).T
        length = shapely.length(shapes)  # bounds pass over a vertex that is no number
    finite = np.isfinite([west, south, east, north, length]).all(axis=0)
    beyond = (west < -180) | (east > 180) | (south < -90) | (north > 90)
    types = places.geom_type.reset_index(drop=True)
    reasons = pd.Series([None] * len(shapes), dtype=object)
    reasons[there & ~finite] = "coordinates: expected finite numbers"
    reasons[there & beyond] = (
        "coordinates: expected degrees, longitude -180 to 180 and latitude -90 to 90"
    )
    wrong = there & ~types.isin(TYPES[kind]).to_numpy()
    reasons[wrong] = "geometry: found " + types[wrong] + f", expected {' or '.join(TYPES[kind])}"
    return reasons
