"""Gas-fired plants, planned and closed ones included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers import _columns as shared
from layers._base import Column, Layer, with_points
from layers._imported import with_imported
from layers.sources import rewatt_curated

if TYPE_CHECKING:
    from layers._base import Built
    from layers._store import Store

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


def build(store: Store) -> Built | None:
    """Give every plant, EPSG:4326."""
    if not rewatt_curated.is_embedded(rewatt_curated.TABLES["gas_plants"]):
        return with_imported(None, "gas_plants", store)
    table = with_points(rewatt_curated.read("gas_plants", COLUMNS))
    built = rewatt_curated.built("gas_plants", table, rewatt_curated.read_coverage("gas"))
    return with_imported(built, "gas_plants", store)


LAYER = Layer(
    id="gas_plants",
    title="Gas-fired power plants",
    geometry="point",
    columns=COLUMNS,
    sources=(rewatt_curated.TABLES["gas_plants"],),
    build=build,
)
