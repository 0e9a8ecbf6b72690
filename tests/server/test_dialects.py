"""The other dialects, each held against the client that its real service is read with."""

from __future__ import annotations

import io
import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from . import EMBEDDED, ranges

NEAR_CHILDRESS = shapely.box(-100.9, 33.9, -99.5, 34.9)
TILE = "Copernicus_DSM_COG_10_N34_00_W101_00_DEM"
REPO = Path(__file__).parents[2]


@pytest.fixture
def osmnx(web, monkeypatch):
    """Give osmnx pointed at the server, its global settings put back afterwards."""
    import osmnx

    monkeypatch.setattr(osmnx.settings, "overpass_url", web.endpoint("osm_power"))
    monkeypatch.setattr(osmnx.settings, "use_cache", False)
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)
    return osmnx


def interpreted(web, query):
    return httpx.post(web.endpoint("osm_power") + "/interpreter", data={"data": query})


def test_osmnx_finds_the_stations_with_their_shapes(osmnx):
    found = osmnx.features_from_polygon(NEAR_CHILDRESS, {"power": "substation"})
    found = found.groupby(level=[0, 1]).first()
    shapes = dict(zip(found["name"], found["geometry"].map(lambda one: one.geom_type), strict=True))
    assert len(shapes) == 9
    assert shapes["Synthetic Childress City"] == "Point"
    assert shapes["Synthetic Tesla"] == "Polygon"
    assert shapes["Synthetic West"] == "MultiPolygon"
    west = found.set_index("name").loc["Synthetic West"]
    assert west["voltage"] == "138000;69000"
    assert len(west["geometry"].geoms[0].interiors) + len(west["geometry"].geoms[1].interiors) == 1


def test_osmnx_finds_lines_by_tag_and_nothing_outside_the_polygon(osmnx):
    tags = {"power": ["line", "cable"]}
    around_wind = shapely.box(-100.18, 34.29, -100.14, 34.33)
    found = osmnx.features_from_polygon(around_wind, tags)
    assert sorted(found["voltage"]) == ["34500", "345000"]
    assert found.set_index("voltage").loc["34500", "location"] == "underground"


def test_osmnx_waits_as_the_status_page_says(osmnx, web, monkeypatch):
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    web.misbehave("/api/status", "no_slots", seconds=7)
    osmnx.features_from_polygon(shapely.box(-100.3, 34.3, -100, 34.5), {"power": "plant"})
    assert len(pauses) == 1
    assert 5 <= pauses[0] <= 7


def test_real_data_centres_come_with_ids_and_centres_as_they_were(web, test_data):
    query = "[out:json];nwr[telecom=data_center](25.5,-107,36.6,-93);out center;"
    got = {(one["type"], one["id"]): one for one in interpreted(web, query).json()["elements"]}
    real = json.loads((test_data / "osm_samples/overpass_osm_us_tx.json").read_text())["elements"]
    real = [one for one in real if one["tags"].get("telecom") == "data_center"]
    assert len(real) > 100
    for one in real:
        mine = got[one["type"], one["id"]]
        assert mine["tags"] == one["tags"]
        spots = [each.get("center", each) for each in (mine, one)]
        assert spots[0]["lat"] == pytest.approx(spots[1]["lat"], abs=2e-7)
        assert spots[0]["lon"] == pytest.approx(spots[1]["lon"], abs=2e-7)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ("['voltage'~'^345000']", {"Synthetic Tesla", "Synthetic Wind"}),
        ("[voltage='medium']", {"Synthetic Distribution"}),
        ("[!voltage]", {"Synthetic Tap", "Synthetic Unlabelled"}),
        ("[voltage>9]", None),
    ],
)
def test_filters_mean_what_overpass_means(web, filters, names):
    query = f"[out:json][bbox:33.9,-100.9,34.9,-99.5];nwr['power'='substation']{filters};out;"
    reply = interpreted(web, query)
    if names is None:
        assert reply.status_code == 400
        assert "parse error" in reply.text
    else:
        assert {one["tags"]["name"] for one in reply.json()["elements"]} == names


@pytest.mark.parametrize(
    "area", ["34.29,-100.2,34.33,-100.14", "poly:'34.29 -100.2 34.29 -100.14 34.33 -100.14'"]
)
def test_an_area_keeps_what_lies_in_it_or_crosses_it(web, area):
    query = f"[out:json];way[power~'line|cable|substation']({area});out;"
    got = [one["tags"] for one in interpreted(web, query).json()["elements"]]
    assert {one.get("name") for one in got} == {"Synthetic Wind", None}
    assert {one["power"] for one in got} == {"line", "cable", "substation"}


def test_a_query_that_ran_out_of_time_says_so_and_is_short(web):
    query = "[out:json];node[power](33.9,-100.9,34.9,-99.5);out;"
    whole = interpreted(web, query).json()
    web.misbehave("/api/interpreter", "remark")
    cut = interpreted(web, query).json()
    assert "timed out" in cut["remark"]
    assert "remark" not in whole
    assert len(cut["elements"]) < len(whole["elements"])


