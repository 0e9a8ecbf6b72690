"""HIFLD's electric substations, from copies of the closed HIFLD Open site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from layers import _arcgis
from layers import _columns as shared
from layers._base import Column, Source
from layers._fetch import Fetch, Parsed, Table
from layers._tidy import finished, keys, kilovolts, new_words, numbers, texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from layers._fetch import Job
    from layers._staging import Raw
    from layers._store import Store

SOURCE = Source(
    id="hifld_substations",
    title="Electric Substations",
    publisher="US Department of Homeland Security, HIFLD",
    url="https://hifld-geoplatform.hub.arcgis.com/",
    licence="US-government public domain",
    vintage="as fetched",
)

TYPES = {"SUBSTATION": "substation", "TAP": "tap", "RISER": "riser", "DEAD END": "dead_end"}

FIELDS = (
    "ID", "NAME", "TYPE", "STATUS", "COUNTY", "STATE", "LATITUDE", "LONGITUDE", "LINES",
    "MAX_VOLT", "MIN_VOLT", "MAX_INFER", "MIN_INFER",
)  # fmt: skip

COLUMNS = (
    Column("substation_id", "text", "HIFLD's ID", required=True, nullable=False, unique=True),
    Column("name", "text", "as published; blank: not known"),
    Column(
        "type",
        "text",
        "what it is: stations, and places where a line only branches or surfaces",
        nullable=False,
        allowed=(*TYPES.values(), "other"),
    ),
    Column("status", "text", "as published"),
    shared.COUNTY,
    shared.STATE,
    shared.LAT,
    shared.LON,
    Column("lines", "integer", "lines that HIFLD counts here; blank: not known", minimum=0),
    Column("max_kv", "number", "highest voltage, kV; blank: not known", minimum=1, maximum=1200),
    Column("min_kv", "number", "lowest voltage, kV; blank: not known", minimum=1, maximum=1200),
    Column(
        "kv_inferred",
        "text",
        "whether HIFLD inferred the highest voltage; blank: it does not say",
        allowed=("yes", "no"),
    ),
)

TABLE = Table(COLUMNS, "point")


def download(job: Job) -> None:
    """Bring the rows, page by page."""
    _arcgis.download(job, FIELDS)


def parse(raw: Raw) -> Parsed:
    """Read the pages: -999999 and NOT AVAILABLE are unknown, text voltages are numbers."""
    found = _arcgis.features(raw, FIELDS)
    kind = texts(found["TYPE"]).str.upper()
    new = new_words(kind, TYPES)
    notes = [f"types not known before, taken as other: {new}"] if new else []
    table = found[
        ["geometry"]
    ].assign(
        substation_id=keys(found["ID"]),
        name=texts(found["NAME"]),
        type=kind.map(TYPES).fillna("other"),
        status=texts(found["STATUS"]),
        county=texts(found["COUNTY"]),
        state=texts(found["STATE"]),
        lat=shapely.get_y(found.geometry.to_numpy()),  # of what is no point: NaN, and refused
        lon=shapely.get_x(found.geometry.to_numpy()),
        lines=numbers(found["LINES"]),
        max_kv=kilovolts(found["MAX_VOLT"], notes),
        min_kv=kilovolts(found["MIN_VOLT"], notes),
        kv_inferred=texts(found["MAX_INFER"]).str.upper().str[:1].map({"Y": "yes", "N": "no"}),
    )
    return finished(raw, "substations", table, TABLE, tuple(notes))


FETCH = Fetch(
    endpoints=(
        "https://services5.arcgis.com/HDRa0B57OVrv2E1q/ArcGIS/rest/services/Electric_Substations/FeatureServer/0",
        "https://services1.arcgis.com/PMShNXB1carltgVf/arcgis/rest/services/Electric_Substations/FeatureServer/0",
    ),
    download=download,
    parse=parse,
    tables={"substations": TABLE},
    most_mb=300,
    most_minutes=60,
)


def read(store: Store) -> GeoDataFrame | None:
    """Give the stations in use, EPSG:4326, columns `COLUMNS`; None where none were fetched."""
    version = store.version(SOURCE.id)
    return None if version is None else version.table("substations")
