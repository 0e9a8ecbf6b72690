"""The page What if: points, files and copies, ranked among the listed sites in this session."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from geo.assess import assess
from geo.coordinates import LONGEST
from geo.explain import explain
from geo.own_sites import as_brought, checked, copy_of, edited
from geo.question import Question
from geo.scenario import load_scenario
from geo.ui.download import FORMATS, file_bytes
from tests.conftest import AS_OF, REPO
from tests.geo.ui.conftest import settled

HOSTILE = "<img src=x onerror=window.pwned=1> *b* [x](y) $a$ :zap:"
BESIDE = "\u2060"


def shown():
    from geo.ui.choice import choose
    from geo.ui.what_if_page import page

    chosen = choose()
    if chosen is not None:
        page(*chosen)


@pytest.fixture
def app():
    return AppTest.from_function(shown, default_timeout=90).run()


def press(app, label):
    return next(one for one in app.button if one.label == label).click().run()


def add(app, text):
    app.text_input(key="point-text").set_value(text)
    return press(app, "Add the point")


def said(elements):
    """Give messages as they are read: without what keeps Markdown from reading them."""
    return " ".join(one.value.replace("\\", "").replace(BESIDE, "") for one in elements)


def own_table(app):
    return app.dataframe[0].value.set_index("site_id")


def field(app, label):
    fields = [*app.number_input, *app.text_input, *app.selectbox]
    return next(one for one in fields if one.label == label and str(one.key).startswith("edit-"))


def upload(app, content, name="mine.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    app.file_uploader[0].set_value((name, data, "text/csv")).run()
    return app


def test_a_typed_point_is_ranked_among_the_listed_sites(app, layers, assessment):
    add(app, "34°22'58.8\"N 100°03'25.2\"W")
    assert not app.exception
    assert "1 of your own among 123 ranked sites" in said(app.text)
    row = own_table(app).iloc[0]
    # the same as measuring it alone, and the listed sites' scores are what they were
    kept = app.session_state["scratch"]
    alone = assess(kept, layers, load_scenario("balanced"), Question(200, AS_OF))
    assert row["score"] == pytest.approx(alone.scores.score.iloc[0], abs=1e-3)
    us = assessment.sites.index[assessment.sites["country"] == "US"]
    better = (assessment.scores.score[us] > alone.scores.score.iloc[0]) & assessment.rank[
        us
    ].notna()
    assert row["rank"] == better.sum() + 1
    assert row["poi_name"] == "Tesla"
    assert row["poi_kv"] == 345


def test_a_name_that_one_place_has_is_enough(app):
    add(app, "Anthropic-Amazon New Carlisle")
    assert not app.exception
    assert own_table(app)["name"].tolist() == ["At Anthropic-Amazon New Carlisle"]
    assert app.session_state["site"] == own_table(app).index[0]


def test_where_several_are_called_so_the_page_asks_which(app):
    add(app, "new carlisle")
    assert "None yet" in said(app.text)
    assert "Which new carlisle? 3 are called so." in said(app.text)
    app.button(key="found-0").click().run()
    assert not app.exception
    kept = app.session_state["scratch"]
    assert kept["name"].tolist() == ["At New Carlisle"]
    stations = pd.read_csv(REPO / "data" / "substations.csv")
    one = stations[stations["name"] == "New Carlisle"].iloc[0]
    assert (kept["lat"].iloc[0], kept["lon"].iloc[0]) == (one["lat"], one["lon"])
    assert "Which" not in said(app.text)


def test_a_city_stands_for_a_town_and_its_distances_are_ranges(app):
    add(app, "kalamazoo")
    assert not app.exception
    assert "The point of Kalamazoo stands for the whole town: it is good to 8 km" in said(app.info)
    kept = app.session_state["scratch"]
    assert kept["coord_precision"].tolist() == ["town"]


def test_what_is_added_is_chosen_and_its_connection_stands_on_the_page(app, layers):
    add(app, "34.383, -100.057")
    (site,) = app.session_state["scratch"].index
    assert app.session_state["site"] == site
    assert any("Ways to connect 200 MW" in one for one in said(app.header).split(":"))
    kept = app.session_state["scratch"]
    alone = assess(kept, layers, load_scenario("balanced"), Question(200, AS_OF))
    shown = " ".join(one.proto.body for one in app.get("html"))
    assert "firm MW is an upper bound" in shown
    options = explain(alone, site)["options"]
    assert len(options) > 1
    for option in options:
        assert (option["name"] or option["id"]) in shown
        assert f'<data value="{option["usd_mid"]!r}"' in shown
    upload(app, "site_id,name,lat,lon\nnorth,North,35,-100\nsouth,South,33,-100\n")
    assert app.session_state["site"] == "own-north"
    app.session_state["site"] = None
    app.run()
    assert "Tick one of them to see how it connects" in said(app.text)


def test_the_table_of_my_sites_is_in_millions_and_names_every_station(app, layers):
    app.selectbox(key="copy-of").set_value("riot-corsicana")
    press(app, "Copy it")
    add(app, "34.383, -100.057")
    shown = own_table(app)
    kept = app.session_state["scratch"]
    alone = assess(kept, layers, load_scenario("balanced"), Question(200, AS_OF))
    found = alone.metrics.findings.loc[shown.index]
    assert pd.isna(found.at["own-riot-corsicana", "poi_name"])
    unnamed = f"unnamed {found.at['own-riot-corsicana', 'poi_id']}"
    assert shown.at["own-riot-corsicana", "poi_name"] == unnamed
    for end in ("low", "mid", "high"):
        usd = found[f"interconnection_usd_{end}"]
        assert usd.max() > 1e6
        assert (shown[f"interconnection_usd_{end}"] * 1e6).tolist() == pytest.approx(usd.tolist())
    assert app.dataframe[0].proto.placeholder == "not known"


def test_my_sites_are_files_in_five_formats_even_where_no_place_is_public(sites, tmp_path):
    rows = [copy_of(sites, one, []) for one in ("iren-oklahoma", "iren-childress")]
    for many in (1, 2):
        mine = as_brought(checked(rows[:many], sites).sites)
        for suffix in FORMATS:
            path = tmp_path / f"mine-{many}{suffix}"
            path.write_bytes(file_bytes(mine, suffix, ()))
            if suffix == ".csv":
                again = pd.read_csv(path)
            elif suffix == ".parquet":
                again = gpd.read_parquet(path)
            else:
                again = gpd.read_file(path)
            assert len(again) == many, suffix


def test_fields_hold_no_more_than_is_read(app):
    assert app.text_input(key="point-text").proto.max_chars == LONGEST
    name = "Long " * 100
    upload(app, f"site_id,name,lat,lon\nlong,{name},35,-100\n")
    kept = app.session_state["scratch"].at["own-long", "name"]
    assert field(app, "Name").proto.max_chars >= len(kept) > LONGEST
    press(app, "Keep the changes")
    assert app.session_state["scratch"].at["own-long", "name"] == kept


def test_what_nothing_is_called_is_said(app):
    add(app, "Atlantis Power Station")
    assert "Nor is a campus, substation or larger city called so" in said(app.warning)
    assert "None yet" in said(app.text)


def test_what_is_no_point_is_said_and_adds_nothing(app):
    add(app, "-100.057, 34.383")
    assert not app.exception
    assert "The two look swapped: latitude comes first" in said(app.warning)
    assert "None yet" in said(app.text)
    add(app, "34.383, -100.057")
    assert "1 of your own" in said(app.text)


def test_a_click_on_the_map_adds_a_point(monkeypatch):
    """The map's own part is tested where the map is: here, what it calls."""
    from geo.ui import what_if_page

    app = AppTest.from_function(shown, default_timeout=90)
    given = {}
    monkeypatch.setattr(what_if_page, "show_map", lambda *_, **options: given.update(options))
    app.run()
    assert given["own"] == frozenset()
    assert given["on_point"] is what_if_page.add_clicked
    add(app, "34.3830012, -100.057")
    assert given["own"] == {"own-point-34-3830-100-0570"}


