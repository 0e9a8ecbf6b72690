"""Inputs that real users and real mistakes make: a clear error, or a correct result."""

from __future__ import annotations

import json
import os

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.export import ExportError, csv_text, write_all

HEADER = "site_id,name,lat,lon,mw\n"
GOOD = "a,Alpha,34.38,-100.06,100\n"


@pytest.fixture
def rank(rewatt, tmp_path):
    """Rank a file of sites given as text or bytes; give the outcome and the written table."""

    def run(content, *options, name="sites.csv"):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = tmp_path / "ranked.csv"
        outcome = rewatt("rank", "--sites", path, "--out", out, *options)
        return outcome, pd.read_csv(out) if out.exists() else None

    return run


def refused(outcome, table, *words):
    assert outcome.status == 2, outcome
    assert table is None
    assert "Traceback" not in outcome.err
    for word in words:
        assert word in outcome.err


REFUSED = {
    "empty file": ("", ["is empty", "expected a table of sites"]),
    "header only": (HEADER, ["header and no rows"]),
    "latitude 95": (HEADER + "a,A,95,-100,1\n", ["row 2", "lat 95", "latitude -90 to 90"]),
    "longitude 200": (HEADER + "a,A,34,200,1\n", ["lon 200"]),
    "swapped, off the globe": (HEADER + "a,A,-100.06,34.38,1\n", ["swap lat and lon"]),
    "swapped, in the southern ocean": (HEADER + "a,A,-86.15,40.65,1\n", ["swap lat and lon"]),
    "metres labelled as degrees": (HEADER + "a,A,4085000,-11138000,1\n", ["projected metres"]),
    "quoted decimal commas": (HEADER + 'a,A,"34,38","-100,06",1\n', ["'34,38'", "decimal point"]),
    "thousands separator": (
        HEADER + 'a,A,34.38,-100.06,"1,400"\n',
        ["'1,400'", "write 34.38, 1400"],
    ),
    "mixed decimal signs": ("id;lat;lon\na;34,38;-100.06\n", ["'-100.06'", "decimal comma"]),
    "duplicate ids": (HEADER + GOOD + GOOD, ["row 2", "row 3", "occurs once"]),
    "blank id": (HEADER + GOOD + ",B,34,-100,1\n", ["row 3, site_id", "a value"]),
    "infinite MW": (HEADER + "a,A,34,-100,inf\n", ["'inf'", "finite number"]),
    "infinite latitude": (HEADER + "a,A,-inf,-100,1\n", ["'-inf'", "finite number"]),
    "negative MW": (HEADER + "a,A,34,-100,-5\n", ["energised_mw", "found -5", "0 or more"]),
    "kilowatts": (HEADER + "a,A,34,-100,300000\n", ["found 300000", "20000 or less"]),
    "contracted below energised": (
        "id,lat,lon,mw,contracted_mw\na,34,-100,100,50\n",
        ["energised_mw 100 above contracted_mw 50"],
    ),
    "MW with unit": (HEADER + "a,A,34,-100,100 MW\n", ["'100 MW'"]),
    "half a point": (HEADER + "a,A,34,,1\n", ["expected both or neither"]),
    "null island": (HEADER + "a,A,0,0,1\n", ["Gulf of Guinea"]),
    "no coordinates": ("id,mw\na,1\n", ["no coordinates", "lat and lon"]),
    "unknown status": ("id,lat,lon,status\na,34,-100,humming\n", ["'humming'", "operating"]),
    "outside its state": ("id,lat,lon,state\na,34,-100,IN\n", ["km outside IN"]),
    "too many cells": (HEADER + "a,A,34,-100,1,2,3,4\n", ["row 2: found 8 cells, expected 5"]),
    "too few cells": (HEADER + GOOD + "b,B,34\n", ["row 3: found 3 cells, expected 5"]),
    "unquoted decimal commas": ("name,lat,lon\na,34,38,-100,05\n", ["found 5 cells", "quote"]),
    "a heading twice": ("lat,lon,mw,mw\n34,-100,50,900\n", ["'mw'", "more than once"]),
    "blank lines do not shift the rows": (
        HEADER + "\n\n\na,A,95,-100,1\n",
        ["row 5: found lat 95"],
    ),
    "a state that is none": ("id,lat,lon,state\na,34,-100,ZZ\n", ["found 'ZZ'", "TX or Texas"]),
    "another country": ("id,lat,lon,country\na,34,-100,CA\n", ["the point lies in TX"]),
    "a comma that may mean thousands": ("id;lat;lon;mw\na;34;-100;1,400\n", ["'1,400'"]),
    "only a byte-order mark": ("\ufeff\n", ["is empty"]),
    "headings nobody knows": ("1,2,3\n34,-100,5\n", ["found the columns ['1', '2', '3']"]),
    "binary after a while": (HEADER.encode() + GOOD.encode() * 500 + b"\x00", ["binary"]),
    "binary": (b"\x00\x01\x02PNG", ["binary"]),
    "latin-1": ("id,name,lat,lon\na,Caf\xe9,34,-100\n".encode("latin-1"), ["not UTF-8"]),
    "wkt that is no point": ('id,wkt\na,"LINESTRING (0 0, 1 1)"\n', ["expected POINT"]),
    "wkt that is nothing": ("id,wkt\na,banana\n", ["'banana'", "expected POINT"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_reason(rank, case):
    content, words = REFUSED[case]
    refused(*rank(content), *words)


def test_all_breaches_are_told_at_once(rank):
    outcome, table = rank(HEADER + "a,A,95,-100,-1\nb,B,34,-200,inf\na,C,34,-100,x\n")
    refused(outcome, table, "row 2, energised_mw: found -1", "row 2: found lat 95")
    refused(outcome, table, "row 3, energised_mw: found 'inf'", "row 3: found lat 34, lon -200")
    refused(outcome, table, "row 4, energised_mw: found 'x'", "row 4, site_id")


UNDERSTOOD = {
    "one point and nothing else": ("lat,lon\n34.38,-100.06\n", 1),
    "one row": (HEADER + GOOD, 1),
    "semicolons and decimal commas": ("id;lat;lon;mw\na;34,38;-100,06;100,5\n", 1),
    "tabs": ("id\tlat\tlon\na\t34.38\t-100.06\n", 1),
    "byte-order mark": ("\ufeffid,lat,lon\na,34.38,-100.06\n", 1),
    "UTF-16": ("id,lat,lon\na,34.38,-100.06\n".encode("utf-16"), 1),
    "windows line ends": ("id,lat,lon\r\na,34.38,-100.06\r\n", 1),
    "other headings": ("Site ID,Latitude,Longitude,Power (MW)\na,34.38,-100.06,70\n", 1),
    "x and y": ("id,x,y\na,-100.06,34.38\n", 1),
    "wkt": ('id,wkt\na,"POINT (-100.06 34.38)"\n', 1),
    "NaN and blanks": (HEADER + "a,A,34.38,-100.06,NaN\nb,B,34.38,-100.06,\n", 2),
    "-999999 as voltage": ("id,lat,lon,kv\na,34.38,-100.06,-999999\n", 1),
    "unicode names": (HEADER + "a,採掘場 Ωmega 🏭,34.38,-100.06,1\n", 1),
    "state in words": ("id,lat,lon,state\na,34.38,-100.06,Texas\n", 1),
    "blanks in words": (
        "id,lat,lon,status,interconnect_type\na,34.38,-100.06,,\nb,34,-100,operating,grid\n",
        2,
    ),
    "blank wkt and an empty point": ('id,wkt\na,"POINT EMPTY"\nb,\nc,"POINT (-100 34)"\n', 3),
    "excel's separator line": ("sep=;\nid;lat;lon\na;34;-100\n", 1),
    "commas in a quoted heading": ('"Name, of, it";lat;lon\na;34;-100\n', 1),
    "trailing empty cells": ("id,lat,lon,,\na,34,-100,,\n,,,,\n", 1),
    "words for ours": ("id,lat,lon,country,status,iso\na,34,-100,USA,Operational,ercot\n", 1),
    "their own evidence": ("id,lat,lon,evidence,confidence\na,34,-100,my notes,0.8\n", 1),
    "an id called NA": ("id,lat,lon\nNA,34,-100\n", 1),
    "NAN in capitals": (HEADER + "a,A,34,-100,NAN\n", 1),
    "a note with a comma": ("id;lat;lon;note\na;34.5;-100;12,5\n", 1),
    "just off the drawn coast": ("id,lat,lon\na,41.67838,-87.45904\n", 1),
    "a site without a point": (HEADER + GOOD + "b,B,,,50\n", 2),
    "outside the US": (HEADER + "a,A,-31.9,115.8,100\n", 1),
    "newline in a name": (HEADER + 'a,"A\nB",34.38,-100.06,1\n', 1),
}


@pytest.mark.parametrize("case", UNDERSTOOD)
def test_understood(rank, case):
    content, rows = UNDERSTOOD[case]
    outcome, table = rank(content)
    assert outcome.status == 0, outcome
    assert len(table) == rows
    assert (table["rank"].notna() | table["unranked_reason"].notna()).all()


def test_one_point_is_scored_on_its_grid_and_keeps_the_range_of_its_unknowns(rank):
    _, table = rank("lat,lon\n34.38,-100.06\n")
    row = table.iloc[0]
    assert (row["poi_name"], row["poi_kv"]) == ("Tesla", 345)
    assert np.isnan(row["energised_mw"])
    assert row["utility_poi_distance"] > 0.8
    assert 0 < row["score"] < row["potential"] < 1
    assert row["coverage"] < 1


def test_an_unknown_voltage_is_unknown(rank):
    outcome, table = rank("id,lat,lon,kv\na,34.38,-100.06,-999999\n")
    assert "Read 'id' as site_id, 'kv' as interconnection_kv." in outcome.err
    assert table.at[0, "poi_role"] == "candidate"


def test_a_point_just_off_the_drawn_coast_is_in_the_country(rank):
    _, table = rank("id,lat,lon\na,41.67838,-87.45904\n")
    assert table.loc[0, ["state", "gate_in_country"]].tolist() == ["IN", "pass"]


def test_a_template_in_a_name_is_only_a_name(rewatt, tmp_path):
    """folium renders what it is given as a template: code in a name must never run."""
    trap = tmp_path / "ran"
    name = "{{ cycler.__init__.__globals__.os.popen('touch " + str(trap) + "').read() }}"
    other = "{% raw %}{# gone #}_9f86d081884c7d659a2feaa0c55ad015"
    path, out = tmp_path / "s.csv", tmp_path / "m.html"
    path.write_text(f'id,name,lat,lon\na,"{name}",34,-100\nb,"{other}",34.2,-100\n')
    assert rewatt("map", "--sites", path, "--out", out).status == 0
    assert not trap.exists()
    html = out.read_text(encoding="utf-8")
    assert name in html
    assert other in html


def test_the_embedded_table_brought_back_gives_the_same_scores(rewatt, tmp_path):
    from layers import data_folder

    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    rewatt("rank", "--region", "all", "--out", one)
    brought = rewatt("rank", "--sites", data_folder() / "miner_sites.csv", "--out", two)
    assert brought.status == 0, brought
    assert one.read_bytes() == two.read_bytes()


def test_one_site_alone_has_the_very_same_score(rewatt, tmp_path):
    from layers import data_folder

    table = pd.read_csv(data_folder() / "miner_sites.csv", dtype=str, keep_default_na=False)
    whole, alone = tmp_path / "w.json", tmp_path / "a.json"
    rewatt("rank", "--region", "us", "--out", whole)
    scores = {row["site_id"]: row["score"] for row in json.loads(whole.read_text())}
    for key in ("iren-childress", "riot-rockdale", "grissom-peru", "cipher-colchis"):
        table[table["site_id"] == key].to_csv(tmp_path / "one.csv", index=False)
        assert rewatt("rank", "--sites", tmp_path / "one.csv", "--out", alone).status == 0
        assert json.loads(alone.read_text())[0]["score"] == scores[key]


def test_an_embedded_id_on_another_place_is_a_point_of_its_own(rank):
    outcome, _ = rank("site_id,lat,lon\niren-childress,41,-86\n")
    assert "iren-childress is the id of an embedded site" in outcome.err
    assert "taken as a point of your own" in outcome.err


def test_a_geometry_column_of_another_name_keeps_its_crs(rewatt, tmp_path):
    table = gpd.GeoDataFrame(
        {"id": ["a"], "geom": [shapely.Point(-100.0569, 34.3833)]}, geometry="geom", crs=4326
    )
    table.to_crs(3857).to_parquet(tmp_path / "s.parquet")
    out = tmp_path / "out.csv"
    assert rewatt("rank", "--sites", tmp_path / "s.parquet", "--out", out).status == 0
    assert pd.read_csv(out)["lat"][0] == pytest.approx(34.3833, abs=1e-7)


def test_empty_points_stay_and_warn_nobody(rewatt, tmp_path):
    shapes = [shapely.Point(), shapely.Point(-100, 34)]
    gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=shapes, crs=4326).to_parquet(
        tmp_path / "s.parquet"
    )
    outcome = rewatt("rank", "--sites", tmp_path / "s.parquet")
    assert outcome.status == 0
    assert "Not ranked, no public location: a (a)" in outcome.err
    assert "Warning" not in outcome.err


def test_a_package_of_several_layers(rewatt, tmp_path):
    table = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(-100, 34)], crs=4326)
    for name in ("one", "two"):
        table.to_file(tmp_path / "s.gpkg", layer=name)
    outcome = rewatt("rank", "--sites", tmp_path / "s.gpkg")
    assert outcome.status == 2
    assert "holds the layers ['one', 'two'], expected one" in outcome.err


