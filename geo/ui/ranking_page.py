"""Map and ranking: choose, weigh, see, take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from geo.columns import COLUMNS
from geo.regions import REGIONS
from geo.report import summary
from geo.robustness import Uncertainty, usual_draws
from geo.selection import NEAR_HINT_KM
from geo.ui import cached, session
from geo.ui import choice as sidebar
from geo.ui.download import offer_files
from geo.ui.ranking_columns import EXTRA, NOT_KNOWN, column_config, with_extra, words
from geo.ui.site_summary import show_summary
from geo.ui.sitemap import show_map

if TYPE_CHECKING:
    import pandas as pd

    from geo.assess import Assessment
    from geo.ui.choice import Choice

_HEIGHT = 560
_ROW_HEIGHT, _FRAME = 35, 3
"""Pixels of a row of Streamlit's table, and of the lines around it."""
_SHARES = (3, 5)
"""Of the width: map, table."""
_DRAWN = "table_drawn"


def page(choice: Choice, assessment: Assessment) -> None:
    """Draw the page."""
    st.title("Power sites for AI data centres")
    lines = summary(assessment)
    st.text(f"{lines[0]} Years count from {assessment.question.as_of}.")
    with st.container():  # a place of its own: what follows must not move, or the map is made anew
        _offers(choice, len(assessment.sites) - len(choice.own))
    left, right = st.columns(_SHARES)
    if assessment.sites.empty:  # has been said, and the map is there to draw another area
        with left:
            _map(choice, assessment)
        return
    uncertainty = Uncertainty(draws=usual_draws(len(assessment.sites)))
    robust = cached.robust(choice.key, uncertainty, assessment)
    table = cached.ranked(choice.unweighed_key, robust, assessment)
    with right:  # first: new ranks are what one waits for
        _table(table, choice)
    with left:
        _map(choice, assessment, table)
    show_summary(assessment, table, choice.site)
    offer_files(table, "ranked", assessment.attribution)
    with st.expander("What is not known about these sites", expanded=len(lines) > 1):
        for line in lines[1:] or ["Every site has a rank and a place."]:
            st.text(line)


def _offers(choice: Choice, found: int) -> None:
    """Offer what region and filters leave out: the chosen site, and those near by."""
    if choice.left_out is not None:
        sidebar.offer_left_out(choice.left_out)
    if choice.nearby:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(
                f"{found} site{'' if found == 1 else 's'} in {choice.place};"
                f" {choice.nearby} more within {NEAR_HINT_KM:g} km:"
            )
            sidebar.offer_nearby()


def _map(choice: Choice, assessment: Assessment, table: pd.DataFrame | None = None) -> None:
    show_map(
        assessment,
        cached.layers(),
        key="ranking",
        table=table,
        height=_HEIGHT,
        box=None if choice.area else REGIONS[choice.selection.region].box,
        area=list(choice.area) if choice.area else None,
        selected=choice.site,
        own=choice.own,
        on_site=sidebar.select_site,
        on_area=sidebar.draw_area,
    )


def _table(table: pd.DataFrame, choice: Choice) -> None:
    """Show the ranking; the row of the chosen site is ticked."""
    ids = table["site_id"].tolist()
    key, rows = _drawn(ids, choice.site)
    names = st.session_state["columns"] or ["rank", "name"]
    st.dataframe(
        with_extra(table, names, choice.own)[names],
        height=min(_HEIGHT, _ROW_HEIGHT * (len(ids) + 1) + _FRAME),
        hide_index=True,
        on_select=lambda: _choose(key, ids),
        selection_mode="single-row",
        selection_default=cast("Any", {"selection": {"rows": rows}}),  # typed more narrowly
        column_config=column_config(names),
        key=key,
        placeholder=NOT_KNOWN,
        alt="The sites by rank; the search and the tick at a row work from the keyboard, too",
    )
    with st.expander("Columns", key="choose_columns"):
        st.session_state["columns_shown"] = st.session_state["columns"]
        st.multiselect(
            "Columns of the table",
            (*EXTRA, *(one.name for one in COLUMNS)),
            key="columns_shown",
            format_func=words,
            # the widget is only on this page, and what it holds must outlive the page
            on_change=session.copy,
            args=("columns_shown", "columns"),
        )


def _drawn(ids: list[str], site: str | None) -> tuple[str, list[int]]:
    """Name the table, and give the rows that are ticked when it is first drawn.

    It stays, with the place that it is scrolled to, while its own tick is on the chosen site.
    A table in another order is another table: what is kept is the site, not the row's place.
    """
    state: Any = st.session_state
    number, before, rows = state.get(_DRAWN, (0, [], []))
    ticked = state.get(f"table-{number}", {"selection": {"rows": rows}})["selection"]["rows"]
    if before != ids or [ids[one] for one in ticked] != ([] if site is None else [site]):
        number, rows = number + 1, [] if site is None else [ids.index(site)]
        state[_DRAWN] = (number, ids, rows)
    return f"table-{number}", rows


def _choose(key: str, ids: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    sidebar.select_site(ids[rows[0]] if rows else None)
