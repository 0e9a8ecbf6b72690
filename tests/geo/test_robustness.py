"""Rank acceptability of real and of tiny rankings."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from geo import robustness as module
from geo.assess import assess
from geo.criteria import CRITERIA
from geo.metrics import Metrics, utilities
from geo.random_streams import Uniforms, key_of
from geo.robustness import (
    Uncertainty,
    draw_weights,
    robustness,
    scores_of,
    usual_draws,
    win_probability,
)
from geo.selection import Selection, select
from geo.utility_draws import HANG_ON_MEGAWATTS, anchors_of, spread_of, worth_at
from geo.verdicts import how_sure, tied_pairs, ties

FEW = Uncertainty(draws=1000)


@pytest.fixture(scope="module")
def us(assessment):
    return assessment.only(select(assessment.sites, Selection("us")))


# how utilities are drawn


def drawn(criterion, q, value, low, high):
    """Draw one metric's utility at quantiles."""
    one = next(one for one in CRITERIA if one.id == criterion)
    parts = {
        part: pd.DataFrame({criterion: [cell]})
        for part, cell in (("value", value), ("low", low), ("high", high))
    }
    nothing = pd.DataFrame()
    spread = spread_of(one, Metrics(**parts, findings=nothing, options=nothing))
    return worth_at(spread, np.array([q], np.float32), anchors_of(one))[0]


Q = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
NAN = np.nan


@pytest.mark.parametrize(
    ("criterion", "metric", "expected"),
    [
        # poi_distance: 0 -> 1, 5 -> .8, 20 -> .4, 40 -> 0; half of the draws on each side of 5
        ("poi_distance", (5, 0, 20), [1, 0.9, 0.8, 0.6, 0.4]),
        # bounds alone: even between them
        ("poi_distance", (NAN, 0, 20), [1, 0.8, 0.6667, 0.5333, 0.4]),
        # nothing known: anywhere
        ("poi_distance", (NAN, NAN, NAN), [1, 0.75, 0.5, 0.25, 0]),
        ("land", (NAN, NAN, NAN), [0, 0.25, 0.5, 0.75, 1]),
        # a lower bound alone: from its utility to that of the last anchor
        ("campus_competition", (NAN, 1000, NAN), [0.5, 0.375, 0.25, 0.125, 0]),
        ("expansion_capacity", (NAN, 200, NAN), [0.5, 0.625, 0.75, 0.875, 1]),
        # an upper bound alone: from that of the first anchor to its own
        ("energised_capacity", (NAN, NAN, 100), [0, 0.15, 0.3, 0.45, 0.6]),
        # beyond every station: no bound, but the utility of the far end
        ("poi_distance", (NAN, 20, np.inf), [0.4, 0.3, 0.2, 0.1, 0]),
        ("time_to_target", (np.inf, np.inf, np.inf), [0, 0, 0, 0, 0]),
        # an estimate with one bound: open in half of the draws
        ("campus_competition", (1000, 0, NAN), [1, 0.75, 0.5, 0.25, 0]),
    ],
)
def test_a_metric_is_drawn_within_what_is_known(criterion, metric, expected):
    assert drawn(criterion, Q, *metric) == pytest.approx(expected, abs=1e-3)


