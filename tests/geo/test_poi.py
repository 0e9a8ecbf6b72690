"""Which substation: on the real table, and on small ones made for the case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.poi import find_pois
from geo.question import Question
from layers._base import with_points

EVERYWHERE = shapely.box(-130, 20, -60, 55)


@pytest.fixture
def grid(layers):
    """Give a substation layer of a few stations: name, lat, lon, kV, circuits, evidence."""

    def make(*rows, coverage=EVERYWHERE):
        table = pd.DataFrame(
            rows, columns=["substation_id", "lat", "lon", "max_kv", "circuits", "kv_evidence"]
        ).assign(name=None, state="TX", min_kv=np.nan, line_pieces_near=1)
        return replace(layers["substations"], table=with_points(table), coverage=coverage)

    return make


def ask(sites, layer, target_mw=200):
    return look(sites, layer, target_mw).iloc[0]


def look(sites, layer, target_mw=200):
    return find_pois(sites, {"substations": layer}, Question(target_mw, "2026-10")).table


def test_iren_childress_finds_tesla(sites, layers):
    poi = ask(sites.loc[["iren-childress"]], layers["substations"])
    assert (poi["poi_name"], poi["poi_kv"], poi["poi_circuits"]) == ("Tesla", 345, 5)
    assert poi["poi_distance_km"] == pytest.approx(2.96, abs=0.01)
    assert (poi["firm_mw_low"], poi["firm_mw_high"]) == (3000, 3000)
    assert poi["grid_data"] == "complete"


def test_the_middle_of_nevada_is_unknown_and_not_empty(make_sites, layers):
    poi = ask(make_sites(lat=[39.5], lon=[-117.0]), layers["substations"])
    assert poi["grid_data"] == "none"
    assert poi["poi_id"] is None
    assert np.isnan(poi["stations_40km"])


def test_a_station_too_weak_is_passed_over(make_sites, grid):
    layer = grid(
        ("weak", 34.01, -100.0, 115, 2, "confirmed"), ("strong", 34.2, -100.0, 345, 3, "confirmed")
    )
    sites = make_sites(lat=[34.0], lon=[-100.0])
    assert ask(sites, layer)["poi_id"] == "strong"
    assert ask(sites, layer, 171)["poi_id"] == "weak"


def test_one_line_drawn_might_be_a_double_circuit_and_not_a_triple(make_sites, grid):
    """138 kV: a second circuit would leave 205 MW firm."""
    layer = grid(("tap", 34.01, -100.0, 138, 1, "confirmed"))
    sites = make_sites(lat=[34.0], lon=[-100.0])
    assert ask(sites, layer, 205)["poi_id"] == "tap"
    assert ask(sites, layer, 206)["poi_id"] is None


def test_its_own_connection_comes_first(make_sites, grid):
    layer = grid(
        ("near", 34.01, -100.0, 138, 4, "confirmed"), ("own", 34.1, -100.0, 345, 3, "confirmed")
    )
    poi = ask(make_sites(lat=[34.0], lon=[-100.0], interconnection_kv=[345.0]), layer)
    assert (poi["poi_id"], poi["poi_role"]) == ("own", "own connection")
    assert poi["poi_2_id"] == "near"


def test_its_own_connection_may_be_too_weak_for_the_target(make_sites, grid):
    """It stays the point of interconnection; the MW not yet connected go to the candidate."""
    layer = grid(
        ("own", 34.01, -100.0, 115, 2, "confirmed"), ("strong", 34.1, -100.0, 345, 3, "confirmed")
    )
    poi = ask(make_sites(lat=[34.0], lon=[-100.0], interconnection_kv=[115.0]), layer)
    assert poi["poi_id"] == "own"
    assert poi["poi_role"] == "own connection, too weak for the target"
    assert poi["poi_2_id"] == "strong"
    assert poi["carrier_distance_km"] == poi["poi_2_distance_km"]
    assert poi["carrier_firm_mw_high"] == 1500


def test_a_single_line_of_a_class_may_be_of_its_highest_voltage(make_sites, grid):
    """HIFLD's class 100 to 161 kV: a double circuit of 161 kV would leave 240 MW firm."""
    layer = grid(("tap", 34.01, -100.0, 115, 1, "line_class"))
    sites = make_sites(lat=[34.0], lon=[-100.0])
    assert ask(sites, layer, 240)["poi_id"] == "tap"
    assert ask(sites, layer, 241)["poi_id"] is None


