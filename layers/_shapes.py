"""Turns the places of a file into the points or lines of a layer, in EPSG:4326."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers._archive import FileError
from layers._base import STORAGE_CRS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from pyproj import CRS

    from layers._faults import Faults

    Shapes = NDArray[np.object_]

_POINT, _LINE, _RING, _POLYGON, _POINTS, _LINES, _POLYGONS = range(7)
"""What `shapely.get_type_id` gives."""
_SRID = re.compile(r"^\s*SRID=(\d+);", re.IGNORECASE)


def from_text(cells: pd.Series, faults: Faults) -> tuple[Shapes, str | None]:
    """Read WKT, EWKT or WKB.

    Returns
    -------
    shapes
        Shape ``(n,)``; None where the cell is blank or cannot be read.
    crs
        What EWKT says; None where it says nothing.

    Raises
    ------
    FileError
        If the rows name several CRSs.
    """
    raw = cells.astype(object).where(cells.notna(), None).to_numpy()
    binary = np.array([isinstance(cell, bytes) for cell in raw], dtype=bool)
    texts = only(raw, ~binary)
    found = [None if cell is None else _SRID.match(str(cell)) for cell in texts]
    codes = sorted({match[1] for match in found if match})
    if len(codes) > 1:
        msg = f"The column {cells.name!r} names the CRSs {codes}, expected one: split the file."
        raise FileError(msg)
    plain = np.array(
        [None if cell is None else _SRID.sub("", str(cell)).strip() or None for cell in texts],
        dtype=object,
    )
    shapes = np.asarray(shapely.from_wkt(plain, on_invalid="ignore"), dtype=object)
    if binary.any():
        shapes[binary] = shapely.from_wkb(raw[binary], on_invalid="ignore")
    there = binary | (plain != None)  # noqa: E711 - elementwise
    faults.add(there & shapely.is_missing(shapes), "geometry: expected WKT or WKB", list(raw))
    return shapes, f"EPSG:{codes[0]}" if codes and codes[0] != "0" else None


def to_points(shapes: Shapes, faults: Faults) -> tuple[Shapes, list[str]]:
    """Give a point for each shape: a polygon's lies inside it.

    Returns
    -------
    points
        Shape ``(n,)``; None where there is none.
    notes
        What was taken as a point, in words.
    """
    kind = shapely.get_type_id(shapes)
    points = only(shapes, kind == _POINT)
    notes = []
    single = (kind == _POINTS) & (shapely.get_num_geometries(shapes) == 1)
    points[single] = shapely.get_geometry(shapes[single], 0)
    areas = np.isin(kind, (_POLYGON, _POLYGONS)) & ~shapely.is_empty(shapes)
    if areas.any():
        points[areas] = shapely.point_on_surface(shapes[areas])
        notes.append(f"{areas.sum():,} polygons are taken as a point inside each.")
    empty = (kind == -1) | shapely.is_empty(shapes)
    wrong = ~empty & (points == None)  # noqa: E711 - elementwise
    faults.add(wrong, "geometry: expected a point or a polygon", _kinds(shapes))
    points[empty] = None
    return points, notes


def to_lines(shapes: Shapes, faults: Faults) -> tuple[Shapes, list[str]]:
    """Give the shapes that are lines; what has no place is a fault, as no line does without."""
    kind = shapely.get_type_id(shapes)
    empty = (kind == -1) | shapely.is_empty(shapes)
    line = np.isin(kind, (_LINE, _LINES)) & ~empty
    faults.add(empty, "geometry: expected a line, found none")
    faults.add(~empty & ~line, "geometry: expected a line", _kinds(shapes))
    return only(shapes, line), []


def only(shapes: Shapes, kept: NDArray[np.bool_]) -> Shapes:
    """Give the shapes that are kept, None in the place of the others."""
    chosen = shapes.copy()
    chosen[~kept] = None
    return chosen


def _kinds(shapes: Shapes) -> list[str | None]:
    return [None if shape is None else shape.geom_type for shape in shapes]


def to_storage(shapes: Shapes, crs: CRS, faults: Faults) -> Shapes:
    """Bring shapes into EPSG:4326, without heights.

    Parameters
    ----------
    shapes
        Shape ``(n,)``, None where there is no place.
    crs
        Theirs.
    faults
        Gets the rows whose coordinates are not on the globe afterwards.

    Raises
    ------
    FileError
        If PROJ knows no way from there.
    """
    import geopandas as gpd
    from pyproj.exceptions import ProjError

    try:
        series = gpd.GeoSeries(shapely.force_2d(shapes), crs=crs).to_crs(STORAGE_CRS)
    except ProjError as error:
        msg = f"The coordinates cannot be brought from {crs} to {STORAGE_CRS}: {error}"
        raise FileError(msg) from error
    moved = np.asarray(series.to_numpy(), dtype=object)
    west, south, east, north = shapely.bounds(moved).T
    there = ~shapely.is_missing(moved)
    on_globe = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    corners = [f"{a:g} {b:g}" for a, b in zip(*shapely.bounds(shapes).T[:2], strict=True)]
    faults.add(
        there & ~on_globe,
        "coordinates: expected latitude -90 to 90 and longitude -180 to 180 (metres? give --crs)",
        corners,
    )
    return moved


def misplaced(points: Shapes, faults: Faults) -> None:
    """Note points that are surely not where they are said to be."""
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    where = [f"lat {y:g}, lon {x:g}" for y, x in zip(lat, lon, strict=True)]
    faults.add((lat == 0) & (lon == 0), "coordinates: expected a blank where unknown", where)
    swapped = (lon >= 18) & (lon <= 72) & (lat >= -90) & (lat <= -66)
    faults.add(swapped, "coordinates: expected latitude and longitude the other way round", where)
