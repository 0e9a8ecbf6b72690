"""Keeps the session's state and the address the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.scenario import load_scenario, scenario_names
from geo.ui import address, filters
from geo.ui.weight_sliders import usual_sliders

if TYPE_CHECKING:
    from geo.ui.address import Known

_WRITTEN = "address_written"
_WEIGHED = "weighed_for"
_COMPLAINTS = "complaints"


def settle(known: Known) -> list[str]:
    """Bring state and address together, before any widget is drawn.

    The address is obeyed where somebody else has changed it: at the start of a session, on the
    browser's way back and forward, by a link. Where a widget has moved since it was written, or
    where it says nothing (a change of page), the state goes first and the address follows.

    Returns
    -------
    complaints
        What the address says wrongly, in words, until something is changed.
    """
    state: Any = st.session_state
    names = address.names(known)
    told = {key: st.query_params.get_all(key) for key in st.query_params}
    asked = {key: texts for key, texts in told.items() if key in names}
    fresh = _WRITTEN not in state
    if fresh:
        state.update(address.usual_state(known, scenario_names()[0]))
        state[_WEIGHED] = state["scenario"]
    _restore(known)
    _repair(known)
    written, now = state.get(_WRITTEN), address.write(state, known)
    if not fresh and now != written:
        state[_COMPLAINTS] = []
    elif asked and asked != written:
        found, complaints = address.read(asked, known)
        state.update(found)
        state[_WEIGHED] = state["scenario"]
        state[_COMPLAINTS] = [f"The link cannot be followed in full: {one}." for one in complaints]
        now = address.write(state, known)
    state[_WRITTEN] = now
    if asked != now:
        rest = {key: texts for key, texts in told.items() if key not in names}
        st.query_params.from_dict({**rest, **now})
    return list(state.get(_COMPLAINTS, []))


def _restore(known: Known) -> None:
    """Give back what Streamlit forgot: the state of widgets of which a client says nothing."""
    state: Any = st.session_state
    usual = address.usual_state(known, scenario_names()[0])
    if gone := [key for key in usual if key not in state]:
        last = address.read(state.get(_WRITTEN) or {}, known)[0]
        state.update({key: last[key] for key in gone})


def _repair(known: Known) -> None:
    """Let go of what is no longer there to choose; give a new scenario its own weights."""
    state: Any = st.session_state
    if state["site"] not in known.sites:
        state["site"] = None
    for key, options in (("state", known.states), ("operator", known.operators)):
        if not set(state[key]) <= set(options):
            state[key] = [one for one in state[key] if one in options]
    if state[_WEIGHED] != state["scenario"]:
        before, after = load_scenario(state[_WEIGHED]), load_scenario(state["scenario"])
        state.update(usual_sliders(after))
        if state["target_mw"] == before.target_mw:
            state["target_mw"] = after.target_mw
        state[_WEIGHED] = state["scenario"]


def written() -> address.Parameters:
    """Give what the address says now, for links to other pages."""
    return dict(st.session_state[_WRITTEN])


def put(key: str, value: Any) -> None:  # noqa: ANN401 - whatever the widget of that key holds
    """Set one thing; a callback."""
    st.session_state[key] = value


def copy(source: str, target: str) -> None:
    """Set one thing to what a widget holds; a callback."""
    st.session_state[target] = st.session_state[source]


def widen(region: str) -> None:
    """Take the filters off and ask about a region; a callback."""
    usual = address.usual_state(address.Known((), (), ()), st.session_state["scenario"])
    st.session_state.update({key: usual[key] for key in filters.KEYS})
    st.session_state["region"] = region


def complain(words: str) -> None:
    """Have something said once, in words; a callback."""
    st.session_state[_COMPLAINTS] = [words]
