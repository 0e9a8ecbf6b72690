"""How sure is it? Four questions about the ranking, each answered in its first line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.information import places
from geo.ranking import in_order
from geo.report import summary
from geo.robustness import ANCHORS, AROUND, METRICS, UNIFORM, WEIGHTS, Uncertainty
from geo.tornado import tornado
from geo.ui import cached
from geo.ui.backtest_view import show_backtest
from geo.ui.download import offer_csv
from geo.ui.methods_view import show_methods, show_weights
from geo.ui.robustness_view import heat_map, information_rows, rank_table, swings, wins
from geo.verdicts import compared, how_sure, robust_rows, ties, what_varied

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.ui.choice import Choice

_WAYS = {AROUND: "around the scenario's", UNIFORM: "any weights at all"}


def page(choice: Choice, assessment: Assessment) -> None:
    """Draw the page."""
    st.title("How sure is this ranking?")
    if assessment.sites.empty:  # has been said
        return
    if not assessment.rank.notna().any():
        st.warning("No site here has a public location, so there is no ranking to be sure of.")
        return
    for line in summary(assessment):
        st.text(line)
    uncertainty = _uncertainty()
    _first(choice, assessment, uncertainty)
    _tied(choice, assessment, uncertainty)
    _find_out(choice, assessment, uncertainty)
    st.header("Does this ranking predict anything?")
    past = cached.backtest(choice.scenario.name, choice.target_mw)
    show_backtest(past, assessment.attribution)
    st.caption("The sliders of the weights do not move the back-test: it takes the scenario's own.")
    st.header("Do other methods agree?")
    if st.toggle("Rank by five other methods and weigh by two other ways; takes some seconds"):
        with st.spinner("Ranking by other methods"):
            show_methods(assessment)
            show_weights(assessment)


def _uncertainty() -> Uncertainty:
    usual = Uncertainty()
    with st.expander("What is varied, and how far"):
        vary = st.multiselect("Varied", [WEIGHTS, METRICS, ANCHORS], list(usual.vary))
        way = st.radio("Weights are drawn", list(_WAYS), format_func=_WAYS.get, horizontal=True)
        concentration = st.slider(
            "Concentration: how close drawn weights stay to the scenario's",
            1, 200, int(usual.concentration),
        )  # fmt: skip
        top = st.slider("The best so many sites", 1, 50, usual.top)
    return Uncertainty(vary=tuple(vary), weights=way, concentration=float(concentration), top=top)


def _first(choice: Choice, assessment: Assessment, uncertainty: Uncertainty) -> None:
    st.header("How sure is rank 1?")
    robust = cached.robust(choice.key, uncertainty, assessment)
    for line in how_sure(assessment, robust):
        st.text(line)
    rows = robust_rows(assessment, robust)
    if not robust.counts.shift:
        st.altair_chart(
            heat_map(robust.acceptability(), rows),
            alt="Share of the draws in which each of the first sites has each rank; the table"
            " below has the intervals",
        )
    st.dataframe(
        rank_table(rows, uncertainty.top), hide_index=True, alt="Rank intervals of all sites"
    )
    st.caption(
        "Central weights, in the file: the mean weights under which a site is first."
        f" {what_varied(uncertainty)}"
    )
    offer_csv(
        "Download rank intervals and central weights as CSV", rows, "robustness.csv",
        assessment.attribution,
    )  # fmt: skip


def _tied(choice: Choice, assessment: Assessment, uncertainty: Uncertainty) -> None:
    st.header("Which two sites are really tied?")
    for line in ties(assessment, uncertainty):
        st.text(line)
    order = in_order(assessment.rank[assessment.rank.notna()])[: compared(uncertainty)]
    won = cached.won(choice.key, uncertainty, list(order), assessment)
    st.altair_chart(
        wins(won, assessment.sites["name"]),
        alt="How often the site of each row beats the site of each column, as a share of draws",
    )


def _find_out(choice: Choice, assessment: Assessment, uncertainty: Uncertainty) -> None:
    st.header("What should I find out first?")
    top = places(assessment, uncertainty.top)
    table = cached.information(choice.key, top, assessment)
    if table.empty:
        st.text("Nothing that the scenario weighs is unknown or a range.")
        return
    first = table.iloc[0]
    st.text(
        f"{first['name']}: {first['ask']}. It changes the {top} best with a probability"
        f" of {first['p_changes_top']:.0%}, and moves the site by {first['ranks_mean']:.1f} ranks"
        " in the mean."
    )
    st.dataframe(information_rows(table), hide_index=True, alt="What to find out first, by site")
    st.caption("Each alone, all the rest left as the ranking takes it now.")
    offer_csv(
        "Download everything that is open as CSV", table, "information.csv", assessment.attribution
    )
    order = list(in_order(assessment.rank[assessment.rank.notna()]))
    names = assessment.sites["name"]
    site = st.selectbox(
        "What swings this site", order, format_func=lambda one: f"{names[one]} ({one})"
    )
    score = assessment.scores.score if assessment.by == "score" else assessment.scores.potential
    st.altair_chart(
        swings(tornado(assessment, site, uncertainty), float(score[site])),
        alt=f"How far each thing alone swings the score of {names[site]}, the widest on top",
    )
