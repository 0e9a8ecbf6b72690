"""Hyperscaler and AI campuses: the demand, and the competition for the same grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers import _columns as shared
from layers._base import Column, Layer, with_points
from layers._imported import with_imported
from layers.sources import rewatt_curated

if TYPE_CHECKING:
    from layers._base import Built
    from layers._store import Store

COLUMNS = (
    Column("campus_id", "text", "key", required=True, nullable=False, unique=True),
    Column("name", "text", "what it is called", nullable=False),
    Column("operator", "text", "who uses it"),
    Column("owner_developer", "text", "who owns or builds it"),
    shared.COUNTY,
    shared.STATE,
    shared.LAT,
    shared.LON,
    shared.COORD_PRECISION,
    shared.COORD_RADIUS_KM,
    Column(
        "status",
        "text",
        "where the campus stands",
        nullable=False,
        allowed=("operating", "under_construction", "planned", "paused", "stalled", "rejected"),
    ),
    Column("power_mw_current", "number", "facility MW now; blank: not known", minimum=0),
    Column("power_mw_planned", "number", "facility MW planned, the current included", minimum=0),
    Column("announced_usd_bn", "number", "announced investment, billion USD", minimum=0),
    Column("first_power_year", "integer", "year of first power", minimum=2000, maximum=2050),
    Column("utility", "text", "who delivers the power"),
    Column("iso", "text", "grid operator's area", allowed=shared.ISO_NAMES),
    Column("notes", "text", "what else is known"),
    shared.SOURCE_TEXT,
    shared.EVIDENCE,
    shared.AS_OF,
    shared.CONFIDENCE,
    Column("host_site_id", "text", "the listed mining site that it stands on"),
    Column("overlap_group", "text", "rows that describe one place share it"),
    Column("region", "text", "named region of a row without a point"),
)


def build(store: Store) -> Built | None:
    """Give every campus, EPSG:4326; an empty point where no location is public."""
    if not rewatt_curated.is_embedded(rewatt_curated.TABLES["campuses"]):
        return with_imported(None, "campuses", store)
    table = with_points(rewatt_curated.read("campuses", COLUMNS))
    return with_imported(rewatt_curated.built("campuses", table), "campuses", store)


LAYER = Layer(
    id="campuses",
    title="AI and hyperscaler campuses",
    geometry="point",
    columns=COLUMNS,
    sources=(rewatt_curated.TABLES["campuses"],),
    build=build,
)
