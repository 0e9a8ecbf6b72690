"""Finds a point by the name of what stands there, and asks which where several are called so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import streamlit as st

from geo.coordinates import LONGEST
from geo.gazetteer import named
from geo.parameters import cited
from geo.rows import rows_of
from geo.ui import cached
from geo.ui.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.rows import Row

_FOUND = "found-places"
_MOST = 6
"""Buttons: whoever sees more types more of the name."""


def look_up(text: str) -> list[Row]:
    """Give the places that are called as somebody types; none for what holds no word."""
    if len(text) > LONGEST or not re.search(r"[^\W\d_]{2}", text):
        return []
    return rows_of(named(cached.places(), text))


def ask_which(text: str, found: list[Row]) -> None:
    """Have the page ask which of several places is meant."""
    st.session_state[_FOUND] = (text, found)


def forget() -> None:
    """No longer ask."""
    st.session_state.pop(_FOUND, None)


def show_found(take: Callable[[Row], None]) -> None:
    """Draw a button for each place that may be meant; `take` is called with the chosen one."""
    if _FOUND not in st.session_state:
        return
    text, found = st.session_state[_FOUND]
    many = f"{len(found)} are called so" if len(found) <= _MOST else (
        f"{len(found)} are called so, the nearest {_MOST} by name here: type more of the name"
    )  # fmt: skip
    st.text(f"Which {text.strip()}? {many}.")
    for place, row in enumerate(found[:_MOST]):
        st.button(
            plain(words(row)), key=f"found-{place}", on_click=take, args=(row,), width="stretch",
            help="Add a point there",
        )  # fmt: skip


def words(row: Row) -> str:
    """Name a place with its kind, voltage and state."""
    kv = "" if row["max_kv"] is None else f" {row['max_kv']:g} kV"
    state = f", {row['state']}" if row["state"] else ""
    return f"{row['name']}: {row['kind']}{kv}{state}"


def how_good(row: Row) -> list[str]:
    """Say so where a place's point stands for a whole town."""
    if row["coord_precision"] != "town":
        return []
    radius = cited("coord_radius_town_km").value
    return [f"The point of {row['name']} stands for the whole town: it is good to {radius:g} km."]
