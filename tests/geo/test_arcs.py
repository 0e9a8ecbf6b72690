"""Compiled distances against PROJ, by the classes of pairs that are hard in different ways.

The classes are those of GeodTest, the test set of GeographicLib (Karney 2010, doi
10.5281/zenodo.32156): random, nearly antipodal, short, near a pole, along a meridian and the
equator. The answers are PROJ's.
"""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from geo._arcs import arc, ecef
from geo._compiled import kernel
from geo.nearest import nearest

GEOD = Geod(ellps="WGS84")
N = 400


def world(generator, n=N):
    return np.degrees(np.arcsin(generator.uniform(-1, 1, n))), generator.uniform(-180, 180, n)


def at_distance(generator, km):
    lat, lon = world(generator)
    far = np.broadcast_to(km, N) * 1000
    other_lon, other_lat, _ = GEOD.fwd(lon, lat, generator.uniform(0, 360, N), far)
    return lat, lon, other_lat, other_lon


def antipodal(generator):
    lat, lon = world(generator)
    return lat, lon, -lat + generator.normal(0, 0.5, N) * (np.abs(lat) < 88), lon + 180


def polar(generator):
    lat = 90 - 10.0 ** generator.uniform(-9, 0, (2, N))
    lon = generator.uniform(-180, 180, (2, N))
    return lat[0], lon[0], lat[1], lon[1]


def poles(generator):
    lat, lon = world(generator)
    return np.full(N, 90.0), lon, np.where(np.arange(N) % 2, -90.0, lat), lon[::-1]


def equator(generator):
    lon = generator.uniform(-85, 85, (2, N))
    return np.zeros(N), lon[0], np.zeros(N), lon[1]


def meridian(generator):
    lat = generator.uniform(-85, 85, (2, N))
    return lat[0], np.full(N, 12.0), lat[1], np.full(N, 12.0)


def antimeridian(generator):
    lat = generator.uniform(-85, 85, N)
    offset = 10.0 ** generator.uniform(-9, 1, (2, N))
    return lat, 180 - offset[0], lat + generator.normal(0, 0.1, N), -180 + offset[1]


CLASSES = {
    "random": lambda g: (*world(g), *world(g)),
    "nearly antipodal": antipodal,
    "a metre and less": lambda g: at_distance(g, 10.0 ** g.uniform(-9, -3, N)),
    "metres to 100 km": lambda g: at_distance(g, 10.0 ** g.uniform(-3, 2, N)),
    "where formulas change": lambda g: at_distance(
        g, np.where(np.arange(N) % 2, 100, 400) + g.normal(0, 0.5, N)
    ),
    "400 km and more": lambda g: at_distance(g, g.uniform(400, 19_900, N)),
    "near a pole": polar,
    "from pole to pole": poles,
    "equator": equator,
    "meridian": meridian,
    "antimeridian": antimeridian,
    "the same": lambda g: world(g) * 2,
}


@pytest.mark.parametrize("name", CLASSES)
def test_compiled_distances_are_those_of_proj(name):
    """To a tenth of a micrometre; what the compiled code does not answer lies near the antipode."""
    lat, lon, other_lat, other_lon = CLASSES[name](np.random.default_rng(1))
    expected = GEOD.inv(lon, lat, other_lon, other_lat)[2]
    metres = 1000 * np.array(
        [
            arc(ecef(*one), ecef(*other))
            for one, other in zip(
                zip(lat, lon, strict=True), zip(other_lat, other_lon, strict=True), strict=True
            )
        ]
    )
    answered = ~np.isnan(metres)
    assert (answered | (expected > 19_650_000)).all()
    assert np.abs(metres - expected)[answered].max(initial=0) < 1e-7


@pytest.mark.parametrize("plain_pairs", [10**12, 0], ids=["every pair", "tree"])
def test_nothing_is_refused_near_the_antipode(plain_pairs, monkeypatch):
    monkeypatch.setattr("geo.nearest._PLAIN_PAIRS", plain_pairs)
    lat, lon, other_lat, other_lon = antipodal(np.random.default_rng(2))
    for i in range(20):
        index, km = nearest(
            lat[i : i + 1], lon[i : i + 1], other_lat[i : i + 1], other_lon[i : i + 1]
        )
        assert index.tolist() == [0]
        expected = GEOD.inv(lon[i], lat[i], other_lon[i], other_lat[i])[2]
        assert km[0] * 1000 == pytest.approx(expected, abs=1e-6)


def test_where_code_cannot_be_kept_it_is_compiled_all_the_same():
    """A function of no file, as in an installation and a home that cannot be written to."""
    names = {}
    exec("def twice(x):\n    return 2 * x", names)  # noqa: S102 - a function without a file
    assert kernel(names["twice"])(21.0) == 42.0
