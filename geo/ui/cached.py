"""What the pages share and need not compute again until the data change: sessions get copies.

What the first page does without is brought in where it is asked for.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from geo.assess import Assessment, assess
from geo.errors import CannotDoError
from geo.gazetteer import gazetteer
from geo.kept_draws import KeptDraws
from geo.metrics import Metrics, measure_sites, together
from geo.question import Question
from geo.report import ranked_table
from geo.robustness import Robustness, Uncertainty, robustness, win_probability
from geo.scenario import load_scenario, scenario_names, scenario_origin
from geo.sites import embedded_sites
from geo.store_words import stored_ids
from geo.ui import memory
from layers import LayerError, LoadedLayer, default_store, load_layers, read_conversions
from layers.sources.rewatt_curated import SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from geo.backtest import Backtest
    from geo.data_diff import DataDiff
    from geo.store_status import Status
    from layers import Layers


_SITUATIONS = 10
"""Targets and scenarios that are kept: each user at work may be on one of their own."""
_ANSWERS = 10
"""Answers that are kept of a kind: no two users set the same weights, but one goes back a step."""

Versions = tuple[str, tuple[tuple[str, str], ...]]


def versions() -> Versions:
    """Name the versions in use: part of every key, so that a fetch shows at the next reload.

    Raises
    ------
    CannotDoError
        If what is stored cannot be read.
    """
    try:
        store = default_store()
        ids = {name: store.ids(name)[0] for name in stored_ids(store)}
    except LayerError as error:
        raise CannotDoError(str(error)) from error
    return str(store.folder), tuple((name, one) for name, one in ids.items() if one is not None)


def layers() -> dict[str, LoadedLayer]:
    """Give the layers as they are stored now.

    Tables are copies that pandas makes when they are written to: to read them costs nothing.

    Raises
    ------
    CannotDoError
        If what is stored cannot be read.
    """
    return {
        key: replace(one, table=one.table.copy(deep=False))
        for key, one in _layers(versions()).items()
    }


@st.cache_resource(show_spinner="Reading the tables", max_entries=3)
def _layers(stored: Versions) -> dict[str, LoadedLayer]:
    del stored
    try:
        return load_layers()
    except LayerError as error:
        raise CannotDoError(str(error)) from error


def sites() -> pd.DataFrame:
    """Give the listed sites; a copy as that of the layers is."""
    return _sites(versions()).copy(deep=False)


@st.cache_resource(show_spinner="Reading the sites", max_entries=3)
def _sites(stored: Versions) -> pd.DataFrame:
    return embedded_sites(_layers(stored))


def places() -> pd.DataFrame:
    """Give what can be found by its name, as `geo.gazetteer.gazetteer`."""
    return _places(versions())


@st.cache_data(show_spinner=False, max_entries=3)
def _places(stored: Versions) -> pd.DataFrame:
    return gazetteer(_layers(stored))


def question(target_mw: float) -> Question:
    """Give the question for a target, as of the data's vintage."""
    return Question(target_mw, SOURCE.vintage)


def metrics(target_mw: float) -> Metrics:
    """Measure every site; what does not depend on the target is measured once."""
    return _metrics(target_mw, versions())


@st.cache_data(show_spinner="Measuring the sites", max_entries=_SITUATIONS)
def _metrics(target_mw: float, stored: Versions) -> Metrics:
    usual = load_scenario(scenario_names()[0]).target_mw
    known = None if target_mw == usual else _metrics(usual, stored)
    return measure_sites(_sites(stored), _layers(stored), question(target_mw), known)


def assessed(scenario: str, target_mw: float, own: pd.DataFrame | None) -> Assessment:
    """Assess the listed sites, and the user's own beside them, with a scenario's own weights.

    Whoever moves weights takes `Assessment.weighed` of it: nothing is measured or judged again.

    Parameters
    ----------
    scenario, target_mw
        The scenario by its name; the target.
    own
        As `geo.ui.scratch.own_sites` gives them; their content is the key, so that nobody is
        given another's.

    Returns
    -------
    assessment
        Shared, and not to be written to: `part` gives copies.
    """
    return _assessed(scenario, target_mw, versions(), own)


def part(scenario: str, target_mw: float, own: pd.DataFrame | None, found: pd.Index) -> Assessment:
    """Give what `assessed` gives, of some of the sites; copies as those of the layers are."""
    one = _part(scenario, target_mw, versions(), own, tuple(found))
    return replace(
        one,
        sites=one.sites.copy(deep=False),
        metrics=_copies(one.metrics),
        scores=_copies(one.scores),
        gates={gate: judged.copy(deep=False) for gate, judged in one.gates.items()},
    )


