"""The user's own sites among the others: where they stand, and as files to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from geo.columns import COLUMNS
from geo.document import NOT_KNOWN
from geo.own_sites import as_brought
from geo.robustness import Uncertainty, usual_draws
from geo.ui import cached, scratch
from geo.ui.choice import select_site
from geo.ui.download import offer_files
from geo.ui.plain import plain

if TYPE_CHECKING:
    import pandas as pd

    from geo.assess import Assessment
    from geo.ui.choice import Choice

SHOWN = {
    "rank": ("rank", 85),
    "name": ("name", 190),
    "score": ("score", 65),
    "interconnection_usd_mid": ("cost, M USD", 95),
    "time_to_target_years_p50": ("years, P50", 85),
    "poi_name": ("POI", 130),
    "poi_kv": ("POI, kV", 85),
    "poi_distance_km": ("to POI, km", 85),
    "firm_mw_low": ("firm MW, low", 100),
    "firm_mw_high": ("firm MW, high", 100),
    "binding_constraint": ("binds", 130),
    "interconnection_usd_low": ("cost, low, M USD", 125),
    "interconnection_usd_high": ("cost, high, M USD", 125),
    "time_to_target_years_p90": ("years, P90", 85),
    "energised_mw": ("energised, MW", 110),
    "mw_in_2_years": ("MW in 2 years", 105),
    "mw_in_5_years": ("MW in 5 years", 105),
    "potential": ("potential", 80),
    "coverage": ("coverage", 80),
    "grid_data": ("stations known", 120),
    "binding_reason": ("why it binds", 260),
    "binding_relief": ("relief", 260),
    "site_id": ("site_id", 200),
}
"""Columns with their heads and widths in pixels, "not known" fits: what answers comes first."""
_DIGITS = {"km": 1, "years": 1, "USD": 1, "0 to 1": 3}
_MILLION = 1e6
_MEANINGS = {one.name: one for one in COLUMNS}


def show_own(assessment: Assessment, table: pd.DataFrame, chosen: str | None) -> None:
    """Draw where the own sites stand among all the sites shown.

    Parameters
    ----------
    assessment
        All the sites shown.
    table
        As `own_ranked` gives it.
    chosen
        The site whose row is ticked, if it is one of them.
    """
    ranked = int(assessment.rank.notna().sum())
    if table.empty:
        st.info("Your sites are switched off in the sidebar: switch them on to see them ranked.")
        return
    places = table["rank"].dropna()
    best = "none of them has a rank" if places.empty else f"the best stands on rank {places.min()}"
    st.text(
        f"{len(table)} of your own among {ranked} ranked sites for"
        f" {assessment.question.target_mw:g} MW, by {assessment.by}: {best}."
    )
    ids = table["site_id"].tolist()
    rows = [ids.index(chosen)] if chosen in ids else []
    # a table in another order is another table: what is kept is the site, not the row's place
    key = f"own-ranked-{hash((tuple(ids), chosen))}"
    st.dataframe(
        readable(table), hide_index=True, column_config=_config(), key=key, placeholder=NOT_KNOWN,
        on_select=lambda: _choose(key, ids), selection_mode="single-row",
        selection_default=cast("Any", {"selection": {"rows": rows}}),  # typed more narrowly
        alt="Your own sites with rank, score, cost, years, connection and constraint",
    )  # fmt: skip


def _choose(key: str, ids: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    select_site(ids[rows[0]] if rows else None)


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Give rows of the ranked table as the page shows them: costs in millions, words with spaces.

    A station that has no name is called by its id.
    """
    shown = table[list(SHOWN)].copy()
    for name in SHOWN:
        if _MEANINGS[name].unit == "USD":
            shown[name] = table[name] / _MILLION
    nameless = table["poi_name"].isna() & table["poi_id"].notna()
    shown["poi_name"] = table["poi_name"].mask(nameless, "unnamed " + table["poi_id"].astype(str))
    shown["binding_constraint"] = table["binding_constraint"].str.replace("_", " ")
    return shown


def _config() -> dict[str, Any]:
    config: dict[str, Any] = {}
    for name, (head, width) in SHOWN.items():
        one = _MEANINGS[name]
        told = plain(f"{name}{f', {one.unit}' if one.unit else ''}: {one.meaning}")
        if one.kind == "number":
            config[name] = st.column_config.NumberColumn(
                head, help=told, width=width, format=f"%.{_DIGITS.get(one.unit, 0)}f"
            )
        else:
            pinned = name in {"rank", "name"}
            config[name] = st.column_config.Column(head, help=told, width=width, pinned=pinned)
    return config


def own_ranked(choice: Choice, assessment: Assessment, own: pd.DataFrame) -> pd.DataFrame:
    """Give the own sites' rows of the ranked table, ranked among all."""
    uncertainty = Uncertainty(draws=usual_draws(len(assessment.sites)))
    robust = cached.robust(choice.key, uncertainty, assessment)
    table = cached.ranked(choice.unweighed_key, robust, assessment)
    return table[table["site_id"].isin(own.index)].reset_index(drop=True)


def offer_own(assessment: Assessment, own: pd.DataFrame, ranked: pd.DataFrame) -> None:
    """Draw the buttons that take the list away, as it is and ranked, and that clear it."""
    if len(ranked):
        st.text("Ranked among the others, every column:")
        offer_files(ranked, "own-sites-ranked", assessment.attribution)
    st.text("The list alone, as rewatt rank --sites own-sites.csv takes it back:")
    offer_files(as_brought(own), "own-sites", ())
    st.button("Clear the list", on_click=scratch.drop, args=(list(own.index),))
