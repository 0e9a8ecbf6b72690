"""The address holds what is asked: a link shows the same screen, and a bad one says what is bad."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from geo.scenario import load_scenario
from geo.ui import address
from geo.ui.ring import read_ring, write_ring
from tests.geo.ui.conftest import MAP, settled

KNOWN = address.Known(("a", "b"), ("IN", "TX"), ("Miner, Inc. & Co",))
RING = "-101.5,33.4;-98.9,33.4;-98.9,35.2"


def asked():
    import streamlit as st

    from geo.ui.choice import choose

    for key in st.session_state.pop("forget", ()):
        del st.session_state[key]  # as Streamlit does where a client has sent no widget
    chosen = choose()
    if chosen is not None:
        st.session_state["seen"] = (chosen[0], list(chosen[1].sites.index))


def opened(**parameters):
    app = AppTest.from_function(asked, default_timeout=60)
    for key, value in parameters.items():
        app.query_params[key] = value
    return app.run()


def seen(app):
    assert not app.exception
    return app.session_state["seen"]


def test_every_field_comes_back_from_the_address():
    state = address.usual_state(KNOWN, "grid_first") | {
        "region": "drawn", "area": read_ring(RING), "near_km": 30, "target_mw": 333.25,
        "by": "potential", "status": ["operating", "planned"], "state": ["TX"],
        "market": ["ERCOT"], "operator": ["Miner, Inc. & Co"], "min_mw": 12.5,
        "available": True, "evidence": ["filing"], "gate_located": "pass or unknown",
        "group_land": 61.3, "weight_slope": 0.0, "site": "b", "columns": ["name", "gates"],
    }  # fmt: skip
    written = address.write(state, KNOWN)
    assert address.read(written, KNOWN) == (state, [])
    assert set(address.usual_state(KNOWN, "balanced")) == set(state)


def test_what_is_as_usual_is_left_out():
    for name in ("balanced", "grid_first"):
        written = address.write(address.usual_state(KNOWN, name), KNOWN)
        target = f"{load_scenario(name).target_mw:g}"
        assert written == {"region": ["us"], "scenario": [name], "target_mw": [target]}


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("region", "mars", "region is 'mars', expected one of northern_indiana"),
        ("scenario", "best", "scenario is 'best', expected one of balanced"),
        ("target_mw", "nan", "target_mw is 'nan', expected a number from 0.001 to"),
        ("target_mw", "1e999", "expected a number"),
        ("near_km", "-5", "near_km is '-5', expected a number from 0 to 200"),
        ("weight_land", "101", "weight_land is '101', expected a number from 0 to 100"),
        ("state", "Texas", "state is 'Texas', expected only"),
        ("site", "<script>", "site is '<script>', expected one of a, b"),
        ("site", "own-mine", "own sites stay with the user who brought them"),
        ("area", "1,2;3", "expected three or more points"),
        ("area", "0,0;1,1;1,0;0,1", "does not cross itself"),
        ("area", "0,91;1,91;1,0", "expected three or more points"),
        ("area", "nan,0;1,1;1,0", "expected three or more points"),
        ("gate_located", "fail", "expected one of any, pass, pass or unknown"),
        ("columns", "rank,name", "columns is 'rank,name', expected only one"),
        ("available", "yes", "available is 'yes', expected one of 1"),
    ],
)
def test_a_value_that_cannot_be_is_said_and_taken_as_usual(key, text, words):
    state, complaints = address.read({key: [text]}, KNOWN)
    assert len(complaints) == 1
    assert words in complaints[0]
    assert state == address.usual_state(KNOWN, "balanced")


def test_a_drawn_region_without_an_area_is_said():
    state, complaints = address.read({"region": ["drawn"]}, KNOWN)
    assert state["region"] == "us"
    assert "no area is given" in complaints[0]


def test_a_ring_is_written_as_it_is_read():
    assert write_ring(read_ring(RING)) == RING


def test_a_link_asks_the_same():
    app = opened(
        region="louisiana", near_km="50", scenario="grid_first", target_mw="333", by="potential",
        status="operating", group_land="80", site="grissom-peru",
    )  # fmt: skip
    choice, _ = seen(app)
    assert (choice.selection.region, choice.selection.near_km) == ("louisiana", 50)
    assert (choice.scenario.name, choice.target_mw, choice.by) == ("grid_first", 333, "potential")
    assert choice.scenario.weights["land"] == pytest.approx(40)
    assert choice.selection.statuses == ("operating",)
    assert choice.site is None, "it is not in Louisiana"
    assert app.session_state["site"] == "grissom-peru"
    assert not app.warning


def test_a_drawn_area_from_a_link():
    choice, ids = seen(opened(region="drawn", area=RING))
    assert choice.area == tuple(read_ring(RING))
    assert "iren-childress" in ids
    assert 0 < len(ids) < 20
    wider = RING.replace("35.2", "36")
    assert seen(opened(region="drawn", area=wider))[0].key != choice.key


def test_a_bad_link_is_said_and_the_rest_is_followed():
    app = opened(region="louisiana", target_mw="lots", scenario="grid_first")
    choice, ids = seen(app)
    assert len(ids) == 4
    assert choice.target_mw == 200
    assert "lots" in app.warning[0].value
    app.slider(key="near_km").set_value(20).run()
    assert not app.warning, "it is said until something is changed"


def test_a_widget_moves_the_address():
    app = opened()
    app.slider(key="group_land").set_value(80.0)
    app.multiselect(key="state").set_value(["TX", "IN"])
    app.selectbox(key="site").set_value("iren-childress")
    app.slider(key="target_slider").set_value(500.0).run()
    assert {key: app.query_params[key] for key in app.query_params} == {
        "region": "us", "scenario": "balanced", "target_mw": "500", "group_land": "80",
        "state": ["TX", "IN"], "site": "iren-childress",
    }  # fmt: skip


def test_a_widget_goes_before_an_address_that_has_not_heard_of_it():
    app = opened(region="louisiana")
    old = dict(app.query_params)
    app.slider(key="near_km").set_value(60).run()
    app.query_params.clear()
    app.query_params.update(old)  # a browser that is slower than its user's hand
    app.slider(key="near_km").set_value(70).run()
    assert seen(app)[0].selection.near_km == 70


def test_an_empty_address_keeps_the_state_and_what_others_say_is_kept():
    app = opened(region="louisiana", utm_source="mail")
    assert app.query_params["utm_source"] == "mail"
    app.query_params.clear()
    app.run()
    assert seen(app)[0].selection.region == "louisiana"
    assert app.query_params["region"] == "louisiana"


def test_a_client_that_forgets_its_widgets_keeps_what_it_asked():
    app = opened(region="louisiana", near_km="50")
    app.session_state["forget"] = ("region", "near_km", "state", "group_land")
    app.run()
    choice, _ = seen(app)
    assert (choice.selection.region, choice.selection.near_km) == ("louisiana", 50)
    assert app.session_state["state"] == []
    assert app.session_state["group_land"] == 5


def test_the_way_back_brings_the_former_question():
    app = opened(region="louisiana")
    app.selectbox(key="region").set_value("childress").run()
    app.query_params["region"] = "louisiana"
    app.run()
    assert seen(app)[0].selection.region == "louisiana"


def query(page):
    return parse_qs(urlsplit(page.url).query)


def opened_at(page, address):
    page.goto(f"{page.home}/{address}")
    page.wait_for_selector(MAP, timeout=60_000)
    settled(page)
    return page


@pytest.mark.browser
def test_a_link_opens_the_same_screen_in_another_browser(browse):
    link = "?region=louisiana&scenario=grid_first&target_mw=320&by=potential&group_land=60"
    one = opened_at(browse(), link)
    words = "4 sites for 320 MW, scenario grid_first (weights set by hand), ranked by potential"
    expect(one.get_by_text(words).first).to_be_attached()
    expect(one.get_by_role("slider", name="Land: ").first).to_have_value("60")
    site = one.get_by_role("combobox", name="Site")
    site.fill("River Bend")
    site.press("Enter")
    one.wait_for_url("**site=hut8-river-bend**", timeout=60_000)
    settled(one)
    other = opened_at(browse(), "?" + urlsplit(one.url).query)
    assert query(other) == query(one)
    other.get_by_role("heading", name="The chosen site").wait_for(timeout=60_000)
    expect(other.get_by_text("River Bend, ").filter(has_text=": rank ")).to_have_count(1)


@pytest.mark.browser
def test_a_slider_a_page_and_the_way_back(page):
    settled(page)
    slider = page.get_by_role("slider", name="Land: ").first
    slider.focus()
    slider.press("PageUp")
    page.wait_for_url("**group_land=**", timeout=60_000)
    moved = query(page)
    settled(page)
    page.get_by_role("link", name="Data and assumptions").last.click()
    page.wait_for_url("**/data**group_land=**", timeout=60_000)
    assert query(page) == moved
    settled(page)
    page.go_back()
    page.wait_for_selector(MAP, timeout=60_000)
    settled(page)
    assert query(page) == moved
    page.go_back()
    page.wait_for_url(lambda url: "group_land" not in url, timeout=60_000)
    expect(page.get_by_role("slider", name="Land: ").first).to_have_value("5")


@pytest.mark.browser
def test_a_question_without_an_answer_leaves_the_page_and_the_sidebar(browse):
    one = browse()
    one.goto(f"{one.home}/data?min_mw=99999")
    one.get_by_text("No site in United States passes the filters").wait_for(timeout=60_000)
    settled(one)
    one.get_by_role("button", name="Take the filters off").click()
    one.get_by_role("heading", name="What does this rest on?").wait_for(timeout=60_000)
    assert urlsplit(one.url).path == "/data"
