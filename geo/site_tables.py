"""Reads the raw cells of a file of sites, whatever its format, and loses none."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.crs import to_storage
from geo.errors import AskedWronglyError
from layers._aliases import COORDINATES
from layers._archive import FileError
from layers._content import check_content
from layers._files import read_spatial, unpacked
from layers._mapping import plain
from layers._text import TEXT_SUFFIXES, read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from geopandas import GeoDataFrame

    from layers._text import TextTable

MAX_BYTES = 100_000_000
"""Above this a file of sites is something else: 100,000 rows are some 10 MB."""
SUFFIXES = (
    ".csv", ".tsv", ".txt", ".geojson", ".json", ".gpkg", ".parquet", ".shp", ".fgb",
    ".kml", ".kmz", ".zip",
)  # fmt: skip
ARCHIVES = (".kmz", ".zip")


class SiteFileError(AskedWronglyError):
    """A file of sites that cannot be read, or rows in it that cannot be used.

    Attributes
    ----------
    breaches
        All of them, one sentence each; those of a row begin with its number.
    """

    def __init__(self, message: str, breaches: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.breaches = tuple(breaches) or (message,)


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


def read_raw(path: Path, without: Collection[int] = ()) -> RawTable:
    """Read a file of sites.

    Parameters
    ----------
    path
        The file.
    without
        Row numbers to pass over, as the breaches name them.

    Raises
    ------
    SiteFileError
        With what was found, what was expected and what to do.
    """
    _refuse_early(path)
    if path.suffix.lower() in ARCHIVES:
        with _unpacked(path) as inside:
            return read_raw(inside, without)
    if path.suffix.lower() in TEXT_SUFFIXES:
        return _read_text(path, without)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        table = _read_spatial(path)
        cells = _with_coordinates(table, path)
    if not isinstance(cells.index, pd.RangeIndex) and cells.index.name is not None:
        cells = cells.reset_index()
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    cells = cells.drop(index=list(without), errors="ignore")
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
    try:
        return read_spatial(path, several="save it to a file of its own")
    except FileError as error:
        raise SiteFileError(str(error)) from error


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
    other = other.drop(columns=[name for name in other if plain(name) in COORDINATES])
    return other.assign(lat=lat, lon=lon)


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Give the one file of sites inside an archive, for as long as it is read."""
    try:
        check_content(path)
        with unpacked(path, "pack one alone") as inside:
            yield inside
    except FileError as error:
        raise SiteFileError(str(error)) from error


def _read_text(path: Path, without: Collection[int]) -> RawTable:
    try:
        text = read_text(path, "a table of sites")
    except FileError as error:
        raise SiteFileError(str(error)) from error
    _hold_to_header(path, text, without)
    rows = [(line, row) for line, row in text.rows if line not in without]
    cells = pd.DataFrame(
        [row[: len(text.header)] for _, row in rows],
        columns=text.header,
        index=[line for line, _ in rows],
        dtype=object,
    )
    return RawTable(cells, semicolons=text.delimiter != ",", notes=[])


def _hold_to_header(path: Path, text: TextTable, without: Collection[int]) -> None:
    """Hold every row to the header: as many cells, no heading twice."""
    wrong = [
        f"row {line}: {fault}" for line, fault in text.misfits().items() if line not in without
    ]
    if twice := text.repeated():
        wrong.insert(0, f"the header names {twice} more than once: keep one of each")
    if wrong:
        hint = " (decimals written with a comma? quote the cells, or separate them by semicolons)"
        shown = "\n  ".join(wrong[:20]) + ("\n  and more" if len(wrong) > 20 else "")
        msg = (
            f"{path} cannot be read as a table separated by {text.delimiter!r}"
            f"{hint if text.delimiter == ',' else ''}:\n  {shown}"
        )
        raise SiteFileError(msg, wrong)
