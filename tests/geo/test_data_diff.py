"""What changed between two states of the store, and why ranks moved: every one, to the last bit."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from stored import pipelines, put, put_pipelines

from geo.assess import assess
from geo.console_diff import answer_text, diff_parts, move_lines
from geo.data_diff import changes_table, data_diff, store_before
from geo.question import Question
from geo.rank_moves import Move, rank_moves
from geo.rank_reasons import Reason
from geo.scenario import load_scenario
from geo.sites import embedded_sites
from geo.table_diff import table_diff
from layers import Store, load_layers
from tests.conftest import AS_OF

WEST = ("west", [(-100.05, 33.0), (-100.05, 36.0)])
EAST = ("east", [(-84.0, 30.0), (-84.0, 45.0)])
MIDDLE = ("middle", [(-91.0, 29.0), (-91.0, 45.0)])


def judged(layers):
    return assess(embedded_sites(layers), layers, load_scenario("balanced"), Question(200, AS_OF))


def compared(before, after, names):
    return data_diff(before, after, names, judged)


# tables


def test_rows_and_cells_that_changed():
    before = pd.DataFrame(
        {"id": ["a", "b", "c"], "kv": [138.0, np.nan, 69.0], "name": ["A", None, "C"]}
    )
    after = pd.DataFrame({"id": ["b", "c", "d"], "kv": [345.0, 69.0, 1.0], "name": ["B", "C", "D"]})
    change, cells = table_diff("s", "t", "id", before, after)
    assert (change.rows_before, change.rows_after) == (3, 3)
    assert (change.added, change.removed, change.changed) == (1, 1, 1)
    assert change.columns == {"kv": 1, "name": 1}
    assert cells.drop(columns=["source", "table"]).to_numpy().tolist() == [
        ["added", "d", None, None, None],
        ["removed", "a", None, None, None],
        ["changed", "b", "kv", None, "345"],
        ["changed", "b", "name", None, "B"],
    ]


def test_a_column_that_comes_is_a_change_of_every_row_that_has_it():
    before = pd.DataFrame({"id": ["a", "b"]})
    after = pd.DataFrame({"id": ["a", "b"], "lines": [3.0, np.nan]})
    change, cells = table_diff("s", "t", "id", before, after)
    assert (change.changed, change.columns) == (1, {"lines": 1})
    assert cells[["key", "old", "new"]].to_numpy().tolist() == [["a", None, "3"]]


def test_a_line_that_was_bent_in_its_last_digits_has_changed():
    before = pipelines(("p", [(-100.0, 33.0), (-100.0, 34.0)]))
    after = pipelines(("p", [(-100.0, 33.0), (-100.0, 34.000000001)]))
    assert table_diff("s", "t", "pipeline_id", before, after)[0].columns == {"geometry": 1}
    assert table_diff("s", "t", "pipeline_id", before, before)[0].changed == 0


def places(lat, lon, key="a"):
    table = pd.DataFrame({"id": [key], "lat": [lat], "lon": [lon]})
    return gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326
    )


def test_a_place_that_was_rounded_otherwise_has_not_moved():
    """1e-5 degree of latitude are 1.1 m: what differs by less is the same place."""
    before = places(34.0, -100.0)
    same, _ = table_diff("s", "t", "id", before, places(34.000009, -100.000009))
    assert same.changed == 0
    moved, cells = table_diff("s", "t", "id", before, places(34.00002, -100.0))
    assert moved.columns == {"lat": 1}
    assert cells[["column", "old", "new"]].to_numpy().tolist() == [["lat", "34", "34.00002"]]
    lost, _ = table_diff("s", "t", "id", before, places(np.nan, -100.0))
    assert lost.columns == {"lat": 1}
    unknown, _ = table_diff("s", "t", "id", places(np.nan, np.nan), places(np.nan, np.nan))
    assert unknown.changed == 0


def test_a_table_that_was_not_there():
    change, cells = table_diff("s", "t", "pipeline_id", None, pipelines(WEST, EAST))
    assert (change.rows_before, change.rows_after, change.added) == (None, 2, 2)
    assert cells["key"].tolist() == ["east", "west"]
    gone, _ = table_diff("s", "t", "pipeline_id", pipelines(WEST), None)
    assert (gone.rows_before, gone.rows_after, gone.removed) == (1, None, 1)


ROWS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.sampled_from([None, 1.0, 2.5]), st.sampled_from([None, "x", "y"])),
)


@settings(deadline=None, max_examples=60)
@given(ROWS, ROWS)
def test_the_counts_are_those_of_plain_sets(before, after):
    tables = [
        pd.DataFrame(
            {
                "id": list(rows),
                "n": pd.Series([n for n, _ in rows.values()], dtype=float),
                "s": pd.Series([s for _, s in rows.values()], dtype=object),
            }
        )
        for rows in (before, after)
    ]
    change, cells = table_diff("s", "t", "id", *tables)
    both = set(before) & set(after)
    assert change.added == len(set(after) - set(before))
    assert change.removed == len(set(before) - set(after))
    assert change.changed == sum(before[key] != after[key] for key in both)
    differing = {
        (key, column)
        for key in both
        for column, i in (("n", 0), ("s", 1))
        if before[key][i] != after[key][i]
    }
    changed = cells[cells["change"] == "changed"]
    assert set(zip(changed["key"], changed["column"], strict=True)) == differing


# ranks


def order_of(assessment):
    """Give the compared scores as the ranking sees them: plain numbers by site."""
    ranked = assessment.rank.notna()
    return assessment.scores.score[ranked].round(12).to_dict()


def hold_to_its_word(ranks, before, after):
    """Hold every move to the two rankings, with plain sets and sums."""
    then, now = order_of(before), order_of(after)
    both = before.sites.index.intersection(after.sites.index)
    moved = {site for site in both if str(before.rank[site]) != str(after.rank[site])}
    assert {one.site_id for one in ranks.moves} == moved
    change = after.scores.score[both].round(12) != before.scores.score[both].round(12)
    assert {one.site_id for one in ranks.rescored} == set(both[change]) - moved
    for one in (*ranks.moves, *ranks.rescored):
        site = one.site_id
        delta = after.scores.score[site] - before.scores.score[site]
        assert sum(reason.delta for reason in one.reasons) == pytest.approx(delta, abs=1e-9)
        for reason in one.reasons:
            told = (
                after.scores.contributions.at[site, reason.criterion]
                - before.scores.contributions.at[site, reason.criterion]
            )
            assert reason.delta == told
        if site in then and site in now:
            ahead = [{s for s, score in scores.items() if score > scores[site]}
                     for scores in (then, now)]  # fmt: skip
            assert set(one.passed_by) == ahead[1] - ahead[0]
            assert set(one.passed) == ahead[0] - ahead[1]
            assert one.rank_after - one.rank_before == len(one.passed_by) - len(one.passed)
            assert one.reasons or one.passed_by or one.passed


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "data")


def test_every_moved_rank_is_explained_when_pipelines_come(store):
    put_pipelines(store, WEST, EAST, MIDDLE)
    before = store_before(store, ["eia_pipelines"], "previous")
    found = compared(before, store, ["eia_pipelines"])
    then, now = (judged(load_layers(store=one)) for one in (before, store))
    assert len(found.ranks.moves) > 20
    hold_to_its_word(found.ranks, then, now)
    assert found.ranks.coverage_after > found.ranks.coverage_before
    assert [(one.source, one.table, one.added) for one in found.tables] == [
        ("eia_pipelines", "pipelines", 3),
        ("layer", "gas_pipelines", 3),
    ]


def test_the_reason_is_the_distance_that_geodesy_gives(store):
    put_pipelines(store, WEST)
    before = store_before(store, ["eia_pipelines"], "previous")
    found = compared(before, store, ["eia_pipelines"])
    now = judged(load_layers(store=store))
    site = now.sites.loc["iren-childress"]
    lats = np.linspace(33, 36, 300_001)
    km = Geod(ellps="WGS84").inv(
        np.full(lats.shape, -100.05), lats, np.full(lats.shape, site["lon"]),
        np.full(lats.shape, site["lat"]),
    )[2].min() / 1000  # fmt: skip
    move = next(one for one in found.ranks.moves if one.reasons)
    assert {reason.criterion for reason in move.reasons} == {"gas_pipeline_distance"}
    assert np.isnan(move.reasons[0].before).all()
    told = changes_table(found)
    assert set(told["source"]) == {"ranking", "eia_pipelines", "layer"}
    value = now.metrics.value.at["iren-childress", "gas_pipeline_distance"]
    assert value == pytest.approx(km, abs=1e-4)
    facts = move.reasons[0].because
    assert "gas pipelines: absent -> eia_pipelines of 2026-01-02" in facts
    assert "inside the area where gas pipelines are complete" in facts


def test_the_previous_version_is_what_it_is_compared_with(store):
    put_pipelines(store, WEST, EAST)
    put_pipelines(store, ("west", [(-100.2, 33.0), (-100.2, 36.0)]), MIDDLE)
    names = ["eia_pipelines"]
    before = store_before(store, names, "previous")
    found = compared(before, store, names)
    table = found.tables[0]
    assert (table.rows_before, table.rows_after) == (2, 2)
    assert (table.added, table.removed, table.changed) == (1, 1, 1)
    assert table.columns == {"geometry": 1}
    then, now = (judged(load_layers(store=one)) for one in (before, store))
    assert found.ranks.moves
    hold_to_its_word(found.ranks, then, now)
    assert any(one.delta < 0 for move in found.ranks.moves for one in move.reasons)
    facts = {fact for move in found.ranks.moves for one in move.reasons for fact in one.because}
    assert facts == {"gas pipelines: another version of eia_pipelines of 2026-01-02"}
    embedded = compared(store_before(store, names, "embedded"), store, names)
    assert embedded.tables[0].rows_before is None
    assert embedded.sources[0].version_before is None


def test_the_same_again_changes_nothing(store):
    put_pipelines(store, WEST)
    put_pipelines(store, WEST)
    found = compared(store_before(store, ["eia_pipelines"], "previous"), store, ["eia_pipelines"])
    assert found.changes.empty
    assert found.ranks.moves == ()
    assert found.ranks.rescored == ()
    assert changes_table(found).empty


def test_a_stronger_station_next_door_is_named_with_its_voltage(store, layers, sites):
    """A station imported 1 km from a site: the POI changes, and the reason says so."""
    site = sites.loc["iren-childress"]
    stations = layers["substations"].table
    own = gpd.GeoDataFrame(stations.head(1).copy(), crs="EPSG:4326")
    own["substation_id"], own["name"] = "own-1", "Next Door"
    own["lat"], own["lon"] = site["lat"] + 0.009, site["lon"]
    own["max_kv"], own["min_kv"], own["circuits"] = 765.0, 765.0, 6.0
    own["state"] = "TX"
    own = own.set_geometry(gpd.points_from_xy(own["lon"], own["lat"], crs="EPSG:4326"))
    put(store, "import_substations", own)
    names = ["import_substations"]
    before = store_before(store, names, "previous")
    found = data_diff(before, store, names, lambda one: judged_for(one, 2000))
    then, now = (judged_for(load_layers(store=one), 2000) for one in (before, store))
    hold_to_its_word(found.ranks, then, now)
    move = next(one for one in found.ranks.moves if one.site_id == "iren-childress")
    facts = [fact for reason in move.reasons for fact in reason.because]
    was = then.metrics.findings.loc["iren-childress"]
    assert f"cheapest option for the target {was['carrier_name']} -> Next Door" in facts
    assert f"voltage of that option {was['carrier_kv']:.0f} kV -> 765 kV" in facts
    assert f"distance to that option {was['carrier_distance_km']:.2f} km -> 1.00 km" in facts
    told = next(one for one in facts if one.startswith("substations: embedded of 2020-11 -> "))
    origins = {"import_substations of 2026-01-02", "embedded of 2020-11"}
    assert set(told.partition(" -> ")[2].split(" + ")) == origins


def judged_for(layers, target_mw):
    question = Question(target_mw, AS_OF)
    return assess(embedded_sites(layers), layers, load_scenario("balanced"), question)


def test_ties_are_passed_by_whom_they_let_ahead(of_metrics):
    """A and B tied at the top; C catches up with both; D falls behind nobody but C's pass."""
    weights = {"energised_capacity": 1.0}
    before = of_metrics(weights, energised_capacity=[100, 100, 20, 50])
    after = of_metrics(weights, energised_capacity=[100, 100, 100, 50])
    found = rank_moves(before, after, {}, {})
    assert [(one.site_id, one.rank_before, one.rank_after) for one in found.moves] == [
        ("s2", 4, 1),
        ("s3", 3, 4),
    ]
    up, down = found.moves
    assert (up.passed, up.passed_by) == (("s0", "s1", "s3"), ())
    assert (down.passed, down.passed_by) == ((), ("s2",))
    assert down.reasons == ()
    assert [one.criterion for one in up.reasons] == ["energised_capacity"]
    hold_to_its_word(found, before, after)


