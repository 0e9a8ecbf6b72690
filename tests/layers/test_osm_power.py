"""OpenStreetMap from a server that speaks Overpass, or from an extract, through the command."""

from __future__ import annotations

import hashlib
import json
import math

import pandas as pd
import pytest
import shapely
from server import osm_elements

from layers import Store, _overpass, load_layers
from layers.sources import osm_power
from tests.layers.test_osm import write_pbf

BOX = "-100.45,34.15,-99.6,34.65"
"""Two cells, with everything that is drawn in them, and a line that crosses their border."""
CELLS = {"lat+34lon-101", "lat+34lon-100"}
WEST_LINES = 'way["power"="line"](34.150000,-100.450000,34.650000,-100.000000)'
"""What stands in the query for the lines of the western cell."""
WEST_STATIONS = 'nwr["power"="substation"](34.150000,-100.450000,34.650000,-100.000000)'
STATIONS = {
    "Synthetic Tesla": (345, math.nan),
    "Synthetic Childress": (138, 115),
    "Synthetic Childress City": (115, math.nan),
    "Synthetic West": (138, 69),
    "Synthetic Wind": (345, 34.5),
    "Synthetic European": (110, 20),
    "Synthetic Distribution": (math.nan, math.nan),
    "Synthetic Unlabelled": (math.nan, math.nan),
    "Synthetic Tap": (math.nan, math.nan),
}
"""Highest and lowest kV by the tags that are drawn, read by hand."""


@pytest.fixture
def fetch(rewatt, web, tmp_path):
    """Fetch as a user would, with little patience."""

    def run(*area, endpoints=None, most_mb=20):
        named = json.dumps(endpoints or [web.endpoint("osm_power")])
        lines = ["[limits]", "attempts = 2", "first_wait_seconds = 0.02", "request_seconds = 2"]
        lines += [
            "most_wait_seconds = 4",
            f"most_mb = {most_mb}",
            "[sources.osm_power]",
            f"endpoints = {named}",
        ]
        (tmp_path / "config.toml").write_text("\n".join(lines) + "\n")
        return rewatt(
            "fetch", "osm_power", *area, "--config", tmp_path / "config.toml",
            "--data", tmp_path / "store",
        )  # fmt: skip

    return run


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def contents(store):
    """Give the hash of every file of every version that is pointed to."""
    return {
        path.relative_to(store.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.folder.rglob("*"))
        if path.is_file() and (path.name == "current" or "versions" in path.parts)
    }


def tables(store):
    version = store.version("osm_power")
    return {name: pd.DataFrame(version.table(name)) for name in version.manifest.tables}


def same(mine, theirs):
    for name, table in theirs.items():
        pd.testing.assert_frame_equal(mine[name], table)


def raw_names(store):
    return {path.stem for path in (store.version("osm_power").folder / "raw").iterdir()}


def test_a_region_comes_cell_by_cell(fetch, store, web):
    done = fetch("--bbox", BOX)
    assert done.status == 0, done.err
    kinds = ("substations", "lines", "data_centers")
    assert raw_names(store) == {f"{kind}-{cell}" for kind in kinds for cell in CELLS}
    assert len(web.asked("interpreter")) == 6
    stations = tables(store)["substations"].set_index("name")
    assert set(stations.index) == set(STATIONS)
    for name, (highest, lowest) in STATIONS.items():
        found = (stations.loc[name, "max_kv"], stations.loc[name, "min_kv"])
        assert found == pytest.approx((highest, lowest), nan_ok=True), name
    lines = tables(store)["lines"]
    assert len(lines) == 6
    assert lines["osm_id"].is_unique
    assert sorted(lines["kv"].dropna()) == [34.5, 138, 138, 345, 345]
    centres = tables(store)["data_centers"].set_index("name")
    synthetic = {"Synthetic Campus", "Synthetic Colocation"}
    assert synthetic <= set(centres.index)
    # the campus is drawn as 60 m by 40 m, eight times as long and as wide
    assert centres.loc["Synthetic Campus", "footprint_m2"] == pytest.approx(153_600, rel=0.1)
    manifest = store.version("osm_power").manifest
    assert manifest.vintage == "2026-09-01"
    assert manifest.licence == "ODbL 1.0"
    assert manifest.rows_in == manifest.rows_kept + sum(n for _, n, _ in manifest.refused)
    assert store.version("osm_power").problems() == []