def test_scores_are_those_of_one_interpolation_at_a_time(us):
    """The blocks of clipped pieces, against np.interp with the same random numbers."""
    uncertainty = Uncertainty(draws=64)
    sites = us.rank.index[us.rank.notna()]
    fast = scores_of(us, sites, uncertainty)
    weights = draw_weights(us, uncertainty)
    random, row = Uniforms(uncertainty.seed), np.empty(64, np.float32)
    slow = np.zeros(fast.shape)
    for column, one in enumerate(CRITERIA):
        x, y = np.array(one.utility.anchors, float).T
        moved = np.repeat(x[:, None], 64, axis=1)
        for number in range(len(x)):
            random.fill(row, 0, (key_of(f"anchor {number}"), key_of(one.id)))
            moved[number] *= 1 + 0.2 * (2 * row - 1)
        assert (np.diff(moved, axis=0) > 0).all()
        for at, site in enumerate(sites):
            value, low, high = (
                float(table.loc[site, one.id])
                for table in (us.metrics.value, us.metrics.low, us.metrics.high)
            )
            # what hangs on energised MW that are not known is good or bad together
            no_mw = np.isnan(us.metrics.value.loc[site, "energised_capacity"])
            together = no_mw and one.id in HANG_ON_MEGAWATTS
            random.fill(row, 0, (key_of(site), key_of("energised_mw" if together else one.id)))
            for draw, q in enumerate(1 - row if together and y[-1] < y[0] else row):
                worth = _utility(q, value, low, high, moved[:, draw], y)
                slow[at, draw] += weights[draw, column] * worth
    assert fast == pytest.approx(slow, abs=2e-6)
    # single precision moves no rank that matters: one in a thousand, by one
    one, two = (stats.rankdata(-scores, axis=0, method="min") for scores in (fast, slow))
    assert np.abs(one - two).max() <= 1
    assert (one != two).mean() < 1e-3


def _utility(q, value, low, high, x, y):  # noqa: PLR0911 - one case after the other
    if low == high:
        return np.interp(low, x, y)
    low, high = (bound if np.isfinite(bound) else NAN for bound in (low, high))
    if np.isfinite(value):
        if q < 0.5:
            side, share, end = low, 1 - 2 * q, y[0]
        else:
            side, share, end = high, 2 * q - 1, y[-1]
        if not np.isnan(side):
            return np.interp(value + share * (side - value), x, y)
        own = np.interp(value, x, y)
        return own + share * (end - own)
    if not np.isnan(low) and not np.isnan(high):
        return np.interp(low + q * (high - low), x, y)
    if not np.isnan(low):
        return np.interp(low, x, y) + q * (y[-1] - np.interp(low, x, y))
    if not np.isnan(high):
        return np.interp(high, x, y) + (1 - q) * (y[0] - np.interp(high, x, y))
    return q if y[-1] > y[0] else 1 - q


def test_anchors_lie_evenly_within_a_fifth(of_metrics):
    """Land at half an anchor of 0.25 acres: its worth tells where the anchor was drawn."""
    tiny = of_metrics({"land": 1.0}, land=[0.1])
    scores = scores_of(tiny, tiny.sites.index, Uncertainty(vary=("anchors",)))[0]
    anchor = 0.1 * 0.5 / scores
    assert stats.kstest(anchor, stats.uniform(0.2, 0.1).cdf).pvalue > 1e-4


# what a decision-maker relies on


def test_rivals_come_and_go_without_moving_a_draw(us):
    sites = us.rank.index[us.rank.notna()]
    few = sites[::7]
    everyone = scores_of(us, sites, FEW)
    alone = scores_of(us.only(few), few, FEW)
    assert (everyone[::7] == alone).all()
    pairs = win_probability(us, sites, FEW).loc[few, few]
    assert pairs.equals(win_probability(us.only(few), few, FEW))


def test_a_double_of_a_site_reverses_no_two_others(sites, layers, us):
    twin = sites.loc[["iren-childress"]].rename(index={"iren-childress": "twin"})
    more = assess(pd.concat([sites, twin]), layers, us.scenario, us.question)
    order = [one for one in more.rank.sort_values(kind="stable").index if one in us.sites.index]
    before, after = us.rank[us.rank.notna()], more.rank[more.rank.notna()]
    pairs = [(one, two) for one in before.index for two in before.index]
    assert len(order) >= 122
    assert all((before[a] < before[b]) == (after[a] < after[b]) for a, b in pairs)
    won = win_probability(more, us.sites.index[:20], FEW)
    assert won.equals(win_probability(us, us.sites.index[:20], FEW))


def test_the_scale_of_the_weights_does_not_matter(us):
    scaled = {name: 7 * weight for name, weight in us.scenario.weights.items()}
    other = replace(us, scenario=us.scenario.with_weights(scaled))
    one, two = robustness(us, FEW).table(), robustness(other, FEW).table()
    pd.testing.assert_frame_equal(one, two, check_exact=False, atol=0.01)


