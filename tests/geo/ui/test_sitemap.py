"""The map on a page: what it tells, what it keeps, what it fetches, in a real browser."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from playwright.sync_api import expect

from geo.mapcolumns import PATH_SCALE, POINT_SCALE
from geo.mapdata import still_data
from geo.mapfiles import write_parts
from geo.maplegend import DARK, KV_CLASSES, OTHER_KV
from geo.webmap import component_folder
from tests.conftest import REPO
from tests.geo.ui.conftest import (
    NARROW,
    WIDE,
    answers,
    at_rest,
    becomes,
    free_port,
    map_rests,
    open_page,
)
from tests.geo.ui.conftest import map_frame as frame
from tests.geo.ui.running import Running
from tests.geo.ui.session import Session

EVIL = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
TESLA = "307121"  # the 345 kV station beside Childress
CHILDRESS = (34.3833, -100.0569)


@pytest.fixture(scope="module")
def script_page():
    """Serve a page with a map and nothing else."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "streamlit", "run", str(Path(__file__).parent / "map_script.py"),
            f"--server.port={port}", "--server.headless=true", "--server.address=localhost",
            "--browser.gatherUsageStats=false", "--server.fileWatcherType=none",
        ],
        cwd=REPO,
        env={**os.environ, "EVIL": EVIL, "EVIL_STATION": TESLA, "PYTHONPATH": str(REPO)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not answers(port):
        assert time.monotonic() < deadline, "the page does not answer"
        time.sleep(0.2)
    yield f"http://localhost:{port}"
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)


@pytest.fixture
def opened(chromium, script_page):
    """Open the page; the requests for the map's files are counted."""
    contexts = []

    def run(size=WIDE, **options):
        page = open_page(chromium, script_page, size, **options)
        contexts.append(page.context)
        page.asked, page.bytes, page.sizes = [], 0, {}
        page.on("response", lambda answer: took(page, answer))
        page.goto(script_page)
        drawn(page)
        return page

    yield run
    for context in contexts:
        context.close()


def took(page, answer):
    if "/component/" in answer.url:
        page.asked.append(answer.url.split("/")[-1].split("?")[0])
        size = int(answer.headers.get("content-length", 0))
        page.bytes += size
        page.sizes[page.asked[-1]] = size


def drawn(page):
    page.frame_locator("iframe").locator(".leaflet-control-layers").wait_for(timeout=60_000)
    at_rest(page)
    map_rests(page)


def told(page):
    text = page.get_by_text("told {").inner_text()
    return json.loads(text.removeprefix("told "))


def events(page):
    return told(page)["events"]


def view(page):
    return frame(page).evaluate("[map.getCenter().lat, map.getCenter().lng, map.getZoom()]")


def look_at(page, lat, lon, zoom):
    frame(page).evaluate(f"void map.setView([{lat}, {lon}], {zoom}, {{animate: false}})")
    map_rests(page)


def spot(page, lat, lon):
    """Say where on the screen a place is."""
    at = frame(page).evaluate(f"map.latLngToContainerPoint([{lat}, {lon}])")
    box = page.locator("iframe").bounding_box()
    return box["x"] + at["x"], box["y"] + at["y"]


def click(page, lat, lon):
    """Click the map where a place is."""
    x, y = spot(page, lat, lon)
    page.mouse.move(x - 3, y)
    page.mouse.click(x, y)


def switch_off(page, layer):
    frame(page).locator(".leaflet-control-layers-toggle").focus()
    page.keyboard.press("Enter")
    frame(page).get_by_label(layer).hover()
    page.wait_for_timeout(500)  # Leaflet takes no click while the list opens under the pointer
    frame(page).get_by_label(layer).uncheck()
    frame(page).locator("#status").hover()


SCORE = (
    "Object.values(map._layers).find((one) => one.site?.id === 'iren-childress').site.rows[1][1]"
)


def score(page):
    return frame(page).evaluate(SCORE)


def in_sight(page, lat, lon):
    return frame(page).evaluate(f"map.getBounds().contains([{lat}, {lon}])")


