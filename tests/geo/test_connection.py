"""How a point connects: what a developer asks, at real places and on grids made for the case."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.metrics import measure_sites
from geo.question import Question
from layers._base import with_points

AS_OF = "2026-10"
EVERYWHERE = shapely.box(-130, 20, -60, 55)


@pytest.fixture
def poi(rewatt):
    def ask(lat, lon, target_mw, *more):
        outcome = rewatt("poi", "--lat", lat, "--lon", lon, "--target-mw", target_mw, *more)
        assert outcome.status == 0, outcome.err
        return outcome.out

    return ask


def test_childress_names_tesla_with_its_limit_and_what_is_unknown(poi):
    text = " ".join(poi(34.383, -100.057, 300).split())
    for words in (
        "Tesla (307121), 345 kV (confirmed), 5 circuits, 2.9 km",
        "up to 3,000 MW at the line terminals",
        "upper bound",
        "Headroom unknown",
        "Grid data here: complete",
    ):
        assert words in text
    one = json.loads(poi(34.383, -100.057, 300, "--json"))
    assert len(one["options"]) == 3
    assert one["options"][0]["name"] == "Tesla"
    assert [item["extra_usd"] >= 0 for item in one["options"]] == [True] * 3
    assert one["binding_constraint"]["code"] == "queue"


def test_new_carlisle_names_olive(poi):
    text = " ".join(poi(41.70, -86.48, 300).split())
    assert "Olive (147727), 345 kV (confirmed), 8 circuits, 0.8 km" in text
    assert "Grid data here: partial" in text


def test_holly_ridge_offers_a_new_station_on_the_500_kv_line(poi):
    """The 115 kV stations carry 342 and 513 MW on paper: above that only the line does.

    3.13 km: 1,500 MW on one circuit, 46.9 M$ as worked in test_cost.
    """
    for target in (300, 900):
        one = json.loads(poi(32.51, -91.64, target, "--json"))
        new = next(item for item in one["options"] if item["kind"] == "new switching station")
        assert new["kv"] == 500
        assert new["distance_km"] == pytest.approx(3.13, abs=0.1)
        assert new["usd_low"] == pytest.approx(46.94e6, rel=0.01)
        assert (new["firm_mw_low"], new["can"]) == (1500, "can")
    assert one["options"][0]["kind"] == "new switching station"
    assert {item["kv"] for item in one["options"] if item["kind"] == "station"} <= {115}
    assert all(item["can"] == "might" for item in one["options"] if item["kind"] == "station")


def test_in_the_middle_of_nevada_the_tables_know_nothing(poi):
    text = " ".join(poi(39.5, -117.0, 300).split())
    assert "Grid data here: none" in text
    assert "a gap in the tables, not an absence of stations" in text
    one = json.loads(poi(39.5, -117.0, 300, "--json"))
    assert one["poi"]["poi_id"] is None
    assert one["cost"]["usd_mid"] is None
    assert one["time"]["time_to_target_years_p50"] is None
    assert one["binding_constraint"]["code"] == "unknown"


def test_a_target_above_every_single_point_is_split_and_says_so(poi):
    """Tesla 3,000, the line 750, the 138 kV station 250 of its 615 MW: 4,000."""
    text = " ".join(poi(34.383, -100.057, 4000).split())
    assert "No single point carries 4,000 MW; split over 3" in text
    one = json.loads(poi(34.383, -100.057, 4000, "--json"))
    assert [item["part_mw"] for item in one["split"]] == [3000, 750, 250]
    usd = sum(item["usd_low"] for item in one["split"])
    assert one["cost"]["usd_low"] == pytest.approx(usd)
    assert one["binding_constraint"]["code"] == "circuits"
    assert one["time"]["time_to_target_years_p50"] is None


def test_a_target_above_all_together_is_impossible_and_says_why(poi):
    one = json.loads(poi(34.383, -100.057, 9000, "--json"))
    assert one["options"] == one["split"] == []
    assert one["binding_constraint"]["code"] == "voltage"
    assert "the strongest here together might carry 4,845 MW" in one["binding_constraint"]["reason"]


def test_the_market_moves_the_years(poi):
    years = {
        iso: json.loads(poi(34.383, -100.057, 300, "--json", "--iso", iso))["time"]
        for iso in ("ERCOT", "SPP")
    }
    assert years["ERCOT"]["time_to_target_years_p50"] == pytest.approx(4.04)
    assert years["SPP"]["time_to_target_years_p50"] == pytest.approx(5)


@pytest.mark.parametrize(
    ("lat", "lon", "words"),
    [
        ("-100.057", "34.383", "look swapped"),
        ("95", "200", "expected -90 to 90 degrees; --lon is 200"),
        ("nan", "1", "--lat is nan"),
    ],
)
def test_a_point_that_is_none_is_refused(rewatt, lat, lon, words):
    outcome = rewatt("poi", "--lat", lat, "--lon", lon)
    assert outcome.status == 2
    assert words in outcome.err
    assert outcome.out == ""


def test_a_target_that_is_no_power_is_refused(rewatt):
    outcome = rewatt("poi", "--lat", 34, "--lon", -100, "--target-mw", 0)
    assert outcome.status == 2
    assert "megawatts" in outcome.err


@pytest.fixture
def grid(layers):
    """Give a substation layer of a few stations: id, lat, lon, kV, circuits, evidence."""

    def make(*rows):
        table = pd.DataFrame(
            rows, columns=["substation_id", "lat", "lon", "max_kv", "circuits", "kv_evidence"]
        ).assign(name=None, state="TX", min_kv=np.nan, line_pieces_near=1)
        table = table.astype({"max_kv": float, "circuits": float})
        return replace(layers["substations"], table=with_points(table), coverage=EVERYWHERE)

    return make


def bound(make_sites, layer, target_mw=200.0, **columns):
    """Give the findings at one site on a made grid."""
    given = {"state": ["TX"], "energised_mw": [0.0], "contracted_mw": [0.0], "announced_mw": [0.0]}
    sites = make_sites(lat=[34.0], lon=[-100.0], **(given | columns))
    question = Question(target_mw, AS_OF)
    return measure_sites(sites, {"substations": layer}, question).findings.iloc[0]


STRONG = ("strong", 34.05, -100.0, 345, 3, "confirmed")
WEAK = ("weak", 34.05, -100.0, 138, 2, "confirmed")
IN_DOUBT = ("doubt", 34.05, -100.0, 138, 1, "confirmed")


@pytest.mark.parametrize(
    ("stations", "target", "columns", "code", "words"),
    [
        ([STRONG], 200, {"energised_mw": [250.0]}, "conversion", "250 MW are energised"),
        ([STRONG], 200, {"energised_mw": [np.nan]}, "unknown", "energised here is not known"),
        ([STRONG], 200, {"contracted_mw": [300.0]}, "queue", "200 MW wait for study"),
        ([STRONG], 200, {"announced_mw": [300.0]}, "queue", "200 MW wait for study"),
        ([STRONG], 200, {}, "queue", "200 MW wait for study"),
        ([STRONG], 200, {"energised_mw": [50.0]}, "no_announced_growth", "150 MW of 200 MW"),
        ([], 200, {}, "distance", "no station of 100 kV or more"),
        ([WEAK], 300, {}, "circuits", "138 kV with 2 circuits"),
        ([WEAK], 616, {}, "voltage", "carries 205 MW of 616 MW"),
        ([WEAK, ("w", 34.1, -100.0, 138, 2, "confirmed")], 206, {}, "circuits", "split over 2"),
        ([IN_DOUBT], 200, {}, "circuits", "one circuit of 138 kV is drawn"),
        ([("u", 34.05, -100.0, 138, np.nan, "confirmed")], 200, {}, "unknown", "no circuits on"),
        ([("c", 34.05, -100.0, 138, 3, "conflict")], 200, {}, "unknown", "at least 0 MW"),
    ],
)  # fmt: skip
def test_what_binds(make_sites, grid, stations, target, columns, code, words):
    row = bound(make_sites, grid(*stations), target, **columns)
    assert row["binding_constraint"] == code
    assert words in row["binding_reason"]
    assert row["binding_relief"]


def test_relief_says_what_it_brings(make_sites, grid):
    queue = bound(make_sites, grid(STRONG))
    assert "1.9 years sooner, after 3.1, when the transformer binds" in queue["binding_relief"]
    growth = bound(make_sites, grid(STRONG), energised_mw=[50.0])
    assert "a request for 150 MW now brings 200 MW in 5.0 years" in growth["binding_relief"]
    split = bound(make_sites, grid(WEAK, ("w", 34.1, -100.0, 138, 2, "confirmed")), 206)
    assert "1 more circuit of 138 kV" in split["binding_relief"]
    alone = bound(make_sites, grid(WEAK), 300)
    assert "1 more circuit of 138 kV at station weak" in alone["binding_relief"]


@pytest.mark.parametrize("target", [50, 200, 1000, 5000, 20_000])
def test_an_operating_site_is_never_said_to_have_no_connection(sites, layers, target):
    found = measure_sites(sites, layers, Question(target, AS_OF)).findings
    operating = found[(sites["status"] == "operating") & sites["lat"].notna()]
    bare = operating[~(operating["stations_40km"] > 0)]
    assert len(bare) >= 2
    assert not (bare["grid_data"] == "complete").any()
    assert not operating["binding_constraint"].isin(["distance"]).any()
    assert not bare["binding_constraint"].isin(["voltage", "circuits"]).any()


def test_every_ranked_site_has_a_constraint_in_words(assessment):
    found = assessment.metrics.findings
    assert found[["binding_constraint", "binding_reason", "binding_relief"]].notna().all(axis=None)


def test_a_cheaper_station_comes_before_a_nearer_one(make_sites, grid):
    """A position at 500 kV and its line cost more at 5 km than 230 kV does at 6 km."""
    layer = grid(
        ("near", 34.045, -100.0, 500, 3, "confirmed"),
        ("cheap", 34.055, -100.0, 230, 3, "confirmed"),
    )
    row = bound(make_sites, layer)
    assert (row["poi_id"], row["poi_2_id"]) == ("cheap", "near")
    assert row["poi_2_extra_usd"] > 0


def test_where_nothing_is_built_the_nearest_is_named(make_sites, grid):
    layer = grid(
        ("near", 34.045, -100.0, 500, 3, "confirmed"),
        ("cheap", 34.055, -100.0, 230, 3, "confirmed"),
    )
    row = bound(make_sites, layer, energised_mw=[200.0])
    assert row["poi_id"] == "near"
    assert np.isnan(row["poi_2_extra_usd"])


def test_a_station_missing_from_the_table_could_be_cheaper(make_sites, grid):
    """Complete to 9 km: nothing beyond it beats 138 kV next door; it may beat 345 kV at 8 km."""
    from geo.criteria import interconnection_cost

    edge = shapely.box(-100.1, 30, -90, 40)
    found = []
    for row in (
        ("s", 34.001, -100.0, 138, 3, "confirmed"),
        ("s", 34.07, -100.0, 345, 3, "confirmed"),
    ):
        layer = replace(grid(row), coverage=edge)
        sites = make_sites(lat=[34.0], lon=[-100.0], state=["TX"], energised_mw=[0.0])
        layers = {"substations": layer}
        question = Question(200, AS_OF)
        joined = sites.join(measure_sites(sites, layers, question).findings)
        found.append(interconnection_cost.measure(joined, layers, question).iloc[0])
    assert found[0]["value"] > 0
    assert np.isnan(found[1]["value"])
    assert found[1]["low"] < found[1]["high"]


def test_gas_around_a_point_by_hand(make_sites, layers):
    """Two plants 5.5 km off, one 55 km off, a planned and a closed one."""
    columns = ["gas_plant_id", "lat", "lon", "status", "technology", "capacity_mw"]
    rows = [
        ("a", 34.05, -100.0, "operating", "CC", 500.0),
        ("b", 33.95, -100.0, "operating", "CT", 100.0),
        ("c", 34.5, -100.0, "operating", "CC", 900.0),
        ("d", 34.1, -100.0, "planned", "RICE", 70.0),
        ("e", 34.02, -100.0, "closed", "ST", 300.0),
        ("f", 34.03, -100.0, "operating", "COAL", 300.0),
    ]
    table = pd.DataFrame(rows, columns=columns).assign(
        name=[row[0] for row in rows],
        coord_precision="site",
        coord_radius_km=np.nan,
        planned_retirement=[None, "2030-12", None, None, None, None],
    )
    layer = replace(layers["gas_plants"], table=with_points(table), coverage=EVERYWHERE)
    sites = make_sites(lat=[34.0], lon=[-100.0], energised_mw=[0.0])
    row = measure_sites(sites, {"gas_plants": layer}, Question(200, AS_OF)).findings.iloc[0]
    assert row["gas_mw_50km_operating"] == 600
    assert row["gas_mw_50km_planned"] == 70
    assert row["gas_mw_50km_under_construction"] == 0
    assert (row["gas_mw_50km_cc"], row["gas_mw_50km_ct"], row["gas_mw_50km_rice"]) == (500, 100, 0)
    assert (row["gas_room_name"], row["gas_room_why"]) == ("b", "retires 2030-12")
    assert row["gas_room_km"] == pytest.approx(5.55, abs=0.01)
    assert row["gas_data"] == "complete"


def test_gas_agrees_with_the_criterion(assessment):
    """Operating and being built, summed by status and by technology, is the criterion's metric."""
    found, value = assessment.metrics.findings, assessment.metrics.value["gas_generation"]
    known = found["gas_data"] == "complete"
    assert known.sum() > 80
    by_status = found["gas_mw_50km_operating"] + found["gas_mw_50km_under_construction"]
    technologies = [f"gas_mw_50km_{one}" for one in ("cc", "ct", "st", "rice")]
    assert by_status[known].tolist() == pytest.approx(value[known].tolist())
    assert found.loc[known, technologies].sum(axis=1).tolist() == pytest.approx(
        value[known].tolist()
    )


