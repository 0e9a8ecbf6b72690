"""The chosen site in short, beside the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.console import HELD, number, rank_range, span
from geo.explain import explain
from geo.ui.links import page_link
from geo.ui.plain import plain

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.robustness import Robustness
    from geo.rows import Row

_MILLION = 1e6
_IN_A_ROW = 3


def show_summary(assessment: Assessment, site_id: str, robust: Robustness, *, chosen: bool) -> None:
    """Draw the figures that answer: MW, by a date, at a cost, with what binds.

    Parameters
    ----------
    assessment, site_id, robust
        What to draw.
    chosen
        Whether the user chose the site; else it is the first of the ranking.
    """
    one = explain(assessment, site_id, robust)
    st.subheader("The chosen site" if chosen else "The first site")
    held = f", {HELD} of the draws on {rank_range(one)}" if one["rank"] else ""
    st.text(f"{one['name']}, {one['operator'] or 'operator not known'}: "
            f"rank {one['rank'] or 'none'} of {one['of']}{held}")  # fmt: skip
    show_figures(one)
    binding = one["binding_constraint"]
    st.text(f"Binds: {binding['code'].replace('_', ' ')}: {binding['reason']}.")
    st.text(f"Relief: {binding['relief']}.")
    page_link("site", "Its dossier: every figure with its source, and why it stands there")


def show_figures(one: Row) -> None:
    """Draw the figures of an explanation, each with its meaning on hover."""
    figures = _figures(one)
    for row in (figures[:_IN_A_ROW], figures[_IN_A_ROW:]):
        for column, (label, value, told) in zip(st.columns(_IN_A_ROW), row, strict=True):
            column.metric(label, value, help=told)


def _figures(one: Row) -> list[tuple[str, str, str]]:
    """Give label, value with its unit, and what it means, for each figure."""
    poi, cost, time = one["poi"], one["cost"], one["time"]
    kv, km = number(poi["poi_kv"]), number(poi["poi_distance_km"], 1)
    years = [time[f"time_to_target_years_{name}"] for name in ("p50", "p90")]
    low, high = (cost[f"usd_{name}"] for name in ("low", "high"))
    return [
        (
            "Score, proven",
            f"{one['score']:.3f}",
            f"0 to 1; potential {one['potential']:.3f}, {one['coverage']:.0%} of the weight"
            " rests on evidence",
        ),
        ("Energised", _known(one["energised_mw"], 0, "MW"), "MW that can be drawn today"),
        (
            "POI",
            "not known" if poi["poi_id"] is None else f"{kv} kV, {km} km",
            plain(f"{poi['poi_name'] or 'no name'}: {poi['poi_role'] or 'none found'}"),
        ),
        (
            f"To {one['target_mw']:,g} MW",
            "not known" if years[0] is None else f"{years[0]:.1f} years",
            "P50, from the as-of date; P90: " + _known(years[1], 1, "years"),
        ),
        (
            "Connection",
            _known(cost["usd_per_kw_mid"], 0, r"\$/kW"),
            "of the target, mid estimate; whole, low to high: "
            + ("not known" if low is None else rf"{span(low / _MILLION, high / _MILLION)} M\$"),
        ),
        ("Coverage", f"{one['coverage']:.0%}", "share of the weight that rests on evidence"),
    ]


def _known(value: float | None, digits: int, unit: str) -> str:
    return "not known" if value is None else f"{value:,.{digits}f} {unit}"
