"""Where the rows of a file lie, and in which coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers._archive import FileError
from layers._base import STORAGE_CRS
from layers._shapes import from_text
from layers._values import PUBLISHED_UNKNOWN, expected_number, parse_numbers

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from pyproj import CRS

    from layers._base import Layer
    from layers._faults import Faults
    from layers._files import Contents
    from layers._shapes import Shapes


def place_rows(
    contents: Contents, cells: pd.DataFrame, layer: Layer, faults: Faults, *, comma: bool
) -> tuple[Shapes, str | None]:
    """Give the shape of each row, from its geometry, its WKT, or its latitude and longitude.

    Parameters
    ----------
    contents
        The file.
    cells
        Its columns under our names.
    layer
        Where it goes.
    faults
        Gets the rows whose place cannot be read.
    comma
        Whether decimals are written with a comma.

    Returns
    -------
    shapes
        Shape ``(n,)``; None where no place is given.
    crs
        What the cells themselves say; None where they say nothing.
    """
    if contents.shapes is not None:
        return np.array(contents.shapes, dtype=object), None
    if layer.geometry != "point" or not {"lat", "lon"} <= set(cells):
        return from_text(cells["wkt"], faults)
    numbers = []
    for name in ("lat", "lon"):
        found, wrong = parse_numbers(cells[name], comma=comma, words=PUBLISHED_UNKNOWN)
        faults.add(wrong, f"{name}: expected {expected_number(comma=comma)}", list(cells[name]))
        numbers.append(found.to_numpy(float))
    lat, lon = numbers
    half = (np.isnan(lat) != np.isnan(lon)) & faults.sound()
    faults.add(half, "coordinates: expected both of lat and lon, or neither")
    shapes = np.full(len(cells), None, dtype=object)
    there = ~(np.isnan(lat) | np.isnan(lon))
    shapes[there] = shapely.points(lon[there], lat[there])
    return shapes, None


def crs_of(contents: Contents, stated: str | None, asked: str | None, path: Path) -> CRS:
    """Tell which CRS the coordinates are in.

    Text says nothing, and is taken as degrees of WGS 84 unless the user says otherwise; rows
    off the globe are refused later. Anything with a geometry must say so itself.

    Raises
    ------
    FileError
        If nothing says it, if the user contradicts the file, or if what is said does not exist.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        own = CRS.from_user_input(contents.crs or stated) if contents.crs or stated else None
        given = CRS.from_user_input(asked) if asked else None
    except CRSError as error:
        msg = f"{asked or stated} is no coordinate reference system: expected one like EPSG:3857."
        raise FileError(msg) from error
    if own is not None and given is not None and own != given:
        msg = f"{path} says that its CRS is {own.to_string()}, found --crs {asked}: leave it out."
        raise FileError(msg)
    if own is None and given is None and contents.shapes is not None:
        msg = (
            f"{path} does not say which coordinate reference system it is in (a shapefile says so"
            " in its .prj): give it with --crs EPSG:xxxx; EPSG:4326 if the coordinates are"
            " degrees of longitude and latitude."
        )
        raise FileError(msg)
    return own or given or CRS.from_user_input(STORAGE_CRS)