def test_a_plant_on_the_site_instead_by_hand(poi):
    """300 MW at EIA's 1,032 and 2,275 USD/kW of 2025: 309.6 and 682.5 M$."""
    one = json.loads(poi(34.383, -100.057, 300, "--json"))["firm_power"]["on_site_generation"]
    assert one["usd"]["combined cycle"] == pytest.approx(309.6e6)
    assert one["usd"]["aeroderivative turbines"] == pytest.approx(682.5e6)
    assert one["dollars"] == "2025 USD/kW"
    text = " ".join(poi(34.383, -100.057, 300).split())
    assert "On-site generation of 300 MW instead" in text
    assert "without fuel" in text


def test_without_gas_data_nothing_is_said(make_sites, layers):
    sites = make_sites(lat=[39.5], lon=[-117.0], energised_mw=[0.0])
    row = measure_sites(sites, layers, Question(200, AS_OF)).findings.iloc[0]
    assert row["gas_data"] == "none"
    assert np.isnan(row["gas_mw_50km_operating"])


def test_the_distance_to_a_pipeline_where_there_is_a_layer(make_sites, layers):
    """A line along 34.1 N, 11.09 km off; a gathering line does not count."""
    import geopandas as gpd

    from layers import LAYERS, LoadedLayer

    lines = [shapely.LineString([(-101, lat), (-99, lat)]) for lat in (34.1, 34.01)]
    table = gpd.GeoDataFrame(
        {"pipeline_id": ["a", "b"], "operator": None, "kind": ["interstate", "gathering"]},
        geometry=lines,
        crs=4326,
    )
    pipelines = next(one for one in LAYERS if one.id == "gas_pipelines")
    layer = LoadedLayer(pipelines, table, coverage=EVERYWHERE)
    sites = make_sites(lat=[34.0], lon=[-100.0], energised_mw=[0.0])
    measured = measure_sites(sites, {"gas_pipelines": layer}, Question(200, AS_OF))
    assert measured.value["gas_pipeline_distance"].iloc[0] == pytest.approx(11.09, abs=0.02)
    assert measured.low["gas_pipeline_distance"].iloc[0] == pytest.approx(9.09, abs=0.02)
    without = measure_sites(sites, layers, Question(200, AS_OF))
    assert without.value["gas_pipeline_distance"].isna().all()


