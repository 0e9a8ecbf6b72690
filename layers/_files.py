"""Reads files that people bring, each held to the format that its name claims."""

from __future__ import annotations

import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from layers._archive import FileError, unpack
from layers._content import check_content, check_size, geojson_dialect
from layers._text import TEXT_SUFFIXES, WINDOWS, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

SUFFIXES = (
    *TEXT_SUFFIXES, ".geojson", ".json", ".gpkg", ".parquet", ".geoparquet", ".shp", ".fgb",
    ".kml", ".kmz", ".zip",
)  # fmt: skip

_SIDECARS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
_APPLE = "._"
"""How macOS names what it puts beside each file of an archive: icons and the like (AppleDouble)."""
_INSIDE = (
    (".shp",),
    (".gpkg", ".geojson", ".json", ".parquet", ".geoparquet", ".fgb", ".kml"),
    (".csv", ".tsv"),
)
"""What is looked for inside an archive: the first group of which anything is there."""
_WITH_LAYER = "give one with --layer NAME"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds, as it stands.

    Attributes
    ----------
    cells
        One row per row of the file, indexed by the number that a person sees: the line of a
        text, else the feature counted from 1. Headings are unique texts.
    shapes
        The geometries, shape ``(n,)``, in `crs`; None where the format has none.
    crs
        What the file says, as geopandas gives it; None where it says nothing.
    broken
        Rows of a text that do not fit its header: columns `row` and `breach`.
    parts
        The files themselves: a shapefile has several.
    notes
        What was passed over, in words.
    """

    cells: pd.DataFrame
    shapes: NDArray[np.object_] | None
    crs: Any
    broken: pd.DataFrame
    parts: tuple[Path, ...]
    notes: tuple[str, ...] = ()

    @property
    def rows_in(self) -> int:
        """How many rows the file has."""
        return len(self.cells) + len(self.broken)


def local_file(text: str) -> Path:
    """Give the path of a local file.

    Raises
    ------
    FileError
        If it is an address, a virtual file of GDAL's, a folder, or not there.
    """
    if "://" in text or text.replace("\\", "/").startswith("/vsi"):
        msg = f"{text} is not a local file: download it first, then import the file."
        raise FileError(msg)
    path = Path(text)
    if path.is_dir():
        msg = f"{path} is a folder, expected a file that ends in {', '.join(SUFFIXES)}."
    elif not path.is_file():
        msg = f"{path} does not exist, expected a file that ends in {', '.join(SUFFIXES)}."
    elif path.suffix.lower() not in SUFFIXES:
        msg = f"{path} has the suffix {path.suffix!r}, expected one of {', '.join(SUFFIXES)}."
    else:
        return path
    raise FileError(msg)


def read_file(path: Path, layer: str | None = None) -> Contents:
    """Read a file that somebody brings.

    Parameters
    ----------
    path
        As `local_file` gives it.
    layer
        The layer of a GeoPackage, the folder of a KML or the file of an archive, where there
        are several.

    Raises
    ------
    FileError
        With what was found, what was expected and what to do.
    """
    check_size(path)
    suffix = path.suffix.lower()
    if suffix in {".zip", ".kmz"}:
        check_content(path)
        with unpacked(path, _WITH_LAYER, layer) as found:
            inner = found.stem == layer
            return replace(read_file(found, None if inner else layer), parts=(path,))
    if suffix in TEXT_SUFFIXES:
        check_content(path)
        return _from_text(path)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        table = read_spatial(path, several=_WITH_LAYER, layer=layer)
    notes = dict.fromkeys(f"{path.name}: {one.message}" for one in said)
    return _from_table(table, path, tuple(notes))


@contextmanager
def unpacked(path: Path, several: str, layer: str | None = None) -> Iterator[Path]:
    """Give the one file that an archive is about, for as long as it is read.

    Parameters
    ----------
    path
        A zip archive or KMZ.
    several
        What to do where it holds several, for the message.
    layer
        Which of them.

    Raises
    ------
    FileError
        If the archive is unsound, or holds none or several.
    """
    with tempfile.TemporaryDirectory(prefix="rewatt-") as folder:
        yield _inside(path, Path(folder), several, layer)


def read_spatial(path: Path, *, several: str, layer: str | None = None) -> pd.DataFrame:
    """Read a file that is neither text nor archive, as geopandas gives it.

    Parameters
    ----------
    path
        A local file.
    several
        What to do where the file has several layers, for the message.
    layer
        Which of them.

    Returns
    -------
    table
        A GeoDataFrame, or a plain table where a Parquet file has no geometry.
    """
    check_content(path)
    suffix = path.suffix.lower()
    try:
        if suffix in {".parquet", ".geoparquet"}:
            return _read_parquet(path)
        return _read_layers(path, several, layer)
    except FileError:
        raise
    except Exception as error:  # the drivers under geopandas raise a dozen unrelated types
        reason = str(error).split("; ", maxsplit=1)[0]
        msg = f"{path} cannot be read as {suffix[1:]}: {reason}"
        raise FileError(msg) from error


def _read_parquet(path: Path) -> pd.DataFrame:
    import geopandas as gpd

    try:
        table: pd.DataFrame = gpd.read_parquet(path)
    except ValueError as error:
        if "Missing geo metadata" not in str(error):
            raise
        table = pd.read_parquet(path)
    return table


def _read_layers(path: Path, several: str, layer: str | None) -> pd.DataFrame:
    import pyogrio

    suffix = path.suffix.lower()
    dialect = geojson_dialect(path) if suffix in {".json", ".geojson"} else ""
    # named in full, a path can be neither an address nor another driver's syntax
    name = f"{dialect}{path.absolute()}"
    found = [(str(one), kind) for one, kind in pyogrio.list_layers(name)]
    names = [one for one, kind in found if kind is not None] or [one for one, _ in found]
    if layer is not None and layer not in [one for one, _ in found]:
        msg = f"{path} has no layer {layer!r}, expected one of {[one for one, _ in found]}."
        raise FileError(msg)
    if layer is None and len(names) > 1 and suffix != ".kml":
        msg = f"{path} holds the layers {names}, expected one: {several}."
        raise FileError(msg)
    tables = [pyogrio.read_dataframe(name, layer=one) for one in ([layer] if layer else names)]
    if not tables:
        msg = f"{path} cannot be read as {suffix[1:]}: it holds no layer, expected a table."
        raise FileError(msg)
    filled = [one for one in tables if len(one)]
    together: pd.DataFrame = pd.concat(filled or tables[:1], ignore_index=True)
    return together


def _from_table(table: pd.DataFrame, path: Path, notes: tuple[str, ...]) -> Contents:
    import geopandas as gpd

    if not isinstance(table.index, pd.RangeIndex) and table.index.name is not None:
        table = table.reset_index()
    table.index = pd.RangeIndex(1, len(table) + 1)
    shapes, crs = None, None
    if isinstance(table, gpd.GeoDataFrame):
        shapes, crs = table.geometry.to_numpy(), table.crs
        table = pd.DataFrame(table.drop(columns=table.geometry.name))
    table.columns = pd.Index(map(str, table.columns))
    broken = pd.DataFrame({"row": [], "breach": []})
    return Contents(table, shapes, crs, broken, _parts(path), notes)


def _from_text(path: Path) -> Contents:
    text = read_text(path, windows=True)
    notes = []
    if text.encoding == WINDOWS:
        notes.append(
            f"{path.name} is not UTF-8: read as Windows-1252; look at letters with accents"
        )
    if twice := text.repeated():
        msg = f"{path}: the header names {twice} more than once: keep one of each."
        raise FileError(msg)
    misfits = text.misfits()
    rows = [(line, row) for line, row in text.rows if line not in misfits]
    cells = pd.DataFrame(
        [row[: len(text.header)] for _, row in rows],
        columns=text.header,
        index=[line for line, _ in rows],
        dtype=object,
    )
    broken = pd.DataFrame({"row": list(misfits), "breach": list(misfits.values())})
    return Contents(cells, None, None, broken, (path,), tuple(notes))


def _inside(path: Path, folder: Path, several: str, layer: str | None) -> Path:
    """Unpack an archive, and give the one file in it that is meant."""
    is_kmz = path.suffix.lower() == ".kmz"
    groups = ((".kml",),) if is_kmz else _INSIDE
    main = tuple(dict.fromkeys(one for group in groups for one in group))
    wanted = main if is_kmz else (*main, *_SIDECARS)
    files = [one for one in unpack(path, folder, wanted) if not one.name.startswith(_APPLE)]
    for group in groups:
        found = [one for one in files if one.suffix.lower() in group]
        if is_kmz:
            # the first .kml of a KMZ is the document (KML 2.2, OGC 07-147r2, annex C)
            found = sorted(found, key=lambda one: one.name.lower() != "doc.kml")[:1]
        named = [one for one in found if one.stem == layer]
        if len(found) == 1 or len(named) == 1:
            return (named or found)[0]
        if found:
            names = [one.stem for one in found]
            msg = f"{path} holds {names}, expected one: {several}."
            raise FileError(msg)
    msg = f"{path} holds no file that can be read, expected one of {', '.join(main)}."
    raise FileError(msg)


def _parts(path: Path) -> tuple[Path, ...]:
    if path.suffix.lower() != ".shp":
        return (path,)
    return tuple(
        one
        for one in sorted(path.parent.glob(f"{_escaped(path.stem)}.*"))
        if one.suffix.lower() in _SIDECARS
    )


def _escaped(stem: str) -> str:
    import glob

    return glob.escape(stem)
