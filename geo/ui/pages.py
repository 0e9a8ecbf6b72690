"""The app's pages, in the order of the navigation."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import streamlit as st

from geo.errors import AskedWronglyError, CannotDoError
from geo.ui.links import TITLES
from geo.ui.plain import plain
from layers import LayerError

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from geo.assess import Assessment
    from geo.ui.choice import Choice


_ROOM = """<style>@media (min-width: 640px) {
.stMain .stMainBlockContainer {padding: 4.5rem 1.5rem 3rem}
}</style>"""
"""Streamlit leaves a quarter of a wide page empty: the table needs it."""


def pages(chosen: tuple[Choice, Assessment] | None) -> list[StreamlitPage]:
    """Give the pages, each about what is chosen; empty where a question has no answer.

    They are there all the same: a page that is gone would send its reader to the first.
    """
    st.html(_ROOM)
    return [
        st.Page(
            partial(_empty, title) if chosen is None else partial(_shown, path, *chosen),
            title=title,
            url_path=path,
        )
        for path, title in TITLES.items()
    ]


def _shown(path: str, choice: Choice, assessment: Assessment) -> None:
    """Draw a page; what it cannot do is said in words."""
    # a page brings in what it alone needs, and who does not open it need not wait for that
    page = import_module(f"geo.ui.{path.replace('-', '_')}_page").page
    try:
        page(choice, assessment)
    except (AskedWronglyError, CannotDoError, LayerError) as error:
        st.warning(plain(error))


def _empty(title: str) -> None:
    """Draw the head alone: what is wrong has been said."""
    st.title(title)
