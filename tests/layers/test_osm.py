"""Elements become rows: what is drawn by hand comes out as by hand, whichever way it came."""

from __future__ import annotations

import json
import math
import warnings
from copy import deepcopy

import numpy as np
import osmium
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from layers import _osm
from layers._osm_read import Feature, read_overpass, read_pbf
from layers._voltage import read_voltage

WGS84 = Geod(ellps="WGS84")


def node(number, lat, lon, **tags):
    return {"type": "node", "id": number, "lat": lat, "lon": lon, "tags": tags}


def way(number, nodes, **tags):
    return {"type": "way", "id": number, "nodes": nodes, "tags": tags}


def relation(number, members, **tags):
    listed = [{"type": "way", "ref": ref, "role": role} for ref, role in members]
    tags = {"type": "multipolygon", **tags}
    return {"type": "relation", "id": number, "members": listed, "tags": tags}


def square(first, lat, lon, half=0.001):
    """Give four nodes around a place, numbered from `first`, and the ring through them."""
    signs = ((-1, -1), (-1, 1), (1, 1), (1, -1))
    corners = [
        node(first + i, round(lat + y * half, 7), round(lon + x * half, 7))
        for i, (y, x) in enumerate(signs)
    ]
    return corners, [first, first + 1, first + 2, first + 3, first]


A, RING_A = square(10, 34.0, -100.0)
B, RING_B = square(20, 34.1, -100.1, 0.002)
HOLE_B, RING_HOLE_B = square(30, 34.1, -100.1, 0.001)
C, RING_C = square(40, 34.2, -100.2)
D, RING_D = square(50, 34.3, -100.3)
E, RING_E = square(60, 34.4, -100.4)

DRAWN = [
    *(A + B + HOLE_B + C + D + E),
    # a station as area; the node in it says the same and knows its name; another is another
    node(1, 34.0001, -100.0001, power="substation", name="Alpha", ref="A1"),
    node(2, 34.0002, -100.0002, power="substation", voltage="12470"),
    way(101, RING_A, power="substation", voltage="345000;138000", operator="Grid Co"),
    # a station as relation, its outer ring tagged as well, with a hole
    way(102, RING_B, power="substation", name="Beta"),
    way(103, RING_HOLE_B),
    relation(900, [(102, "outer"), (103, "inner")], power="substation", voltage="medium"),
    # spellings of the past, and what is no more
    way(104, RING_C, power="sub_station", name="Gamma", voltage="69000"),
    node(3, 34.25, -100.25, power="station", name="Which"),
    node(4, 34.26, -100.26, power="substation", disused="yes"),
    # data centres: one area by each tag, one node; footprints on the ellipsoid
    way(105, RING_D, telecom="data_center", operator="Cloud Co"),
    way(106, RING_E, building="data_center", name="Delta DC"),
    node(5, 34.35, -100.35, telecom="data_center", name="Epsilon DC"),
    # lines
    node(70, 34.0, -100.0),
    node(71, 34.1, -100.1),
    node(72, 36.0, -99.0),
    way(201, [70, 71], power="line", voltage="345000", cables="6", operator="Grid Co"),
    way(202, [71, 70, 72, 71], power="line", voltage="138000;69000", circuits="2"),
    way(203, [70, 71], power="cable", voltage="34500", location="underground", cables="4"),
    way(204, [70, 71], power="cable", location="overground"),
    way(205, [70, 71], power="minor_line", voltage="12470"),
    node(6, 34.0, -100.5, power="line"),
    # what cannot be put together
    way(107, [998, 999, 998], power="substation"),
    way(206, [70, 997], power="line"),
    relation(901, [(996, "outer")], power="substation", name="Nowhere"),
]

REFUSED = {
    "node/1": "the same as the area that it lies in",
    "way/102": "the same as the relation whose outer ring it is",
    "node/3": "power=station: used for substations and for power stations alike",
    "node/4": "disused=yes: no longer in use",
    "way/205": "power=minor_line: distribution",
    "node/6": "a line must be a way",
    "way/107": "no shape: parts are missing, or they make none",
    "way/206": "no shape: parts are missing, or they make none",
    "relation/901": "no shape: parts are missing, or they make none",
}


