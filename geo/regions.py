"""The named regions, boxes and polygons, and which sites lie in or near them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.coverage import depth_km
from geo.crs import CRSError, to_storage
from geo.errors import AskedWronglyError
from layers import read_states

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry


class RegionError(AskedWronglyError):
    """A region that does not exist, or an area that is none."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the map.

    Attributes
    ----------
    id, title
        Its name on the command line and in words.
    box
        West, south, east, north in degrees; ``None`` for `us` and `all`, which go by country.
    """

    id: str
    title: str
    box: tuple[float, float, float, float] | None


REGIONS: dict[str, Region] = {
    region.id: region
    for region in (
        Region("northern_indiana", "Northern Indiana", (-87.6, 40.4, -84.8, 41.8)),
        Region("louisiana", "Louisiana", (-94.1, 28.9, -88.8, 33.1)),
        Region("childress", "Childress, Texas", (-101.5, 33.4, -98.9, 35.2)),
        Region("us", "United States", None),
        Region("all", "All sites", None),
    )
}
"""Boxes as in the project's design; a box takes in neighbours, a state is a column."""


def find_region(name: str) -> Region:
    """Give a region by its name.

    Raises
    ------
    RegionError
        With the nearest valid names.
    """
    key = name.strip().lower().replace("-", "_").replace(" ", "_")
    if key in REGIONS:
        return REGIONS[key]
    near = difflib.get_close_matches(key, REGIONS, n=3, cutoff=0.4)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    msg = f"There is no region {name!r}.{hint} Regions: {', '.join(REGIONS)}."
    raise RegionError(msg)


def parse_box(text: str) -> BaseGeometry:
    """Read ``W,S,E,N`` in degrees.

    Raises
    ------
    RegionError
        If it is not four numbers in that order, on the globe.
    """
    expected = "expected W,S,E,N in degrees, for instance --bbox=-101.5,33.4,-98.9,35.2"
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        msg = f"The box is {text!r}, {expected}."
        raise RegionError(msg) from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        msg = (
            f"The box is {text!r}, {expected}: west below east within -180 to 180, south below"
            " north within -90 to 90."
        )
        raise RegionError(msg)
    return shapely.box(west, south, east, north)


def read_area(path: Path) -> BaseGeometry:
    """Read the polygons of a file, in any CRS, as one area in EPSG:4326.

    Raises
    ------
    RegionError
        If the file cannot be read, is not polygons, or does not say its CRS.
    """
    import geopandas as gpd

    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        msg = f"The area file {path} {what}: expected a file of polygons."
        raise RegionError(msg)
    try:
        read = gpd.read_parquet if path.suffix.lower() == ".parquet" else gpd.read_file
        table = read(path)
    except Exception as error:  # the drivers under geopandas raise a dozen unrelated types
        msg = f"The area file {path} cannot be read as polygons: {error}"
        raise RegionError(msg) from error
    if not isinstance(table, gpd.GeoDataFrame):
        msg = f"The area file {path} holds no shapes, expected Polygon or MultiPolygon."
        raise RegionError(msg)
    try:
        table = to_storage(table, f"The area file {path}")
    except CRSError as error:
        raise RegionError(str(error)) from error
    shapes = table.geometry[table.geometry.notna() & ~table.geometry.is_empty]
    kinds = sorted(set(shapes.geom_type))
    if not kinds or not set(kinds) <= {"Polygon", "MultiPolygon"}:
        msg = (
            f"The area file {path} holds {kinds or 'no shapes'}, expected Polygon or MultiPolygon."
        )
        raise RegionError(msg)
    west, south, east, north = shapes.total_bounds
    if west < -180 or south < -90 or east > 180 or north > 90:
        msg = (
            f"The area file {path} reaches from {west:g}, {south:g} to {east:g}, {north:g},"
            " expected degrees on the globe: these look like projected metres; state their CRS in"
            " the file."
        )
        raise RegionError(msg)
    area: BaseGeometry = shapely.make_valid(shapes.make_valid().union_all())
    return area


def region_of(lat: pd.Series, lon: pd.Series, country: pd.Series) -> pd.Series:
    """Give the smallest named region that each site lies in: a box, else `us`, else `all`."""
    region = pd.Series(np.where(country == "US", "us", "all"), index=lat.index, dtype=object)
    for one in REGIONS.values():
        if one.box is not None:
            west, south, east, north = one.box
            region[lat.between(south, north) & lon.between(west, east)] = one.id
    return region


def within(sites: pd.DataFrame, area: BaseGeometry, near_km: float) -> pd.Series:
    """Tell which sites lie in an area or at most `near_km` outside it, geodesic.

    A site without a point lies in no area.
    """
    lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
    chosen = np.zeros(len(sites), dtype=bool)
    rows = np.flatnonzero(~np.isnan(lat) & ~np.isnan(lon))
    chosen[rows] = shapely.intersects_xy(area, lon[rows], lat[rows])
    if near_km > 0:
        chosen[rows] |= depth_km(lat[rows], lon[rows], area) >= -near_km
    return pd.Series(chosen, index=sites.index)


def in_region(sites: pd.DataFrame, region: Region, near_km: float = 0.0) -> pd.Series:
    """Tell which sites belong to a region, or lie at most `near_km` outside it."""
    if region.id == "all":
        return pd.Series(data=True, index=sites.index)
    if region.box is not None:
        return within(sites, shapely.box(*region.box), near_km)
    belongs = sites["country"] == "US"
    if near_km > 0:
        belongs |= within(sites, read_states().geometry.union_all(), near_km)
    return belongs
