"""Weights by other ways: Saaty's own matrices, published entropy and CRITIC, files and refusals."""

from __future__ import annotations

import json
import tomllib
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.criteria import CRITERIA
from geo.pairwise import JudgementError, judge, random_index, read_judgements
from geo.scenario import load_scenario
from geo.weighting import critic_weights, entropy_weights, scenario_text, weigh

NAN = float("nan")
IDS = [one.id for one in CRITERIA]

HOUSE = """
1   5   3   7 6   6   1/3 1/4
1/5 1   1/3 5 3   3   1/5 1/7
1/3 3   1   6 3   4   6   1/5
1/7 1/5 1/6 1 1/3 1/4 1/7 1/8
1/6 1/3 1/3 3 1   1/2 1/5 1/6
1/6 1/3 1/4 4 2   1   1/5 1/6
3   5   1/6 7 5   5   1   1/2
4   7   5   8 6   6   2   1
"""
WEALTH = """
1   4   9 6   6   5   5
1/4 1   7 5   5   3   4
1/9 1/7 1 1/5 1/5 1/7 1/5
1/6 1/5 5 1   1   1/3 1/3
1/6 1/5 5 1   1   1/3 1/3
1/5 1/3 7 3   3   1   2
1/5 1/4 5 3   3   1/2 1
"""


def matrix(text):
    rows = [[float(Fraction(cell)) for cell in line.split()] for line in text.strip().split("\n")]
    names = [f"c{i}" for i in range(len(rows))]
    return pd.DataFrame(rows, index=names, columns=names)


def test_buying_a_house():
    """Saaty 2003 (Eur. J. Oper. Res. 145, 85-91): 9.669, CR .17, and what to look at again."""
    judged = judge(matrix(HOUSE))
    printed = [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert judged.weights.tolist() == pytest.approx(printed, abs=6e-4)
    assert judged.lambda_max == pytest.approx(9.669, abs=6e-4)
    assert judged.consistency_ratio == pytest.approx(0.17, abs=6e-3)
    worst = judged.doubtful.iloc[0]
    assert (worst["row"], worst["column"], worst["judged"]) == ("c2", "c6", 6)


def test_buying_a_house_after_looking_again():
    """The same: neighbourhood over condition from 6 to 1/2 gives 8.811 and CR .083."""
    house = matrix(HOUSE)
    house.loc["c2", "c6"], house.loc["c6", "c2"] = 1 / 2, 2
    judged = judge(house)
    printed = [0.175, 0.062, 0.103, 0.019, 0.034, 0.041, 0.221, 0.345]
    assert judged.weights.tolist() == pytest.approx(printed, abs=6e-4)
    assert judged.lambda_max == pytest.approx(8.811, abs=1e-3)
    assert judged.consistency_ratio == pytest.approx(0.083, abs=1e-3)


def test_the_wealth_of_nations():
    """Saaty 1977 (J. Math. Psychol. 15, 234-281), seven nations, lambda_max 7.61, CR .08."""
    judged = judge(matrix(WEALTH))
    assert judged.lambda_max == pytest.approx(7.61, abs=6e-3)
    assert judged.consistency_ratio == pytest.approx(0.08, abs=6e-3)
    assert judged.weights.iloc[:2].tolist() == pytest.approx([0.429, 0.231], abs=3e-3)


@pytest.mark.parametrize("size", range(3, 16))
def test_random_indices_are_those_of_random_matrices(size):
    """Against 400 matrices of Saaty's scale; his own samples were no larger."""
    rng = np.random.default_rng(size)
    scale = np.array([1 / one for one in range(9, 1, -1)] + list(range(1, 10)))
    found = []
    for _ in range(400):
        judged = np.ones((size, size))
        above = np.triu_indices(size, 1)
        judged[above] = rng.choice(scale, len(above[0]))
        judged.T[above] = 1 / judged[above]
        largest = np.linalg.eigvals(judged).real.max()
        found.append((largest - size) / (size - 1))
    assert random_index(size) == pytest.approx(np.mean(found), abs=0.09)


def test_beyond_the_table_of_random_matrices_is_refused():
    with pytest.raises(JudgementError, match=r"16 criteria are compared: Saaty's table"):
        judge(pd.DataFrame(np.ones((16, 16))))


@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=13))
@settings(max_examples=50, deadline=None)
def test_consistent_judgements_give_back_their_weights(weights):
    ratios = pd.DataFrame(np.divide.outer(weights, weights))
    judged = judge(ratios)
    assert judged.weights.tolist() == pytest.approx(np.array(weights) / sum(weights))
    assert judged.consistency_ratio == pytest.approx(0, abs=1e-9)