def test_the_notice_is_the_one_that_openstreetmap_asks_for():
    """Www.openstreetmap.org/copyright: name the contributors and the licence."""
    assert "© OpenStreetMap contributors" in osm_power.SOURCE.attribution
    assert "openstreetmap.org/copyright" in osm_power.SOURCE.attribution


def test_a_cell_that_is_too_much_is_cut_into_four(fetch, store, web):
    assert fetch("--bbox", BOX).status == 0
    whole = tables(store)
    web.misbehave(WEST_LINES, "504", times=None)
    assert fetch("--bbox", BOX).status == 0
    # the area begins in the eastern half of the cell: its western quarters are not asked
    assert {"lines-lat+34lon-101-q1", "lines-lat+34lon-101-q3"} <= raw_names(store)
    assert not {"lines-lat+34lon-101-q0", "lines-lat+34lon-101-q2"} & raw_names(store)
    assert "lines-lat+34lon-101" not in raw_names(store)
    same(tables(store), whole)


def test_a_remark_in_a_200_is_not_taken_for_an_answer(fetch, store, web):
    assert fetch("--bbox", BOX).status == 0
    whole = tables(store)
    web.misbehave(WEST_LINES, "remark", times=1)
    assert fetch("--bbox", BOX).status == 0
    assert "lines-lat+34lon-101-q1" in raw_names(store)
    same(tables(store), whole)


@pytest.mark.parametrize(
    ("kind", "options"),
    [("429", {"seconds": 0}), ("429_date", {"seconds": 0}), ("504", {}), ("500", {}), ("reset", {}),
     ("truncated", {}), ("length_long", {}), ("html", {})],
)  # fmt: skip
def test_what_passes_is_asked_again(fetch, store, web, kind, options):
    web.misbehave(WEST_LINES, kind, times=1, **options)
    done = fetch("--bbox", BOX)
    assert done.status == 0, done.err
    assert len(web.asked(WEST_LINES)) == 2
    assert "lines-lat+34lon-101" in raw_names(store)


@pytest.mark.parametrize("kind", ["redirect", "gzip_bomb"])
def test_what_is_refused_leaves_all_as_it_was(fetch, store, web, kind):
    assert fetch("--bbox", BOX).status == 0
    before = contents(store)
    web.misbehave(WEST_LINES, kind, times=None, **({"mb": 30} if kind == "gzip_bomb" else {}))
    done = fetch("--bbox", BOX)
    assert done.status == 1
    assert "refused" in done.err
    assert contents(store) == before


def test_cells_that_do_not_come_are_named_and_the_next_run_brings_them(fetch, store, web):
    assert fetch("--bbox", BOX).status == 0
    before, whole = contents(store), tables(store)
    web.misbehave('["power"="line"](34.', "504", times=None)
    done = fetch("--bbox", BOX)
    assert done.status == 1
    assert "cells are missing" in done.err
    assert "lines-lat+34lon-10" in done.err
    assert "what was there before stays" in done.err
    assert contents(store) == before
    assert web.asked(WEST_STATIONS)
    web.reset()
    assert fetch("--bbox", BOX).status == 0
    assert web.asked(WEST_LINES)
    assert not web.asked(WEST_STATIONS)
    same(tables(store), whole)


def test_a_cell_that_was_cut_stays_cut_in_the_next_run(fetch, store, web):
    assert fetch("--bbox", BOX).status == 0
    whole = tables(store)
    web.misbehave(WEST_LINES, "504", times=None)
    web.misbehave('["power"="line"](34.5', "504", times=None)
    assert fetch("--bbox", BOX).status == 1
    assert web.asked(WEST_LINES)
    web.reset()
    assert fetch("--bbox", BOX).status == 0
    assert not web.asked(WEST_LINES)
    same(tables(store), whole)


def test_a_dead_endpoint_gives_way_to_the_next(fetch, store, web):
    done = fetch("--bbox", BOX, endpoints=[web.url + "/nothing", web.endpoint("osm_power")])
    assert done.status == 0, done.err
    assert len(tables(store)["substations"]) == len(STATIONS)


def test_where_nothing_comes_the_endpoint_is_dead(fetch, store, web):
    web.misbehave("interpreter", "504", times=None)
    done = fetch("--bbox", BOX)
    assert done.status == 1
    assert "osm_power cannot be fetched" in done.err
    assert len(web.asked("interpreter")) == 2 * 3
    assert store.version("osm_power") is None