@pytest.mark.parametrize(
    ("edge_km", "value", "low"), [(12.0, 11.09, 9.09), (6.0, np.nan, 4.0), (-3.0, np.nan, 0.0)]
)
def test_beyond_the_edge_of_the_table_a_nearer_pipeline_may_lie(make_sites, edge_km, value, low):
    """The table is complete up to `edge_km` south of the site: what lies there is not known."""
    import geopandas as gpd

    from layers import LAYERS, LoadedLayer

    pipelines = next(one for one in LAYERS if one.id == "gas_pipelines")
    table = gpd.GeoDataFrame(
        {"pipeline_id": ["a"], "operator": None, "kind": ["interstate"]},
        geometry=[shapely.LineString([(-101, 34.1), (-99, 34.1)])],
        crs=4326,
    )
    edge = shapely.box(-110, 34 - edge_km / 110.92, -90, 40)
    sites = make_sites(lat=[34.0], lon=[-100.0], energised_mw=[0.0])
    measured = measure_sites(
        sites, {"gas_pipelines": LoadedLayer(pipelines, table, edge)}, Question(200, AS_OF)
    )
    found = {
        part: getattr(measured, part)["gas_pipeline_distance"].iloc[0]
        for part in ("value", "low", "high")
    }
    expected = {"value": value, "low": low, "high": 13.09}
    assert found == pytest.approx(expected, abs=0.02, nan_ok=True)


