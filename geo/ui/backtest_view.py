"""Does the ranking predict anything: past dates, and who then won."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
import streamlit as st

from geo.backtest_known import LEAKS
from geo.backtest_metrics import MEASURES
from geo.backtest_report import (
    caveats,
    conversions_note,
    interval_rows,
    left_out,
    no_auc,
    site_table,
    verdict,
    winners,
)
from geo.console_backtest import HEADS
from geo.durations import curve, end_of
from geo.ui.download import offer_csv

if TYPE_CHECKING:
    from geo.backtest import Backtest, DateResult

_HEIGHT = 260
_DIGITS = 3


def show_backtest(results: Backtest, attribution: tuple[str, ...]) -> None:
    """Draw what `geo.backtest.backtest` gives: the verdict first, no figure without its caveats."""
    st.text(verdict(results))
    for one in results.dates:
        _date(one, results)
    st.text("What was known at the dates, criterion by criterion, and whom it helps:")
    st.dataframe(pd.DataFrame(LEAKS), hide_index=True)
    st.text("What has to be known:")
    for line in caveats(results):
        st.text(f"- {line}")
    offer_csv(
        "Download every site at every date as CSV", site_table(results), "backtest.csv", attribution
    )
    _time(results)


def _date(one: DateResult, results: Backtest) -> None:
    total = one.n_winners + one.n_others
    st.text(
        f"{one.window.as_of}: {total} sites energised before {one.window.as_of}-01;"
        f" {one.n_winners} won between then and {end_of(results.until)}, {one.n_others} did not."
    )
    if one.n_winners:
        table = winners(one).drop(columns="site_id")
        table.loc[len(table)] = pd.Series(
            {"name": "mean rank of the winners"}
            | {f"rank_{name}": mean for name, mean in one.methods["mean_rank"].items()}
        )
        heads = {f"rank_{name}": head for name, head in HEADS.items()}
        heads |= {"name": "winner", "won_evidence": "evidence"}
        st.caption("Ranks among those sites, by this ranking and by each method alone.")
        st.dataframe(table.round(1).rename(columns=heads), hide_index=True, placeholder="")
    if one.headline:
        st.dataframe(_measures(one), hide_index=True)
    else:
        st.caption(no_auc(one))
    with st.expander(f"Left out at {one.window.as_of}, by name"):
        for reason, names in left_out(one):
            st.text(f"{reason} ({len(names)}): {', '.join(names)}.")


def _measures(one: DateResult) -> pd.DataFrame:
    columns = [f"{name}{end}" for name in MEASURES for end in ("", "_low", "_high")]
    table = one.methods[["title", *columns, "p_value"]].round(_DIGITS)
    return table.assign(winners=one.n_winners, others=one.n_others)


def _time(results: Backtest) -> None:
    st.text("Time from the first contract to the first delivered capacity, as it is on record:")
    st.dataframe(pd.DataFrame(interval_rows(results)).round(2), hide_index=True)
    found = curve(results.conversions)
    if found.years:
        steps = pd.DataFrame({"years": [0.0, *found.years], "share": [1.0, *found.survival]})
        chart = (
            alt.Chart(steps)
            .mark_line(interpolate="step-after")
            .encode(
                x=alt.X("years", title="years since the contract"),
                y=alt.Y("share", title="share that takes longer", scale=alt.Scale(domain=[0, 1])),
            )
            .properties(height=_HEIGHT)
        )
        st.altair_chart(
            chart, alt="Share of conversions that take longer, by years since the contract"
        )
        st.dataframe(
            pd.DataFrame(
                {
                    "years": found.years,
                    "at risk": found.at_risk,
                    "delivered": found.delivered,
                    "share that takes longer": found.survival,
                }
            ).round(_DIGITS),
            hide_index=True,
        )
    st.text(conversions_note(results))