def test_rasterio_reads_a_tile_by_ranges_and_finds_the_known_slope(web):
    import rasterio

    url = f"{web.endpoint('terrain')}/{TILE}/{TILE}.tif"
    with (
        rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"),
        rasterio.open(f"/vsicurl/{url}") as tile,
    ):
        column = tile.read(1, window=((590, 611), (100, 101)))[:, 0].astype(float)
        lats = [tile.xy(row, 100)[1] for row in range(590, 611)]
        assert tile.tags()["TIFFTAG_IMAGEDESCRIPTION"] == "synthetic tile"
        assert tile.bounds.left == pytest.approx(-101 - 1 / 2400)
        assert tile.overviews(1)
    still = np.full(20, -100.9)
    _, _, along_m = Geod(ellps="WGS84").inv(still, lats[1:], still, lats[:-1])
    slopes = 100 * -np.diff(column) / along_m
    assert slopes == pytest.approx(2.0, abs=0.01)
    assert ranges.slope_percent(34.5, -100.9) == 2.0
    assert all("range" in one.headers for one in web.asked(TILE) if one.method == "GET")


@pytest.mark.parametrize(
    ("asked", "status", "length", "range_"),
    [
        ("bytes=0-9", 206, 10, "bytes 0-9/"),
        ("bytes=-4", 206, 4, None),
        ("bytes=999999999-", 416, 0, "bytes */"),
        (None, 200, None, None),
    ],
)
def test_ranges_are_answered_as_http_says(web, asked, status, length, range_):
    url = f"{web.endpoint('terrain')}/{TILE}/{TILE}.tif"
    head = httpx.head(url)
    size = int(head.headers["Content-Length"])
    assert head.headers["Accept-Ranges"] == "bytes"
    reply = httpx.get(url, headers={"Range": asked} if asked else {})
    assert reply.status_code == status
    assert len(reply.content) == (size if length is None else length)
    assert reply.headers["ETag"] == head.headers["ETag"]
    if range_:
        assert reply.headers["Content-Range"] == f"{range_}{size}"


def test_a_range_of_another_version_gives_the_whole_file(web):
    url = f"{web.endpoint('terrain')}/{TILE}/{TILE}.tif"
    reply = httpx.get(url, headers={"Range": "bytes=0-9", "If-Range": '"old"'})
    assert reply.status_code == 200


def test_there_is_no_tile_at_sea(web):
    name = TILE.replace("N34_00_W101", "N25_00_W140")
    reply = httpx.get(f"{web.endpoint('terrain')}/{name}/{name}.tif")
    assert reply.status_code == 404
    assert "NoSuchKey" in reply.text


def test_pandas_reads_the_workbook_and_every_gas_plant_has_its_megawatts(web):
    url = web.endpoint("eia_860m").format(month="september", YYYY=2026)
    content = io.BytesIO(httpx.get(url).content)
    book = pd.read_excel(content, sheet_name=None, header=2, engine="openpyxl")
    assert {"Operating", "Planned", "Retired", "Canceled or Postponed"} <= set(book)
    assert all(re.match("NOTES", str(sheet["Entity ID"].iloc[-1])) for sheet in book.values())
    units = pd.concat(book.values())
    mw = pd.to_numeric(units["Nameplate Capacity (MW)"], errors="coerce")
    by_plant = mw.groupby(units["Plant ID"]).sum()
    plants = pd.read_csv(EMBEDDED / "gas_plants.csv").dropna(subset=["eia_plant_code"])
    expected = plants.groupby("eia_plant_code")["capacity_mw"].sum()
    assert len(expected) > 50
    assert by_plant.loc[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.11)
    assert not units.dropna(subset="Plant ID").duplicated(["Plant ID", "Generator ID"]).any()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("xls/october_generator2026.xlsx", 404),
        ("xls/july_generator2026.xlsx", 200),
        ("xls/june_generator2026.xlsx", 404),
        ("archive/xls/june_generator2026.xlsx", 200),
        ("archive/xls/july_generator2026.xlsx", 404),
        ("archive/xls/december_generator2019.xlsx", 404),
    ],
)
def test_months_stand_where_eia_puts_them(web, path, status):
    assert httpx.get(f"{web.url}/electricity/data/eia860m/{path}").status_code == status


def test_facilities_are_filtered_by_country_and_some_have_no_place(web):
    url = web.endpoint("peeringdb")
    everywhere = httpx.get(url).json()["data"]
    american = httpx.get(url, params={"country": "US"}).json()["data"]
    assert {one["country"] for one in american} == {"US"}
    assert {one["country"] for one in everywhere} == {"US", "CA"}
    assert any(one["latitude"] is None for one in american)


def test_it_runs_in_a_process_of_its_own():
    command = [sys.executable, "-m", "tests.server", "--limit", "5"]
    with subprocess.Popen(command, cwd=REPO, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        reply = httpx.get(f"{url}/api/fac", params={"country": "CA"})
        process.terminate()
    assert len(reply.json()["data"]) == 1
