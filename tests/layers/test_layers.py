"""Each layer keeps its promise, and a broken promise is told whole."""

from __future__ import annotations

import csv
from dataclasses import replace

import geopandas as gpd
import pytest

from layers import (
    LAYERS,
    LayerError,
    Store,
    data_folder,
    load_layer,
    load_layers,
    read_parameters,
    read_states,
)
from layers._base import sha256_of
from layers._check import breaches, check_table
from layers.sources import rewatt_curated
from tests.conftest import REPO

BY_ID = {layer.id: layer for layer in LAYERS}
NOT_EMBEDDED = {"gas_pipelines", "data_centers", "facilities", "terrain"}
EMBEDDED = [layer for layer in LAYERS if layer.id not in NOT_EMBEDDED]


def test_every_file_is_registered():
    assert set(BY_ID) == {path.stem for path in (REPO / "layers").glob("[!_]*.py")}


@pytest.mark.parametrize("layer", EMBEDDED, ids=lambda layer: layer.id)
def test_the_embedded_table_keeps_the_promise_that_its_hash_stands_for(layer):
    check_table(layer.build(Store.embedded()).table, layer)


@pytest.mark.parametrize("layer", EMBEDDED, ids=lambda layer: layer.id)
def test_the_pinned_hash_is_that_of_the_file(layer):
    assert sha256_of(data_folder() / f"{layer.id}.csv") == layer.sources[0].sha256


@pytest.mark.parametrize("layer", EMBEDDED, ids=lambda layer: layer.id)
def test_no_row_is_lost(layer):
    with (data_folder() / f"{layer.id}.csv").open(encoding="utf-8", newline="") as file:
        lines = sum(1 for _ in csv.DictReader(file))
    assert len(load_layer(layer, Store.embedded()).table) == lines


@pytest.mark.parametrize("layer", LAYERS, ids=BY_ID)
def test_sources_say_where_they_come_from_and_on_what_terms(layer):
    for source in layer.sources:
        assert all((source.title, source.publisher, source.url, source.licence))
        assert source.vintage or layer not in EMBEDDED


def test_parameters_are_checked_too():
    table = rewatt_curated.read("parameters", rewatt_curated.PARAMETER_COLUMNS)
    assert breaches(table, rewatt_curated.PARAMETER_COLUMNS, strict=True) == []
    assert len(read_parameters()) == len(table)


def broken(layer, change):
    def build(store):
        built = layer.build(store)
        change(built.table)
        return replace(built, checked=False)

    return replace(layer, build=build)


def test_an_edited_table_is_checked_and_all_its_breaches_are_told():
    def change(table):
        table.loc[0, "status"] = "humming"
        table.loc[1, "energised_mw"] = -5
        table.loc[3, "site_id"] = table.loc[2, "site_id"]

    with pytest.raises(LayerError, match="Layer 'miner_sites' breaks its promise") as caught:
        load_layer(broken(BY_ID["miner_sites"], change), Store.embedded())
    message = str(caught.value)
    assert "row 2, status: found 'humming', expected one of" in message
    assert "row 3, energised_mw: found -5" in message
    assert message.count("a value that occurs once") == 2


def test_a_point_outside_its_state_is_named():
    def change(table):
        row = table.index[table["site_id"] == "iren-childress"][0]
        table.loc[row, "state"] = "LA"

    expected = r"iren-childress: the point 34\.38330, -100\.05690 lies \d+ km outside LA"
    with pytest.raises(LayerError, match=expected):
        load_layer(broken(BY_ID["miner_sites"], change), Store.embedded())


def test_another_crs_is_refused():
    layer = BY_ID["substations"]
    table = layer.build(Store.embedded()).table.to_crs("EPSG:5070")
    with pytest.raises(LayerError, match="CRS is EPSG:5070, expected EPSG:4326: call `to_crs`"):
        check_table(table, layer)


def test_lines_where_points_are_promised_are_refused():
    layer = BY_ID["transmission_lines"]
    with pytest.raises(LayerError, match="geometry is"):
        check_table(layer.build(Store.embedded()).table, replace(layer, geometry="point"))


def test_states_are_the_fifty_and_the_district():
    states = read_states()
    assert len(states) == 51
    assert isinstance(states, gpd.GeoDataFrame)


def test_what_is_not_embedded_is_absent_until_it_is_fetched():
    assert not {"gas_pipelines", "data_centers"} & set(load_layers(store=Store.embedded()))


def test_every_state_of_a_us_site_has_line_costs(sites):
    regions = rewatt_curated.read("cost_regions", rewatt_curated.COST_REGION_COLUMNS)
    assert breaches(regions, rewatt_curated.COST_REGION_COLUMNS, strict=True) == []
    in_us = sites.loc[sites["country"] == "US", "state"]
    assert set(in_us) <= set(regions["state"])
    assert set(regions["state"]) | {"AK", "HI"} == set(read_states().index)