@pytest.mark.parametrize("criterion", [one.id for one in CRITERIA])
def test_a_better_metric_never_lowers_a_rank(us, criterion):
    """Some sites in turn get more than any anchor asks for, in every draw at least as good."""
    one = next(one for one in CRITERIA if one.id == criterion)
    best = 2 * one.utility.anchors[-1][0] if one.utility.rises else 0.0
    before = robustness(us, FEW).table()
    for site in us.rank.index[us.rank.notna()][::30]:
        parts = {}
        for part in ("value", "low", "high"):
            table = getattr(us.metrics, part).copy()
            table.loc[site, criterion] = best
            parts[part] = table
        better = assess(
            us.sites, {}, replace(us.scenario, gates={}), us.question,
            metrics=replace(us.metrics, **parts),
        )  # fmt: skip
        assert better.rank[site] <= us.rank[site]
        after = robustness(better, FEW).table().loc[site]
        assert after["p_top"] >= before.loc[site, "p_top"]
        for name in ("rank_expected", "rank_low", "rank_high"):
            assert after[name] <= before.loc[site, name]


def test_what_dominates_wins_every_draw_while_metrics_stay(of_metrics):
    """Better in everything, by as little as it takes: no weight and no anchor turns that round."""
    tiny = of_metrics(
        {"land": 1.0, "energised_capacity": 1.0, "poi_distance": 2.0},
        land=[0.101, 0.1],
        energised_capacity=[20.1, 20],
        poi_distance=[10, 10.1],
    )
    won = win_probability(tiny, tiny.sites.index, Uncertainty(vary=("weights", "anchors")))
    assert won.loc["s0", "s1"] == 1


def test_a_site_that_is_better_in_everything_is_always_first(of_metrics):
    tiny = of_metrics(
        {"land": 1.0, "energised_capacity": 1.0, "poi_distance": 2.0},
        land=[(0.5, 0.4, 0.6), 0.1, (0.2, 0.1, 0.3)],
        energised_capacity=[300, (NAN, NAN, 100), 20],
        poi_distance=[(1, 0, 2), (10, 5, 15), (NAN, 3, NAN)],
    )
    robust = robustness(tiny, FEW)
    assert robust.table()["p_first"].tolist() == [1, 0, 0]
    assert robust.table().loc["s0", ["rank_low", "rank_high"]].tolist() == [1, 1]
    assert robust.acceptability().sum(axis=1).tolist() == [1, 1, 1]
    assert robust.acceptability().sum(axis=0).tolist() == pytest.approx([1, 1, 1])


def test_an_unknown_wins_as_often_as_a_uniform_number_would(of_metrics):
    """Land of 0.25 acres per MW is worth one half; an unknown one more, in half of the draws."""
    tiny = of_metrics({"land": 1.0}, land=[0.25, NAN])
    won = win_probability(tiny, tiny.sites.index, Uncertainty(vary=("metrics",)))
    assert won.loc["s0", "s1"] == pytest.approx(0.5, abs=0.02)
    assert won.loc["s1", "s0"] == pytest.approx(1 - won.loc["s0", "s1"])
    worth_08 = of_metrics({"land": 1.0}, land=[0.7, NAN])  # 0.5 + 0.5 x 0.45 / 0.75
    won = win_probability(worth_08, worth_08.sites.index, Uncertainty(vary=("metrics",)))
    assert won.loc["s0", "s1"] == pytest.approx(0.8, abs=0.015)


def test_twins_share_their_ranks_in_every_draw(of_metrics):
    tiny = of_metrics(
        {"land": 1.0, "poi_distance": 1.0}, land=[0.3, 0.3, 0.1], poi_distance=[3, 3, 30]
    )
    robust = robustness(tiny, FEW)
    assert robust.table()["p_first"].tolist() == [1, 1, 0]
    assert robust.table()["rank_high"].tolist() == [1, 1, 3]
    assert win_probability(tiny, tiny.sites.index, FEW).loc["s0", "s1"] == 0.5
    assert tied_pairs(tiny, FEW)["probability"].tolist() == [0.5]


