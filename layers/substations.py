"""Substations: where a site is, or could be, connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers import _columns as shared
from layers._base import Column, Layer, with_points
from layers.sources import rewatt_curated

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

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


def build() -> GeoDataFrame:
    """Give every substation, EPSG:4326."""
    return with_points(rewatt_curated.read("substations", COLUMNS))


def coverage() -> BaseGeometry:
    """Give where the table holds every substation of 100 kV and more, EPSG:4326."""
    return rewatt_curated.read_coverage("grid")


LAYER = Layer(
    id="substations",
    title="Substations of 100 kV and more",
    geometry="point",
    columns=COLUMNS,
    sources=(rewatt_curated.TABLES["substations"],),
    build=build,
    coverage=coverage,
)
