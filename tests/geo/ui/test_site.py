"""The page of one site: the same dossier as the files, and the files."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from geo.explain import explain
from geo.robustness import Uncertainty, robustness, usual_draws
from geo.selection import Selection, select
from tests.geo.dossiers import Reader, numbers
from tests.geo.ui.conftest import NARROW, becomes, settled

BEST = "bitdeer-rockdale"


def shown(site=None):
    from dataclasses import replace

    from geo.ui.choice import choose
    from geo.ui.site_page import page

    choice, assessment = choose()
    if site is not None:
        choice = replace(choice, site=site)
    page(choice, assessment)


def shown_own():
    """Show a site of the user's own with a name that would be markup."""
    from dataclasses import replace

    import pandas as pd

    from geo.assess import assess
    from geo.sites import complete
    from geo.ui import cached
    from geo.ui.choice import choose
    from geo.ui.site_page import page

    choice, _ = choose()
    row = {
        "site_id": "mine",
        "name": "<script>alert(1)</script> *a* [b](http://evil) :zap: $x$",
        "lat": 34.4,
        "lon": -100.1,
        "coord_precision": "site",
        "status": "operating",
    }
    own = complete(pd.DataFrame([row]), brought=True)
    layers = cached.layers()
    question = cached.question(333)
    assessment = assess(own, layers, choice.scenario, question)
    page(replace(choice, target_mw=333.0), assessment)


def read(app):
    """Give everything of the page that is HTML, as a dossier is read."""
    parts = [one.proto.body for one in app.get("html")]
    return Reader("".join(part for part in parts if not part.startswith("<style>")))


@pytest.fixture(scope="module")
def app():
    return AppTest.from_function(shown, default_timeout=120).run()


@pytest.fixture(scope="module")
def us(assessment):
    return assessment.only(select(assessment.sites, Selection("us")))


def test_every_figure_of_the_page_is_that_of_explain(app, us, layers):
    assert not app.exception
    ranges = robustness(us, Uncertainty(draws=usual_draws(len(us.sites))))
    of_explain = dict(numbers(explain(us, BEST, ranges, layers)))
    figures = read(app).figures
    assert len(figures) > 200
    for place, value, text in figures:
        assert value == of_explain[place], place
        assert value is not None or text.startswith("not "), place


def test_without_a_choice_the_best_is_shown_and_said_to_be(app):
    assert app.title[0].value.startswith("Rockdale")
    said = "No site is chosen: this is the one that ranks best, Rockdale (Dory Creek)."
    assert said in [one.value for one in app.text]


def test_a_chosen_site_that_the_region_leaves_out_is_not_passed_over():
    app = AppTest.from_function(shown, default_timeout=120)
    app.query_params["region"] = "louisiana"
    app.query_params["site"] = "iren-childress"
    app.run()
    assert not app.exception
    (said,) = [one.value for one in app.warning]
    assert "childress is not among the sites that pass region and filters" in said
    assert "Childress" not in app.title[0].value


def test_weights_left_alone_are_the_scenarios_and_the_command_is_named(app):
    said = " ".join(one.value for one in [*app.text, *app.markdown])
    said += " ".join(one.proto.body for one in app.get("html"))
    command = "rewatt dossier bitdeer-rockdale --scenario balanced --target-mw 200 --by score"
    assert f"Made by: {command}" in re.sub(r"[\\\u2060]", "", said)
    assert "set by hand" not in said


def test_a_dossier_of_weights_set_by_hand_does_not_pass_as_the_scenarios():
    app = AppTest.from_function(shown, default_timeout=120)
    app.query_params["group_land"] = "50"
    app.run()
    said = " ".join(one.value for one in [*app.text, *app.markdown])
    said = re.sub(r"[\\\u2060]", "", said)
    assert "Scenario balanced (weights set by hand), ranked by score" in said
    assert "Made by" not in said


def test_the_headings_are_those_of_the_dossier(app):
    headings = [re.sub(r"[\\\u2060]", "", one.value) for one in app.header]
    assert headings[0] == "The answer in figures"
    assert "What is not known, and what it could change" in headings
    assert "The news about its conversion" in headings