def from_overpass(elements):
    return read_overpass([{"elements": deepcopy(elements)}])


def write_pbf(path, elements):
    """Write elements as an extract, in the order that extracts have."""
    order = ("node", "way", "relation")
    with osmium.SimpleWriter(str(path)) as writer:
        for one in sorted(elements, key=lambda one: (order.index(one["type"]), one["id"])):
            common = {"id": one["id"], "tags": one.get("tags", {}), "version": 1}
            if one["type"] == "node":
                place = (one["lon"], one["lat"])
                writer.add_node(osmium.osm.mutable.Node(location=place, **common))
            elif one["type"] == "way":
                writer.add_way(osmium.osm.mutable.Way(nodes=one["nodes"], **common))
            else:
                members = [(m["type"][0], m["ref"], m["role"]) for m in one["members"]]
                writer.add_relation(osmium.osm.mutable.Relation(members=members, **common))


@pytest.fixture(params=["overpass", "pbf"])
def drawn(request, tmp_path):
    """Give what is drawn above, read by osmnx and read by pyosmium."""
    if request.param == "overpass":
        return from_overpass(DRAWN)
    write_pbf(tmp_path / "drawn.osm.pbf", DRAWN)
    return read_pbf(tmp_path / "drawn.osm.pbf")


def rows(table):
    return table.set_index("osm_id")


def test_every_element_is_a_row_or_is_refused_with_its_reason(drawn):
    found, rows_in, refused = _osm.tables(drawn, None)
    reasons = dict(zip(refused["row"], refused["reason"], strict=True))
    assert reasons == REFUSED
    assert {name: sorted(table["osm_id"]) for name, table in found.items()} == {
        "substations": ["node/2", "relation/900", "way/101", "way/104"],
        "lines": ["way/201", "way/202", "way/203", "way/204"],
        "data_centers": ["node/5", "way/105", "way/106"],
    }
    assert rows_in == 4 + 4 + 3 + 9


def test_a_station_is_as_it_was_drawn(drawn):
    stations = rows(_osm.tables(drawn, None)[0]["substations"])
    alpha, beta, gamma = (
        stations.loc["way/101"],
        stations.loc["relation/900"],
        stations.loc["way/104"],
    )
    assert (alpha["name"], alpha["ref"], alpha["operator"]) == ("Alpha", "A1", "Grid Co")
    assert (alpha["max_kv"], alpha["min_kv"], alpha["voltage"]) == (345, 138, "345000;138000")
    assert (alpha["lat"], alpha["lon"]) == pytest.approx((34, -100), abs=0.001)
    assert beta["name"] == "Beta"
    assert beta["voltage"] == "medium"
    assert math.isnan(beta["max_kv"])
    outside_the_hole = max(abs(beta["lat"] - 34.1), abs(beta["lon"] + 100.1))
    assert 0.001 <= outside_the_hole <= 0.002
    assert (gamma["max_kv"], math.isnan(gamma["min_kv"])) == (69, True)
    assert stations.geometry.x.to_list() == stations["lon"].to_list()
    assert stations.geometry.y.to_list() == stations["lat"].to_list()


def test_a_line_is_as_it_was_drawn(drawn):
    lines = rows(_osm.tables(drawn, None)[0]["lines"])
    assert lines["kv"].to_dict() == pytest.approx(
        {"way/201": 345, "way/202": 138, "way/203": 34.5, "way/204": math.nan}, nan_ok=True
    )
    assert lines["circuits"].to_dict() == pytest.approx(
        {"way/201": 2, "way/202": 1, "way/203": math.nan, "way/204": math.nan}, nan_ok=True
    )
    where = lines["location"].where(lines["location"].notna(), None).to_dict()
    assert where == {
        "way/201": "overhead",
        "way/202": "overhead",
        "way/203": "underground",
        "way/204": None,
    }
    closed = [[-100.1, 34.1], [-100, 34], [-99, 36], [-100.1, 34.1]]
    assert shapely.get_coordinates(lines.geometry["way/202"]).tolist() == closed


