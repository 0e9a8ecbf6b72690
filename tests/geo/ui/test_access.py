"""The pages for people who do not see them, or hold no mouse."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from tests.geo.ui.conftest import settled

pytestmark = pytest.mark.browser

UPSTREAM = {
    ("color-contrast", "stMultiSelectTagsContainer"): (
        "Streamlit 1.67, https://github.com/streamlit/streamlit/issues/12801 (open): what is chosen"
        " in st.multiselect is white on the primary colour, whatever"
        " that is; no colour is light enough for the sliders' figures on dark and dark enough here"
    ),
}
"""Findings inside Streamlit's own widgets: rule and part, version, issue and reason."""


def test_axe_finds_nothing_serious_in_what_we_render(looks):
    found = {
        where: Counter(
            (rule, part, html)
            for rule, part, html in one.violations
            if (rule, part) not in UPSTREAM
        )
        for where, one in looks.items()
    }
    assert {where: many for where, many in found.items() if many} == {}


def test_headings_start_with_one_and_leave_out_no_level(looks):
    for where, one in looks.items():
        levels = [level for level, _ in one.facts["headings"]]
        assert levels.count(1) == 1, where
        assert levels[0] == 1, where
        jumps = [after - before for before, after in pairwise(levels)]
        assert max(jumps, default=0) <= 1, (where, one.facts["headings"])


def test_every_picture_and_frame_has_a_text_in_its_stead(looks):
    assert {
        where: one.facts["nameless"] for where, one in looks.items() if one.facts["nameless"]
    } == {}
    assert {where: one.facts["mute"] for where, one in looks.items() if one.facts["mute"]} == {}


def test_every_chart_says_what_it_shows(looks):
    for where, one in looks.items():
        for label in one.facts["charts"]:
            assert label, where
            assert label != "Vega visualization", where
        assert len(set(one.facts["charts"])) == len(one.facts["charts"]), where


FOCUSED = """() => {
    const found = [];
    for (let one = document.activeElement; one; one = one.parentElement) {
        if (one.dataset?.testid) { found.push(one.dataset.testid); }
        if (one.tagName === "IFRAME") { found.push("the map"); }
    }
    return found;
}"""
PARTS = {"stHeader", "stSidebar", "the map", "data-grid-canvas", "stDownloadButton"}


def test_the_keyboard_reaches_everything(page):
    """Tab from the top: the navigation, the sidebar, the map, the table, a download."""
    settled(page)
    page.locator("body").focus()
    reached, inside = set(), set()
    for _ in range(300):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        reached.update(found)
        if "the map" in found:
            inside.add(page.frames[-1].evaluate("document.activeElement.tagName"))
        if reached >= PARTS:
            break
    assert reached >= PARTS
    assert inside - {"BODY"}  # and goes into the map, not past it


def test_the_page_says_its_language_and_its_name(page):
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title()