def test_lines_within_reach_are_options_and_others_not(make_sites, grid, layers):
    """345 kV along a parallel 9.9 km and 10.1 km off: the first alone carries a new station."""
    import geopandas as gpd

    for km, there in ((9.9, True), (10.1, False)):
        lat = 34 + km / 110.92
        table = gpd.GeoDataFrame(
            {"line_id": ["x"], "region": ["childress"], "kv_class": [345]},
            geometry=[shapely.LineString([(-100.5, lat), (-99.5, lat)])],
            crs=4326,
        )
        lines = replace(layers["transmission_lines"], table=table, coverage=EVERYWHERE)
        sites = make_sites(lat=[34.0], lon=[-100.0], state=["TX"], energised_mw=[0.0])
        row = measure_sites(
            sites, {"substations": grid(), "transmission_lines": lines}, Question(200, AS_OF)
        ).findings.iloc[0]
        assert (row["poi_kind"] == "new switching station") is there
        assert (row["binding_constraint"] == "distance") is not there


def options_of(make_sites, layers, target_mw=200.0, **columns):
    """Give the findings and the options kept at one site."""
    given = {"state": ["TX"], "energised_mw": [0.0]}
    sites = make_sites(lat=[34.0], lon=[-100.0], **(given | columns))
    measured = measure_sites(sites, layers, Question(target_mw, AS_OF))
    return measured.findings.iloc[0], measured.options


