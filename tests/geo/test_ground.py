"""The criterion slope: its anchors, and what is not known of it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.criteria import slope
from geo.metrics import measure_sites
from geo.question import Question
from layers import LoadedLayer, terrain
from tests.conftest import AS_OF

QUESTION = Question(200, AS_OF)


@pytest.fixture
def layer(tmp_path):
    """Give a patch whose slope is a tenth of a percent for every column from its west."""
    medians = np.broadcast_to(10 * np.arange(100, dtype=np.uint16), (1, 100, 100))
    np.save(tmp_path / "medians.npy", medians)
    table = gpd.GeoDataFrame(
        {
            "patch_id": ["n340w1000"],
            "south": [340],
            "west": [-1000],
            "label": ["a plane, synthetic"],
            "vintage": ["2026"],
            "resolution_m": [30.0],
            "known_share": [1.0],
            "file": [str(tmp_path / "medians.npy")],
        },
        geometry=[shapely.box(-100, 34, -99.9, 34.1)],
        crs="EPSG:4326",
    )
    return LoadedLayer(terrain.LAYER, table)


@pytest.mark.parametrize(("percent", "worth"), [(0, 1), (2, 0.8), (5, 0.5), (10, 0.25), (30, 0)])
def test_anchors_are_those_of_the_design(percent, worth):
    assert slope.CRITERION.utility(np.array([float(percent)])) == pytest.approx(worth)


def test_value_and_range_follow_the_precision(layer, make_sites):
    """A site point is good to 2 km, 21 columns of every third; a town point to 8 km, 87."""
    sites = make_sites(
        lat=[34.0505] * 4,
        lon=[-99.9495, -99.9495, -99.9495, -98.0],
        coord_precision=["site", "town", "county", "site"],
    )
    found = slope.measure(sites, {"terrain": layer}, QUESTION)
    assert found.iloc[0].tolist() == pytest.approx([5.0, 2.9, 7.1])
    assert found.at["s1", "value"] == pytest.approx(5.0)
    assert found.loc["s1", ["low", "high"]].isna().all()  # 8 km reach beyond what was fetched
    assert found.loc[["s2", "s3"]].isna().all(axis=None)


def test_unknown_until_it_is_fetched(make_sites):
    sites = make_sites(lat=[34.05], lon=[-99.95])
    assert slope.measure(sites, {}, QUESTION).isna().all(axis=None)
    assert "rewatt fetch terrain" in slope.CRITERION.reference


def test_the_findings_name_what_the_slope_was_read_from(layer, layers, make_sites):
    sites = make_sites(lat=[34.05, 31.0], lon=[-99.95, -92.0])
    measured = measure_sites(sites, {**layers, "terrain": layer}, QUESTION)
    told = measured.findings["slope_source"]
    assert told.fillna("").tolist() == ["a plane, synthetic, 2026", ""]
    again = measure_sites(sites, {**layers, "terrain": layer}, Question(400, AS_OF), measured)
    assert again.findings["slope_source"].equals(told)
    without = measure_sites(sites, layers, QUESTION)
    assert without.findings["slope_source"].isna().all()


def test_many_sites_are_measured_as_each_alone(layer, make_sites):
    rng = np.random.default_rng(3)
    lat, lon = rng.uniform(33.97, 34.13, 300), rng.uniform(-100.03, -99.87, 300)
    sites = make_sites(lat=lat.tolist(), lon=lon.tolist())
    together = slope.measure(sites, {"terrain": layer}, QUESTION)
    alone = [slope.measure(sites.iloc[[i]], {"terrain": layer}, QUESTION) for i in range(300)]
    assert together["value"].notna().sum() > 50
    assert together["low"].notna().sum() > 20
    for i, one in enumerate(alone):
        assert one.iloc[0].tolist() == pytest.approx(together.iloc[i].tolist(), nan_ok=True)
