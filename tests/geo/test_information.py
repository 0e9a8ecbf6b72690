"""What to find out first, and how far one thing swings a site."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from geo.assess import assess
from geo.criteria import CRITERIA
from geo.information import ASKS, value_of_information
from geo.robustness import Uncertainty
from geo.selection import Selection, select
from geo.sites import embedded_sites
from geo.tornado import tornado

NAN = np.nan


@pytest.fixture(scope="module")
def us(assessment):
    return assessment.only(select(assessment.sites, Selection("us")))


@pytest.fixture(scope="module")
def table(us):
    return value_of_information(us)


def test_how_likely_an_unknown_changes_the_first_place(of_metrics):
    """The leader has 0.8 for sure; the other is anywhere in [0, 1]: one time in five it wins."""
    tiny = of_metrics({"land": 1.0}, land=[0.7, NAN, 0.1])
    found = value_of_information(tiny, top=1)
    assert found["site_id"].tolist() == ["s1"]
    row = found.iloc[0]
    assert row["p_changes_top"] == pytest.approx(0.2, abs=1e-3)
    # from rank 3: past s2 (worth 0.2) with 0.8, past s0 with 0.2
    assert row["ranks_mean"] == pytest.approx(1.0, abs=2e-3)
    assert (row["rank"], row["rank_best"], row["rank_worst"]) == (3, 1, 3)
    assert row["known"] == "nothing"


def test_a_range_can_take_a_site_out_of_the_best(of_metrics):
    """km 5 (worth .8), somewhere from 0 to 20; the rival at 10 km is worth two thirds.

    Beyond 10 km lies a third of the upper half: one sixth of the draws.
    """
    tiny = of_metrics({"poi_distance": 1.0}, poi_distance=[(5, 0, 20), 10])
    found = value_of_information(tiny, top=1)
    assert found["p_changes_top"].tolist() == [pytest.approx(1 / 3, abs=2e-3)]
    assert found["known"].tolist() == ["range"]
    assert found["could_lose"].tolist() == [pytest.approx(0.4, abs=2e-3)]
    assert found["could_gain"].tolist() == [pytest.approx(0.2, abs=2e-3)]


def test_by_potential_finding_out_can_only_disappoint(of_metrics):
    tiny = of_metrics({"land": 1.0}, by="potential", land=[0.7, NAN])
    found = value_of_information(tiny, top=1)
    assert found["rank"].tolist() == [1]
    assert found["p_changes_top"].tolist() == [pytest.approx(0.8, abs=1e-3)]
    assert found["could_gain"].tolist() == [0]


def test_finding_out_an_unknown_stays_within_score_and_potential(us, table):
    unknown = table[table["known"] == "nothing"].set_index("site_id")
    room = us.scores.potential - us.scores.score
    assert len(unknown) > 100
    assert (unknown["could_lose"] <= 1e-9).all()
    assert (unknown["could_gain"] <= room[unknown.index].to_numpy() + 1e-6).all()
    assert (unknown["rank_worst"] <= unknown["rank"]).all()


@pytest.mark.parametrize("acres", [0.0, 10.0, 60.0, 1e5])
def test_a_found_acreage_moves_the_score_within_its_bounds(layers, us, acres):
    """The table with the acreage filled in, measured and scored anew."""
    sites = embedded_sites(layers)
    open_ = us.sites.index[us.sites["land_acres"].isna()]
    sites.loc[open_, "land_acres"] = acres
    after = assess(sites, layers, us.scenario, us.question)
    before = us.scores
    assert (after.scores.score[open_] >= before.score[open_] - 1e-12).all()
    assert (after.scores.score[open_] <= before.potential[open_] + 1e-12).all()
    assert (after.scores.potential[open_] <= before.potential[open_] + 1e-12).all()
    still = us.sites.index.difference(open_)
    assert (after.scores.score[still] == before.score[still]).all()


def test_every_open_field_of_every_site_is_listed_once(us, table):
    open_ = 0
    for one in CRITERIA:
        if not us.scenario.weights.get(one.id):
            continue  # what nobody weighs need not be found out
        low, high = us.metrics.low[one.id], us.metrics.high[one.id]
        ranked = us.rank.notna()
        open_ += int((~(low == high) & ranked).sum())
    assert sum(len(row.split(", ")) for row in table["criteria"]) == open_
    assert not table.duplicated(["site_id", "field"]).any()
    assert set(table["field"]) <= set(ASKS)
    assert {one.id for one in CRITERIA} <= set(ASKS)


def test_unknown_megawatts_are_one_thing_to_find_out(us, table):
    site = us.sites.index[us.sites["energised_mw"].isna() & us.rank.notna()][0]
    row = table[(table["site_id"] == site) & (table["field"] == "energised_mw")]
    assert "energised_capacity, " in row["criteria"].item()
    own = table[table["site_id"] == site]
    assert "energised_capacity" not in own["field"].tolist()


def test_the_most_valuable_comes_first(table):
    keys = list(zip(-table["p_changes_top"], -table["ranks_mean"], table["rank"], strict=True))
    assert keys == sorted(keys)


# tornado


def test_swings_end_where_the_formula_says(of_metrics):
    tiny = of_metrics({"land": 3.0, "poi_distance": 1.0}, land=[NAN, 0.3], poi_distance=[5, 10])
    uncertainty = Uncertainty(concentration=20)
    swings = tornado(tiny, "s0", uncertainty).set_index(["criterion", "moved"])
    metric = swings.loc[("land", "metrics")]
    assert (metric["score_low"], metric["score_high"]) == pytest.approx((0.2, 0.95))
    assert (metric["rank_at_low"], metric["rank_at_high"]) == (2, 1)
    weight = swings.loc[("poi_distance", "weights")]
    margin = stats.beta(20 * 0.25, 20 * 0.75)
    ends = [0.8 * margin.ppf(0.05), 0.8 * margin.ppf(0.95)]
    assert (weight["score_low"], weight["score_high"]) == pytest.approx(ends)
    anchors = swings.loc[("poi_distance", "anchors")]
    # 5 km against anchors at 4, 16 (x .8) and 6, 24 (x 1.2)
    near, far = np.interp(5, [4, 16], [0.8, 0.4]), np.interp(5, [0, 6], [1, 0.8])
    assert (anchors["score_low"], anchors["score_high"]) == pytest.approx((near / 4, far / 4))


def test_the_widest_swing_comes_first_and_holds_the_score(us):
    swings = tornado(us, "iren-childress", Uncertainty())
    width = swings["score_high"] - swings["score_low"]
    assert width.is_monotonic_decreasing
    score = us.scores.score["iren-childress"]
    assert (swings["score_low"] <= score + 1e-9).all()
    assert (swings["score_high"] >= score - 1e-9).all()
    assert (swings["rank_at_high"] <= swings["rank_at_low"]).mean() > 0.9


def test_equals_share_the_better_rank_before_and_after(of_metrics):
    """Worth 0.8, 0.8 and unknown: both equals are first, and stay so whatever is found out."""
    tiny = of_metrics({"land": 1.0, "supply_firmness": 1.0}, land=[0.7, 0.7], supply_firmness=[
        (0.0, 0.0, 1.0), 0.0])  # fmt: skip
    row = value_of_information(tiny, top=1).iloc[0]
    assert (row["rank"], row["rank_best"], row["rank_worst"]) == (1, 1, 1)
    assert (row["p_changes_top"], row["ranks_mean"]) == (0, 0)


def test_anchors_that_move_move_bounds_too_and_what_is_possible(of_metrics):
    """Known to lie between 5 and 20 km: proven is 20, possible 5."""
    metrics = {"poi_distance": [(NAN, 5, 20), 10], "land": [0.25, 0.25]}
    weights = {"poi_distance": 1.0, "land": 1.0}
    x, y = np.array([0, 5, 20, 40]), [1, 0.8, 0.4, 0]
    for by, at in (("score", 20), ("potential", 5)):
        tiny = of_metrics(weights, by=by, **metrics)
        swings = tornado(tiny, "s0", Uncertainty()).set_index(["criterion", "moved"])
        row = swings.loc[("poi_distance", "anchors")]
        ends = [0.25 + np.interp(at, factor * x, y) / 2 for factor in (0.8, 1.2)]
        assert (row["score_low"], row["score_high"]) == pytest.approx(ends)


def test_moves_down_count_as_much_as_moves_up(of_metrics):
    """km 10, somewhere from 0 to 20, between rivals at 5 and 15: half of each half passes one."""
    tiny = of_metrics({"poi_distance": 1.0}, poi_distance=[(10, 0, 20), 5, 15])
    row = value_of_information(tiny, top=1).iloc[0]
    assert row["ranks_mean"] == pytest.approx(0.5, abs=2e-3)
    assert (row["rank"], row["rank_best"], row["rank_worst"]) == (2, 1, 3)


def test_what_can_only_help_or_only_hurt_is_never_negative(of_metrics):
    tiny = of_metrics({"land": 1.0}, land=[(NAN, 0.25, 1.0), 0.5])
    row = value_of_information(tiny).iloc[0]
    assert row["known"] == "bounds"
    assert row["could_lose"] == 0
    assert row["could_gain"] == pytest.approx(0.5, abs=1e-3)


def test_megawatts_are_good_or_bad_together(of_metrics):
    """Unknown MW at a site of which nothing else is known: its best is 1, its worst is 0."""
    weights = {"energised_capacity": 1.0, "poi_distance": 1.0, "time_to_target": 1.0}
    tiny = of_metrics(
        weights,
        energised_capacity=[NAN, 300],
        poi_distance=[(NAN, 5, 20), 5],
        time_to_target=[(NAN, 2, 5), 2],
    )
    row = value_of_information(tiny, top=1).iloc[0]
    assert row["field"] == "energised_mw"
    assert row["criteria"] == "energised_capacity, poi_distance, time_to_target"
    assert row["known"] == "nothing"
    # proven: 0, 0.4 and 0.2; at best 1, 0.8 and 0.7
    assert row["could_gain"] == pytest.approx((2.5 - 0.6) / 3, abs=1e-3)
    assert row["could_lose"] == pytest.approx(0)


def test_equals_share_a_rank_in_the_tornado_and_what_is_certain_has_no_swing(of_metrics):
    tiny = of_metrics({"land": 1.0, "poi_distance": 1.0}, land=[0.3, 0.3], poi_distance=[3, 3])
    for site in tiny.sites.index:
        swings = tornado(tiny, site, Uncertainty())
        assert set(swings["moved"]) == {"weights", "anchors"}
        assert (swings[["rank_at_low", "rank_at_high"]] == 1).all(axis=None)
