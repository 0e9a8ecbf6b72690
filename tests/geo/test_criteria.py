"""The criteria against the design, by hand, and for what they must not read."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby

import numpy as np
import pandas as pd
import pytest

from geo.assess import assess
from geo.criteria import CRITERIA
from geo.gates import GATES
from geo.question import Question
from geo.scenario import load_scenario, scenario_names
from geo.sites import complete, embedded_sites
from tests.conftest import AS_OF, REPO

BY_ID = {one.id: one for one in CRITERIA}
NAN = float("nan")


def test_every_file_is_registered():
    for registered, folder in ((CRITERIA, "criteria"), (GATES, "gates")):
        files = {path.stem for path in (REPO / "geo" / folder).glob("[!_]*.py")}
        assert {one.id for one in registered} == files


def test_criteria_of_a_group_stand_together():
    """A group's heading stands before its first criterion: once."""
    groups = [one.group for one in CRITERIA]
    assert [group for group, _ in groupby(groups)] == list(dict.fromkeys(groups))


def test_a_ranking_loads_every_layer_that_a_criterion_asks():
    from geo.cli_inputs import _MEASURED

    assert {layer for one in CRITERIA for layer in one.layers} <= set(_MEASURED)


@pytest.mark.parametrize(
    ("criterion", "metric", "utility"),
    [
        ("energised_capacity", 60, 0.4),  # half way from 20 -> .2 to 100 -> .6
        ("energised_capacity", 5000, 1),
        ("expansion_capacity", 600, 0.75),
        ("firm_capability", 2, 0.85),
        ("poi_distance", 2.5, 0.9),
        ("poi_distance", 30, 0.2),
        ("alternative_pois", 3, 0.85),
        ("gas_generation", 1250, 0.8),
        ("campus_proximity", 100, 0.6),
        ("campus_competition", 2500, 0.25),
        ("land", 0.125, 0.25),
        ("network_latency", 4, 0.6),
    ],
)
def test_anchors_are_those_of_the_design(criterion, metric, utility):
    assert BY_ID[criterion].utility(np.array([float(metric)]))[0] == pytest.approx(utility)


@pytest.mark.parametrize("criterion", CRITERIA, ids=BY_ID)
def test_every_criterion_says_where_its_numbers_come_from(criterion):
    assert len(criterion.reference) > 40
    assert criterion.unit


@pytest.mark.parametrize(
    ("energised", "contracted", "announced", "value", "low", "high"),
    [
        (100, 150, 50, 100, 100, 100),
        (100, 50, 10, 10, 10, 10),  # contradicts itself: nothing is below zero
        (100, 100, None, NAN, 0, NAN),  # what is announced is not known
        (100, None, 50, NAN, 50, NAN),  # what is contracted is not known: at least the announced
        (None, 150, 50, NAN, 50, 200),  # energised anything from 0 to 150
        (None, None, None, NAN, NAN, NAN),
    ],
)
def test_expansion_by_hand(make_sites, energised, contracted, announced, value, low, high):
    sites = make_sites(
        lat=[34.0],
        lon=[-100.0],
        energised_mw=[energised],
        contracted_mw=[contracted],
        announced_mw=[announced],
    )
    found = BY_ID["expansion_capacity"].measure(sites, {}, Question(200, AS_OF)).iloc[0].tolist()
    assert found == pytest.approx([value, low, high], nan_ok=True)


@pytest.mark.parametrize(
    ("kind", "supply", "value"),
    [
        ("grid", "grid", 1),
        ("mixed", "gas", 0.7),
        ("behind-the-meter", "nuclear", 0.6),
        ("behind-the-meter", "wind", 0.1),
        ("behind-the-meter", None, NAN),
        (None, None, NAN),
    ],
)
def test_supply_firmness_by_hand(make_sites, kind, supply, value):
    sites = make_sites(lat=[34.0], lon=[-100.0], interconnect_type=[kind], supply_source=[supply])
    found = BY_ID["supply_firmness"].measure(sites, {}, Question(200, AS_OF))["value"].iloc[0]
    assert found == pytest.approx(value, nan_ok=True)


def test_the_three_metrics_of_iren_childress_by_hand(assessment):
    """750 MW energised of 200 wanted: nothing to tie; 420 acres / 200; firm 3,000 / 200."""
    value, high = assessment.metrics.value.loc["iren-childress"], assessment.metrics.high
    assert value["energised_capacity"] == 750
    assert value["poi_distance"] == 0
    assert value["land"] == pytest.approx(2.1)
    assert high.at["iren-childress", "firm_capability"] == pytest.approx(15)


def test_grissom_is_scored_on_its_grid_alone(assessment):
    """A mine of which nobody published the MW: nothing proven in capacity, much possible."""
    row = assessment.scores.utilities.loc["grissom-peru"]
    assert np.isnan(row["energised_capacity"])
    assert row["poi_distance"] > 0
    assert (
        assessment.scores.potential["grissom-peru"] > assessment.scores.score["grissom-peru"] + 0.3
    )


def test_county_centroids_have_no_distances(assessment):
    county = assessment.sites.index[assessment.sites["coord_precision"] == "county"]
    assert len(county) == 9
    distances = [
        "poi_distance",
        "alternative_pois",
        "gas_generation",
        "campus_proximity",
        "campus_competition",
    ]
    for part in (assessment.metrics.value, assessment.metrics.low, assessment.metrics.high):
        assert part.loc[county, distances].isna().all(axis=None)


