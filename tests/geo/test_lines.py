"""The nearest line is the geodesic nearest, and its foot lies on it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo.lines import lines_within, nearest_line

GEOD = Geod(ellps="WGS84")
BOTH = pytest.mark.usefixtures("path")


@pytest.fixture(params=[10**12, 0], ids=["every pair", "tree"])
def path(request, monkeypatch):
    monkeypatch.setattr("geo.lines._PLAIN_PAIRS", request.param)


def some_lines(generator, n, box, step):
    """Random lines of two to five vertices."""
    lines = []
    for _ in range(n):
        size = generator.integers(2, 6)
        lat = generator.uniform(box[0], box[1]) + generator.normal(0, step, size)
        lon = generator.uniform(box[2], box[3]) + generator.normal(0, step, size)
        lines.append(np.column_stack((np.clip(lon, -180, 180), np.clip(lat, -90, 90))))
    return np.array([shapely.LineString(one) for one in lines])


def metres_to(lat, lon, line):
    """Sample the line ever more finely about its nearest sample, by PROJ alone."""
    vertices = shapely.get_coordinates(shapely.segmentize(line, 0.01))
    steps, low, high = 20, 0.0, len(vertices) - 1.0
    at = np.arange(len(vertices), dtype=float)
    for _ in range(9):
        whole = np.minimum(at.astype(int), len(vertices) - 2)
        place = vertices[whole] + (vertices[whole + 1] - vertices[whole]) * (at - whole)[:, None]
        metres = GEOD.inv(np.full(len(at), lon), np.full(len(at), lat), place[:, 0], place[:, 1])[2]
        best, width = at[metres.argmin()], (at[1] - at[0])
        low, high = max(best - width, 0), min(best + width, len(vertices) - 1)
        at = np.linspace(low, high, steps)
    return metres.min()


CASES = {
    "a country": ((25, 49, -124, -67), 0.3),
    "long": ((30, 60, -120, -70), 8),
    "the world": ((-85, 85, -180, 180), 3),
    "about a pole": ((88, 90, -180, 180), 1),
}


@BOTH
@pytest.mark.parametrize("case", CASES)
def test_the_nearest_line_is_that_of_a_search_by_proj(case):
    box, step = CASES[case]
    generator = np.random.default_rng(3)
    lines = some_lines(generator, 8, box, step)
    lat, lon = generator.uniform(*box[:2], 25), generator.uniform(*box[2:], 25)
    truth = np.array(
        [[metres_to(*point, line) for line in lines] for point in zip(lat, lon, strict=True)]
    )
    line, km, foot_lat, foot_lon = nearest_line(lat, lon, lines)
    assert (line == truth.argmin(axis=1)).all()
    # a search by samples may miss the lowest of several valleys; a foot on the line cannot lie
    assert (km * 1000 <= truth.min(axis=1) + 0.001).all()
    assert GEOD.inv(lon, lat, foot_lon, foot_lat)[2] == pytest.approx(km * 1000, abs=1e-6)
    for which, place in zip(line, shapely.points(foot_lon, foot_lat), strict=True):
        assert shapely.distance(lines[which], place) < 1e-9
    point, which, km, foot_lat, foot_lon = lines_within(lat, lon, lines, 500)
    inside = truth <= 500_000
    assert sorted(zip(point, which, strict=True)) == list(zip(*np.nonzero(inside), strict=True))
    assert (km * 1000 <= truth[point, which] + 0.001).all()
    foot_metres = GEOD.inv(lon[point], lat[point], foot_lon, foot_lat)[2]
    assert foot_metres == pytest.approx(km * 1000, abs=1e-6)
    for one, place in zip(which, shapely.points(foot_lon, foot_lat), strict=True):
        assert shapely.distance(lines[one], place) < 1e-9
    order = np.lexsort((which, km, point))
    assert (order == np.arange(len(order))).all()


@BOTH
def test_both_ways_agree_on_many():
    """Enough pieces for a tree of many leaves, enough points for groups to part."""
    generator = np.random.default_rng(4)
    lines = some_lines(generator, 300, (30, 40, -105, -95), 0.2)
    lat, lon = generator.uniform(29, 41, 1500), generator.uniform(-106, -94, 1500)
    sampled = shapely.get_coordinates(shapely.segmentize(lines, 0.002), return_index=True)
    tree = shapely.STRtree(shapely.points(sampled[0]))
    line, km, _, _ = nearest_line(lat, lon, lines)
    some = slice(0, 1500, 30)
    near = tree.query(shapely.points(lon[some], lat[some]), predicate="dwithin", distance=2.0)
    metres = GEOD.inv(lon[some][near[0]], lat[some][near[0]], *sampled[0][near[1]].T)[2]
    for i in range(50):
        mine = near[0] == i
        own = mine & (sampled[1][near[1]] == line[some][i])
        # no sample of any line is nearer, and one of the line that was found is as near
        assert km[some][i] * 1000 <= metres[mine].min() + 1e-6
        assert km[some][i] * 1000 >= metres[own].min() - 112


@BOTH
def test_a_line_is_straight_in_longitude_and_latitude():
    """Along the 60th parallel, whose great circle runs 470 km farther north at the middle."""
    line = np.array([shapely.LineString([(-20, 60), (20, 60)])])
    _, km, lat, lon = nearest_line(np.array([60.0, 61.0]), np.array([0.0, 0.0]), line)
    assert km[0] == pytest.approx(0, abs=1e-9)
    assert km[1] == pytest.approx(GEOD.inv(0, 60, 0, 61)[2] / 1000, abs=1e-9)
    assert (lat.tolist(), lon.round(9).tolist()) == ([60.0, 60.0], [0.0, 0.0])


@BOTH
def test_the_bend_of_a_parallel_decides():
    """The chord of 1.7 km at 60 degrees runs 9 cm north of the parallel: 5 cm must not win."""
    parallel = shapely.LineString([(0, 60), (0.03, 60)])
    metres = GEOD.inv(0.015, 59.99, 0.015, 60)[2]
    lon, lat, _ = GEOD.fwd([0.015, 0.015], [59.99, 59.99], [180, 180.01], [metres + 0.05] * 2)
    lines = np.array([shapely.LineString(np.column_stack((lon, lat))), parallel])
    line, km, _, _ = nearest_line(np.array([59.99]), np.array([0.015]), lines)
    assert line.tolist() == [1]
    assert km[0] * 1000 == pytest.approx(metres, abs=0.001)


@BOTH
def test_across_the_antimeridian():
    """A line that ends there is near a point beyond; it does not go on around the earth."""
    lines = np.array(
        [shapely.LineString([(170, 10), (180, 10)]), shapely.LineString([(-170, 12), (-160, 12)])]
    )
    line, km, lat, lon = nearest_line(np.array([10.0]), np.array([-179.0]), lines)
    assert line.tolist() == [0]
    assert (lat.tolist(), lon.tolist()) == ([10.0], [180.0])
    assert km[0] == pytest.approx(GEOD.inv(-179, 10, 180, 10)[2] / 1000, abs=1e-9)


@BOTH
def test_the_first_of_equals():
    """Doubled lines, a crossing, a line traced twice, one of two parts, one of no length."""
    cross = [shapely.LineString([(0, -1), (0, 1)]), shapely.LineString([(-1, 0), (1, 0)])]
    lines = np.array(
        [
            shapely.LineString([(5, 5), (5, 5)]),
            shapely.MultiLineString([[(3, 0), (4, 0)], [(0, 0), (0, 1)]]),
            *cross,
            *cross,
        ]
    )
    line, km, _, _ = nearest_line(np.array([0.0, 0.5, 5.0]), np.array([0.0, 0.0, 5.0]), lines)
    assert line.tolist() == [1, 1, 0]
    assert km == pytest.approx(0, abs=1e-9)
    point, which, _, _, _ = lines_within(np.array([0.0]), np.array([0.0]), lines, 10)
    assert (point.tolist(), sorted(which)) == ([0] * 5, [1, 2, 3, 4, 5])


@BOTH
def test_no_line_is_unknown_not_zero():
    lat, lon = np.array([1.0]), np.array([1.0])
    for lines in (np.array([]), np.array([None, shapely.LineString(), shapely.MultiLineString()])):
        line, *rest = nearest_line(lat, lon, lines)
        assert line.tolist() == [-1]
        assert np.isnan(rest).all()
        assert all(len(one) == 0 for one in lines_within(lat, lon, lines, 1e5))
    line = np.array([shapely.LineString([(0, 0), (1, 1)])])
    assert all(len(one) == 0 for one in nearest_line(lat[:0], lon[:0], line))
    assert all(len(one) == 0 for one in lines_within(lat[:0], lon[:0], line, 10))


@BOTH
def test_near_the_antipode_and_beyond_any_radius():
    line = np.array([shapely.LineString([(179, 1), (181, 0.5)])])
    _, km, lat, lon = nearest_line(np.array([0.0]), np.array([0.0]), line)
    assert km[0] * 1000 == pytest.approx(metres_to(0.0, 0.0, line[0]), abs=0.1)
    assert lines_within(np.array([0.0]), np.array([0.0]), line, 20_100)[2] == pytest.approx(km)
    assert GEOD.inv(0, 0, lon[0], lat[0])[2] == pytest.approx(km[0] * 1000, abs=1e-6)
