"""The sidebar: what every page is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from geo.assess import BASES
from geo.errors import AskedWronglyError, CannotDoError
from geo.question import MAX_TARGET_MW
from geo.regions import REGIONS
from geo.scenario import Scenario, load_scenario, scenario_names
from geo.selection import NEAR_HINT_KM, Selection, count_within, select
from geo.ui import address, cached, filters, session
from geo.ui.address import DRAWN, MAX_NEAR_KM
from geo.ui.plain import plain
from geo.ui.ring import Ring, polygon, rounded
from geo.ui.scratch import own_sites
from geo.ui.weight_sliders import draw_sliders, weights
from layers import LayerError

if TYPE_CHECKING:
    from geo.assess import Assessment

_FEW = 10
"""Where no more sites than these are found, those near by are offered."""
_SLIDER_MW = (10.0, 2000.0)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user asks about.

    Attributes
    ----------
    selection
        Which sites.
    scenario
        Weights, as the sliders set them, and gates.
    target_mw
        MW of AI load to place.
    by
        ``score`` or ``potential``.
    stored
        The versions of the data in use.
    site
        The site that is looked at; ``None``: none is, or it is not among those shown.
    area
        The ring (lon, lat) that the user has drawn and asks about; ``None``: a region.
    own
        Ids of the user's own sites among those shown.
    content
        What the own sites say, in short: part of the key.
    nearby
        How many more sites lie within `geo.selection.NEAR_HINT_KM`; 0 where that is not offered.
    ready_by
        Only sites whose target is ready at P50 by the end of this year; `address.ANY`: no matter.
    left_out
        The site that is chosen and not among those shown; ``None``: there is none.
    """

    selection: Selection
    scenario: Scenario
    target_mw: float
    by: str
    stored: cached.Versions
    site: str | None = None
    area: tuple[tuple[float, float], ...] | None = None
    own: frozenset[str] = frozenset()
    content: str = ""
    nearby: int = 0
    ready_by: str = address.ANY
    left_out: str | None = None

    @property
    def key(self) -> str:
        """Name the choice, for what is computed from it."""
        return f"{self.scenario.shares} {self.by} {self.unweighed_key}"

    @property
    def unweighed_key(self) -> str:
        """Name the choice without its weights, for what no weight moves."""
        return (
            f"{replace(self.selection, area=None)} {self.area} {self.scenario.gates}"
            f" {self.target_mw} {self.stored} {sorted(self.own)} {self.content}"
            f" {self.ready_by}"
        )

    @property
    def place(self) -> str:
        """Name the region or area in words."""
        return "the area drawn" if self.area else REGIONS[self.selection.region].title


def choose() -> tuple[Choice, Assessment] | None:
    """Draw the sidebar; give what is chosen and its assessment.

    A question that cannot be answered is answered in words, and gives ``None``.
    """
    with st.container():  # a place of its own: what a page draws must not move, or its map is new
        try:
            listed, own = cached.sites(), own_sites()
            own = None if own is None else own.drop(index=own.index.intersection(listed.index))
            names = listed["name"] if own is None else pd.concat([listed["name"], own["name"]])
            known = _known(listed, names)
            for words in session.settle(known):
                st.warning(plain(words))
            choice, own = _sidebar(known, names, own)
            asked = choice.scenario.name, choice.target_mw, own
            shown, found = _shown(choice, cached.assessed(*asked))
            part = cached.part(*asked, found)
            return shown, part.weighed(_told(choice.scenario), choice.by)
        except (AskedWronglyError, CannotDoError, LayerError) as error:
            st.warning(plain(error))
            return None


def _told(scenario: Scenario) -> Scenario:
    """Give a scenario under the name that page, map and dossier call it by.

    One whose weights were set by hand is no longer what its name promises, and says so.
    """
    if scenario.shares == load_scenario(scenario.name).shares:
        return scenario
    return replace(scenario, name=f"{scenario.name} (weights set by hand)")


def _known(listed: pd.DataFrame, names: pd.Series) -> address.Known:
    return address.Known(
        sites=tuple(names.index),
        states=tuple(sorted(set(listed["state"].dropna()))),
        operators=tuple(sorted(set(listed["operator"].dropna()))),
    )


def _shown(choice: Choice, whole: Assessment) -> tuple[Choice, pd.Index]:
    """Take the chosen sites, and the user's own whatever the filters say; there may be none."""
    listed = whole.sites[~whole.sites["brought"].astype(bool)]
    own = whole.sites.index.difference(listed.index, sort=False)
    listed = listed.loc[filters.ready(whole.metrics, listed.index, choice.ready_by)]
    chosen, found = choice.selection, listed.index[:0]
    try:
        found = select(listed, chosen, _of(whole, listed.index))
    except CannotDoError:
        _nothing_found(choice, listed, whole)
    site = choice.site if choice.site in found.union(own) else None
    few = 0 < len(found) <= _FEW and chosen.near_km < NEAR_HINT_KM
    near = _nearby(choice, listed, whole) - len(found) if few else 0
    left_out = choice.site if site is None else None
    shown = replace(choice, site=site, left_out=left_out, nearby=near)
    return shown, found.append(own)


def _of(whole: Assessment, index: pd.Index) -> dict[str, pd.DataFrame]:
    return {gate: judged.loc[index] for gate, judged in whole.gates.items()}


def _nearby(choice: Choice, listed: pd.DataFrame, whole: Assessment) -> int:
    return count_within(listed, choice.selection, NEAR_HINT_KM, _of(whole, listed.index))


