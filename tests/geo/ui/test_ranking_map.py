"""Map, table and address on the first page, in a real browser: each says what the others do."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from geo.ui.ranking_columns import SHOWN_FIRST, head
from geo.ui.ring import read_ring
from tests.geo.ui.conftest import NARROW, WIDE, becomes, map_rests, settled
from tests.geo.ui.conftest import map_frame as frame

pytestmark = pytest.mark.browser

CHILDRESS = (34.3833, -100.0569)
WEST, SOUTH, EAST, NORTH = -101.0, 33.5, -99.0, 35.0


def look_at(page, lat, lon, zoom):
    map_rests(page)
    frame(page).evaluate(f"void map.setView([{lat}, {lon}], {zoom}, {{animate: false}})")
    map_rests(page)


def click(page, lat, lon):
    """Click the map where a place is."""
    at = frame(page).evaluate(f"map.latLngToContainerPoint([{lat}, {lon}])")
    box = page.locator("iframe").bounding_box()
    page.mouse.move(box["x"] + at["x"] - 3, box["y"] + at["y"])
    page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])


def table(page):
    return page.get_by_test_id("stDataFrame").first


def ticked(page):
    """Give the row that is ticked, among those in sight."""
    return table(page).locator("tbody tr[aria-selected=true]")


def tick(page, row):
    """Tick a row by its place on the screen, 0 being the first in sight."""
    box = table(page).bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + 35 * (row + 1.5))


def summed_up(page, name):
    page.get_by_role("heading", name="The chosen site").wait_for(timeout=60_000)
    page.get_by_text(f"{name}, ").filter(has_text=": rank ").wait_for(timeout=60_000)


def lands(page, lat, lon):
    """Wait until the map has flown to a place."""
    frame(page).wait_for_function(
        f"map.getZoom() >= 8 && map.getBounds().contains([{lat}, {lon}])", timeout=60_000
    )


def asked(page):
    return parse_qs(urlsplit(page.url).query)


def test_a_click_on_a_site_of_the_map_chooses_it(page):
    settled(page)
    look_at(page, *CHILDRESS, 9)
    click(page, *CHILDRESS)
    summed_up(page, "Childress")
    page.wait_for_url("**site=iren-childress**", timeout=60_000)
    expect(ticked(page)).to_contain_text("Childress")
    expect(ticked(page)).to_have_count(1)
    expect(page.get_by_role("combobox", name="Site")).to_have_value(re.compile("^Childress"))


def test_a_tick_flies_the_map_and_a_second_one_takes_it_back(page):
    settled(page)
    tick(page, 9)
    summed_up(page, "Childress")
    lands(page, *CHILDRESS)
    page.wait_for_url("**site=iren-childress**", timeout=60_000)
    tick(page, 9)
    page.get_by_role("heading", name="The first site").wait_for(timeout=60_000)
    becomes(page, lambda: "site" not in asked(page))


def test_a_tick_far_down_leaves_the_table_where_it_is(page):
    settled(page)
    scroller = table(page).locator(".dvn-scroller")
    scroller.evaluate("(one) => { one.scrollTop = 1400; }")
    table(page).get_by_role("row", include_hidden=True).filter(has_text="41").first.wait_for(
        state="attached"
    )
    tick(page, 5)
    page.get_by_role("heading", name="The chosen site").wait_for(timeout=60_000)
    settled(page)
    expect(ticked(page)).to_have_count(1)
    assert scroller.evaluate("(one) => one.scrollTop") == 1400
    box = page.get_by_role("combobox", name="Site")  # chosen elsewhere, the tick follows
    box.click()
    box.fill("iren-childress")
    box.press("Enter")
    summed_up(page, "Childress")
    ticked(page).filter(has_text="Childress").wait_for(state="attached", timeout=60_000)


def test_a_drawn_box_filters_is_in_the_address_and_survives_another_page(page):
    settled(page)
    look_at(page, *CHILDRESS, 7)
    frame(page).get_by_role("button", name="Draw a box").click()
    click(page, SOUTH, WEST)
    click(page, NORTH, EAST)
    page.wait_for_url("**region=drawn**", timeout=60_000)
    settled(page)
    before = asked(page)
    ring = read_ring(before["area"][0])
    assert {round(lon) for lon, _ in ring} == {WEST, EAST}
    assert [min(lat for _, lat in ring), max(lat for _, lat in ring)] == pytest.approx(
        [SOUTH, NORTH], abs=0.02
    )
    rows = table(page).locator("tbody tr")
    rows.filter(has_text="Childress").wait_for(state="attached", timeout=60_000)
    page.get_by_text("129 sites for").wait_for(state="detached", timeout=60_000)
    expect(table(page).locator("table")).not_to_have_attribute("aria-rowcount", "130")
    names = rows.all_text_contents()
    assert any("Childress" in one for one in names)
    page.get_by_role("link", name="Data and assumptions").last.click()
    page.get_by_role("heading", name="What does this rest on?").wait_for(timeout=60_000)
    assert asked(page) == before
    page.get_by_role("link", name="Map and ranking").last.click()
    page.wait_for_selector("iframe", timeout=60_000)
    settled(page)
    becomes(page, lambda: asked(page), before)
    expect(rows).to_have_text(names)
    page.frame_locator("iframe").get_by_role("button", name="Take the drawn area away").click()
    page.wait_for_url("**region=us**", timeout=60_000)
    becomes(page, lambda: "area" not in asked(page))


def test_the_view_survives_a_filter_and_another_page(page):
    settled(page)
    look_at(page, *CHILDRESS, 6)
    page.get_by_text("Filters", exact=True).click()
    least = page.get_by_role("spinbutton", name="At least energised, MW")
    least.fill("300")
    least.press("Enter")
    page.get_by_text("129 sites for").wait_for(state="detached", timeout=20_000)
    page.get_by_role("link", name="Data and assumptions").last.click()
    page.get_by_role("heading", name="What does this rest on?").wait_for(timeout=30_000)
    page.get_by_role("link", name="Map and ranking").last.click()
    map_frame(page).wait_for_function(
        "window.map && map.getZoom() === 6 && Math.abs(map.getCenter().lat - 34.3833) < 0.01",
        timeout=30_000,
    )


@pytest.mark.parametrize("query", ["", "?scenario=nonsense"])
def test_what_is_said_above_the_map_leaves_its_frame_and_view(browse, query):
    """An offer that comes and a message that goes push nothing aside that would be made anew."""
    page = browse()
    page.goto(f"{page.home}/{query}")
    shown = map_frame(page)
    shown.wait_for_function("Boolean(window.map)", timeout=30_000)
    said = page.get_by_text("The link cannot be followed in full")
    expect(said).to_have_count(1 if query else 0, timeout=30_000)
    settled(page)
    shown.evaluate("void map.setView([41, -86], 6, {animate: false})")
    if query:
        page.get_by_role("spinbutton", name="Target typed exactly, MW").fill("300")
        page.keyboard.press("Enter")
        expect(said).to_have_count(0, timeout=30_000)
    else:
        shown.get_by_role("button", name="Draw a box").click()
        click(page, 40.4, -87.6)
        click(page, 41.8, -84.8)
        expect(page.get_by_text("1 site in the area drawn;")).to_be_visible(timeout=30_000)
    settled(page)
    assert map_frame(page) == shown
    assert shown.evaluate("[map.getCenter().lat, map.getCenter().lng, map.getZoom()]") == (
        pytest.approx([41, -86, 6], abs=0.01)
    )


def test_an_area_without_a_site_leaves_the_map_to_draw_another(page):
    settled(page)
    shown = map_frame(page)
    look_at(page, 45, -110, 5)
    shown.get_by_role("button", name="Draw a box").click()
    click(page, 44, -111)
    click(page, 46, -109)
    said = page.get_by_text("No site in the area drawn passes the filters")
    expect(said).to_be_visible(timeout=30_000)
    settled(page)
    assert map_frame(page) == shown
    expect(table(page)).to_have_count(0)
    shown.get_by_role("button", name="Take the drawn area away").click()
    expect(table(page)).to_be_visible(timeout=30_000)


def test_an_area_that_crosses_itself_is_refused_in_words_and_leaves_no_outline(page):
    settled(page)
    shown = map_frame(page)
    look_at(page, 45, -110, 5)
    shown.get_by_role("button", name="Draw an area").click()
    for lat, lon in ((44, -112), (46, -108), (44, -108), (46, -112)):
        click(page, lat, lon)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Draw it again")).to_be_visible(timeout=20_000)
    away = shown.get_by_role("button", name="Take the drawn area away")
    expect(away).to_have_count(0, timeout=30_000)
    assert "area" not in asked(page)


def map_frame(page):
    """Give the frame of the map that is on the page now."""
    return page.locator("iframe").element_handle(timeout=30_000).content_frame()


def test_the_answer_is_seen_without_scrolling_beside_the_map(page, screenshot):
    settled(page)
    wanted = [head(one) for one in SHOWN_FIRST[: SHOWN_FIRST.index("binding_constraint") + 1]]
    heads = table(page).locator("th")
    becomes(page, lambda: heads.all_text_contents()[: len(wanted)], wanted)
    screenshot(page, "ranking-answer")


@pytest.mark.parametrize(("size", "beside"), [(WIDE, True), (NARROW, False)])
def test_map_and_table_stand_side_by_side_or_stacked(browse, size, beside):
    page = browse(size)
    page.goto(page.home)
    page.locator("iframe").first.wait_for(timeout=60_000)
    settled(page)
    chart = page.locator("iframe").first.bounding_box()
    shown = table(page).bounding_box()
    if beside:
        assert shown["x"] >= chart["x"] + chart["width"]
        assert abs(shown["y"] - chart["y"]) < 20
    else:
        assert shown["y"] >= chart["y"] + chart["height"]
        assert shown["width"] <= size[0]


def test_headings_come_in_their_order(page):
    settled(page)
    main = page.get_by_test_id("stMain")
    levels = main.locator("h1,h2,h3,h4").evaluate_all("(all) => all.map((one) => one.tagName)")
    assert levels == ["H1", "H2"]


def test_a_table_is_taken_away_with_its_licence_lines_or_not_at_all(page):
    """Streamlit's own button makes a file without them."""
    settled(page)
    table(page).hover()
    tools = page.get_by_test_id("stElementToolbar").first.locator("button")
    expect(tools.and_(page.locator("[aria-label^='Search']"))).to_be_visible()
    theirs = tools.and_(page.locator("[aria-label^='Download as CSV']"))
    expect(theirs).to_have_count(1)
    expect(theirs).to_be_hidden()
    expect(page.get_by_test_id("stDownloadButton").first).to_be_visible()
