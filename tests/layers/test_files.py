"""Files in every format that is read, and files that are not what they claim to be."""

from __future__ import annotations

import gzip
import json
import shutil
import zipfile

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from layers._archive import FileError
from layers._files import local_file, read_file

POINTS = [shapely.Point(-100.0569, 34.3833), shapely.Point(-86.15, 40.65)]
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACE = "<Placemark><name>{}</name><Point><coordinates>-100,34</coordinates></Point></Placemark>"


@pytest.fixture
def stations():
    return gpd.GeoDataFrame({"ID": [7, 8], "NAME": ["Tesla", "Grissom"]}, geometry=POINTS, crs=4326)


def write(table, path):
    if path.suffix in {".parquet", ".geoparquet"}:
        table.to_parquet(path)
    else:
        table.to_file(path, driver={".fgb": "FlatGeobuf", ".kml": "LIBKML"}.get(path.suffix))
    return path


def zipped(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.write(member, member.name)
    return path


SPATIAL = ("geojson", "json", "gpkg", "parquet", "geoparquet", "shp", "fgb")


@pytest.mark.parametrize("suffix", SPATIAL)
def test_a_format_gives_its_places_and_its_cells(tmp_path, stations, suffix):
    path = tmp_path / f"s.{suffix}"
    if suffix == "json":
        shutil.copy(write(stations, tmp_path / "s.geojson"), path)
    else:
        write(stations, path)
    found = read_file(local_file(str(path)))
    assert found.crs == 4326
    # a FlatGeobuf puts its rows in the order of its index
    assert dict(zip(found.cells["NAME"], found.shapes, strict=True)) == {
        "Tesla": POINTS[0],
        "Grissom": POINTS[1],
    }
    assert found.cells.index.to_list() == [1, 2]
    assert found.rows_in == 2


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "fgb", "parquet"])
def test_the_crs_of_a_file_is_kept(tmp_path, stations, suffix):
    assert read_file(write(stations.to_crs(3857), tmp_path / f"s.{suffix}")).crs == 3857


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "fgb", "parquet", "csv"])
def test_a_zip_of_one_file_is_that_file(tmp_path, stations, suffix):
    inner = tmp_path / f"s.{suffix}"
    if suffix == "csv":
        inner.write_text("ID,NAME\n7,Tesla\n8,Grissom\n")
    else:
        write(stations, inner)
    found = read_file(zipped(tmp_path / "s.zip", inner))
    assert sorted(found.cells["NAME"]) == ["Grissom", "Tesla"]
    assert found.parts == (tmp_path / "s.zip",)


def test_a_zipped_shapefile_with_the_usual_company(tmp_path, stations):
    write(stations.to_crs(3857), tmp_path / "s.shp")
    (tmp_path / "readme.txt").write_text("a, b")
    (tmp_path / "s.shp.xml").write_text("<metadata/>")
    path = zipped(tmp_path / "s.zip", *sorted(tmp_path.glob("*")))
    found = read_file(path)
    assert (found.crs, len(found.cells)) == (3857, 2)


def test_the_parts_of_a_shapefile_are_all_named(tmp_path, stations):
    path = write(stations, tmp_path / "s.shp")
    (tmp_path / "s2.dbf").write_bytes(b"another one's")
    names = [one.name for one in read_file(path).parts]
    assert names == ["s.cpg", "s.dbf", "s.prj", "s.shp", "s.shx"]


def test_one_of_several_files_in_a_zip_is_asked_for(tmp_path, stations):
    for name in ("one", "two"):
        write(stations.head(1 if name == "one" else 2), tmp_path / f"{name}.geojson")
    path = zipped(tmp_path / "s.zip", *sorted(tmp_path.glob("*.geojson")))
    with pytest.raises(FileError, match=r"holds \['one', 'two'\], expected one: .*--layer NAME"):
        read_file(path)
    assert read_file(path, "one").rows_in == 1