def slide(page, steps=5):
    """Move the slider, and wait until the sites on the map are of the new weights."""
    slider = page.get_by_role("slider", name="Land")
    before = score(page)
    slider.focus()
    for _ in range(steps):
        slider.press("ArrowRight")
    frame(page).wait_for_function(f"(before) => {SCORE} !== before", arg=before, timeout=60_000)
    at_rest(page)
    map_rests(page)


def pick_site(page, site):
    box = page.get_by_role("combobox", name="Site")
    box.click()
    box.fill(site)
    page.keyboard.press("Enter")
    found = (
        f"Object.values(map._layers).some((one) => one.options.ring && one.site.id === '{site}')"
    )
    frame(page).wait_for_function(found, timeout=60_000)
    at_rest(page)
    map_rests(page)


@pytest.mark.browser
def test_a_click_on_a_site_is_told_once_and_marks_it(opened):
    page = opened()
    look_at(page, *CHILDRESS, 9)
    before, runs = view(page), told(page)["runs"]
    click(page, *CHILDRESS)
    once = {"runs": runs + 1, "events": [["site", "iren-childress"]]}
    becomes(page, lambda: told(page), once)
    at_rest(page)
    map_rests(page)
    assert told(page) == once
    expect(frame(page).locator(".rw-card h2")).to_contain_text("Childress")
    assert view(page) == pytest.approx(before, abs=0.5)  # at most moved to make room for the card
    ringed = (
        "Object.values(map._layers).filter((one) => one.options.ring).map((one) => one.site.id)"
    )
    becomes(page, lambda: frame(page).evaluate(ringed), ["iren-childress"])
    assert page.errors == []


@pytest.mark.browser
def test_panning_and_zooming_tell_nothing(opened):
    page = opened()
    box = page.locator("iframe").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before, sent = view(page), len(page.sent)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 150, y + 60, steps=5)
    page.mouse.up()
    page.mouse.wheel(0, -300)
    frame(page).wait_for_function(f"map.getZoom() > {before[2]}", timeout=60_000)
    map_rests(page)
    at_rest(page)
    assert view(page) != before
    assert len(page.sent) == sent


@pytest.mark.browser
def test_new_weights_move_the_sites_and_nothing_else(opened):
    """The frame stays, the view, the layers and the open popup too, and no file is asked again."""
    page = opened()
    look_at(page, 34.4, -100.1, 9)
    frame(page).evaluate("window.here = true")
    switch_off(page, "Campuses")
    click(page, *CHILDRESS)
    becomes(page, lambda: events(page), [["site", "iren-childress"]])
    at_rest(page)
    map_rests(page)
    kept = view(page)
    popup = frame(page).locator(".rw-card").inner_text()
    asked = len(page.asked)
    slide(page)  # the sites have other scores then
    assert frame(page).evaluate("window.here")
    assert view(page) == pytest.approx(kept, abs=1e-6)
    assert not frame(page).get_by_label("Campuses").is_checked()
    expect(frame(page).locator(".rw-card")).not_to_have_text(popup, use_inner_text=True)
    assert len(page.asked) == asked
    assert events(page) == [["site", "iren-childress"]]


@pytest.mark.browser
def test_no_file_of_the_map_is_asked_twice(opened):
    """Streamlit has the page itself asked once more, to tell whether it answers: it is small."""
    page = opened()
    for zoom in (9, 5, 9):
        look_at(page, *CHILDRESS, zoom)
    slide(page)
    files = [name for name in page.asked if name != "index.html"]
    assert len(files) == len(set(files)) > 5


@pytest.mark.browser
def test_the_first_load_is_small(opened):
    page = opened()
    assert 50_000 < page.bytes < 1_500_000
    assert page.asked.count("index.html") <= 2
    assert page.sizes["index.html"] < 20_000


@pytest.mark.browser
def test_the_frame_and_the_map_are_named_in_words(opened):
    page = opened()
    title = "Map of the ranked sites and the grid around them"
    assert page.locator("iframe").get_attribute("title") == title
    region = frame(page).get_by_role("region", name=title)
    assert "leaflet-container" in region.get_attribute("class")
    assert frame(page).get_by_role("heading", name=title, level=1).count() == 1
    assert frame(page).evaluate("document.documentElement.lang") == "en"


