"""Other methods: worked examples from their papers, properties, and why they disagree."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.aggregation import net_flows, topsis, vikor, weighted_product
from geo.assess import assess
from geo.dominance import dominators, pareto_layers
from geo.errors import CannotDoError
from geo.method_reasons import REASONS, methods_table, notes, why
from geo.methods import METHODS, agreement, compare_methods
from geo.metrics import utilities
from geo.question import Question
from geo.ranking import rank_sites
from geo.scenario import load_scenario
from geo.scoring import score_sites
from tests.conftest import AS_OF

FIGHTERS = np.array([
    [2.0, 1500, 20000, 5.5, 5, 9],
    [2.5, 2700, 18000, 6.5, 3, 5],
    [1.8, 2000, 21000, 4.5, 7, 7],
    [2.2, 1800, 20000, 5.0, 5, 5],
])  # fmt: skip
"""Hwang and Yoon (1981), fighter aircraft: speed, range, payload, cost, reliability, agility."""
FACILITIES = np.array([
    [8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4],
], dtype=float)  # fmt: skip
FACILITY_SHARES = np.array([0.4, 0.3, 0.1, 0.2])
"""Papathanasiou and Ploskas, Multiple Criteria Decision Aid (2018): facility location."""


def anchored(normalised, costs=()):
    """Put the best of each column at 1 and the worst at 0, as fixed anchors there would."""
    signed = np.where(np.isin(np.arange(normalised.shape[1]), costs), -normalised, normalised)
    return (signed - signed.min(axis=0)) / np.ptp(signed, axis=0), np.ptp(signed, axis=0)


def vector(matrix):
    return matrix / np.sqrt((matrix**2).sum(axis=0))


@pytest.mark.parametrize(
    ("matrix", "shares", "costs", "printed"),
    [
        (FIGHTERS, [0.2, 0.1, 0.1, 0.1, 0.2, 0.3], (3,), [0.643, 0.268, 0.613, 0.312]),
        (FACILITIES, FACILITY_SHARES, (), [0.387, 0.327, 0.391, 0.615, 0.868, 0.493]),
    ],
    ids=["Hwang and Yoon 1981", "Papathanasiou and Ploskas 2018, chapter 1"],
)
def test_topsis_gives_the_printed_closeness(matrix, shares, costs, printed):
    """Their ideal and worst as the anchors, their vector-normalised ranges in the shares."""
    values, ranges = anchored(vector(matrix), costs)
    scaled = np.array(shares) * ranges
    assert topsis(values, scaled / scaled.sum()) == pytest.approx(printed, abs=6e-4)


def test_vikor_gives_the_printed_compromise():
    """Papathanasiou and Ploskas 2018, chapter 2: Q at v = 0.625 from the S and R of our call."""
    values, _ = anchored(FACILITIES)
    group = vikor(values, FACILITY_SHARES, 1.0)
    regret = vikor(values, FACILITY_SHARES, 0.0)
    rescaled = [(one - one.min()) / np.ptp(one) for one in (group, regret)]
    q = 0.625 * rescaled[0] + 0.375 * rescaled[1]
    assert q == pytest.approx([0.640, 1.000, 0.693, 0.271, 0.000, 0.694], abs=6e-4)


def test_vikor_on_the_mountain():
    """The mountain climbing example of Opricovic and Tzeng 2004: S and R by hand."""
    peaks = np.array([[-1, 3000], [-2, 3750], [-5, 4500]], dtype=float)
    values, _ = anchored(peaks)
    shares = np.array([0.5, 0.5])
    assert vikor(values, shares, 1.0) == pytest.approx([0.5, 0.375, 0.5])
    assert 0.5 * vikor(values, shares, 0.0) == pytest.approx([0.5, 0.25, 0.5])
    assert vikor(values, shares, 0.5).argmin() == 1


def test_promethee_by_hand():
    """Usual criterion: flows out .55, .35, .60, flows in .45, .65, .40."""
    actions = np.array([[4, 3, 2], [3, 2, 4], [5, 1, 3]], dtype=float)
    assert net_flows(actions, np.array([0.5, 0.3, 0.2])) == pytest.approx([0.1, -0.3, 0.2])


def test_the_library_gives_the_printed_net_flows():
    """Papathanasiou and Ploskas 2018, chapter 3: linear criterion, q = 1, p = 2.

    Ours is the usual criterion, so this holds pymcdm to the book, and the loops below hold us.
    """
    from pymcdm.methods import PROMETHEE_II

    method = PROMETHEE_II("vshape_2", p=[2.0] * 4, q=[1.0] * 4)
    flows = method(FACILITIES, FACILITY_SHARES, np.ones(4), validation=False)
    assert flows == pytest.approx([-0.26, -0.52, -0.22, 0.36, 0.70, -0.06], abs=6e-3)


def tables(most_rows=12, columns=4):
    """Random worths on a coarse grid, so that ties and dominance happen."""
    return st.integers(2, most_rows).flatmap(
        lambda rows: arrays(
            float, (rows, columns), elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0])
        )
    )


SHARES = np.array([0.4, 0.3, 0.2, 0.1])


@given(tables())
@settings(max_examples=50, deadline=None)
def test_a_preference_that_grows_with_the_difference_is_the_weighted_sum(values):
    """Why the usual criterion: V-shape with p = 1 has flow (n sum_i - all) / (n - 1)."""
    from pymcdm.methods import PROMETHEE_II

    flows = PROMETHEE_II("vshape", p=[1.0] * 4)(values, SHARES, np.ones(4), validation=False)
    sums, n = values @ SHARES, len(values)
    assert flows == pytest.approx((n * sums - sums.sum()) / (n - 1))


@given(tables())
@settings(max_examples=50, deadline=None)
def test_counted_flows_are_the_paired_ones(values):
    """Wins less losses of each site, counted by loops."""
    n = len(values)
    wins = [
        sum(SHARES @ (np.sign(values[i] - values[j])) for j in range(n)) / (n - 1) for i in range(n)
    ]
    assert net_flows(values, SHARES) == pytest.approx(wins)
    many = np.tile(values, (600, 1))  # beyond what is held in pairs: the same mean sign
    counted = net_flows(many, SHARES)[:n] * (len(many) - 1) / len(many)
    assert counted == pytest.approx(np.array(wins) * (n - 1) / n)


def test_a_product_without_zeros_is_the_plain_one():
    values = np.array([[0.5, 0.2, 1.0, 0.4], [0.9, 0.8, 0.1, 0.3]])
    products, order = weighted_product(values, SHARES)
    assert products == pytest.approx(np.exp(np.log(values) @ SHARES))
    assert order.argmax() == products.argmax()


@given(tables())
@settings(max_examples=50, deadline=None)
def test_zeros_are_ordered_as_by_a_vanishing_worth(values):
    """Against products in logarithms with 1e-200 in place of 0."""
    products, order = weighted_product(values, SHARES)
    assert ((products == 0) == (values == 0).any(axis=1)).all()
    tiny = (np.log(np.where(values == 0, 1e-200, values)) @ SHARES).round(9)
    ranks = [pd.Series(one).rank(method="min") for one in (order, tiny)]
    assert ranks[0].tolist() == ranks[1].tolist()


def brute_layers(values):
    """Peel by the definition, pair by pair."""
    layers, left, layer = {}, set(range(len(values))), 1
    while left:
        front = {
            i
            for i in left
            if not any(
                (values[j] >= values[i]).all() and (values[j] > values[i]).any() for j in left
            )
        }
        layers |= dict.fromkeys(front, layer)
        left, layer = left - front, layer + 1
    return [layers[i] for i in range(len(values))]


@given(tables(most_rows=25, columns=3))
@settings(max_examples=100, deadline=None)
def test_layers_are_those_of_peeling_pair_by_pair(values):
    assert pareto_layers(values).tolist() == brute_layers(values)


def test_layers_across_blocks():
    """A chain longer than a block, shuffled: every member has a layer of its own."""
    chain = np.repeat(np.linspace(0, 1, 700)[:, None], 3, axis=1)
    order = np.random.default_rng(1).permutation(700)
    assert pareto_layers(chain[order]).tolist() == (700 - order).tolist()
    assert len(dominators(chain, 0)) == 699


def test_equals_share_a_layer_and_do_not_dominate_each_other():
    values = np.array([[0.5, 0.5], [0.5, 0.5], [0.1, 0.5]])
    assert pareto_layers(values).tolist() == [1, 1, 2]
    assert dominators(values, 1).tolist() == []
    assert dominators(values, 2).tolist() == [0, 1]


@given(tables())
@settings(max_examples=60, deadline=None)
def test_no_method_puts_the_dominated_above_its_dominator(values):
    goodness = {
        "weighted_sum": values @ SHARES,
        "weighted_product": weighted_product(values, SHARES)[1],
        "topsis": topsis(values, SHARES),
        "vikor": -vikor(values, SHARES, 0.5),
        "promethee": net_flows(values, SHARES),
        "pareto": -pareto_layers(values),
    }
    for worse in range(len(values)):
        for better in dominators(values, worse):
            for method, good in goodness.items():
                assert good[better] >= good[worse] - 1e-12, method
            assert goodness["weighted_sum"][better] > goodness["weighted_sum"][worse]
            assert goodness["pareto"][better] > goodness["pareto"][worse]


def test_a_rival_turns_plain_topsis_round_and_not_ours():
    """Two sites, then a third beside them: vector-normalised TOPSIS swaps the two."""
    from pymcdm.methods import TOPSIS
    from pymcdm.normalizations import vector_normalization

    sites = np.array([[0.1, 0.7], [0.2, 0.5], [0.9, 0.9]])
    shares, ones = np.array([0.5, 0.5]), np.ones(2)
    plain = TOPSIS(vector_normalization)
    two = plain(sites[:2], shares, ones, validation=False)
    three = plain(sites, shares, ones, validation=False)
    assert two[1] > two[0]
    assert three[0] > three[1]
    for ours in (topsis, lambda values, weights: vikor(values, weights, 0.5)):
        assert ours(sites, shares)[:2] == pytest.approx(ours(sites[:2], shares))
    assert (sites @ shares)[0] > (sites @ shares)[1]


@given(tables(), tables())
@settings(max_examples=40, deadline=None)
def test_rivals_change_no_worth_by_fixed_references(values, rivals):
    both = np.vstack([values, rivals])
    for method in (topsis, lambda one, shares: vikor(one, shares, 0.5)):
        assert method(both, SHARES)[: len(values)] == pytest.approx(method(values, SHARES))


def test_criteria_on_which_all_are_alike_break_nothing():
    alike = np.full((3, 4), 0.5)
    assert np.ptp(topsis(alike, SHARES)) == 0
    assert np.ptp(vikor(alike, SHARES, 0.5)) == 0
    assert net_flows(alike, SHARES).tolist() == [0, 0, 0]
    assert net_flows(alike[:1], SHARES).tolist() == [0]


def test_agreement_of_known_orders():
    """Kendall 1938 by hand: one of three pairs swapped gives 1/3; tied ranks have no tau."""
    ranks = pd.DataFrame({"a": [1, 2, 3], "b": [2, 1, 3], "c": [3, 2, 1], "tie": [1, 1, 1]})
    tau, rho = agreement(ranks)
    assert tau.at["a", "b"] == pytest.approx(1 / 3)
    assert rho.at["a", "b"] == pytest.approx(1 - 6 * 2 / (3 * 8))
    assert tau.at["a", "c"] == pytest.approx(-1)
    assert tau["tie"].isna().all()


@pytest.mark.parametrize("by", ["score", "potential"])
@pytest.mark.parametrize("scenario", ["balanced", "grid_first"])
def test_the_weighted_sum_is_the_ranking(sites, layers, assessment, scenario, by):
    """Not only taken over: the worths that the methods were given add up to the same ranks."""
    one = assess(
        sites, layers, load_scenario(scenario), Question(200, AS_OF), by=by,
        metrics=assessment.metrics,
    )  # fmt: skip
    comparison = compare_methods(one)
    ranked = one.rank.dropna().index
    assert comparison.ranks["weighted_sum"].equals(one.rank[ranked].rename("weighted_sum"))
    summed = score_sites(comparison.given, comparison.given, comparison.shares)
    everywhere = pd.Series(data=True, index=ranked)
    assert rank_sites(summed.score, rankable=everywhere).tolist() == one.rank[ranked].tolist()


def test_an_unknown_counts_as_proven_or_as_possible(assessment, sites, layers):
    shares = assessment.scenario.shares
    by_score = compare_methods(assessment)
    hidden = ~by_score.known
    assert hidden.to_numpy().any()
    assert (by_score.given.to_numpy()[hidden.to_numpy()] == 0).all()
    potential = assess(
        sites, layers, assessment.scenario, assessment.question, by="potential",
        metrics=assessment.metrics,
    )  # fmt: skip
    best = utilities(assessment.metrics)[1]
    given_best = compare_methods(potential).given
    assert (given_best - best.loc[given_best.index, given_best.columns]).abs().max().max() < 1e-11
    assert set(by_score.given.columns) == {name for name, share in shares.items() if share > 0}


def test_every_site_with_a_rank_takes_part_and_no_other(assessment):
    comparison = compare_methods(assessment)
    assert set(comparison.ranks.index) == set(assessment.rank.dropna().index)
    assert list(comparison.ranks.columns) == [method.id for method in METHODS]
    assert comparison.ranks.notna().all(axis=None)
    assert (comparison.lasts >= comparison.ranks).all(axis=None)


def test_ranks_follow_the_measures_and_dominance(assessment):
    """Rank 1 has the best measure, and nobody ranks above a site that is better on everything."""
    comparison = compare_methods(assessment)
    for method, best in {
        "topsis": "max",
        "vikor": "min",
        "promethee": "max",
        "pareto": "min",
    }.items():
        first = comparison.ranks.index[comparison.ranks[method] == 1]
        measure = comparison.worth[method]
        assert measure[first].tolist() == pytest.approx([measure.agg(best)] * len(first))
    values, pairs = comparison.given.to_numpy(), 0
    for worse in range(len(values)):
        for better in dominators(values, worse):
            pairs += 1
            above, below = comparison.ranks.iloc[better], comparison.ranks.iloc[worse]
            assert (above <= below).all()
            assert above["weighted_sum"] < below["weighted_sum"]
    assert pairs > 100


def test_the_scale_of_weights_does_not_matter(assessment, sites, layers):
    weights = assessment.scenario.weights
    larger = assessment.scenario.with_weights({key: 70 * one for key, one in weights.items()})
    again = assess(sites, layers, larger, assessment.question, metrics=assessment.metrics)
    pd.testing.assert_frame_equal(compare_methods(again).ranks, compare_methods(assessment).ranks)


def test_the_spread_does_not_count_ties(assessment):
    """Any ranks inside the ties of two methods are at least as far apart as the spread."""
    comparison = compare_methods(assessment)
    for site, row in comparison.spread.iterrows():
        first, last = comparison.ranks.loc[site], comparison.lasts.loc[site]
        gaps = [max(first[a] - last[b], 0) for a in first.index for b in first.index]
        assert row["spread"] == max(gaps)
        assert (why(comparison, site) == "") == (row["spread"] == 0)


def made(make_sites, layers, **columns):
    return assess(make_sites(**columns), layers, load_scenario("balanced"), Question(200, AS_OF))


def by_hand(assessment, **worths):
    """Give the first sites worths chosen by hand: the rest of the assessment is real."""
    length = len(next(iter(worths.values())))
    chosen = assessment.rank.dropna().index[:length]
    part = assessment.only(chosen)
    proven = part.scores.utilities.assign(**worths)
    scenario = load_scenario("balanced").with_weights({"energised_capacity": 0.6, "land": 0.4})
    scores = score_sites(proven, proven.fillna(1.0), scenario.shares)
    everywhere = pd.Series(data=True, index=chosen)
    rank = rank_sites(scores.score, rankable=everywhere)
    return compare_methods(replace(part, scenario=scenario, scores=scores, rank=rank))


LAND = "land (not proven)"
ENERGISED = "energised_capacity (0.50)"


@pytest.mark.parametrize(
    ("method", "better", "said"),
    [
        ("weighted_sum", True, f"{ENERGISED} adds 0.300 and {LAND} adds 0.000 of 0.300"),
        ("weighted_sum", False, f"{LAND} lacks 0.400"),
        ("weighted_product", True, f"product 0, only 40% of the weight stands at 0: {LAND}"),
        ("weighted_product", False, f"product 0, 40% of the weight stands at 0: {LAND}"),
        (
            "topsis",
            True,
            f"squares: {ENERGISED}, 60% of the weight, is 100% of its squared distance from the"
            " worst",
        ),
        (
            "topsis",
            False,
            f"squares: {LAND}, 40% of the weight, is 64% of its squared distance from the ideal",
        ),
        ("vikor", True, f"its greatest regret is only 0.400 of at most 0.600: {LAND}"),
        ("vikor", False, f"its greatest regret is 0.400 of at most 0.600: {LAND}"),
        (
            "promethee",
            True,
            f"by however little, on {ENERGISED} it is ahead of 1 and behind 1 of 3",
        ),
        ("promethee", False, f"by however little, on {LAND} it is ahead of 0 and behind 3 of 3"),
        ("pareto", True, "in layer 3: only dominated by {1}, {2}"),
        ("pareto", False, "in layer 3: dominated by {1}, {2}"),
    ],
)
def test_reasons_by_hand(assessment, method, better, said):
    """Worths .5 and unknown, beside (.9, .8), (.5, .1) and (.2, 1); shares .6 and .4."""
    comparison = by_hand(
        assessment, energised_capacity=[0.5, 0.9, 0.5, 0.2], land=[np.nan, 0.8, 0.1, 1.0]
    )
    site = comparison.given.index[0]
    assert REASONS[method](comparison, site, better) == said.format(*comparison.names)


def test_a_strong_point_beside_a_worthless_one(assessment):
    """Sums .6, .54, .52, .5 and .4; only the first has no product."""
    comparison = by_hand(
        assessment,
        energised_capacity=[1.0, 0.5, 0.5, 0.5, 0.4],
        land=[np.nan, 0.6, 0.55, 0.5, 0.4],
    )
    site = comparison.given.index[0]
    assert comparison.ranks.loc[site].tolist()[:2] == [1, 5]
    assert comparison.spread.at[site, "spread"] == 4
    assert why(comparison, site).startswith(f"weighted product 5: product 0, 40% of the weight"
                                            f" stands at 0: {LAND}; weighted sum 1: ")  # fmt: skip
    assert any("1 of 5 products are 0" in note for note in notes(comparison))


def test_one_site_and_none(make_sites, layers):
    one = made(make_sites, layers, energised_mw=[100.0], lat=[33.0], lon=[-100.0])
    comparison = compare_methods(one)
    assert comparison.ranks.iloc[0].tolist() == [1] * 6
    assert methods_table(comparison).at[0, "spread"] == 0
    none = made(make_sites, layers, energised_mw=[100.0], lat=[float("nan")], lon=[float("nan")])
    with pytest.raises(CannotDoError, match="None of the sites has a public location"):
        compare_methods(none)


def test_the_command_says_what_its_files_say(rewatt, tmp_path):
    out = tmp_path / "m.csv"
    shown = rewatt("methods", "--top", "12", "--out", out)
    assert shown.status == 0, shown.err
    table = pd.read_csv(out)
    assert len(table) == 12
    document = json.loads(rewatt("methods", "--top", "12", "--json").out)
    assert [row["site_id"] for row in document["sites"]] == table["site_id"].tolist()
    assert [row["rank_vikor"] for row in document["sites"]] == table["rank_vikor"].tolist()
    assert document["kendall_tau_b"]["topsis"]["topsis"] == pytest.approx(1)
    ranked = rewatt("rank", "--top", "12", "--out", tmp_path / "r.csv")
    assert ranked.status == 0
    same = pd.read_csv(tmp_path / "r.csv")
    assert same["site_id"].tolist() == table["site_id"].tolist()
    assert same["rank"].tolist() == table["rank_weighted_sum"].tolist()
    most = table.sort_values("spread", ascending=False, kind="stable").iloc[0]
    assert f"({most['site_id']}): {most['why'][:40]}" in shown.out.replace("\n", " ")
    assert "TOPSIS and VIKOR measure from the ideal" in shown.err


def test_the_same_bytes_each_time(rewatt, tmp_path):
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in paths:
        assert rewatt("methods", "--by", "potential", "--out", path).status == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_only_csv_is_written(rewatt, tmp_path):
    outcome = rewatt("methods", "--out", tmp_path / "m.xlsx")
    assert outcome.status == 2
    assert "the suffix is '.xlsx', expected one of .csv" in outcome.err


def test_help_has_an_example_each(rewatt):
    for command in ("methods", "weights"):
        assert f"Example: rewatt {command}" in rewatt(command, "--help").out


def test_the_view_shows_the_methods_ranks(assessment):
    from streamlit.testing.v1 import AppTest

    def page():
        from geo.assess import assess
        from geo.scenario import load_scenario
        from geo.ui import cached
        from geo.ui.methods_view import show_methods, show_weights

        one = assess(
            cached.sites(), cached.layers(), load_scenario("balanced"), cached.question(200),
            metrics=cached.metrics(200),
        )  # fmt: skip
        show_methods(one)
        show_weights(one)

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    ranks, agreed, weights = (frame.value for frame in app.dataframe)
    table = methods_table(compare_methods(assessment))
    assert ranks["site"].tolist() == table["name"].head(25).tolist()
    assert len(agreed) == len(METHODS)
    assert weights["scenario"].sum() == pytest.approx(100, abs=0.5)
    texts = " ".join(one.value for one in app.text)
    assert "why" in texts
    most = table.sort_values("spread", ascending=False, kind="stable")["site_id"].iloc[0]
    assert why(compare_methods(assessment), most) in texts
