"""Two to six sites side by side: what is known of each, and where they differ."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from geo.compare import FEWEST, MOST, by_spread, comparison_table, labels
from geo.compare_lines import BINDING, CONNECTION, CRITERION, GATE, RESULT, lines_of
from geo.durations import end_of
from geo.own_sites import PREFIX
from geo.ranking import in_order
from geo.robustness import Uncertainty
from geo.ui import cached
from geo.ui.choice import select_site
from geo.ui.compare_view import (
    PERCENTILES,
    megawatts,
    mw_table,
    parallel,
    show_lines,
    show_meanings,
)
from geo.ui.compared import choose_sites
from geo.ui.download import offer_csv
from geo.ui.robustness_view import wins
from geo.ui.sitemap import show_map

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.ui.choice import Choice

_MAP_HEIGHT = 480
_LARGEST_FIRST = "Largest differences first"


def page(choice: Choice, assessment: Assessment) -> None:
    """Draw the page."""
    st.title("Compare sites")
    sites = choose_sites(assessment)
    if len(sites) < FEWEST:
        st.info(f"Choose {FEWEST} to {MOST} sites to lay them side by side.")
        return
    names = labels(assessment, sites)
    _tables(assessment, names)
    st.header("What each criterion is worth")
    st.altair_chart(
        parallel(assessment, names),
        alt="What each criterion is worth at each site, 0 to 1; the table above says the same",
    )
    _megawatts(assessment, names)
    _wins(choice, assessment, names)
    st.header("Where they are")
    chosen = pd.Index(sites)
    show_map(
        # the ranks are those of the tables: among all that are shown, not among these few
        replace(assessment.only(chosen), rank=assessment.rank.loc[chosen]),
        cached.layers(),
        key="compare",
        height=_MAP_HEIGHT,
        own=frozenset(one for one in sites if one.startswith(PREFIX)),
        follows=True,
        on_site=select_site,
    )
    offer_csv(
        "Download the comparison as CSV", comparison_table(assessment, sites), "comparison.csv",
        assessment.attribution,
    )  # fmt: skip


def _tables(assessment: Assessment, names: dict[str, str]) -> None:
    lines = lines_of(assessment, list(names))
    groups = {group: [line for line in lines if line.group == group] for group in _HEADS}
    st.caption(
        f"▲ the best of them, ▼ the worst, in blue and orange; nothing where they are alike. Ranks"
        f" are those among all {int(assessment.rank.notna().sum())} ranked sites."
    )
    for group, head in _HEADS.items():
        if not groups[group]:
            continue
        st.header(head)
        shown = groups[group]
        if group == CRITERION and st.toggle(_LARGEST_FIRST, value=True, key="compare-order"):
            shown = by_spread(shown)
        words = f"{head}: a row for every line, a column for every site"
        show_lines(shown, names, words)
    show_meanings(lines)


_HEADS = {
    RESULT: "What they come to",
    BINDING: "What binds",
    CONNECTION: "How they connect",
    CRITERION: "Criterion by criterion",
    GATE: "Must-haves",
}


def _megawatts(assessment: Assessment, names: dict[str, str]) -> None:
    st.header("Megawatts by date")
    first = end_of(assessment.question.as_of).year
    for place, (column, words) in zip(st.columns(2), PERCENTILES.items(), strict=True):
        with place:
            st.altair_chart(
                megawatts(assessment, names, first, column),
                alt=f"MW ready for AI by the end of each year, {words}; the table below says it",
            )
    st.dataframe(
        mw_table(assessment, names, first), hide_index=True,
        alt="MW ready for AI by the end of each year, P50 with P90 in brackets",
    )  # fmt: skip


def _wins(choice: Choice, assessment: Assessment, names: dict[str, str]) -> None:
    ranked = assessment.rank[list(names)]
    order = [str(site) for site in in_order(ranked[ranked.notna()])]
    st.header("Which of two is better, and how surely?")
    if len(order) < FEWEST:
        st.text("Fewer than two of them have a public location, so there is nothing to hold.")
        return
    won = cached.won(choice.key, Uncertainty(), order, assessment)
    st.text(
        "Share of draws of weights, metrics and anchors in which the site of the row beats that of"
        " the column:"
    )
    heads = [names[site] for site in order]
    shares = (100 * won.loc[order, order]).round(0).set_axis(heads, axis=0).set_axis(heads, axis=1)
    said = shares.map(lambda share: f"{share:.0f} %").rename_axis("beats").reset_index()
    for place, head in enumerate(heads):
        said.loc[place, head] = "-"
    st.altair_chart(
        wins(won, pd.Series(names)), alt="How often each site beats each other; the table says it"
    )
    st.dataframe(said, hide_index=True, alt="How often each site beats each other, in percent")
