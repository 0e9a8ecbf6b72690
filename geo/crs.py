"""The only module that reprojects; distances on the WGS 84 ellipsoid."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod

from geo.errors import AskedWronglyError
from layers import STORAGE_CRS

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from geo.arrays import Floats

SEMI_MAJOR_KM = 6378.137
SEMI_MINOR_KM = 6356.752314245179
"""Axes of the WGS 84 ellipsoid (NIMA TR8350.2, table 3.1)."""


class CRSError(AskedWronglyError):
    """A table has no coordinate reference system, or another one than it must have."""


@cache
def _geod() -> Geod:
    return Geod(ellps="WGS84")


def to_storage(table: GeoDataFrame, name: str) -> GeoDataFrame:
    """Bring a table into EPSG:4326.

    Raises
    ------
    CRSError
        If the table does not say which CRS its coordinates are in.
    """
    if table.crs is None:
        msg = (
            f"{name} has no coordinate reference system: found none, expected one that can be"
            f" reprojected to {STORAGE_CRS}. Write it into the file, for instance with geopandas:"
            f" `table.set_crs({STORAGE_CRS!r})` if the coordinates are degrees."
        )
        raise CRSError(msg)
    return table if table.crs == STORAGE_CRS else table.to_crs(STORAGE_CRS)


def distance_km(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Give the geodesic distances between pairs of points.

    Parameters
    ----------
    lat_a, lon_a, lat_b, lon_b
        Shape ``(n,)``, degrees, WGS 84.

    Returns
    -------
    distance_km
        Shape ``(n,)``; Karney's algorithm, good to nanometres, as PROJ implements it.
    """
    return np.asarray(_geod().inv(lon_a, lat_a, lon_b, lat_b)[2], dtype=float) / 1000


def offsets_km(lat: Floats, lon: Floats, at_lat: float, at_lon: float) -> Floats:
    """Give points as km east and north of a place, shape ``(n, 2)``.

    Azimuthal equidistant on the ellipsoid: distances from the place are geodesic, those between
    two points within 60 km of it are good to 0.01 %.
    """
    forth, _, metres = _geod().inv(np.full(lat.shape, at_lon), np.full(lat.shape, at_lat), lon, lat)
    azimuth, km = np.radians(np.asarray(forth, dtype=float)), np.asarray(metres, dtype=float) / 1000
    return np.column_stack((km * np.sin(azimuth), km * np.cos(azimuth)))


def ecef_km(lat: Floats, lon: Floats) -> Floats:
    """Give points on the ellipsoid as earth-centred coordinates, shape ``(n, 3)``, km."""
    eccentricity2 = 1 - (SEMI_MINOR_KM / SEMI_MAJOR_KM) ** 2
    phi, lam = np.radians(lat), np.radians(lon)
    normal = SEMI_MAJOR_KM / np.sqrt(1 - eccentricity2 * np.sin(phi) ** 2)
    return np.column_stack(
        (
            normal * np.cos(phi) * np.cos(lam),
            normal * np.cos(phi) * np.sin(lam),
            normal * (1 - eccentricity2) * np.sin(phi),
        )
    )


def boundary_points(area: BaseGeometry, spacing_km: float) -> tuple[Floats, Floats]:
    """Give points along the boundary of an area, at most `spacing_km` apart.

    Returns
    -------
    lat, lon
        Shape ``(n,)`` each. A distance to the nearest of them is never less than the true
        distance to the boundary, and at 40 km no more than 3 m above it for a spacing of 1 km.
    """
    degrees = spacing_km / (np.pi / 180 * SEMI_MAJOR_KM)
    coordinates = shapely.get_coordinates(shapely.segmentize(area.boundary, degrees))
    return coordinates[:, 1].copy(), coordinates[:, 0].copy()
