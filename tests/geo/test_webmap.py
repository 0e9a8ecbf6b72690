"""The map, in a real browser with the network off."""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import expect

from geo.mapdata import map_data
from geo.maplegend import KV_CLASSES, colour
from geo.regions import REGIONS


@pytest.fixture
def opened(chromium, rewatt, tmp_path):
    """Draw a map and open it; give the page, its console errors and its requests."""
    contexts = []

    def run(*options, offline=True):
        out = tmp_path / "map.html"
        outcome = rewatt("map", "--out", out, *options)
        assert outcome.status == 0, outcome
        context = chromium.new_context(offline=offline, viewport={"width": 1280, "height": 800})
        contexts.append(context)
        page = context.new_page()
        page.errors, page.asked = [], []
        page.on(
            "console", lambda one: page.errors.append(one.text) if one.type == "error" else None
        )
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(out.as_uri())
        page.wait_for_selector(".leaflet-control-layers-overlays label")
        return page

    yield run
    for context in contexts:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("region", REGIONS)
def test_opens_offline_without_an_error_or_a_request(opened, region):
    page = opened("--region", region)
    page.wait_for_timeout(300)
    assert page.errors == []
    assert len(page.asked) == 1
    titles = page.locator(".leaflet-control-layers-overlays label").all_inner_texts()
    names = " ".join(titles)
    for wanted in (
        "Sites",
        "Campuses",
        "POI tie-lines",
        "Gas plants by MW",
        "Substations",
        "Lines",
    ):
        if not (wanted == "POI tie-lines" and region == "northern_indiana" and wanted not in names):
            assert wanted in names
    assert page.locator(".leaflet-control-scale-line").count() == 2
    assert page.locator(".rw-legend summary").inner_text().startswith("200 MW, balanced")


@pytest.mark.browser
def test_the_basemap_waits_for_an_answer_and_its_absence_is_no_error(opened):
    """Only the question goes out, and only where the browser believes that there is a network."""
    page = opened("--region", "childress", offline=False)
    page.wait_for_timeout(1500)
    assert page.errors == []
    outside = [url for url in page.asked if url.startswith("http")]
    tiles = page.locator(".leaflet-tile-loaded").count()
    asked = 1 if page.evaluate("navigator.onLine") else 0
    assert (len(outside), tiles) == (asked, 0) or tiles > 0


DRAWN = """() => {
    let drawn = 0;
    Object.values(window).find((one) => one instanceof L.Map).eachLayer(() => { drawn += 1; });
    return drawn;
}"""


@pytest.mark.browser
def test_layers_can_be_switched(opened):
    page = opened("--region", "childress")
    boxes = page.locator(".leaflet-control-layers-overlays input")
    for place in range(boxes.count()):
        before = boxes.nth(place).is_checked()
        drawn = page.evaluate(DRAWN)
        boxes.nth(place).click()
        expect(boxes.nth(place)).to_be_checked(checked=not before)
        assert (page.evaluate(DRAWN) < drawn) is before
    assert page.errors == []


@pytest.mark.browser
def test_measure_gives_a_distance(opened):
    page = opened("--region", "childress")
    page.get_by_role("button", name=re.compile("Measure")).click()
    for x in (500, 700):
        page.mouse.click(x, 300)
        page.wait_for_timeout(400)  # two clicks, not a double click
    expect(page.locator(".leaflet-tooltip").last).to_contain_text(" km", timeout=30_000)
    assert page.errors == []


@pytest.mark.browser
def test_full_screen_and_keyboard_names(opened):
    page = opened("--region", "childress")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement !== null")


OPEN_SITE_AT = """(lat) => {
    const map = Object.values(window).find((one) => one instanceof L.Map);
    map.eachLayer((layer) => {
        const circle = layer.options.shape === "circle" && layer.getPopup && layer.getPopup();
        if (circle && Math.abs(layer.getLatLng().lat - lat) < 1e-4) { layer.openPopup(); }
    });
}"""


@pytest.mark.browser
def test_a_popup_shows_figures_units_and_source(opened):
    page = opened("--region", "childress")
    page.evaluate(OPEN_SITE_AT, 34.3833)
    text = page.locator(".rw-card").inner_text()
    for words in (
        "Childress", "750 MW", "Tesla", "345 kV", "3.0 km", "upper bound", "Source",
        "750 MW and 750 MW", "1.3 years (P90 2.1)", "0 M$ (0 to 0)", "conversion: 750 MW", "Relief",
    ):  # fmt: skip
        assert words in text


EVIL = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"