def test_a_score_that_moved_no_rank_is_explained_too(of_metrics):
    weights = {"energised_capacity": 1.0}
    before = of_metrics(weights, energised_capacity=[100, 20])
    after = of_metrics(weights, energised_capacity=[300, 20])
    found = rank_moves(before, after, {}, {})
    assert (found.moves, found.sites) == ((), 2)
    (only,) = found.rescored
    assert (only.site_id, only.rank_before, only.rank_after) == ("s0", 1, 1)
    assert only.score_after - only.score_before == pytest.approx(only.reasons[0].delta, abs=1e-12)


def test_sites_that_come_and_go_are_named_and_pass_others(of_metrics):
    weights = {"energised_capacity": 1.0}
    all_three = of_metrics(weights, energised_capacity=[100, 50, 20])
    without = all_three.only(pd.Index(["s1", "s2"]))
    come = rank_moves(without, all_three, {}, {})
    assert come.entered == ("s0",)
    assert [(one.site_id, one.passed_by) for one in come.moves] == [
        ("s1", ("s0",)),
        ("s2", ("s0",)),
    ]
    hold_to_its_word(come, without, all_three)
    gone = rank_moves(all_three, without, {}, {})
    assert gone.left == ("s0",)
    assert all(one.passed == ("s0",) for one in gone.moves)