def test_entropy_of_the_fighter_aircraft():
    """Hwang and Yoon 1981, entropy method: weights printed from logarithms of four figures."""
    fighters = pd.DataFrame([
        [2.0, 1500, 20000, 5.5, 5, 9],
        [2.5, 2700, 18000, 6.5, 3, 5],
        [1.8, 2000, 21000, 4.5, 7, 7],
        [2.2, 1800, 20000, 5.0, 5, 5],
    ])  # fmt: skip
    printed = [0.0649, 0.2055, 0.0133, 0.0829, 0.3570, 0.2764]
    assert entropy_weights(fighters).tolist() == pytest.approx(printed, abs=2e-3)


def test_critic_of_the_pharmaceutical_firms():
    """Diakoulaki, Mavrotas and Papayannakis 1995: .20, .48, .32 from their normalised table."""
    firms = np.array([
        [61, 1.08, 4.33], [20.7, 0.26, 4.34], [16.3, 1.98, 2.53], [9, 3.29, 1.65],
        [5.4, 2.77, 2.33], [4, 4.12, 1.21], [-6.1, 3.52, 2.10], [-34.6, 3.31, 0.98],
    ])  # fmt: skip
    normalised = (firms - firms.min(axis=0)) / np.ptp(firms, axis=0)
    weights = critic_weights(pd.DataFrame(normalised))
    assert weights.tolist() == pytest.approx([0.20, 0.48, 0.32], abs=5e-3)


def test_entropy_of_half_the_sites_at_one():
    """By hand: 1 site of 4 holds all: E = 0; 2 of 4: E = log 2 / log 4 = 1/2; all alike: 1."""
    worth = pd.DataFrame({"one": [1.0, 0, 0, 0], "two": [1.0, 1, 0, 0], "all": [0.3] * 4})
    assert entropy_weights(worth).tolist() == pytest.approx([2 / 3, 1 / 3, 0])


worths = arrays(float, (12, 4), elements=st.one_of(st.just(NAN), st.floats(0, 1)))


@given(worths, st.permutations(range(12)))
@settings(max_examples=60, deadline=None)
def test_weights_are_shares_and_know_no_order(values, order):
    table = pd.DataFrame(values)
    for weights_of in (entropy_weights, critic_weights):
        weights = weights_of(table)
        assert np.allclose(weights_of(table.iloc[order]), weights, equal_nan=True)
        known = weights.dropna()
        assert known.empty or known.sum() == pytest.approx(1)
        assert (known >= 0).all()
        few = table.notna().sum() < 2
        assert weights[few].isna().all()


def test_an_unknown_is_left_out_and_not_taken_as_nothing():
    """Ten sites alike, then ten of which nothing is known: the criterion still divides nobody."""
    worth = pd.DataFrame({"a": [0.4] * 10 + [NAN] * 10, "b": np.linspace(0.1, 1, 20)})
    assert entropy_weights(worth)["a"] == pytest.approx(0)
    assert critic_weights(worth)["a"] == pytest.approx(0)


def test_nothing_is_rescaled_to_the_candidates():
    """A criterion on which all are nearly alike stays light, where min-max would make it equal."""
    rng = np.random.default_rng(3)
    wide = rng.random(200)
    worth = pd.DataFrame({"wide": wide, "narrow": 0.5 + 0.01 * rng.permutation(wide)})
    for weights_of in (entropy_weights, critic_weights):
        assert weights_of(worth)["narrow"] < 0.02


