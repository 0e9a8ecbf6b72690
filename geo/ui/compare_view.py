"""Sites side by side: tables with best and worst marked, utilities and megawatts as charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
import streamlit as st

from geo.compare import mark, mw_by_date
from geo.compare_lines import NOT_KNOWN
from geo.criteria import CRITERIA
from geo.ui.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas.io.formats.style import Styler

    from geo.assess import Assessment
    from geo.compare_lines import Line

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito (2008): told apart by colour-blind people, and on light and dark."""
PERCENTILES = {"p50_mw": "P50: as likely as not", "p90_mw": "P90: nine times in ten"}
_DASHES = ([1, 0], [8, 3], [3, 3], [10, 3, 2, 3], [2, 2], [12, 4])
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_BEST, _WORST = "background-color: #0072B240", "background-color: #D55E0040"
_SIGNS = {"best": "▲ ", "worst": "▼ ", "": ""}
_HEIGHT = 560
_SLANTED = alt.Axis(labelAngle=-40, labelLimit=260, labelOverlap=False, grid=True)


def show_lines(lines: Sequence[Line], names: dict[str, str], alternative: str) -> None:
    """Draw lines as a table: a column for every site, its best and worst marked."""
    table = pd.DataFrame(
        [
            [plain(f"{_SIGNS[mark(line, site)]}{line.texts[site]}") for site in names]
            for line in lines
        ],
        columns=[plain(name) for name in names.values()],
        index=[plain(f"{line.title} ({line.unit})" if line.unit else line.title) for line in lines],
    )
    st.table(_coloured(table), alt=alternative)


def show_meanings(lines: Sequence[Line]) -> None:
    """Draw what each line is and where it comes from."""
    with st.expander("What the lines mean, and where they come from"):
        rows = [(line.title, line.unit, line.meaning) for line in lines]
        st.dataframe(
            pd.DataFrame(rows, columns=["line", "unit", "what it means"]), hide_index=True,
            alt="What each line means, with its unit and its source",
        )  # fmt: skip


def _coloured(table: pd.DataFrame) -> Styler:
    def colour(cell: object) -> str:
        signs = (_SIGNS["best"], _BEST), (_SIGNS["worst"], _WORST)
        return next((style for sign, style in signs if str(cell).startswith(sign)), "")

    return table.style.map(colour)


def parallel(assessment: Assessment, names: dict[str, str]) -> alt.LayerChart:
    """Draw what each criterion is worth at each site; an unknown breaks the line, and says so."""
    utilities = assessment.scores.utilities
    shares = assessment.scenario.shares
    weighed = [one for one in CRITERIA if shares[one.id] > 0]
    table = pd.DataFrame(
        [
            {"criterion": one.title, "site": name, "worth": worth, "share": shares[one.id]}
            for site, name in names.items()
            for one, worth in zip(
                weighed, utilities.loc[site, [one.id for one in weighed]], strict=True
            )
        ]
    )
    table["known"] = table["worth"].notna()
    order = [one.title for one in weighed]
    at = list(names.values())
    x = alt.X("criterion:N", sort=order, title=None, axis=_SLANTED)
    known = alt.Chart(table).encode(
        x=x,
        y=alt.Y("worth:Q", title="worth, 0 to 1", scale=alt.Scale(domain=[0, 1])),
        color=_colour(at),
        tooltip=[
            alt.Tooltip("site:N"), alt.Tooltip("criterion:N"),
            alt.Tooltip("worth:Q", format=".2f"),
            alt.Tooltip("share:Q", title="weight", format=".1%"),
        ],
    )  # fmt: skip
    unknown = (
        alt.Chart(table[~table["known"]])
        .mark_text(text="?", fontSize=13, fontWeight="bold")
        .encode(
            x=x, y=alt.value(-8), xOffset=alt.XOffset("site:N", sort=at), color=_colour(at),
            tooltip=[alt.Tooltip("site:N"), alt.Tooltip("criterion:N")],
        )
    )  # fmt: skip
    lines = known.mark_line(invalid="break-paths-show-domains").encode(strokeDash=_dash(at))
    points = known.mark_point(filled=True, size=70, invalid="filter").encode(shape=_shape(at))
    return alt.LayerChart(
        layer=[lines, points, unknown],
        height=_HEIGHT,
        title="?: not known, so no line runs through it",
    )


def megawatts(
    assessment: Assessment, names: dict[str, str], first_year: int, column: str
) -> alt.LayerChart:
    """Draw the MW ready for AI by the end of each year; a site of which none is known is not drawn.

    `column` is one of `PERCENTILES`.
    """
    table = mw_by_date(assessment, list(names), first_year)
    table["site"] = table["site_id"].map(names)
    at = list(names.values())
    base = alt.Chart(table[table[column].notna()]).encode(
        x=alt.X("year:O", title="by the end of", axis=alt.Axis(labelAngle=0)),
        y=alt.Y(f"{column}:Q", title="MW ready for AI"),
        color=_colour(at),
        tooltip=[
            alt.Tooltip("site:N"), alt.Tooltip("year:O"),
            alt.Tooltip(f"{column}:Q", title="MW", format=",.0f"),
        ],
    )  # fmt: skip
    steps = base.mark_line(interpolate="step-after").encode(strokeDash=_dash(at))
    points = base.mark_point(filled=True, size=50).encode(shape=_shape(at))
    return alt.LayerChart(layer=[steps, points], title=PERCENTILES[column], height=320)


def mw_table(assessment: Assessment, names: dict[str, str], first_year: int) -> pd.DataFrame:
    """Give the same as texts: P50 with P90 in brackets, a row for every site."""
    table = mw_by_date(assessment, list(names), first_year)
    said = [
        NOT_KNOWN if pd.isna(p50) else f"{p50:,.0f} ({p90:,.0f})"
        for p50, p90 in zip(table["p50_mw"], table["p90_mw"], strict=True)
    ]
    wide = table.assign(said=said, year=table["year"].astype(str))
    laid = wide.pivot_table(index="site_id", columns="year", values="said", aggfunc="first")
    laid = laid.loc[list(names)].reset_index(drop=True)
    laid.insert(0, "MW, P50 (P90)", list(names.values()))
    laid.columns.name = None
    return laid


def _colour(names: list[str]) -> alt.Color:
    scale = alt.Scale(domain=names, range=list(COLOURS[: len(names)]))
    return alt.Color(
        "site:N", title=None, scale=scale, legend=alt.Legend(orient="top", labelLimit=0)
    )


def _dash(names: list[str]) -> alt.StrokeDash:
    scale = alt.Scale(domain=names, range=list(_DASHES[: len(names)]))
    return alt.StrokeDash("site:N", title=None, scale=scale)


def _shape(names: list[str]) -> alt.Shape:
    scale = alt.Scale(domain=names, range=list(_SHAPES[: len(names)]))
    return alt.Shape("site:N", title=None, scale=scale)