@pytest.mark.parametrize("absent", ["substations", "campuses", "gas_plants"])
def test_an_absent_layer_makes_its_criteria_unknown_and_no_error(sites, layers, absent):
    rest = {key: one for key, one in layers.items() if key != absent}
    found = assess(sites, rest, load_scenario("balanced"), Question(200, AS_OF))
    mine = [one.id for one in CRITERIA if absent in one.layers]
    assert mine
    # energised MW that reach the target need neither tie nor station, and agreed ones are coming
    agreed = sites["contracted_mw"].fillna(0) >= 200
    lacking = (found.metrics.findings["connect_mw"] != 0) & ~agreed
    unmeasured = found.metrics.value.loc[lacking, mine]
    assert unmeasured.isna().all(axis=None)
    assert found.rank.notna().sum() == 126


def test_ai_status_changes_nothing_but_its_own_column(layers, assessment):
    from geo.report import ranked_table

    table = layers["miner_sites"].table.copy()
    table["ai_hpc_status"] = np.roll(table["ai_hpc_status"].to_numpy(), 7)
    moved = embedded_sites({"miner_sites": replace(layers["miner_sites"], table=table)})
    other = assess(moved, layers, assessment.scenario, assessment.question)
    one, two = (ranked_table(each).drop(columns="ai_hpc_status") for each in (assessment, other))
    pd.testing.assert_frame_equal(one, two)


def test_no_criterion_or_gate_reads_an_outcome():
    for path in [*(REPO / "geo/criteria").glob("*.py"), *(REPO / "geo/gates").glob("*.py")]:
        assert not re.search(r"ai_hpc|ai_contract|ai_counter|committed", path.read_text())


@pytest.mark.parametrize("scenario", scenario_names())
def test_removing_or_adding_a_site_changes_no_other_score(sites, layers, scenario):
    weighed, question = load_scenario(scenario), Question(200, AS_OF)
    whole = assess(sites, layers, weighed, question).scores
    extra = complete(
        pd.DataFrame(
            {
                "site_id": ["giant"],
                "lat": [34.4],
                "lon": [-100.1],
                "energised_mw": [5000.0],
                "coord_precision": "site",
            }
        ),
        brought=True,
    )
    fewer = sites.drop(index=sites.index[::3])
    for other in (fewer, pd.concat([sites, extra])):
        again = assess(other, layers, weighed, question).scores
        both = whole.score.index.intersection(again.score.index)
        pd.testing.assert_series_equal(whole.score[both], again.score[both], check_index_type=False)
        pd.testing.assert_series_equal(
            whole.potential[both], again.potential[both], check_index_type=False
        )


def test_what_does_not_depend_on_the_target_is_not_measured_again(sites, layers, monkeypatch):
    from geo import metrics as module

    first = module.measure_sites(sites, layers, Question(200, AS_OF))
    measured = []

    def counted(one):
        def measure(*arguments):
            measured.append(one.id)
            return one.measure(*arguments)

        return replace(one, measure=measure)

    monkeypatch.setattr(module, "CRITERIA", tuple(counted(one) for one in CRITERIA))
    again = module.measure_sites(sites, layers, Question(500, AS_OF), first)
    assert set(measured) == {one.id for one in CRITERIA if one.depends_on_target}
    fresh = module.measure_sites(sites, layers, Question(500, AS_OF))
    pd.testing.assert_frame_equal(again.value, fresh.value)
    pd.testing.assert_frame_equal(again.high, fresh.high)


@pytest.mark.parametrize("target_mw", [50, 200, 1000])
def test_finding_out_an_unknown_stays_within_what_was_possible(sites, layers, target_mw):
    """Every blank MW, acreage and supply filled in at random: nothing leaves its range."""
    from geo.metrics import measure_sites, utilities

    generator = np.random.default_rng(8)
    question = Question(target_mw, AS_OF)
    proven, possible = utilities(measure_sites(sites, layers, question))
    for column in ("energised_mw", "announced_mw", "land_acres"):
        known = sites.copy()
        blank = known[column].isna()
        top = known.loc[blank, "contracted_mw"].fillna(800) if column == "energised_mw" else 800
        known.loc[blank, column] = generator.uniform(0, 1, blank.sum()) * top
        after, _ = utilities(measure_sites(known, layers, question))
        assert (after <= possible + 1e-12).where(after.notna(), other=True).all(axis=None), column
        kept = (after >= proven - 1e-12).where(proven.notna(), other=True)
        assert kept.all(axis=None), column


def test_moving_a_site_inside_its_own_precision_stays_within_its_range(sites, layers):
    from pyproj import Geod

    from geo.metrics import measure_sites

    located = sites[sites["coord_precision"].isin(["site", "town"])].copy()
    located["interconnection_kv"] = np.nan
    question = Question(200, AS_OF)
    before = measure_sites(located, layers, question)
    generator = np.random.default_rng(9)
    turn, way = generator.uniform(0, 360, len(located)), generator.uniform(0, 0.99, len(located))
    moved = located.copy()
    moved["lon"], moved["lat"], _ = Geod(ellps="WGS84").fwd(
        located["lon"], located["lat"], turn, way * located["radius_km"] * 1000
    )
    after = measure_sites(moved, layers, question).value
    for one in ("poi_distance", "alternative_pois", "gas_generation", "campus_proximity"):
        low, high = before.low[one], before.high[one]
        assert not (after[one] < low - 1e-9).any(), one
        assert not (after[one] > high + 1e-9).any(), one
