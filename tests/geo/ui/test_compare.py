"""The page Compare: two to six sites side by side, chosen, linked to and taken away."""

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.ui.compare_view import parallel
from tests.geo.ui.conftest import settled

PAIR = "iren-childress,grissom-peru"


def shown():
    from geo.ui.choice import choose
    from geo.ui.compare_page import page

    chosen = choose()
    if chosen is not None:
        page(*chosen)


@pytest.fixture
def app():
    return AppTest.from_function(shown, default_timeout=90)


def linked(app, text):
    app.query_params["compare"] = text
    return app.run()


def plain(text):
    return text.replace("\\", "").replace("\u2060", "")


def tables(app):
    return [one.value.rename(index=plain, columns=plain).map(plain) for one in app.table]


def test_the_best_are_compared_at_first(app, assessment):
    app.run()
    assert not app.exception
    best = assessment.rank.astype(float).nsmallest(3).index
    assert app.multiselect(key="compare-sites").value == list(best)
    assert app.query_params["compare"] in (",".join(best), [",".join(best)])


def test_the_selected_site_is_compared_with_the_best(app):
    app.query_params["site"] = "iren-childress"
    app.run()
    assert app.multiselect(key="compare-sites").value[0] == "iren-childress"
    assert len(app.multiselect(key="compare-sites").value) == 3


def test_a_link_opens_the_same_comparison(app):
    linked(app, PAIR)
    assert not app.exception
    assert app.multiselect(key="compare-sites").value == PAIR.split(",")
    first = tables(app)[0]
    assert first.columns.tolist() == ["Childress", "Grissom (Peru)"] or len(first.columns) == 2
    assert first.loc["Energised (MW)"].iloc[0] == "750"
    assert first.loc["Score, proven (0 to 1)"].iloc[0].startswith("▲ ")
    assert first.loc["Score, proven (0 to 1)"].iloc[1].startswith("▼ ")


def test_another_choice_changes_the_address(app):
    linked(app, PAIR)
    app.multiselect(key="compare-sites").set_value(
        ["grissom-peru", "riot-corsicana", "iren-childress"]
    ).run()
    assert not app.exception
    told = app.query_params["compare"]
    told = told if isinstance(told, str) else told[0]
    assert told == "grissom-peru,riot-corsicana,iren-childress"
    assert len(tables(app)[0].columns) == 3


def test_a_link_to_what_is_not_there_is_followed_as_far_as_it_goes(app):
    linked(app, f"{PAIR},<b>nowhere</b>")
    assert not app.exception
    assert "<b>nowhere</b>" in plain(app.warning[0].value)
    assert app.multiselect(key="compare-sites").value == PAIR.split(",")


def test_one_site_alone_is_answered_in_words(app):
    linked(app, PAIR)
    app.multiselect(key="compare-sites").set_value(["grissom-peru"]).run()
    assert not app.exception
    assert "Choose 2 to 6 sites" in app.info[0].value


def test_the_order_of_the_criteria_can_be_the_scenarios(app):
    linked(app, PAIR)
    before = tables(app)[3].index.tolist()
    app.toggle(key="compare-order").set_value(False).run()
    after = tables(app)[3].index.tolist()
    assert before != after
    assert sorted(before) == sorted(after)
    assert after[0].startswith("Energised capacity")


def test_who_beats_whom_adds_up(app):
    linked(app, PAIR)
    won = next(one.value for one in app.dataframe if "beats" in one.value)
    shares = [float(won.iloc[0, 2].split()[0]), float(won.iloc[1, 1].split()[0])]
    assert sum(shares) == pytest.approx(100, abs=1)


def test_an_unknown_breaks_the_line_and_is_not_drawn_as_zero(assessment):
    names = {site: site for site in PAIR.split(",")}
    chart = parallel(assessment, names).to_dict()
    data = pd.DataFrame(next(iter(chart["datasets"].values())))
    unknown = assessment.scores.utilities.loc[list(names)].isna().to_numpy().sum()
    lines, points, marks = chart["layer"]
    assert lines["mark"]["invalid"] == "break-paths-show-domains"
    assert points["mark"]["invalid"] == "filter"
    assert marks["mark"]["text"] == "?"
    assert 0 < data["worth"].isna().sum() <= unknown
    # told apart by more than colour
    assert "strokeDash" in lines["encoding"]
    assert "shape" in points["encoding"]


@pytest.mark.browser
def test_a_link_opens_the_comparison_and_it_is_taken_away(browse, tmp_path):
    page = browse()
    page.goto(f"{page.home}/compare?compare={PAIR}")
    page.get_by_role("heading", name="Where they are").wait_for(timeout=90_000)
    settled(page)
    assert "compare=iren-childress%2Cgrissom-peru" in page.url
    page.get_by_test_id("stTable").nth(4).wait_for(timeout=30_000)
    page.get_by_test_id("stVegaLiteChart").nth(3).wait_for(timeout=30_000)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the comparison as CSV").click()
    path = tmp_path / "comparison.csv"
    download.value.save_as(path)
    table = pd.read_csv(path)
    assert set(table["site_id"]) == set(PAIR.split(","))
    assert (table["id"] == "score").sum() == 2


@pytest.mark.browser
def test_a_site_that_is_added_is_brought_into_sight_on_the_map(browse):
    page = browse()
    page.goto(f"{page.home}/compare?compare=riot-corsicana,riot-rockdale")
    shown = page.locator("iframe").element_handle(timeout=60_000).content_frame()
    shown.wait_for_function("window.map && map.getZoom() > 6", timeout=30_000)
    box = page.get_by_role("combobox", name="Sites, up to 6")
    box.fill("Lake Mariner")
    box.press("Enter")
    shown.wait_for_function(
        "map.getBounds().contains([43.35, -78.6]) && map.getBounds().contains([32.1, -96.4])",
        timeout=30_000,
    )
