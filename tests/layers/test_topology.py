"""Circuits and classes at stations: geometry made by hand, and the embedded table."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, MultiLineString, box

from layers import _topology
from layers.sources.hifld_lines import CLASSES

KM = 1 / 111.2


def lines(*rows):
    """Rows of class and points as km north and km east of 41 N 90 W."""
    east = KM / np.cos(np.radians(41))

    def place(points):
        return [(-90 + e * east, 41 + n * KM) for n, e in points]

    shapes = [
        MultiLineString([place(part) for part in points])
        if isinstance(points[0], list)
        else LineString(place(points))
        for _, points in rows
    ]
    table = gpd.GeoDataFrame({"kv_class": [float(one) for one, _ in rows]}, geometry=shapes,
                             crs="EPSG:4326")  # fmt: skip
    return table.assign(circuits=1.0)


def at(*places):
    """Latitudes and longitudes of km north and km east."""
    east = KM / np.cos(np.radians(41))
    return np.array([41 + n * KM for n, _ in places]), np.array([-90 + e * east for _, e in places])


def circuits(table, *, kv, joined=False):
    lat, lon = at((0, 0))
    ends = _topology.line_ends(table, joined=joined)
    return _topology.circuits_at(lat, lon, np.array([float(kv)]), ends).item()


STAR = (
    (345, [(0, 0), (0, 30)]),
    (345, [(0.2, 0), (30, 0)]),
    (345, [(0.3, 0), (30, 5)]),
    (138, [(0, 0.1), (-30, 0)]),
    (345, [(-30, 0.1), (30, 0.1)]),
    (np.nan, [(0, 0), (9, 9)]),
)
"""At the middle: two ends of 345 kV within 250 m and one 300 m off, one of 138 kV, one line of
345 kV that only passes, and one of unknown class."""


def test_ends_of_the_top_class_within_250_m_are_counted():
    assert circuits(lines(*STAR), kv=345) == 2
    assert circuits(lines(*STAR), kv=138) == 1
    assert circuits(lines(*STAR), kv=115) == 1  # of the class 100 to 161
    assert np.isnan(circuits(lines(*STAR), kv=230))
    assert np.isnan(circuits(lines(*STAR), kv=np.nan))


def test_a_loop_is_two_ends_and_both_its_ends_count_once_each():
    there_and_back = lines((345, [(0.01, 0), (5, 5), (0, 0.01)]))
    assert circuits(there_and_back, kv=345) == 2


def test_pieces_of_one_line_are_one_line():
    pieces = lines((345, [[(0, 0), (0, 5)], [(0, 5), (0, 30)]]))
    ends = _topology.line_ends(pieces, joined=False)
    assert len(ends) == 2
    assert circuits(pieces, kv=345) == 1


def test_where_openstreetmap_splits_a_line_nothing_ends():
    split = lines((345, [(0, 0), (0, 5)]), (345, [(0, 0), (0, -5)]))
    assert circuits(split, kv=345, joined=False) == 2
    assert np.isnan(circuits(split, kv=345, joined=True))
    assert circuits(lines((345, [(0, 0), (0, 5)]), (138, [(0, 0), (0, -5)])), kv=345,
                    joined=True) == 1  # fmt: skip


def test_openstreetmap_says_how_many_circuits_a_line_has():
    table = lines(*STAR[:2]).assign(kv=[345.0, 345.0], circuits=[2.0, np.nan])
    assert circuits(_topology.of_osm(table), kv=345, joined=True) == 3


def test_a_line_ends_at_the_nearest_station_alone():
    lat, lon = at((0, 0), (0.15, 0), (50, 50))
    ends = _topology.line_ends(lines((345, [(0.01, 0), (-30, 0)]), (138, [(0.14, 0), (30, 0)])),
                               joined=False)  # fmt: skip
    assert _topology.ending_class(lat, lon, ends)[:2].tolist() == [345, 138]
    assert np.isnan(_topology.ending_class(lat, lon, ends)[2])


@pytest.mark.parametrize("latitude", [25, 41, 60])
def test_near_is_200_metres_at_any_latitude(latitude):
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    shapes = []
    for metres, bearing in ((195, 90), (205, 90), (195, 0), (205, 0)):
        lon, lat, _ = geod.fwd(-90, latitude, bearing, metres)
        along = (
            np.array([[0, -0.1], [0, 0.1]]) if bearing == 90 else np.array([[-0.1, 0], [0.1, 0]])
        )
        shapes.append(LineString(np.add(along, [lon, lat])))
    table = gpd.GeoDataFrame({"kv_class": [138.0] * 4}, geometry=shapes, crs="EPSG:4326")
    near = _topology.lines_near(np.array([float(latitude)]), np.array([-90.0]), table)
    assert sorted(near["line"]) == [0, 2]


def confirmed(kv, table, places=((0, 0),)):
    lat, lon = at(*places)
    ending = _topology.ending_class(lat, lon, _topology.line_ends(table, joined=False))
    near = _topology.lines_near(lat, lon, table)
    return _topology.confirmed(np.array([0]), np.array([float(kv)]), ending, near).item()


def test_lines_bear_a_voltage_out_or_not():
    assert confirmed(345, lines(*STAR))
    assert not confirmed(138, lines(*STAR)), "a line of 345 kV ends there"
    assert not confirmed(230, lines(*STAR))
    overhead = lines((345, [(-30, 0.1), (30, 0.1)]), (138, [(0, 0), (0, 9)]))
    assert confirmed(138, overhead), "what passes overhead contradicts nothing"
    assert not confirmed(138, overhead.iloc[:1]), "nothing there is of its class"
    neighbour = lines((345, [(0.2, 0), (9, 0)]), (138, [(0, 0), (0, 9)]))
    assert confirmed(138, neighbour, ((0, 0), (0.2, 0))), "that line ends at the neighbour"


def test_the_embedded_counts_are_those_of_the_lines(test_data):
    """The copy of HIFLD's lines at hand is cut at map tiles, which makes ends that are none."""
    path = test_data / "transmission" / "hifld_transmission_us_voltclass.parquet"
    table = gpd.read_parquet(path)
    table["kv_class"] = table["VOLT_CLASS"].map(CLASSES).astype(float)
    stations = pd.read_csv("data/substations.csv")
    lat, lon, kv = (stations[name].to_numpy(float) for name in ("lat", "lon", "max_kv"))
    drawn = _topology.of_hifld(table)
    ends = _topology.line_ends(drawn, joined=False)
    counted = _topology.circuits_at(lat, lon, kv, ends)
    known = np.nan_to_num(stations["circuits"].to_numpy(float))
    whole = _topology.circuits_at(lat, lon, kv, ends.assign(km=np.inf))  # yards' pieces count, too
    assert (np.nan_to_num(whole) == known).mean() > 0.9
    assert (np.nan_to_num(whole) >= known).all()
    assert (np.nan_to_num(counted) <= np.nan_to_num(whole)).all()
    near = np.bincount(_topology.lines_near(lat, lon, drawn)["station"], minlength=len(lat))
    assert (near == stations["line_pieces_near"]).mean() > 0.99


def test_a_piece_of_the_yard_is_no_circuit():
    """A busbar drawn as a line of 60 m, both ends inside; a loop of the same ends counts."""
    jumper = (345, [(-0.03, 0), (0.03, 0)])
    assert circuits(lines(*STAR, jumper), kv=345) == 2
    assert circuits(lines(jumper), kv=345) == 0
    assert circuits(lines((345, [(-0.03, 0), (5, 5), (0.03, 0)])), kv=345) == 2


def test_at_the_edge_of_the_area_lines_say_nothing():
    """250 m from the edge: of a station nearer to it a line may be missing."""
    lat, lon = at((0, 0))
    km = 1 / 111.0
    for south, there in ((0.24, False), (0.26, True), (-1.0, False)):
        edge = lat.item() - south * km
        area = box(lon.item() - 1, edge, lon.item() + 1, lat.item() + 1)
        assert _topology.inside(lat, lon, area).item() is there
    assert _topology.inside(lat, lon, None).item()
