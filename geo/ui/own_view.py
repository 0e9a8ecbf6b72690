"""The user's own sites among the others: where they stand, and as files to take away."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.columns import COLUMNS
from geo.own_sites import as_brought
from geo.report import ranked_table
from geo.ui import scratch
from geo.ui.download import FORMATS, file_bytes

if TYPE_CHECKING:
    import pandas as pd

    from geo.assess import Assessment

SHOWN = {
    "rank": "rank",
    "name": "name",
    "score": "score (0 to 1)",
    "potential": "potential (0 to 1)",
    "energised_mw": "energised, MW",
    "mw_in_2_years": "MW in 2 years",
    "mw_in_5_years": "MW in 5 years",
    "poi_name": "POI",
    "poi_kv": "kV",
    "poi_distance_km": "km",
    "firm_mw_low": "firm MW, at least",
    "firm_mw_high": "firm MW, at most",
    "interconnection_usd_mid": "cost to connect, $",
    "interconnection_usd_low": "cost, low, $",
    "interconnection_usd_high": "cost, high, $",
    "time_to_target_years_p50": "years, P50",
    "time_to_target_years_p90": "years, P90",
    "binding_constraint": "binds",
    "binding_reason": "why it binds",
    "binding_relief": "relief",
    "coverage": "coverage (0 to 1)",
    "grid_data": "stations known",
    "site_id": "site_id",
}
_MEANINGS = {one.name: one for one in COLUMNS}


def show_own(assessment: Assessment, table: pd.DataFrame) -> None:
    """Draw where the own sites stand among all the sites shown, as `own_ranked` gives them."""
    ranked = int(assessment.rank.notna().sum())
    if table.empty:
        st.info("Your sites are switched off in the sidebar: switch them on to see them ranked.")
        return
    best = table["rank"].min()
    st.text(
        f"{len(table)} of your own among {ranked} ranked sites for"
        f" {assessment.question.target_mw:g} MW, by {assessment.by}: the best stands on rank"
        f" {best}."
    )
    config: dict[str, Any] = {}
    for name, head in SHOWN.items():
        one = _MEANINGS[name]
        if one.kind == "number":
            form = "%.3f" if one.origin == "scores" else "localized"
            config[name] = st.column_config.NumberColumn(head, help=one.meaning, format=form)
        else:
            config[name] = st.column_config.Column(head, help=one.meaning, pinned=name == "name")
    st.dataframe(
        table[list(SHOWN)].round(3), hide_index=True, column_config=config, key="own-ranked",
        alt="Your own sites with rank, score, megawatts, connection, cost, years and constraint",
    )  # fmt: skip


def own_ranked(assessment: Assessment, own: pd.DataFrame) -> pd.DataFrame:
    """Give the own sites' rows of the ranked table, ranked among all."""
    table = ranked_table(assessment)
    return table[table["site_id"].isin(own.index)].reset_index(drop=True)


def offer_own(assessment: Assessment, own: pd.DataFrame, ranked: pd.DataFrame) -> None:
    """Draw the buttons that take the list away, as it is and ranked, and that clear it."""
    mine = as_brought(own)
    lines = assessment.attribution
    places = iter(st.columns(5))
    for suffix, words in ((".csv", "CSV"), (".geojson", "GeoJSON")):
        with next(places):
            _offer(f"My sites as {words}", mine, f"own-sites{suffix}", ())
    for suffix, words in ((".csv", "CSV"), (".geojson", "GeoJSON")):
        if len(ranked):
            with next(places):
                _offer(f"Ranked, as {words}", ranked, f"own-sites-ranked{suffix}", lines)
    with next(places):
        st.button("Clear the list", on_click=scratch.drop, args=(list(own.index),))
    st.caption("`rewatt rank --sites own-sites.csv` ranks the same sites on the command line.")
    if lines and len(ranked):
        st.caption(f"Pass on with the ranked files: {'; '.join(lines)}.")


def _offer(label: str, table: pd.DataFrame, name: str, attribution: tuple[str, ...]) -> None:
    """Draw a button whose file is made when it is asked for."""
    suffix = Path(name).suffix
    st.download_button(
        label, partial(file_bytes, table, suffix, attribution), name, FORMATS[suffix][1],
        on_click="ignore", width="stretch",
    )  # fmt: skip
