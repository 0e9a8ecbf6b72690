"""The nearest is the geodesic nearest, whatever the size of the search."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo import nearest as module
from geo.crs import distance_km, ecef_km
from geo.nearest import (
    MIN_RADIUS_KM,
    k_nearest,
    longest_arc_km,
    nearest,
    nearest_of_each,
    pairs_within,
    sum_within,
)
from tests.conftest import REPO

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


BOTH = pytest.mark.usefixtures("path")


@pytest.fixture(params=[10**12, 0], ids=["every pair", "tree"])
def path(request, monkeypatch):
    monkeypatch.setattr(module, "_PLAIN_PAIRS", request.param)


def hard_points(seed, box=None):
    """Duplicates, points on targets, both poles, the antimeridian: 2,000 points, 5,000 targets."""
    generator = np.random.default_rng(seed)
    if box is None:
        lat = np.degrees(np.arcsin(generator.uniform(-1, 1, 7000)))
        lon = generator.uniform(-180, 180, 7000)
    else:
        lat, lon = random_points(seed, 7000, box)
    lat[6000:], lon[6000:] = lat[2000:3000], lon[2000:3000]
    lat[:100], lon[:100] = lat[2000:2100], lon[2000:2100]
    if box is None:
        lat[100:110], lat[110:120], lat[3000:3003], lat[3003:3005] = 90, -90, 90, -90
        lon[120:130], lon[3010:3020] = 180, -180
    return (lat[:2000], lon[:2000]), (lat[2000:], lon[2000:])


@pytest.fixture(scope="module", params=["world", "country"])
def hard(request):
    """Points, targets and every distance between them, by PROJ."""
    box = None if request.param == "world" else (24.0, 50.0, -125.0, -66.0)
    points, targets = hard_points(7, box)
    if box is not None:
        points = points[0][:400], points[1][:400]
    every = [
        GEOD.inv(np.full(5000, lon), np.full(5000, lat), targets[1], targets[0])[2] / 1000
        for lat, lon in zip(*points, strict=True)
    ]
    return points, targets, np.array(every)


@BOTH
def test_nearest_and_k_nearest_are_those_of_every_distance(hard):
    points, targets, every = hard
    expected = np.argsort(every, axis=1, kind="stable")[:, :6]
    index, km = nearest(*points, *targets)
    assert (index == expected[:, 0]).all()
    assert np.abs(km - every.min(axis=1)).max() < 1e-9
    index, km = k_nearest(*points, *targets, 6)
    assert (index == expected).all()
    assert np.abs(km - np.take_along_axis(every, expected, axis=1)).max() < 1e-9


@BOTH
def test_nearest_of_each_class_however_sparse(hard):
    points, targets, every = hard
    kinds = np.arange(5000) % 2
    kinds[::700], kinds[4999], kinds[100:900] = 2, 4, -1
    index, km = nearest_of_each(*points, *targets, kinds)
    assert index.shape == km.shape == (len(every), 5)
    for kind in (0, 1, 2, 4):
        rows = np.flatnonzero(kinds == kind)
        assert (index[:, kind] == rows[every[:, rows].argmin(axis=1)]).all()
        assert np.abs(km[:, kind] - every[:, rows].min(axis=1)).max() < 1e-9
    assert (index[:, 3] == -1).all()
    assert np.isnan(km[:, 3]).all()


@BOTH
@pytest.mark.parametrize("radius_km", [0.0, 50.0, 900.0, 18_000.0, 20_010.0])
def test_sums_and_pairs_within_are_those_of_every_distance(hard, radius_km):
    points, targets, every = hard
    some = slice(0, 400 if radius_km < 1000 else 8)
    points, every = (points[0][some], points[1][some]), every[some]
    weights = np.random.default_rng(8).uniform(-1, 2, 5000)
    inside = every <= radius_km
    sums, counts = sum_within(*points, *targets, weights, radius_km)
    assert (counts == inside.sum(axis=1)).all()
    assert sums == pytest.approx(inside @ weights, abs=1e-9)
    i, j, km = pairs_within(*points, *targets, radius_km)
    assert np.array_equal(np.column_stack((i, j))[np.lexsort((j, i))], np.argwhere(inside))
    assert np.abs(km - every[i, j]).max(initial=0) < 1e-9
    assert (np.lexsort((j, km, i)) == np.arange(len(i))).all()


@BOTH
def test_a_target_at_the_radius_is_within():
    lon, lat, _ = GEOD.fwd([0] * 8, [45] * 8, np.arange(8) * 45, [50_000] * 8)
    one = np.ones(1)
    for radius_km, expected in ((50.0, 8), (50.0 - 1e-9, 0)):
        _, counts = sum_within(
            45 * one, 0 * one, np.array(lat), np.array(lon), np.ones(8), radius_km
        )
        assert counts.tolist() == [expected]


@BOTH
def test_fewer_targets_than_wanted():
    points, targets = random_points(9, 30), random_points(10, 3)
    index, km = k_nearest(*points, *targets, 5)
    assert (index[:, 3:] == -1).all()
    assert np.isnan(km[:, 3:]).all()
    assert (np.sort(index[:, :3], axis=1) == [0, 1, 2]).all()
    assert (np.diff(km[:, :3], axis=1) > 0).all()


@BOTH
def test_equals_come_in_their_order():
    """A cross of targets about the point, some of them doubled."""
    targets = np.array([0.0, 0, 1, -1, 0, 0]), np.array([1.0, -1, 0, 0, 1, 0])
    index, _ = k_nearest(np.zeros(1), np.zeros(1), *targets, 6)
    assert index.tolist() == [[5, 2, 3, 0, 1, 4]]


@BOTH
def test_a_nanometre_is_no_difference():
    """PROJ itself is exact to 15 nm: the first of the two is named."""
    targets = np.array([1 + 1e-14, 1.0]), np.zeros(2)
    assert nearest(np.zeros(1), np.zeros(1), *targets)[0].tolist() == [0]
    assert k_nearest(np.zeros(1), np.zeros(1), *targets, 2)[0].tolist() == [[0, 1]]


@BOTH
def test_of_nothing_comes_nothing():
    one, none = np.ones(1), np.empty(0)
    kinds = np.empty(0, dtype=np.intp)
    assert k_nearest(one, one, none, none, 2)[0].tolist() == [[-1, -1]]
    assert nearest_of_each(one, one, none, none, kinds)[0].shape == (1, 0)
    assert nearest_of_each(none, none, one, one, np.zeros(1, dtype=np.intp))[1].shape == (0, 1)
    assert [axis.tolist() for axis in sum_within(one, one, none, none, none, 9.0)] == [[0], [0]]
    assert nearest(none, none, one, one)[0].shape == (0,)
    assert sum_within(none, none, one, one, one, 9.0)[0].shape == (0,)


def test_chunks_and_pieces_do_not_show(monkeypatch):
    """More chunks than one, more pieces than threads, the last of each short."""
    monkeypatch.setattr(module, "_PLAIN_PAIRS", 0)
    points, targets = random_points(11, 1000), random_points(12, 500)
    weights = np.random.default_rng(13).uniform(0, 1, 500)
    whole = [*nearest(*points, *targets), *sum_within(*points, *targets, weights, 99.0)]
    monkeypatch.setattr("geo._search._CHUNK", 300)
    monkeypatch.setattr("geo._search._PIECE", 77)
    parts = [*nearest(*points, *targets), *sum_within(*points, *targets, weights, 99.0)]
    for one, other in zip(whole, parts, strict=True):
        assert np.array_equal(one, other)


def test_more_equals_than_a_group_has_room_for(monkeypatch):
    """Two thousand targets at one place, and as many points about it."""
    monkeypatch.setattr(module, "_PLAIN_PAIRS", 0)
    points = random_points(14, 2000, (34.9, 35.1, -100.1, -99.9))
    targets = np.append(np.full(2000, 35.0), 36.0), np.append(np.full(2000, -100.0), -100.0)
    index, km = nearest(*points, *targets)
    assert (index == 0).all()
    assert km == pytest.approx(distance_km(*points, *(np.full(2000, x) for x in (35.0, -100.0))))
    assert (sum_within(*points, *targets, np.ones(2001), 50.0)[1] == 2000).all()


def test_small_searches_import_neither_numba_nor_scipy():
    code = (
        "import sys, numpy as np, shapely\n"
        "from geo import lines, nearest as n\n"
        "a, b = np.arange(130.0) / 10, np.arange(1138.0) / 99\n"
        "n.nearest(a, a, b, b); n.k_nearest(a, a, b, b, 3); n.pairs_within(a, a, b, b, 40.0)\n"
        "n.nearest_of_each(a, a, b, b, np.arange(1138) % 8); n.sum_within(a, a, b, b, b, 50.0)\n"
        "road = [shapely.LineString([(x, x), (x + 0.1, x)]) for x in b]\n"
        "lines.nearest_line(a, a, road); lines.lines_within(a, a, road, 5.0)\n"
        "print({'numba', 'scipy', 'llvmlite'} & {name.split('.')[0] for name in sys.modules})"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=True
    )
    assert run.stdout == "set()\n"


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
