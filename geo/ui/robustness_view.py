"""Charts and tables of how far a ranking stands up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from geo.console import HELD, number, span
from geo.rows import rows_of

if TYPE_CHECKING:
    from geo.rows import Row

_SITES = 25
_RANKS = 40
_SWINGS = 14
_ROW = 22
_SQUARE = 38
_ASKED = 10
_WIDE = alt.Axis(labelLimit=320, labelOverlap=False)
_SLANTED = alt.Axis(labelAngle=-40, labelLimit=180, labelOverlap=False)
_GREY = "#888888"
"""Readable on light and on dark."""


def heat_map(acceptability: pd.DataFrame, rows: pd.DataFrame) -> alt.Chart:
    """Draw the probability of every rank for the first sites, by rank."""
    order = rows["site_id"].head(_SITES).tolist()
    labels = _labels(rows.head(_SITES))
    shown = acceptability.loc[order, list(acceptability.columns[:_RANKS])]
    cells = shown.rename_axis("site_id").reset_index().melt("site_id", var_name="rank")
    cells["site"] = cells["site_id"].map(labels)
    cells["rank"] = cells["rank"].astype(int)
    chart: alt.Chart = (
        alt.Chart(cells)
        .mark_rect()
        .encode(
            x=alt.X("rank:O", title="rank", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("site:N", title=None, sort=list(labels.values()), axis=_WIDE),
            color=alt.Color("value:Q", title="share of draws", scale=alt.Scale(scheme="blues")),
            tooltip=[
                alt.Tooltip("site:N"),
                alt.Tooltip("rank:O"),
                alt.Tooltip("value:Q", title="share of draws", format=".1%"),
            ],
        )
        .properties(height=_ROW * len(order) + 40)
    )
    return chart


def _labels(rows: pd.DataFrame) -> dict[str, str]:
    """Name the sites with their rank in front, so that equal names stay apart."""
    return {
        site: f"{rank}  {name or site}"
        for rank, site, name in zip(rows["rank"], rows["site_id"], rows["name"], strict=True)
    }


def rank_table(rows: pd.DataFrame, top: int) -> pd.DataFrame:
    """Lay out the rank intervals of all the sites."""
    return pd.DataFrame(
        {
            "rank": rows["rank"],
            "site": rows["name"],
            "state": rows["state"],
            f"{HELD} of the draws": [
                span(low, high)
                for low, high in zip(rows["rank_low"], rows["rank_high"], strict=True)
            ],
            "mean rank": rows["rank_expected"].round(1),
            "first, %": (100 * rows["p_first"]).round(1),
            f"among the {top} best, %": (100 * rows[f"p_top{top}"]).round(1),
            "score": rows["score"].round(3),
            "potential": rows["potential"].round(3),
        }
    )


def wins(won: pd.DataFrame, names: pd.Series) -> alt.LayerChart:
    """Draw how often the site of the row beats that of the column."""
    labels = {site: f"{place}  {names[site]}" for place, site in enumerate(won.index, start=1)}
    cells = won.rename_axis("row").reset_index().melt("row", var_name="column")
    cells = cells[cells["row"] != cells["column"]]
    cells = cells.assign(row=cells["row"].map(labels), column=cells["column"].map(labels))
    order = list(labels.values())
    base = alt.Chart(cells).encode(
        x=alt.X("column:N", title="loses", sort=order, axis=_SLANTED),
        y=alt.Y("row:N", title="wins", sort=order, axis=_WIDE),
    )
    squares = base.mark_rect().encode(
        color=alt.Color(
            "value:Q",
            title="wins",
            scale=alt.Scale(scheme="redblue", domain=[0, 1]),
            legend=alt.Legend(format=".0%"),
        )
    )
    shares = base.mark_text(color="black").encode(text=alt.Text("value:Q", format=".0%"))
    chart: alt.LayerChart = (squares + shares).properties(height=_SQUARE * len(order) + 120)
    return chart


def information_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out what to find out first."""
    first = table.head(_ASKED)
    return pd.DataFrame(
        {
            "site": first["name"],
            "changes the best, %": (100 * first["p_changes_top"]).round(1),
            "ranks moved, mean": first["ranks_mean"].round(1),
            "rank now": first["rank"],
            "might end on": [
                span(best, worst)
                for best, worst in zip(first["rank_best"], first["rank_worst"], strict=True)
            ],
            "known now": first["known"],
            "find out": first["ask"],
        }
    )


def swings(table: pd.DataFrame, score: float) -> alt.LayerChart:
    """Draw a tornado: how far each thing alone swings a site's score, the widest on top."""
    first = table.head(_SWINGS)
    bars = first.assign(
        what=[_what(row) for row in rows_of(first)],
        low=[number(rank) for rank in first["rank_at_low"]],
        high=[number(rank) for rank in first["rank_at_high"]],
    )
    base = alt.Chart(bars).encode(y=alt.Y("what:N", sort=None, title=None, axis=_WIDE))
    bar = base.mark_bar().encode(
        x=alt.X("score_low:Q", title="score", scale=alt.Scale(zero=False)),
        x2="score_high:Q",
        color=alt.Color("moved:N", title="moved"),
        tooltip=[
            alt.Tooltip("what:N", title="moved"),
            alt.Tooltip("score_low:Q", title="score, low", format=".3f"),
            alt.Tooltip("rank_at_low:Q", title="rank there"),
            alt.Tooltip("score_high:Q", title="score, high", format=".3f"),
            alt.Tooltip("rank_at_high:Q", title="rank there"),
        ],
    )
    low = base.mark_text(align="right", dx=-4, color=_GREY).encode(x="score_low:Q", text="low:N")
    high = base.mark_text(align="left", dx=4, color=_GREY).encode(x="score_high:Q", text="high:N")
    now = alt.Chart(pd.DataFrame({"score": [score]})).mark_rule(strokeDash=[4, 3], color=_GREY)
    chart: alt.LayerChart = (bar + low + high + now.encode(x="score:Q")).properties(
        height=_ROW * len(bars) + 60,
        title="Score from low to high, with the rank at either end",
    )
    return chart


def _what(row: Row) -> str:
    """Name what is moved: the metric itself, its weight, or its anchors."""
    words = {"metrics": "", "weights": ", weight", "anchors": ", anchors"}
    return f"{row['title']}{words[row['moved']]}"
