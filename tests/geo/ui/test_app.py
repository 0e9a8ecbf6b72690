"""The app: its logic by Streamlit's own tester, its behaviour in a real browser, offline."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from geo.assess import assess
from geo.launch import app_file
from geo.question import Question
from geo.scenario import load_scenario
from tests.conftest import AS_OF
from tests.geo.ui.conftest import map_frame as frame
from tests.geo.ui.conftest import map_rests, settled


def shown():
    from geo.ui.choice import choose
    from geo.ui.ranking_page import page

    chosen = choose()
    if chosen is not None:
        page(*chosen)


@pytest.fixture
def app():
    return AppTest.from_function(shown, default_timeout=60).run()


def ranking(app):
    return app.dataframe[0].value


def weight(app, key):
    return app.slider(key=key)


def test_the_app_shows_what_the_command_line_shows(app, assessment):
    assert not app.exception
    table = ranking(app).set_index("site_id")
    assert len(table) == 129
    expected = assessment.scores.score[table.index]
    assert (table["score"] - expected).abs().max() < 1e-12


def test_a_weight_re_ranks_and_nothing_is_measured_again(app, monkeypatch):
    from geo.ui import cached

    def refuse(*_):
        raise AssertionError("measured again")

    monkeypatch.setattr(cached, "measure_sites", refuse)
    before = ranking(app)["name"].tolist()
    weight(app, "group_land").set_value(100.0).run()
    assert not app.exception
    after = ranking(app)["name"].tolist()
    assert before != after


def test_another_target_gives_the_scores_of_that_target(app, sites, layers):
    next(one for one in app.slider if one.label.startswith("Target")).set_value(500).run()
    expected = assess(sites, layers, load_scenario("balanced"), Question(500, AS_OF)).scores.score
    table = ranking(app).set_index("site_id")
    assert (table["score"] - expected[table.index]).abs().max() < 1e-12


def test_all_weights_at_zero_is_answered_in_words(app):
    for one in app.slider:
        if one.key.startswith("group_"):
            one.set_value(0.0)
    app.run()
    assert not app.exception
    assert "all weights are 0" in app.warning[0].value


def test_regions_and_near(app):
    app.selectbox(key="region").set_value("northern_indiana").run()
    assert ranking(app)["site_id"].tolist() == ["grissom-peru"]
    app.slider(key="near_km").set_value(100).run()
    assert len(ranking(app)) > 1


def test_another_scenario_brings_its_own_weights(app):
    app.selectbox(key="scenario").set_value("grid_first").run()
    assert weight(app, "group_grid").value == pytest.approx(60)
    assert weight(app, "group_capacity").value == pytest.approx(20)


def test_the_page_says_what_binds_at_the_first_site(app, assessment):
    first = assessment.rank.idxmin()
    texts = " ".join(one.value for one in app.text)
    assert assessment.metrics.findings.at[first, "binding_reason"] in texts
    assert assessment.metrics.findings.at[first, "binding_relief"] in texts


def view(page):
    return frame(page).evaluate("[map.getCenter().lat, map.getCenter().lng, map.getZoom()]")


def move_land(page, presses, key):
    """Move the slider of the land and wait for the share that comes out."""
    slider = page.get_by_role("slider", name="Land: ").first
    before = slider.get_attribute("aria-label")
    slider.focus()
    for _ in range(presses):
        slider.press(key)
    page.wait_for_function(
        "(before) => [...document.querySelectorAll('input[type=range]')]"
        ".every((one) => one.getAttribute('aria-label') !== before)",
        arg=before,
        timeout=60_000,
    )
    settled(page)


@pytest.mark.browser
def test_panning_does_not_run_the_script_again(page):
    settled(page)
    map_rests(page)
    sent, before = len(page.sent), view(page)
    box = page.locator("iframe").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 150, y + 60, steps=5)
    page.mouse.up()
    page.mouse.wheel(0, -300)
    frame(page).wait_for_function(f"map.getZoom() > {before[2]}", timeout=60_000)
    settled(page)
    assert len(page.sent) == sent


@pytest.mark.browser
def test_a_slider_keeps_the_view(page):
    settled(page)
    map_rests(page)
    frame(page).evaluate("void map.setView([34.4, -100.1], 9, {animate: false})")
    map_rests(page)
    kept = view(page)
    move_land(page, 5, "ArrowRight")
    map_rests(page)
    assert view(page) == pytest.approx(kept, abs=1e-6)


@pytest.mark.browser
def test_the_chosen_site_stays_chosen_when_the_order_changes(page):
    """The tick is on a site, not on a row."""
    settled(page)
    table = page.get_by_test_id("stDataFrame").first
    box = table.bounding_box()
    page.mouse.click(box["x"] + 15, box["y"] + 35 + 4.5 * 35)  # the tick of the fifth row
    page.get_by_text(": rank 5 of").wait_for(timeout=60_000)
    line = page.get_by_text(": rank ").first.inner_text()
    move_land(page, 3, "PageUp")
    page.get_by_text(": rank 5 of").wait_for(state="detached", timeout=60_000)
    expect(page.get_by_text(": rank ").first).to_contain_text(line.split(": rank")[0])


@pytest.mark.browser
def test_the_second_page_opens_with_its_charts_and_the_choice_goes_with_it(page):
    page.get_by_role("link", name="How sure is it?").last.click()
    page.get_by_role("heading", name="Does this ranking predict anything?").wait_for(timeout=60_000)
    page.get_by_role("heading", name="Do other methods agree?").wait_for(timeout=60_000)
    page.get_by_test_id("stVegaLiteChart").nth(3).wait_for(timeout=60_000)
    expect(page.get_by_text("Rank 1, Rockdale (Dory Creek), is first in")).to_have_count(1)
    page.get_by_text("potential", exact=True).first.click()
    page.get_by_text("Rank 1, Sweetwater 1, is first in").wait_for(timeout=60_000)
    page.get_by_role("link", name="Map and ranking").last.click()
    page.wait_for_selector("iframe", timeout=60_000)
    expect(page.get_by_role("radio", name="potential")).to_be_checked()


def test_the_entry_file_is_there_and_thin():
    lines = [line for line in app_file().read_text().splitlines() if line.strip()]
    assert len(lines) <= 12