@pytest.fixture
def lines(layers):
    """Give a layer of lines along parallels: id, latitude, kV."""
    import geopandas as gpd

    def make(*rows):
        table = gpd.GeoDataFrame(
            {
                "line_id": [row[0] for row in rows],
                "region": "childress",
                "kv_class": [row[2] for row in rows],
            },
            geometry=[shapely.LineString([(-100.5, row[1]), (-99.5, row[1])]) for row in rows],
            crs=4326,
        )
        return replace(layers["transmission_lines"], table=table, coverage=EVERYWHERE)

    return make


def test_in_a_split_what_is_energised_is_not_paid_again(make_sites, grid):
    """300 MW over two stations of 205: with 150 energised, 55 MW of the first are paid."""
    layer = {"substations": grid(WEAK, ("w", 34.1, -100.0, 138, 2, "confirmed"))}
    bare, _ = options_of(make_sites, layer, 300)
    some, parts = options_of(make_sites, layer, 300, energised_mw=[150.0])
    most, _ = options_of(make_sites, layer, 300, energised_mw=[250.0])
    assert parts["part_mw"].dropna().tolist() == [205, 95]
    assert bare["interconnection_usd_low"] == some["interconnection_usd_low"]
    second = parts["usd_low"].iloc[-1]
    assert most["interconnection_usd_low"] == pytest.approx(second)
    assert most["interconnection_usd_low"] < bare["interconnection_usd_low"]


