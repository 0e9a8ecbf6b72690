"""The chosen site in short, beside the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.connection import per_kw
from geo.console import HELD, number, rank_range, span
from geo.dossier_figures import layer_source, row_source
from geo.rows import rows_of
from geo.ui import cached
from geo.ui.links import page_link
from geo.ui.plain import plain
from geo.versions import versions

if TYPE_CHECKING:
    import pandas as pd

    from geo.assess import Assessment
    from geo.question import Question
    from geo.rows import Row

_MILLION = 1e6
_IN_A_ROW = 3


def show_summary(assessment: Assessment, table: pd.DataFrame, site: str | None) -> None:
    """Draw the figures that answer: MW, by a date, at a cost, with what binds.

    Parameters
    ----------
    assessment, table
        What is asked, and its answer, as `geo.report.ranked_table` gives it.
    site
        The site that the user chose; ``None``: the first of the ranking is shown.
    """
    place = 0 if site is None else table["site_id"].tolist().index(site)
    one = rows_of(table.iloc[[place]])[0]
    st.header("The chosen site" if site else "The first site")
    held = f", {HELD} of the draws on {rank_range(one)}" if one["rank"] else ""
    st.text(f"{one['name']}, {one['operator'] or 'operator not known'}: "
            f"rank {one['rank'] or 'none'} of {assessment.rank.notna().sum()}{held}")  # fmt: skip
    show_figures(one, assessment)
    st.text(f"Binds: {one['binding_constraint'].replace('_', ' ')}: {one['binding_reason']}.")
    st.text(f"Relief: {one['binding_relief']}.")
    page_link("site", "Its dossier: every figure with its source, and why it stands there")


def show_figures(one: Row, assessment: Assessment) -> None:
    """Draw the figures of a row of the ranked table; meaning and source of each on hover."""
    figures = _figures(one, assessment.question, _sources(one, assessment))
    for row in (figures[:_IN_A_ROW], figures[_IN_A_ROW:]):
        for column, (label, value, told) in zip(st.columns(_IN_A_ROW), row, strict=True):
            column.metric(label, value, help=told)


def _sources(one: Row, assessment: Assessment) -> tuple[str, str]:
    """Name what stands behind the site's own figures, and behind those of the grid."""
    row = {**one, "brought": assessment.sites["brought"].to_dict()[one["site_id"]]}
    used = {"versions": versions(cached.layers())}
    grid = layer_source(used, "substations", "transmission_lines")
    return plain(f". Source: {row_source(row)}"), plain(f". Source: {grid}; and the assumptions")


def _figures(one: Row, question: Question, sources: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Give label, value with its unit, and what it means with its source, for each figure."""
    of_row, of_grid = sources
    kv, km = number(one["poi_kv"]), number(one["poi_distance_km"], 1)
    years = [one[f"time_to_target_years_{name}"] for name in ("p50", "p90")]
    low, mid, high = (one[f"interconnection_usd_{name}"] for name in ("low", "mid", "high"))
    most = "up to " if one["energised_mw"] is None and mid is not None else ""
    return [
        (
            "Score, proven",
            f"{one['score']:.3f}",
            f"0 to 1; potential {one['potential']:.3f}, {one['coverage']:.0%} of the weight"
            " rests on evidence. Source: rewatt, from every criterion",
        ),
        ("Energised", _known(one["energised_mw"], 0, "MW"), "MW that can be drawn today" + of_row),
        (
            "POI",
            "not known" if one["poi_id"] is None else f"{kv} kV, {km} km",
            plain(f"{one['poi_name'] or 'unnamed'}: {one['poi_role'] or 'none found'}") + of_grid,
        ),
        (
            f"To {question.target_mw:,g} MW",
            "not known" if years[0] is None else f"{years[0]:.1f} years",
            "P50, from the as-of date; P90: " + _known(years[1], 1, "years") + of_grid,
        ),
        (
            "Connection",
            most + _known(None if mid is None else per_kw(mid, question), 0, r"\$/kW"),
            "of the target, mid estimate; whole, low to high: "
            + ("not known" if low is None else rf"{span(low / _MILLION, high / _MILLION)} M\$")
            + ("; as if no MW were energised, for how many are is not known" if most else "")
            + of_grid,
        ),
        (
            "Coverage",
            f"{one['coverage']:.0%}",
            "share of the weight that rests on evidence; rewatt",
        ),
    ]


def _known(value: float | None, digits: int, unit: str) -> str:
    return "not known" if value is None else f"{value:,.{digits}f} {unit}"