def test_one_of_several_layers_of_a_geopackage_is_asked_for(tmp_path, stations):
    path = tmp_path / "s.gpkg"
    stations.to_file(path, layer="one")
    stations.head(1).to_file(path, layer="two")
    with pytest.raises(FileError, match=r"layers \['one', 'two'\], expected one: .*--layer NAME"):
        read_file(path)
    assert read_file(path, "two").rows_in == 1
    with pytest.raises(FileError, match=r"no layer 'three', expected one of \['one', 'two'\]"):
        read_file(path, "three")


def test_a_table_of_styles_is_no_second_layer(tmp_path, stations):
    import pyogrio

    path = tmp_path / "s.gpkg"
    stations.to_file(path, layer="stations")
    pyogrio.write_dataframe(pd.DataFrame({"style": ["x"]}), path, layer="layer_styles")
    assert read_file(path).rows_in == 2


def test_a_geopackage_without_places_is_a_plain_table(tmp_path):
    import pyogrio

    path = tmp_path / "s.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"lat": [34.0], "lon": [-100.0]}), path, layer="t")
    found = read_file(path)
    assert (found.shapes, found.cells["lat"].to_list()) == (None, [34.0])


def test_the_folders_of_a_kml_are_one_table(tmp_path):
    folders = "".join(
        f"<Folder><name>{name}</name>{PLACE.format(name)}</Folder>" for name in ("a", "b")
    )
    path = tmp_path / "s.kml"
    path.write_text(KML.format(folders))
    found = read_file(path)
    assert (found.rows_in, found.crs) == (2, 4326)
    assert read_file(path, "b").cells["Name"].to_list() == ["b"]


def test_a_kmz_is_its_document(tmp_path):
    (tmp_path / "doc.kml").write_text(KML.format(PLACE.format("Tesla")))
    (tmp_path / "a.kml").write_text(KML.format(PLACE.format("other")))
    (tmp_path / "icon.png").write_bytes(b"\x89PNG")
    path = zipped(tmp_path / "s.kmz", *sorted(tmp_path.glob("*")))
    assert read_file(path).cells["Name"].to_list() == ["Tesla"]


def test_a_kmz_that_holds_another_format_is_refused(tmp_path, stations):
    stations.to_file(tmp_path / "s.shp")
    path = zipped(tmp_path / "s.kmz", *sorted(tmp_path.glob("s.*")))
    with pytest.raises(FileError, match=r"holds no file that can be read, expected one of \.kml"):
        read_file(path)


def test_what_macos_puts_into_an_archive_is_passed_over(tmp_path, stations):
    stations.to_file(tmp_path / "s.shp")
    path = zipped(tmp_path / "s.zip", *sorted(tmp_path.glob("s.*")))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/._s.shp", b"\x00\x05\x16\x07")
        archive.writestr("__MACOSX/._s.dbf", b"\x00\x05\x16\x07")
    assert read_file(path).cells["NAME"].to_list() == ["Tesla", "Grissom"]


TEXTS = {
    "commas": "ID,NAME\n7,Tesla\n8,Grissom\n",
    "semicolons": "ID;NAME\n7;Tesla\n8;Grissom\n",
    "tabs": "ID\tNAME\n7\tTesla\n8\tGrissom\n",
    "hashes": "ID#NAME\n7#Tesla\n8#Grissom\n",
    "a byte-order mark": "\ufeffID,NAME\n7,Tesla\n8,Grissom\n",
    "a stated separator": "sep=|\nID|NAME\n7|Tesla\n8|Grissom\n",
}