@pytest.mark.browser
def test_other_layers_and_tools_are_drawn_in_the_same_frame(opened):
    """folium's map is made anew, and the view is the one that was left."""
    page = opened()
    look_at(page, 34.4, -100.1, 9)
    kept, maps = view(page), frame(page).locator(".leaflet-map-pane")
    frame(page).evaluate("void (window.before = map)")
    page.get_by_text("No tools", exact=True).click()
    frame(page).wait_for_function("window.before !== map", timeout=60_000)
    map_rests(page)
    expect(maps).to_have_count(1)
    expect(frame(page).locator(".leaflet-control-scale-line")).to_have_count(2)
    expect(frame(page).get_by_role("button", name="Add a point here")).to_have_count(0)
    assert view(page) == pytest.approx(kept, abs=1e-6)
    assert page.errors == []


def test_the_pages_start_without_folium():
    """It costs a tenth of a second, which waits until a map is drawn."""
    code = "import sys, geo.ui.pages; print('folium' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"


@pytest.mark.browser
def test_the_files_of_the_map_go_with_the_app(chromium, tmp_path):
    port = free_port()
    (tmp_path / "data").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "geo", "app", f"--port={port}", "--data", tmp_path / "data"],
        cwd=REPO, env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not answers(port):
        assert time.monotonic() < deadline, "the app does not answer"
        time.sleep(0.2)
    page = open_page(chromium, f"http://localhost:{port}")
    page.goto(f"http://localhost:{port}")
    drawn(page)
    there = list(tmp_path.glob("rewatt-map-*/index.html"))
    page.context.close()
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    assert len(there) == 1
    assert list(tmp_path.glob("rewatt-map-*")) == []


def test_a_map_whose_files_were_cleared_away_is_there_at_the_next_run(tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "geo", "app", "--port", port, "--data", tmp_path / "none"]
    kept = tmp_path / "temporary"
    kept.mkdir()
    with Running(command, port, tmp_path / "app.log", {"TMPDIR": str(kept)}) as app:
        page = f"{app.url}/component/geo.ui.sitemap.map_of_sites/index.html"
        for lost in ("index.html", "*.json", "*"):
            with Session(app.url) as user:
                user.open()
            with urlopen(page) as answer:  # noqa: S310 - the app's own address
                assert b"<script" in answer.read()
            (folder,) = kept.glob("rewatt-map-*")
            assert len(list(folder.glob("*.json"))) > 5
            for path in folder.glob(lost):
                path.unlink()


@pytest.mark.browser
def test_a_chosen_site_is_flown_to_when_it_changes_and_only_then(opened):
    page = opened()
    pick_site(page, "iren-childress")
    becomes(page, lambda: in_sight(page, *CHILDRESS) and view(page)[2] >= 8)
    map_rests(page)
    look_at(page, 42, -80, 6)
    slide(page)
    assert view(page) == pytest.approx([42, -80, 6], abs=0.01)
    pick_site(page, "terawulf-lake-mariner")
    becomes(page, lambda: in_sight(page, 43.36, -78.6))
    map_rests(page)
    assert not in_sight(page, *CHILDRESS)


@pytest.mark.browser
def test_the_view_survives_another_page_and_a_reload(opened):
    page = opened()
    look_at(page, 34.4, -100.1, 9)
    switch_off(page, "Gas plants")
    kept = view(page)
    page.get_by_text("other", exact=True).click()
    page.locator("iframe").wait_for(state="detached")
    page.get_by_text("map", exact=True).click()
    drawn(page)
    assert view(page) == pytest.approx(kept, abs=1e-6)
    page.reload()
    drawn(page)
    assert view(page) == pytest.approx(kept, abs=1e-6)
    assert not frame(page).get_by_label("Gas plants").is_checked()
    assert page.errors == []