def test_an_empty_layer_is_no_error(make_sites, grid):
    assert ask(make_sites(lat=[34.0], lon=[-100.0]), grid())["stations_40km"] == 0


def test_both_voltages_of_a_station_count_as_its_own(make_sites, grid):
    layer = grid(("near", 34.01, -100.0, 138, 4, "confirmed"))
    big = grid(("big", 34.1, -100.0, 345, 4, "confirmed"))
    table = pd.concat([layer.table, big.table.assign(min_kv=161.0)], ignore_index=True)
    sites = make_sites(lat=[34.0], lon=[-100.0], interconnection_kv=[161.0])
    assert ask(sites, replace(layer, table=table))["poi_id"] == "big"


def test_for_a_small_target_the_table_is_never_complete(make_sites, grid):
    """69 kV carries 102 MW on one circuit, and the table starts at 100 kV."""
    layer = grid(("poi", 34.1, -100.0, 345, 3, "confirmed"))
    sites = make_sites(lat=[34.0], lon=[-100.0])
    assert ask(sites, layer, 102)["grid_data"] == "partial"
    assert np.isnan(ask(sites, layer, 102)["alternatives_high"])
    assert ask(sites, layer, 103)["grid_data"] == "complete"


def test_an_operating_site_without_a_station_shows_that_one_is_missing(make_sites, grid):
    from geo.gates import voltage_adequate

    layer = grid(("far", 36.0, -100.0, 345, 3, "confirmed"))
    for status, data, verdict in (
        ("operating", "partial", "unknown"),
        ("planned", "complete", "fail"),
    ):
        sites = make_sites(lat=[34.0], lon=[-100.0], status=[status])
        question = Question(200, "2026-10")
        joined = pd.concat([sites, look(sites, layer)], axis=1)
        assert joined["grid_data"].iloc[0] == data
        judged = voltage_adequate.GATE.judge(joined, {}, question, {})
        assert judged["verdict"].iloc[0] == verdict


@pytest.mark.parametrize(("km", "counted"), [(24.9, 1), (25.1, 0)])
def test_alternatives_end_at_25_km(make_sites, grid, km, counted):
    layer = grid(
        ("poi", 34.01, -100.0, 345, 3, "confirmed"),
        ("other", 34 + km / 110.922, -100.0, 345, 3, "confirmed"),
    )
    sites = make_sites(lat=[34.0], lon=[-100.0], energised_mw=[0.0])
    assert ask(sites, layer)["alternatives"] == counted


def test_absence_counts_only_where_the_table_is_complete(make_sites, grid):
    sites = make_sites(lat=[34.0], lon=[-100.0])
    nothing_near = ("far", 36.0, -100.0, 345, 3, "confirmed")
    assert ask(sites, grid(nothing_near))["stations_40km"] == 0
    half = shapely.box(-130, 20, -100.1, 55)
    assert ask(sites, grid(nothing_near, coverage=half))["grid_data"] == "partial"
    elsewhere = shapely.box(-130, 20, -110, 55)
    poi = ask(sites, grid(nothing_near, coverage=elsewhere))
    assert poi["grid_data"] == "none"
    assert np.isnan(poi["stations_40km"])


