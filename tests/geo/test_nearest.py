"""The nearest is the geodesic nearest, whatever the size of the search."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo import nearest as module
from geo.crs import distance_km, ecef_km
from geo.nearest import MIN_RADIUS_KM, longest_arc_km, nearest, pairs_within

GEOD = Geod(ellps="WGS84")


def random_points(seed, n, box=(24.0, 50.0, -125.0, -66.0)):
    generator = np.random.default_rng(seed)
    south, north, west, east = box
    return generator.uniform(south, north, n), generator.uniform(west, east, n)


def brute(lat, lon, target_lat, target_lon):
    """Every geodesic, by pyproj."""
    n, m = len(lat), len(target_lat)
    km = GEOD.inv(
        np.repeat(lon, m), np.repeat(lat, m), np.tile(target_lon, n), np.tile(target_lat, n)
    )[2].reshape(n, m)
    return km.argmin(axis=1), km.min(axis=1) / 1000


@pytest.mark.parametrize("plain_pairs", [10**12, 0], ids=["every pair", "tree"])
def test_nearest_is_the_true_geodesic_nearest(plain_pairs, monkeypatch):
    monkeypatch.setattr(module, "_PLAIN_PAIRS", plain_pairs)
    points, targets = random_points(1, 1000), random_points(2, 700)
    index, km = nearest(*points, *targets)
    expected, expected_km = brute(*points, *targets)
    assert (index == expected).all()
    assert km == pytest.approx(expected_km, abs=1e-9)


def test_nearest_substation_of_ten_thousand_random_points(layers):
    table = layers["substations"].table
    lat, lon = table["lat"].to_numpy(), table["lon"].to_numpy()
    points = random_points(3, 10_000)
    index, km = nearest(*points, lat, lon)
    truth = GEOD.inv(points[1], points[0], lon[index], lat[index])[2] / 1000
    assert np.abs(km - truth).max() < 0.001
    some = np.random.default_rng(4).choice(10_000, 300, replace=False)
    expected, _ = brute(points[0][some], points[1][some], lat, lon)
    assert (index[some] == expected).all()


@pytest.mark.parametrize("plain_pairs", [10**12, 0], ids=["every pair", "tree"])
def test_pairs_within_are_all_and_only_those(plain_pairs, monkeypatch):
    monkeypatch.setattr(module, "_PLAIN_PAIRS", plain_pairs)
    points = random_points(5, 300, (30, 36, -104, -96))
    targets = random_points(6, 400, (30, 36, -104, -96))
    i, j, km = pairs_within(*points, *targets, 40.0)
    n, m = 300, 400
    every = distance_km(
        np.repeat(points[0], m),
        np.repeat(points[1], m),
        np.tile(targets[0], n),
        np.tile(targets[1], n),
    ).reshape(n, m)
    assert len(i) == (every <= 40).sum()
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == set(
        zip(*(axis.tolist() for axis in np.nonzero(every <= 40)), strict=True)
    )
    assert (np.diff(km)[np.diff(i) == 0] >= 0).all()


@pytest.mark.parametrize("plain_pairs", [10**12, 0], ids=["every pair", "tree"])
def test_where_the_chord_names_another_the_geodesic_decides(plain_pairs, monkeypatch):
    """At the equator a geodesic north bends more: at 1,000 km its chord is 14 m shorter."""
    monkeypatch.setattr(module, "_PLAIN_PAIRS", plain_pairs)
    lon, lat, _ = GEOD.fwd([0, 0], [0, 0], [0, 90], [1_000_005, 1_000_000])
    far = np.array([*lat, 40.0]), np.array([*lon, 40.0])
    here = ecef_km(np.array([0.0]), np.array([0.0]))
    chords = np.linalg.norm(ecef_km(*far) - here, axis=1)
    assert chords.argmin() == 0
    index, km = nearest(np.array([0.0]), np.array([0.0]), *far)
    assert index.tolist() == [1]
    assert km[0] == pytest.approx(1000.0, abs=1e-6)


def test_ties_go_to_the_first_and_duplicates_behave():
    lat, lon = np.array([0.0]), np.array([0.0])
    targets = np.array([0.0, 0.0, 0.0]), np.array([1.0, -1.0, 1.0])
    assert nearest(lat, lon, *targets)[0].tolist() == [0]
    i, j, _ = pairs_within(lat, lon, *targets, 200.0)
    assert (i.tolist(), j.tolist()) == ([0, 0, 0], [0, 1, 2])


@pytest.mark.parametrize("plain_pairs", [10**12, 0], ids=["every pair", "tree"])
def test_many_stations_at_one_place(plain_pairs, monkeypatch):
    """Forty equals: the first is named, and none hides a nearer one."""
    monkeypatch.setattr(module, "_PLAIN_PAIRS", plain_pairs)
    targets = np.array([35.0] * 40 + [34.5]), np.array([-100.0] * 41)
    points = np.array([35.1, 34.5, 36.0]), np.array([-100.0, -100.0, -101.0])
    assert nearest(*points, *targets)[0].tolist() == [0, 40, 0]


def test_no_target_is_unknown_not_zero():
    nowhere = np.array([])
    index, km = nearest(np.array([1.0]), np.array([1.0]), nowhere, nowhere)
    assert index.tolist() == [-1]
    assert np.isnan(km).all()
    assert len(pairs_within(np.array([1.0]), np.array([1.0]), nowhere, nowhere, 40.0)[0]) == 0


@pytest.mark.parametrize("plain_pairs", [10**12, 0], ids=["every pair", "tree"])
def test_across_the_antimeridian_and_at_the_pole(plain_pairs, monkeypatch):
    monkeypatch.setattr(module, "_PLAIN_PAIRS", plain_pairs)
    lat, lon = np.array([10.0, 89.9]), np.array([179.9, 0.0])
    targets = np.array([10.0, 10.0, 89.9]), np.array([-179.9, 170.0, 180.0])
    index, km = nearest(lat, lon, *targets)
    assert index.tolist() == [0, 2]
    assert km[0] == pytest.approx(GEOD.inv(179.9, 10, -179.9, 10)[2] / 1000)


degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(degrees, degrees)
@settings(max_examples=500, deadline=None)
def test_no_geodesic_is_longer_than_the_bound_of_its_chord(a, b):
    """What lets a chord search promise the geodesic nearest."""
    one, two = (ecef_km(np.array([lat]), np.array([lon])) for lat, lon in (a, b))
    chord = np.sqrt(((one - two) ** 2).sum())
    arc = distance_km(*(np.array([value]) for value in (*a, *b)))[0]
    assert chord <= arc + 1e-6
    if chord < 2 * MIN_RADIUS_KM:
        assert arc <= longest_arc_km(np.array([chord]))[0] + 1e-6