@pytest.mark.parametrize("by", ["score", "potential"])
@pytest.mark.parametrize("vary", [(), ("anchors",)])
def test_nothing_varied_gives_the_ranking_itself(us, layers, by, vary, monkeypatch):
    """Both ways: certain utilities, and draws of anchors that do not move."""
    from geo.parameters import cited

    still = replace(cited("robustness_anchor_share"), value=0.0)
    monkeypatch.setattr(
        module, "cited", lambda name: still if name == "robustness_anchor_share" else cited(name)
    )
    one = assess(us.sites, layers, us.scenario, us.question, by=by, metrics=us.metrics)
    table = robustness(one, Uncertainty(draws=16, vary=vary)).table()
    rank = one.rank[one.rank.notna()].astype(int)
    for name in ("rank_expected", "rank_low", "rank_high"):
        assert (table[name] == rank).all()


def test_sites_without_a_location_take_no_part(of_metrics):
    tiny = of_metrics({"land": 1.0}, lat=[33.0, NAN, 33.0], land=[0.1, 1.0, 0.2])
    assert robustness(tiny, FEW).table()["rank_low"].to_dict() == {"s0": 2, "s2": 1}
    nowhere = of_metrics({"land": 1.0}, lat=[NAN, NAN], land=[0.1, 1.0])
    robust = robustness(nowhere, FEW)
    assert robust.table().empty
    assert how_sure(nowhere, robust) == ["No site has a rank, so there is nothing to be sure of."]


def test_the_number_of_threads_and_of_blocks_changes_no_byte(us, monkeypatch):
    tables = []
    for threads, draws_at_once in ((1, 2504), (2, 504), (5, 64)):
        monkeypatch.setattr(module, "threads", lambda many=threads: many)
        monkeypatch.setattr(module, "MOST_DRAWS_AT_ONCE", draws_at_once)
        robust = robustness(us, FEW)
        tables.append(pd.concat([robust.table(), robust.central_weights()], axis=1))
    assert all(one.equals(tables[0]) for one in tables)
    assert not robustness(us, replace(FEW, seed=1)).table().equals(robustness(us, FEW).table())


def test_very_many_sites_make_do_with_fewer_draws():
    assert usual_draws() == usual_draws(122) == 10_000
    assert usual_draws(10_000) == 2000
    assert usual_draws(1_000_000) == 1000


def test_weights_alone_come_to_the_same_on_the_short_way(us):
    """Certain utilities take another path; anchors that do not move, the general one."""
    weights_only = robustness(us, Uncertainty(draws=2000, vary=("weights",))).table()
    taken = utilities(us.metrics)[0].fillna(0.0).to_numpy()[us.rank.notna()]
    ranks = stats.rankdata(
        -np.round(draw_weights(us, Uncertainty(draws=2000)) @ taken.T, 12), axis=1, method="min"
    )
    assert weights_only["rank_expected"].to_numpy() == pytest.approx(ranks.mean(axis=0))


@pytest.mark.parametrize("vary", ["weights", "metrics", "anchors"])
def test_another_seed_draws_everything_anew(us, vary):
    sites = us.rank.index[us.rank.notna()]
    one, two, again = (
        scores_of(us, sites, Uncertainty(draws=64, seed=seed, vary=(vary,))) for seed in (0, 1, 0)
    )
    assert (one == again).all()
    assert (one != two).any(axis=0).all()


def test_criteria_and_sites_are_drawn_independently(of_metrics):
    """Two unknowns of equal weight: a triangle. Two sites: no correlation."""
    tiny = of_metrics(
        {"land": 1.0, "energised_capacity": 1.0}, land=[NAN, NAN], energised_capacity=[NAN, NAN]
    )
    scores = scores_of(tiny, tiny.sites.index, Uncertainty(vary=("metrics",)))
    for one in scores:
        assert stats.kstest(one, stats.triang(0.5).cdf).pvalue > 1e-4
    assert abs(np.corrcoef(scores)[0, 1]) < 0.05


def test_draws_do_not_depend_on_the_process():
    """A name's 64 bits are the first of its SHA-256: printf land | sha256sum."""
    digest = "90eae63487cae2df"
    assert key_of("land") == int.from_bytes(bytes.fromhex(digest), "little")