def test_a_copy_starts_as_its_original_and_what_is_changed_is_told(app, sites, layers):
    app.selectbox(key="copy-of").set_value("iren-childress")
    press(app, "Copy it")
    assert not app.exception
    assert own_table(app).loc["own-iren-childress", "name"] == "Childress (what if)"
    field(app, "Energised, MW").set_value(200.0)
    field(app, "Status").set_value("under_construction")
    press(app, "Keep the changes")
    assert not app.exception
    row = own_table(app).loc["own-iren-childress"]
    assert row["energised_mw"] == 200
    changed = edited(
        checked([copy_of(sites, "iren-childress", [])], sites).sites,
        "own-iren-childress",
        {"energised_mw": 200.0, "status": "under_construction"},
    )
    both = pd.concat([sites, checked([changed], sites).sites])
    scores = assess(both, layers, load_scenario("balanced"), Question(200, AS_OF)).scores.score
    assert row["score"] == pytest.approx(scores["own-iren-childress"], abs=1e-3)
    told = app.table[0].value
    text = told.map(lambda cell: cell.replace("\\", "").replace(BESIDE, "")).set_index("what")
    assert text.loc["Energised", ["listed site", "what if"]].tolist() == ["750", "200"]
    assert text.loc["Status", "what if"] == "under construction"
    adds = pd.to_numeric(text["adds to the score"], errors="coerce").sum()
    assert adds == pytest.approx(scores["own-iren-childress"] - scores["iren-childress"], abs=1e-3)