def test_a_footprint_is_in_square_metres(drawn):
    """The box of 0.002 degrees at 34.3 north, by lengths along its sides."""
    centres = rows(_osm.tables(drawn, None)[0]["data_centers"])
    for key, lat in (("way/105", 34.3), ("way/106", 34.4)):
        width = WGS84.inv(-100.301, lat, -100.299, lat)[2]
        height = WGS84.inv(-100, lat - 0.001, -100, lat + 0.001)[2]
        assert centres.loc[key, "footprint_m2"] == pytest.approx(width * height, rel=1e-6)
    assert math.isnan(centres.loc["node/5", "footprint_m2"])


def test_a_hole_is_no_ground():
    """A square degree at the equator less its middle; 12,308.8 km2 by hand from the meridian."""
    whole, hole = shapely.box(0, -0.5, 1, 0.5), shapely.box(0.25, -0.25, 0.75, 0.25)
    assert _osm.footprint_m2(whole) == pytest.approx(12_308.8e6, rel=1e-4)
    ring = shapely.get_coordinates(hole)
    for way_round in (ring, ring[::-1]):
        holed = shapely.Polygon(shapely.get_coordinates(whole), [way_round])
        left = _osm.footprint_m2(holed)
        assert left == pytest.approx(_osm.footprint_m2(whole) - _osm.footprint_m2(hole), rel=1e-9)
        assert left == pytest.approx(0.75 * 12_308.8e6, rel=1e-3)


def test_only_what_meets_the_area_is_kept_and_it_is_kept_whole(drawn):
    found, rows_in, refused = _osm.tables(drawn, shapely.box(-99.5, 35, -98, 37))
    assert found["lines"]["osm_id"].to_list() == ["way/202"]
    assert found["lines"].geometry.iloc[0].bounds == (-100.1, 34.0, -99.0, 36.0)
    assert len(found["substations"]) == len(found["data_centers"]) == 0
    assert len(refused) == rows_in - 1
    assert "outside the area asked for" in set(refused["reason"])


def test_nothing_at_all_is_three_empty_tables():
    found, rows_in, refused = _osm.tables(read_overpass([{"elements": []}]), None)
    assert [len(table) for table in found.values()] == [0, 0, 0]
    assert (rows_in, len(refused)) == (0, 0)
    assert all(table.crs == "EPSG:4326" for table in found.values())


