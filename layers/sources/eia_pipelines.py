"""EIA's map of natural gas pipelines: not embedded, unknown until it is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers import _arcgis
from layers._base import Column, Source
from layers._fetch import Fetch, Parsed, Table
from layers._tidy import finished, keys, new_words, texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from layers._fetch import Job
    from layers._staging import Raw
    from layers._store import Store

SOURCE = Source(
    id="eia_pipelines",
    title="Natural gas interstate and intrastate pipelines",
    publisher="US Energy Information Administration",
    url="https://atlas.eia.gov/",
    licence="US-government public domain",
    vintage="as fetched",
)

KINDS = {"INTERSTATE": "interstate", "INTRASTATE": "intrastate", "GATHERING": "gathering"}

FIELDS = ("TYPEPIPE", "Operator", "Status")

COLUMNS = (
    Column("pipeline_id", "text", "the service's id", required=True, nullable=False, unique=True),
    Column("operator", "text", "who runs it; blank: not known"),
    Column(
        "kind",
        "text",
        "interstate, intrastate or gathering; blank: of another kind",
        allowed=tuple(KINDS.values()),
    ),
    Column("status", "text", "as published"),
)

TABLE = Table(COLUMNS, "line")


def download(job: Job) -> None:
    """Bring the rows, page by page."""
    _arcgis.download(job, FIELDS)


def parse(raw: Raw) -> Parsed:
    """Read the pages; a kind that is not known before is a blank, and named."""
    found = _arcgis.features(raw, FIELDS)
    kind = texts(found["TYPEPIPE"]).str.upper()
    new = new_words(kind, KINDS)
    table = found[["geometry"]].assign(
        pipeline_id=keys(found["object_id"]),
        operator=texts(found["Operator"]),
        kind=kind.map(KINDS),
        status=texts(found["Status"]),
    )
    notes = (f"kinds not known before, left blank: {new}",) if new else ()
    return finished(raw, "pipelines", table, TABLE, notes)


FETCH = Fetch(
    endpoints=(
        "https://services2.arcgis.com/FiaPA4ga0iQKduv3/arcgis/rest/services/Natural_Gas_Interstate_and_Intrastate_Pipelines_1/FeatureServer/0",
    ),
    download=download,
    parse=parse,
    tables={"pipelines": TABLE},
    most_mb=500,
    most_minutes=60,
)


def read(store: Store) -> GeoDataFrame | None:
    """Give the pipelines in use, EPSG:4326, columns `COLUMNS`; None where none were fetched."""
    version = store.version(SOURCE.id)
    return None if version is None else version.table("pipelines")