@pytest.mark.browser
def test_names_are_text_whatever_they_hold(opened, tmp_path):
    table = gpd.GeoDataFrame(
        {"id": ["e"], "name": [EVIL]}, geometry=[shapely.Point(-100.06, 34.38)], crs=4326
    )
    table.to_file(tmp_path / "sites.gpkg")
    page = opened("--sites", tmp_path / "sites.gpkg", "--region", "childress")
    page.on("dialog", lambda dialog: page.errors.append(dialog.message))
    page.evaluate(OPEN_SITE_AT, 34.38)
    page.wait_for_timeout(300)
    assert page.errors == []
    assert EVIL in page.locator(".rw-card h2").inner_text()
    assert page.locator(".rw-card img").count() == 0


def test_small_and_the_same_twice(rewatt, tmp_path):
    one, two = tmp_path / "1.html", tmp_path / "2.html"
    for path in (one, two):
        assert rewatt("map", "--region", "us", "--out", path).status == 0
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_size < 5_000_000


def test_no_link_to_another_file(rewatt, tmp_path):
    path = tmp_path / "m.html"
    rewatt("map", "--region", "childress", "--out", path)
    html = path.read_text(encoding="utf-8")
    assert not re.findall(r"<script[^>]+src=|<link[^>]+href=|url\(images", html)


def test_folium_makes_the_map_and_a_reader_may_enlarge_it(rewatt, tmp_path):
    path = tmp_path / "m.html"
    rewatt("map", "--region", "childress", "--out", path)
    html = path.read_text(encoding="utf-8")
    assert html.count('<div class="folium-map"') == 1
    assert re.findall(r'name="viewport" content="([^"]*)"', html) == [
        "width=device-width, initial-scale=1"
    ]


def test_only_html_is_written(rewatt, tmp_path):
    outcome = rewatt("map", "--out", tmp_path / "m.pdf")
    assert outcome.status == 2
    assert ".html" in outcome.err


def test_what_is_hollow_and_what_is_not_drawn(assessment, layers):
    from geo.mapdata import map_data

    data = map_data(assessment, layers, None)
    hollow = {site["id"] for site in data["sites"] if site["hollow"]}
    assert {"nautilus-cryptomine", "cipher-colchis"} <= hollow  # closed; known to its county
    assert "iren-childress" not in hollow
    assert "iren-oklahoma" not in {site["id"] for site in data["sites"]}
    gas = next(one for one in data["still"]["classes"] if one["id"] == "gas")
    names = {name for chunk in gas["chunks"] for name in chunk["columns"]["name"]}
    assert "E S Joslin" not in names  # closed in 2002, with a point
    assert "Wansley Combined Cycle" in names


def test_colours_follow_the_score():
    assert [colour(score) for score in (0, 0.19, 0.2, 0.79, 1)] == [
        "#440154",
        "#440154",
        "#3b528b",
        "#5ec962",
        "#fde725",
    ]
    assert [kv for kv, _, _ in KV_CLASSES] == sorted((kv for kv, _, _ in KV_CLASSES), reverse=True)


@pytest.mark.parametrize("kv", [69.0, 138.0])
def test_small_stations_stand_in_the_legend_where_there_are_any(assessment, layers, kv):
    stations = layers["substations"]
    table = stations.table.copy()
    table.loc[0, "max_kv"] = kv
    drawn = {**layers, "substations": replace(stations, table=table)}
    words = [text for _, text in map_data(assessment, drawn, None)["still"]["legend"]]
    assert ("station, below 100 kV, or not known" in words) is (kv < 100)


def test_what_is_not_known_of_a_station_is_not_drawn_as_known(assessment, layers):
    stations = layers["substations"]
    table = stations.table.copy()
    unknown = table.index[table["max_kv"] >= KV_CLASSES[0][0]][0]
    table.loc[unknown, ["max_kv", "circuits"]] = None
    table.loc[unknown, ["name", "kv_evidence"]] = None
    drawn = {**layers, "substations": replace(stations, table=table)}
    classes = map_data(assessment, drawn, None)["still"]["classes"]
    (least,) = [one for one in classes if one["id"] == "stations-0"]
    (columns,) = [chunk["columns"] for chunk in least["chunks"]]
    fields = dict(columns["fields"])
    cells = {
        label: [None if at < 0 else coded["of"][at] for at in coded["at"]]
        for label, coded in fields.items()
        if isinstance(coded, dict)
    }
    at = cells["Station id"].index(str(table.at[unknown, "substation_id"]))
    assert columns["name"][at] == f"Substation {table.at[unknown, 'substation_id']}"
    assert cells["Highest voltage"][at] == "not known"
    assert cells["Circuits of that voltage"][at] == "not known"
    assert cells["Evidence for it"][at] is None
