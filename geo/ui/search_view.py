"""A table with a box above it that finds its rows."""

from __future__ import annotations

import pandas as pd
import streamlit as st


@st.fragment
def show_searchable(table: pd.DataFrame, label: str, *, key: str, alt: str) -> None:
    """Draw a table and a box that leaves only the rows that hold what is typed.

    Parameters
    ----------
    table
        What to show.
    label
        Of the box.
    key
        Names the box; what is typed stays with it while other pages are open.
    alt
        What the table is, for those who do not see it.
    """
    asked = st.text_input(
        label,
        key=key,
        type="search",
        live=True,
        persist_state="session",
        placeholder="words that a row holds, in any column",
    )
    found = rows_with(table, asked or "")
    if len(found) < len(table):
        st.text(f"{len(found)} of {len(table)} rows.")
    if found.empty:
        st.text("No row holds all of these words. Fewer words, or a part of one, find more.")
        return
    st.dataframe(found, hide_index=True, alt=alt)


def rows_with(table: pd.DataFrame, asked: str) -> pd.DataFrame:
    """Give the rows that hold every one of some words, whatever its case, in any of its columns."""
    if not (words := asked.casefold().split()) or table.empty:
        return table
    text = table.fillna("").astype(str).agg("\n".join, axis="columns").str.casefold()
    holds = pd.concat([text.str.contains(word, regex=False) for word in words], axis="columns")
    return table[holds.all(axis="columns")]
