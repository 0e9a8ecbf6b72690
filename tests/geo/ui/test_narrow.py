"""The pages on a telephone, 420 pixels wide."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_nothing_overflows_sideways(looks):
    over = {path: one.facts["over"] for (mode, path), one in looks.items() if mode == "narrow"}
    assert len(over) == 6
    assert {path: by for path, by in over.items() if any(by)} == {}


def test_the_map_comes_first_and_the_sidebar_waits(narrow, screenshot):
    frame = narrow.locator("iframe").first.bounding_box()
    assert frame["width"] <= 420
    assert frame["x"] >= 0
    table = narrow.get_by_test_id("stDataFrame").first.bounding_box()
    assert table["width"] <= 420
    # one above the other: side by side there is no room
    assert table["y"] >= frame["y"] + frame["height"] or frame["y"] >= table["y"] + table["height"]
    sidebar = narrow.get_by_test_id("stSidebar").bounding_box()
    assert sidebar is None or sidebar["x"] + sidebar["width"] <= 0
    screenshot(narrow, "telephone")


def test_the_sidebar_opens_and_leads_to_the_other_pages(narrow):
    narrow.get_by_test_id("stExpandSidebarButton").click()
    sidebar = narrow.get_by_test_id("stSidebar")
    sidebar.get_by_text("Region", exact=True).wait_for()
    sidebar.get_by_role("link", name="How sure is it?").click()
    narrow.get_by_role("heading", name="How sure is this ranking?").wait_for(timeout=60_000)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 420