def test_a_rank_that_appears_is_won_against_nobody(of_metrics):
    weights = {"energised_capacity": 1.0}
    before = of_metrics(weights, lat=[None, 33.0], energised_capacity=[100, 50])
    after = of_metrics(weights, lat=[33.0, 33.0], energised_capacity=[100, 50])
    found = rank_moves(before, after, {}, {})
    first = found.moves[0]
    assert (first.site_id, first.rank_before, first.rank_after) == ("s0", None, 1)
    assert (first.passed, first.passed_by) == ((), ())
    assert found.moves[1].passed_by == ("s0",)


def test_a_site_that_stood_still_says_who_passed_it(store):
    put_pipelines(store, WEST, EAST, MIDDLE)
    names = ["eia_pipelines"]
    found = compared(store_before(store, names, "previous"), store, names)
    still = next(
        one for one in found.ranks.moves
        if one.score_before == one.score_after and one.passed_by
    )  # fmt: skip
    lines = move_lines(still, {site: f"<{site}>" for site in still.passed_by})
    assert f"<{still.passed_by[0]}>" in next(one for one in lines if "passed by" in one)


def test_the_console_lists_old_and_new(store):
    put_pipelines(store, WEST, EAST)
    changed = pipelines(WEST, MIDDLE)
    changed.loc[0, "operator"] = "Another"
    put(store, "eia_pipelines", changed, name="pipelines")
    names = ["eia_pipelines"]
    found = compared(store_before(store, names, "previous"), store, names)
    rows = found.changes[found.changes["source"] == "eia_pipelines"]
    assert rows[["change", "key", "column", "old", "new"]].to_numpy().tolist() == [
        ["added", "middle", None, None, None],
        ["removed", "east", None, None, None],
        ["changed", "west", "operator", "Operator", "Another"],
    ]
    parts = diff_parts(found, {})
    assert "eia_pipelines pipelines, added: middle" in parts
    assert "eia_pipelines pipelines, removed: east" in parts
    assert "eia_pipelines pipelines, every changed cell:" in parts