def test_all_alike_give_no_weights():
    alike = pd.DataFrame({"a": [0.5, 0.5, 0.5], "b": [1.0, 1.0, 1.0]})
    for weights_of in (entropy_weights, critic_weights):
        assert weights_of(alike).isna().all()


THREE = ["energised_capacity", "poi_distance", "land"]


def written(tmp_path, *rows, header=THREE):
    path = tmp_path / "j.csv"
    path.write_text("\n".join([",".join(["", *header]), *rows]) + "\n", encoding="utf-8")
    return path


def test_a_blank_is_the_reciprocal_of_its_mirror_image(tmp_path):
    half = written(tmp_path, f"{THREE[0]},1,3,5", f"{THREE[1]},,,2", f"{THREE[2]},,,1")
    from_half = read_judgements(half).matrix
    full = written(tmp_path, f"{THREE[2]},1/5,0.5,1", f"{THREE[0]},1,3,5", f"{THREE[1]},0.333,1,2")
    from_full = read_judgements(full).matrix
    assert from_half.to_numpy().tolist() == [[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]]
    assert from_full.equals(from_half)


def test_every_breach_is_named_at_once(tmp_path):
    path = written(tmp_path, f"{THREE[0]},2,12,5", f"{THREE[1]},,1,", f"{THREE[2]},1/4,,x")
    with pytest.raises(JudgementError, match="cannot be used") as raised:
        read_judgements(path)
    said = str(raised.value)
    for part in (
        "row 'energised_capacity', column 'energised_capacity': found '2', expected 1 or a blank",
        "row 'energised_capacity', column 'poi_distance': found '12', expected 1 to 9",
        "row 'land', column 'energised_capacity': found '1/4', expected the reciprocal of '5'",
        "row 'poi_distance', column 'land': blank, and so is its mirror image",
        "row 'land', column 'land': found 'x', expected 1 or a blank",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        (["lands", "land"], ["lands,1,2", "land,,1"], r"unknown criterion 'lands': did you mean"),
        (["land", "land"], ["land,1,2"], r"header: 'land' stands there 2 times"),
        (THREE, [f"{THREE[0]},1,2,3", f"{THREE[1]},,1,2"], "column 'land' has no row"),
        (["land"], ["land,1"], "1 criteria in the header, expected two or more"),
        (THREE, [f"{one},1,2" for one in THREE], "2 cells, expected 3"),
        (["land", "poi_distance"], ["land,1,3-Jan", "poi_distance,,1"], "found '3-Jan'"),
        (["land", "poi_distance"], ["land,1,1/0", "poi_distance,,1"], "found '1/0'"),
        (["land", "poi_distance"], ["land,1,-3", "poi_distance,,1"], "found '-3'"),
        (["land", "poi_distance"], ["land,1,nan", "poi_distance,,1"], "found 'nan'"),
    ],
)
def test_files_that_are_no_matrix(tmp_path, header, rows, said):
    with pytest.raises(JudgementError, match=said):
        read_judgements(written(tmp_path, *rows, header=header))


def test_files_that_are_no_text(tmp_path):
    path = tmp_path / "j.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(JudgementError, match="cannot be read"):
        read_judgements(path)
    path.write_text("")
    with pytest.raises(JudgementError, match="the file is empty"):
        read_judgements(path)


def contradictory(tmp_path):
    return written(tmp_path, f"{THREE[0]},1,9,1/9", f"{THREE[1]},,1,9", f"{THREE[2]},,,1")


def test_judgements_that_contradict_each_other_are_refused(tmp_path, rewatt):
    path = contradictory(tmp_path)
    with pytest.raises(JudgementError, match=r"expected 0\.1 or less .* Look again at energised"):
        read_judgements(path)
    assert read_judgements(path, force=True).consistency_ratio > 0.1
    refused = rewatt("weights", "--pairwise", path)
    assert refused.status == 2
    assert "take them as they are with --force" in refused.err
    assert rewatt("weights", "--pairwise", path, "--force").status == 0


