"""Offers a table as a file, with the lines that must be passed on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.export import csv_text

if TYPE_CHECKING:
    import pandas as pd


def offer_csv(label: str, table: pd.DataFrame, name: str, attribution: tuple[str, ...]) -> None:
    """Show a button that downloads a table as CSV; under it, whose data it rests on."""
    st.download_button(label, csv_text(table), name, "text/csv")
    if attribution:
        st.caption(f"Pass on with it: {'; '.join(attribution)}.")
