"""HIFLD's electric power transmission lines, from a copy of the closed HIFLD Open site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers import _arcgis
from layers._base import Column, Source
from layers._fetch import Fetch, Parsed, Table
from layers._tidy import finished, keys, kilovolts, new_words, texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from layers._fetch import Job
    from layers._staging import Raw
    from layers._store import Store

SOURCE = Source(
    id="hifld_lines",
    title="US Electric Power Transmission Lines",
    publisher="US Department of Homeland Security, HIFLD",
    url="https://hifld-geoplatform.hub.arcgis.com/",
    licence="US-government public domain",
    vintage="as fetched",
)

CLASSES = {
    "UNDER 100": 69,
    "100-161": 138,
    "220-287": 230,
    "345": 345,
    "500": 500,
    "735 AND ABOVE": 765,
}
"""HIFLD's VOLT_CLASS by the usual voltage of the class, kV; DC and NOT AVAILABLE have none."""

FIELDS = (
    "ID", "TYPE", "STATUS", "OWNER", "VOLTAGE", "VOLT_CLASS", "INFERRED", "SUB_1", "SUB_2",
)  # fmt: skip

COLUMNS = (
    Column("line_id", "text", "HIFLD's ID", required=True, nullable=False, unique=True),
    Column("kv", "number", "voltage, kV; blank: not known", minimum=1, maximum=1200),
    Column(
        "kv_class",
        "integer",
        "HIFLD's class by its usual voltage, kV: 69 is below 100, 138 is 100 to 161, 230 is 220 to"
        " 287, 765 is 735 and more; blank: direct current, or not known",
        minimum=1,
        maximum=1200,
    ),
    Column("volt_class", "text", "the class as published; blank: not known"),
    Column("type", "text", "as published: AC or DC, overhead or underground"),
    Column("status", "text", "as published"),
    Column("owner", "text", "as published"),
    Column("inferred", "text", "whether HIFLD inferred the voltage", allowed=("yes", "no")),
    Column("sub_1", "text", "where it begins; blank: not known"),
    Column("sub_2", "text", "where it ends; blank: not known"),
)

TABLE = Table(COLUMNS, "line")


def download(job: Job) -> None:
    """Bring the rows, page by page."""
    _arcgis.download(job, FIELDS)


def parse(raw: Raw) -> Parsed:
    """Read the pages: -999999 and NOT AVAILABLE are unknown, the class follows the voltage."""
    found = _arcgis.features(raw, FIELDS)
    volt_class = texts(found["VOLT_CLASS"]).str.upper()
    notes: list[str] = []
    kv = kilovolts(found["VOLTAGE"], notes)
    direct = volt_class.eq("DC") | texts(found["TYPE"]).str.upper().str.startswith("DC").eq(True)  # noqa: FBT003
    stated = pd.to_numeric(volt_class.map(CLASSES), errors="coerce")
    new = new_words(volt_class, {*CLASSES, "DC"})
    table = found[["geometry"]].assign(
        line_id=keys(found["ID"]),
        kv=kv,
        kv_class=stated.fillna(class_of(kv)).where(~direct),
        volt_class=volt_class,
        type=texts(found["TYPE"]),
        status=texts(found["STATUS"]),
        owner=texts(found["OWNER"]),
        inferred=texts(found["INFERRED"]).str.upper().str[:1].map({"Y": "yes", "N": "no"}),
        sub_1=texts(found["SUB_1"]),
        sub_2=texts(found["SUB_2"]),
    )
    notes += [f"classes not known before, taken from the voltage: {new}"] if new else []
    return finished(raw, "lines", table, TABLE, tuple(notes))


def class_of(kv: pd.Series) -> pd.Series:
    """Give the usual voltage of the class that a voltage belongs to, kV.

    The classes are HIFLD's; what lies between two of them (200 kV) belongs to none and is NaN.
    """
    value = kv.to_numpy(float)
    inside = [
        value < 100,
        (value >= 100) & (value <= 161),
        (value >= 220) & (value <= 287),
        value == 345,
        value == 500,
        value >= 735,
    ]
    return pd.Series(np.select(inside, list(CLASSES.values()), np.nan), index=kv.index)


FETCH = Fetch(
    endpoints=(
        "https://services2.arcgis.com/FiaPA4ga0iQKduv3/arcgis/rest/services/US_Electric_Power_Transmission_Lines/FeatureServer/0",
    ),
    download=download,
    parse=parse,
    tables={"lines": TABLE},
    most_mb=1_500,
    most_minutes=120,
)


def read(store: Store) -> GeoDataFrame | None:
    """Give the lines in use, EPSG:4326, columns `COLUMNS`; None where none were fetched."""
    version = store.version(SOURCE.id)
    return None if version is None else version.table("lines")