def test_the_ahp_scenario_ranks(tmp_path, rewatt):
    judgements = written(tmp_path, f"{THREE[0]},1,3,5", f"{THREE[1]},,,2", f"{THREE[2]},,,1")
    mine = tmp_path / "mine.toml"
    outcome = rewatt("weights", "--pairwise", judgements, "--out", mine, "--target-mw", 300)
    assert outcome.status == 0, outcome.err
    scenario = load_scenario(str(mine))
    assert scenario.target_mw == 300
    assert "judgements in j.csv: consistency ratio 0.003" in scenario.reason
    assert scenario.gates == load_scenario("balanced").gates
    expected = judge(read_judgements(judgements).matrix).weights
    shares = {name: scenario.shares[name] for name in THREE}
    assert shares == pytest.approx(expected.to_dict())
    assert sum(scenario.shares.values()) == pytest.approx(1)
    assert rewatt("rank", "--scenario", mine, "--top", 3).status == 0


@pytest.mark.parametrize("way", ["entropy", "critic"])
def test_the_other_scenarios_rank(tmp_path, rewatt, way):
    mine = tmp_path / "mine.toml"
    outcome = rewatt("weights", "--method", way, "--out", mine)
    assert outcome.status == 0, outcome.err
    scenario = load_scenario(str(mine))
    assert "what tells these sites apart, not what matters" in scenario.reason
    assert "gas_pipeline_distance" not in scenario.weights  # known nowhere
    assert rewatt("rank", "--scenario", mine, "--top", 3).status == 0


def test_a_scenario_with_odd_characters_survives(assessment):
    text = scenario_text(
        weigh(assessment), "critic", assessment.scenario, 200.0, 'a "b" \\ \x7f\n\té'
    )
    assert 'a "b" \\ \x7f\n\té' in tomllib.loads(text)["reason"]


def test_side_by_side(rewatt, tmp_path):
    judgements = written(tmp_path, f"{THREE[0]},1,3,5", f"{THREE[1]},,,2", f"{THREE[2]},,,1")
    document = json.loads(rewatt("weights", "--pairwise", judgements, "--json").out)
    table = pd.DataFrame(document["criteria"]).set_index("criterion")
    assert list(table.index) == IDS
    for way in ("share", "ahp", "entropy", "critic"):
        assert table[way].sum() == pytest.approx(1)
    assert (table["ahp"].drop(THREE) == 0).all()
    assert pd.isna(table.at["gas_pipeline_distance", "entropy"])
    assert table.at["gas_pipeline_distance", "known_sites"] == 0
    assert document["ahp"]["lambda_max"] == pytest.approx(3.0037, abs=1e-3)
    shown = rewatt("weights")
    assert "ahp" not in shown.out
    assert "so without such a weight: gas_pipeline_distance" in shown.err


def test_options_that_contradict_each_other_are_named_together(rewatt, tmp_path):
    outcome = rewatt("weights", "--method", "ahp", "--force")
    assert outcome.status == 2
    for part in ("--method ahp rests on judgements", "--force takes", "give --out, too"):
        assert part in outcome.err
    assert rewatt("weights", "--out", tmp_path / "x.toml").status == 2
    wrong = rewatt("weights", "--method", "critic", "--out", tmp_path / "x.csv")
    assert "expected one of .toml" in wrong.err


def test_sites_that_are_all_alike_have_no_such_weights(rewatt, tmp_path):
    sites = tmp_path / "one.csv"
    sites.write_text("site_id,lat,lon\na,33.0,-100.0\n")
    outcome = rewatt(
        "weights", "--sites", sites, "--method", "critic", "--out", tmp_path / "x.toml"
    )
    assert outcome.status == 2
    assert "There are no weights by critic" in outcome.err
    assert not (tmp_path / "x.toml").exists()
