"""Each layer keeps its promise, and a broken promise is told whole."""

from __future__ import annotations

import csv
from dataclasses import replace

import geopandas as gpd
import pytest

from layers import LAYERS, LayerError, data_folder, load_layer, read_parameters, read_states
from layers._base import sha256_of
from layers._check import breaches, check_table
from layers.sources import rewatt_curated
from tests.conftest import REPO

BY_ID = {layer.id: layer for layer in LAYERS}


def test_every_file_is_registered():
    assert set(BY_ID) == {path.stem for path in (REPO / "layers").glob("[!_]*.py")}


@pytest.mark.parametrize("layer", LAYERS, ids=BY_ID)
def test_the_embedded_table_keeps_the_promise_that_its_hash_stands_for(layer):
    check_table(layer.build(), layer)


@pytest.mark.parametrize("layer", LAYERS, ids=BY_ID)
def test_the_pinned_hash_is_that_of_the_file(layer):
    assert sha256_of(data_folder() / f"{layer.id}.csv") == layer.sources[0].sha256


@pytest.mark.parametrize("layer", LAYERS, ids=BY_ID)
def test_no_row_is_lost(layer):
    with (data_folder() / f"{layer.id}.csv").open(encoding="utf-8", newline="") as file:
        lines = sum(1 for _ in csv.DictReader(file))
    assert len(load_layer(layer).table) == lines


@pytest.mark.parametrize("layer", LAYERS, ids=BY_ID)
def test_sources_say_where_they_come_from_and_on_what_terms(layer):
    for source in layer.sources:
        assert all((source.title, source.publisher, source.url, source.licence, source.vintage))


def test_parameters_are_checked_too():
    table = rewatt_curated.read("parameters", rewatt_curated.PARAMETER_COLUMNS)
    assert breaches(table, rewatt_curated.PARAMETER_COLUMNS, strict=True) == []
    assert len(read_parameters()) == len(table)


def broken(layer, change):
    def build():
        table = layer.build()
        change(table)
        return table

    return replace(layer, build=build, sources=(replace(layer.sources[0], sha256="edited"),))


def test_an_edited_table_is_checked_and_all_its_breaches_are_told():
    def change(table):
        table.loc[0, "status"] = "humming"
        table.loc[1, "energised_mw"] = -5
        table.loc[3, "site_id"] = table.loc[2, "site_id"]

    with pytest.raises(LayerError) as caught:
        load_layer(broken(BY_ID["miner_sites"], change))
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
        load_layer(broken(BY_ID["miner_sites"], change))


def test_another_crs_is_refused():
    layer = BY_ID["substations"]
    table = layer.build().to_crs("EPSG:5070")
    with pytest.raises(LayerError, match="CRS is EPSG:5070, expected EPSG:4326: call `to_crs`"):
        check_table(table, layer)


def test_lines_where_points_are_promised_are_refused():
    layer = BY_ID["transmission_lines"]
    with pytest.raises(LayerError, match="geometry is"):
        check_table(layer.build(), replace(layer, geometry="point"))


def test_states_are_the_fifty_and_the_district():
    states = read_states()
    assert len(states) == 51
    assert isinstance(states, gpd.GeoDataFrame)


def test_coverage_lies_around_every_located_site(layers, sites):
    """The facts say: complete within 40 km of a located mining site."""
    import shapely

    located = sites[(sites["coord_precision"].isin(["site", "town"])) & (sites["country"] == "US")]
    area = layers["substations"].coverage
    assert shapely.contains_xy(area, located["lon"], located["lat"]).all()