def test_a_change_that_cannot_be_is_refused_and_the_site_stays(app):
    app.selectbox(key="copy-of").set_value("iren-childress")
    press(app, "Copy it")
    field(app, "Energised, MW").set_value(900.0)
    press(app, "Keep the changes")
    assert not app.exception
    assert "expected at most that, since contracted_mw includes energised_mw" in said(app.warning)
    assert own_table(app).loc["own-iren-childress", "energised_mw"] == 750


def test_a_blank_field_is_not_known(app):
    app.selectbox(key="copy-of").set_value("iren-childress")
    press(app, "Copy it")
    before = own_table(app).loc["own-iren-childress", "coverage"]
    field(app, "Energised, MW").set_value(None)
    press(app, "Keep the changes")
    row = own_table(app).loc["own-iren-childress"]
    assert pd.isna(row["energised_mw"])
    assert row["coverage"] < before


def test_sites_are_taken_off_and_the_list_is_cleared(app):
    add(app, "34.383, -100.057")
    add(app, "33.1, -97.0")
    assert len(own_table(app)) == 2
    press(app, "Take it off the list")
    assert own_table(app)["name"].tolist() == ["Point 34.3830, -100.0570"]
    press(app, "Clear the list")
    assert not app.exception
    assert "None yet" in said(app.text)


def test_a_sound_file_is_added_at_once(app):
    rows = "".join(f"s{i},Site {i},{33 + i / 10},-99.{i},{i * 50}\n" for i in range(10))
    upload(app, "site_id,name,lat,lon,mw\n" + rows)
    assert not app.exception
    assert "Added: 10 sites of mine.csv" in said(app.info)
    assert len(own_table(app)) == 10
    press(app, "Clear the list")
    assert "None yet" in said(app.text)


def test_of_a_file_with_wrong_rows_nothing_is_added_until_the_good_ones_are_taken(app):
    upload(app, f"name,lat,lon,mw\n{HOSTILE},34.3,-100.1,100\nB,95,3,1\nC,33.1,-97,many\n")
    assert not app.exception
    assert "2 things cannot be used as they stand, and nothing was added" in said(app.warning)
    refused = app.dataframe[0].value
    assert refused["row"].tolist() == [3, 4]
    assert refused["column"].tolist() == ["", "energised_mw"]
    assert "None yet" in said(app.text)
    press(app, "Take the 1 good row")
    assert not app.exception
    assert own_table(app)["name"].tolist() == [HOSTILE]