def corners(page):
    found = "Object.values(map._layers).filter((one) => one.options.dashArray === '6 5')"
    return frame(page).evaluate(f"{found}.map((one) => one.getLatLngs()[0].length)")


@pytest.mark.browser
def test_a_drawn_box_goes_to_the_page_and_back_and_away(opened):
    page = opened()
    look_at(page, *CHILDRESS, 7)
    frame(page).get_by_role("button", name="Draw a box").click()
    expect(frame(page).get_by_role("status")).to_contain_text("from corner to corner")
    click(page, 33.5, -101.0)
    click(page, 35.0, -99.0)
    becomes(page, lambda: len(events(page)), 1)
    ((kind, ring),) = events(page)
    assert kind == "area"
    assert shapely.Polygon(ring).bounds == pytest.approx((-101, 33.5, -99, 35), abs=0.02)
    slide(page)
    becomes(page, lambda: corners(page), [4])
    page.reload()  # another session of the page: the area was the session's
    drawn(page)
    becomes(page, lambda: corners(page), [])
    frame(page).get_by_role("button", name="Draw a box").click()
    click(page, 33.5, -101.0)
    click(page, 35.0, -99.0)
    becomes(page, lambda: corners(page), [4])
    frame(page).get_by_role("button", name="Take the drawn area away").click()
    becomes(page, lambda: events(page)[-1:], [["area", None]])
    becomes(page, lambda: corners(page), [])


@pytest.mark.browser
def test_an_area_drawn_across_the_edge_of_the_world_is_the_part_inside(opened):
    page = opened()

    def ring(*path):
        told = "(path) => Rewatt.ring(path.map(([lat, lng]) => L.latLng(lat, lng)))"
        return frame(page).evaluate(told, list(path))

    # from west of the date line: what was drawn, and not all the rest
    assert ring([20, -190], [20, -50], [60, -50]) == [[-180, 20], [-50, 20], [-50, 60]]
    # on the copy of the world to the left
    assert ring([20, -460], [20, -455], [60, -455]) == [[-100, 20], [-95, 20], [-95, 60]]
    assert ring([20, -101.123456], [20, -99], [95, -99])[0] == [-101.12346, 20]


@pytest.mark.browser
def test_a_box_is_dragged_and_the_map_stays(opened):
    page = opened()
    look_at(page, *CHILDRESS, 7)
    before = view(page)
    frame(page).get_by_role("button", name="Draw a box").click()
    page.mouse.move(*spot(page, 33.5, -101.0))
    page.mouse.down()
    page.mouse.move(*spot(page, 35.0, -99.0), steps=5)
    page.mouse.up()
    becomes(page, lambda: len(events(page)), 1)
    ((kind, ring),) = events(page)
    assert kind == "area"
    assert shapely.Polygon(ring).bounds == pytest.approx((-101, 33.5, -99, 35), abs=0.02)
    at_rest(page)
    map_rests(page)
    assert view(page) == pytest.approx(before)
    page.mouse.move(*spot(page, 34.0, -100.5))
    page.mouse.down()
    page.mouse.move(*spot(page, 34.5, -100.0), steps=5)
    page.mouse.up()
    map_rests(page)
    assert view(page) != pytest.approx(before)  # the map is dragged again


@pytest.mark.browser
def test_an_area_is_drawn_by_the_keyboard_alone(opened):
    page = opened()
    look_at(page, *CHILDRESS, 7)
    button = frame(page).get_by_role("button", name="Draw an area")
    button.focus()
    page.keyboard.press("Enter")
    for arrow in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press("Space")
        page.keyboard.press(arrow)
        map_rests(page)
    assert events(page) == []
    page.keyboard.press("Enter")
    becomes(page, lambda: len(events(page)), 1)
    ((kind, ring),) = events(page)
    assert (kind, len(ring)) == ("area", 3)
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-pressed", "false")
    at_rest(page)
    assert len(events(page)) == 1


