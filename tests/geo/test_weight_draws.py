"""Draws of weights, against the distributions they are meant to have."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from scipy import stats

from geo.errors import AskedWronglyError
from geo.weight_draws import check_intervals, uniform_weights, weights_around, weights_within

DRAWS = 20_000
NAN = np.nan


@pytest.mark.parametrize("m", [2, 3, 13])
def test_uniform_weights_have_the_margins_of_the_simplex(m):
    """Each is Beta(1, m - 1): the share of the simplex that lies beyond it."""
    weights = uniform_weights(m, DRAWS, seed=1)
    assert np.allclose(weights.sum(axis=1), 1)
    for one in weights.T:
        assert stats.kstest(one, stats.beta(1, m - 1).cdf).pvalue > 1e-4


def test_weights_around_shares_are_dirichlet():
    """Each is Beta(c s, c (1 - s)), and two of them go together as scipy's Dirichlet says."""
    shares, concentration = np.array([0.5, 0.3, 0.2, 0.0]), 30.0
    weights = weights_around(shares, concentration, DRAWS, seed=2)
    assert np.allclose(weights.sum(axis=1), 1)
    assert (weights[:, 3] == 0).all()
    for one, share in zip(weights.T[:3], shares, strict=False):
        margin = stats.beta(concentration * share, concentration * (1 - share))
        assert stats.kstest(one, margin.cdf).pvalue > 1e-4
    expected = stats.dirichlet(concentration * shares[:3])
    assert np.allclose(weights[:, :3].mean(axis=0), expected.mean(), atol=0.003)
    assert np.allclose(np.cov(weights[:, :3].T), expected.cov(), atol=0.0003)


def test_tiny_concentrations_stay_on_the_simplex():
    weights = weights_around(np.array([0.9, 0.05, 0.05]), 0.01, 2000, seed=0)
    assert np.isfinite(weights).all()
    assert np.allclose(weights.sum(axis=1), 1)


INTERVALS = {"a": (0.1, 0.5), "b": (0.2, 0.45), "c": (0.0, 0.4)}


def _polygon():
    """Give the weights of a and b that the intervals leave: c is what is left of 1."""
    box = shapely.box(0.1, 0.2, 0.5, 0.45)
    far = 2
    least_c = shapely.Polygon([(-far, -far), (1 + far, -far), (-far, 1 + far)])  # a + b <= 1
    most_c = shapely.Polygon([(0.6 - far, far), (far, 0.6 - far), (far, far)])  # a + b >= 0.6
    return box & least_c & most_c


def test_weights_within_intervals_are_uniform_on_the_polygon():
    """Means are the polygon's centroid, and parts of it are hit as often as they are large."""
    polygon = _polygon()
    weights = weights_within(INTERVALS, DRAWS, seed=3)
    assert np.allclose(weights.sum(axis=1), 1)
    for one, (low, high) in zip(weights.T, INTERVALS.values(), strict=True):
        assert low - 1e-12 <= one.min()
        assert one.max() <= high + 1e-12
    assert weights[:, 0].mean() == pytest.approx(polygon.centroid.x, abs=0.003)
    assert weights[:, 1].mean() == pytest.approx(polygon.centroid.y, abs=0.003)
    for cut in (0.25, 0.3, 0.4):
        part = (polygon & shapely.box(0, 0, cut, 1)).area / polygon.area
        assert (weights[:, 0] <= cut).mean() == pytest.approx(part, abs=0.015)


def test_weights_within_many_intervals_are_those_of_rejection():
    """Thirteen criteria, against draws from the whole simplex of which most are thrown away."""
    intervals = {f"c{i}": (0.0, 0.16) if i < 3 else (0.01, 1.0) for i in range(13)}
    low, high = np.array(list(intervals.values())).T
    drawn = np.random.default_rng(5).dirichlet(np.ones(13), 400_000)
    drawn = low + (1 - low.sum()) * drawn
    kept = drawn[(drawn <= high).all(axis=1)]
    weights = weights_within(intervals, DRAWS, seed=4)
    for ours, theirs in zip(weights.T, kept.T, strict=True):
        assert stats.ks_2samp(ours, theirs).pvalue > 1e-4