def test_an_area_in_metres_called_degrees(rewatt, tmp_path):
    path = tmp_path / "area.geojson"
    box = shapely.box(-11138000, 4000000, -11000000, 4100000)
    gpd.GeoDataFrame(geometry=[box], crs=4326).to_file(path)
    outcome = rewatt("rank", "--area", path)
    assert outcome.status == 2
    assert "look like projected metres" in outcome.err


def test_the_file_that_is_read_is_not_written(rewatt, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text(HEADER + GOOD)
    outcome = rewatt("rank", "--sites", path, "--out", path)
    assert outcome.status == 2
    assert "this file is read" in outcome.err
    assert path.read_text() == HEADER + GOOD


def test_the_same_file_by_another_way(rewatt, tmp_path):
    (tmp_path / "sub").mkdir()
    outcome = rewatt("rank", "--out", tmp_path / "a.csv", "--out", tmp_path / "sub/../a.csv")
    assert (outcome.status, "named twice" in outcome.err) == (2, True)


def test_a_path_that_is_too_long(rewatt):
    for option in ("--sites", "--area", "--out", "--scenario"):
        outcome = rewatt("rank", option, "x" * 300 + ".csv")
        assert outcome.status in {1, 2}
        assert "Traceback" not in outcome.err


def test_megawatts_of_a_planned_site_are_announced_not_energised(rank):
    text = "id,lat,lon,mw,status\na,34.38,-100.06,900,planned\nb,34.38,-100.06,900,operating\n"
    outcome, table = rank(text)
    assert "1 sites are planned or being built" in outcome.err
    rows = table.set_index("site_id")
    assert np.isnan(rows.at["a", "energised_mw"])
    assert rows.at["a", "announced_mw"] == 900
    assert rows.at["b", "energised_mw"] == 900
    assert rows.at["a", "score"] < rows.at["b", "score"]


def test_decimal_commas_are_read_right(rank):
    _, table = rank("id;lat;lon;mw\na;34,38;-100,06;100,5\n")
    assert table.loc[0, ["lat", "lon", "energised_mw"]].tolist() == [34.38, -100.06, 100.5]


def test_lost_minus_signs_are_pointed_out(rank):
    outcome, table = rank(HEADER + "a,A,34.38,100.06,1\n")
    assert outcome.status == 0
    assert (
        "lie outside the US outlines: a. Did the longitudes lose their minus sign?" in outcome.err
    )
    assert table.at[0, "gate_in_country"] == "fail"


def test_columns_that_are_not_used_are_named(rank):
    outcome, _ = rank("lat,lon,colour,energized\n34.38,-100.06,red,5\n")
    assert "Not used: 'colour'" in outcome.err


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formulas_are_neutral_and_numbers_are_not(rewatt, tmp_path, start):
    names = [f'{start}HYPERLINK("http://evil","x")']
    table = gpd.GeoDataFrame({"name": names}, geometry=[shapely.Point(-100.06, 34.38)], crs=4326)
    table.to_file(tmp_path / "sites.gpkg")
    out = tmp_path / "ranked.csv"
    assert rewatt("rank", "--sites", tmp_path / "sites.gpkg", "--out", out).status == 0
    row = pd.read_csv(out).iloc[0]
    assert not row["name"].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert row["lon"] == -100.06


def test_polygons_as_sites(rewatt, tmp_path):
    path = tmp_path / "areas.geojson"
    gpd.GeoDataFrame(geometry=[shapely.box(-101, 33, -99, 35)], crs=4326).to_file(path)
    outcome = rewatt("rank", "--sites", path)
    assert outcome.status == 2
    assert "holds Polygon, expected one Point per site" in outcome.err


def test_points_as_area(rewatt, tmp_path):
    path = tmp_path / "points.geojson"
    gpd.GeoDataFrame(geometry=[shapely.Point(-100, 34)], crs=4326).to_file(path)
    outcome = rewatt("rank", "--area", path)
    assert outcome.status == 2
    assert "holds ['Point'], expected Polygon or MultiPolygon" in outcome.err


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "shp"])
def test_another_crs_is_reprojected(rewatt, tmp_path, suffix):
    table = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(-100.0569, 34.3833)], crs=4326)
    path = tmp_path / f"sites.{suffix}"
    moved = table.to_crs(3857)
    moved.to_parquet(path) if suffix == "parquet" else moved.to_file(path)
    out = tmp_path / "out.csv"
    assert rewatt("rank", "--sites", path, "--out", out).status == 0
    assert pd.read_csv(out)["lat"][0] == pytest.approx(34.3833, abs=1e-7)


