"""Reads the sites that people bring: any common table of points, checked row by row."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.crs import CRSError, to_storage
from geo.site_columns import ALIASES, map_columns
from geo.site_values import UNKNOWN_WORDS, decimal_commas, to_numbers
from geo.sites import SiteError, complete, state_of
from layers import miner_sites, read_states
from layers._check import breaches, out_of_order, outside_state

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame

MAX_BYTES = 100_000_000
"""Above this a file of sites is something else: 100,000 rows are some 10 MB."""
MAX_SHOWN = 20
SUFFIXES = (".csv", ".tsv", ".txt", ".geojson", ".json", ".gpkg", ".parquet", ".shp", ".fgb")

_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class BroughtSites:
    """What a file of sites gave.

    Attributes
    ----------
    sites
        As `geo.sites.complete` gives them.
    notes
        What was understood and assumed, in words: columns mapped, columns not used, points
        outside the US.
    """

    sites: pd.DataFrame
    notes: list[str]


def read_sites(path: Path, known_ids: frozenset[str] = frozenset()) -> BroughtSites:
    """Read a table of sites.

    Parameters
    ----------
    path
        CSV with latitude and longitude or WKT, or GeoJSON, GeoPackage, GeoParquet, Shapefile,
        FlatGeobuf of points in any CRS.
    known_ids
        Ids of the embedded sites; a row that carries one is that site, not a new point.

    Returns
    -------
    brought
        One site per row, none lost; columns that are missing are unknown.

    Raises
    ------
    SiteError
        With every breach at once.
    """
    _refuse_early(path)
    table, comma = _read_table(path)
    if table.empty:
        msg = f"{path} has a header and no rows: expected at least one site."
        raise SiteError(msg)
    mapping, notes = map_columns(list(table.columns))
    table = table.rename(columns=mapping)[list(mapping.values())]
    table, found = _parse(table, comma=comma)
    if not found:
        table, found = _place(table)
    if not found:
        found = _breaches(table)
    if found:
        shown = "\n  ".join(found[:MAX_SHOWN])
        more = f"\n  and {len(found) - MAX_SHOWN} more" if len(found) > MAX_SHOWN else ""
        msg = f"{path} cannot be used as sites:\n  {shown}{more}"
        raise SiteError(msg)
    sites = complete(table, brought=True)
    sites["brought"] = ~sites.index.isin(known_ids)
    return BroughtSites(sites, notes + _remarks(sites))


def _refuse_early(path: Path) -> None:
    expected = f"expected a file that ends in {', '.join(SUFFIXES)}"
    if path.is_dir():
        msg = f"{path} is a folder, {expected}."
    elif not path.is_file():
        msg = f"{path} does not exist, {expected}."
    elif path.stat().st_size == 0:
        msg = f"{path} is empty, expected a table of sites with a header."
    elif path.stat().st_size > MAX_BYTES:
        megabytes = path.stat().st_size / 1e6
        msg = (
            f"{path} has {megabytes:.0f} MB, expected at most {MAX_BYTES / 1e6:.0f} MB: keep the"
            " columns that matter, or split it."
        )
    elif path.suffix.lower() not in SUFFIXES:
        msg = f"{path} has the suffix {path.suffix!r}, {expected}."
    else:
        return
    raise SiteError(msg)


def _read_table(path: Path) -> tuple[pd.DataFrame, bool]:
    """Give the raw columns, and whether decimals are written with a comma."""
    suffix = path.suffix.lower()
    if suffix in {".csv", ".tsv", ".txt"}:
        return _read_text(path)
    import geopandas as gpd

    try:
        table = _read_parquet(path) if suffix == ".parquet" else gpd.read_file(path)
    except SiteError:
        raise
    except Exception as error:  # the drivers under geopandas raise a dozen unrelated types
        msg = f"{path} cannot be read as {suffix[1:]}: {error}"
        raise SiteError(msg) from error
    if "geometry" not in table or not hasattr(table, "crs"):
        return pd.DataFrame(table), False
    return _from_points(table, path), False


def _read_parquet(path: Path) -> pd.DataFrame:
    import geopandas as gpd

    try:
        table: pd.DataFrame = gpd.read_parquet(path)
    except ValueError as error:
        if "Missing geo metadata" not in str(error):
            raise
        table = pd.read_parquet(path)
    return table


def _from_points(table: GeoDataFrame, path: Path) -> pd.DataFrame:
    try:
        table = to_storage(table, str(path))
    except CRSError as error:
        raise SiteError(str(error)) from error
    shapes = table.geometry
    there = shapes.notna() & ~shapes.is_empty
    kinds = sorted(set(shapes[there].geom_type))
    if kinds and kinds != ["Point"]:
        msg = (
            f"{path} holds {', '.join(kinds)}, expected one Point per site: take their centroids,"
            " or use a file of polygons with --area."
        )
        raise SiteError(msg)
    plain = pd.DataFrame(table.drop(columns=shapes.name))
    used = [
        name for name in plain if str(name).strip().lower() in {*ALIASES["lat"], *ALIASES["lon"]}
    ]
    plain = plain.drop(columns=used)
    lat, lon = np.full(len(table), np.nan), np.full(len(table), np.nan)
    lat[there], lon[there] = shapes[there].y, shapes[there].x
    return plain.assign(lat=lat, lon=lon)


def _read_text(path: Path) -> tuple[pd.DataFrame, bool]:
    raw = path.read_bytes()
    if b"\x00" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        msg = f"{path} holds binary data, expected text."
        raise SiteError(msg)
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        msg = f"{path} is not UTF-8 text (byte {error.start}): save it as CSV UTF-8."
        raise SiteError(msg) from error
    header = text.lstrip().split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header.count)
    try:
        from io import StringIO

        table = pd.read_csv(
            StringIO(text),
            sep=delimiter,
            dtype=str,
            keep_default_na=False,
            skipinitialspace=True,
            index_col=False,
            on_bad_lines="error",
            engine="c",
            quoting=csv.QUOTE_MINIMAL,
        )
    except (ValueError, pd.errors.ParserWarning) as error:
        msg = f"{path} cannot be read as a table separated by {delimiter!r}: {error}".strip()
        raise SiteError(msg) from error
    return table, delimiter == ";" and decimal_commas(table)


def _parse(table: pd.DataFrame, *, comma: bool) -> tuple[pd.DataFrame, list[str]]:
    """Turn texts into numbers where numbers are expected; -999999 (HIFLD) means unknown."""
    kinds = {column.name: column for column in miner_sites.COLUMNS}
    parsed: dict[str, pd.Series] = {}
    found: list[str] = []
    for name in map(str, table.columns):
        column = kinds.get(name)
        if column is not None and column.kind != "text":
            parsed[name], wrong = to_numbers(table[name], comma=comma)
            found += wrong
            continue
        text = table[name].astype(object).where(table[name].notna(), None)
        text = text.map(lambda value: None if pd.isna(value) else str(value).strip())
        allowed = column.allowed if column is not None else ()
        blank = {"", *UNKNOWN_WORDS} - {*allowed} if name != "name" else {""}
        text = text.where(~text.isin(blank), None)
        if allowed and name != "iso":
            text = text.map(
                lambda value: value if pd.isna(value) else value.lower().replace(" ", "_")
            )
            text = text.replace({"behind_the_meter": "behind-the-meter", "us": "US", "ca": "CA"})
        parsed[name] = text
    return pd.DataFrame(parsed), found


def _place(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Give every row an id, a name, a point (from WKT if need be), its state and country."""
    table = table.reset_index(drop=True)
    if "wkt" in table and not {"lat", "lon"} <= set(table):
        table, found = _points_from_wkt(table)
        if found:
            return table, found
    if not {"lat", "lon"} <= set(table):
        have = sorted(table.columns)
        return table, [
            f"no coordinates: found the columns {have}, expected lat and lon (or latitude and"
            " longitude, y and x, or wkt)"
        ]
    if "site_id" not in table:
        table["site_id"] = [f"row-{row}" for row in range(1, len(table) + 1)]
    if "name" not in table:
        table["name"] = table["site_id"]
    table["name"] = table["name"].fillna(table["site_id"])
    if "coord_precision" not in table:
        table["coord_precision"] = pd.Series(None, index=table.index, dtype=object)
    located = table["lat"].notna() & table["lon"].notna()
    table.loc[located & table["coord_precision"].isna(), "coord_precision"] = "site"
    return table, _coordinate_breaches(table)


