"""Scores and ranks: arithmetic by hand, and what a decision-maker relies on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.criteria import CRITERIA
from geo.metrics import Metrics, utilities
from geo.ranking import in_order, rank_sites
from geo.scoring import score_sites

NAN = float("nan")


def test_by_hand():
    """Shares .5, .3, .2: .5 x .8 + .2 x .5 = .5 proven; the unknown could add .3."""
    proven = pd.DataFrame({"a": [0.8], "b": [NAN], "c": [0.5]})
    possible = pd.DataFrame({"a": [0.8], "b": [1.0], "c": [0.5]})
    scores = score_sites(proven, possible, {"a": 0.5, "b": 0.3, "c": 0.2})
    assert scores.score[0] == pytest.approx(0.5)
    assert scores.potential[0] == pytest.approx(0.8)
    assert scores.coverage[0] == pytest.approx(0.7)
    assert scores.contributions.loc[0].tolist() == pytest.approx([0.4, 0, 0.1])


def test_ranks_share_ties_and_skip():
    score = pd.Series({"d": 0.5, "b": 0.9, "a": 0.5, "c": 0.1, "x": 1.0})
    rank = rank_sites(score, rankable=score.index != "x")
    assert rank.drop("x").to_dict() == {"d": 2, "b": 1, "a": 2, "c": 4}
    assert pd.isna(rank["x"])
    assert in_order(rank).tolist() == ["b", "a", "d", "c", "x"]


def test_contributions_explain_the_score(assessment):
    scores = assessment.scores
    assert np.abs(scores.contributions.sum(axis=1) - scores.score).max() < 1e-9


def test_score_potential_and_coverage_are_fractions_in_order(assessment):
    scores = assessment.scores
    for one in (scores.score, scores.potential, scores.coverage):
        assert one.between(0, 1 + 1e-12).all()
    assert (scores.score <= scores.potential + 1e-12).all()


def test_ranges_hold_their_estimates(assessment):
    value, low, high = assessment.metrics.value, assessment.metrics.low, assessment.metrics.high
    assert not (low > high).any(axis=None)
    assert not (value < low - 1e-9).any(axis=None)
    assert not (value > high + 1e-9).any(axis=None)


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda one: one.id)
@given(st.floats(0, 5000), st.floats(0, 5000))
@settings(max_examples=100, deadline=None)
def test_improving_a_metric_never_lowers_its_worth(criterion, a, b):
    low, high = criterion.utility(np.array(sorted((a, b))))
    assert low <= high if criterion.utility.rises else low >= high


def known(value, low, high):
    table = {one.id: [NAN] for one in CRITERIA}
    frames = [pd.DataFrame(table | {"energised_capacity": [cell]}) for cell in (value, low, high)]
    return utilities(Metrics(*frames, findings=pd.DataFrame(), options=pd.DataFrame()))


@given(st.floats(0, 2000), st.floats(0, 2000), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_finding_out_moves_the_worth_within_what_was_possible(a, b, where):
    low, high = sorted((a, b))
    proven, possible = (table["energised_capacity"][0] for table in known(NAN, low, high))
    truth = low + where * (high - low)
    exact = known(truth, truth, truth)[0]["energised_capacity"][0]
    assert np.nan_to_num(proven) - 1e-12 <= exact <= possible + 1e-12


def test_an_unknown_adds_nothing_and_may_be_the_best():
    proven, possible = known(NAN, NAN, NAN)
    assert proven.isna().all(axis=None)
    assert (possible == 1).all(axis=None)
