"""What if: points, files and copies of listed sites, ranked among the others at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.regions import REGIONS
from geo.ui import cached, scratch
from geo.ui.add_site import add_clicked, show_ways
from geo.ui.choice import select_site
from geo.ui.edit_site import show_edit
from geo.ui.own_view import offer_own, own_ranked, show_own
from geo.ui.plain import plain
from geo.ui.sitemap import show_map
from geo.ui.ways_view import show_ways_to_connect

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.ui.choice import Choice

_MAP_HEIGHT = 520


def page(choice: Choice, assessment: Assessment) -> None:
    """Draw the page."""
    st.title("What if?")
    st.caption(
        "Add a point, a file of sites or a copy of a listed site, and see where it would stand."
        " Your sites stay in this session: nobody else sees them and nothing is stored."
    )
    with st.container():  # a place of its own: what follows must not move, or its tabs would reset
        said = scratch.said()
        for show, about in ((st.warning, True), (st.info, False)):
            if lines := [line for line, wrong in said if wrong == about]:
                show(plain("\n".join(lines)))
    left, right = st.columns([3, 2])
    with right:
        st.header("Add a site")
        show_ways()
    with left:
        show_map(
            assessment,
            cached.layers(),
            key="what-if",
            height=_MAP_HEIGHT,
            box=None if choice.area else REGIONS[choice.selection.region].box,
            area=list(choice.area) if choice.area else None,
            selected=choice.site,
            own=choice.own,
            on_site=select_site,
            on_point=add_clicked,
        )
    own = scratch.own_sites()
    st.header("My sites among the others")
    if own is None:
        st.text(
            "None yet. Set a point on the map, type its coordinates or what stands there, bring a"
            " file, or copy a listed site."
        )
        return
    ranked = own_ranked(choice, assessment, own)
    show_own(assessment, ranked, choice.site)
    if choice.site in choice.own:
        show_ways_to_connect(assessment, ranked, choice.site)
    elif choice.own:
        st.text("Tick one of them to see how it connects, and at what cost.")
    st.header("Take them away")
    offer_own(assessment, own, ranked)
    st.header("Change one of my sites")
    show_edit(assessment, own)