def test_a_point_is_added_where_the_filters_leave_no_listed_site(app):
    app.query_params["min_mw"] = "99999"
    app.run()
    assert not app.exception
    assert "No site in United States passes the filters" in said(app.warning)
    add(app, "34.383, -100.057")
    assert not app.exception
    assert "1 of your own among 1 ranked sites" in said(app.text)


def test_what_is_wrong_with_a_file_is_read_whole(app):
    """Lines so tall, in a column so narrow, that a long message runs on and none is cut off."""
    upload(app, "name,lat,lon,status\nA,33,-97,nonsense\n")
    table = app.dataframe[0].proto
    columns = json.loads(table.columns)
    assert columns["breach"]["width"] <= 250
    characters, lines = columns["breach"]["width"] / 8, table.row_height // 20
    assert len(app.dataframe[0].value["breach"].iloc[0]) < characters * lines


def test_a_bad_upload_leaves_the_page_working(app):
    upload(app, b"\x89PNG\r\n\x1a\n\x00", "map.csv")
    assert not app.exception
    assert "cannot be used" in said(app.warning)
    assert "binary data" in app.dataframe[0].value["breach"].iloc[0]
    add(app, "34.383, -100.057")
    assert "1 of your own" in said(app.text)


def test_two_sessions_do_not_see_one_anothers_sites(app):
    other = AppTest.from_function(shown, default_timeout=90).run()
    add(app, "34.383, -100.057")
    other.run()
    assert "None yet" in said(other.text)
    assert "1 of your own" in said(app.text)


# in a browser


@pytest.fixture
def what_if(browse):
    page = browse()
    page.goto(f"{page.home}/what-if")
    page.get_by_role("heading", name="My sites among the others").wait_for(timeout=90_000)
    settled(page)
    return page


def drop_file(page, name, content):
    page.get_by_role("tab", name="From a file").click()
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


@pytest.mark.browser
def test_the_station_near_new_carlisle_for_500_mw_is_found_in_four_clicks(what_if, rewatt):
    """From the page What if: what a new user wants to know, and `rewatt poi` says the same."""
    page = what_if
    target = page.get_by_role("spinbutton", name="Target typed exactly, MW")
    target.click()  # 1
    target.fill("500")
    target.press("Enter")
    place = page.get_by_role("textbox", name="Coordinates, or the name")
    place.click()  # 2
    place.fill("New Carlisle")
    page.get_by_role("button", name="Add the point").click()  # 3
    page.get_by_role("button", name="Amazon New Carlisle").click()  # 4
    page.get_by_role("heading", name="Ways to connect 500 MW").wait_for(timeout=60_000)
    stations = pd.read_csv(REPO / "data" / "campuses.csv").set_index("name")
    here = stations.loc["Anthropic-Amazon New Carlisle"]
    asked = ("--lat", here["lat"], "--lon", here["lon"], "--target-mw", 500, "--json")
    first = json.loads(rewatt("poi", *asked).out)["options"][0]
    told = page.get_by_test_id("stMain")
    for words in (first["name"], f"{first['usd_mid'] / 1e6:,.1f}", "upper bound"):
        expect(told).to_contain_text(words)


