"""How deep inside the area where a layer is complete a point lies."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.crs import boundary_points
from geo.nearest import nearest
from geo.parameters import cited

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.arrays import Floats

_SPACING_KM = 1.0


def depth_km(lat: Floats, lon: Floats, area: BaseGeometry | None) -> Floats:
    """Give the distance of each point to the boundary of an area, negative outside.

    Parameters
    ----------
    lat, lon
        Shape ``(n,)``, degrees, WGS 84, none missing.
    area
        Polygons in EPSG:4326; ``None`` where completeness is promised nowhere.

    Returns
    -------
    depth_km
        Shape ``(n,)``; minus infinity where there is no area.
    """
    if area is None or area.is_empty:
        return np.full(lat.shape, -np.inf)
    lat_bytes, lon_bytes = (np.asarray(axis, float).tobytes() for axis in (lat, lon))
    return _depth_km(lat_bytes, lon_bytes, area).copy()


@lru_cache(maxsize=10)
def _depth_km(lat_bytes: bytes, lon_bytes: bytes, area: BaseGeometry) -> Floats:
    """Measure once what several ask of the same points: the criteria, and what is shown."""
    lat, lon = np.frombuffer(lat_bytes), np.frombuffer(lon_bytes)
    shapely.prepare(area)
    inside = shapely.contains_xy(area, lon, lat)
    to_boundary = nearest(lat, lon, *boundary_points(area, _SPACING_KM))[1]
    return np.where(inside, to_boundary, -to_boundary)


def covers(depth: Floats, radius_km: float | Floats) -> NDArray[np.bool_]:
    """Tell where the whole disc of a radius lies inside the area."""
    return depth >= radius_km - cited("coverage_tolerance_km").value


def misses(depth: Floats, radius_km: float) -> NDArray[np.bool_]:
    """Tell where no part of the disc of a radius lies inside the area."""
    return depth <= cited("coverage_tolerance_km").value - radius_km
