"""The back-test's measures: against scikit-learn, by hand, by enumeration and by simulation."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu
from sklearn.metrics import average_precision_score, roc_auc_score

from geo.backtest_metrics import (
    MEASURES,
    auc,
    average_precision,
    expected_by_chance,
    group,
    hits_at,
    intervals,
    mean_reciprocal_rank,
    measures,
    p_value,
    resample,
    shuffles,
)


@st.composite
def cases(draw):
    """Few levels, so that most sites are tied with others; at least one of each kind."""
    n = draw(st.integers(2, 60))
    levels = draw(st.integers(1, 12))
    worth = draw(st.lists(st.integers(0, levels), min_size=n, max_size=n))
    won = draw(st.lists(st.booleans(), min_size=n, max_size=n).filter(lambda x: 0 < sum(x) < n))
    return np.array(worth, dtype=float) / 7, np.array(won)


@given(cases())
@settings(max_examples=400, deadline=None)
def test_auc_and_average_precision_are_those_of_scikit_learn(case):
    worth, won = case
    counted = group(worth, won)
    assert auc(counted) == pytest.approx(roc_auc_score(won, worth), abs=1e-12)
    assert average_precision(counted) == pytest.approx(
        average_precision_score(won, worth), abs=1e-12
    )


@given(cases(), st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_counting_a_site_several_times_is_a_weight_of_scikit_learn(case, seed):
    worth, won = case
    times = np.random.default_rng(seed).integers(1, 4, len(won))
    counted = group(worth, won, times)
    repeated = np.repeat(worth, times), np.repeat(won, times)
    assert auc(counted) == pytest.approx(roc_auc_score(repeated[1], repeated[0]), abs=1e-12)
    assert average_precision(counted) == pytest.approx(
        average_precision_score(won, worth, sample_weight=times), abs=1e-12
    )


@given(cases())
@settings(max_examples=100, deadline=None)
def test_auc_is_the_mann_whitney_statistic_of_scipy_over_the_pairs(case):
    worth, won = case
    u = mannwhitneyu(worth[won], worth[~won], method="asymptotic").statistic
    assert auc(group(worth, won)) == pytest.approx(u / (won.sum() * (~won).sum()), abs=1e-12)


def test_an_unknown_worth_stands_behind_everything():
    worth, won = np.array([np.nan, 1.0, np.nan, 2.0]), np.array([False, False, False, True])
    assert auc(group(worth, won)) == roc_auc_score(won, [0, 1, 0, 2]) == 1


def test_precision_recall_and_reciprocal_rank_by_hand():
    """Winners at 1, 3 and 4 of five: two of the first three; (1 + 1/3 + 1/4)/3."""
    worth, won = np.array([9.0, 8, 7, 6, 5]), np.array([True, False, True, True, False])
    found = dict(zip(MEASURES, measures(group(worth, won), 3), strict=True))
    assert found["precision_at_k"] == pytest.approx(2 / 3)
    assert found["recall_at_k"] == pytest.approx(2 / 3)
    assert found["mean_reciprocal_rank"] == pytest.approx((1 + 1 / 3 + 1 / 4) / 3)


def test_of_fewer_sites_than_k_precision_is_over_all():
    worth, won = np.array([2.0, 1.0]), np.array([True, False])
    found = dict(zip(MEASURES, measures(group(worth, won), 10), strict=True))
    assert found["precision_at_k"] == 0.5
    assert found["recall_at_k"] == 1


@pytest.mark.parametrize("levels", [[1, 1, 1, 0, 0, 2], [0, 0, 0, 0, 0, 0], [3, 2, 2, 1, 1, 1]])
def test_equals_count_with_the_expectation_over_their_orders(levels):
    """Every order of the equals is tried out, and the mean taken."""
    worth = np.array(levels, dtype=float)
    won = np.array([True, False, True, False, True, False])
    hits, reciprocal = [], []
    for tie_break in permutations(range(6)):
        order = np.lexsort((tie_break, -worth))
        places = 1 + np.flatnonzero(won[order])
        hits.append((places <= 2).sum())
        reciprocal.append((1 / places).mean())
    counted = group(worth, won)
    assert hits_at(counted, 2) == pytest.approx(np.mean(hits))
    assert mean_reciprocal_rank(counted) == pytest.approx(np.mean(reciprocal))


@pytest.mark.parametrize(("n", "n_winners", "k"), [(6, 2, 3), (7, 1, 10), (6, 5, 2), (5, 4, 5)])
def test_what_chance_gives_is_the_mean_over_all_orders(n, n_winners, k):
    won = np.arange(n) < n_winners
    found = [
        measures(group(np.array(order, dtype=float), won), k) for order in permutations(range(n))
    ]
    assert expected_by_chance(n_winners, n - n_winners, k) == pytest.approx(np.mean(found, axis=0))


def test_several_labellings_at_once_are_each_one_alone():
    rng = np.random.default_rng(3)
    worth, won = rng.integers(0, 5, 30).astype(float), rng.random(30) < 0.4
    shuffled = shuffles(won, 50, rng)
    together = measures(group(worth, shuffled), 5)
    assert (shuffled.sum(axis=1) == won.sum()).all()
    for row, label in zip(together, shuffled, strict=True):
        assert row == pytest.approx(measures(group(worth, label), 5), abs=1e-15)


def test_a_company_is_drawn_with_all_its_sites():
    rng = np.random.default_rng(5)
    cluster = np.array(["a", "b", "a", "c", "b", "a"], dtype=object)
    won = np.array([True, False, False, True, False, False])
    drawn = resample(cluster, won, 400, rng)
    times = drawn.times
    for name in "abc":
        mine = times[:, cluster == name]
        assert (mine == mine[:, :1]).all()
    # three companies are drawn each time, and each is drawn once on average if none is refused
    assert (times[:, 0] + times[:, 1] + times[:, 3] == 3).all()


def test_resamples_without_a_winner_or_another_are_drawn_again_and_counted():
    """Of two companies, one all winners, every second resample holds one company only."""
    cluster = np.array(["a", "a", "b"], dtype=object)
    won = np.array([True, True, False])
    drawn = resample(cluster, won, 4000, np.random.default_rng(7))
    assert (drawn.times == 1).all()
    assert drawn.times.shape == (4000, 3)
    assert drawn.redrawn == pytest.approx(4000, rel=0.1)


def test_the_interval_covers_a_known_auc_of_clustered_data():
    """Worth and outcome share a part by company; the true AUC is that of a huge sample.

    A percentile bootstrap of 40 companies covers somewhat less than its nominal 90 %; drawing
    sites instead of companies would cover far less, which is shown, too.
    """
    rng = np.random.default_rng(11)

    def sample(companies):
        cluster = np.repeat(np.arange(companies), 5)
        shared = rng.normal(size=companies)[cluster]
        worth = shared + 0.3 * rng.normal(size=cluster.size)
        won = shared + 0.8 * rng.normal(size=cluster.size) > 0.7
        return cluster.astype(str).astype(object), worth, won

    _, worth, won = sample(200_000)
    truth = roc_auc_score(won, worth)
    covered = {"companies": 0, "sites": 0}
    for _ in range(300):
        cluster, worth, won = sample(40)
        alone = np.arange(cluster.size).astype(str).astype(object)
        for name, unit in (("companies", cluster), ("sites", alone)):
            low, high = intervals(worth, won, resample(unit, won, 300, rng), 10)
            covered[name] += low[0] <= truth <= high[0]
    assert 0.82 <= covered["companies"] / 300 <= 0.96
    assert covered["sites"] < covered["companies"] - 15


def test_p_values_of_chance_are_uniform_and_never_0():
    rng = np.random.default_rng(13)
    found = []
    for _ in range(400):
        worth, won = rng.random(40), np.arange(40) < 12
        found.append(p_value(worth, won, shuffles(won, 199, rng)))
    assert min(found) >= 1 / 200
    for share in (0.1, 0.5, 0.9):
        assert np.mean(np.array(found) <= share) == pytest.approx(share, abs=0.06)


def test_the_p_value_by_hand():
    """Of the shuffles given, two are at least as good: (1 + 2)/(1 + 4)."""
    worth, won = np.array([3.0, 2, 1]), np.array([False, True, False])
    shuffled = np.eye(3, dtype=bool)[[0, 1, 2, 2]]
    assert p_value(worth, won, shuffled) == pytest.approx(3 / 5)


def test_the_same_seed_gives_the_same_bytes():
    won = np.arange(30) % 3 == 0
    cluster = (np.arange(30) % 7).astype(str).astype(object)

    def run(seed):
        rng = np.random.default_rng(seed)
        return resample(cluster, won, 50, rng).times.tobytes() + shuffles(won, 50, rng).tobytes()

    assert run(1) == run(1)
    assert run(1) != run(2)
