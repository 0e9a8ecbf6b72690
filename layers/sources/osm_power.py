"""OpenStreetMap's substations, power lines and data centres, from Overpass or a PBF extract."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from layers._attribution import OPENSTREETMAP
from layers._base import Column, Source
from layers._fetch import Fetch, Parsed, Table

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from layers._fetch import Job
    from layers._staging import Raw
    from layers._store import Store

SOURCE = Source(
    id="osm_power",
    title="OpenStreetMap: power and data centres",
    publisher="OpenStreetMap contributors",
    url="https://www.openstreetmap.org/copyright",
    licence="ODbL 1.0",
    vintage="as fetched",
    attribution=OPENSTREETMAP,
)

_ID = Column(
    "osm_id", "text", "kind and number: way/123", required=True, nullable=False, unique=True
)
_NAME = Column("name", "text", "as on the map")
_OPERATOR = Column("operator", "text", "who runs it")
_LAT = Column("lat", "number", "degrees north", nullable=False, minimum=-90, maximum=90)
_LON = Column("lon", "number", "degrees east", nullable=False, minimum=-180, maximum=180)
_VOLTAGE = Column("voltage", "text", "the tag as it stands")

SUBSTATIONS = (
    _ID,
    _NAME,
    _OPERATOR,
    Column("ref", "text", "the operator's reference"),
    Column("substation", "text", "kind of station, the tag as it stands"),
    Column(
        "max_kv",
        "number",
        "highest voltage of the tag, kV; blank: the tag is missing or not plain",
        minimum=0,
        maximum=1200,
    ),
    Column(
        "min_kv",
        "number",
        "lowest voltage of the tag, kV; blank: not known, also where one stands alone",
        minimum=0,
        maximum=1200,
    ),
    _VOLTAGE,
    _LAT,
    _LON,
)

LINES = (
    _ID,
    Column("kv", "number", "highest voltage, kV; blank: not known", minimum=0, maximum=1200),
    _VOLTAGE,
    Column(
        "circuits",
        "integer",
        "circuits at the highest voltage, by the tags; blank: not known",
        minimum=1,
    ),
    Column("cables", "text", "conductors, the tag as it stands"),
    _OPERATOR,
    _NAME,
    Column(
        "location",
        "text",
        "where it runs; blank: a cable that is neither",
        allowed=("overhead", "underground"),
    ),
)

DATA_CENTERS = (
    _ID,
    _NAME,
    _OPERATOR,
    _LAT,
    _LON,
    Column(
        "footprint_m2",
        "number",
        "ground that it covers, on the ellipsoid, m2; blank: it is mapped as a point",
        minimum=0,
    ),
)

_TABLES = {
    "substations": Table(SUBSTATIONS, "point"),
    "lines": Table(LINES, "line"),
    "data_centers": Table(DATA_CENTERS, "point"),
}


def download(job: Job) -> None:
    """Bring the answers of Overpass for the area, or what is needed of the local extract."""
    from layers import _osm_extract, _overpass

    if job.file is not None:
        _osm_extract.download(job, job.file)
    else:
        _overpass.download(job)


def parse(raw: Raw) -> Parsed:
    """Read the raw files; see `layers._osm` for what is a row and what is refused."""
    from layers import _osm, _osm_extract, _osm_read

    if raw.has(_osm_extract.EXTRACT):
        about = json.loads(raw.read(_osm_extract.ABOUT))
        features = _osm_read.read_pbf(raw.path(_osm_extract.EXTRACT))
        dated = [about["replicated"]]
        notes: tuple[str, ...] = (
            f"from {about['file']}, {about['bytes']:,} bytes, SHA-256 {about['sha256']}",
            f"minor lines (distribution) left out: {about['minor_lines']:,}",
        )
    else:
        answers = [json.loads(raw.read(name)) for name in raw.names()]
        features = _osm_read.read_overpass(answers)
        dated = [one.get("osm3s", {}).get("timestamp_osm_base", "") for one in answers]
        notes = ("minor lines (distribution) were not asked for",)
    tables, rows_in, refused = _osm.tables(features, raw.area)
    retrieved = f"retrieved {datetime.now(UTC).date().isoformat()}"
    return Parsed(
        tables={
            name: table[[*(column.name for column in _TABLES[name].columns), "geometry"]]
            for name, table in tables.items()
        },
        rows_in=rows_in,
        refused=refused,
        vintage=min(filter(None, dated), default="")[:10] or retrieved,
        notes=notes,
    )


FETCH = Fetch(
    endpoints=(
        "https://overpass-api.de/api",
        "https://overpass.private.coffee/api",
    ),
    download=download,
    parse=parse,
    tables=_TABLES,
    most_mb=1_000,  # a day's worth, by the public instance's own guideline
    most_minutes=600,
    attempts=9,  # it answers 429 and 504 all day: some eight minutes of patience in all
    needs_area=True,
    takes_file=(".pbf",),
)


def read(store: Store, table: str = "substations") -> GeoDataFrame | None:
    """Give a table in use, EPSG:4326; None where none was fetched.

    Parameters
    ----------
    store
        Where it is.
    table
        `substations`, `lines` or `data_centers`.
    """
    version = store.version(SOURCE.id)
    return None if version is None else version.table(table)
