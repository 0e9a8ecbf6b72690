"""The data page: the same as the command line says, anew as soon as something is fetched."""

from __future__ import annotations

import shutil
import sys
import tomllib
from datetime import date

import pytest
import shapely
import streamlit
from streamlit.testing.v1 import AppTest

from geo.columns import COLUMNS
from geo.report import assumption_table
from geo.scenario import load_scenario
from layers import Store
from layers._base import data_folder
from layers.sources import rewatt_curated
from tests.conftest import REPO
from tests.geo.stored import put_pipelines

WEST = ("west", [(-100.05, 33.0), (-100.05, 36.0)])
EAST = ("east", [(-84.0, 30.0), (-84.0, 45.0)])


def shown():
    from geo.ui.choice import choose
    from geo.ui.data_page import page

    chosen = choose()
    if chosen is not None:
        page(*chosen)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("REWATT_DATA", str(tmp_path / "data"))
    return Store(tmp_path / "data")


def opened():
    app = AppTest.from_function(shown, default_timeout=120).run()
    assert not app.exception
    return app


def texts(app):
    return [one.value for one in app.text]


def table(app, column):
    return next(one.value for one in app.dataframe if column in one.value)


@pytest.mark.usefixtures("store")
def test_nothing_fetched_is_said_with_the_commands():
    app = opened()
    layers = table(app, "layer").set_index("layer")
    assert layers.loc["substations", ["state", "rows"]].tolist() == ["embedded", 5658]
    assert layers.loc["gas_pipelines", "state"] == "absent"
    assert any("`rewatt fetch eia_pipelines` brings it" in one for one in texts(app))
    assert "Nothing was fetched or imported, so nothing can have changed." in texts(app)
    absent = next(one for one in texts(app) if one.startswith("Layers that are not there"))
    assert "Gas transmission pipelines" in absent
    assert "Substations" not in absent
    assert "in quarantine" not in layers


@pytest.mark.usefixtures("store")
def test_source_vintage_licence_and_coverage_come_before_the_counts():
    """What does not fit beside the sidebar is scrolled to; the terms of use are no such thing."""
    heads = table(opened(), "layer").columns.tolist()
    assert heads[3:7] == ["vintage", "area", "from", "licence"]


@pytest.mark.usefixtures("store")
def test_the_data_are_told_of_where_the_filters_leave_no_site():
    app = AppTest.from_function(shown, default_timeout=120)
    app.query_params["min_mw"] = "99999"
    app.run()
    assert not app.exception
    assert table(app, "layer").set_index("layer").loc["substations", "rows"] == 5658
    assert set(table(app, "criterion")["of"]) == {0}


def test_what_is_fetched_while_the_app_runs_shows_at_the_next_run(store):
    app = opened()
    absent = table(app, "criterion").set_index("criterion")["sites without evidence"]
    assert absent["Distance to the nearest gas pipeline"] == 129
    put_pipelines(store, WEST, EAST)
    app.run()
    layers = table(app, "layer").set_index("layer")
    assert layers.loc["gas_pipelines", ["state", "rows"]].tolist() == ["fetched", 2]
    known = table(app, "criterion").set_index("criterion")["sites without evidence"]
    assert known["Distance to the nearest gas pipeline"] < 129
    assert table(app, "source")["feeds"].tolist() == ["gas_pipelines"]
    put_pipelines(store, WEST)
    app.run()
    assert table(app, "layer").set_index("layer").loc["gas_pipelines", "rows"] == 1


def test_moves_and_reasons_are_those_of_the_command_line(store, rewatt):
    import json

    put_pipelines(store, WEST, EAST)
    app = opened()
    assert not any("sites moved" in one for one in texts(app))
    app.toggle[0].set_value(True).run()
    assert not app.exception
    told = json.loads(rewatt("data", "diff", "--json").out)["ranks"]
    moves = table(app, "rank was")
    sites = [*told["moves"], *told["rescored"]]
    assert moves["rank was"].tolist() == [one["rank_before"] for one in sites]
    assert moves["rank is"].tolist() == [one["rank_after"] for one in sites]
    first = told["moves"][0]
    line = next(one for one in texts(app) if one.startswith(f"{first['name']} ("))
    assert f"rank {first['rank_before']} -> {first['rank_after']}" in line
    assert app.get("download_button")


def test_it_is_checked_when_asked(store, tmp_path, monkeypatch):
    put_pipelines(store, WEST)
    app = opened()
    assert "All is well." not in texts(app)
    app.button[0].click().run()
    assert "All is well." in texts(app)
    changed = tmp_path / "tables"
    shutil.copytree(data_folder(), changed)
    (changed / "campuses.csv").write_text("campus_id\n")
    monkeypatch.setattr(rewatt_curated, "data_folder", lambda: changed)
    app.button[0].click().run()
    assert "1 problem." in texts(app)
    assert any(one.startswith("problem: embedded campuses") for one in texts(app))


