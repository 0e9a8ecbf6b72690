"""Substations: where a site is, or could be, connected.

Embedded, fetched and imported stations are one table. The embedded and the imported ones are all
in it. Of what HIFLD and OpenStreetMap have it leaves out, with the reason kept: taps, risers and
dead ends, where nobody connects, unless OpenStreetMap draws a station there; stations known to be
below 65 kV, which distribute; and stations of unknown voltage that no line of 100 kV or more ends
at or passes. It is complete for 100 kV and more; 66 and 69 kV, which carry targets below 102 MW,
come with what is fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers import _columns as shared
from layers import _stations
from layers._base import Column, Layer
from layers.sources import hifld_lines, hifld_substations, osm_power, rewatt_curated

if TYPE_CHECKING:
    import pandas as pd

    from layers._base import Built
    from layers._store import Store

COLUMNS = (
    Column(
        "substation_id",
        "text",
        "key: the HIFLD id; way/1, node/1 or relation/1: OpenStreetMap alone has the station",
        required=True,
        nullable=False,
        unique=True,
    ),
    Column("name", "text", "blank: no source gives a name"),
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
        "confirmed: the class of the lines agrees (98 % right where checked); reported: no line to"
        " check; line_class: from the class of the lines (62 % right); conflict: the lines disagree"
        " or the sources do; inferred: from neighbours",
        nullable=False,
        allowed=("confirmed", "reported", "line_class", "conflict", "inferred"),
    ),
    Column("origin", "text", "the rows behind it, by source: hifld 107839; osm way/123"),
)


def build(store: Store) -> Built | None:
    """Give every substation, EPSG:4326."""
    return _stations.build(store, LAYER)


def quarantine(store: Store) -> pd.DataFrame:
    """Give the pairs of rows that may be one station and were kept apart.

    Returns
    -------
    pairs
        `layers._merge.QUARANTINE_COLUMNS`, ready for a CSV file; empty where nothing was fetched.
    """
    return _stations.quarantine(store, LAYER)


def refused(store: Store) -> pd.DataFrame:
    """Give the rows of the sources that are no station of the layer: `source`, `key`, `reason`."""
    return _stations.refused(store, LAYER)


LAYER = Layer(
    id="substations",
    title="Substations",
    geometry="point",
    columns=COLUMNS,
    sources=(
        rewatt_curated.TABLES["substations"],
        hifld_substations.SOURCE,
        hifld_lines.SOURCE,
        osm_power.SOURCE,
    ),
    build=build,
)
