"""Map and ranking: choose, weigh, see, take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import streamlit as st

from geo.columns import COLUMNS
from geo.console import HELD, number, rank_range
from geo.explain import explain
from geo.regions import REGIONS
from geo.report import assumption_table, ranked_table, summary
from geo.robustness import Uncertainty, usual_draws
from geo.ui import cached
from geo.ui.connection_view import show_connection
from geo.ui.download import offer_csv
from geo.ui.sitemap import show_map

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.rows import Row
    from geo.ui.choice import Choice

_TABLE = (
    "rank", "rank_low", "rank_high", "p_top10", "name", "operator", "state", "status", "score",
    "potential", "coverage", "energised_mw", "uncommitted_mw", "poi_name", "poi_kv",
    "poi_distance_km", "firm_mw_low", "firm_mw_high", "interconnection_usd_low",
    "interconnection_usd_mid", "interconnection_usd_high", "time_to_target_years_p50",
    "time_to_target_years_p90", "mw_in_2_years", "mw_in_5_years", "binding_constraint",
    "binding_reason", "grid_data", "site_id",
)  # fmt: skip
_MAP_HEIGHT = 560
_DIGITS = {
    "metric": 1,
    "low": 1,
    "high": 1,
    "utility": 2,
    "share": 3,
    "contribution": 4,
    "could_add": 4,
}
_CRITERIA_COLUMNS = {
    "title": "criterion",
    "metric": "metric",
    "low": "at least",
    "high": "at most",
    "unit": "unit",
    "utility": "worth",
    "share": "share",
    "contribution": "adds",
    "could_add": "could add",
    "evidence": "evidence",
    "reference": "why these anchors",
}


def page(choice: Choice, assessment: Assessment) -> None:
    """Draw the page."""
    st.title("Power sites for AI data centres")
    uncertainty = Uncertainty(draws=usual_draws(len(assessment.sites)))
    robust = cached.robust(choice.key, uncertainty, assessment)
    table = ranked_table(assessment, robust)
    map_place = st.container()
    chosen = _table(table, assessment.attribution)
    selection = choice.selection
    with map_place:
        show_map(
            assessment,
            cached.layers(),
            key=f"rewatt-{selection.region}-{selection.near_km:g}",
            height=_MAP_HEIGHT,
            box=REGIONS[selection.region].box,
            selected=chosen,
        )
    for line in summary(assessment):
        st.text(line)
    _explanation(explain(assessment, chosen or str(table.at[0, "site_id"]), robust))


def _table(table: pd.DataFrame, attribution: tuple[str, ...]) -> str | None:
    """Show the ranking; give the site of the chosen row."""
    meanings = {one.name: one for one in COLUMNS}
    config = {
        name: st.column_config.Column(
            f"{name} ({meanings[name].unit})" if meanings[name].unit else name,
            help=meanings[name].meaning,
        )
        for name in _TABLE
    }
    for name in ("score", "potential", "coverage"):
        config[name] = st.column_config.ProgressColumn(
            name, help=meanings[name].meaning, min_value=0.0, max_value=1.0, format="%.3f"
        )
    ids = table["site_id"].tolist()
    chosen = st.session_state.get("chosen")
    row = {"selection": {"rows": [ids.index(chosen)] if chosen in ids else []}}
    # a table in another order is another table: what is kept is the site, not the row's place
    key = f"ranking-{hash(tuple(ids))}"
    st.dataframe(
        table[list(_TABLE)],
        hide_index=True,
        on_select=lambda: _choose(key, ids),
        selection_mode="single-row",
        selection_default=cast("Any", row),  # documented so, typed more narrowly
        column_config=config,
        key=key,
    )
    offer_csv("Download the table as CSV", table, "ranked.csv", attribution)
    return chosen if chosen in ids else None


def _choose(key: str, ids: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state["chosen"] = ids[rows[0]] if rows else None


def _explanation(one: Row) -> None:
    st.header("Why this site stands where it stands")
    held = f", {HELD} of the draws on {rank_range(one)}" if one["rank"] else ""
    st.text(f"{one['name']}, {one['operator']}: rank {one['rank'] or 'none'} of {one['of']}{held}")
    for column, (label, value) in zip(
        st.columns(4),
        (
            ("Score, proven", f"{one['score']:.3f}"),
            ("Potential", f"{one['potential']:.3f}"),
            (
                "Energised",
                "not known" if one["energised_mw"] is None else f"{one['energised_mw']:,.0f} MW",
            ),
            ("Coverage", f"{one['coverage']:.0%}"),
        ),
        strict=True,
    ):
        column.metric(label, value)
    criteria = pd.DataFrame(one["criteria"])[list(_CRITERIA_COLUMNS)]
    for name, digits in _DIGITS.items():
        criteria[name] = [number(value, digits) for value in criteria[name]]
    st.dataframe(criteria.rename(columns=_CRITERIA_COLUMNS), hide_index=True)
    show_connection(one)
    st.dataframe(pd.DataFrame(one["gates"].values()), hide_index=True)
    opens = "; ".join(f"{item['title']} +{item['could_add']:.3f}" for item in one["unknowns"])
    for line in (
        f"Open, and what it could add at best: {opens or 'nothing'}.",
        f"MW: {_mw(one['contracted_mw'])} contracted, {_mw(one['announced_mw'])} announced,"
        f" {_mw(one['uncommitted_mw'])} free of AI contracts.",
        f"Firm service: {one['firm_service']}.",
        f"AI: {one['ai_hpc_status'] or 'not stated'} (an outcome, never scored).",
        f"Source ({one['evidence']}, {one['as_of']}): {one['source']}",
    ):
        st.text(line)
    with st.expander("Every number that the model uses, with its source"):
        st.dataframe(assumption_table(), hide_index=True)


def _mw(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.0f} MW"