def test_the_nation_is_not_asked_of_overpass(fetch, web):
    done = fetch("--all")
    assert done.status == 2
    assert "--file" in done.err
    assert web.asked() == []


@pytest.fixture
def extract(tmp_path):
    """Give the elements that the server has, as an extract."""
    path = tmp_path / "drawn.osm.pbf"
    write_pbf(path, osm_elements.power())
    return path


def test_an_extract_gives_what_overpass_gives(fetch, store, extract, web):
    assert fetch("--bbox", BOX).status == 0
    by_overpass = tables(store)
    web.reset()
    done = fetch("--file", extract, "--bbox", BOX)
    assert done.status == 0, done.err
    assert web.asked() == []
    by_extract = tables(store)
    drawn = by_overpass["data_centers"]["name"].str.startswith("Synthetic", na=False)
    by_overpass["data_centers"] = by_overpass["data_centers"][drawn].reset_index(drop=True)
    for name, table in by_overpass.items():
        mine = by_extract[name]
        assert shapely.equals_exact(mine["geometry"], table["geometry"], 1e-6).all()
        places = ["geometry", "lat", "lon", "footprint_m2"]
        pd.testing.assert_frame_equal(
            mine.drop(columns=places, errors="ignore"),
            table.drop(columns=places, errors="ignore"),
        )
    notes = " ".join(store.version("osm_power").manifest.notes)
    assert hashlib.sha256(extract.read_bytes()).hexdigest() in notes
    assert "minor lines (distribution) left out: 1" in notes


def test_an_extract_can_be_read_whole(fetch, store, extract):
    assert fetch("--file", extract, "--all").status == 0
    assert store.version("osm_power").manifest.area is None
    assert len(tables(store)["substations"]) == len(STATIONS)


@pytest.mark.parametrize("keep", [0, 20, 400])
def test_a_file_that_is_no_extract_is_refused(fetch, store, extract, keep):
    assert fetch("--file", extract, "--all").status == 0
    before = contents(store)
    broken = extract.with_name("broken.osm.pbf")
    broken.write_bytes(extract.read_bytes()[:keep])
    done = fetch("--file", broken, "--all")
    assert done.status == 1
    assert "cannot be read as an OpenStreetMap extract" in done.err
    assert "expected a whole .osm.pbf file" in done.err
    assert contents(store) == before


def test_data_centres_are_shown_and_change_no_rank(fetch, store, rewatt, tmp_path):
    ranked = rewatt("rank", "--region", "childress", "--json").out
    assert fetch("--bbox", BOX).status == 0
    loaded = load_layers(("data_centers",), store)["data_centers"]
    assert loaded.coverage is None
    assert loaded.provenance[0].source.attribution == osm_power.SOURCE.attribution
    assert loaded.table["data_center_id"].is_unique
    page = tmp_path / "map.html"
    at = ("--data", tmp_path / "store")
    assert rewatt("map", "--region", "childress", "--out", page, *at).status == 0
    assert "Synthetic Campus" in page.read_text()
    listed = json.loads(rewatt("layers", "--json", *at).out)
    (row,) = [one for one in listed if one["layer"] == "data_centers"]
    assert (row["state"], row["rows"]) == ("fetched", len(loaded.table))
    assert row["licence"] == "ODbL 1.0"
    no_stations = Store(store.folder, {"osm_power": None})
    assert "data_centers" not in load_layers(store=no_stations)
    assert ranked == rewatt("rank", "--region", "childress", "--json").out


def test_cells_cover_the_area_and_quarters_cover_their_cell():
    area = shapely.Polygon([(-100.5, 33.5), (-98.2, 33.5), (-98.2, 35.9)])
    cells = _overpass.cells_of(area)
    covered = shapely.union_all([shapely.box(*cell.bounds) for cell in cells])
    assert covered.covers(area)
    assert len({cell.name for cell in cells}) == len(cells)
    # nine cells in the box around the triangle, of which the corner one is empty
    assert len(cells) == 8
    for cell in (cells[0], cells[0].quarters()[3], cells[0].quarters()[2].quarters()[1]):
        quarters = [shapely.box(*one.bounds) for one in cell.quarters()]
        assert shapely.union_all(quarters).equals(shapely.box(*cell.bounds))
        assert sum(one.area for one in quarters) == pytest.approx(shapely.box(*cell.bounds).area)