def test_an_area_in_another_crs(rewatt, tmp_path):
    path = tmp_path / "area.gpkg"
    box = gpd.GeoDataFrame(geometry=[shapely.box(-101.5, 33.4, -98.9, 35.2)], crs=4326)
    box.to_crs(5070).to_file(path)
    out = tmp_path / "out.csv"
    assert rewatt("rank", "--area", path, "--out", out).status == 0
    assert set(pd.read_csv(out)["site_id"]) == {"iren-childress", "galaxy-helios", "soluna-dorothy"}


@pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning")
def test_a_file_without_crs(rewatt, tmp_path):
    path = tmp_path / "sites.gpkg"
    gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(-100, 34)]).to_file(path)
    outcome = rewatt("rank", "--sites", path)
    assert outcome.status == 2
    assert "has no coordinate reference system" in outcome.err
    assert "set_crs" in outcome.err


def test_truncated_geojson(rank):
    refused(
        *rank('{"type": "FeatureCollection", "features": [{"type"', name="s.geojson"),
        "cannot be read",
    )


def test_null_geometries_stay_and_are_named(rewatt, tmp_path):
    feature = {"type": "Feature", "properties": {"id": "lost"}, "geometry": None}
    there = {
        "type": "Feature",
        "properties": {"id": "b"},
        "geometry": {"type": "Point", "coordinates": [-100, 34]},
    }
    path = tmp_path / "s.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature, there]}))
    outcome = rewatt("rank", "--sites", path)
    assert outcome.status == 0
    assert "Not ranked, no public location: lost (lost)" in outcome.err


