"""The pages' names and addresses, and links between them that keep what is asked."""

from __future__ import annotations

import streamlit as st

from geo.ui import session

TITLES = {
    "ranking": "Map and ranking",
    "site": "Site",
    "compare": "Compare",
    "what-if": "What if",
    "trust": "How sure is it?",
    "data": "Data and assumptions",
}
"""By the path in the address, in the order of the navigation."""


def page_link(path: str, label: str) -> None:
    """Draw a link to a page; the label is Markdown."""
    # the page itself is registered elsewhere: a link needs its path alone
    page = st.Page(_nothing, title=TITLES[path], url_path=path)
    st.page_link(page, label=label, query_params=session.written())


def _nothing() -> None:
    """Stand for a page where only its address counts."""
