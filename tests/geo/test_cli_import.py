"""`rewatt import` as a user meets it: every row kept or refused, and nothing lost on the way."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from io import StringIO

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layers import LAYERS, Store, load_layers
from layers._check import check_table

BY_ID = {layer.id: layer for layer in LAYERS}
HEADER = "id,name,lat,lon,max_kv\n"
GOOD = "a,Tesla,34.3833,-100.0569,345\n"


@pytest.fixture
def store(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    monkeypatch.setenv("REWATT_DATA", str(folder))  # `--data` sets it too: so it is put back
    return Store(folder)


@pytest.fixture
def bring(rewatt, tmp_path, store):
    """Import a text or a file; give the outcome, the rows kept and the refused ones."""

    def run(content, *options, layer="substations", name="stations.csv"):
        path = content
        if isinstance(content, (str, bytes)):
            path = tmp_path / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        outcome = rewatt("import", layer, path, "--data", store.folder, *options)
        assert "Traceback" not in outcome.err
        version = store.version(f"import_{layer}")
        if version is None or outcome.status:
            return outcome, None, None
        kept = version.table(layer)
        file = version.file("refused.csv")
        refused = pd.read_csv(file, dtype=str) if file.exists() else pd.DataFrame()
        stated = version.manifest
        assert stated.rows_in == stated.rows_kept + sum(n for _, n, _ in stated.refused)
        assert (stated.rows_kept, stated.rows_in - stated.rows_kept) == (len(kept), len(refused))
        check_table(kept, BY_ID[layer])
        assert version.problems() == []
        return outcome, kept, refused

    return run


def fingerprint(store):
    files = (one for one in store.folder.rglob("*") if one.is_file() and one.name != ".lock")
    return {one: hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


def test_the_nations_substations(bring, test_data):
    path = test_data / "substations" / "hifld_substations_us_2020_derived_kv.parquet"
    theirs = pd.read_parquet(path)
    outcome, kept, refused = bring(path)
    assert "62,957 rows in" in outcome.err
    assert len(kept) + len(refused) == len(theirs) == 62_957
    both = kept.merge(theirs.assign(substation_id=theirs["sub_id"].astype(str)), on="substation_id")
    assert len(both) == len(kept)
    assert set(both["type"]) == {"SUBSTATION"}
    assert len(refused) == theirs["type"].isin(["TAP", "RISER", "DEAD END"]).sum()
    assert (both["lat_x"] == both["lat_y"]).all()
    pd.testing.assert_series_equal(both["max_kv"], both["max_kv_est"], check_names=False)
    assert not kept["name"].str.match(r"(UNKNOWN|TAP)\d").any()


def test_a_shapefile_in_web_mercator(bring, tmp_path, test_data):
    path = test_data / "substations" / "hifld_substations_us_2020_derived_kv.parquet"
    theirs = pd.read_parquet(path).head(3000)
    points = gpd.points_from_xy(theirs["lon"], theirs["lat"], crs=4326)
    shapes = gpd.GeoDataFrame(theirs[["sub_id", "sub_name", "max_kv_est"]], geometry=points).to_crs(
        3857
    )
    shapes.to_file(tmp_path / "s.shp")
    _, kept, refused = bring(tmp_path / "s.shp")
    assert (len(kept), len(refused)) == (3000, 0)
    assert np.allclose(kept["lat"], theirs["lat"], atol=1e-7)
    assert np.allclose(kept["lon"], theirs["lon"], atol=1e-7)


def test_a_kmz(bring, tmp_path):
    marks = "".join(
        f"<Placemark><name>{name}</name><ExtendedData><Data name='Voltage (kV)'><value>{kv}</value>"
        f"</Data></ExtendedData><Point><coordinates>{place}</coordinates></Point></Placemark>"
        for name, kv, place in (("Tesla", 345, "-100.0569,34.3833,520"), ("Far", 138, "-200,34"))
    )
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'
    with zipfile.ZipFile(tmp_path / "s.kmz", "w") as archive:
        archive.writestr("doc.kml", text)
    _, kept, refused = bring(tmp_path / "s.kmz")
    assert kept[["name", "lat", "lon", "max_kv"]].to_numpy().tolist() == [
        ["Tesla", 34.3833, -100.0569, 345]
    ]
    assert not kept.geometry.has_z.any()
    assert refused["row"].to_list() == ["2"]


OTHER_NAMES = (
    "Nummer=substation_id", "Umspannwerk=name", "Breite=lat", "Länge=lon", "Spannung (V)=max_kv",
)  # fmt: skip


@pytest.mark.parametrize("names", [OTHER_NAMES, ()], ids=["asked", "guessed"])
def test_european_decimals_and_other_names(bring, names):
    text = (
        "Nummer;Umspannwerk;Breite;Länge;Spannung (V)\n"
        "1;Süd;48,1374;11,5755;380000\n2;Nord;48,2;11,6;unknown\n3;Ost;48.3;11,7;110000\n"
    )
    options = [part for name in names for part in ("--map", name)]
    outcome, kept, refused = bring(text.encode("utf-16"), *options)
    assert "3 rows in, 2 kept, 1 refused" in outcome.err
    assert kept["name"].to_list() == ["Süd", "Nord"]
    assert kept[["lat", "lon"]].to_numpy().tolist() == [[48.1374, 11.5755], [48.2, 11.6]]
    assert kept["max_kv"].to_list()[0] == 380
    assert np.isnan(kept["max_kv"].iloc[1])
    assert "multiplied by 0.001, by the unit in the heading" in outcome.err
    assert refused["reason"][0].startswith("lat: expected a finite number with a decimal comma")
    assert "not known of any row: state, min_kv, circuits, line_pieces_near." in outcome.err


@pytest.mark.parametrize(
    "header",
    [
        "Kennung;Bezeichnung;geogr. Breite;geogr. Länge;Höchste Spannung [kV]",
        "Nummer;Umspannwerk;Breitengrad;Längengrad;Spannung in kV",
        "Código;Nombre de la subestación;Latitud;Longitud;Tensión (kV)",
        "Code;Nom du poste;Latitude (°);Longitude (°);Tension max (kV)",
    ],
)
def test_headings_of_other_languages_are_guessed(bring, header):
    _, kept, _ = bring(f"{header}\n7;Süd;48,1374;11,5755;110,5\n")
    cells = kept[["substation_id", "name", "lat", "lon", "max_kv"]].to_numpy().tolist()
    assert cells == [["7", "Süd", 48.1374, 11.5755, 110.5]]


def test_what_german_excel_writes_is_read_and_its_encoding_told(bring):
    header = "Bezeichnung;Breite;Länge;Spannung (kV)"
    outcome, kept, _ = bring(f"{header}\nGörlitz Œst;51,15;14,98;110,5\n".encode("cp1252"))
    assert kept[["name", "max_kv"]].to_numpy().tolist() == [["Görlitz Œst", 110.5]]
    assert "is not UTF-8: read as Windows-1252" in outcome.err


def test_what_is_in_no_known_encoding_is_refused(rewatt, tmp_path):
    file = tmp_path / "odd.csv"
    file.write_bytes(b"name,lat,lon\nN\x81me,34,-100\n")  # 81 is nothing in Windows-1252
    outcome = rewatt("import", "substations", file)
    assert outcome.status == 2
    assert "is not UTF-8 text (byte 14): save it as CSV UTF-8" in outcome.err


def test_one_decimal_comma_too_many_refuses_one_row(bring):
    rows = "".join(f"{i},N,34.{i},-100.5,345\n" for i in range(1, 9))
    _, kept, refused = bring(HEADER + rows + '9,N,"34,9","-100,5",345\n')
    assert (len(kept), refused["id"].to_list()) == (8, ["9"])
    assert refused["reason"][0].startswith("lat: expected a finite number with a decimal point")


def test_true_and_false_are_no_numbers(bring, tmp_path):
    table = pd.DataFrame(
        {"id": ["a", "b"], "lat": [34.0] * 2, "lon": [-100.0] * 2, "max_kv": [True, False]}
    )
    table.assign(circuits=[2, 2]).to_parquet(tmp_path / "s.parquet")
    outcome, *_ = bring(tmp_path / "s.parquet")
    assert outcome.status == 1
    assert "2 rows in, 0 kept, 2 refused" in outcome.err
    assert "max_kv: expected a finite number" in outcome.err


def test_what_was_imported_is_ranked_with(bring, rewatt, tmp_path, store):
    """A station beside the site, nearer than any embedded one."""
    bring(HEADER + "mine,My own,34.38,-100.06,345\n")
    sites, out = tmp_path / "sites.csv", tmp_path / "out.csv"
    sites.write_text("id,lat,lon,interconnection_kv\ns,34.38,-100.06,345\n")
    run = rewatt("rank", "--sites", sites, "--out", out, "--data", store.folder)
    assert run.status == 0, run
    assert pd.read_csv(out)["poi_name"].to_list() == ["My own"]


REFUSED = {
    "latitude 95": ("a,A,95,-100,345\n", "coordinates: expected latitude -90 to 90"),
    "no finite latitude": ("a,A,inf,-100,345\n", "lat: expected a finite number"),
    "no number": ("a,A,34x,-100,345\n", "lat: expected a finite number"),
    "half a point": ("a,A,34,,345\n", "coordinates: expected both of lat and lon"),
    "no point": ("a,A,,,345\n", "coordinates: expected a point"),
    "null island": ("a,A,0,0,345\n", "coordinates: expected a blank where unknown"),
    "swapped": ("a,A,-86.15,40.65,345\n", "coordinates: expected latitude and longitude the"),
    "too high a voltage": ("a,A,34,-100,5000\n", "max_kv: expected 1 or more and 1200 or less"),
    "negative voltage": ("a,A,34,-100,-5\n", "max_kv: expected 1 or more"),
    "words for a voltage": ("a,A,34,-100,high\n", "max_kv: expected a finite number"),
    "the key of another row": ("good,A,34,-100,345\n", "substation_id: expected a value that oc"),
    "too few cells": ("a,A,34\n", "cells: expected as many as in the header"),
    "too many cells": ("a,A,34,-100,345,6\n", "cells: expected as many as in the header"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_row_is_refused_with_its_reason(bring, case):
    row, reason = REFUSED[case]
    outcome, kept, refused = bring(HEADER + "good,G,34,-100,345\n" + row)
    assert kept["substation_id"].to_list() == ["good"]
    assert refused["reason"].str.startswith(reason).to_list() == [True]
    assert refused["row"].to_list() == ["3"]
    assert refused["breaches"].str.startswith(reason).to_list() == [True]
    assert reason in outcome.err
    assert "All refused rows, with their reasons: " in outcome.err


def test_every_breach_of_a_row_is_in_the_list_of_refused_rows(bring):
    _, _, refused = bring(HEADER + GOOD + "=x,B,95,-100,5000\n")
    assert "latitude -90 to 90" in refused["breaches"][0]
    assert "max_kv: expected 1 or more" in refused["breaches"][0]
    assert "found '5000" in refused["breaches"][0]
    assert refused["id"][0] == "'=x"  # a spreadsheet would run it


def test_a_station_outside_its_state(bring):
    _, kept, refused = bring("id,lat,lon,state\na,34,-100,Texas\nb,34,-100,IN\nc,48,11,BY\n")
    assert kept["state"].to_list() == ["TX", "BY"]
    assert refused["reason"].to_list() == ["state: expected the state that the point lies in"]


def test_a_smaller_figure_that_includes_a_larger(bring):
    _, kept, refused = bring("id,lat,lon,max_kv,min_kv\na,34,-100,345,138\nb,34,-100,138,345\n")
    assert (kept["substation_id"].to_list(), len(refused)) == (["a"], 1)


def test_sentinels_and_words_for_unknown_are_unknown(bring):
    rows = "".join(f"{i},{word},34,-100,{word}\n" for i, word in enumerate(
        ["-999999", "NOT AVAILABLE", "UNKNOWN", "", "n/a", "NaN"]))  # fmt: skip
    _, kept, refused = bring(HEADER + "x,Real,34,-100,345\n" + rows)
    assert refused.empty
    assert kept["max_kv"].notna().sum() == 1
    assert kept["name"].notna().sum() == 1


def test_a_missing_key_is_made_from_the_content_and_stays(bring):
    text = "name,lat,lon,colour\nA,34,-100,red\nA,34,-100,blue\nA,34,-100,red\n"
    outcome, kept, refused = bring(text)
    assert refused["reason"].to_list() == ["substation_id: expected a value that occurs once"]
    assert "substation_id: made from the content in 3 rows" in outcome.err
    _, again, _ = bring("name,lat,lon,colour\nB,35,-100,red\nA,34,-100,blue\nA,34,-100,red\n")
    assert set(kept["substation_id"]) < set(again["substation_id"])


def test_rows_that_differ_in_their_place_alone_have_keys_of_their_own(bring, tmp_path):
    places = [shapely.Point(-100, 34), shapely.Point(-101, 34)]
    table = gpd.GeoDataFrame({"name": ["A", "A"]}, geometry=places, crs=4326)
    table.to_parquet(tmp_path / "s.parquet")
    _, kept, _ = bring(tmp_path / "s.parquet")
    assert kept["substation_id"].nunique() == 2


def test_a_number_for_a_key_is_a_whole_number(bring, tmp_path):
    table = pd.DataFrame({"id": [107655.0, None], "lat": [34.0, 34.0], "lon": [-100.0, -101.0]})
    table.to_parquet(tmp_path / "s.parquet")
    _, kept, _ = bring(tmp_path / "s.parquet")
    assert kept["substation_id"][0] == "107655"
    assert kept["substation_id"][1].startswith("row-")


def test_hifld_placeholders_are_no_names(bring):
    names = [
        "UNKNOWN107655",
        "TAP139917",
        "RISER 112233",
        "DEAD END 1234",
        "Tap Room",
        "Unknown Hill",
    ]
    rows = "".join(f"{i},{name},34,-100,345\n" for i, name in enumerate(names))
    _, kept, _ = bring(HEADER + rows)
    assert kept["name"].dropna().to_list() == ["Tap Room", "Unknown Hill"]


def test_of_two_kinds_of_places_one_is_used_and_the_other_named(bring):
    outcome, kept, _ = bring("id,lat,lon,wkt\na,34,-100,POINT (0 1)\n")
    assert kept["lat"].to_list() == [34]
    assert "Not used: 'wkt'" in outcome.err


def test_defaults_are_honest_and_said(bring):
    text = (
        "id,name,lat,lon,status,technology,capacity_mw\n"
        "p,P,34,-100,(OP) Operating,Natural Gas Fired Combined Cycle,500\n"
        "q,Q,34,-100,(P) Planned,Solar Photovoltaic,50\n"
    )
    outcome, kept, refused = bring(text, layer="gas_plants", name="mine.csv")
    row = kept.iloc[0]
    assert row[["source", "evidence", "confidence", "coord_precision"]].to_list() == [
        "mine.csv", "uncited", "low", "site",
    ]  # fmt: skip
    assert row[["status", "technology"]].to_list() == ["operating", "CC"]
    assert refused["reason"][0].startswith("technology: expected one of ['CC'")
    assert "evidence: 'uncited' in 2 rows, since the file says nothing" in outcome.err


def test_mining_sites_with_and_without_a_place(bring):
    text = "id,lat,lon,mw,status\na,34,-100,100,active\nb,,,50,planned\n"
    _, kept, refused = bring(text, layer="miner_sites")
    assert kept["site_id"].to_list() == ["a"]
    assert kept.loc[0, ["country", "status", "operator"]].to_list() == [
        "US", "operating", "not stated",
    ]  # fmt: skip
    assert refused["reason"].to_list() == ["country: expected a value"]
    _, kept, _ = bring(text.replace("mw", "state,mw").replace(",100,a", ",TX,100,a")
                       .replace("b,,,", "b,,,TX,"), layer="miner_sites")  # fmt: skip
    assert kept["site_id"].to_list() == ["a", "b"]
    assert kept.geometry.is_empty.to_list() == [False, True]


def test_words_that_cannot_be_ours_leave_a_blank_where_a_blank_may_be(bring, tmp_path):
    lines = [shapely.LineString([(-100, 34), (-101, 35)])] * 3
    words = ["Interstate", "INTRASTATE", "Offshore"]
    table = gpd.GeoDataFrame({"ID": [1, 2, 3], "TYPEPIPE": words}, geometry=lines, crs=4269)
    table.to_file(tmp_path / "p.gpkg")
    outcome, kept, _ = bring(tmp_path / "p.gpkg", layer="gas_pipelines")
    assert kept["kind"].to_list()[:2] == ["interstate", "intrastate"]
    assert pd.isna(kept["kind"][2])
    assert "kind: left blank in 1 rows, since 'Offshore' is none of" in outcome.err


def test_shapes_that_are_no_points(bring, tmp_path):
    ell = shapely.Polygon([(0, 10), (2, 10), (2, 10.1), (0.1, 10.1), (0.1, 12), (0, 12)])
    shapes = [
        ell, shapely.MultiPoint([(5, 5)]), shapely.MultiPoint([(5, 5), (6, 6)]),
        shapely.LineString([(5, 5), (6, 6)]), None, shapely.Point(),
    ]  # fmt: skip
    table = gpd.GeoDataFrame({"id": list("abcdef")}, geometry=shapes, crs=4326)
    table.to_parquet(tmp_path / "s.parquet")
    outcome, kept, refused = bring(tmp_path / "s.parquet")
    assert kept["substation_id"].to_list() == ["a", "b"]
    assert ell.contains(kept.geometry[0])
    assert not ell.contains(ell.centroid)
    assert "1 polygons are taken as a point inside each" in outcome.err
    assert refused["row"].to_list() == ["3", "4", "5", "6"]
    assert "found 'MultiPoint'" in refused["breaches"][0]


def test_shapes_that_are_no_lines(bring, tmp_path):
    line = shapely.LineString([(-100, 34), (-101, 35)])
    shapes = [line, shapely.MultiLineString([line]), shapely.Point(-100, 34), None,
              shapely.GeometryCollection([line])]  # fmt: skip
    table = gpd.GeoDataFrame({"id": list("abcde")}, geometry=shapes, crs=4326)
    table.to_parquet(tmp_path / "s.parquet")
    _, kept, refused = bring(tmp_path / "s.parquet", layer="gas_pipelines")
    assert kept["pipeline_id"].to_list() == ["a", "b"]
    assert refused["row"].to_list() == ["3", "4", "5"]


def test_lines_as_text(bring):
    text = 'id;wkt\na;"LINESTRING (-100 34, -101 35)"\nb;SRID=4326;\nc;banana\n'
    _, kept, refused = bring(text.replace("b;SRID=4326;\n", ""), layer="gas_pipelines")
    assert kept.geometry[0] == shapely.LineString([(-100, 34), (-101, 35)])
    assert refused["reason"].to_list() == ["geometry: expected WKT or WKB"]


def test_places_as_wkb_in_a_plain_table(bring, tmp_path):
    table = pd.DataFrame({"id": ["a", "b"], "geometry": [shapely.Point(-100, 34).wkb, b"junk"]})
    table.to_parquet(tmp_path / "s.parquet")
    _, kept, refused = bring(tmp_path / "s.parquet")
    assert kept[["lat", "lon"]].to_numpy().tolist() == [[34, -100]]
    assert refused["reason"].to_list() == ["geometry: expected WKT or WKB"]


def test_a_store_that_is_broken_is_told_of(bring, rewatt, store, tmp_path):
    bring(HEADER + GOOD)
    (store.source_folder("import_substations") / "current").write_text("{")
    outcome = rewatt("import", "substations", tmp_path / "stations.csv", "--data", store.folder)
    assert outcome.status == 1
    assert "rewatt data verify" in outcome.err


def test_a_crs_in_the_text_and_one_on_the_command_line(bring):
    """-11138282.99, 4077957.87 is -100.0569, 34.3833 by the formulas of EPSG method 1024."""
    x, y = -100.0569 * 20037508.342789244 / 180, 6378137 * np.arctanh(np.sin(np.radians(34.3833)))
    _, kept, _ = bring(f'id,geom\na,"SRID=3857;POINT ({x} {y})"\n')
    assert (kept["lat"][0], kept["lon"][0]) == pytest.approx((34.3833, -100.0569), abs=1e-9)
    outcome, *_ = bring(f"id,x,y\na,{x},{y}\n")
    assert outcome.status == 1
    assert "metres? give --crs" in outcome.err
    _, kept, _ = bring(f"id,x,y\na,{x},{y}\n", "--crs", "EPSG:3857")
    assert (kept["lat"][0], kept["lon"][0]) == pytest.approx((34.3833, -100.0569), abs=1e-9)


def test_a_shapefile_that_does_not_say_its_crs(bring, tmp_path):
    points = gpd.points_from_xy([-100.0569], [34.3833], crs=4326)
    gpd.GeoDataFrame({"id": ["a"]}, geometry=points).to_crs(3857).to_file(tmp_path / "s.shp")
    outcome, *_ = bring(tmp_path / "s.shp", "--crs", "EPSG:4326")
    assert "says that its CRS is EPSG:3857, found --crs EPSG:4326" in outcome.err
    (tmp_path / "s.prj").unlink()
    outcome, *_ = bring(tmp_path / "s.shp")
    assert outcome.status == 2
    assert "does not say which coordinate reference system" in outcome.err
    assert "--crs EPSG:xxxx" in outcome.err
    outcome, *_ = bring(tmp_path / "s.shp", "--crs", "EPSG:banana")
    assert (outcome.status, "EPSG:banana is no coordinate" in outcome.err) == (2, True)
    _, kept, _ = bring(tmp_path / "s.shp", "--crs", "EPSG:3857")
    assert kept["lat"][0] == pytest.approx(34.3833, abs=1e-7)


VOLTAGES = {
    "345": (345, None), "138 kV": (138, None), "345;138": (345, 138), "345/138;69": (345, 69),
    "n/a;138": (138, None), "138;138": (138, None), "": (None, None),
}  # fmt: skip


def test_voltages_in_one_cell_in_kilovolts_and_in_volts(bring):
    rows = "".join(f'{i},34,-100,"{tag}"\n' for i, tag in enumerate(VOLTAGES))
    _, kept, _ = bring("id,lat,lon,voltage\n" + rows)
    shown = [tuple(None if np.isnan(one) else one for one in row)
             for row in kept[["max_kv", "min_kv"]].to_numpy(float)]  # fmt: skip
    assert shown == list(VOLTAGES.values())
    tags = ["345000", "138000;69000", "0", *["230000"] * 10, "100"]
    rows = "".join(f"{i},34,-100,{tag}\n" for i, tag in enumerate(tags))
    outcome, kept, refused = bring("id,lat,lon,voltage\n" + rows)
    assert kept["max_kv"].to_list()[:2] == [345, 138]
    assert np.isnan(kept["max_kv"][2])
    assert refused["row"].to_list() == ["15"]
    assert "taken as volts and divided by 1,000" in outcome.err


def test_importing_again_replaces_and_keeps_the_one_before(bring, store):
    bring(HEADER + GOOD)
    first = store.ids("import_substations")[0]
    bring(HEADER + "b,B,35,-100,138\n")
    assert store.ids("import_substations")[1] == first
    assert store.version("import_substations").table("substations")["substation_id"].to_list() == [
        "b"
    ]
    assert "a" not in set(
        load_layers(("substations",), store)["substations"].table["substation_id"]
    )


def test_the_bytes_that_came_are_kept(bring, store, tmp_path):
    bring(HEADER + GOOD)
    version = store.version("import_substations")
    digest = hashlib.sha256((HEADER + GOOD).encode()).hexdigest()
    assert version.manifest.files["raw/stations.csv"] == digest
    assert version.manifest.urls == (str(tmp_path / "stations.csv"),)


WRONG = {
    "a layer that is none": (["substation", "s.csv"], "Did you mean substations?"),
    "a file that is not there": (["substations", "no.csv"], "does not exist"),
    "an address": (["substations", "https://127.0.0.1:9/s.csv"], "is not a local file"),
    "a column that is none": (["substations", "s.csv", "--map", "id=nmae"], "did you mean 'name'"),
    "no places": (["substations", "none.csv"], "no places: expected a geometry"),
    "no status": (["gas_plants", "s.csv"], "no column for status"),
    "another format": (["substations", "s.gpkg"], "it holds something else, expected an SQLite"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_request_changes_nothing(bring, rewatt, store, tmp_path, monkeypatch, case):
    bring(HEADER + GOOD)
    before = fingerprint(store)
    monkeypatch.chdir(tmp_path)
    for name in ("s.csv", "s.gpkg"):
        (tmp_path / name).write_text(HEADER + "b,B,35,-100,138\n")
    (tmp_path / "none.csv").write_text("id,name\nb,B\n")
    arguments, words = WRONG[case]
    outcome = rewatt("import", *arguments, "--data", store.folder)
    assert outcome.status == 2, outcome
    assert words in outcome.err
    assert fingerprint(store) == before


@pytest.mark.parametrize("rows", ["b,B,95,-100,138\n", ""])
def test_nothing_that_can_be_kept_changes_nothing(bring, store, rows):
    bring(HEADER + GOOD)
    before = fingerprint(store)
    outcome, *_ = bring(HEADER + rows)
    assert outcome.status == 1
    assert "No row can be kept, so nothing was stored" in outcome.err
    assert fingerprint(store) == before


def test_the_mapping_is_shown_before_anything_is_stored(bring):
    outcome, *_ = bring(
        "Sub ID,Station,Latitude,Longitude,Voltage (V),Colour\na,A,34,-100,138000,r\n"
    )
    lines = [line.split() for line in outcome.out.splitlines()]
    assert ["Sub", "ID", "substation_id", "known", "name", "a"] in lines
    assert [
        "Voltage",
        "(V)",
        "max_kv",
        "unit",
        "in",
        "the",
        "name,",
        "x",
        "0.001",
        "138000",
    ] in lines
    assert "Not used: 'Colour'" in outcome.err


class Terminal(StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("answer", "status"), [("n\n", 1), ("y\n", 0), ("\n", 0)])
def test_on_a_terminal_it_asks(bring, store, monkeypatch, answer, status):
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    outcome, *_ = bring(HEADER + GOOD)
    assert outcome.status == status
    assert "Import it so?" in outcome.err
    assert (store.version("import_substations") is not None) == (status == 0)


def test_on_a_terminal_it_does_not_ask_when_told_yes(bring, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    outcome, *_ = bring(HEADER + GOOD, "--yes")
    assert (outcome.status, "Import it so?" in outcome.err) == (0, False)


def test_every_layer_of_points_or_lines_takes_its_own_table_back(bring, tmp_path):
    """What an embedded table holds is kept whole, cell by cell."""
    for key, layer in load_layers(store=Store.embedded()).items():
        if layer.layer.geometry not in {"point", "line"}:
            continue
        table = layer.table
        path = tmp_path / f"{key}.parquet"
        table.to_parquet(path)
        _, kept, refused = bring(path, layer=key)
        assert refused.empty, (key, refused.head())
        for column in layer.layer.columns:
            ours, theirs = kept[column.name], table[column.name]
            same = (ours == theirs) | (ours.isna() & theirs.isna())
            assert same.all(), (key, column.name)


def test_a_manifest_says_what_was_assumed(bring, store):
    bring("id,lat,lon,voltage,colour\na,34,-100,138000,red\n")
    notes = json.dumps(store.version("import_substations").manifest.notes)
    assert "taken as volts" in notes
    assert "Not used: 'colour'" in notes


def test_a_line_with_circuits_of_several_voltages_is_of_the_highest_class(bring):
    """As OpenStreetMap tags lines: a voltage per circuit, in volts."""
    tags = ["138000;138000", "345000", "138000;345000", "115000;n/a", "345000;x"]
    wkt = '"LINESTRING (-100 34, -101 35)"'
    rows = "".join(f"{i},{tag},{wkt}\n" for i, tag in enumerate(tags))
    outcome, kept, _ = bring("id,voltage,wkt\n" + rows, layer="transmission_lines")
    assert kept["kv_class"][:4].tolist() == [138, 345, 345, 138]
    assert np.isnan(kept["kv_class"].iloc[4])
    assert "kv_class: left blank in 1 rows, since '345000;x'" in outcome.err