def test_coverage_lies_around_every_located_site(layers, sites):
    """The facts say: complete within 40 km of a located mining site."""
    import shapely

    located = sites[(sites["coord_precision"].isin(["site", "town"])) & (sites["country"] == "US")]
    area = layers["substations"].coverage
    assert shapely.contains_xy(area, located["lon"], located["lat"]).all()


def test_every_declared_column_is_embedded():
    for layer in EMBEDDED:
        assert {column.name for column in layer.columns} <= set(
            layer.build(Store.embedded()).table.columns
        ), layer.id


def test_conversions_are_as_declared_and_name_listed_sites(sites):
    table = rewatt_curated.read("conversions", rewatt_curated.CONVERSION_COLUMNS)
    assert breaches(table, rewatt_curated.CONVERSION_COLUMNS, strict=True) == []
    assert set(table["site_id"].dropna()) <= set(sites.index)
    assert table["date"].str.fullmatch(r"20\d\d-\d\d(-\d\d)?").all()


@pytest.fixture
def own_data(tmp_path, monkeypatch):
    """A copy of the embedded data that a test may spoil."""
    import shutil

    from layers import _base

    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    monkeypatch.setattr(_base, "data_folder", lambda: folder)
    monkeypatch.setattr(rewatt_curated, "data_folder", lambda: folder)
    return folder


def test_a_file_that_is_not_there_is_an_absent_layer(own_data, rewatt):
    import json

    for name in ("campuses", "transmission_lines", "gas_plants"):
        (own_data / f"{name}.csv").unlink()
    rows = {row["layer"]: row for row in json.loads(rewatt("layers", "--json").out)}
    assert {key for key, row in rows.items() if row["state"] == "absent"} == {
        "campuses",
        "transmission_lines",
        "gas_plants",
        *NOT_EMBEDDED,
    }
    outcome = rewatt("rank", "--region", "childress")
    assert outcome.status == 0
    assert rewatt("map", "--region", "childress", "--out", own_data / "m.html").status == 0
    assert rewatt("balance").status == 0


def test_without_the_table_of_sites_one_can_bring_sites(own_data, rewatt):
    (own_data / "miner_sites.csv").unlink()
    outcome = rewatt("rank")
    assert outcome.status == 1
    assert "bring your own with --sites" in outcome.err
    (own_data / "mine.csv").write_text("lat,lon\n34.38,-100.06\n")
    assert rewatt("rank", "--sites", own_data / "mine.csv").status == 0


@pytest.mark.parametrize(
    ("table", "column", "criterion"),
    [
        ("gas_plants", "status", "gas_generation"),
        ("gas_plants", "capacity_mw", "gas_generation"),
        ("campuses", "power_mw_planned", "campus_competition"),
        ("campuses", "status", "campus_proximity"),
        ("miner_sites", "land_acres", "land"),
        ("miner_sites", "interconnect_type", "supply_firmness"),
        ("substations", "circuits", "alternative_pois"),
        ("substations", "max_kv", "alternative_pois"),
        ("campuses", "host_site_id", "campus_proximity"),
        ("campuses", "overlap_group", "campus_competition"),
    ],
)
def test_a_missing_column_makes_its_criterion_unknown_and_no_error(
    own_data, rewatt, tmp_path, table, column, criterion
):
    import pandas as pd

    path = own_data / f"{table}.csv"
    pd.read_csv(path, dtype=str, keep_default_na=False).drop(columns=column).to_csv(
        path, index=False
    )
    out = tmp_path / "r.csv"
    outcome = rewatt("rank", "--region", "us", "--out", out)
    assert outcome.status == 0, outcome.err
    assert pd.read_csv(out)[f"metric_{criterion}"].isna().all()
    assert rewatt("map", "--region", "us", "--out", tmp_path / "m.html").status == 0
    assert rewatt("balance").status == 0
    assert rewatt("explain", "iren-childress").status == 0


def test_a_county_of_unknown_size_may_reach_anywhere(own_data, rewatt, tmp_path):
    """Without the radii no sum may look surer, or smaller, than with them."""
    import pandas as pd

    def competition():
        out = tmp_path / "r.csv"
        assert rewatt("rank", "--region", "us", "--out", out).status == 0
        return pd.read_csv(out).set_index("site_id")["metric_campus_competition"]

    before = competition()
    path = own_data / "campuses.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.drop(columns="coord_radius_km").to_csv(path, index=False)
    after = competition()
    assert after.notna().sum() < before.notna().sum()


def test_a_changed_table_is_checked_by_the_command(own_data, rewatt):
    path = own_data / "campuses.csv"
    path.write_text(path.read_text().replace(",operating,", ",humming,", 1))
    outcome = rewatt("rank")
    assert outcome.status == 1
    assert "Layer 'campuses' breaks its promise" in outcome.err
    assert "found 'humming'" in outcome.err
    assert "Traceback" not in outcome.err
