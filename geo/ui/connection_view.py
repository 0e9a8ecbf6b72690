"""How the chosen site connects: options, cost, years, constraint, firm power."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from geo.console_connection import cost_note, firm_power_text, poi_text, years_text
from geo.finding_columns import UPPER_BOUND

if TYPE_CHECKING:
    from geo.rows import Row

_MILLION = 1e6
_OPTION_COLUMNS = {
    "name": "option",
    "kv": "kV",
    "circuits": "circuits",
    "distance_km": "km",
    "firm_mw_low": "firm MW, at least",
    "firm_mw_high": "at most",
    "can": "target",
    "usd_low": "M$ low",
    "usd_mid": "M$ mid",
    "usd_high": "M$ high",
    "line_usd": "line M$",
    "station_usd": "station M$",
    "transformer_usd": "transformer M$",
}


def show_connection(one: Row) -> None:
    """Draw what `geo.connection.connection` gives of a site."""
    binding, target_mw = one["binding_constraint"], one["target_mw"]
    st.header("How it connects, what it costs, when")
    st.text(f"Binds: {binding['code'].replace('_', ' ')}: {binding['reason']}.")
    st.text(f"Relief: {binding['relief']}.")
    st.text(poi_text(one, target_mw))
    for options in (one["options"], one["split"]):
        if options:
            built = one["cost"]["connect_mw"] != 0
            st.dataframe(_options(options, built=built), hide_index=True)
            st.caption(cost_note(options, one["cost"]))
    time = one["time"]
    ends = pd.DataFrame(time["mw_by_year_end"])
    if ends["p50_mw"].notna().any():
        ends = ends.rename(columns={"p50_mw": "P50", "p90_mw": "P90"})
        ends["year"] = ends["year"].astype(str)
        st.bar_chart(
            ends, x="year", y=["P50", "P90"], stack=False, height=300,
            x_label="by the end of", y_label="MW ready for AI",
            alt="MW ready for AI by the end of each year, P50 and P90",
        )  # fmt: skip
    st.text(years_text(time, target_mw))
    st.text(firm_power_text(one["firm_power"]))
    st.caption(f"Firm MW: N-1 limit of the lines that end there, {UPPER_BOUND}.")


def _options(options: list[Row], *, built: bool) -> pd.DataFrame:
    table = pd.DataFrame(options)
    table["name"] = table["name"].fillna("unnamed " + table["id"])
    for name in ("usd_low", "usd_mid", "usd_high", "line_usd", "station_usd", "transformer_usd"):
        table[name] = (pd.to_numeric(table[name]) / _MILLION).round(1)
    table["distance_km"] = table["distance_km"].round(1)
    shown = [name for name in _OPTION_COLUMNS if built or not name.endswith("_usd")]
    shown = [name for name in shown if built or not name.startswith("usd_")]
    return table[shown].rename(columns=_OPTION_COLUMNS)
