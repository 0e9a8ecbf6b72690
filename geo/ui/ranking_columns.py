"""The columns of the table on the page: which come first, how they are headed, what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.columns import COLUMNS
from geo.console import HELD, rank_range
from geo.gates import FAIL, GATES, PASS, UNKNOWN
from geo.rows import rows_of
from geo.ui.plain import plain

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from geo.rows import Row

EXTRA = ("range", "gates")
"""Columns of the page alone: texts made of several columns of the ranked table."""
SHOWN_FIRST = (
    "rank", "range", "name", "score", "energised_mw", "poi_name", "poi_kv", "poi_distance_km",
    "firm_mw_low", "firm_mw_high", "metric_interconnection_cost", "time_to_target_years_p50",
    "time_to_target_years_p90", "coverage", "binding_constraint", "gates", "state", "operator",
    "potential", "status", "site_id",
)  # fmt: skip
SIGNS = {PASS: "✔", FAIL: "✖", UNKNOWN: "?"}
_HEADS = {
    "energised_mw": "energised",
    "poi_name": "POI",
    "poi_kv": "POI",
    "poi_distance_km": "to POI",
    "firm_mw_low": "firm, low",
    "firm_mw_high": "firm, high",
    "metric_interconnection_cost": "cost",
    "time_to_target_years_p50": "P50",
    "time_to_target_years_p90": "P90",
    "binding_constraint": "binds",
}
_MEANINGS = {
    "range": (
        f"ranks that hold {HELD} of the draws of weights, metrics and anchors; an unknown is drawn"
        " anywhere between worthless and best, so the proven rank can lie outside; sort by rank"
    ),
    "gates": "must-haves, judged beside the rank: all pass, or what fails and what is unknown",
}
_KNOWN = {one.name: one for one in COLUMNS}
_BARS = ("score", "potential", "coverage")
_WIDE_TEXT = 150
_TEXT_WIDTHS = {"range": 60, "state": 60, "gates": 170, "binding_constraint": 120}
_RANK_WIDTH = 45
_NUMBER_WIDTH = 90
_DIGITS = {"km": 1, "years": 1, "degrees": 4, "0 to 1": 3}


def with_extra(table: pd.DataFrame, names: Collection[str] | None = None) -> pd.DataFrame:
    """Give the ranked table as it is shown: with the page's own columns and signs at the gates.

    Parameters
    ----------
    table
        As `geo.report.ranked_table` gives it.
    names
        Columns that are to be there, others may be missing; all by default.
    """
    rows = rows_of(table[["rank", "rank_low", "rank_high", *_gate_columns()]])
    kept = table.columns if names is None else [*names, "binding_constraint"]
    shown = table[table.columns.intersection(kept)].copy()
    shown["range"] = [_range(row) for row in rows]
    shown["gates"] = [gates_text(row) for row in rows]
    for name in shown.columns.intersection(_gate_columns()):
        shown[name] = [sign(one) for one in table[name]]
    shown["binding_constraint"] = table["binding_constraint"].str.replace("_", " ")
    return shown


def _gate_columns() -> list[str]:
    return [f"gate_{gate.id}" for gate in GATES]


def _range(row: Row) -> str | None:
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


def head(name: str) -> str:
    """Give the head of a column: short, with its unit."""
    unit = _KNOWN[name].unit if name in _KNOWN else ""
    words = _HEADS.get(name, name.replace("_", " ").removesuffix(f" {unit.lower()}"))
    return f"{words}, {unit}" if unit else words


def column_config(names: list[str]) -> dict[str, Any]:
    """Say how each column is shown: its head with unit, its meaning on hover, its width."""
    config: dict[str, Any] = {}
    for name in names:
        if name in EXTRA:
            config[name] = st.column_config.TextColumn(
                name, help=plain(_MEANINGS[name]), width=_TEXT_WIDTHS[name]
            )
            continue
        one = _KNOWN[name]
        told = plain(f"{name}: {one.meaning}")
        if name in _BARS:
            config[name] = st.column_config.ProgressColumn(
                head(name), help=told, min_value=0.0, max_value=1.0, format="%.3f", width=95
            )
        elif one.kind == "text":
            width = _TEXT_WIDTHS.get(name, _WIDE_TEXT)
            config[name] = st.column_config.TextColumn(head(name), help=told, width=width)
        elif name.startswith("rank"):
            config[name] = st.column_config.NumberColumn(head(name), help=told, width=_RANK_WIDTH)
        else:
            config[name] = st.column_config.NumberColumn(
                head(name), help=told, width=_NUMBER_WIDTH,
                format=f"%.{_DIGITS.get(one.unit, 0)}f",
            )  # fmt: skip
    return config
