"""KML, opened again by GDAL and by an XML parser; nothing of a name is read as markup."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from defusedxml import ElementTree

from geo.export import write_tables

HOSTILE = '<b>A&"B</b> ]]> \x07=1+1'
SPACE = {"k": "http://www.opengis.net/kml/2.2"}


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "rank": pd.Series([1, None], dtype="Int64"),
            "site_id": ["a", "b"],
            "name": [HOSTILE, "No place"],
            "lat": [33.123456, None],
            "lon": [-101.5, None],
            "score": [0.5, None],
            "operator": ["<script>x</script>", None],
        }
    )


def test_gdal_reads_points_names_and_description(table, tmp_path):
    path = tmp_path / "x.kml"
    write_tables(table, [path], ("© A & B", "C <d>"))
    read = gpd.read_file(path)
    assert read.crs == "EPSG:4326"
    assert read["Name"].tolist() == [
        HOSTILE.replace("\x07", "\N{REPLACEMENT CHARACTER}"),
        "No place",
    ]
    point = read.geometry[0]
    assert (point.x, point.y) == (-101.5, 33.123456)
    assert read.geometry[1] is None or read.geometry[1].is_empty
    assert "<td>score</td><td>0.5</td>" in read["description"][0]
    assert "<script" not in read["description"][0]
    assert "&lt;script&gt;" in read["description"][0]


def test_the_data_hold_what_is_known_and_nothing_else(table, tmp_path):
    path = tmp_path / "x.kml"
    write_tables(table, [path], ("© A & B", "C <d>"))
    document = ElementTree.parse(path).getroot().find("k:Document", SPACE)
    assert document.find("k:description", SPACE).text == "© A &amp; B\nC &lt;d&gt;"
    first, second = (
        {one.get("name"): one[0].text for one in mark.iterfind(".//k:Data", SPACE)}
        for mark in document.iterfind("k:Placemark", SPACE)
    )
    assert first["rank"] == "1"
    assert first["operator"] == "<script>x</script>"
    assert set(second) == {"site_id"}


def test_the_same_bytes_every_time(table, tmp_path):
    paths = [tmp_path / "a.kml", tmp_path / "b.kml"]
    write_tables(table, paths)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_command_line_writes_the_ranking(rewatt, tmp_path):
    path = tmp_path / "ranked.kml"
    assert rewatt("rank", "--region", "louisiana", "--out", path).status == 0
    assert len(gpd.read_file(path)) == 4
