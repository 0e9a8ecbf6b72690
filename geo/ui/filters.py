"""The filters of the sidebar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.gates import GATES
from geo.question import MAX_TARGET_MW
from geo.selection import EVIDENCE, GATE_FILTERS, MARKETS
from geo.sites import STATUSES
from geo.timeline import years_to_year_ends
from geo.ui.address import ANY, READY_BY, gate_key
from layers.sources.rewatt_curated import SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from geo.metrics import Metrics
    from geo.scenario import Scenario
    from geo.ui.address import Known

KEYS = (
    "status", "state", "market", "operator", "min_mw", "available", "evidence", "ready_by",
    *(gate_key(one.id) for one in GATES),
)  # fmt: skip


def draw_filters(known: Known, scenario: Scenario, on: Sequence[str]) -> None:
    """Draw the filters, closed at first; the head says how many are on."""
    head = f"Filters: {len(on)} on" if on else "Filters"
    with st.expander(head, key="filters", icon=":material/filter_alt:"):
        st.multiselect("Status", STATUSES, key="status", format_func=_words)
        st.multiselect("State", known.states, key="state")
        st.multiselect("Market: grid operator's area", MARKETS, key="market")
        st.multiselect("Operator", known.operators, key="operator")
        st.number_input(
            "At least energised, MW", 0.0, float(MAX_TARGET_MW), step=10.0, key="min_mw",
            help="MW that can be drawn today; above 0 a site of which that is not known is left"
            " out.",
        )  # fmt: skip
        st.checkbox(
            "Only sites with MW that no AI contract takes", key="available",
            help="Energised MW less what AI contracts take already; never scored. A site of which"
            " that is not known might have some, and stays.",
        )  # fmt: skip
        st.multiselect(
            "Evidence", EVIDENCE, key="evidence", help="Kind of document that stands behind a row."
        )
        st.selectbox(
            "Ready by the end of", (ANY, *READY_BY), key="ready_by",
            help="Year by whose end the whole target is ready at P50, as the evidence stands; a"
            " site of which the years are not known is left out.",
        )  # fmt: skip
        for gate in GATES:
            st.selectbox(
                f"Must-have: {gate.title.lower()}", (ANY, *GATE_FILTERS), key=gate_key(gate.id),
                disabled=gate.id not in scenario.gates,
                help="any: no matter. A must-have is judged beside the rank and never scored.",
            )  # fmt: skip


def ready(metrics: Metrics, index: pd.Index, by: str) -> pd.Index:
    """Give the sites of an index whose target is ready at P50 by the end of a year, or of any."""
    if by == ANY:
        return index
    within = years_to_year_ends(SOURCE.vintage)[READY_BY.index(by)]
    years = metrics.findings.loc[index, "time_to_target_years_p50"].astype(float)
    found: pd.Index = years.index[years <= within]  # not known: NaN, which is not within
    return found


def _words(name: str) -> str:
    return name.replace("_", " ")


def gates_of(state: Mapping[str, str], scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """Give what is asked of the gates that the scenario judges, as a selection takes it."""
    asked = {one.id: state[gate_key(one.id)] for one in GATES if one.id in scenario.gates}
    return tuple((gate, wanted) for gate, wanted in asked.items() if wanted != ANY)
