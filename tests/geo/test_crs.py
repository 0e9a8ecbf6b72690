"""Distances against textbook values."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.crs import CRSError, boundary_points, distance_km, ecef_km, to_storage


def km(*pair):
    return distance_km(*(np.array([value]) for value in pair))[0]


def test_one_degree_of_latitude_at_40_north():
    """Meridian arc 40N to 41N on WGS 84: 111.04 km (Rapp, Geometric Geodesy I, section 3.4)."""
    assert km(40.0, -100.0, 41.0, -100.0) == pytest.approx(111.044, abs=0.001)


def test_new_york_to_london():
    """GeographicLib's own example: JFK (40.6, -73.8) to LHR (51.6, -0.5) is 5551.759 km."""
    assert km(40.6, -73.8, 51.6, -0.5) == pytest.approx(5551.759400, abs=1e-6)


def test_a_quarter_of_the_meridian():
    """Equator to pole on WGS 84: 10,001.965729 km."""
    assert km(0.0, 0.0, 90.0, 0.0) == pytest.approx(10001.965729, abs=1e-6)


def test_ecef_on_the_axes():
    points = ecef_km(np.array([0.0, 90.0]), np.array([90.0, 0.0]))
    assert points[0] == pytest.approx([0, 6378.137, 0], abs=1e-9)
    assert points[1] == pytest.approx([0, 0, 6356.752314245], abs=1e-9)


def test_a_table_without_crs_is_refused_with_the_cure():
    table = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)])
    with pytest.raises(CRSError, match=r"mine has no coordinate reference system.*set_crs"):
        to_storage(table, "mine")


def test_boundary_points_are_close_enough():
    lat, lon = boundary_points(shapely.box(-100, 34, -99, 35), 1.0)
    assert distance_km(lat[:-1], lon[:-1], lat[1:], lon[1:]).max() <= 1.002
