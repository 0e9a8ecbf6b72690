"""What the pages share and need not compute again: each session gets copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from geo.backtest import Backtest
from geo.backtest import backtest as look_back
from geo.backtest_cohort import windows
from geo.information import value_of_information
from geo.metrics import Metrics, measure_sites
from geo.question import Question
from geo.robustness import Robustness, Uncertainty, robustness, win_probability
from geo.scenario import load_scenario, scenario_names, scenario_origin
from geo.sites import embedded_sites
from layers import LoadedLayer, load_layers, read_conversions
from layers.sources.rewatt_curated import SOURCE

if TYPE_CHECKING:
    from geo.assess import Assessment


@st.cache_data(show_spinner="Reading the tables")
def layers() -> dict[str, LoadedLayer]:
    """Give the embedded layers."""
    return load_layers()


@st.cache_data
def sites() -> pd.DataFrame:
    """Give the embedded sites."""
    return embedded_sites(layers())


def question(target_mw: float) -> Question:
    """Give the question for a target, as of the data's vintage."""
    return Question(target_mw, SOURCE.vintage)


@st.cache_data(show_spinner="Measuring the sites", max_entries=50)
def metrics(target_mw: float) -> Metrics:
    """Measure every site; what does not depend on the target is measured once."""
    usual = load_scenario(scenario_names()[0]).target_mw
    known = None if target_mw == usual else metrics(usual)
    return measure_sites(sites(), layers(), question(target_mw), known)


@st.cache_data(show_spinner="Looking back", max_entries=20)
def backtest(scenario: str, target_mw: float) -> Backtest:
    """Look back to the usual dates with a scenario by its name; sliders do not move it."""
    return look_back(
        sites(),
        layers(),
        read_conversions(),
        load_scenario(scenario),
        origin=scenario_origin(scenario),
        target_mw=target_mw,
        windows=windows([], SOURCE.vintage, SOURCE.vintage),
    )


# an assessment is large and its choice says it all: the key stands for it


@st.cache_data(show_spinner="Drawing weights, metrics and anchors", max_entries=50)
def robust(key: str, uncertainty: Uncertainty, _assessment: Assessment) -> Robustness:
    """Rank the sites of a choice anew in every draw."""
    del key
    return robustness(_assessment, uncertainty)


@st.cache_data(show_spinner=False, max_entries=50)
def won(
    key: str, uncertainty: Uncertainty, sites: list[str], _assessment: Assessment
) -> pd.DataFrame:
    """Say how often each of some sites beats each other."""
    del key
    return win_probability(_assessment, pd.Index(sites), uncertainty)


@st.cache_data(show_spinner=False, max_entries=50)
def information(key: str, top: int, _assessment: Assessment) -> pd.DataFrame:
    """Say what to find out first."""
    del key
    return value_of_information(_assessment, top)