def _points_from_wkt(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    import shapely

    wkt = table["wkt"].to_numpy(object)
    shapes = shapely.from_wkt(wkt, on_invalid="ignore")
    kinds = shapely.get_type_id(shapes)
    given = pd.notna(wkt)
    found = [
        f"row {row + 2}, wkt: found {str(wkt[row])[:40]!r}, expected POINT (longitude latitude)"
        for row in np.flatnonzero(given & (kinds != 0))
    ]
    point = kinds == 0
    lat, lon = np.full(len(table), np.nan), np.full(len(table), np.nan)
    lat[point], lon[point] = shapely.get_y(shapes[point]), shapely.get_x(shapes[point])
    return table.drop(columns="wkt").assign(lat=lat, lon=lon), found


def _coordinate_breaches(table: pd.DataFrame) -> list[str]:
    lat, lon = table["lat"].to_numpy(float), table["lon"].to_numpy(float)
    found = []
    half = np.isnan(lat) != np.isnan(lon)
    swapped = _in_us_box(lon, lat) & ~_in_us_box(lat, lon)
    off_globe = (np.abs(lat) > 90) | (np.abs(lon) > 180)
    metres = off_globe & (np.maximum(np.abs(lat), np.abs(lon)) > 1000)
    null_island = (lat == 0) & (lon == 0)
    for row in np.flatnonzero(half | swapped | off_globe | null_island):
        where = f"row {row + 2}: found lat {lat[row]:g}, lon {lon[row]:g}"
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


def _in_us_box(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Tell which points lie in the box around the fifty states (Census outlines, 2017)."""
    return (lat >= 18) & (lat <= 72) & (lon >= -180) & (lon <= -66)


def _breaches(table: pd.DataFrame) -> list[str]:
    columns = tuple(
        replace(column, required=False, nullable=column.name != "site_id")
        for column in miner_sites.COLUMNS
        if column.name in table
    )
    found = breaches(table, columns, strict=False) or out_of_order(table)
    if found:
        return found
    outlines = read_states()
    if "state" in table:
        codes = {name.casefold(): code for code, name in outlines["name"].items()}
        full = table["state"].str.casefold().map(codes)
        table["state"] = full.where(full.notna(), table["state"].str.upper())
        return outside_state(table[["site_id", *(c for c in table if c != "site_id")]])
    return []


def _remarks(sites: pd.DataFrame) -> list[str]:
    """Fill in state and country from the outlines, and say what lies outside them."""
    state = state_of(sites["lat"], sites["lon"])
    sites["state"] = sites["state"].where(sites["state"].notna(), state)
    from_state = sites["state"].isin(read_states().index) & sites["country"].isna()
    sites["country"] = sites["country"].mask(from_state, "US")
    us = sites["country"] == "US"
    sites["region"] = sites["region"].mask(us & (sites["region"] == "all"), "us")
    abroad = sites.index[sites["country"].isna() & sites["lat"].notna()]
    if not len(abroad):
        return []
    shown = ", ".join(map(str, abroad[:5])) + (", ..." if len(abroad) > 5 else "")
    lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
    mirrored = _in_us_box(lat, -lon) & (lon > 0)
    hint = " Did the longitudes lose their minus sign?" if mirrored.any() else ""
    return [f"{len(abroad)} of {len(sites)} sites lie outside the US outlines: {shown}.{hint}"]
