"""The columns of the table on the page: which come first, how they are headed, what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.columns import COLUMNS
from geo.console import HELD, rank_range
from geo.criteria import CRITERIA
from geo.gates import FAIL, GATES, PASS, UNKNOWN
from geo.rows import rows_of
from geo.ui.plain import plain

if TYPE_CHECKING:
    import pandas as pd

    from geo.rows import Row

_READ = ("rank", "rank_low", "rank_high", "site_id", "name", "binding_constraint", "poi_name",
         "poi_id", "unranked_reason")  # fmt: skip
EXTRA = ("range", "gates")
"""Columns of the page alone: texts made of several columns of the ranked table."""
SHOWN_FIRST = (
    "rank", "range", "name", "score", "energised_mw", "time_to_target_years_p50",
    "metric_interconnection_cost", "binding_constraint", "poi_name", "poi_kv", "poi_distance_km",
    "firm_mw_low", "firm_mw_high", "gates", "time_to_target_years_p90", "coverage", "state",
    "operator", "potential", "status", "site_id",
)  # fmt: skip
"""In their order: the answer first, megawatts by a date at a cost with what binds."""
SIGNS = {PASS: "✔", FAIL: "✖", UNKNOWN: "?"}
_HEADS = {
    "energised_mw": "now",
    "poi_name": "POI",
    "poi_kv": "POI",
    "poi_distance_km": "to POI",
    "firm_mw_low": "firm, low",
    "firm_mw_high": "firm, high",
    "metric_interconnection_cost": "",
    "time_to_target_years_p50": "P50",
    "time_to_target_years_p90": "P90",
    "binding_constraint": "binds",
}
_SHORT_UNITS = {"0 to 1": "0–1", "years": "yr", "USD/kW": "$/kW"}  # noqa: RUF001
"""What a narrow head says of a unit; what hovers over it has the whole."""
_MEANINGS = {
    "range": (
        f"ranks that hold {HELD} of the draws of weights, metrics and anchors; an unknown is drawn"
        " anywhere between worthless and best, so the proven rank can lie outside; sort by rank"
    ),
    "gates": "must-haves, judged beside the rank: all pass, or what fails and what is unknown",
}
OWN = "⬟"
_SOURCES = {
    "sites": f"the site's own row: its evidence is a column, too; {OWN}: your own site",
    "rank": "rewatt, from the scores",
    "robustness": "rewatt, from the draws",
    "scores": "rewatt, from every criterion's metric: see the site's dossier",
}
_FOUND_IN = (
    ("gas_", ("gas_plants", "gas_pipelines")),
    ("slope_", ("terrain",)),
    ("", ("substations", "transmission_lines")),
)
_KNOWN = {one.name: one for one in COLUMNS}
_BARS = ("score", "potential", "coverage")
_BAR_WIDTH, _NUMBER_WIDTH, _WIDE_TEXT = 86, 90, 150
_WIDTHS = {
    "rank": 46, "rank_low": 70, "rank_high": 70, "range": 58, "name": 148, "energised_mw": 68,
    "time_to_target_years_p50": 60, "time_to_target_years_p90": 60,
    "metric_interconnection_cost": 54, "binding_constraint": 104, "poi_name": 130, "poi_kv": 66,
    "poi_distance_km": 86, "firm_mw_low": 94, "firm_mw_high": 98, "gates": 170, "state": 54,
}  # fmt: skip
"""Pixels: so narrow that the answer is seen without scrolling beside a map, 1400 pixels wide."""
_DIGITS = {"km": 1, "years": 1, "degrees": 4, "0 to 1": 3}
NOT_KNOWN = "?"
"""What a cell shows of which nothing is known: it fits the narrowest column."""
_UNRANKED = "no rank"
_UNKNOWN = f"{NOT_KNOWN}: not known"


def with_extra(
    table: pd.DataFrame,
    names: list[str] | None = None,
    own: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """Give the ranked table as it is shown: with the page's own columns and signs at the gates.

    Parameters
    ----------
    table
        As `geo.report.ranked_table` gives it.
    names
        Columns that are to be there, others may be missing; all by default.
    own
        Ids of the user's own sites: their names carry the map's sign for them.
    """
    rows = rows_of(table[[*_READ, *_gate_columns()]])
    shown = table[table.columns if names is None else table.columns.intersection(names)].copy()
    shown["range"] = [_range(row) for row in rows]
    shown["gates"] = [gates_text(row) for row in rows]
    for name in shown.columns.intersection(_gate_columns()):
        shown[name] = [sign(one) for one in table[name]]
    shown["binding_constraint"] = [row["binding_constraint"].replace("_", " ") for row in rows]
    shown["name"] = [f"{OWN} {row['name']}" if row["site_id"] in own and row["name"]
                     else row["name"] for row in rows]  # fmt: skip
    shown["poi_name"] = [_poi_name(row) for row in rows]
    shown["unranked_reason"] = [row["unranked_reason"] or "" for row in rows]  # a rank needs none
    return shown


def _poi_name(row: Row) -> str:
    unnamed = "not known" if row["poi_id"] is None else f"unnamed {row['poi_id']}"
    return row["poi_name"] or unnamed


def _gate_columns() -> list[str]:
    return [f"gate_{gate.id}" for gate in GATES]


def _range(row: Row) -> str | None:
    if row["rank"] is None:
        return _UNRANKED
    return None if row["rank_low"] is None else rank_range(row).replace("-", "–")  # noqa: RUF001


def sign(verdict: str | None) -> str | None:
    """Write a verdict with its sign, so that neither colour nor shape alone says it."""
    return None if verdict is None else f"{SIGNS[verdict]} {verdict}"


def gates_text(row: Row) -> str:
    """Write the verdicts of a site in one line: what fails and what is unknown by name."""
    parts = [
        f"{SIGNS[verdict]} {', '.join(titles)}"
        for verdict in (FAIL, UNKNOWN)
        if (titles := [one.title.lower() for one in GATES if row[f"gate_{one.id}"] == verdict])
    ]
    judged = sum(row[name] is not None for name in _gate_columns())
    if not judged:
        return "not judged"
    return "; ".join(parts) or f"{SIGNS[PASS]} all {judged} pass"


def words(name: str) -> str:
    """Give the name of a column in words, with its unit."""
    unit = _unit(name)
    return _with_unit(name.replace("_", " ").removesuffix(f" {unit.lower()}"), unit)


def head(name: str) -> str:
    """Give the head of a column: short, with its unit."""
    if name not in _HEADS and name not in _BARS:
        return words(name)
    unit = _unit(name)
    return _with_unit(_HEADS.get(name, name), _SHORT_UNITS.get(unit, unit))


def _unit(name: str) -> str:
    return _KNOWN[name].unit if name in _KNOWN else ""


def source_of(name: str) -> str:
    """Say where the figures of a column come from."""
    origin = _KNOWN[name].origin
    if origin in _SOURCES:
        return _SOURCES[origin]
    layers = {one.id: one.layers for one in CRITERIA}.get(origin, ())
    if origin == "findings":
        layers = next((of for start, of in _FOUND_IN if name.startswith(start)), ())
    named = ", ".join(one.replace("_", " ") for one in layers)
    return f"the layers {named}, and the assumptions: see Data" if named else _SOURCES["sites"]


def _with_unit(text: str, unit: str) -> str:
    return ", ".join(filter(None, (text, unit)))


def column_config(names: list[str]) -> dict[str, Any]:
    """Say how each column is shown: its head with unit, its meaning on hover, its width."""
    return {name: _config(name) for name in names}


def _config(name: str) -> Any:  # noqa: ANN401 - Streamlit keeps the type of it to itself
    if name in EXTRA:
        told = plain(_MEANINGS[name])
        return st.column_config.TextColumn(name, help=told, width=_WIDTHS[name])
    one = _KNOWN[name]
    label, told = (
        head(name),
        plain(f"{words(name)}: {one.meaning}. {_UNKNOWN}. Source: {source_of(name)}"),
    )
    if name in _BARS:
        return st.column_config.ProgressColumn(
            label, help=told, min_value=0.0, max_value=1.0, format="%.3f", width=_BAR_WIDTH
        )
    if one.kind == "text":
        width = _WIDTHS.get(name, _WIDE_TEXT)
        return st.column_config.TextColumn(label, help=told, width=width)
    return st.column_config.NumberColumn(
        label, help=told, width=_WIDTHS.get(name, _NUMBER_WIDTH),
        format=None if one.kind == "integer" else f"%.{_DIGITS.get(one.unit, 0)}f",
    )  # fmt: skip
