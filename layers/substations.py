"""Substations: where a site is, or could be, connected."""

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
    Column(
        "substation_id", "text", "key: the HIFLD id", required=True, nullable=False, unique=True
    ),
    Column("name", "text", "blank: HIFLD gives no name"),
    shared.STATE,
    shared.LAT,
    shared.LON,
    Column("max_kv", "number", "highest voltage, kV", minimum=1, maximum=1200),
    Column("min_kv", "number", "lowest voltage, kV; blank: not known", minimum=1, maximum=1200),
    Column(
        "circuits",
        "integer",
        "ends, within 250 m, of lines of the top voltage class; a double circuit drawn as one line"
        " counts once; blank: no end was found, so not known",
        minimum=1,
        maximum=100,
    ),
    Column("line_pieces_near", "integer", "pieces of line within 200 m", minimum=0),
    Column(
        "kv_evidence",
        "text",
        "confirmed: the lines agree (98 % right where checked); reported: no line to check;"
        " line_class: from the class of the lines (62 % right); conflict: the lines disagree;"
        " inferred: from neighbours",
        nullable=False,
        allowed=("confirmed", "reported", "line_class", "conflict", "inferred"),
    ),
)


def build(store: Store) -> Built | None:
    """Give every substation, EPSG:4326."""
    if not rewatt_curated.is_embedded(rewatt_curated.TABLES["substations"]):
        return with_imported(None, "substations", store)
    table = with_points(rewatt_curated.read("substations", COLUMNS))
    built = rewatt_curated.built("substations", table, rewatt_curated.read_coverage("grid"))
    return with_imported(built, "substations", store)


LAYER = Layer(
    id="substations",
    title="Substations of 100 kV and more",
    geometry="point",
    columns=COLUMNS,
    sources=(rewatt_curated.TABLES["substations"],),
    build=build,
)
