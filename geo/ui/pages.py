"""The app's pages, in the order of the navigation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from geo.ui import (
    compare_page,
    data_page,
    ranking_page,
    site_page,
    trust_page,
    what_if_page,
)

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from geo.assess import Assessment
    from geo.ui.choice import Choice

_PAGES = (
    ("ranking", "Map and ranking", ranking_page.page),
    ("site", "Site", site_page.page),
    ("compare", "Compare", compare_page.page),
    ("what-if", "What if", what_if_page.page),
    ("trust", "How sure is it?", trust_page.page),
    ("data", "Data", data_page.page),
)


def pages(choice: Choice, assessment: Assessment) -> list[StreamlitPage]:
    """Give the pages, each about what is chosen."""
    return [
        st.Page(partial(page, choice, assessment), title=title, url_path=path)
        for path, title, page in _PAGES
    ]