def test_uniform_weights_leave_out_what_the_scenario_does_not_weigh(of_metrics):
    tiny = of_metrics({"land": 3.0, "poi_distance": 1.0}, land=[0.1], poi_distance=[3])
    weights = draw_weights(tiny, Uncertainty(draws=4000, weights="uniform"))
    ids = [one.id for one in CRITERIA]
    used = [ids.index("land"), ids.index("poi_distance")]
    assert np.delete(weights, used, axis=1).max() == 0
    assert stats.kstest(weights[:, used[0]], stats.uniform.cdf).pvalue > 1e-4


def test_a_criterion_without_an_interval_may_have_any_share(of_metrics):
    tiny = of_metrics({"land": 3.0, "poi_distance": 1.0}, land=[0.1], poi_distance=[3])
    ids = [one.id for one in CRITERIA]
    within = Uncertainty(draws=4000, weights="within", intervals={"land": (0.0, 1.0)})
    weights = draw_weights(tiny, within)
    assert np.allclose(weights.sum(axis=1), 1)
    rest = weights[:, ids.index("poi_distance")]
    assert stats.kstest(rest, stats.uniform.cdf).pvalue > 1e-4
    named = replace(within, intervals={"land": (0.2, 0.3), "gas_generation": (0.1, 0.2)})
    weights = draw_weights(tiny, named)
    for name, (low, high) in named.intervals.items():
        own = weights[:, ids.index(name)]
        assert low - 1e-12 <= own.min() < own.max() <= high + 1e-12
    assert weights[:, ids.index("poi_distance")].min() >= 0.5 - 1e-12


def named(tiny):
    return replace(tiny, sites=tiny.sites.assign(name=tiny.sites.index.str.upper()))


def sentences(tiny, **settings):
    tiny = named(tiny)
    uncertainty = Uncertainty(vary=("metrics",), **settings)
    return how_sure(tiny, robustness(tiny, uncertainty))


def test_the_first_is_described_in_numbers(of_metrics):
    """Worth 0.8, 0.4 and unknown: first in 80 % of the draws, second in the others."""
    tiny = of_metrics({"land": 1.0}, land=[0.2, 0.7, NAN])
    first, *more = sentences(tiny, top=2)
    assert re.fullmatch(
        r"Rank 1, S1, is first in (79|80|81)% of 10,000 draws, among the 2 best in 100%; 90% of the"
        r" draws put it on ranks 1 to 2\.",
        first,
    )
    # the unknown one is on rank 3, and on ranks 1 to 3 in the draws: nobody is outside
    assert more == []


def test_who_is_first_most_often_is_named_where_it_is_another(of_metrics):
    """Worth 0.4, and unknown: that is first in 60 % of the draws, and ranks last."""
    tiny = of_metrics({"land": 1.0}, land=[0.2, NAN])
    _, often = sentences(tiny)
    assert re.fullmatch(r"First most often: S1, in (59|60|61)%\.", often)


def test_sites_outside_their_interval_are_counted(of_metrics):
    """Nothing is proven of either: 0.02 ranks before the unknown, and loses in 98 %."""
    tiny = of_metrics({"land": 1.0}, land=[0.01, NAN])
    assert sentences(tiny)[-1].startswith("2 of 2 sites rank outside their own interval: ")


def test_ties_are_said_with_who_beats_whom(of_metrics):
    """Worth 0.54 against an unknown is tied, 0.6 is not; the better ranked is named first."""
    tied = of_metrics({"land": 1.0}, land=[0.31, NAN])  # 0.5 + 0.5 x 0.06 / 0.75
    (line,) = ties(named(tied), Uncertainty(vary=("metrics",)))
    assert re.fullmatch(r"Really tied among the 10 best: S0 beats S1 in 5[345]%\.", line)
    apart = of_metrics({"land": 1.0}, land=[0.4, NAN])
    assert ties(named(apart), Uncertainty(vary=("metrics",))) == [
        "Among the 10 best no two are tied."
    ]