def test_alternatives_leave_the_poi_out(make_sites, grid):
    layer = grid(
        ("poi", 34.01, -100.0, 345, 3, "confirmed"),
        ("sure", 34.05, -100.0, 345, 3, "confirmed"),
        ("perhaps", 34.06, -100.0, 345, 1, "confirmed"),
        ("weak", 34.07, -100.0, 115, 2, "confirmed"),
        ("beyond", 34.3, -100.0, 345, 3, "confirmed"),
    )
    poi = ask(make_sites(lat=[34.0], lon=[-100.0], energised_mw=[0.0]), layer)
    assert (poi["alternatives_low"], poi["alternatives"], poi["alternatives_high"]) == (1, 1, 2)


def test_a_county_centroid_has_no_poi(make_sites, grid):
    layer = grid(("poi", 34.01, -100.0, 345, 3, "confirmed"))
    poi = ask(make_sites(lat=[34.0], lon=[-100.0], coord_precision=["county"]), layer)
    assert poi["poi_id"] is None


def distance(sites, layer, **columns):
    from geo.criteria import poi_distance

    question = Question(200, "2026-10")
    joined = pd.concat([sites.assign(**columns), look(sites, layer)], axis=1)
    return poi_distance.measure(joined, {}, question).iloc[0].tolist()


def test_the_distance_reaches_to_the_nearest_that_surely_can(make_sites, grid):
    """A station that only might carry the target 11 km off, one that can 22 km off; +-2 km."""
    layer = grid(
        ("might", 34.1, -100.0, 345, 1, "confirmed"), ("can", 34.2, -100.0, 345, 3, "confirmed")
    )
    sites = make_sites(lat=[34.0], lon=[-100.0], energised_mw=[0.0])
    assert distance(sites, layer) == pytest.approx([11.09, 9.09, 24.18], abs=0.02)


def test_a_distance_past_the_edge_of_the_table_is_a_bound(make_sites, grid):
    """The table ends 9 km west of the site: something cheaper may be missing, 9 to 40 km off."""
    layer = grid(
        ("can", 34.2, -100.0, 345, 3, "confirmed"), coverage=shapely.box(-100.1, 30, -90, 40)
    )
    sites = make_sites(lat=[34.0], lon=[-100.0], energised_mw=[0.0])
    assert distance(sites, layer) == pytest.approx([np.nan, 7.24, 42], abs=0.02, nan_ok=True)
    empty = grid(coverage=shapely.box(-100.1, 30, -90, 40))
    assert distance(sites, empty) == pytest.approx([np.nan, 7.24, np.nan], abs=0.02, nan_ok=True)


def test_no_station_in_a_complete_table_is_more_than_forty_km(make_sites, grid):
    sites = make_sites(lat=[34.0], lon=[-100.0], energised_mw=[0.0])
    assert distance(sites, grid()) == pytest.approx([np.nan, 38, np.inf], nan_ok=True)


def test_where_none_can_the_strongest_is_the_upper_bound(make_sites, grid):
    """Stations of 171 and 342 MW for a target of 1,000: together at most 0.513 of it."""
    from geo.criteria import firm_capability

    layer = grid(
        ("weak", 34.01, -100.0, 115, 2, "confirmed"), ("less", 34.1, -100.0, 115, 3, "confirmed")
    )
    sites = make_sites(lat=[34.0], lon=[-100.0], energised_mw=[50.0])
    question = Question(1000, "2026-10")
    joined = pd.concat([sites, look(sites, layer, 1000)], axis=1)
    found = firm_capability.measure(joined, {}, question).iloc[0].tolist()
    assert found == pytest.approx([np.nan, 0.05, 0.513], nan_ok=True)


def test_without_the_layer_nothing_is_known(sites):
    pois = find_pois(sites, {}, Question(200, "2026-10")).table
    assert set(pois["grid_data"]) == {"none"}
    assert pois["poi_id"].isna().all()


def test_every_candidate_can_or_might_carry_the_target(assessment):
    pois = assessment.metrics.findings
    found = pois[pois["poi_role"].isin(["candidate", "own connection"])]
    assert len(found) > 100
    assert ((found["firm_mw_high"] >= 200) | found["firm_mw_high"].isna()).all()
    assert (found["poi_distance_km"] <= 40).all()