@pytest.mark.browser
def test_a_point_is_told_where_it_was_set_though_a_site_lies_there(opened):
    page = opened()
    look_at(page, *CHILDRESS, 9)
    frame(page).get_by_role("button", name="Add a point here").click()
    click(page, *CHILDRESS)
    becomes(page, lambda: len(events(page)), 1)
    ((kind, *where),) = events(page)
    assert kind == "point"
    assert where == pytest.approx(CHILDRESS, abs=0.01)
    click(page, 34.6, -100.4)  # one point, and the tool is put away
    page.wait_for_timeout(1500)
    at_rest(page)
    assert len(events(page)) == 1


NONSENSE = (
    {"type": "area", "ring": [["x", 1], [2, 3], [4, 5]]},
    {"type": "area", "ring": [[0, 0], [1, 1]]},
    {"type": "point", "lat": 95, "lon": 0},
    {"type": "site", "id": {"a": 1}},
    ["site"],
    "site",
)


@pytest.mark.browser
def test_nonsense_from_a_browser_is_left(opened):
    page = opened()
    for one in NONSENSE:
        message = {
            "isStreamlitMessage": True, "type": "streamlit:setComponentValue",
            "dataType": "json", "value": one,
        }  # fmt: skip
        runs = told(page)["runs"]
        frame(page).evaluate("(one) => window.parent.postMessage(one, '*')", message)
        becomes(page, lambda runs=runs: told(page)["runs"] > runs)
    assert events(page) == []
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


@pytest.mark.browser
def test_what_is_hidden_at_a_zoom_is_said(opened, layers):
    page = opened()
    kv = layers["substations"].table["max_kv"]
    words = frame(page).get_by_role("status")
    expect(words).to_contain_text(re.compile("^Zoom in to see"))
    expect(words).to_contain_text(f"stations below 345 kV: {(kv < 345).sum():,} hidden")
    look_at(page, *CHILDRESS, 9)
    expect(words).to_have_text("")


@pytest.mark.browser
def test_names_are_text_whatever_they_hold(opened):
    """The name of a site that the user brought and of a station that was fetched."""
    page = opened()
    page.on("dialog", lambda dialog: (page.errors.append(dialog.message), dialog.dismiss()))
    look_at(page, 34.9, -100.5, 11)
    click(page, 34.9, -100.5)
    becomes(page, lambda: events(page), [["site", "mine"]])
    at_rest(page)
    map_rests(page)
    becomes(page, lambda: frame(page).locator(".rw-card h2").inner_text(), EVIL)
    shape = "Object.values(map._layers).find((one) => one.site?.id === 'mine').options.shape"
    assert frame(page).evaluate(shape) == "pentagon"
    look_at(page, 34.37378, -100.08701, 13)
    click(page, 34.37378, -100.08701)
    card = frame(page).locator(".rw-card", has_text="Station")  # the former one fades out
    for words in (TESLA, "345 kV", "upper bound", "Source"):
        expect(card).to_contain_text(words)
    assert card.locator("h2").inner_text() == EVIL
    assert card.locator("img").count() == 0
    assert page.errors == []


@pytest.mark.browser
def test_a_site_is_reached_without_a_mouse(opened):
    page = opened()
    sites = frame(page).get_by_label("Sites on the map")
    sites.focus()
    page.keyboard.press("ArrowDown")
    becomes(page, lambda: len(events(page)), 1)
    ((kind, site),) = events(page)
    assert kind == "site"
    assert site == sites.input_value()
    expect(frame(page).locator(".rw-card")).to_have_count(1)


@pytest.mark.browser
@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_follows_the_theme(opened, scheme, size):
    page = opened(size, scheme=scheme)
    assert frame(page).evaluate("document.documentElement.dataset.theme") == scheme
    ground = "getComputedStyle(map.getContainer()).backgroundColor"
    assert (
        frame(page).evaluate(ground)
        == {"light": "rgb(238, 241, 244)", "dark": "rgb(20, 24, 29)"}[scheme]
    )
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert frame(page).evaluate(wide)
    assert page.errors == []


def brightness(code):
    """Relative luminance (WCAG 2)."""
    full = code[1:] if len(code) == 7 else "".join(2 * one for one in code[1:])
    parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("code", [one[2] for one in (*KV_CLASSES, OTHER_KV)])