def test_ties_beyond_five_are_counted_the_closest_first(of_metrics):
    """Four equals make six pairs; a fifth site, below the two best, makes none."""
    tiny = of_metrics({"land": 1.0}, land=[0.3, 0.3, 0.3, 0.3, 0.1])
    (line,) = ties(named(tiny), Uncertainty(draws=80, vary=("metrics",)))
    assert line.count(" beats ") == 5
    assert line.endswith(" in 50% and 1 more.")
    (line,) = ties(named(tiny), Uncertainty(draws=80, vary=("metrics",), top=2))
    assert line == "Really tied among the 2 best: S0 beats S1 in 50%."


def test_what_does_not_vary_stays_as_the_score_takes_it(of_metrics):
    """Anchors alone: bounds count at their worse end, an estimate as it is, an unknown 0."""
    cells = [(NAN, 0, 20), (5, 0, 40), 15, NAN]
    tiny = of_metrics({"poi_distance": 1.0}, poi_distance=cells)
    table = robustness(tiny, replace(FEW, vary=("anchors",))).table()
    assert table["rank_low"].tolist() == table["rank_high"].tolist() == [3, 1, 2, 4]
    scores = scores_of(tiny, tiny.sites.index, replace(FEW, vary=("metrics",)))
    assert np.ptp(scores, axis=1).tolist() == pytest.approx([0.6, 0.995, 0, 1], abs=0.02)


def test_anchors_alone_can_decide(of_metrics):
    """Land worth 0.5 against 15 km, worth 0.53: anchors within a fifth turn that round."""
    tiny = of_metrics({"land": 1.0, "poi_distance": 1.0}, land=[0.25, 0.0], poi_distance=[50, 15])
    for vary in (("anchors",), ("weights", "anchors")):
        first = robustness(tiny, replace(FEW, vary=vary)).table()["p_first"]
        assert 0.2 < first["s0"] < 0.5
    assert robustness(tiny, replace(FEW, vary=())).table()["p_first"].tolist() == [0, 1]


@pytest.mark.parametrize("vary", [("weights",), ("weights", "metrics", "anchors")])
def test_as_many_are_in_the_top_as_there_are_places(us, vary):
    for top in (1, 3, 30):
        table = robustness(us, replace(FEW, top=top, vary=vary)).table()
        assert table["p_top"].sum() == pytest.approx(top, abs=0.05 * top)


def test_an_interval_holds_nine_draws_of_ten(of_metrics):
    """Worth 0.93 against an unknown: second in 7 % of the draws, more than a twentieth."""
    worth_093 = of_metrics({"land": 1.0}, land=[0.25 + 0.75 * 0.43 / 0.5, NAN])
    table = robustness(worth_093, Uncertainty(vary=("metrics",))).table()
    assert table["rank_high"].tolist() == [2, 2]
    assert table["rank_low"].tolist() == [1, 1]
    worth_096 = of_metrics({"land": 1.0}, land=[0.25 + 0.75 * 0.46 / 0.5, NAN])
    table = robustness(worth_096, Uncertainty(vary=("metrics",))).table()
    assert table["rank_high"].tolist() == [1, 2]
    assert table["rank_low"].tolist() == [1, 2]


def test_the_closest_tie_is_said_first(of_metrics):
    """Worth 0.54 and 0.513 against an unknown."""
    tiny = of_metrics({"land": 1.0}, land=[0.31, 0.27, NAN])
    (line,) = ties(named(tiny), Uncertainty(vary=("metrics",)))
    assert re.search(r": S1 beats S2 in 5[012]%; S0 beats S2 in 5[345]%\.$", line)


@pytest.mark.parametrize(
    ("other", "megawatts", "shape"),
    [("energised_capacity", NAN, stats.uniform), ("land", 0, stats.triang(0.5))],
)
def test_what_hangs_on_unknown_megawatts_is_good_or_bad_together(
    of_metrics, other, megawatts, shape
):
    """Two unknowns that go together are one: uniform. Others are two: a triangle."""
    metrics = {"energised_capacity": [megawatts], "poi_distance": [NAN], other: [NAN]}
    tiny = of_metrics({other: 1.0, "poi_distance": 1.0}, **metrics)
    scores = scores_of(tiny, tiny.sites.index, Uncertainty(vary=("metrics",)))[0]
    assert stats.kstest(scores, shape.cdf).pvalue > 1e-4
