"""The curated tables in data/: facts compiled by hand, each row with its source."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from layers import _columns as shared
from layers._base import (
    Built,
    Cited,
    Column,
    LayerError,
    Provenance,
    Source,
    data_folder,
    sha256_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from layers._manifest import Manifest

SOURCE = Source(
    id="rewatt_curated",
    title="Curated tables of power sites and the grid around them",
    publisher="rewatt",
    url="data/README.md",
    licence="MIT for the compilation; each table's and row's own licence in data/README.md",
    vintage="2026-10",
    sha256="",
)

FILES = {
    "miner_sites": (
        "Bitcoin mines and miner-owned power sites, United States and Canada",
        "Facts cited by row; locations credited to OpenStreetMap ODbL; Epoch AI rows CC BY 4.0",
        "2026-10",
        "cb87b6f184f52ef2d741b332f582936eea0a8397d138b50e671b82b77ce33473",
    ),
    "campuses": (
        "Hyperscaler and AI data-centre campuses, operating to rejected",
        "Facts cited by row; Epoch AI rows CC BY 4.0",
        "2026-09",
        "2dd7bc7c93958119aa8be569ae9e037fab8ff5b255b5bb45cc640da6274faa47",
    ),
    "substations": (
        "Substations of 100 kV and more near the sites (HIFLD 2020, line classes 2025)",
        "US-government public domain (HIFLD)",
        "2020-11",
        "c747aaca86aebaec90c227b22aa5e7406813daf13d2312638800d72689f70842",
    ),
    "transmission_lines": (
        "Transmission lines of 220 kV and more in the three regions (HIFLD 2025)",
        "US-government public domain (HIFLD)",
        "2025",
        "c9522e6d1373dc18952dab63ada53df6edeea1fb3f633695f099879212bb1b4d",
    ),
    "gas_plants": (
        "Gas-fired plants of 50 MW and more near the sites (EIA-860M and others)",
        "US-government public domain (EIA); WRI rows CC BY 4.0",
        "2026-06",
        "42b537bba21ea8ee2f5b690b2735248c6a475ff8e522bf32aae46a3abc26687d",
    ),
}

PARAMETER_COLUMNS = (
    Column("id", "text", "name of the number", nullable=False, unique=True),
    Column("value", "number", "the number, in its unit", nullable=False),
    Column("unit", "text", "its unit", nullable=False),
    Column("meaning", "text", "what it measures", nullable=False),
    Column("source", "text", "who published it", nullable=False),
    Column("locator", "text", "where in the source it stands"),
    Column(
        "confidence",
        "text",
        "the compiler's",
        nullable=False,
        allowed=("high", "medium", "low"),
    ),
)

CONVERSION_COLUMNS = (
    Column("claim_id", "text", "key", required=True, nullable=False, unique=True),
    Column("site_id", "text", "the listed site; blank for a claim about the whole sector"),
    Column(
        "kind",
        "text",
        "what happened",
        nullable=False,
        allowed=(
            "won", "delivered", "not_won", "pending", "approved", "status", "sold", "energised",
            "extended", "blocked", "rejected", "replaced", "failed", "opinion", "sector",
        ),
    ),
    Column("claim", "text", "in words", nullable=False),
    Column("date", "text", "YYYY-MM-DD, or YYYY-MM: then an interval", nullable=False),
    Column("mw", "number", "MW, as the claim states them", minimum=0),
    Column("counterparty", "text", "tenant or buyer"),
    Column("usd_bn", "number", "billion USD, as the claim states them", minimum=0),
    Column("source", "text", "what the row rests on", nullable=False),
    Column("evidence", "text", "kind of document", nullable=False),
    Column("confidence", "text", "the compiler's", allowed=("high", "medium", "low")),
)  # fmt: skip

COST_REGION_COLUMNS = (
    Column("state", "text", "two-letter code", required=True, nullable=False, unique=True),
    Column(
        "cost_region",
        "text",
        "the row of the line-cost table that the state takes",
        nullable=False,
        allowed=("miso", "southeast", "west"),
    ),
    Column(
        "own_table",
        "text",
        "no: the state's grid has no row of its own, and this one stands in",
        nullable=False,
        allowed=("yes", "no"),
    ),
    Column("grid", "text", "the grid that most of the state belongs to", nullable=False),
    Column("reason", "text", "why it takes that row", nullable=False),
)

PLACE_COLUMNS = (
    Column("name", "text", "the place", required=True, nullable=False),
    Column("state", "text", "two-letter code", required=True, nullable=False),
    shared.LAT,
    shared.LON,
    Column("population", "integer", "people", required=True, nullable=False, minimum=50_000),
)
PLACE_CREDIT = "GeoNames, CC BY 4.0 (geonames.org): names of places"

TABLES = {
    name: replace(
        SOURCE,
        id=f"{SOURCE.id}/{name}",
        title=title,
        licence=licence,
        vintage=vintage,
        sha256=sha256,
    )
    for name, (title, licence, vintage, sha256) in FILES.items()
}


def _file(source: Source) -> Path:
    return data_folder() / f"{source.id.rpartition('/')[2]}.csv"


def is_embedded(source: Source) -> bool:
    """Tell whether the embedded file of a table is there."""
    return _file(source).is_file()


def is_pinned(source: Source) -> bool:
    """Tell whether the embedded file of a table is the very one whose hash is pinned."""
    return sha256_of(_file(source)) == source.sha256


def built(
    name: str,
    table: gpd.GeoDataFrame,
    coverage: BaseGeometry | None = None,
    complete_for: str = "",
) -> Built:
    """Give what a layer builds from its embedded table alone."""
    source = TABLES[name]
    provenance = (Provenance(source, source.vintage, len(table)),)
    return Built(table, provenance, coverage, is_pinned(source), complete_for)


def read(name: str, columns: tuple[Column, ...]) -> pd.DataFrame:
    """Read one embedded table as it stands.

    Parameters
    ----------
    name
        The table, for instance ``miner_sites``.
    columns
        What the table promises: a text stays text whatever it looks like.

    Returns
    -------
    table
        One row per line of the file, blanks as NaN, nothing dropped.

    Raises
    ------
    LayerError
        If the file is not there or is not a table.
    """
    path = data_folder() / f"{name}.csv"
    text = {column.name: str for column in columns if column.kind == "text"}
    try:
        return pd.read_csv(path, dtype=text, keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        msg = f"The embedded table {path.name} cannot be read ({error}): reinstall rewatt."
        raise LayerError(msg) from error


@cache
def read_parameters() -> dict[str, Cited]:
    """Read the published numbers that the model uses, by id."""
    table = read("parameters", PARAMETER_COLUMNS).fillna({"locator": ""})
    return {
        str(row["id"]): Cited(
            float(row["value"]),
            str(row["unit"]),
            str(row["meaning"]),
            str(row["source"]),
            str(row["locator"]),
        )
        for row in table.to_dict("records")
    }


@cache
def read_conversions() -> pd.DataFrame:
    """Read the dated claims about conversions, `CONVERSION_COLUMNS`."""
    return read("conversions", CONVERSION_COLUMNS)


@cache
def read_cost_regions() -> pd.DataFrame:
    """Read which region's line costs each state takes.

    Returns
    -------
    regions
        Index two-letter code; `cost_region`, `own_table`, `grid` and `reason`. A state that is
        not there has no cost table.
    """
    return read("cost_regions", COST_REGION_COLUMNS).set_index("state")


@cache
def read_places() -> pd.DataFrame:
    """Read the places of 50,000 people and more, for the names on a map without a network.

    Returns
    -------
    places
        `PLACE_COLUMNS`, the largest first.
    """
    return read("us_places", PLACE_COLUMNS)


@cache
def read_states() -> gpd.GeoDataFrame:
    """Read the state outlines (Census 2017, from us-atlas), in EPSG:4326.

    Returns
    -------
    states
        Index postal code; `name` and the outline.
    """
    return _read_areas("us_states").set_index("state")


def read_coverage(name: str) -> BaseGeometry:
    """Read the area where an embedded table is complete, in EPSG:4326."""
    area: BaseGeometry = _read_areas(f"{name}_coverage").union_all()
    return area


def complete_in(manifest: Manifest) -> BaseGeometry:
    """Give where a fetched table is complete, EPSG:4326: where it was asked for, or the states."""
    import shapely

    if manifest.area is not None:
        return shapely.from_wkt(manifest.area)
    return _all_states()


@cache
def _all_states() -> BaseGeometry:
    outline: BaseGeometry = read_states().geometry.union_all()
    return outline


def _read_areas(name: str) -> gpd.GeoDataFrame:
    import json

    import geopandas as gpd

    document = json.loads((data_folder() / f"{name}.geojson").read_text(encoding="utf-8"))
    return gpd.GeoDataFrame.from_features(document["features"], crs="EPSG:4326")
