"""Ranks over many weights: against areas on the simplex, and against one ranking at a time."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis.extra import numpy as arrays
from scipy import stats

from geo import rank_counts
from geo.rank_counts import RankCounts, bin_shift, count_block, count_ranks, count_top
from geo.ranking import rank_sites
from geo.scoring import score_sites
from geo.weight_draws import uniform_weights

PARTS = ("total", "in_top", "first", "histogram", "firsts")


def slowly(utilities, weights):
    """Rank one draw at a time, as scipy ranks."""
    return np.array(
        [stats.rankdata(-np.round(utilities @ one, 12), method="min") for one in weights]
    )


def test_two_criteria_split_the_segment_where_the_lines_cross():
    """w + 0 (1 - w) beats .3 w + .6 (1 - w) from w = 6/13 on."""
    counts = count_ranks(np.array([[1.0, 0.0], [0.3, 0.6]]), uniform_weights(2, 200_000, 0), 1)
    assert counts.first / counts.draws == pytest.approx([7 / 13, 6 / 13], abs=0.005)
    middle = (6 / 13 + 1) / 2
    assert counts.central_weights()[0] == pytest.approx([middle, 1 - middle], abs=0.003)


def half_plane(better, worse):
    """Give where, among the first two of three weights, one site beats another."""
    a, b = (better - worse)[:2] - (better - worse)[2]
    c = (better - worse)[2]  # a x + b y + c > 0
    normal = np.array([a, b]) / np.hypot(a, b)
    foot = -c * normal / np.hypot(a, b)
    along = np.array([-normal[1], normal[0]])
    far = 10
    return shapely.Polygon(
        [foot + far * along, foot - far * along, foot - far * along + far * normal,
         foot + far * along + far * normal]
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_three_criteria_split_the_triangle_into_polygons(seed):
    """Shares of first places are areas, central weights centroids, wins half-planes."""
    utilities = np.random.default_rng(seed).random((5, 3))
    triangle = shapely.Polygon([(0, 0), (1, 0), (0, 1)])
    counts = count_ranks(utilities, uniform_weights(3, 400_000, seed), 2)
    expected_rank = np.ones(5)
    for i in range(5):
        region = triangle
        for j in range(5):
            if i != j:
                region &= half_plane(utilities[i], utilities[j])
                lost = triangle & half_plane(utilities[j], utilities[i])
                expected_rank[i] += lost.area / triangle.area
        share = region.area / triangle.area
        assert counts.first[i] / counts.draws == pytest.approx(share, abs=0.005)
        if share > 0.01:
            x, y = region.centroid.x, region.centroid.y
            central = counts.central_weights()[i]
            assert central == pytest.approx([x, y, 1 - x - y], abs=0.01)
    assert counts.expected == pytest.approx(expected_rank, abs=0.01)


def utilities_and_weights():
    def sized(shape):
        n, m, draws = shape
        grid = st.integers(0, 4).map(lambda step: step / 4)  # many equal scores
        return st.tuples(
            arrays.arrays(float, (n, m), elements=grid),
            st.integers(0, 99).map(lambda seed: uniform_weights(m, draws, seed)),
        )

    return st.tuples(st.integers(1, 30), st.integers(1, 4), st.integers(1, 40)).flatmap(sized)


def check_against_slow(counts, ranks, top):
    draws, n = ranks.shape
    assert counts.draws == draws
    assert (counts.total == ranks.sum(axis=0)).all()
    assert (counts.in_top == (ranks <= top).sum(axis=0)).all()
    assert (counts.first == (ranks == 1).sum(axis=0)).all()
    assert (counts.histogram.sum(axis=1) == draws).all()
    for rank in range(1, n + 1):
        if not counts.shift:
            assert (counts.histogram[:, rank - 1] == (ranks == rank).sum(axis=0)).all()


@settings(deadline=None)
@given(utilities_and_weights())
def test_counts_are_those_of_one_ranking_at_a_time(drawn):
    utilities, weights = drawn
    # scores to the digits in which a ranking compares them, so that equals are equal
    scores = np.round(weights @ utilities.T, 12)
    check_against_slow(count_block(scores, weights, 3), slowly(utilities, weights), 3)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("least", [0.0, -1.0])
def test_scores_of_either_precision_are_ranked_as_pandas_ranks_them(kind, least):
    random = np.random.default_rng(3)
    scores = random.uniform(least, 1, (60, 25)).astype(kind)
    scores[::2] = scores[::2].round(1)  # many equal, and zeros of either sign
    scores[4] = 0.5
    weights = uniform_weights(3, len(scores), 1)
    counts = count_block(scores, weights, 3)
    ranks = pd.DataFrame(scores).rank(axis=1, method="min", ascending=False).to_numpy(int)
    check_against_slow(counts, ranks, 3)
    for site in range(25):
        led = np.rint(weights[ranks[:, site] == 1] * 2**40).sum(axis=0)
        assert (counts.firsts[site] == led).all()


@settings(deadline=None, max_examples=30)
@given(utilities_and_weights())
def test_compiled_counts_are_those_of_numpy(drawn):
    utilities, weights = drawn
    plain = count_ranks(utilities, weights, 3)
    limit, rank_counts.LARGE = rank_counts.LARGE, 0
    try:
        compiled = count_ranks(utilities, weights, 3)
    finally:
        rank_counts.LARGE = limit
    for part in PARTS:
        assert (getattr(plain, part) == getattr(compiled, part)).all(), part
    best = count_top(utilities, weights, 3)
    for part in ("in_top", "first", "firsts"):
        assert (getattr(plain, part) == getattr(best, part)).all(), part


@pytest.mark.parametrize(
    "utilities",
    [
        np.full((500, 3), 0.5),  # all equal
        np.vstack([np.ones((1, 3)), 0.5 + 1e-9 * np.random.default_rng(0).random((900, 3))]),
        np.random.default_rng(1).random((3000, 8)),
        np.random.default_rng(2).random((3000, 8)).round(1),
    ],
    ids=["equal", "one far off", "spread", "rounded"],
)
def test_compiled_ranks_of_awkward_scores(utilities, monkeypatch):
    weights = uniform_weights(utilities.shape[1], 300, 0)
    plain = count_ranks(utilities, weights, 10)
    monkeypatch.setattr(rank_counts, "LARGE", 0)
    compiled = count_ranks(utilities, weights, 10)
    for part in PARTS:
        assert (getattr(plain, part) == getattr(compiled, part)).all(), part
    assert (count_top(utilities, weights, 10).in_top == plain.in_top).all()


def test_the_number_of_threads_changes_no_byte(monkeypatch):
    utilities, weights = np.random.default_rng(3).random((2000, 5)), uniform_weights(5, 3000, 1)
    counted = []
    for many in (1, 2, 7):
        monkeypatch.setattr(rank_counts, "threads", lambda many=many: many)
        counted.append(count_ranks(utilities, weights, 10))
    for part in PARTS:
        assert all(
            getattr(one, part).tobytes() == getattr(counted[0], part).tobytes() for one in counted
        )


def test_intervals_hold_what_they_promise():
    utilities, weights = np.random.default_rng(4).random((40, 6)), uniform_weights(6, 4000, 2)
    counts = count_ranks(utilities, weights)
    ranks = slowly(utilities, weights)
    low, high = counts.interval(0.9)
    assert ((ranks < low).mean(axis=0) <= 0.05).all()
    assert ((ranks > high).mean(axis=0) <= 0.05).all()
    # and they are the narrowest that do, a rank more on either side would leave out too many
    assert ((ranks <= low).mean(axis=0) >= 0.05).all()
    assert ((ranks >= high).mean(axis=0) >= 0.05).all()


def test_intervals_of_many_sites_are_rounded_outwards(monkeypatch):
    utilities, weights = np.random.default_rng(5).random((300, 6)), uniform_weights(6, 1000, 2)
    exact = count_ranks(utilities, weights).interval(0.9)
    monkeypatch.setattr(rank_counts, "MOST_BINS", 100)
    counts = count_ranks(utilities, weights)
    low, high = counts.interval(0.9)
    assert counts.shift == 2
    assert ((exact[0] - 4 < low) & (low <= exact[0])).all()
    assert ((exact[1] <= high) & (high < exact[1] + 4)).all()
    assert (counts.total == slowly(utilities, weights).sum(axis=0)).all()
    with pytest.raises(ValueError, match="counted in bins: select at most"):
        _ = counts.acceptability


@settings(deadline=None)
@given(utilities_and_weights())
def test_a_dominated_site_is_never_above_its_dominator(drawn):
    utilities, weights = drawn
    counts = count_ranks(utilities, weights, 3)
    for i, better in enumerate(utilities):
        for j, worse in enumerate(utilities):
            if (better >= worse).all():
                assert counts.expected[i] <= counts.expected[j]
                assert counts.first[i] >= counts.first[j]
                assert counts.in_top[i] >= counts.in_top[j]


def counted(histogram):
    """Give counts of a histogram written down by hand."""
    histogram = np.array(histogram)
    n, draws = len(histogram), int(histogram[0].sum())
    nothing = np.zeros(n, np.int64)
    return RankCounts(draws, 1, nothing, nothing, nothing, histogram, 0, np.zeros((n, 1), int))


@pytest.mark.parametrize("draws", [20, 100, 1000, 10_000])
def test_an_interval_ends_where_a_twentieth_of_the_draws_lies_beyond(draws):
    """One draw more than a twentieth on ranks 1 and 3, one less, none."""
    tail = draws // 20
    more, fewer = tail + 1, tail - 1
    counts = counted([[more, draws - 2 * more, more], [fewer, draws - 2 * fewer, fewer],
                      [0, draws, 0]])  # fmt: skip
    low, high = counts.interval(0.9)
    assert low.tolist() == [1, 2, 2]
    assert high.tolist() == [3, 2, 2]


def test_the_last_bin_ends_at_the_last_rank(monkeypatch):
    """299 sites in bins of four: no site ranks 300th."""
    monkeypatch.setattr(rank_counts, "MOST_BINS", 100)
    utilities = np.linspace(1, 0, 299)[:, None]
    _, high = count_ranks(utilities, np.ones((20, 1))).interval(0.9)
    assert high.max() == 299


def test_a_site_that_is_never_first_has_no_central_weights():
    counts = count_ranks(np.array([[1.0, 1.0], [0.0, 0.5]]), uniform_weights(2, 100, 0))
    assert counts.central_weights()[0].sum() == pytest.approx(1)
    assert np.isnan(counts.central_weights()[1]).all()


@pytest.mark.parametrize("n", [1, 2, 1024, 1025, 65_536, 65_537, 100_000, 1_000_000])
def test_a_histogram_fits_the_memory(n):
    bins = ((n - 1) >> bin_shift(n)) + 1
    assert bins <= 1024
    assert n * bins <= 2**26
    assert bin_shift(n) == 0 or n > 1024


@pytest.mark.parametrize("many", [1, 2])
def test_more_draws_than_16_bits_hold_are_counted(many, monkeypatch):
    """The first is always first: 140,000 times on one rank, per thread more than 65,535."""
    monkeypatch.setattr(rank_counts, "LARGE", 0)
    monkeypatch.setattr(rank_counts, "threads", lambda: many)
    utilities = np.array([[1.0, 1.0], [0.5, 0.2], [0.1, 0.9]])
    counts = count_ranks(utilities, uniform_weights(2, 140_000, 0), 1)
    assert (counts.histogram.sum(axis=1) == 140_000).all()
    assert counts.histogram[0].tolist() == counts.in_top.tolist() == [140_000, 0, 0]
    assert counts.total.tolist()[0] == counts.first[0] == 140_000


def test_ranks_of_more_sites_than_16_bits_hold():
    utilities, weights = np.random.default_rng(6).random((70_000, 2)), uniform_weights(2, 60, 0)
    counts = count_ranks(utilities, weights)
    scores = np.rint(weights @ utilities.T * 2.0**40)  # the digits that are compared
    ranks = np.array([stats.rankdata(-one, method="min") for one in scores]).astype(int)
    assert (counts.total == ranks.sum(axis=0)).all()
    assert (counts.in_top == (ranks <= 10).sum(axis=0)).all()


@pytest.mark.parametrize("near", [1e-7, 3e-7, 1e-6])
def test_the_top_is_that_of_double_precision_where_single_cannot_tell(near):
    """Sites as close as the rounding of single precision: it alone would pick others."""
    utilities = 0.7 + near * np.random.default_rng(7).random((2000, 13))
    weights = uniform_weights(13, 400, 0)
    single = np.argsort(-(weights.astype(np.float32) @ utilities.T.astype(np.float32)), axis=1)
    double = np.argsort(-(weights @ utilities.T), axis=1)
    assert (np.sort(single[:, :10]) != np.sort(double[:, :10])).any()
    best, full = count_top(utilities, weights, 10), count_ranks(utilities, weights, 10)
    for part in ("in_top", "first", "firsts"):
        assert (getattr(best, part) == getattr(full, part)).all(), part


@pytest.mark.parametrize("draws", [20, 100, 1000, 10_000])
def test_an_interval_read_backwards_is_the_same(draws):
    """Ranks counted from the other end: exactly a twentieth on either side."""
    tail = draws // 20
    counts = counted([[tail, draws - 2 * tail, tail]] * 3)
    low, high = counts.interval(0.9)
    assert (low - 1).tolist() == (3 - high).tolist()


def test_one_draw_ranks_as_the_ranking_does():
    """Equal scores that sums of floats put on either side of a whole number of 2^-40."""
    weights = np.array([3, 5, 2, 2]) / 12
    utilities = np.array([[0.5, 0, 0.5, 0.25], [0, 0, 1, 0.5], [0.5, 0, 0.25, 0.5], [0, 0, 0, 0]])
    table = pd.DataFrame(utilities, columns=list("abcd"))
    score = score_sites(table, table, dict(zip("abcd", weights, strict=True))).score
    ranks = rank_sites(score, rankable=score >= 0)
    assert ranks.tolist() == [1, 1, 1, 4]
    assert count_ranks(utilities, weights[None]).total.tolist() == ranks.tolist()
    assert count_top(utilities, weights[None], 3).first.tolist() == [1, 1, 1, 0]


@pytest.mark.parametrize("count", [count_ranks, count_top])
@pytest.mark.parametrize("shape", [(0, 3, 5), (4, 3, 0)])
def test_no_site_or_no_draw_is_nothing_to_count(count, shape):
    n, m, draws = shape
    counts = count(np.zeros((n, m)), uniform_weights(m, draws, 0))
    assert counts.draws == 0
    assert counts.first.tolist() == [0] * n
