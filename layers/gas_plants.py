"""Gas-fired plants, planned and closed ones included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers import _columns as shared
from layers._base import Column, Layer, with_points
from layers.sources import rewatt_curated

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

GAS_TECHNOLOGIES = ("CC", "CT", "ST", "RICE")
"""Combined cycle, combustion turbine, steam turbine, reciprocating engine: what counts as gas."""

COLUMNS = (
    Column("gas_plant_id", "text", "key", required=True, nullable=False, unique=True),
    Column("eia_plant_code", "integer", "EIA's plant code; blank: not known", minimum=1),
    Column("name", "text", "what it is called", nullable=False),
    Column("operator", "text", "who runs it"),
    shared.COUNTY,
    shared.STATE,
    shared.LAT,
    shared.LON,
    shared.COORD_PRECISION,
    shared.COORD_RADIUS_KM,
    Column(
        "status",
        "text",
        "where the plant stands",
        nullable=False,
        allowed=("operating", "under_construction", "planned", "closed"),
    ),
    Column(
        "technology",
        "text",
        "CC, CT, ST and RICE burn gas; OTHER and COAL are shown and never counted as gas",
        nullable=False,
        allowed=(*GAS_TECHNOLOGIES, "OTHER", "COAL"),
    ),
    Column("capacity_mw", "number", "nameplate MW", nullable=False, minimum=0, maximum=20_000),
    Column("online_year", "integer", "year of operation", minimum=1900, maximum=2050),
    shared.SOURCE_TEXT,
    shared.EVIDENCE,
    shared.AS_OF,
    shared.CONFIDENCE,
    Column("planned_retirement", "text", "EIA's planned retirement; blank: none given"),
    Column("region", "text", "named region of a row without a point"),
)


def build() -> GeoDataFrame:
    """Give every plant, EPSG:4326; an empty point where no location is public."""
    return with_points(rewatt_curated.read("gas_plants", COLUMNS))


def coverage() -> BaseGeometry:
    """Give where the table holds every gas plant of 50 MW and more, EPSG:4326."""
    return rewatt_curated.read_coverage("gas")


LAYER = Layer(
    id="gas_plants",
    title="Gas-fired power plants",
    geometry="point",
    columns=COLUMNS,
    sources=(rewatt_curated.TABLES["gas_plants"],),
    build=build,
    coverage=coverage,
)