@settings(max_examples=20, deadline=None)
@given(st.permutations(DRAWN[-40:]), st.integers(1, 39))
def test_order_and_repeats_do_not_matter(shuffled, cut):
    """The same element in two answers is one, as a way is that crosses the border of a cell."""
    others = DRAWN[:-40]
    answers = [others + shuffled[:cut], shuffled[cut // 2 :] + others]
    again = read_overpass([{"elements": deepcopy(answer)} for answer in answers])
    mine, theirs = _osm.tables(again, None), _osm.tables(from_overpass(DRAWN), None)
    for name, table in theirs[0].items():
        pd.testing.assert_frame_equal(pd.DataFrame(mine[0][name]), pd.DataFrame(table))
    pd.testing.assert_frame_equal(mine[2], theirs[2])


def test_osmnx_and_pyosmium_agree(tmp_path):
    """Two libraries on the same elements, but for ways of which nodes are missing."""
    whole = [one for one in DRAWN if one["id"] not in (107, 206, 901)]
    write_pbf(tmp_path / "drawn.osm.pbf", whole)
    pairs = zip(from_overpass(whole), read_pbf(tmp_path / "drawn.osm.pbf"), strict=True)
    for by_osmnx, by_pyosmium in pairs:
        assert by_osmnx.osm_id == by_pyosmium.osm_id
        assert by_osmnx.tags == by_pyosmium.tags
        assert by_osmnx.outer == by_pyosmium.outer
        assert shapely.equals(by_osmnx.geometry, by_pyosmium.geometry), by_osmnx.osm_id


def gdal(path, layer, key, value):
    """Count the elements with a tag in one of GDAL's layers of an extract."""
    with warnings.catch_warnings():
        # the border of an extract cuts through multipolygons of woods and shores
        warnings.simplefilter("ignore", RuntimeWarning)
        table = pyogrio.read_dataframe(path, layer=layer, read_geometry=False)
    if key in table:
        return int((table[key].astype(object) == value).sum())
    return int(table["other_tags"].astype(str).str.contains(f'"{key}"=>"{value}"').sum())


def counted(features, kind, **tags):
    ((key, value),) = tags.items()
    return sum(one.geometry.geom_type in kind and one.tags.get(key) == value for one in features)


POINT, LINE, AREA = ("Point",), ("LineString",), ("Polygon", "MultiPolygon")


def test_gdal_finds_the_same_shapes(tmp_path):
    path = tmp_path / "drawn.osm.pbf"
    write_pbf(path, [one for one in DRAWN if one["id"] not in (107, 206, 901)])
    features = read_pbf(path)
    for value in ("line", "cable", "minor_line"):
        assert counted(features, LINE, power=value) == gdal(path, "lines", "power", value)
    for value in ("substation", "station", "line"):
        assert counted(features, POINT, power=value) == gdal(path, "points", "power", value)
    # GDAL takes a closed way for an area by keys of its own: a building is, a station is not
    assert counted(features, AREA, building="data_center") == 1
    assert gdal(path, "multipolygons", "building", "data_center") == 1
    assert gdal(path, "multipolygons", "power", "substation") == 1  # the relation
    assert counted(features, AREA, power="substation") == 3


def test_a_real_extract_is_read_as_gdal_reads_it(test_data):
    path = test_data / "osm_samples/Helsinki.osm.pbf"
    if not path.is_file():
        pytest.skip("no extract there")
    features = read_pbf(path)
    for value in ("line", "cable", "minor_line", "substation"):
        anywhere = ("points", "lines", "multipolygons")
        mine = sum(one.tags.get("power") == value for one in features)
        assert mine == sum(gdal(path, layer, "power", value) for layer in anywhere), value
    found, rows_in, refused = _osm.tables(features, None)
    assert len(features) == rows_in == sum(map(len, found.values())) + len(refused) == 2
    assert found["substations"].geometry.geom_type.to_list() == ["Point"]


@pytest.mark.parametrize(("state", "expected"), [("tx", 133), ("va", 389)])
def test_real_answers_give_every_data_centre(test_data, state, expected):
    """Overpass's own answers, with centres; the counts stand in the data's README."""
    path = test_data / f"osm_samples/overpass_osm_us_{state}.json"
    document = json.loads(path.read_text())
    found, rows_in, refused = _osm.tables(read_overpass([deepcopy(document)]), None)
    table = found["data_centers"]
    assert rows_in == expected == len(table)
    assert len(refused) == 0
    places = {
        f"{one['type']}/{one['id']}": (one.get("center") or one) for one in document["elements"]
    }
    stated = [(places[key]["lat"], places[key]["lon"]) for key in table["osm_id"]]
    assert np.array(stated) == pytest.approx(table[["lat", "lon"]].to_numpy())
    assert table["footprint_m2"].isna().all()


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"circuits": "2", "voltage": "345000"}, 2),
        ({"circuits": "2", "cables": "3", "voltage": "345000"}, 2),
        ({"cables": "3", "voltage": "138000"}, 1),
        ({"cables": "6", "voltage": "138000"}, 2),
        ({"cables": "12", "voltage": "138000", "frequency": "60"}, 4),
        ({"cables": "3"}, 1),
        ({"cables": "3", "voltage": "medium"}, 1),
        # not three phases, or not known to be
        ({"cables": "4", "voltage": "138000"}, math.nan),
        ({"cables": "2", "voltage": "500000", "frequency": "0"}, math.nan),
        ({"cables": "3", "voltage": "500000", "frequency": "0"}, math.nan),
        ({"cables": "6", "voltage": "132000", "frequency": "16.7"}, math.nan),
        ({"circuits": "1", "voltage": "500000", "frequency": "0"}, 1),
        # several voltages: listed by voltage, or by circuit, or not known
        ({"cables": "6;3", "voltage": "110000;66000"}, 2),
        ({"cables": "3;6", "voltage": "66000;110000"}, 2),
        ({"circuits": "1;2", "voltage": "345000;138000"}, 1),
        ({"circuits": "3", "voltage": "110000;110000;66000"}, 2),
        ({"circuits": "2", "voltage": "345000;138000"}, 1),
        ({"cables": "9", "voltage": "110000;110000;66000"}, 2),
        ({"circuits": "3", "voltage": "345000;138000"}, math.nan),
        ({"cables": "6;4", "voltage": "345000;138000"}, math.nan),
        ({"circuits": "2", "voltage": "345000;unknown"}, math.nan),
        # one voltage, as often as it likes
        ({"circuits": "2", "voltage": "345000;345000"}, 2),
        ({"cables": "3;3", "voltage": "345000;345000"}, 2),
        # not a count
        ({"circuits": "1/3", "voltage": "138000"}, math.nan),
        ({"circuits": "0", "voltage": "138000"}, math.nan),
        ({"circuits": "two", "voltage": "138000"}, math.nan),
        ({"circuits": "-1", "voltage": "138000"}, math.nan),
        ({"voltage": "345000;345000"}, math.nan),
        ({}, math.nan),
    ],
)
def test_circuits_are_counted_where_the_tags_tell(tags, expected):
    found = _osm.circuits(tags, read_voltage(tags.get("voltage")))
    assert found == pytest.approx(expected, nan_ok=True)


