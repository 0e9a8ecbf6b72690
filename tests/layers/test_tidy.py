"""Rows that cannot be used are refused one by one, each with its reason; the rest is kept."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layers._fetch import DriftError
from layers._placed import place_faults
from layers._staging import refused_by_reason
from layers._tidy import keys, new_words, numbers, texts
from layers.sources import eia_pipelines, hifld_lines, hifld_substations
from tests.layers.arcgis_pages import LINE, POINT, kept, pipeline, row


def test_a_column_that_changed_its_type_is_refused():
    cells = pd.Series(["high", "low", 345, "138", None], name="MAX_VOLT", dtype=object)
    words = "column MAX_VOLT: 2 of 4 cells are no number, for instance 'high'"
    with pytest.raises(DriftError, match=words):
        numbers(cells)


@pytest.mark.parametrize(
    ("read", "cells", "words"),
    [
        (texts, ["a", 0.5, 1.5], "column NAME: 2 of 3 cells are no text, for instance 0.5"),
        (texts, ["a", 7], "column NAME: 1 of 2 cells are no text, for instance 7"),
        (keys, ["7", 0.5], "1 of 2 cells are neither a text nor a whole number, for instance 0.5"),
        (keys, [{}, 1], "1 of 2 cells are neither a text nor a whole number"),
    ],
)
def test_texts_that_became_numbers_are_refused(read, cells, words):
    with pytest.raises(DriftError, match=words):
        read(pd.Series(cells, name="NAME", dtype=object))


def test_a_key_may_be_a_whole_number():
    cells = pd.Series(["a", 7, 8.0, None], dtype=object)
    assert keys(cells).tolist() == ["a", "7", "8", None]


def test_words_that_are_new_throughout_are_refused_and_a_few_are_named():
    few = pd.Series(["TAP", "TAP", "SWITCH", None], name="TYPE", dtype=object)
    assert new_words(few, {"TAP"}) == ["SWITCH"]
    assert new_words(pd.Series(["SWITCH"] * 10, dtype=object), {"TAP"}) == ["SWITCH"]
    words = r"column TYPE: 20 of 31 rows have words that are not known, for instance \['SWITCH'\]"
    many = pd.Series(["SWITCH"] * 20 + ["TAP"] * 11, name="TYPE", dtype=object)
    with pytest.raises(DriftError, match=words):
        new_words(many, {"TAP"})


def test_what_is_no_voltage_is_not_known_and_named(tmp_path):
    rows = [station(number, MAX_VOLT=138) for number in range(30)]
    rows += [station(30, MAX_VOLT="230 kV"), station(31, MAX_VOLT=0), station(32, MAX_VOLT=-999999)]
    parsed = hifld_substations.parse(kept(tmp_path, rows, hifld_substations.FIELDS))
    assert parsed.refused.empty
    assert parsed.tables["substations"]["max_kv"][30:].isna().all()
    assert parsed.notes == (
        "column MAX_VOLT: 2 cells are no voltage, taken as not known, for instance '230 kV'",
    )


def line(*places):
    return {"type": "LineString", "coordinates": [list(place) for place in places]}


NOWHERE = "no place that can be read"
BEYOND = "coordinates: expected degrees, longitude -180 to 180 and latitude -90 to 90"
BAD_PLACES = {
    "none": (None, NOWHERE),
    "empty": (line(), NOWHERE),
    "one vertex": (line((-100, 34)), NOWHERE),
    "no number": (line((-100, 34), (float("nan"), 35)), NOWHERE),
    "text": ("here", NOWHERE),
    "metres": (line((-11_131_949, 4_028_802), (-11_243_268, 4_163_881)), BEYOND),
    "huge": (line((-100, 34), (-100, 1e300)), BEYOND),
    "past the antimeridian": (line((-100, 34), (-180.1, 34)), BEYOND),
    "past the pole": (line((-100, 34), (-100, 90.1)), BEYOND),
    "a point": (POINT, "geometry: found Point, expected LineString or MultiLineString"),
}
"""RFC 7946: a LineString has two or more positions (3.1.4), in degrees (4). EPSG:3857 metres are
what a service sends that passes over `outSR`."""


@pytest.mark.parametrize("kind", BAD_PLACES)
def test_one_bad_place_costs_one_row(tmp_path, kind):
    geometry, reason = BAD_PLACES[kind]
    rows = [pipeline(number) for number in range(19)] + [pipeline(19, geometry)]
    parsed = eia_pipelines.parse(kept(tmp_path, rows, eia_pipelines.FIELDS))
    assert (len(parsed.tables["pipelines"]), parsed.rows_in) == (19, 20)
    assert refused_by_reason(parsed.refused) == ((reason, 1, "19"),)


@pytest.mark.parametrize("kind", BAD_PLACES)
def test_where_a_tenth_cannot_be_used_nothing_is(tmp_path, kind):
    geometry, reason = BAD_PLACES[kind]
    rows = [pipeline(number) for number in range(8)]
    rows += [pipeline(number, geometry) for number in (8, 9)]
    with pytest.raises(DriftError, match="2 of 10 rows cannot be used") as failed:
        eia_pipelines.parse(kept(tmp_path, rows, eia_pipelines.FIELDS))
    assert reason in str(failed.value)


def test_the_edges_of_the_globe_are_on_it():
    places = gpd.GeoSeries.from_wkt(["LINESTRING (-180 -90, 180 90)", "LINESTRING EMPTY"])
    assert place_faults(places, "line").isna().all()


def test_a_vertex_that_is_no_number_is_seen():
    """GEOS leaves NaN out of bounds: the line below has those of its other vertices."""
    with np.errstate(invalid="ignore"):
        broken = shapely.LineString([(-100, 34), (np.nan, np.nan), (-101, 35)])
    (reason,) = place_faults(gpd.GeoSeries([broken]), "line")
    assert reason == "coordinates: expected finite numbers"


def station(number, geometry=POINT, **cells):
    told = dict.fromkeys(hifld_substations.FIELDS) | {"ID": str(number), "TYPE": "TAP"}
    return row(number, told | cells, geometry)


def test_each_field_of_a_station_is_its_own(tmp_path):
    cells = {
        "ID": "301", "NAME": "ALPHA", "TYPE": "DEAD END", "STATUS": "IN SERVICE",
        "COUNTY": "CHILDRESS", "STATE": "TX", "LINES": 3, "MAX_VOLT": 345, "MIN_VOLT": "138",
        "MAX_INFER": "Y", "MIN_INFER": "N", "LATITUDE": 1, "LONGITUDE": 2,
    }  # fmt: skip
    raw = kept(tmp_path, [station(7, **cells)], hifld_substations.FIELDS)
    (found,) = hifld_substations.parse(raw).tables["substations"].to_dict("records")
    assert found.pop("geometry").equals(shapely.Point(-100, 34))
    assert found == {
        "substation_id": "301", "name": "ALPHA", "type": "dead_end", "status": "IN SERVICE",
        "county": "CHILDRESS", "state": "TX", "lat": 34.0, "lon": -100.0, "lines": 3.0,
        "max_kv": 345.0, "min_kv": 138.0, "kv_inferred": "yes",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (LINE, "geometry: found LineString, expected Point"),
        ({"type": "Point", "coordinates": []}, NOWHERE),
        ({"type": "Point", "coordinates": [-11_131_949, 4_028_802]}, BEYOND),
        (None, NOWHERE),
    ],
)
def test_a_station_without_a_point_costs_one_row(tmp_path, geometry, reason):
    rows = [station(number) for number in range(19)] + [station(19, geometry)]
    parsed = hifld_substations.parse(kept(tmp_path, rows, hifld_substations.FIELDS))
    assert refused_by_reason(parsed.refused) == ((reason, 1, "19"),)


def test_kinds_of_pipelines_are_told_apart_and_new_ones_named(tmp_path):
    kinds = ["Interstate", "Intrastate", "Gathering", "Hydrogen", None]
    rows = [pipeline(number, TYPEPIPE=kind) for number, kind in enumerate(kinds)]
    parsed = eia_pipelines.parse(kept(tmp_path, rows, eia_pipelines.FIELDS))
    found = parsed.tables["pipelines"]["kind"]
    assert found[:3].tolist() == ["interstate", "intrastate", "gathering"]
    assert found[3:].isna().all()
    assert parsed.notes == ("kinds not known before, left blank: ['HYDROGEN']",)


def test_the_class_of_a_line_follows_the_list_then_the_voltage_and_dc_has_none(tmp_path):
    cells = [
        ("345", 345, "AC"),
        ("NOT AVAILABLE", 161, "AC"),
        ("500", 500, "DC; OVERHEAD"),
        ("100-161", 115, "AC"),
        ("UNDER 100", -999_999, "AC"),
        ("NOT AVAILABLE", 200, "AC"),
    ]
    told = {"STATUS": "", "OWNER": "", "INFERRED": "Y", "SUB_1": "UNKNOWN", "SUB_2": ""}
    rows = [
        row(i, {"ID": str(i), "TYPE": kind, "VOLTAGE": kv, "VOLT_CLASS": name, **told}, LINE)
        for i, (name, kv, kind) in enumerate(cells)
    ]
    table = hifld_lines.parse(kept(tmp_path, rows, hifld_lines.FIELDS)).tables["lines"]
    nothing = np.nan
    np.testing.assert_equal(
        table["kv_class"].to_numpy(float), [345, 138, nothing, 138, 69, nothing]
    )
    np.testing.assert_equal(table["kv"].to_numpy(float), [345, 161, 500, 115, nothing, 200])
    assert set(table["inferred"]) == {"yes"}
    assert table["sub_1"].isna().all()