def test_small_changes_and_worthless_answers_are_told_apart():
    unknown, known = (np.nan,) * 3, (60.0, 60.0, 60.0)
    reasons = (
        Reason("a", "Big", "km", unknown, (1.0, 1.0, 1.0), 0.25, ("since",)),
        Reason("b", "Small", "km", (4.001,) * 3, (4.002,) * 3, -0.00001, ()),
        Reason("c", "Far", "km", unknown, known, 0.0, ()),
    )
    move = Move("s", "Site", 2, 1, 0.5, 0.75, 0.9, 1.0, reasons, (), ("other",))
    assert move_lines(move, {"other": "Other"})[1:] == [
        "  +0.2500 Big: unknown -> 1.00 km",
        "  by less than 0.0001 each: Small",
        "  worth nothing: Far: unknown -> 60.0 km",
        "  since since",
        "  passed Other",
    ]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ((2.125, 1, 3), "2.12 km"),
        ((np.nan, np.nan, np.nan), "unknown"),
        ((np.nan, 40, np.inf), "more than 40.0 km"),
        ((np.nan, 3, 12345), "3.00 to 12,345 km"),
        ((np.nan, 3, np.nan), "at least 3.00 km"),
        ((np.nan, np.nan, 3), "at most 3.00 km"),
    ],
)
def test_answers_in_words(answer, text):
    assert answer_text(answer, "km") == text
