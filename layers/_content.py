"""Tells by its first bytes what a file is, whatever its name says."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from layers._archive import MAX_ROWS, MAX_UNPACKED_MB, FileError

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 8192
_ZIP, _SQLITE, _PARQUET = b"PK\x03\x04", b"SQLite format 3\x00", b"PAR1"
_SHAPEFILE, _FLATGEOBUF = b"\x00\x00\x27\x0a", b"fgb\x03fgb"
"""ESRI Shapefile Technical Description (1998), table 1; FlatGeobuf specification 3.0."""
_MAGIC = {
    ".gpkg": _SQLITE,
    ".parquet": _PARQUET,
    ".geoparquet": _PARQUET,
    ".zip": _ZIP,
    ".kmz": _ZIP,
    ".shp": _SHAPEFILE,
    ".fgb": _FLATGEOBUF,
    ".geojson": b"{",
    ".json": b"{",
    ".kml": b"<",
}
_WORDS = {
    _ZIP: "a zip archive",
    _SQLITE: "an SQLite database",
    _PARQUET: "Parquet",
    _SHAPEFILE: "a shapefile",
    _FLATGEOBUF: "FlatGeobuf",
    b"{": "JSON",
    b"<": "XML or HTML",
    b"\x1f\x8b": "gzip",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
}


def check_size(path: Path) -> None:
    """Refuse a file that is empty, or larger than a table of any layer can be.

    Raises
    ------
    FileError
        With both sizes.
    """
    size = path.stat().st_size
    if size == 0:
        msg = f"{path} is empty, expected a table."
        raise FileError(msg)
    if size > MAX_UNPACKED_MB * 10**6:
        msg = f"{path} has {size / 1e6:,.0f} MB, expected at most {MAX_UNPACKED_MB:,}: split it."
        raise FileError(msg)


def check_content(path: Path) -> None:
    """Refuse a file that holds another format than its suffix claims.

    Raises
    ------
    FileError
        With both formats.
    """
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(_HEAD)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    found = next((one for one in _WORDS if head.startswith(one) or start.startswith(one)), None)
    expected = _MAGIC.get(suffix)
    if found != expected:
        holds = _WORDS[found] if found else "something else"
        wanted = _WORDS[expected] if expected else "text"
        msg = (
            f"{path} cannot be read as {suffix[1:]}: it holds {holds}, expected {wanted}; give it"
            " the suffix of what it is, or save it as what it claims to be."
        )
        raise FileError(msg)
    if suffix == ".kml":
        _check_kml(path)
    if suffix == ".shp":
        _check_index(path)
    if suffix == ".gpkg":
        _check_database(path)
    if expected == _PARQUET:
        _check_parquet(path)


def geojson_dialect(path: Path) -> str:
    """Give the prefix by which GDAL reads a JSON file with one driver, and with no other.

    GDAL's drivers include some that run what a JSON file tells them to, or call a server;
    behind a prefix they are not asked.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b'"Topology"' in head:
        return "TopoJSON:"
    return "ESRIJSON:" if b"esriGeometry" in head else "GeoJSON:"


class _RootSeenError(Exception):
    """The root element has come: no document type can follow it (XML 1.0, production 1)."""


def _check_kml(path: Path) -> None:
    """Refuse XML that declares a document type, and with it entities, or that is not KML."""
    root: list[str] = []

    def element(name: str, _: dict[str, str]) -> None:
        root.append(name)
        raise _RootSeenError

    def doctype(*_: object) -> None:
        msg = f"{path} declares a document type or entities, expected plain KML: remove them."
        raise FileError(msg)

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except _RootSeenError:
        pass
    except expat.ExpatError as error:
        msg = f"{path} cannot be read as kml: {error}."
        raise FileError(msg) from error
    if not root or root[0].rpartition(":")[2] != "kml":
        msg = f"{path} cannot be read as kml: its root is {root}, expected kml."
        raise FileError(msg)


def _check_index(path: Path) -> None:
    siblings = {one.name.lower() for one in path.parent.iterdir()}
    if f"{path.stem}.shx".lower() not in siblings:
        msg = (
            f"{path} cannot be read as shp: {path.stem}.shx is not beside it, expected the whole"
            " shapefile (.shp, .shx, .dbf, .prj)."
        )
        raise FileError(msg)


def _check_database(path: Path) -> None:
    """Refuse a database whose views run: without end, or GDAL's functions that ask a server."""
    import sqlite3
    from contextlib import closing

    asks = (
        "SELECT name FROM sqlite_master WHERE sql LIKE '%ogr_geocode%' OR sql LIKE '%gdal_get%'"
        " OR type = 'view' AND name IN (SELECT table_name FROM gpkg_contents)"
    )
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            found = [name for (name,) in database.execute(asks)]
    except sqlite3.Error as error:
        msg = f"{path} cannot be read as gpkg: {error}."
        raise FileError(msg) from error
    if found:
        msg = (
            f"{path} runs views or GDAL functions in {found}, expected tables: export them to plain"
            " ones."
        )
        raise FileError(msg)


def _check_parquet(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        stated = pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        msg = f"{path} cannot be read as {path.suffix[1:].lower()}: {error}"
        raise FileError(msg) from error
    groups = [stated.row_group(i).total_byte_size for i in range(stated.num_row_groups)]
    if stated.num_rows > MAX_ROWS or sum(groups) > MAX_UNPACKED_MB * 10**6:
        msg = (
            f"{path} unpacks to {stated.num_rows:,} rows and {sum(groups) / 1e6:,.0f} MB, expected"
            f" at most {MAX_ROWS:,} rows and {MAX_UNPACKED_MB:,} MB."
        )
        raise FileError(msg)