def _nothing_found(choice: Choice, listed: pd.DataFrame, whole: Assessment) -> None:
    """Say so, and offer the one click that shows something."""
    near = _nearby(choice, listed, whole)
    where = f"No site in {choice.place} passes the filters"
    if near:
        st.warning(plain(f"{where}; {near} more within {NEAR_HINT_KM:g} km."))
        offer_nearby()
    else:
        st.warning(plain(f"{where}, and none within {NEAR_HINT_KM:g} km does."))
        st.button("Take the filters off and show the United States", on_click=session.widen,
                  args=(REGIONS["us"].id,))  # fmt: skip


def offer_nearby() -> None:
    """Draw the button that takes in the sites near by."""
    st.button("Show them", on_click=session.put, args=("near_km", int(NEAR_HINT_KM)))


def offer_left_out(site: str) -> None:
    """Say that the chosen site is left out, and draw the buttons that show it or let it go."""
    listed = cached.sites()
    with st.container(horizontal=True, vertical_alignment="center"):
        if site in listed.index:
            one = listed.loc[site]
            st.text(f"{one['name']} ({site}) is chosen, and region or filters leave it out:")
            wide = REGIONS["us" if one["country"] == "US" else "all"].id
            st.button("Show it", on_click=session.widen, args=(wide,))
        else:
            st.text(f"{site} is chosen, and your sites are switched off:")
            st.button("Show it", on_click=session.put, args=("own_shown", True))
        st.button("Let it go", on_click=select_site, args=(None,))


def select_site(site_id: str | None) -> None:
    """Choose the site that is looked at; ``None``: none. A callback for maps and tables."""
    session.put("site", site_id)


def draw_area(ring: Ring | None) -> None:
    """Ask about the area inside a ring of (lon, lat) instead of a region; ``None``: no longer.

    A callback for maps. A ring that is no area is answered in words, and nothing changes.
    """
    try:
        kept = rounded(ring) if ring else None
    except ValueError:
        session.complain(
            "The area drawn cannot be used: expected three corners or more on the globe, and an"
            " outline that does not cross itself. Draw it again."
        )
        return
    session.put("area", kept)
    session.put("region", DRAWN if kept else REGIONS["us"].id)


def _sidebar(
    known: address.Known, names: pd.Series, own: pd.DataFrame | None
) -> tuple[Choice, pd.DataFrame | None]:
    state = st.session_state
    with st.sidebar:
        st.selectbox(
            "Site", known.sites, key="site", index=None, placeholder="Choose or type a name",
            format_func=lambda one: f"{names[one] or one} ({one})",
            help="The site that is marked on the map and in the table, and that its page is about.",
        )  # fmt: skip
        _question(state)
        scenario = load_scenario(state["scenario"])
        on = [key for key in filters.KEYS if state[key] not in ([], 0.0, False, address.ANY)]
        filters.draw_filters(known, scenario, on)
        if own is not None and not st.checkbox(
            f"My sites: {len(own)}", value=True, key="own_shown",
            help="Your own sites of this session, shown among the others whatever the filters.",
        ):  # fmt: skip
            own = None
        weighed = weights(scenario, dict(state))
        draw_sliders(scenario, weighed)
    ring = state["area"] if state["region"] == DRAWN else None
    choice = Choice(
        _selection(state, scenario, ring), scenario.with_weights(weighed),
        float(state["target_mw"]), state["by"], cached.versions(), state["site"],
        tuple(ring) if ring else None,
        frozenset() if own is None else frozenset(own.index),
        "" if own is None else own.to_json(),
        ready_by=state["ready_by"],
    )  # fmt: skip
    return choice, own


def _question(state: Any) -> None:  # noqa: ANN401 - Streamlit's own mapping has no useful type
    regions = [*REGIONS, *([DRAWN] if state["area"] else [])]
    st.selectbox("Region", regions, key="region", format_func=_region,
                 help="Or draw an area on the map.")  # fmt: skip
    st.slider("Take in sites outside the region up to, km", 0, MAX_NEAR_KM, step=10, key="near_km")
    st.selectbox(
        "Scenario", scenario_names(), key="scenario",
        format_func=lambda one: load_scenario(one).title,
        help=plain(f"Weights and must-haves. {load_scenario(state['scenario']).title}: "
                   f"{load_scenario(state['scenario']).reason}"),
    )  # fmt: skip
    low, high = _SLIDER_MW
    state["target_slider"] = min(max(state["target_mw"], low), high)
    st.slider("Target, MW of AI load", low, high, step=10.0, format="%g", key="target_slider",
              help="What you want to place, utility side, not IT.",
              on_change=session.copy, args=("target_slider", "target_mw"))  # fmt: skip
    st.number_input("Target typed exactly, MW", 0.0, float(MAX_TARGET_MW), step=10.0,
                    format="%g", key="target_mw")  # fmt: skip
    st.radio("Rank by", BASES, key="by", horizontal=True,
             help="score: what is proven; potential: what is possible")  # fmt: skip


def _region(name: str) -> str:
    return "Area drawn on the map" if name == DRAWN else REGIONS[name].title


def _selection(state: Any, scenario: Scenario, ring: Ring | None) -> Selection:  # noqa: ANN401
    return Selection(
        region="all" if ring else state["region"],
        area=polygon(ring) if ring else None,
        near_km=float(state["near_km"]),
        operator_names=tuple(state["operator"]),
        states=tuple(state["state"]),
        statuses=tuple(state["status"]),
        available=state["available"],
        markets=tuple(state["market"]),
        evidence=tuple(state["evidence"]),
        min_mw=float(state["min_mw"]),
        gates=filters.gates_of(state, scenario),
    )
