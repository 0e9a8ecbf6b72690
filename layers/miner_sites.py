"""Bitcoin mines and miner-owned power sites: the sites under comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers import _columns as shared
from layers._base import Column, Layer, with_points
from layers._imported import with_imported
from layers.sources import rewatt_curated

if TYPE_CHECKING:
    from layers._base import Built
    from layers._store import Store

_MW_MAX = 20_000
"""No single site on record comes near it: more is a slip of units (kW, W)."""

COLUMNS = (
    Column("site_id", "text", "key", required=True, nullable=False, unique=True),
    Column("name", "text", "what the operator calls it", nullable=False),
    Column("operator", "text", "who runs it, former names in brackets", nullable=False),
    Column("ticker", "text", "the operator's stock symbol; blank: not listed"),
    shared.COUNTY,
    shared.STATE,
    Column("country", "text", "US or CA", nullable=False, allowed=("US", "CA")),
    shared.LAT,
    shared.LON,
    shared.COORD_PRECISION,
    shared.COORD_RADIUS_KM,
    Column(
        "status",
        "text",
        "where the site stands",
        nullable=False,
        allowed=("operating", "under_construction", "planned", "closed"),
    ),
    Column(
        "energised_mw",
        "number",
        "grid MW that can be drawn today; 0: nothing is energised; blank: not known",
        minimum=0,
        maximum=_MW_MAX,
    ),
    Column(
        "contracted_mw",
        "number",
        "MW under a grid agreement, the energised included; blank: not known",
        minimum=0,
        maximum=_MW_MAX,
    ),
    Column(
        "announced_mw",
        "number",
        "MW said to come on top of both; blank: not known",
        minimum=0,
        maximum=_MW_MAX,
    ),
    Column("generation_mw", "number", "MW of generation, not load", minimum=0, maximum=_MW_MAX),
    Column(
        "energised_year", "integer", "year first energised, or planned", minimum=2000, maximum=2050
    ),
    Column("iso", "text", "grid operator's area; blank outside the US", allowed=shared.ISO_NAMES),
    Column("utility_or_tso", "text", "who delivers the power"),
    Column(
        "interconnection_kv",
        "number",
        "kV of the site's own grid connection; blank: not known",
        minimum=1,
        maximum=1200,
    ),
    Column(
        "interconnect_type",
        "text",
        "how it is supplied",
        allowed=("grid", "mixed", "behind-the-meter"),
    ),
    Column(
        "supply_source",
        "text",
        "grid, or what stands behind the meter",
        allowed=("grid", "wind", "solar", "gas", "waste_coal", "flare_gas", "nuclear", "hydro"),
    ),
    Column(
        "ai_hpc_status",
        "text",
        "an outcome: shown, back-tested against, never scored",
        allowed=("none", "announced", "contracted", "operating"),
    ),
    Column("ai_counterparty", "text", "tenant of the AI contract"),
    Column("ai_contract_mw", "number", "MW of the AI contract", minimum=0, maximum=_MW_MAX),
    Column(
        "ai_contract_basis",
        "text",
        "whether those MW are IT load or gross",
        allowed=("it", "gross", "unknown"),
    ),
    Column("water_or_cooling_note", "text", "cooling and water, as published"),
    Column("land_acres", "number", "acres; blank: not known", minimum=0, maximum=100_000),
    shared.SOURCE_TEXT,
    shared.EVIDENCE,
    shared.AS_OF,
    shared.CONFIDENCE,
)


def build(store: Store) -> Built | None:
    """Give every site, EPSG:4326; an empty point where no location is public."""
    if not rewatt_curated.is_embedded(rewatt_curated.TABLES["miner_sites"]):
        return with_imported(None, "miner_sites", store)
    table = with_points(rewatt_curated.read("miner_sites", COLUMNS))
    return with_imported(rewatt_curated.built("miner_sites", table), "miner_sites", store)


LAYER = Layer(
    id="miner_sites",
    title="Bitcoin mines and miner-owned power sites",
    geometry="point",
    columns=COLUMNS,
    sources=(rewatt_curated.TABLES["miner_sites"],),
    build=build,
)
