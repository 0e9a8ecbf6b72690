"""Reads the raw cells of a file of sites, whatever its format, and loses none."""

from __future__ import annotations

import csv
import io
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.crs import to_storage
from geo.errors import AskedWronglyError
from geo.site_columns import ALIASES, plain

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame

MAX_BYTES = 100_000_000
"""Above this a file of sites is something else: 100,000 rows are some 10 MB."""
SUFFIXES = (".csv", ".tsv", ".txt", ".geojson", ".json", ".gpkg", ".parquet", ".shp", ".fgb")

_DELIMITERS = (",", ";", "\t", "|")
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class SiteFileError(AskedWronglyError):
    """A file of sites that cannot be read, or rows in it that cannot be used."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """The cells as they stand.

    Attributes
    ----------
    cells
        One row per site, indexed by the row number that a person sees in the file; texts as
        they stand, or the file's own numbers; a point, where the format has one, as `lat` and
        `lon` in EPSG:4326.
    semicolons
        Whether the cells are separated by something else than commas, so that a decimal comma
        is possible.
    notes
        What was passed over, in words.
    """

    cells: pd.DataFrame
    semicolons: bool
    notes: list[str]


def read_raw(path: Path) -> RawTable:
    """Read a file of sites.

    Raises
    ------
    SiteFileError
        With what was found, what was expected and what to do.
    """
    _refuse_early(path)
    if path.suffix.lower() in _TEXT_SUFFIXES:
        return _read_text(path)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        table = _read_spatial(path)
        cells = _with_coordinates(table, path)
    if not isinstance(cells.index, pd.RangeIndex) and cells.index.name is not None:
        cells = cells.reset_index()
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    notes = [f"{path.name}: {one.message}" for one in said]
    return RawTable(cells, semicolons=False, notes=list(dict.fromkeys(notes)))


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
    raise SiteFileError(msg)


def _read_spatial(path: Path) -> pd.DataFrame:
    import geopandas as gpd
    import pyogrio

    suffix = path.suffix.lower()
    try:
        if suffix == ".parquet":
            return _read_parquet(path)
        layers = [str(name) for name, _ in pyogrio.list_layers(path)] if suffix == ".gpkg" else []
        table: pd.DataFrame = gpd.read_file(path) if len(layers) < 2 else pd.DataFrame()
    except Exception as error:  # the drivers under geopandas raise a dozen unrelated types
        reason = str(error).split("; ", maxsplit=1)[0]
        msg = f"{path} cannot be read as {suffix[1:]}: {reason}"
        raise SiteFileError(msg) from error
    if len(layers) > 1:
        msg = f"{path} holds the layers {layers}, expected one: save it to a file of its own."
        raise SiteFileError(msg)
    return table


def _read_parquet(path: Path) -> pd.DataFrame:
    import geopandas as gpd

    try:
        table: pd.DataFrame = gpd.read_parquet(path)
    except ValueError as error:
        if "Missing geo metadata" not in str(error):
            raise
        table = pd.read_parquet(path)
    return table


def _with_coordinates(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Turn a column of points into `lat` and `lon`; the points win over columns of numbers."""
    import geopandas as gpd

    if not isinstance(table, gpd.GeoDataFrame):
        return table
    points: GeoDataFrame = to_storage(table, str(path))
    shapes = points.geometry.to_numpy()
    there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    kinds = sorted({shape.geom_type for shape in shapes[there]})
    if kinds and kinds != ["Point"]:
        msg = (
            f"{path} holds {', '.join(kinds)}, expected one Point per site: take their centroids,"
            " or use a file of polygons with --area."
        )
        raise SiteFileError(msg)
    lat, lon = np.full(len(points), np.nan), np.full(len(points), np.nan)
    lat[there], lon[there] = shapely.get_y(shapes[there]), shapely.get_x(shapes[there])
    other = pd.DataFrame(points.drop(columns=points.geometry.name))
    coordinates = {*ALIASES["lat"], *ALIASES["lon"], *ALIASES["wkt"]}
    other = other.drop(columns=[name for name in other if plain(name) in coordinates])
    return other.assign(lat=lat, lon=lon)


def _read_text(path: Path) -> RawTable:
    raw = path.read_bytes()
    if b"\x00" in raw and not raw.startswith(_UTF16):
        msg = f"{path} holds binary data, expected text."
        raise SiteFileError(msg)
    try:
        text = raw.decode("utf-16" if raw.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{path} is not UTF-8 text (byte {error.start}): save it as CSV UTF-8."
        raise SiteFileError(msg) from error
    stated = re.match(r"sep=(.)\r?\n", text)
    first = next((line for line in text.splitlines() if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"', "", first)
    delimiter = stated[1] if stated else max(_DELIMITERS, key=unquoted.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        rows = [(lines.line_num, row) for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        msg = f"{path} cannot be read as a table separated by {delimiter!r}: {error}."
        raise SiteFileError(msg) from error
    rows = rows[1:] if stated else rows
    if not rows:
        msg = f"{path} is empty, expected a table of sites with a header."
        raise SiteFileError(msg)
    cells = _cells(path, rows, delimiter)
    return RawTable(cells, semicolons=delimiter != ",", notes=[])


def _cells(path: Path, rows: list[tuple[int, list[str]]], delimiter: str) -> pd.DataFrame:
    """Hold every row to the header: as many cells, no heading twice."""
    header = [name.strip() for name in rows[0][1]]
    while header and not header[-1]:
        header.pop()
    width = len(header)
    wrong = [
        f"row {line}: found {len(row)} cells, expected {width} as in the header"
        for line, row in rows[1:]
        if len(row) < width or any(cell.strip() for cell in row[width:])
    ]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        wrong.insert(0, f"the header names {twice} more than once: keep one of each")
    if wrong:
        hint = " (decimals written with a comma? quote the cells, or separate them by semicolons)"
        shown = "\n  ".join(wrong[:20]) + ("\n  and more" if len(wrong) > 20 else "")
        msg = (
            f"{path} cannot be read as a table separated by {delimiter!r}"
            f"{hint if delimiter == ',' else ''}:\n  {shown}"
        )
        raise SiteFileError(msg)
    return pd.DataFrame(
        [row[:width] for _, row in rows[1:]],
        columns=header,
        index=[line for line, _ in rows[1:]],
        dtype=object,
    )