def test_a_split_goes_to_the_strongest_and_then_to_the_cheapest(make_sites, grid):
    """3 x 345 kV far off, then a near 138 kV rather than a farther and stronger 230 kV."""
    layer = grid(
        ("far", 34.2, -100.0, 345, 3, "confirmed"),
        ("near", 34.01, -100.0, 138, 3, "confirmed"),
        ("mid", 34.3, -100.0, 230, 3, "confirmed"),
    )
    row, options = options_of(make_sites, {"substations": layer}, 1800)
    assert options["id"].tolist() == ["far", "near"]
    assert options["part_mw"].tolist() == [1500, 300]
    assert row["carrier_distance_km"] == pytest.approx(22.18, abs=0.02)
    assert (row["split_parts"], row["carrier_id"]) == (2, "far")


def test_a_split_takes_one_line_and_four_points_at_most(make_sites, grid, lines):
    """Lines of 750 and 240 MW, stations of 4 x 205: 750 + 3 x 205 = 1,365 at most."""
    stations = [(f"s{i}", 34.02 + i / 100, -100.0, 138, 2, "confirmed") for i in range(4)]
    layers_ = {
        "substations": grid(*stations),
        "transmission_lines": lines(("a", 34.05, 345), ("b", 34.06, 230)),
    }
    row, options = options_of(make_sites, layers_, 1300)
    assert row["all_pois_mw"] == 1365
    assert options["part_mw"].dropna().tolist() == [750, 205, 205, 140]
    too_much, _ = options_of(make_sites, layers_, 1366)
    assert np.isnan(too_much["split_parts"])
    assert too_much["binding_constraint"] == "voltage"


def test_of_lines_side_by_side_the_nearest_of_each_voltage_is_an_option(make_sites, grid, lines):
    layers_ = {
        "substations": grid(),
        "transmission_lines": lines(("x", 34.03, 345), ("y", 34.02, 345), ("z", 34.05, 500)),
    }
    _, options = options_of(make_sites, layers_)
    assert sorted(options["id"]) == ["y", "z"]


def test_what_lies_just_outside_might_be_within(make_sites, grid):
    """A site point is good to 2 km: a station 41 km off bounds the range, and fails no gate."""
    from geo.criteria import interconnection_cost
    from geo.gates import voltage_adequate

    layer = {"substations": grid(("s", 34 + 41 / 110.922, -100.0, 345, 3, "confirmed"))}
    sites = make_sites(lat=[34.0], lon=[-100.0], state=["TX"], energised_mw=[0.0])
    question = Question(200, AS_OF)
    joined = sites.join(measure_sites(sites, layer, question).findings)
    assert np.isnan(joined["poi_distance_km"].iloc[0])
    judged = voltage_adequate.GATE.judge(joined, {}, question, {})
    assert judged["verdict"].iloc[0] == "unknown"
    assert interconnection_cost.measure(joined, {}, question)["low"].iloc[0] > 0


@pytest.mark.parametrize(("km", "verdict"), [(37.9, "pass"), (38.1, "unknown"), (42.1, "fail")])
def test_the_gate_holds_wherever_the_site_stands(make_sites, grid, km, verdict):
    from geo.gates import voltage_adequate

    layer = {"substations": grid(("s", 34 + km / 110.93, -100.0, 345, 3, "confirmed"))}
    sites = make_sites(lat=[34.0], lon=[-100.0], state=["TX"], energised_mw=[0.0])
    question = Question(200, AS_OF)
    joined = sites.join(measure_sites(sites, layer, question).findings)
    assert voltage_adequate.GATE.judge(joined, {}, question, {})["verdict"].iloc[0] == verdict


def test_the_cost_range_reaches_from_the_near_to_the_far_end(make_sites, grid):
    """2 km nearer at base cost, 2 km farther with the overrun."""
    from geo.criteria import interconnection_cost
    from tests.geo.test_cost import tie

    layer = {"substations": grid(("s", 34.1, -100.0, 345, 3, "confirmed"))}
    sites = make_sites(lat=[34.0], lon=[-100.0], state=["TX"], energised_mw=[0.0])
    question = Question(200, AS_OF)
    found = measure_sites(sites, layer, question)
    km = found.findings["poi_distance_km"].iloc[0]
    joined = sites.join(found.findings).assign(line_data="complete")
    metric = interconnection_cost.measure(joined, {}, question).iloc[0]
    assert metric["value"] == pytest.approx(tie(345, km, 200, "TX")["usd_mid"] / 200_000)
    assert metric["high"] == pytest.approx(tie(345, km + 2, 200, "TX")["usd_high"] / 200_000)
    bounds = found.findings.iloc[0]
    assert bounds["interconnection_usd_least"] <= tie(345, km - 2, 200, "TX")["usd_low"]


