"""The sidebar: what every page is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from geo.assess import BASES, assess
from geo.criteria import CRITERIA
from geo.errors import AskedWronglyError, CannotDoError
from geo.regions import REGIONS
from geo.scenario import Scenario, load_scenario, scenario_names
from geo.selection import Selection, select
from geo.ui import cached
from layers import LayerError

if TYPE_CHECKING:
    from geo.assess import Assessment


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
    """

    selection: Selection
    scenario: Scenario
    target_mw: float
    by: str
    stored: cached.Versions

    @property
    def key(self) -> str:
        """Name the choice, for what is computed from it."""
        return f"{self.selection} {self.scenario.shares} {self.target_mw} {self.by} {self.stored}"


def choose() -> tuple[Choice, Assessment] | None:
    """Draw the sidebar; give what is chosen and its assessment.

    A question that cannot be answered is answered in words, and gives ``None``.
    """
    try:
        choice = _sidebar()
        assessment = assess(
            cached.sites(),
            cached.layers(),
            choice.scenario,
            cached.question(choice.target_mw),
            by=choice.by,
            metrics=cached.metrics(choice.target_mw),
        )
        return choice, assessment.only(select(assessment.sites, choice.selection))
    except (AskedWronglyError, CannotDoError, LayerError) as error:
        st.warning(str(error))
        return None


def _sidebar() -> Choice:
    with st.sidebar:
        names = list(REGIONS)
        region = st.selectbox(
            "Region", names, index=names.index("us"), format_func=lambda name: REGIONS[name].title
        )
        near_km = st.slider("Take in sites outside the region up to, km", 0, 200, 0, step=10)
        available = st.checkbox("Only sites with MW that no AI contract takes")
        name = st.selectbox(
            "Scenario", scenario_names(), format_func=lambda one: load_scenario(one).title
        )
        scenario = load_scenario(name)
        target_mw = st.slider("Target, MW of AI load", 10, 2000, int(scenario.target_mw), step=10)
        by = st.radio("Rank by", BASES, horizontal=True, help="score: proven; potential: possible")
        weights = _weights(scenario)
    selection = Selection(region=region, near_km=near_km, available=available)
    weighed = scenario.with_weights(weights)
    return Choice(selection, weighed, float(target_mw), by, cached.versions())


def _weights(scenario: Scenario) -> dict[str, float]:
    st.subheader("Weights", help=scenario.reason)
    weights = {}
    group = ""
    for one in CRITERIA:
        if one.group != group:
            group = one.group
            st.caption(group.capitalize())
        exact = 100 * scenario.shares[one.id]
        shown = round(exact, 1)
        key = f"weight-{scenario.name}-{one.id}"
        set_to = st.slider(one.title, 0.0, 100.0, shown, 0.1, key=key, help=one.reference)
        # a slider left alone must give the scenario's own scores, not those of a rounded share
        weights[one.id] = exact if set_to == shown else set_to
    return weights
