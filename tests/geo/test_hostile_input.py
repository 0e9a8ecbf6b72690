"""Inputs that real users and real mistakes make: a clear error, or a correct result."""

from __future__ import annotations

import json
import os

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

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
    "ragged rows": (HEADER + "a,A,34,-100,1,2,3,4\n", ["cannot be read as a table"]),
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
    outcome, table = rank(HEADER + "a,A,34,-100,-1\nb,B,34,-100,-2\na,C,34,-100,3\n")
    refused(outcome, table, "row 2, energised_mw", "row 3, energised_mw", "row 4, site_id")


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

    def fails(_, path):
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


@pytest.mark.parametrize("target", ["0", "-5", "1e9", "nan", "inf"])
def test_a_target_that_is_no_amount_of_power(rewatt, target):
    outcome = rewatt("rank", "--target-mw", target)
    assert outcome.status == 2
    assert "expected more than 0 and at most 100,000 MW" in outcome.err


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