def test_a_site_of_the_users_own_shows_its_name_as_it_is():
    app = AppTest.from_function(shown_own, default_timeout=120).run()
    assert not app.exception
    title = app.title[0].value.replace("\\", "").replace("\u2060", "")
    assert title == "<script>alert(1)</script> *a* [b](http://evil) :zap: $x$"
    assert app.title[0].value.startswith(r"\<script\>")
    bodies = "".join(one.proto.body for one in app.get("html"))
    assert "<script" not in bodies
    made = [one.value for one in app.text if one.value.startswith("rewatt ")]
    assert "brought by the user" in made[0]


@pytest.fixture
def site_page(browse):
    page = browse()
    page.goto(f"{page.home}/site")
    page.get_by_text("The answer in figures").wait_for(timeout=90_000)
    settled(page)
    return page


@pytest.mark.browser
def test_the_page_shows_three_drawings_with_words_for_who_does_not_see_them(site_page, screenshot):
    drawings = site_page.locator("[data-testid=stImage] img")
    expect(drawings).to_have_count(3)
    alts = [one.get_attribute("alt") for one in drawings.all()]
    assert [alt.split(" ")[0] for alt in alts] == ["Where", "Megawatts", "Within"]
    assert all(len(alt) > 100 for alt in alts)
    for one in drawings.all():
        drawn = "image => image.complete && image.naturalWidth > 300"
        becomes(site_page, lambda one=one, drawn=drawn: one.evaluate(drawn))
    becomes(site_page, lambda: site_page.locator("[role=region][tabindex='0']").count() > 10)
    screenshot(site_page, "site")


@pytest.mark.browser
def test_the_files_are_those_that_the_command_line_writes(site_page, chromium, tmp_path):
    for kind in ("HTML", "PDF"):
        with site_page.expect_download(timeout=60_000) as waiting:
            site_page.get_by_role("button", name=f"Download as {kind}").click()
        assert waiting.value.suggested_filename == f"{BEST}.{kind.lower()}"
        waiting.value.save_as(tmp_path / f"d.{kind.lower()}")
    paper = pypdf.PdfReader(io.BytesIO((tmp_path / "d.pdf").read_bytes()))
    assert paper.metadata.title == "Rockdale (Dory Creek): site dossier"
    opened = chromium.new_page()
    asked, errors = [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda said: errors.append(said.text))
    opened.goto((tmp_path / "d.html").as_uri())
    assert opened.locator("h1").inner_text() == "Rockdale (Dory Creek)"
    assert opened.locator("svg").count() == 3
    on_page = site_page.locator(".dossier data").all_inner_texts()
    assert opened.locator("data").all_inner_texts() == on_page
    opened.close()
    assert asked == [(tmp_path / "d.html").as_uri()]
    assert errors == []


@pytest.mark.browser
def test_on_a_telephone_and_in_the_dark_nothing_is_wider_than_the_screen(browse, screenshot):
    page = browse(NARROW, scheme="dark")
    page.goto(f"{page.home}/site")
    page.get_by_text("The answer in figures").wait_for(timeout=90_000)
    settled(page)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("part => part.scrollWidth <= part.clientWidth + 1")
    ink = page.locator(".dossier .value").first.evaluate("part => getComputedStyle(part).color")
    assert min(int(one) for one in re.findall(r"\d+", ink)[:3]) > 150
    screenshot(page, "site-narrow-dark")


@pytest.mark.browser
def test_the_html_dossier_loads_nothing_prints_light_and_fits_a_telephone(
    chromium, rewatt, tmp_path
):
    file = tmp_path / "d.html"
    assert rewatt("dossier", "iren-childress", "--out", file).status == 0
    context = chromium.new_context(
        viewport={"width": NARROW[0], "height": NARROW[1]}, color_scheme="dark"
    )
    page = context.new_page()
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: errors.append(said.text))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(20, 23, 28)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    for paper in ("A4", "Letter"):
        printed = pypdf.PdfReader(io.BytesIO(page.pdf(format=paper)))
        assert 3 <= len(printed.pages) <= 15
        assert "The answer in" in printed.pages[0].extract_text()
    context.close()
    assert asked == [file.as_uri()]
    assert errors == []


@pytest.mark.browser
def test_no_number_of_a_table_stands_on_another_line_than_its_unit(browse):
    page = browse()
    page.goto(f"{page.home}/site?site=riot-corsicana")
    numbers = page.locator(".dossier td data")
    numbers.first.wait_for(timeout=90_000)
    settled(page)
    broken = numbers.evaluate_all(
        "(all) => all.filter((one) => one.getClientRects().length > 1).map((one) => one.innerText)"
    )
    assert broken == []
    assert numbers.filter(has_text="1.3 years").count()
