"""Which sites are compared: chosen on the page, kept in the session, told by the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.compare import MOST
from geo.ranking import in_order
from geo.ui.plain import plain

if TYPE_CHECKING:
    from geo.assess import Assessment

PARAMETER = "compare"
"""In the address: ids, with commas between them."""

_KEPT, _WIDGET, _WRITTEN = "compared", "compare-sites", "compare-written"
_AT_FIRST = 3


def choose_sites(assessment: Assessment) -> list[str]:
    """Draw the choice of sites; give their ids in the order of choosing."""
    state: Any = st.session_state
    shown = [str(site) for site in in_order(assessment.rank)]
    _obey_address(shown)
    if _KEPT not in state:
        state[_KEPT] = _usual(shown)
    state[_WIDGET] = [site for site in state[_KEPT] if site in shown][:MOST]
    names, rank = assessment.sites["name"], assessment.rank.astype(object)
    places = {site: "no rank" if place is None or place != place else f"{place}"  # noqa: PLR0124
              for site, place in rank.where(rank.notna(), None).items()}  # fmt: skip
    sites: list[str] = st.multiselect(
        f"Sites, up to {MOST}", shown, key=_WIDGET, max_selections=MOST, on_change=_keep,
        format_func=lambda one: f"{places[one]}  {names[one] or one} ({one})",
        help="By rank; type a name to find it",
    )  # fmt: skip
    text = ",".join(sites)
    if st.query_params.get(PARAMETER) != text:
        st.query_params[PARAMETER] = text
    state[_WRITTEN] = text
    return list(sites)


def _keep() -> None:
    st.session_state[_KEPT] = list(st.session_state[_WIDGET])


def _obey_address(shown: list[str]) -> None:
    """Take the sites from the address where somebody else has written it."""
    asked = st.query_params.get(PARAMETER)
    if asked is None or asked == st.session_state.get(_WRITTEN):
        return
    wanted = list(dict.fromkeys(one for one in asked.split(",") if one))
    found = [one for one in wanted if one in shown]
    if lost := [one for one in wanted if one not in shown]:
        st.warning(
            plain(f"The link names sites that are not among those shown: {', '.join(lost)}.")
        )
    if len(found) > MOST:
        st.warning(f"The link names {len(found)} sites: the first {MOST} are compared.")
    if found:
        st.session_state[_KEPT] = found[:MOST]


def _usual(shown: list[str]) -> list[str]:
    """Take the selected site, and the best."""
    site = st.session_state.get("site")
    first = [site] if site in shown else []
    return [*first, *(one for one in shown if one != site)][:_AT_FIRST]
