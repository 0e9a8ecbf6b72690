"""Changes a site of the user's own, and shows what that does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from geo.compare import changes
from geo.own_sites import EDITABLE, OwnSiteError, checked, edited, origin_of
from geo.ui import cached, scratch
from geo.ui.plain import plain
from layers import miner_sites

if TYPE_CHECKING:
    from geo.assess import Assessment

_DECLARED = {column.name: column for column in miner_sites.COLUMNS}
_LABELS = {
    "name": "Name",
    "status": "Status",
    "energised_mw": "Energised, MW",
    "contracted_mw": "Contracted, MW",
    "announced_mw": "Announced, MW",
    "interconnection_kv": "Own connection, kV",
    "land_acres": "Land, acres",
    "iso": "Grid area",
    "lat": "Latitude, degrees",
    "lon": "Longitude, degrees",
}
LONGEST_NAME = 200
"""Characters of a name that is typed."""
_EDITION = "edition"
"""Counts what was kept, so that fields show what stands in the list and not what was typed."""
_CHOSEN = "edited-site"


def show_edit(assessment: Assessment, own: pd.DataFrame) -> None:
    """Draw the fields of one of the user's own sites, and what it has that its original has not."""
    names = own["name"]
    wanted = st.session_state.get("site")
    if wanted in own.index and st.session_state.get("edited-last") != wanted:
        st.session_state[_CHOSEN] = wanted
    st.session_state["edited-last"] = wanted
    if st.session_state.get(_CHOSEN) not in own.index:
        st.session_state[_CHOSEN] = own.index[-1]
    site = st.selectbox(
        "Which of my sites", list(own.index), key=_CHOSEN,
        format_func=lambda one: f"{names[one]} ({one})",
    )  # fmt: skip
    _fields(own, site)
    origin = origin_of(site, assessment.sites.index)
    if origin is not None and site in assessment.sites.index:
        _show_changes(assessment, origin, site)


def edit(site_id: str) -> None:
    """Turn to a site, for callbacks that have just added it."""
    st.session_state[_CHOSEN] = site_id


def _fields(own: pd.DataFrame, site: str) -> None:
    with st.form(f"edit-{site}"):
        columns = st.columns(2)
        for place, name in enumerate(EDITABLE):
            with columns[place % 2]:
                _field(own, site, name)
        st.caption("A blank field is not known: it adds nothing to the score.")
        st.form_submit_button("Keep the changes", on_click=_save, args=(site,))
    st.button(
        "Take it off the list", on_click=scratch.drop, args=([site],), help="The site chosen above"
    )


def _field(own: pd.DataFrame, site: str, name: str) -> None:
    column, value, key = _DECLARED[name], own.at[site, name], _key(site, name)
    label, meaning = _LABELS[name], column.meaning
    if column.allowed:
        options = [None, *column.allowed]
        st.selectbox(
            label, options, key=key, help=meaning, format_func=_word,
            index=options.index(None if value is None else str(value)),
        )  # fmt: skip
    elif column.kind == "text":
        known_text = "" if value is None else str(value)
        # a name from a file may be longer: what is there can always be kept
        most = max(LONGEST_NAME, len(known_text))
        st.text_input(label, known_text, key=key, help=meaning, max_chars=most)
    else:
        low, high = column.minimum, column.maximum
        known: Any = value
        # a default of None lets the field be cleared: what is known stands in the state
        st.session_state.setdefault(key, None if pd.isna(known) else float(known))
        st.number_input(
            label, None if low is None else float(low), None if high is None else float(high),
            value=None, key=key, help=meaning,
            format="%g" if name not in {"lat", "lon"} else "%.5f", placeholder="not known",
        )  # fmt: skip


def _word(option: str | None) -> str:
    return "not known" if option is None else option.replace("_", " ")


def _key(site: str, name: str) -> str:
    return f"edit-{st.session_state.get(_EDITION, 0)}-{site}-{name}"


def _save(site: str) -> None:
    own = scratch.own_sites()
    if own is None or site not in own.index:
        return
    row = edited(own, site, {name: st.session_state[_key(site, name)] for name in EDITABLE})
    try:
        brought = checked([row], cached.sites())
    except OwnSiteError as error:
        scratch.say([str(error)], wrong=True)
        return
    scratch.keep(brought.sites.reset_index())
    st.session_state[_EDITION] = st.session_state.get(_EDITION, 0) + 1
    scratch.say([f"Kept: {row['name']}.", *brought.notes])


def _show_changes(assessment: Assessment, origin: str, site: str) -> None:
    st.subheader("What differs from the listed site")
    table = changes(assessment, origin, site)
    if table.empty:
        st.text("Nothing yet: change a field above.")
        return
    adds = ["" if pd.isna(one) else f"{one:+.4f}" for one in table["adds"]]
    shown = pd.DataFrame(
        {
            "what": table["what"],
            "unit": table["unit"],
            "listed site": table["original"],
            "what if": table["what_if"],
            "adds to the score": adds,
        }
    )
    st.table(
        shown.map(plain), hide_index=True,
        alt="What the copy has that the listed site has not, line by line",
    )  # fmt: skip
    st.caption(
        "Adds to the score: contribution of the copy less that of the listed site, 0 to 1; together"
        " they are the difference of the scores."
    )