@pytest.mark.browser
def test_a_file_of_ten_sites_is_ranked_and_taken_away(what_if, rewatt, tmp_path):
    page = what_if
    rows = "".join(f"s{i},Site {i},{33 + i / 10},-99.{i},{i * 50}\n" for i in range(9))
    rows += f"s9,{HOSTILE},34.3,-100.1,100\n"
    drop_file(page, "ten.csv", f"site_id,name,lat,lon,mw\n{rows}".encode())
    page.get_by_text("10 of your own among").wait_for(timeout=60_000)
    files = {}
    for label in ("CSV", "GeoJSON"):
        buttons = page.get_by_test_id("stDownloadButton").get_by_role("button", name=label)
        expect(buttons).to_have_count(2)  # the ranking, and the list alone
        for button in buttons.all():
            with page.expect_download() as download:
                button.click()
            name = download.value.suggested_filename
            files[name] = tmp_path / name
            download.value.save_as(files[name])
    mine = pd.read_csv(files["own-sites.csv"])
    assert mine["name"].tolist()[-1] == HOSTILE
    out = tmp_path / "again.csv"
    outcome = rewatt("rank", "--sites", files["own-sites.csv"], "--out", out)
    assert outcome.status == 0, outcome.err
    again = pd.read_csv(out).set_index("site_id")
    ranked = pd.read_csv(files["own-sites-ranked.csv"]).set_index("site_id")
    assert (ranked["score"] - again["score"][ranked.index]).abs().max() < 1e-9
    assert len(ranked) == 10
    assert (ranked["rank_low"] <= ranked["rank_high"]).all()
    assert ranked["rank_high"].max() > 100  # among the listed sites, not among the ten
    for name in ("own-sites.geojson", "own-sites-ranked.geojson"):
        features = json.loads(files[name].read_text())["features"]
        assert len(gpd.GeoDataFrame.from_features(features)) == 10
    assert page.evaluate("window.pwned") is None


@pytest.mark.browser
def test_a_file_that_is_dropped_on_the_page_is_told_row_by_row(what_if):
    page = what_if
    page.get_by_role("tab", name="From a file").click()
    content = f"name,lat,lon,mw\n{HOSTILE},34.3,-100.1,100\nB,95,3,1\n"
    held = page.evaluate_handle(
        "text => { const d = new DataTransfer();"
        " d.items.add(new File([text], 'mine <b>.csv', {type: 'text/csv'})); return d; }",
        content,
    )
    place = page.get_by_test_id("stFileUploaderDropzone")
    for event in ("dragenter", "dragover", "drop"):
        place.dispatch_event(event, {"dataTransfer": held})
    page.get_by_text("1 thing cannot be used as it stands").wait_for(timeout=60_000)
    page.get_by_role("button", name="Take the 1 good row").click()
    page.get_by_text("1 of your own among").wait_for(timeout=60_000)
    assert page.evaluate("window.pwned") is None


@pytest.mark.browser
def test_a_file_that_is_too_large_is_refused_and_the_page_works_on(what_if):
    page = what_if
    page.get_by_role("tab", name="From a file").click()
    page.locator("input[type=file]").wait_for(state="attached")
    page.evaluate(
        """size => { const d = new DataTransfer();
        d.items.add(new File([new Uint8Array(size)], 'large.csv', {type: 'text/csv'}));
        const input = document.querySelector('input[type=file]'); input.files = d.files;
        input.dispatchEvent(new Event('change', {bubbles: true})); }""",
        60_000_000,
    )
    page.get_by_text("File must be 50", exact=False).first.wait_for(timeout=60_000)
    page.get_by_role("tab", name="By coordinates").click()
    page.get_by_role("textbox", name="Coordinates").fill("34.383, -100.057")
    page.get_by_role("button", name="Add the point").click()
    page.get_by_text("1 of your own among").wait_for(timeout=60_000)


def test_a_list_that_grows_too_long_stays_as_it_was(app, monkeypatch):
    monkeypatch.setattr("geo.ui.add_site.MOST_SITES", 2)
    upload(app, "name,lat,lon\nA,34.3,-100.1\nB,34.4,-100.2\n")
    assert len(app.session_state["scratch"]) == 2
    upload(app, "name,lat,lon\nC,34.5,-100.1\n", "more.csv")
    assert not app.exception
    assert "With more.csv the list has 3 sites, expected at most" in said(app.warning)
    assert len(app.session_state["scratch"]) == 2