def test_intervals_that_leave_one_choice_give_it():
    weights = weights_within({"a": (0.4, 0.4), "b": (0.6, 0.6)}, 10, seed=0)
    assert np.allclose(weights, [0.4, 0.6])


def test_all_breaches_of_intervals_are_named_at_once():
    given = {"a": [0.5, 0.1], "b": "x", "z": [0, 1], "c": [0.1, True]}
    with pytest.raises(AskedWronglyError, match=r"(?s)a: found.*b: found.*'z' is not a crit.*c:"):
        check_intervals(given, ("a", "b", "c"))


@pytest.mark.parametrize("pair", [[0.6, 0.7], [0.0, 0.3]])
def test_intervals_that_cannot_add_up_to_one_are_refused(pair):
    with pytest.raises(AskedWronglyError, match="shares add up to 1, but these to"):
        check_intervals({"a": pair, "b": pair}, ("a", "b"))


def test_the_same_seed_gives_the_same_weights_and_another_one_others():
    for draw in (
        lambda seed: uniform_weights(4, 100, seed),
        lambda seed: weights_around(np.full(4, 0.25), 30, 100, seed),
        lambda seed: weights_within(INTERVALS, 100, seed),
    ):
        assert (draw(7) == draw(7)).all()
        assert not (draw(7) == draw(8)).all()


@pytest.mark.parametrize("concentration", [0.5, 2.0])
def test_weights_around_shares_are_dirichlet_where_the_boost_matters(concentration):
    shares = np.array([0.5, 0.3, 0.2])
    weights = weights_around(shares, concentration, DRAWS, seed=2)
    for one, share in zip(weights.T, shares, strict=True):
        margin = stats.beta(concentration * share, concentration * (1 - share))
        assert stats.kstest(one, margin.cdf).pvalue > 1e-4


def test_a_walk_leaves_a_corner_behind():
    """One share starts far from where it has to be: a simplex below a cap it hardly meets."""
    intervals = {"a": (0.0, 1.0), **{f"c{i}": (0.0, 0.02) for i in range(12)}}
    drawn = 0.02 * np.random.default_rng(5).random((DRAWS, 12))  # a is what is left of 1
    weights = weights_within(intervals, DRAWS, seed=4)
    for ours, theirs in zip(weights.T[1:], drawn.T, strict=True):
        assert stats.ks_2samp(ours, theirs).pvalue > 1e-4
    assert stats.ks_2samp(weights[:, 0], 1 - drawn.sum(axis=1)).pvalue > 1e-4


@pytest.mark.parametrize(
    "given",
    [
        {"a": [0.3333333333, 0.3333333333], "b": [0.3333333333, 0.3333333333],
         "c": [0.3333333333, 0.3333333333]},
        {"a": [0.4, 0.4], "b": [0.0, 1.0]},
    ],
    ids=["thirds as written", "a point and a range"],
)  # fmt: skip
def test_intervals_that_can_add_up_to_one_are_taken(given):
    assert list(check_intervals(given, ("a", "b", "c"))) == list(given)


@pytest.mark.parametrize("pair", [[0.1, 0.2, 0.3], [-0.1, 0.5], [0.5, 1.1], [NAN, 1.0], [True, 1]])
def test_a_pair_that_is_no_interval_is_refused(pair):
    with pytest.raises(AskedWronglyError, match=r"a: found .*, expected \[least, most\] within"):
        check_intervals({"a": pair, "b": [0.0, 1.0]}, ("a", "b"))


def test_shares_of_96_percent_are_refused():
    with pytest.raises(AskedWronglyError, match=r"these to 0\.96 at least and 0\.96 at most"):
        check_intervals({name: [0.32, 0.32] for name in "abc"}, ("a", "b", "c"))