@pytest.mark.usefixtures("store")
def test_every_number_and_every_column_is_there():
    app = opened()
    assert table(app, "locator")["id"].tolist() == assumption_table()["id"].tolist()
    assert table(app, "column")["column"].tolist() == [one.name for one in COLUMNS]


def find(app, label, words):
    next(one for one in app.text_input if one.label == label).set_value(words).run()
    assert not app.exception


@pytest.mark.usefixtures("store")
def test_the_assumptions_can_be_searched():
    app = opened()
    find(app, "Find a number, a source or a meaning", "ANCHOR_land  acres")
    found = table(app, "locator")
    assert set(found["id"]) == {"anchor_land"}
    assert found["value"].tolist() == [0, 0.25, 1]
    assert any(one.startswith(f"{len(found)} of ") for one in texts(app))
    find(app, "Find a number, a source or a meaning", "no such thing [")
    assert any("No row holds all of these words" in one for one in texts(app))
    find(app, "Find a number, a source or a meaning", "")
    assert len(table(app, "locator")) == len(assumption_table())


@pytest.mark.usefixtures("store")
def test_the_column_dictionary_can_be_searched():
    app = opened()
    find(app, "Find a column", "firm_mw_high")
    names = table(app, "column")["column"].tolist()
    assert "firm_mw_high" in names
    assert len(names) < len(COLUMNS)


def test_the_versions_are_those_that_run(store):
    fetched = put_pipelines(store, WEST)
    versions = table(opened(), "kind").set_index("what")["version"]
    assert (
        versions["rewatt"]
        == tomllib.loads((REPO / "pyproject.toml").read_text())["project"]["version"]
    )
    assert versions["Python"] == sys.version.split()[0]
    assert versions["streamlit"] == streamlit.__version__
    assert versions["shapely"] == shapely.__version__
    assert "ruff" not in versions
    told = versions[versions.str.startswith(fetched.manifest.version)]
    assert len(told) == 1
    assert fetched.manifest.vintage in told.iloc[0]


@pytest.mark.usefixtures("store")
def test_every_layer_says_source_vintage_licence_and_coverage():
    layers = table(opened(), "layer").set_index("layer")
    there = layers[layers["state"] != "absent"]
    assert there[["from", "vintage", "licence", "area"]].ne("").all(axis=None)
    assert there[["from", "vintage", "licence", "area"]].notna().all(axis=None)


@pytest.mark.usefixtures("store")
def test_the_weightiest_gap_comes_first(assessment):
    gaps = table(opened(), "criterion")
    lacking = gaps["sites without evidence"] * gaps["share of the weight, %"]
    assert lacking.is_monotonic_decreasing
    shares = load_scenario("balanced").shares
    assert gaps["share of the weight, %"].sum() == pytest.approx(100 * sum(shares.values()), abs=1)
    assert (gaps["of"] == 129).all()
    assert len(gaps) == assessment.scores.utilities.shape[1]


def test_data_that_cannot_be_read_are_answered_in_words(store):
    put_pipelines(store, WEST)
    (store.source_folder("eia_pipelines") / "current").write_text("{broken")
    app = opened()
    assert "rewatt data verify" in app.warning[0].value


def test_today_is_not_kept(store):
    from geo.ui import cached

    version = put_pipelines(store, WEST)
    day = date.fromisoformat(version.manifest.retrieved_at[:10])
    ages = [
        next(one.age_days for one in cached.status(today).sources if one.version is not None)
        for today in (day, date.fromordinal(day.toordinal() + 3))
    ]
    assert ages == [0, 3]


@pytest.mark.browser
def test_the_page_in_a_browser(browse, serve, store):
    put_pipelines(store, WEST, EAST)
    home = serve(store.folder)
    page = browse((420, 900), home=home)
    page.goto(f"{home}/data")
    page.get_by_text("What does every column mean?").wait_for(timeout=90_000)
    page.get_by_text("Compare and rank both ways").click()
    page.get_by_text("sites moved;").wait_for(timeout=90_000)
    page.get_by_role("button", name="Check every hash and every column").click()
    page.get_by_text("All is well.").wait_for(timeout=60_000)
    put_pipelines(store, WEST)
    page.reload()
    page.get_by_text("What does every column mean?").wait_for(timeout=90_000)
    page.get_by_text("Compare and rank both ways").click()
    page.get_by_text("eia_pipelines: retrieved").wait_for(timeout=90_000)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