def test_an_unproven_option_has_a_cost_and_no_estimate_in_the_score(make_sites, grid):
    from geo.criteria import interconnection_cost, poi_distance

    sites = make_sites(lat=[34.0], lon=[-100.0], state=["TX"], energised_mw=[0.0])
    question = Question(200, AS_OF)
    joined = sites.join(measure_sites(sites, {"substations": grid(IN_DOUBT)}, question).findings)
    assert joined["interconnection_usd_mid"].iloc[0] > 0
    for criterion in (interconnection_cost, poi_distance):
        metric = criterion.measure(joined, {}, question).iloc[0]
        assert np.isnan(metric["value"])
        assert np.isnan(metric["high"])
        assert metric["low"] >= 0


def test_a_connection_too_weak_has_no_price_for_what_it_cannot_carry(make_sites, grid, rewatt):
    own = ("own", 34.01, -100.0, 115, 2, "confirmed")
    row, _ = options_of(make_sites, {"substations": grid(own, STRONG)}, interconnection_kv=[115.0])
    assert row["poi_role"] == "own connection, too weak for the target"
    assert np.isnan(row["poi_2_extra_usd"])
    one = json.loads(rewatt("explain", "terawulf-lake-mariner", "--target-mw", 1000, "--json").out)
    weak = next(item for item in one["options"] if item["own_connection"])
    assert weak["can"] == "too weak alone"
    assert weak["usd_low"] is None
    assert weak["extra_usd"] is None


def test_a_site_that_draws_more_than_its_station_carries_is_told(assessment):
    findings, sites = assessment.metrics.findings, assessment.sites
    more = sites["energised_mw"] > findings["firm_mw_high"]
    assert more["bitdeer-rockdale"]
    assert (findings["poi_note"].notna() == more).all()


def test_what_is_announced_counts_where_the_grid_carries_it(assessment):
    """Colchis: 1,000 MW announced at a county centroid: not known, neither 0 nor 1,000."""
    row = assessment.metrics.findings.loc["cipher-colchis"]
    assert np.isnan(row["mw_in_5_years"])
    assert np.isnan(row["time_to_target_years_p50"])


@pytest.mark.parametrize("target", [50, 200, 1000])
def test_what_is_proven_by_a_date_does_not_shrink_when_one_asks_for_more(sites, layers, target):
    found = [
        measure_sites(sites, layers, Question(mw, AS_OF)).findings for mw in (target, 2 * target)
    ]
    less, more = (one["mw_in_5_years"] for one in found)
    assert not (more < less).any()
    reached = less >= target
    assert (found[0]["time_to_target_years_p50"].notna() | ~reached | (less.isna())).all()


def test_even_beside_765_kv_a_target_can_be_impossible(poi):
    one = json.loads(poi(41.70, -86.48, 100_000, "--json"))
    assert one["options"] == one["split"] == []
    assert one["poi"]["poi_id"] is None


def test_the_transformer_binds_where_the_queue_is_short(make_sites, grid, monkeypatch):
    """With a queue of one year the transformer's 3.1 years are what is left."""
    from geo import binding, durations

    quick = durations.waits.__wrapped__
    monkeypatch.setattr(durations, "queue_cdf", lambda _: durations.no_sooner_than(1.0))
    monkeypatch.setattr(binding, "waits", quick)
    row = bound(make_sites, grid(STRONG))
    assert row["binding_constraint"] == "transformer"
    assert "3.1 years" in row["binding_reason"]
    assert "without the transformer" in row["binding_relief"]