@pytest.mark.parametrize("case", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_texts(tmp_path, case, encoding):
    path = tmp_path / "s.csv"
    path.write_bytes(TEXTS[case].encode(encoding))
    found = read_file(path)
    assert found.cells["NAME"].to_list() == ["Tesla", "Grissom"]
    assert (found.shapes, found.crs) == (None, None)


def test_rows_that_do_not_fit_the_header_are_counted(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("a,b\n1,2\n\n3\n4,5,6\n7,8,\n")
    found = read_file(path)
    assert found.cells.index.to_list() == [2, 6]
    assert found.broken["row"].to_list() == [4, 5]
    assert found.rows_in == 4


def test_a_long_line_in_one_cell(tmp_path):
    line = shapely.LineString([(-100 - i / 1e6, 34 + i / 1e6) for i in range(8000)])
    path = tmp_path / "s.csv"
    path.write_text(f'id,wkt\na,"{line.wkt}"\n')
    assert len(path.read_text()) > 131_072
    assert shapely.from_wkt(read_file(path).cells["wkt"].iloc[0]) == line


FORMATS = ("s.csv", "s.geojson", "s.gpkg", "s.parquet", "s.shp", "s.fgb", "s.kml", "s.kmz")


@pytest.mark.parametrize("claimed", FORMATS)
@pytest.mark.parametrize("held", [*FORMATS, "s.gz", "s.html"])
def test_a_file_that_claims_one_format_and_holds_another(tmp_path, stations, claimed, held):
    """Every pair of formats; the formats themselves are told apart by their first bytes."""
    if claimed == held:
        return
    real = tmp_path / "real" / held
    real.parent.mkdir()
    if held == "s.csv":
        real.write_text("ID,lat,lon\n7,34,-100\n")
    elif held == "s.gz":
        real.write_bytes(gzip.compress(b"ID,lat,lon\n7,34,-100\n"))
    elif held == "s.html":
        real.write_text("<!DOCTYPE html><html><body>Sign in</body></html>")
    elif held in {"s.kml", "s.kmz"}:
        kml = tmp_path / "real" / "s.kml"
        kml.write_text(KML.format(PLACE.format("x")))
        if held == "s.kmz":
            zipped(real, kml)
    else:
        write(stations, real)
    path = tmp_path / claimed
    shutil.copy(real, path)
    words = "cannot be read as|declares a document type|is not a zip|holds binary"
    with pytest.raises(FileError, match=words):
        read_file(path)


def test_the_words_name_both_formats(tmp_path):
    path = tmp_path / "s.csv"
    path.write_bytes(b"SQLite format 3\x00" + b"\x00" * 100)
    with pytest.raises(FileError, match="cannot be read as csv: it holds an SQLite database, exp"):
        read_file(path)


REMOTE = (
    "/vsicurl/http://127.0.0.1:9/x.geojson", "http://127.0.0.1:9/x.geojson", "s3://b/x.parquet",
    "zip+https://127.0.0.1:9/a.zip!x.shp", "/vsizip/a.zip/x.shp", "\\vsimem\\x.gpkg",
    "file:///etc/passwd.csv",
)  # fmt: skip


@pytest.mark.parametrize("text", REMOTE)
def test_what_is_not_a_local_file_is_refused(text):
    with pytest.raises(FileError, match="is not a local file: download it first"):
        local_file(text)


@pytest.mark.parametrize(
    ("name", "words"),
    [(".", "is a folder"), ("no.csv", "does not exist"), ("s.xlsx", r"has the suffix '.xlsx'")],
)
def test_a_path_that_cannot_be_read(tmp_path, monkeypatch, name, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(FileError, match=words):
        local_file(name)


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE kml SYSTEM "file:///etc/passwd">',
        "<!-- <kml> --><!DOCTYPE kml [\n]>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_kml_with_entities_is_refused(tmp_path, prolog, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + prolog + KML.format("&b;")
    for name in ("s.kml", "doc.kml"):
        (tmp_path / name).write_bytes(text.encode(encoding))
    words = "declares a document type or entities|it holds something else"
    with pytest.raises(FileError, match=words):
        read_file(tmp_path / "s.kml")
    with pytest.raises(FileError, match=words):
        read_file(zipped(tmp_path / "s.kmz", tmp_path / "doc.kml"))


def test_a_kml_whose_text_speaks_of_document_types_is_read(tmp_path):
    path = tmp_path / "s.kml"
    text = PLACE.format("a").replace(
        "<Point>", "<description><![CDATA[<!DOCTYPE html><b>x</b>]]></description><Point>"
    )
    path.write_text(KML.format(text))
    assert read_file(path).rows_in == 1


def test_json_that_gives_orders_is_not_obeyed(tmp_path):
    """GDAL 3.11 and later run the command line that a GDALG file holds, if its driver is asked."""
    inner = tmp_path / "inner.geojson"
    gpd.GeoDataFrame({"a": [1]}, geometry=POINTS[:1], crs=4326).to_file(inner)
    order = {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {inner}"}
    path = tmp_path / "s.gdalg.json"
    path.write_text(json.dumps(order))
    with pytest.raises(FileError, match="cannot be read as json"):
        read_file(path)


@pytest.mark.parametrize("call", ["OGR_Geocode('x')", "gdal_get_layer_pixel_value('f', 1)"])
def test_a_database_that_gives_orders_is_not_obeyed(tmp_path, stations, call):
    import sqlite3

    path = tmp_path / "s.gpkg"
    stations.to_file(path, layer="stations")
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE VIEW asks AS SELECT fid, geom, {call} AS name FROM stations")  # noqa: S608
    database.close()
    with pytest.raises(FileError, match=r"runs views or GDAL functions in \['asks'\]"):
        read_file(path)


def test_a_view_that_never_ends_is_not_run(tmp_path, stations):
    import sqlite3

    path = tmp_path / "s.gpkg"
    stations.to_file(path, layer="stations")
    endless = "WITH RECURSIVE n(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM n)"
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE VIEW on_and_on AS {endless} SELECT fid, NULL AS geom FROM n")  # noqa: S608 - our own words
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
            " VALUES ('on_and_on', 'features', 'on_and_on')"
        )
    database.close()
    with pytest.raises(FileError, match=r"runs views or GDAL functions in \['on_and_on'\]"):
        read_file(path)


def test_a_text_of_very_many_columns(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text(",".join(f"c{i}" for i in range(100_000)) + "\n" + "1," * 99_999 + "1\n")
    with pytest.raises(FileError, match="has 100,000 columns, expected 2,000 at most"):
        read_file(path)


def test_a_text_of_too_many_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("layers._text.MAX_ROWS", 3)
    path = tmp_path / "s.csv"
    path.write_text("a\n1\n2\n3\n")
    assert read_file(path).rows_in == 3
    path.write_text("a\n1\n2\n3\n4\n")
    with pytest.raises(FileError, match="has more than 3 rows"):
        read_file(path)


def test_a_shapefile_without_its_index(tmp_path, stations):
    path = write(stations, tmp_path / "s.shp")
    (tmp_path / "s.shx").unlink()
    with pytest.raises(FileError, match=r"s\.shx is not beside it, expected the whole shapefile"):
        read_file(path)


def test_a_small_parquet_of_very_many_rows(tmp_path):
    path = tmp_path / "s.parquet"
    nothing = pa.table({"a": pa.nulls(5_000_001, pa.int8())})
    pq.write_table(nothing, path)
    assert path.stat().st_size < 100_000
    with pytest.raises(FileError, match="unpacks to 5,000,001 rows"):
        read_file(path)


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet", "fgb", "shp", "kml"])
def test_a_file_cut_short(tmp_path, stations, suffix):
    path = tmp_path / f"s.{suffix}"
    if suffix == "kml":
        path.write_text(KML.format(PLACE.format("a")))
    else:
        write(stations, path)
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 2])
    with pytest.raises(FileError, match="cannot be read as"):
        read_file(path)


def test_an_empty_file_and_one_that_is_too_large(tmp_path):
    path = tmp_path / "s.csv"
    path.touch()
    with pytest.raises(FileError, match="is empty"):
        read_file(path)
    with path.open("wb") as file:
        file.truncate(1_100_000_000)
    with pytest.raises(FileError, match="has 1,100 MB, expected at most 1,000"):
        read_file(path)


def test_a_heading_twice(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("a,a\n1,2\n")
    with pytest.raises(FileError, match=r"names \['a'\] more than once"):
        read_file(path)


def test_a_zip_of_nothing_that_can_be_read(tmp_path):
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    wanted = r"can be read, expected one of \.shp, \.gpkg, .*\.csv, \.tsv\.$"
    with pytest.raises(FileError, match=wanted):
        read_file(zipped(tmp_path / "s.zip", tmp_path / "photo.png"))
