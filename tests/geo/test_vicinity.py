"""What stands around a site."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from geo.explain import explain
from geo.sites import complete
from geo.vicinity import NEAREST, neighbours, within_reach
from layers import data_folder

GEOD = Geod(ellps="WGS84")


def by_proj(table, lat, lon):
    """Give km to every row with a point of its own, by PROJ, the nearest first."""
    known = table[table["coord_precision"].isin(["site", "town"]) & table["lat"].notna()]
    _, _, metres = GEOD.inv(
        np.full(len(known), lon), np.full(len(known), lat), known["lon"], known["lat"]
    )
    return pd.Series(np.asarray(metres) / 1000, index=known.index).sort_values(kind="stable")


def exact(found, kind):
    return [row for row in found if row["kind"] == kind and row["km"] is not None]


def test_the_nearest_sites_and_campuses(sites, layers):
    found = neighbours(sites, layers, "iren-childress")
    here = sites.loc["iren-childress"]
    expected = by_proj(sites.drop(index="iren-childress"), here["lat"], here["lon"])
    named = exact(found, "site")
    assert [row["id"] for row in named] == expected.index[:NEAREST].tolist()
    assert [row["km"] for row in named] == pytest.approx(expected[:NEAREST].tolist(), abs=1e-6)
    campuses = layers["campuses"].table.set_index("campus_id")
    expected = by_proj(campuses, here["lat"], here["lon"])
    named = exact(found, "campus")
    assert [row["id"] for row in named] == expected.index[:NEAREST].tolist()
    planned = campuses.loc[[row["id"] for row in named], "power_mw_planned"]
    assert not planned.equals(campuses.loc[planned.index, "power_mw_current"])
    assert [row["mw"] for row in named] == [None if pd.isna(mw) else mw for mw in planned]


def test_a_campus_known_to_its_county_is_a_range_among_the_neighbours(sites, layers):
    """A campus of Childress county: up to 31 km from the centroid (Census county outlines)."""
    here = sites.loc["iren-childress"]
    table = layers["campuses"].table
    county = table[table["coord_precision"] == "county"].set_index("campus_id")
    (near,) = county.index[county["name"] == "Crusoe / Lancium Childress"]
    centroid = county.loc[near]
    _, _, metres = GEOD.inv(here["lon"], here["lat"], centroid["lon"], centroid["lat"])
    assert centroid["coord_radius_km"] == 31
    found = neighbours(sites, layers, "iren-childress")
    (row,) = (row for row in found if row["id"] == near)
    assert row["km"] is None
    assert row["km_low"] == 0
    assert row["km_high"] == pytest.approx(metres / 1000 + 31, abs=1e-6)
    fifth = exact(found, "campus")[-1]["km"]
    _, _, metres = GEOD.inv(
        np.full(len(county), here["lon"]), np.full(len(county), here["lat"]),
        county["lon"], county["lat"],
    )  # fmt: skip
    may = county.index[np.asarray(metres) / 1000 - county["coord_radius_km"] <= fifth]
    named = {row["id"] for row in found if row["kind"] == "campus" and row["km"] is None}
    assert named == set(may)
    assert len(named) > 1


def test_what_is_known_to_a_county_is_not_counted_as_within_reach(sites, layers):
    counts = within_reach(sites, layers, "iren-childress")
    assert counts["campuses"] is None
    assert counts["perhaps"] == {"campuses": 2}  # of Childress and of Wilbarger county
    campuses, listed = layers["campuses"].table, layers["miner_sites"].table
    assert counts["nowhere"] == {
        "sites": int((listed["country"].eq("US") & listed["lat"].isna()).sum()),
        "campuses": int(campuses["lat"].isna().sum()),
    }


def test_what_is_complete_says_of_which_rows_as_the_embedded_areas_do(sites, layers):
    said = within_reach(sites, layers, "iren-childress")["complete_for"]
    for file, name, limit, unit in (
        ("grid", "substations", "min_kv", "kV"),
        ("gas", "gas_plants", "min_mw", "MW"),
    ):
        area = json.loads((data_folder() / f"{file}_coverage.geojson").read_text("utf-8"))
        (least,) = {one["properties"][limit] for one in area["features"]}
        assert said[name] == f"{least} {unit} and more"
    assert said["transmission_lines"] in layers["transmission_lines"].layer.title
    assert layers["transmission_lines"].table["kv_class"].min() >= 220
    assert said["campuses"] == said["gas_pipelines"] == ""


def test_a_campus_on_the_site_is_marked(sites, layers):
    hosted = layers["campuses"].table.dropna(subset=["host_site_id"])
    host = next(
        one.host_site_id
        for one in hosted.itertuples()
        if one.coord_precision == "site" and one.host_site_id in sites.index
    )
    found = neighbours(sites, layers, host)
    assert any(row["stands_on_the_site"] for row in found)
    assert not any(row["stands_on_the_site"] for row in found if row["kind"] == "site")


def test_from_a_county_nothing_is_near(sites, layers):
    assert neighbours(sites, layers, "iren-sweetwater-2") is None
    assert within_reach(sites, layers, "iren-oklahoma") is None


def test_the_users_own_sites_are_neighbours_and_change_no_listed_one(sites, layers):
    mine = complete(
        pd.DataFrame(
            {
                "site_id": ["mine"],
                "name": ["Mine"],
                "lat": [34.4],
                "lon": [-100.1],
                "coord_precision": ["site"],
            }
        ),
        brought=True,
    )
    both = pd.concat([sites, mine])
    assert neighbours(both, layers, "iren-childress")[0]["id"] == "mine"
    assert neighbours(both, layers, "mine")[0]["id"] == "iren-childress"


def test_a_table_that_is_absent_is_not_known_and_not_zero(sites, layers):
    counts = within_reach(sites, layers, "iren-childress")
    assert counts["gas_pipelines"] is None
    assert counts["gas_plants"] == 0
    assert counts["within_km"] == 40
    assert counts["complete"]["substations"]
    assert not counts["complete"]["gas_pipelines"]


def test_lines_that_the_table_does_not_hold_are_not_absent(sites, layers):
    """Barber Lake lies outside the three regions where lines are drawn."""
    counts = within_reach(sites, layers, "cipher-barber-lake")
    assert counts["transmission_lines"] is None
    assert not counts["complete"]["transmission_lines"]


def test_without_layers_nothing_is_said_about_the_surroundings(assessment):
    one = explain(assessment, "iren-childress")
    assert one["neighbours"] is one["within_reach"] is one["versions"] is None


def test_what_the_news_says_is_not_scored(assessment, layers, monkeypatch):
    from geo import news

    before = explain(assessment, "iren-childress", layers=layers)
    empty = news.read_conversions().head(0)
    monkeypatch.setattr(news, "read_conversions", lambda: empty)
    after = explain(assessment, "iren-childress", layers=layers)
    assert after["news"] == []
    assert after["score"] == before["score"]
    assert after["criteria"] == before["criteria"]


def test_versions_name_every_dataset(assessment, layers):
    said = explain(assessment, "iren-childress", layers=layers)["versions"]
    assert {row["layer"] for row in said["data"]} == set(layers)
    assert all(row["vintage"] and row["licence"] and row["source"] for row in said["data"])