def test_lines_stand_out_on_light_and_dark_ground(code):
    """Three to one, which WCAG 2.1 asks of graphics (1.4.11)."""
    for ground, shown in (("#eef1f4", code), ("#14181d", DARK[code])):
        low, high = sorted([brightness(ground), brightness(shown)])
        assert (high + 0.05) / (low + 0.05) >= 2.9


def everywhere(count, seed):
    rng = np.random.default_rng(seed)
    return rng.uniform(25, 49, count), rng.uniform(-124, -67, count)


@pytest.fixture(scope="module")
def nation(layers):
    """Tables of the size of HIFLD's: 75,000 stations and 95,000 lines, anywhere."""
    lat, lon = everywhere(75_000, 1)
    stations = layers["substations"]
    some = stations.table.iloc[np.arange(75_000) % len(stations.table)].reset_index(drop=True)
    some = some.assign(
        substation_id=[f"s{i}" for i in range(75_000)], lat=lat, lon=lon,
        geometry=shapely.points(lon, lat),
    )  # fmt: skip
    lat, lon = everywhere(95_000, 2)
    steps = np.random.default_rng(3).normal(0, 0.05, (95_000, 8, 2)).cumsum(axis=1)
    paths = shapely.linestrings(np.stack([lon, lat], axis=1)[:, None] + steps)
    ids = [f"l{i}" for i in range(95_000)]
    kv = np.resize([69, 138, 230, 345, 500], 95_000)
    lines = gpd.GeoDataFrame({"line_id": ids, "kv_class": kv}, geometry=paths, crs=4326)
    return {
        **layers,
        "substations": replace(stations, table=some),
        "transmission_lines": replace(layers["transmission_lines"], table=lines),
    }


def chunks(still, kind):
    return [
        chunk["columns"] for one in still["classes"] if one["id"].startswith(kind)
        for chunk in one["chunks"]
    ]  # fmt: skip


def test_every_station_and_line_is_in_one_part_and_where_it_belongs(nation):
    still = still_data(nation)
    table = nation["substations"].table.set_index("substation_id")
    found = []
    for one in chunks(still, "stations"):
        ids = dict(one["fields"])["Station id"]
        where = np.stack([np.cumsum(one["lat"]), np.cumsum(one["lon"])], axis=1) / POINT_SCALE
        found.append(pd.DataFrame(where, index=np.array(ids["of"])[ids["at"]]))
    placed = pd.concat(found)
    assert placed.index.is_unique
    assert set(placed.index) == set(table.index)
    assert np.abs(placed - table.loc[placed.index, ["lat", "lon"]].to_numpy()).max(axis=None) < 6e-6
    lines = nation["transmission_lines"].table.set_index("line_id").geometry
    drawn_lines = 0
    for one in chunks(still, "lines"):
        ids = dict(one["fields"])["Line"]
        at = np.stack([np.cumsum(one["lon"]), np.cumsum(one["lat"])], axis=1) / PATH_SCALE
        parts = shapely.linestrings(at, indices=np.repeat(np.arange(len(one["n"])), one["n"]))
        published = lines.loc[np.array(ids["of"])[ids["at"]]].to_numpy()
        assert shapely.hausdorff_distance(parts, published).max() < 5e-4
        drawn_lines += len(parts)
    assert drawn_lines == len(lines)


def test_nothing_over_5_mb_is_sent_at_once_and_the_names_say_the_content(nation, tmp_path):
    component_folder(tmp_path)
    manifest = write_parts(still_data(nation), tmp_path)
    files = sorted(tmp_path.iterdir())
    assert max(path.stat().st_size for path in files) < 5_000_000
    assert len(files) > 30
    before = {path.name: path.stat().st_mtime_ns for path in files}
    assert write_parts(still_data(nation), tmp_path) == manifest
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    named = json.loads((tmp_path / manifest).read_text(encoding="utf-8"))
    for one in named["classes"]:
        assert all((tmp_path / chunk["file"]).is_file() for chunk in one["chunks"])
