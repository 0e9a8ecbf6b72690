"""How one site connects: which stations could carry the target, at what cost, by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.dossier_ways import ways
from geo.explain import explain
from geo.rows import rows_of
from geo.ui.document_view import show_blocks
from geo.ui.links import page_link
from geo.ui.plain import plain
from geo.ui.site_summary import show_figures

if TYPE_CHECKING:
    import pandas as pd

    from geo.assess import Assessment


def show_ways_to_connect(assessment: Assessment, table: pd.DataFrame, site_id: str) -> None:
    """Draw the answer for a site: its figures, and the points compared that it can connect to.

    Parameters
    ----------
    assessment, table
        One that holds the site, and the site's row of its ranked table, perhaps among others.
    site_id
        The site.
    """
    one = explain(assessment, site_id)
    st.header(plain(f"Ways to connect {one['target_mw']:,g} MW: {one['name']}"))
    show_figures(rows_of(table[table["site_id"] == site_id])[0], assessment)
    binding = one["binding_constraint"]
    st.text(f"Binds: {binding['code'].replace('_', ' ')}: {binding['reason']}.")
    show_blocks(ways(one, terms=False))
    page_link("site", "Its dossier: every figure with its source, and why it stands there")