def test_a_csv_that_claims_to_be_parquet(rank):
    refused(*rank(HEADER + GOOD, name="s.parquet"), "cannot be read as parquet")


def test_a_folder(rewatt, tmp_path):
    outcome = rewatt("rank", "--sites", tmp_path)
    assert outcome.status == 2
    assert "is a folder" in outcome.err


def test_a_file_that_is_not_there(rewatt, tmp_path):
    outcome = rewatt("rank", "--sites", tmp_path / "nowhere.csv")
    assert outcome.status == 2
    assert "does not exist" in outcome.err


def test_two_hundred_megabytes(rewatt, tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    outcome = rewatt("rank", "--sites", path)
    assert outcome.status == 2
    assert "has 200 MB, expected at most 100 MB" in outcome.err


def test_a_hundred_thousand_rows(rewatt, tmp_path):
    generator = np.random.default_rng(7)
    n = 100_000
    path, out = tmp_path / "many.csv", tmp_path / "out.parquet"
    pd.DataFrame(
        {
            "id": range(n),
            "lat": generator.uniform(30, 42, n),
            "lon": generator.uniform(-104, -82, n),
            "mw": 50,
        }
    ).to_csv(path, index=False)
    outcome = rewatt("rank", "--sites", path, "--out", out)
    assert outcome.status == 0
    assert len(pd.read_parquet(out, columns=["rank"])) == n


def test_an_unknown_suffix(rewatt, tmp_path):
    outcome = rewatt("rank", "--out", tmp_path / "r.xlsx", "--out", tmp_path / "r.csv")
    assert outcome.status == 2
    assert "the suffix is '.xlsx', expected one of .csv, .geojson" in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written(rewatt):
    """The kernel's own file system refuses new files even to root."""
    outcome = rewatt("rank", "--region", "childress", "--out", "/proc/ranked.csv")
    assert outcome.status in {1, 2}
    assert "annot write" in outcome.err
    assert "Traceback" not in outcome.err


def test_a_read_only_folder(rewatt, tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    outcome = rewatt("rank", "--region", "childress", "--out", folder / "r.csv")
    if os.access(folder, os.W_OK):  # root writes where it likes
        assert outcome.status == 0
    else:
        assert outcome.status == 2
        assert "not writable" in outcome.err


def test_a_missing_folder_and_a_folder_as_file(rewatt, tmp_path):
    outcome = rewatt("rank", "--out", tmp_path / "no/where.csv")
    assert (outcome.status, "does not exist; create it" in outcome.err) == (2, True)
    (tmp_path / "d.csv").mkdir()
    outcome = rewatt("rank", "--out", tmp_path / "d.csv")
    assert (outcome.status, "this is a folder" in outcome.err) == (2, True)


def test_a_failure_half_way_leaves_every_old_file_whole(rewatt, tmp_path, monkeypatch):
    from geo import export

    def fails(_table, path, _attribution):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(export.WRITERS, ".json", fails)
    old = tmp_path / "r.csv"
    old.write_text("old")
    outcome = rewatt("rank", "--region", "childress", "--out", old, "--out", tmp_path / "r.json")
    assert outcome.status == 1
    assert "No space left on device. Nothing was written." in outcome.err
    assert old.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


SCENARIOS = {
    "unknown key": ("colour = 1\n[weights]\nland = 1\n", ["unknown key 'colour'"]),
    "misspelt criterion": (
        "[weights]\nlnd = 1\n",
        ["unknown criterion 'lnd': did you mean 'land'?"],
    ),
    "negative weight": ("[weights]\nland = -1\n", ["weight of land: found -1"]),
    "weight as text": ("[weights]\nland = 'much'\n", ["found 'much', expected a number"]),
    "weight as truth": ("[weights]\nland = true\n", ["found True"]),
    "weight not a number": ("[weights]\nland = nan\n", ["found nan"]),
    "infinite weight": ("[weights]\nland = inf\n", ["found inf"]),
    "all weights zero": ("[weights]\nland = 0\n", ["all weights are 0"]),
    "no weights": ("title = 'x'\n", ["'weights' is missing"]),
    "weights not a table": ("weights = 3\n", ["expected a table [weights]"]),
    "unknown gate": ("[weights]\nland = 1\n[gates]\nlocatd = {}\n", ["unknown gate 'locatd'"]),
    "gate without its setting": (
        "[weights]\nland = 1\n[gates]\nenough_power = {}\n",
        ["'minimum_mw' is missing"],
    ),
    "gate setting as text": (
        "[weights]\nland = 1\n[gates]\nenough_power = {minimum_mw = 'x'}\n",
        ["found 'x'"],
    ),
    "a setting that is no figure": (
        "[weights]\nland = 1\n[gates]\nenough_power = {minimum_mw = nan}\n",
        ["found nan, expected a finite number"],
    ),
    "a country that is none": (
        "[weights]\nland = 1\n[gates]\nin_country = {country = 'Mars'}\n",
        ["found 'Mars', expected one of ['US', 'CA']"],
    ),
    "a weight beyond all floats": (f"[weights]\nland = 1{'0' * 400}\n", ["expected a number"]),
    "weights that do not add up": ("[weights]\nland = 1e308\n", ["expected 0 to 1e+06"]),
    "a target beyond all floats": (
        f"target_mw = 1{'0' * 400}\n[weights]\nland = 1\n",
        ["target_mw"],
    ),
    "nested without end": ("a = " + "[" * 3000, ["cannot be read"]),
    "target of 0": ("target_mw = 0\n[weights]\nland = 1\n", ["target_mw"]),
    "not TOML": ("{]", ["cannot be read"]),
}


@pytest.mark.parametrize("case", SCENARIOS)
def test_a_scenario_that_cannot_be_used(rewatt, tmp_path, case):
    text, words = SCENARIOS[case]
    path = tmp_path / "mine.toml"
    path.write_text(text)
    outcome = rewatt("rank", "--scenario", path)
    assert outcome.status == 2, outcome
    for word in words:
        assert word in outcome.err


def test_a_scenario_tells_all_its_breaches(rewatt, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("colour = 1\ntarget_mw = -3\n[weights]\nland = -1\nlnd = 2\n")
    outcome = rewatt("rank", "--scenario", path)
    for word in ("'colour'", "target_mw", "weight of land", "'lnd'"):
        assert word in outcome.err


@pytest.mark.parametrize("target", ["0", "-5", "1e9", "nan", "inf", "1e-320"])
def test_a_target_that_is_no_amount_of_power(rewatt, target):
    outcome = rewatt("rank", "--target-mw", target)
    assert outcome.status == 2
    assert "expected at least 0.001 and at most 100,000 MW" in outcome.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--region", "lousiana"], "Did you mean 'louisiana'"),
        (["--scenario", "balancd"], "Did you mean 'balanced'?"),
        (["--state", "Texs"], "Did you mean 'Texas'"),
        (["--status", "operatng"], "Did you mean 'operating'"),
        (["--operator", "Irene"], "Did you mean 'IREN'"),
        (["--bbox", "1,2,3"], "expected W,S,E,N"),
        (["--bbox", "10,20,-10,30"], "west below east"),
        (["--bbox", "a,b,c,d"], "expected W,S,E,N"),
        (["--region", "us", "--bbox", "-101,33,-99,35"], "give one of them"),
        (["--near", "-5"], "expected 0 or more"),
        (["--near", "nan"], "expected 0 or more"),
        (["--near", "inf"], "expected 0 or more"),
        (["--bbox", ""], "expected W,S,E,N"),
        (["--region", ""], "There is no region ''"),
        (["--operator", ""], "There is no operator ''"),
        (["--by", "luck"], "'luck'"),
        (["--top", "0"], "Invalid value for '--top'"),
    ],
)
def test_asked_wrongly(rewatt, options, words):
    outcome = rewatt("rank", *options)
    assert outcome.status == 2
    assert words in outcome.err
    assert outcome.out == ""


def test_nothing_there_says_what_is_near(rewatt):
    outcome = rewatt("rank", "--bbox", "-100.9,33.9,-100.5,34.1")
    assert outcome.status == 1
    assert "lie within 100 km of it: add --near 100" in outcome.err


def test_ids_that_are_heads_are_neutral_too():
    table = pd.DataFrame([[0.5, 0.25]], columns=["=1+1", "b"])
    assert csv_text(table) == "'=1+1,b\n0.5,0.25\n"


def test_the_same_file_twice_is_refused_before_anything_is_written(tmp_path):
    one, two = (pd.DataFrame({"a": [number]}) for number in (1, 2))
    with pytest.raises(ExportError, match="the same file is named twice"):
        write_all([(one, tmp_path / "a.csv"), (two, tmp_path / "a.csv")])
    assert not list(tmp_path.iterdir())