def station(osm_id, shape, **tags):
    return Feature(osm_id, {"power": "substation", **tags}, shape)


@pytest.mark.parametrize(
    ("area_tags", "node_tags", "one"),
    [
        ({}, {}, True),
        ({"name": "Alpha"}, {}, True),
        ({}, {"name": "Alpha"}, True),
        ({"name": "Alpha"}, {"name": " alpha "}, True),
        ({"name": "Alpha"}, {"name": "Beta"}, False),
        ({"ref": "A"}, {"ref": "B"}, False),
        ({"substation": "transmission"}, {"substation": "minor_distribution"}, False),
        ({"voltage": "345000;138000"}, {"voltage": "138 kV"}, True),
        ({"voltage": "345000"}, {"voltage": "12470"}, False),
        ({"voltage": "345000"}, {"voltage": "medium"}, True),
        ({"operator": "Grid Co"}, {"operator": "Grid Company"}, True),
    ],
)
def test_a_node_in_an_area_is_the_same_station_unless_it_contradicts(area_tags, node_tags, one):
    area = station("way/1", shapely.box(0, 0, 1, 1), **area_tags)
    inside = station("node/1", shapely.Point(0.5, 0.5), **node_tags)
    found, rows_in, refused = _osm.tables([area, inside], None)
    assert len(found["substations"]) == (1 if one else 2)
    assert rows_in == 2 == len(found["substations"]) + len(refused)
    kept = rows(found["substations"]).loc["way/1"]
    for key, value in area_tags.items():
        assert kept[key] == value
    if one:
        assert all(kept[key] == value for key, value in node_tags.items() if key not in area_tags)


def test_a_broken_extract_is_told(tmp_path):
    path = tmp_path / "broken.osm.pbf"
    write_pbf(path, DRAWN)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match=r"broken\.osm\.pbf cannot be read as an OpenStreetMap"):
        read_pbf(path)
