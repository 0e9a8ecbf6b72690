"""Only pipelines that carry gas past a site count, as far as the data reach."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.criteria.gas_pipeline_distance import measure
from geo.question import Question


@pytest.fixture
def near(make_sites):
    """Measure a site at 34 N, 100 W from lines along parallels: value, low, high and slack, km."""

    def run(kinds, lats, coverage):
        lines = [shapely.LineString([(-101, lat), (-99, lat)]) for lat in lats]
        table = gpd.GeoDataFrame({"kind": kinds}, geometry=lines, crs=4326)
        layer = SimpleNamespace(table=table, coverage=coverage)
        sites = make_sites(lat=[34.0], lon=[-100.0])
        found = measure(sites, {"gas_pipelines": layer}, Question(200, "2026-10"))
        return (*found.iloc[0].to_numpy(float)[:3], sites["radius_km"].iloc[0])

    return run


def test_gathering_lines_do_not_count(near):
    """A degree of the meridian at 34 N is 110.9 km (Snyder 1987, table 7)."""
    wide = shapely.box(-110, 25, -90, 45)
    value, low, high, slack = near(["gathering", "interstate"], [34.01, 34.1], wide)
    assert value == pytest.approx(11.09, abs=0.1)
    assert (low, high) == pytest.approx((max(value - slack, 0), value + slack))


def test_the_edge_of_the_data_bounds_the_distance(near):
    """0.05 degrees of longitude at 34 N are 4.61 km, half a degree of the meridian 55.46 km."""
    small = shapely.box(-100.05, 33.95, -99.95, 34.05)
    value, low, high, slack = near(["interstate"], [34.5], small)
    assert np.isnan(value)
    assert low == pytest.approx(4.61 - slack, abs=0.1)
    assert high == pytest.approx(55.46 + slack, abs=0.2)
