"""PeeringDB's interconnection facilities in the United States."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from layers import _columns as shared
from layers._answer import DeadServiceError
from layers._base import Column, Source, with_points
from layers._fetch import DriftError, Fetch, Parsed, Table, check_columns

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from layers._fetch import Job
    from layers._staging import Raw
    from layers._store import Store

SOURCE = Source(
    id="peeringdb",
    title="Interconnection facilities",
    publisher="PeeringDB",
    url="https://www.peeringdb.com/",
    licence=(
        "PeeringDB Acceptable Use Policy (https://www.peeringdb.com/aup): for Internet operational"
        " purposes; no other commercial application and no passing on in bulk without PeeringDB's"
        " permission"
    ),
    vintage="as fetched",
    attribution=(
        "Interconnection facilities: PeeringDB and its contributors, under the PeeringDB Acceptable"
        " Use Policy (https://www.peeringdb.com/aup); not to be passed on in bulk"
    ),
)

FIELDS = (
    "id", "name", "org_name", "city", "state", "latitude", "longitude", "net_count", "status",
)  # fmt: skip

COLUMNS = (
    Column("facility_id", "text", "PeeringDB's id", required=True, nullable=False, unique=True),
    Column("name", "text", "what it is called", nullable=False),
    Column("operator", "text", "the organisation that it belongs to"),
    Column("city", "text", "as published"),
    shared.STATE,
    shared.LAT,
    shared.LON,
    Column(
        "networks",
        "integer",
        "networks (autonomous systems) that say they are there; blank: not given",
        minimum=0,
    ),
)

_ANSWER = "facilities.json"


def download(job: Job) -> None:
    """Bring every facility of the country in one answer."""
    if job.raw.has(_ANSWER):
        return
    reply = job.http.get(job.endpoint, {"country": "US"}, expect="json")
    _rows(reply.json(), job.endpoint)
    job.raw.save(_ANSWER, reply.content, reply.url)


def _rows(document: Any, where: str) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON is anything
    """Give the rows of an answer.

    Raises
    ------
    DeadServiceError
        If it holds none: PeeringDB says why in `meta`.
    """
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        meta = document.get("meta") if isinstance(document, dict) else None
        msg = f"{where}: found no list of facilities in `data`; `meta` says {meta!r:.200}"
        raise DeadServiceError(msg)
    return rows


def parse(raw: Raw) -> Parsed:
    """Read the answer: a facility without a point, or that is no longer listed, is refused.

    Raises
    ------
    DriftError
        If a field that is needed is not there, or most facilities have no point.
    """
    import json

    import pandas as pd

    from layers._check import refusals

    document = json.loads(raw.read(_ANSWER))
    found = pd.DataFrame(_rows(document, SOURCE.id))
    check_columns(found.columns, FIELDS, SOURCE.id)
    table = _tidied(found)
    wrong = refusals(table, COLUMNS)
    reason = pd.Series(None, index=table.index, dtype=object)
    reason.loc[wrong["position"].to_numpy()] = wrong["reason"].to_numpy()
    reason[table["lat"].isna() | table["lon"].isna()] = "no coordinates"
    reason[found["status"] != "ok"] = "status is not ok: no longer listed"
    good = reason.isna()
    if good.mean() < _LEAST_GOOD:
        told = reason.value_counts().head(3).to_dict()
        msg = f"{SOURCE.id}: {(~good).sum():,} of {len(good):,} facilities cannot be used: {told}."
        raise DriftError(msg)
    refused = pd.DataFrame({"row": table["facility_id"], "reason": reason})[~good]
    return Parsed(
        tables={"facilities": with_points(table[good].reset_index(drop=True))},
        rows_in=len(table),
        refused=refused.reset_index(drop=True),
        vintage=_vintage(document),
        notes=(f"terms: {SOURCE.licence}",),
    )


def _tidied(found: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of the table, one row per facility."""
    import pandas as pd

    from layers._tidy import keys, numbers, texts

    return pd.DataFrame(
        {
            "facility_id": keys(found["id"]),
            "name": texts(found["name"]),
            "operator": texts(found["org_name"]),
            "city": texts(found["city"]),
            "state": texts(found["state"]),
            "lat": numbers(found["latitude"]),
            "lon": numbers(found["longitude"]),
            "networks": numbers(found["net_count"]),
        }
    )


_LEAST_GOOD = 0.5
"""Where most facilities have no point, the field has moved or changed its meaning."""


def _vintage(document: dict[str, Any]) -> str:
    """Give the day that the answer was made, by its own account, else today."""
    made = document.get("meta", {}).get("generated")
    if isinstance(made, int | float):
        return datetime.fromtimestamp(made, UTC).date().isoformat()
    return datetime.now(UTC).date().isoformat()


FETCH = Fetch(
    endpoints=("https://www.peeringdb.com/api/fac",),
    download=download,
    parse=parse,
    tables={"facilities": Table(COLUMNS, "point")},
    most_mb=50,
    most_minutes=15,
    takes_area=False,
)


def read(store: Store) -> GeoDataFrame | None:
    """Give the facilities in use, EPSG:4326, columns `COLUMNS`; None where none were fetched."""
    version = store.version(SOURCE.id)
    return None if version is None else version.table("facilities")
