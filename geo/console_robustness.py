"""How far a ranking stands up, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.console import HELD, grid, number, span
from geo.rows import rows_of

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

LEGEND = (
    f"#: rank by score, or as --by says. range: ranks that hold {HELD} of the draws. mean: mean"
    " rank."
    " first, top: share of the draws in which the site is first, among the k best. Sites and"
    " criteria are drawn independently of each other, but for what hangs on energised MW that are"
    " not known: that is good or bad together; an anchor is drawn once for all sites."
)
INFORMATION_LEGEND = (
    "top: probability that finding this out, all else left as it is taken now, brings the site into"
    " the k best or out of them. moves: mean number of ranks it moves. best, worst: the ranks it"
    " might end on. gain, lose: how far the score might move. An unknown megawatt settles several"
    " criteria, good or bad together. What is asked of a table that is not there (gas pipelines)"
    " would be answered for all sites at once; here it is for one."
)


def robust_table(table: pd.DataFrame, top: int) -> Table:
    """Show every site's rank interval."""
    heads = [
        ("#", "right"), ("range", "right"), ("mean", "right"), ("first", "right"),
        (f"top {top}", "right"), ("site", "left"), ("st", "left"), ("MW", "right"),
        ("score", "right"), ("pot.", "right"),
    ]  # fmt: skip
    cells = [
        (
            number(row["rank"]),
            span(row["rank_low"], row["rank_high"]),
            number(row["rank_expected"], 1),
            _percent(row["p_first"]),
            _percent(row[f"p_top{top}"]),
            row["name"] or row["site_id"],
            row["state"] or "?",
            number(row["energised_mw"]),
            number(row["score"], 3),
            number(row["potential"], 3),
        )
        for row in rows_of(table)
    ]
    return grid("", heads, cells)


def information_table(table: pd.DataFrame, top: int) -> Table:
    """Show what to find out, the most valuable first."""
    heads = [
        ("", "right"), (f"top {top}", "right"), ("moves", "right"), ("#", "right"),
        ("best", "right"), ("worst", "right"), ("gain", "right"), ("lose", "right"),
        ("site", "left"), ("known", "left"), ("find out", "left"),
    ]  # fmt: skip
    cells = [
        (
            str(place),
            _percent(row["p_changes_top"]),
            number(row["ranks_mean"], 1),
            number(row["rank"]),
            number(row["rank_best"]),
            number(row["rank_worst"]),
            number(row["could_gain"], 3),
            number(row["could_lose"], 3),
            row["name"] or row["site_id"],
            row["known"],
            row["ask"],
        )
        for place, row in enumerate(rows_of(table), start=1)
    ]
    return grid("", heads, cells)


def _percent(share: float) -> str:
    """Write a share; what happened at all never reads as 0 %."""
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"
