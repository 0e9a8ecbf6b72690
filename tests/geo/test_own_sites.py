"""Files held in memory and sites of one's own: every row told, nothing left on disk."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.export import csv_text
from geo.own_sites import (
    EDITABLE,
    OwnSiteError,
    as_brought,
    checked,
    copy_of,
    edited,
    free_id,
    new_point,
    origin_of,
    owned,
)
from geo.upload import MAX_UPLOAD_MB, MOST_SITES, read_upload
from tests.conftest import missing

HEADER = "site_id,name,lat,lon,mw\n"


def read(content, sites, name="mine.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return read_upload(name, data, sites)


def packed(files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def said(outcome):
    return [
        f"{row}|{column}|{breach}"
        for row, column, breach in outcome.refused.itertuples(index=False, name=None)
    ]


def test_every_row_that_is_refused_is_told_with_its_column_and_the_good_ones_are_there(sites):
    outcome = read(
        HEADER
        + "a,A,34.3,-100.1,100\n"
        + "b,B,95,-100,100\n"
        + "c,C,33.1,-97,many\n"
        + "d,D,,,\n"
        + "e,E,33.0,-97.2\n"
        + "a,A again,34.3,-100.1,7\n"
        + "g,G,34.5,,5\n",
        sites,
    )
    told = said(outcome)
    assert any(one.startswith("3||found lat 95") for one in told)
    assert any(one.startswith("4|energised_mw|found 'many', expected a") for one in told)
    assert any(one.startswith("6||found 4 cells, expected 5") for one in told)
    assert any(one.startswith("2|site_id|found 'a', expected a value that occurs") for one in told)
    assert any(one.startswith("8||found lat 34.5, lon nan, expected both") for one in told)
    # the rows of the id that stands twice are both refused: nobody knows which is meant
    assert list(outcome.sites.index) == ["d"]
    assert not (set(outcome.refused["row"]) & {5})


def test_a_sound_file_has_no_breach_and_gives_what_the_command_line_gives(sites, rewatt, tmp_path):
    rows = [f"s{i},Site {i},{33 + i / 10},-99.{i},{i * 50}" for i in range(10)]
    content = HEADER + "\n".join(rows)
    outcome = read(content, sites)
    assert outcome.refused.empty
    assert len(outcome.sites) == 10
    path, out = tmp_path / "mine.csv", tmp_path / "out.csv"
    path.write_text(content)
    assert rewatt("rank", "--sites", path, "--out", out).status == 0
    told = pd.read_csv(out).set_index("site_id").loc[outcome.sites.index]
    assert told["energised_mw"].tolist() == outcome.sites["energised_mw"].tolist()
    assert told["state"].tolist() == outcome.sites["state"].tolist()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Name;Breite;Länge;MW\nÖlfeld;34,38;-100,06;50\n", "utf-8"),
        ("Name;Breite;Länge;MW\nÖlfeld;34,38;-100,06;50\n", "utf-8-sig"),
        ("Name\tlatitude\tlongitude\tMW\nÖlfeld\t34.38\t-100.06\t50\n", "utf-16"),
    ],
    ids=["semicolons and decimal commas", "byte-order mark", "UTF-16 with tabs"],
)
def test_messy_tables_are_understood(sites, content, encoding):
    outcome = read(content.encode(encoding), sites)
    assert said(outcome) == []
    row = outcome.sites.iloc[0]
    assert (row["name"], row["lat"], row["lon"], row["energised_mw"]) == (
        "Ölfeld", 34.38, -100.06, 50,
    )  # fmt: skip


REFUSED = {
    "a picture called a table": (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "x.csv", "binary data"),
    "Latin-1": ("name,lat,lon\nÖ,1,2\n".encode("latin-1"), "x.csv", "save it as CSV UTF-8"),
    "a table called a GeoPackage": (b"name,lat,lon\n", "x.gpkg", "expected an SQLite database"),
    "an archive called a table": (packed({"a.csv": "a"}), "x.csv", "x.csv holds binary data"),
    "no suffix": (b"a,b\n", "x", "expected a file that ends in"),
    "another suffix": (b"a,b\n", "x.exe", "expected a file that ends in"),
    "empty": (b"", "x.csv", "x.csv is empty"),
    "a header alone": (b"name,lat,lon\n", "x.csv", "a header and no rows"),
    "no coordinates": (b"name,mw\nA,1\n", "x.csv", "no coordinates: found the columns"),
    "part of a shapefile": (b"\x00\x00\x27\x0a", "x.shp", "is one part of a shapefile: zip"),
    "too large": (b" " * (MAX_UPLOAD_MB * 10**6 + 1), "x.csv", f"at most {MAX_UPLOAD_MB} MB"),
    "broken JSON": (b'{"type": "FeatureCollection", "features": [', "x.geojson", "cannot be read"),
    "a zip bomb": (packed({"a.csv": b"0" * 60_000_000}), "x.zip", "may be a zip bomb"),
    "a way out": (packed({"../a.csv": "name,lat,lon\n"}), "x.zip", "leads out of the archive"),
    "two tables": (packed({"a.csv": "a", "b.csv": "b"}), "x.zip", "expected one: pack one alone"),
    "no table": (packed({"a.exe": "a"}), "x.zip", "holds no file that can be read"),
    "entities": (
        b'<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "a">]><kml>&a;</kml>',
        "x.kml",
        "declares a document type or entities",
    ),
}


@pytest.mark.parametrize(("data", "name", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_of_sites_is_refused_in_words(sites, data, name, words):
    outcome = read(data, sites, name)
    assert outcome.sites is None
    (told,) = outcome.refused["breach"]
    assert words in told
    assert tempfile.gettempdir() not in told


@pytest.fixture
def points():
    table = pd.DataFrame({"name": ["A", "B <b>"], "mw": [100.0, None]})
    shapes = gpd.points_from_xy([-100.1, -97.0], [34.3, 33.1])
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet", "fgb", "kml", "zip"])
def test_every_format_of_points_is_read(sites, points, tmp_path, suffix):
    path = tmp_path / f"mine.{suffix}"
    if suffix == "parquet":
        points.to_parquet(path)
    elif suffix == "zip":
        points.to_crs("EPSG:3857").to_file(tmp_path / "mine.shp")
        parts = {one.name: one.read_bytes() for one in tmp_path.glob("mine.*")}
        path.write_bytes(packed(parts))
    elif suffix == "kml":
        points.rename(columns={"name": "Name"}).to_file(path, driver="KML")
    else:
        points.to_file(path)
    outcome = read(path.read_bytes(), sites, path.name)
    assert said(outcome) == []
    found = outcome.sites.set_index("name").sort_index()  # FlatGeobuf orders by place
    assert found.index.tolist() == ["A", "B <b>"]
    assert found["lat"].tolist() == pytest.approx([34.3, 33.1], abs=1e-6)


def test_nothing_of_an_upload_stays_on_disk(sites, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    read(HEADER + "a,A,34.3,-100.1,100\n", sites)
    read(packed({"a.csv": HEADER + "a,A,34.3,-100.1,100\n"}), sites, "x.zip")
    read(b"\x89PNG\x00", sites)
    assert list(tmp_path.rglob("*")) == []


def test_real_tables_of_plants_are_read(sites, test_data):
    """A real GeoPackage or CSV of other people, where this machine has one: no traceback."""
    files = [one for one in test_data.rglob("*.csv") if one.stat().st_size < 300_000][:3]
    if not files:
        missing("no small CSV among the real data")
    for path in files:
        outcome = read(path.read_bytes(), sites, path.name)
        assert outcome.sites is not None or len(outcome.refused)


# the user's own sites


def test_a_copy_of_every_listed_site_passes_the_checks_and_says_what_the_original_says(sites):
    rows = [copy_of(sites, site, []) for site in sites.index]
    copied = checked(rows, sites).sites
    assert [origin_of(own, sites.index) for own in copied.index] == list(sites.index)
    for name in set(EDITABLE) - {"name"}:
        one, other = copied[name].to_numpy(object), sites[name].to_numpy(object)
        assert ((one == other) | (pd.isna(one) & pd.isna(other))).all(), name


def test_ids_of_ones_own_never_meet_a_listed_one_or_each_other(sites):
    assert not [one for one in sites.index if one.startswith("own-")]
    assert free_id("iren-childress", []) == "own-iren-childress"
    assert free_id("iren-childress", ["own-iren-childress"]) == "own-iren-childress-2"
    assert free_id("<img src=x>\n東京", []) == "own-img-src-x"
    assert free_id("東京", []) == "own-site"
    assert origin_of("own-iren-childress-2", sites.index) == "iren-childress"
    assert origin_of("own-elsewhere", sites.index) is None
    assert origin_of("iren-childress", sites.index) is None


def test_a_second_upload_of_the_same_rows_has_the_same_ids(sites):
    one = read("name,lat,lon\nA,34.3,-100.1\nB,34.4,-100.2\n", sites, "ten sites.csv")
    ids = owned(one.sites, one.name)["site_id"].tolist()
    assert ids == ["own-ten-sites-row-1", "own-ten-sites-row-2"]
    named = read(HEADER + "x 1,A,34.3,-100.1,1\nX-1,B,34.3,-100.1,1\n", sites)
    assert owned(named.sites, named.name)["site_id"].tolist() == ["own-x-1", "own-x-1-2"]


def test_what_cannot_be_is_refused_as_in_a_file(sites):
    own = checked([copy_of(sites, "iren-childress", [])], sites).sites
    (site,) = own.index
    for changes, words in (
        ({"energised_mw": 900.0}, "above contracted_mw 750, expected at most that"),
        ({"interconnection_kv": 0.5}, "interconnection_kv: found 0.5, expected 1 or more"),
        ({"lat": -100.0569, "lon": 34.3833}, "swap lat and lon"),
    ):
        with pytest.raises(OwnSiteError, match=words):
            checked([edited(own, site, changes)], sites)


def test_a_site_that_is_moved_has_its_state_found_anew(sites):
    own = checked([copy_of(sites, "iren-childress", [])], sites).sites
    (site,) = own.index
    moved = checked([edited(own, site, {"lat": 35.4, "lon": -97.5})], sites).sites
    assert moved.at[site, "state"] == "OK"
    assert moved.at[site, "county"] is None
    # a point that the user states is exact, however vague the listed one is
    for precision in ("town", "county"):
        vague = sites.index[(sites["coord_precision"] == precision) & sites["lat"].notna()][0]
        own = checked([copy_of(sites, vague, [])], sites).sites
        (site,) = own.index
        near = {"lat": own.at[site, "lat"] + 0.01, "lon": own.at[site, "lon"]}
        stayed, moved = (checked([edited(own, site, one)], sites).sites for one in ({}, near))
        assert stayed.at[site, "coord_precision"] == precision
        assert moved.at[site, "coord_precision"] == "site"
        assert moved.at[site, "radius_km"] < stayed.at[site, "radius_km"]


def test_a_blank_is_not_known_and_not_zero(sites):
    own = checked([new_point(34.4, -100.1, "", [], energised_mw=None)], sites).sites
    assert pd.isna(own["energised_mw"].iloc[0])
    assert own["name"].iloc[0] == "Point 34.4000, -100.1000"
    assert own["state"].iloc[0] == "TX"


def test_the_list_comes_back_from_its_csv_the_same(sites, tmp_path, rewatt):
    rows = [
        copy_of(sites, "iren-childress", []),
        new_point(34.4, -100.1, "Süd, *neu*", [], interconnection_kv=138.0),
    ]
    own = checked(rows, sites).sites
    text = csv_text(as_brought(own))
    again = read(text, sites, "own-sites.csv")
    assert said(again) == []
    table = owned(again.sites, again.name).set_index("site_id")
    assert table.index.tolist() == own.index.tolist()
    for name in (*EDITABLE, "state", "county", "region", "source", "coord_precision"):
        pd.testing.assert_series_equal(
            table[name], own[name], check_dtype=False, check_index_type=False
        )
    path = Path(tmp_path) / "own-sites.csv"
    path.write_text(text, encoding="utf-8")
    assert rewatt("rank", "--sites", path).status == 0


def test_more_sites_than_a_session_takes_are_refused_before_they_are_parsed(sites, monkeypatch):
    row = "A,34.3,-100.1\n"
    assert len(read("name,lat,lon\n" + row * MOST_SITES, sites).sites) == MOST_SITES
    told = said(read("name,lat,lon\n" + row * (MOST_SITES + 1), sites))
    assert told == [
        "<NA>||mine.csv has 2,001 rows, expected at most 2,000 sites in the app: take those that"
        " matter, or rank all of them with `rewatt rank --sites`."
    ]
    archive = packed({"mine.csv": "name,lat,lon\n" + row * (MOST_SITES + 1)})
    assert "has 2,001 rows, expected at most 2,000 sites" in said(read(archive, sites, "a.zip"))[0]
    monkeypatch.setattr("geo.upload.read_raw", None)  # a long text is not even read
    assert "has 20,001 lines" in said(read("name,lat,lon\n" + row * 20_000, sites))[0]


def test_what_is_wrong_inside_an_archive_names_no_place_of_this_machine(sites):
    entity = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><kml/>'
    assert said(read(packed({"doc.kml": entity}), sites, "mine.kmz")) == [
        "<NA>||doc.kml declares a document type or entities, expected plain KML: remove them."
    ]
