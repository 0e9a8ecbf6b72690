"""Names of places: what is called so, in which order, and where it is."""

from __future__ import annotations

import pandas as pd
import pytest
from pyproj import Geod

from geo.gazetteer import gazetteer, named
from tests.conftest import REPO


@pytest.fixture(scope="module")
def places(layers):
    return gazetteer(layers)


def test_every_named_substation_located_campus_and_larger_city_is_there(places):
    kinds = places["kind"].value_counts()
    named_stations = pd.read_csv(REPO / "data" / "substations.csv")["name"].notna()
    assert kinds["substation"] == named_stations.sum()
    campuses = pd.read_csv(REPO / "data" / "campuses.csv")
    assert kinds["campus"] == campuses["coord_precision"].isin(["site", "town"]).sum()
    assert kinds["city"] == len(pd.read_csv(REPO / "data" / "us_places.csv"))


def test_new_carlisle_is_a_station_and_two_campuses_and_the_station_is_called_so(places):
    found = named(places, "  new CARLISLE ")
    assert found["kind"].tolist() == ["substation", "campus", "campus"]
    assert found["name"].iloc[0] == "New Carlisle"
    # New Carlisle, Indiana, by the Census gazetteer: 41.7075 north, 86.5092 west
    for lat, lon in zip(found["lat"], found["lon"], strict=True):
        assert Geod(ellps="WGS84").inv(lon, lat, -86.5092, 41.7075)[2] < 10_000


def test_words_may_stand_anywhere_and_all_must_be_there(places):
    assert named(places, "carlisle new")["name"].tolist()
    assert named(places, "carlisle xyzzy").empty
    assert named(places, "   ").empty


def test_a_name_is_no_pattern(places):
    assert named(places, ".*").empty
    assert named(places, "(").equals(named(places, "("))


def test_a_layer_that_is_absent_is_left_out(layers):
    places = gazetteer({"campuses": layers["campuses"]})
    assert set(places["kind"]) == {"campus", "city"}
    assert set(gazetteer({})["kind"]) == {"city"}
