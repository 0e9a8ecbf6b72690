"""Where the rows that people bring lie: a point for each, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from geo.arrays import Floats


def place(table: pd.DataFrame, *, spoiled: bool) -> tuple[pd.DataFrame, list[str]]:
    """Give every row an id, a name, a point (from WKT if need be) and its precision."""
    found: list[str] = []
    if not {"lat", "lon"} <= set(table):
        table, found = _points_from_wkt(table)
    table = table.drop(columns="wkt", errors="ignore").copy()
    if "site_id" not in table:
        table["site_id"] = [f"row-{row}" for row in range(1, len(table) + 1)]
    if "name" not in table:
        table["name"] = table["site_id"]
    table["name"] = table["name"].fillna(table["site_id"])
    if "coord_precision" not in table:
        table["coord_precision"] = pd.Series(None, index=table.index, dtype=object)
    located = table["lat"].notna() & table["lon"].notna()
    table.loc[located & table["coord_precision"].isna(), "coord_precision"] = "site"
    return table, found + _coordinate_breaches(table, halves=not spoiled)


def _points_from_wkt(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    wkt = table["wkt"].astype(object).where(table["wkt"].notna(), None).to_numpy()
    shapes = np.asarray(shapely.from_wkt(wkt, on_invalid="ignore"), dtype=object)
    point = (shapely.get_type_id(shapes) == 0) & ~shapely.is_empty(shapes)
    empty = shapely.is_empty(shapes) & (shapely.get_type_id(shapes) == 0)
    found = [
        f"row {table.index[row]}, wkt: found {str(wkt[row])[:40]!r}, expected POINT (longitude"
        " latitude)"
        for row in map(int, np.flatnonzero((wkt != None) & ~point & ~empty))  # noqa: E711 - elementwise
    ]
    lat, lon = np.full(len(table), np.nan), np.full(len(table), np.nan)
    lat[point], lon[point] = shapely.get_y(shapes[point]), shapely.get_x(shapes[point])
    return table.assign(lat=lat, lon=lon), found


def _coordinate_breaches(table: pd.DataFrame, *, halves: bool) -> list[str]:
    lat, lon = table["lat"].to_numpy(float), table["lon"].to_numpy(float)
    found = []
    half = halves & (np.isnan(lat) != np.isnan(lon))
    swapped = in_us_box(lon, lat) & ~in_us_box(lat, lon)
    off_globe = (np.abs(lat) > 90) | (np.abs(lon) > 180)
    metres = off_globe & (np.maximum(np.abs(lat), np.abs(lon)) > 1000)
    null_island = (lat == 0) & (lon == 0)
    for row in map(int, np.flatnonzero(half | swapped | off_globe | null_island)):
        where = f"row {table.index[row]}: found lat {lat[row]:g}, lon {lon[row]:g}"
        if half[row]:
            found.append(f"{where}, expected both or neither")
        elif swapped[row]:
            found.append(f"{where}, which is in the US the other way round: swap lat and lon")
        elif metres[row]:
            found.append(
                f"{where}, expected degrees: these look like projected metres (EPSG:3857 or"
                " another); reproject them to EPSG:4326, or bring a file that states its CRS"
            )
        elif null_island[row]:
            found.append(f"{where}, which is in the Gulf of Guinea: leave unknown points blank")
        else:
            found.append(f"{where}, expected latitude -90 to 90 and longitude -180 to 180")
    return found


def in_us_box(lat: Floats, lon: Floats) -> np.ndarray:
    """Tell which points lie in the box around the fifty states (Census outlines, 2017)."""
    return (lat >= 18) & (lat <= 72) & (lon >= -180) & (lon <= -66)