def _copies(tables: Any) -> Any:  # noqa: ANN401 - any dataclass of tables, and the same again
    names = [one.name for one in fields(tables)]
    return replace(tables, **{name: getattr(tables, name).copy(deep=False) for name in names})


@st.cache_resource(show_spinner=False, max_entries=_SITUATIONS)
def _part(
    scenario: str,
    target_mw: float,
    stored: Versions,
    own: pd.DataFrame | None,
    found: tuple[str, ...],
) -> Assessment:
    return _assessed(scenario, target_mw, stored, own).only(pd.Index(found))


@st.cache_resource(show_spinner="Judging the sites", max_entries=_SITUATIONS)
def _assessed(
    scenario: str, target_mw: float, stored: Versions, own: pd.DataFrame | None
) -> Assessment:
    listed, measured = _sites(stored), _metrics(target_mw, stored)
    if own is not None:
        # listed sites are measured once for everybody, and no site's metrics rest on another's
        measured = together(measured, _own_metrics(own, target_mw, stored))
        listed = pd.concat([listed, own])
    return assess(
        listed, _layers(stored), load_scenario(scenario), question(target_mw), metrics=measured
    )


@st.cache_data(show_spinner="Measuring your sites", max_entries=_SITUATIONS)
def _own_metrics(own: pd.DataFrame, target_mw: float, stored: Versions) -> Metrics:
    return measure_sites(own, _layers(stored), question(target_mw))


def backtest(scenario: str, target_mw: float) -> Backtest:
    """Look back to the usual dates with a scenario by its name; sliders do not move it."""
    return _backtest(scenario, target_mw, versions())


@st.cache_data(show_spinner="Looking back", max_entries=_ANSWERS)
def _backtest(scenario: str, target_mw: float, stored: Versions) -> Backtest:
    from geo.backtest import backtest as look_back
    from geo.backtest_cohort import windows

    return look_back(
        _sites(stored),
        _layers(stored),
        read_conversions(),
        load_scenario(scenario),
        origin=scenario_origin(scenario),
        target_mw=target_mw,
        windows=windows([], SOURCE.vintage, SOURCE.vintage),
    )


def status(today: date) -> Status:
    """Say what there is of every layer and source."""
    return _status(today, versions())


@st.cache_data(show_spinner="Looking at what is stored", max_entries=3)
def _status(today: date, stored: Versions) -> Status:
    from geo.store_status import status as status_of

    del stored
    return status_of(default_store(), today)


@st.cache_data(show_spinner="Comparing with what was there before", max_entries=10)
def diff(key: str, against: str, _judged: Callable[[Layers], Assessment]) -> DataDiff:
    """Say what changed in the data and which ranks of a choice that moved."""
    from geo.data_diff import data_diff, store_before

    del key
    store = default_store()
    names = stored_ids(store)
    return data_diff(store_before(store, names, against), store, names, _judged)


@st.cache_resource(show_spinner=False)
def settle(path: str) -> None:
    """Take what a page brought in for what stays; once for each page."""
    del path
    memory.settle()


# an assessment is large and its choice says it all: the key stands for it


@st.cache_data(show_spinner="Drawing weights, metrics and anchors", max_entries=_ANSWERS)
def robust(key: str, uncertainty: Uncertainty, _assessment: Assessment) -> Robustness:
    """Rank the sites of a choice anew in every draw."""
    del key
    kept = _kept_draws()
    before = kept.drawn
    found = robustness(_assessment, uncertainty, kept)
    if kept.drawn > before:  # much was let go of
        memory.give_back()
    return found


@st.cache_resource(show_spinner=False)
def _kept_draws() -> KeptDraws:
    return KeptDraws()  # one for all: it cannot be written to, and no user's weights are in it


def ranked(unweighed_key: str, robust: Robustness, assessment: Assessment) -> pd.DataFrame:
    """Give the ranked table of a choice; what no weight moves in it is gathered once."""
    return ranked_table(assessment, robust, settled=_settled(unweighed_key, assessment))


@st.cache_resource(show_spinner=False, max_entries=_SITUATIONS)
def _settled(key: str, _assessment: Assessment) -> pd.DataFrame:
    del key
    return ranked_table(_assessment)  # whoever ranks by it takes copies


@st.cache_data(show_spinner=False, max_entries=_ANSWERS)
def won(
    key: str, uncertainty: Uncertainty, sites: list[str], _assessment: Assessment
) -> pd.DataFrame:
    """Say how often each of some sites beats each other."""
    del key
    return win_probability(_assessment, pd.Index(sites), uncertainty)


@st.cache_data(show_spinner=False, max_entries=_ANSWERS)
def information(key: str, top: int, _assessment: Assessment) -> pd.DataFrame:
    """Say what to find out first."""
    from geo.information import value_of_information

    del key
    return value_of_information(_assessment, top)
