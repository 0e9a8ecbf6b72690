"""Round trips in fibre, by hand, against an operator's figure, and where nothing is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.assess import assess
from geo.criteria.network_latency import CRITERION, measure, round_trip_ms
from geo.question import Question
from geo.scenario import load_scenario, scenario_names
from layers import facilities, read_parameters
from layers._base import LoadedLayer, with_points
from tests.conftest import AS_OF

QUESTION = Question(200, AS_OF)


def layer_of(*rows):
    table = pd.DataFrame(rows, columns=["lat", "lon", "networks"])
    table["facility_id"] = [str(number) for number in range(len(table))]
    return {"facilities": LoadedLayer(facilities.LAYER, with_points(table))}


def test_a_thousand_kilometres_by_hand():
    """Light in fibre of index 1.468 makes 204,218 km in a second: 1,000 km and back is 9.793 ms."""
    assert round_trip_ms(np.array([1000.0]), 1) == pytest.approx(9.7934, abs=1e-4)
    assert round_trip_ms(np.array([1000.0]), 1.3) == pytest.approx(12.7315, abs=1e-4)


def test_value_and_range_of_one_degree_of_latitude_by_hand(make_sites):
    """The meridian from 40 to 41 degrees north is 111.04 km on WGS 84; a site is good to 2 km."""
    sites = make_sites(lat=[40.0], lon=[-100.0])
    found = measure(sites, layer_of((41.0, -100.0, 50)), QUESTION).iloc[0]
    per_km = 2 * 1.468 / 299_792.458 * 1000
    assert found["value"] == pytest.approx(111.035 * 1.3 * per_km, rel=1e-4)
    assert found["low"] == pytest.approx(109.035 * per_km, rel=1e-4)
    assert found["high"] == pytest.approx(113.035 * 2.1 * per_km, rel=1e-4)


def test_what_iren_states_for_childress_lies_in_the_range(sites):
    """6 ms to Dallas, where the Infomart is the facility."""
    found = measure(sites, layer_of((32.80081, -96.81948, 310)), QUESTION).loc["iren-childress"]
    stated = read_parameters()["rtt_childress_dallas_ms"].value
    assert found["low"] < found["value"] < stated < found["high"]


def test_a_facility_of_few_networks_is_not_neutral(make_sites):
    sites = make_sites(lat=[40.0], lon=[-100.0])
    near, far = (40.0, -100.1), (41.0, -100.0)
    few = measure(sites, layer_of((*near, 9), (*far, 10)), QUESTION)["value"]
    many = measure(sites, layer_of((*near, 10), (*far, 10)), QUESTION)["value"]
    assert many.iloc[0] < few.iloc[0] / 10
    blank = measure(sites, layer_of((*near, np.nan)), QUESTION)
    assert blank.isna().all(axis=None)


def test_a_site_on_the_facility_needs_no_time_and_no_less(make_sites):
    sites = make_sites(lat=[40.0], lon=[-100.0])
    found = measure(sites, layer_of((40.0, -100.0, 50)), QUESTION).iloc[0]
    assert (found["value"], found["low"]) == (0, 0)
    assert found["high"] > 0


def test_a_centroid_has_no_round_trip_and_the_others_keep_theirs(make_sites):
    sites = make_sites(
        lat=[40.0, 40.0, 40.0],
        lon=[-100.0, -100.0, -100.0],
        coord_precision=["county", "site", "town"],
    )
    found = measure(sites, layer_of((41.0, -100.0, 50)), QUESTION)
    assert found.iloc[0].isna().all()
    assert found["value"].iloc[1] == found["value"].iloc[2]
    assert found["low"].iloc[1] > found["low"].iloc[2]
    assert found["high"].iloc[1] < found["high"].iloc[2]


def test_unknown_until_the_facilities_are_there(sites, layers):
    assert measure(sites, layers, QUESTION).isna().all(axis=None)
    table = with_points(pd.DataFrame({"lat": [40.0], "lon": [-100.0]}))
    bare = LoadedLayer(facilities.LAYER, table, missing=("networks",))
    assert measure(sites, {"facilities": bare}, QUESTION).isna().all(axis=None)


@pytest.mark.parametrize("name", [one for one in scenario_names() if one != "latency_first"])
def test_the_other_scenarios_do_not_hear_of_it(sites, layers, name):
    scenario = load_scenario(name)
    assert not scenario.weights.get(CRITERION.id)
    there = {**layers, **layer_of((32.8, -96.8, 310))}
    one, two = (assess(sites, each, scenario, QUESTION).scores for each in (layers, there))
    pd.testing.assert_series_equal(one.score, two.score)
    pd.testing.assert_series_equal(one.potential, two.potential)


def test_its_own_scenario_moves_with_the_distance(sites, layers):
    scenario = load_scenario("latency_first")
    assert sum(scenario.weights.values()) == pytest.approx(1)
    near = sites.loc["iren-childress"]
    there = {**layers, **layer_of((near["lat"], near["lon"], 310))}
    before = assess(sites, layers, scenario, QUESTION).scores
    after = assess(sites, there, scenario, QUESTION).scores
    gained = after.score - before.score
    assert gained["iren-childress"] == pytest.approx(0.5)
    assert (gained >= -1e-12).all()
    assert gained.drop("iren-childress").max() < 0.5
    assert (after.potential <= before.potential + 1e-12).all()
