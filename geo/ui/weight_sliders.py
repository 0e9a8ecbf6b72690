"""The sliders of the weights: one for each group of criteria, and inside it one for each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import streamlit as st

from geo.criteria import CRITERIA
from geo.ui.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from geo.scenario import Scenario

MOST = 100.0
_STEP = 0.1
_TENTHS = 10
GROUPS: dict[str, tuple[str, ...]] = {
    group: tuple(one.id for one in CRITERIA if one.group == group)
    for group in dict.fromkeys(one.group for one in CRITERIA)
}
"""The ids of the criteria by their group, in the order of the criteria."""


def group_key(group: str) -> str:
    """Name a group's slider, in the session and in the address."""
    return f"group_{group.replace(' ', '_')}"


def weight_key(criterion: str) -> str:
    """Name a criterion's slider, in the session and in the address."""
    return f"weight_{criterion}"


def usual_sliders(scenario: Scenario) -> dict[str, float]:
    """Give where the sliders stand for a scenario's own weights, by key, 0 to 100.

    A group's slider stands on its share in percent, a criterion's on its share of the group; in
    a group that weighs nothing the criteria stand level.
    """
    shares, stand = scenario.shares, {}
    for group, members in GROUPS.items():
        whole = math.fsum(shares[one] for one in members)
        stand[group_key(group)] = round(MOST * whole, 1)
        for one in members:
            part = shares[one] / whole if whole else 1 / len(members)
            stand[weight_key(one)] = round(MOST * part, 1)
    return stand


def weights(scenario: Scenario, sliders: Mapping[Any, Any]) -> dict[str, float]:
    """Give the weights that sliders stand for; left alone they are the scenario's own, exactly.

    Parameters
    ----------
    scenario
        What the sliders started from.
    sliders
        By key, 0 to 100.
    """
    usual, shares = usual_sliders(scenario), scenario.shares
    if all(sliders[key] == one for key, one in usual.items()):
        # what is multiplied out again is off in the last digit
        return {one.id: scenario.weights.get(one.id, 0.0) for one in CRITERIA}
    found: dict[str, float] = {}
    for group, members in GROUPS.items():
        key = group_key(group)
        exact = math.fsum(shares[one] for one in members)
        whole = MOST * exact if sliders[key] == usual[key] else float(sliders[key])
        if exact and all(sliders[weight_key(one)] == usual[weight_key(one)] for one in members):
            parts = {one: shares[one] / exact for one in members}
        else:
            total = math.fsum(float(sliders[weight_key(one)]) for one in members)
            parts = {one: float(sliders[weight_key(one)]) / (total or 1.0) for one in members}
        found |= {one: whole * part for one, part in parts.items()}
    return found


def percentages(shares: Mapping[str, float]) -> dict[str, float]:
    """Round shares to tenths of a percent that add up to 100, by the largest remainder."""
    exact = {name: MOST * _TENTHS * share for name, share in shares.items()}
    tenths = {name: math.floor(one) for name, one in exact.items()}
    short = round(math.fsum(exact.values())) - sum(tenths.values())
    by_rest = sorted(exact, key=lambda name: tenths[name] - exact[name])
    for name in by_rest[:short]:
        tenths[name] += 1
    return {name: one / _TENTHS for name, one in tenths.items()}


def draw_sliders(scenario: Scenario, weighed: Mapping[str, float]) -> None:
    """Draw the sliders, each with the share that comes out of it.

    Parameters
    ----------
    scenario
        Whose weights they start from.
    weighed
        Weights by criterion id, as `weights` gives them; all may be 0, and then there is no
        share to show.
    """
    total = math.fsum(weighed.values())
    shown = percentages({one: weight / total for one, weight in weighed.items()} if total else {})
    st.subheader("Weights", help=plain(scenario.reason))
    for group, members in GROUPS.items():
        share = _percent(math.fsum(shown[one] for one in members) if shown else None)
        st.slider(
            f"{group.capitalize()}: {share}", 0.0, MOST, step=_STEP, format="%.1f",
            key=group_key(group),
            help="Weight of the whole group; beside it the share of all the weight in percent.",
        )  # fmt: skip
        if len(members) == 1:
            continue
        with st.expander(f"Inside {group}", key=f"inside_{group_key(group)}"):
            for one in CRITERIA:
                if one.group == group:
                    share = _percent(shown.get(one.id))
                    st.slider(
                        f"{plain(one.title)}: {share}", 0.0, MOST, step=_STEP, format="%.1f",
                        key=weight_key(one.id),
                        help=f"Its part of the group. {plain(one.reference)}",
                    )  # fmt: skip
    st.button(
        "Back to the scenario's weights",
        on_click=reset,
        args=(scenario, st.session_state),
        disabled=all(st.session_state[key] == one for key, one in usual_sliders(scenario).items()),
    )


def _percent(share: float | None) -> str:
    return "no share" if share is None else f"{share:.1f} %"


def reset(scenario: Scenario, state: MutableMapping[Any, Any]) -> None:
    """Put every slider back to the scenario's own weights."""
    state.update(usual_sliders(scenario))