def test_queue_times_say_whose_they_are(poi):
    text = " ".join(poi(34.383, -100.057, 300).split())
    assert "queue to operation (national: median time" in text
    assert "if they are built at all" in text
    ercot = " ".join(poi(34.383, -100.057, 300, "--iso", "ERCOT").split())
    assert "the 127 generation projects in ERCOT" in ercot


def test_a_retirement_that_should_have_come_is_told(assessment):
    """Elwood was to retire in July 2026, before the as-of month."""
    row = assessment.metrics.findings.loc["hut8-batavia"]
    assert row["gas_room_name"] == "Elwood Energy LLC"
    assert row["gas_room_why"] == "was to retire 2026-07"


def test_a_doubt_about_the_cheapest_does_not_bind_where_another_surely_can(make_sites, grid):
    row = bound(make_sites, grid(IN_DOUBT, ("s", 34.2, -100.0, 345, 3, "confirmed")))
    assert (row["carrier_id"], row["carrier_can"]) == ("doubt", "might")
    assert row["binding_constraint"] == "queue"
    assert row["time_to_target_years_p50"] == pytest.approx(5)


def test_unpublished_megawatts_may_make_another_station_the_cheapest(make_sites, grid):
    """400 MW take two circuits of 138 kV at 16 km, and then 345 kV at 10 km is cheaper."""
    layer = grid(
        ("a", 34 + 10 / 110.93, -100.0, 345, 3, "confirmed"),
        ("b", 34 - 16 / 110.93, -100.0, 138, 4, "confirmed"),
    )
    known = bound(make_sites, layer, 400)
    assert known["poi_id"] == "a"
    assert known["carrier_km_most"] == pytest.approx(12, abs=0.02)
    unpublished = bound(make_sites, layer, 400, energised_mw=[np.nan])
    assert unpublished["carrier_km_most"] == pytest.approx(18, abs=0.02)


def test_where_both_tables_are_complete_the_near_end_is_the_least(make_sites, grid, lines):
    from tests.geo.test_cost import tie

    layers_ = {
        "substations": grid(("s", 34.1, -100.0, 345, 3, "confirmed")),
        "transmission_lines": lines(("far", 36.0, 345)),
    }
    row, _ = options_of(make_sites, layers_)
    near = tie(345, row["poi_distance_km"] - 2, 200, "TX")["usd_low"]
    assert row["interconnection_usd_least"] == pytest.approx(near)


def test_what_a_split_carries_together_is_the_upper_bound(make_sites, grid):
    """300 MW over two stations of 205: together 410, so at most 1.37 of the target."""
    from geo.cost import cheapest_tie_usd
    from geo.criteria import firm_capability, interconnection_cost

    layer = {"substations": grid(WEAK, ("w", 34.1, -100.0, 138, 2, "confirmed"))}
    sites = make_sites(lat=[34.0], lon=[-100.0], state=["TX"], energised_mw=[0.0])
    question = Question(300, AS_OF)
    joined = sites.join(measure_sites(sites, layer, question).findings)
    high = firm_capability.measure(joined, {}, question)["high"].iloc[0]
    assert high == pytest.approx(410 / 300)
    # its points may lie nearer: positions next door bound the cost
    state = np.array(["TX"], dtype=object)
    floor = cheapest_tie_usd(state, np.array([300.0]), np.array([0.0]), 2026)[0]
    low = interconnection_cost.measure(joined, {}, question)["low"].iloc[0]
    assert low == pytest.approx(floor / 300_000)


def test_one_line_drawn_is_too_weak_where_a_double_circuit_would_be(make_sites, grid):
    """115 kV: a double circuit leaves 171 MW, so for 1,000 MW it is no maybe."""
    from geo.connection import connection

    layer = grid(
        ("own", 34.01, -100.0, 115, 1, "confirmed"), ("s", 34.1, -100.0, 345, 4, "confirmed")
    )
    sites = make_sites(
        lat=[34.0], lon=[-100.0], state=["TX"], energised_mw=[0.0], interconnection_kv=[115.0]
    )
    question = Question(1000, AS_OF)
    measured = measure_sites(sites, {"substations": layer}, question)
    one = connection(measured.findings, measured.options, question, None, None)
    said = {item["id"]: item["can"] for item in one["options"]}
    assert said == {"s": "can", "own": "too weak alone"}
