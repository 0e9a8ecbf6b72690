"""Whoever gets our rows gets the lines that their licences ask for."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from geo.assess import assess
from geo.question import Question
from geo.scenario import load_scenario
from layers import attributions

ODBL = "© OpenStreetMap contributors, ODbL 1.0 (openstreetmap.org/copyright)"
CC_BY = "CC BY 4.0"


def said_csv(path):
    return path.with_name(f"{path.name}.attribution.txt").read_text(encoding="utf-8")


def said_geojson(path):
    return "\n".join(json.loads(path.read_text(encoding="utf-8"))["attribution"])


def said_gpkg(path):
    with sqlite3.connect(path) as tables:
        return "\n".join(row[0] for row in tables.execute("SELECT metadata FROM gpkg_metadata"))


def said_parquet(path):
    return pq.read_schema(path).metadata[b"attribution"].decode()


READERS = {
    "csv": said_csv,
    "json": said_csv,
    "geojson": said_geojson,
    "gpkg": said_gpkg,
    "parquet": said_parquet,
}


@pytest.mark.parametrize("suffix", READERS)
def test_every_format_carries_the_lines(rewatt, tmp_path, suffix):
    path = tmp_path / f"ranked.{suffix}"
    assert rewatt("rank", "--top", 3, "--out", path).status == 0
    told = READERS[suffix](path)
    assert ODBL in told
    assert "Epoch AI" in told
    assert CC_BY in told


def test_files_written_twice_are_the_same_with_the_lines_in_them(rewatt, tmp_path):
    for suffix in ("gpkg", "parquet"):
        paths = [tmp_path / f"{i}.{suffix}" for i in range(2)]
        for path in paths:
            rewatt("rank", "--top", 3, "--out", path)
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_map_and_the_explanation_carry_them(rewatt, tmp_path):
    rewatt("map", "--region", "childress", "--out", tmp_path / "map.html")
    assert ODBL in (tmp_path / "map.html").read_text(encoding="utf-8")
    assert ODBL in json.loads(rewatt("explain", "iren-childress", "--json").out)["attribution"]
    assert ODBL in " ".join(rewatt("explain", "iren-childress").out.split())


def test_rows_that_ask_for_nothing_carry_nothing(layers, sites):
    public = {"substations": layers["substations"]}
    assert attributions(public) == ()
    one = assess(sites, public, load_scenario("balanced"), Question(200, "2026-10"))
    assert one.attribution == ()


def test_each_line_once_and_in_a_fixed_order(layers):
    lines = attributions(layers)
    assert len(set(lines)) == len(lines) >= 3
    assert lines == attributions(dict(layers))


@pytest.mark.parametrize(
    ("said", "asked"), [("location OSM via a map", ODBL), ("HIFLD 2020", None), (None, None)]
)
def test_a_row_asks_for_a_line_where_its_source_says_so(layers, said, asked):
    sites = layers["miner_sites"]
    one = replace(sites, table=sites.table.head(1).assign(source=said))
    assert attributions({"miner_sites": one}) == (() if asked is None else (asked,))


def test_a_point_carries_the_lines_as_text_and_as_json(rewatt):
    asked = ("poi", "--lat", 34.383, "--lon", -100.057)
    assert ODBL in json.loads(rewatt(*asked, "--json").out)["attribution"]
    assert ODBL in rewatt(*asked).err
