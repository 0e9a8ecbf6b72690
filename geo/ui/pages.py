"""The app's pages, in the order of the navigation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from geo.errors import AskedWronglyError, CannotDoError
from geo.ui import (
    compare_page,
    data_page,
    ranking_page,
    site_page,
    trust_page,
    what_if_page,
)
from geo.ui.links import TITLES
from geo.ui.plain import plain
from layers import LayerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.navigation.page import StreamlitPage

    from geo.assess import Assessment
    from geo.ui.choice import Choice

_PAGES: dict[str, Callable[[Choice, Assessment], None]] = {
    "ranking": ranking_page.page,
    "site": site_page.page,
    "compare": compare_page.page,
    "what-if": what_if_page.page,
    "trust": trust_page.page,
    "data": data_page.page,
}


def pages(chosen: tuple[Choice, Assessment] | None) -> list[StreamlitPage]:
    """Give the pages, each about what is chosen; empty where a question has no answer.

    They are there all the same: a page that is gone would send its reader to the first.
    """
    return [
        st.Page(
            _empty if chosen is None else partial(_shown, _PAGES[path], *chosen),
            title=title,
            url_path=path,
        )
        for path, title in TITLES.items()
    ]


def _shown(
    page: Callable[[Choice, Assessment], None], choice: Choice, assessment: Assessment
) -> None:
    """Draw a page; what it cannot do is said in words."""
    try:
        page(choice, assessment)
    except (AskedWronglyError, CannotDoError, LayerError) as error:
        st.warning(plain(error))


def _empty() -> None:
    """Draw nothing: what is wrong has been said."""
