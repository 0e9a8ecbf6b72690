"""The sidebar and the page of map and ranking: weights, filters, table, files, own sites."""

from __future__ import annotations

import math

import geopandas as gpd
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from geo.columns import COLUMNS
from geo.gates import GATES
from geo.report import ranked_table, summary
from geo.scenario import load_scenario, scenario_names
from geo.ui import cached
from geo.ui.download import FORMATS, file_bytes
from geo.ui.plain import plain
from geo.ui.ranking_columns import (
    EXTRA,
    SHOWN_FIRST,
    column_config,
    head,
    source_of,
    with_extra,
    words,
)
from geo.ui.weight_sliders import (
    GROUPS,
    group_key,
    percentages,
    usual_sliders,
    weight_key,
    weights,
)
from tests.geo.ui.conftest import settled


def shown():
    import streamlit as st

    from geo.ui.choice import choose
    from geo.ui.ranking_page import page

    chosen = choose()
    st.session_state["seen"] = chosen and chosen[0]
    if chosen is not None:
        page(*chosen)


def ask(**parameters):
    app = AppTest.from_function(shown, default_timeout=60)
    for key, value in parameters.items():
        app.query_params[key] = value
    return app


@pytest.fixture
def app():
    return ask().run()


def table_of(app):
    assert not app.exception
    return app.dataframe[0].value


def said(app):
    return " ".join(one.value for one in [*app.text, *app.warning])


# weights


@pytest.mark.parametrize("name", scenario_names())
def test_sliders_left_alone_are_the_scenario(name):
    scenario = load_scenario(name)
    shares = scenario.with_weights(weights(scenario, usual_sliders(scenario))).shares
    assert shares == pytest.approx(scenario.shares, rel=1e-12)


def test_a_group_moves_as_a_whole_and_its_criteria_keep_their_parts():
    scenario = load_scenario("balanced")
    found = weights(scenario, usual_sliders(scenario) | {"group_capacity": 20.0})
    assert found["energised_capacity"] == pytest.approx(15)
    assert found["expansion_capacity"] == pytest.approx(5)
    assert found["poi_distance"] == pytest.approx(10)


def test_a_criterion_moves_inside_its_group_alone():
    scenario = load_scenario("balanced")
    found = weights(scenario, usual_sliders(scenario) | {"weight_land": 0.0})
    assert found["land"] == 0
    assert found["slope"] == pytest.approx(5)
    assert math.fsum(found.values()) == pytest.approx(100)


def test_shares_as_shown_add_up_to_100():
    shares = {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}
    assert percentages(shares) == {"a": 33.4, "b": 33.3, "c": 33.3}
    for name in scenario_names():
        assert math.fsum(percentages(load_scenario(name).shares).values()) == pytest.approx(100)


def test_every_slider_says_the_share_that_comes_out(app):
    app.slider(key="group_land").set_value(25.0).run()
    labels = {one.key: one.label for one in app.slider}
    assert labels["group_land"] == "Land: 20.8 %"
    told = [
        float(labels[f"group_{group.replace(' ', '_')}"].split(": ")[1][:-2]) for group in GROUPS
    ]
    assert math.fsum(told) == pytest.approx(100)


def test_back_to_the_scenarios_weights(app):
    before = table_of(app)["site_id"].tolist()
    app.slider(key="group_land").set_value(100.0)
    app.slider(key="weight_slope").set_value(0.0).run()
    assert table_of(app)["site_id"].tolist() != before
    next(one for one in app.button if "scenario" in one.label).click().run()
    assert table_of(app)["site_id"].tolist() == before
    assert "group_land" not in app.query_params


# filters


def test_filters_leave_what_they_say(app):
    app.multiselect(key="state").set_value(["TX"])
    app.number_input(key="min_mw").set_value(300.0).run()
    found = table_of(app)
    assert set(found["state"]) == {"TX"}
    assert found["energised_mw"].min() >= 300
    assert "Filters: 2 on" in [one.label for one in app.expander]


def test_an_operator_is_taken_by_its_whole_name(app, sites):
    assert (
        sites["operator"].str.contains("Hut 8", regex=False).sum()
        > (sites["operator"] == "Hut 8").sum()
    )
    app.multiselect(key="operator").set_value(["Hut 8", "TeraWulf"]).run()
    assert set(table_of(app)["operator"]) == {"Hut 8", "TeraWulf"}


def test_gates_as_a_filter(app):
    app.selectbox(key="gate_voltage_adequate").set_value("pass").run()
    found = table_of(app)
    assert 0 < len(found) < 129
    assert not found["gates"].str.contains("voltage adequate").any()


def test_a_target_typed_exactly(app):
    app.number_input(key="target_mw").set_value(123.4).run()
    assert app.query_params["target_mw"] == "123.4"
    assert "for 123.4 MW" in app.text[0].value
    assert app.slider(key="target_slider").value == pytest.approx(123.4)


def test_sites_near_a_small_region_are_offered(app):
    app.selectbox(key="region").set_value("northern_indiana").run()
    assert len(table_of(app)) == 1
    assert "1 site in Northern Indiana; 3 more within 100 km" in said(app)
    next(one for one in app.button if one.label == "Show them").click().run()
    assert len(table_of(app)) == 4
    assert app.slider(key="near_km").value == 100


def test_an_empty_result_offers_what_lies_near():
    app = ask(region="northern_indiana", status="planned").run()
    assert not app.exception
    assert not app.dataframe
    assert "No site in Northern Indiana passes the filters" in said(app)
    next(one for one in app.button if one.label.startswith(("Show", "Take"))).click().run()
    assert len(table_of(app))


# table


def test_the_table_says_ranks_with_ranges_and_gates_in_words(app, assessment):
    found = table_of(app)
    assert list(found.columns) == list(SHOWN_FIRST)
    assert found["rank"].dropna().is_monotonic_increasing
    assert found["range"][0] == "2–13"  # noqa: RUF001
    verdicts = {key: one["verdict"] for key, one in assessment.gates.items()}
    for site, text in zip(found["site_id"], found["gates"], strict=True):
        failed = [one.title.lower() for one in GATES if verdicts[one.id][site] == "fail"]
        assert text.startswith("✖") == bool(failed)
        assert all(one in text for one in failed)
    assert found["gates"][0] == "✔ all 5 pass"


def test_a_gate_has_a_sign_and_a_word(assessment):
    signs = set(with_extra(ranked_table(assessment))["gate_voltage_adequate"])
    assert signs == {"✔ pass", "✖ fail", "? unknown"}


SHORT = {"0 to 1": "0–1", "years": "yr", "USD/kW": "$/kW"}  # noqa: RUF001


def test_every_column_has_a_head_with_its_unit_and_a_meaning():
    config = column_config([*EXTRA, *(one.name for one in COLUMNS)])
    for one in COLUMNS:
        assert head(one.name).endswith((one.unit, SHORT.get(one.unit, one.unit)))
        assert words(one.name).endswith(one.unit)
        assert plain(words(one.name)) in config[one.name]["help"]
    assert head("energised_mw") == "now, MW"
    assert head("iso") == words("iso") == "iso"
    assert all(one["help"] for one in config.values())


def test_what_is_not_known_says_so_and_a_station_without_a_name_has_a_number(app, assessment):
    found = table_of(app).set_index("site_id")
    findings = assessment.metrics.findings.loc[found.index]
    nameless = findings["poi_name"].isna() & findings["poi_id"].notna()
    assert nameless.sum() > 10
    told = "unnamed " + findings["poi_id"][nameless]
    assert found["poi_name"][nameless].tolist() == told.tolist()
    assert set(found["poi_name"][findings["poi_id"].isna()]) == {"not known"}
    assert app.dataframe[0].proto.placeholder == "?"
    assert plain("?: not known") in column_config(["poi_kv"])["poi_kv"]["help"]
    assert set(found["range"][found["rank"].isna()]) == {"no rank"}


def test_columns_to_choose_are_kept_in_the_address(app):
    app.multiselect(key="columns_shown").set_value(["name", "iso"]).run()
    assert list(table_of(app).columns) == ["name", "iso"]
    assert app.query_params["columns"] == ["name", "iso"]


def test_the_chosen_site_is_summed_up(app, assessment):
    app.selectbox(key="site").set_value("iren-childress").run()
    text = said(app)
    assert "Childress, IREN: rank" in text
    assert assessment.metrics.findings.at["iren-childress", "binding_relief"] in text
    told = {one.label: one.value for one in app.metric}
    assert told["Energised"] == f"{assessment.sites.at['iren-childress', 'energised_mw']:,.0f} MW"


def test_a_cost_for_energised_mw_that_are_not_known_is_said_to_be_the_most(assessment):
    """The table leaves it open, and the figure under it must not claim more."""
    assert math.isnan(assessment.sites.at["grissom-peru", "energised_mw"])
    app = ask(region="northern_indiana").run()
    assert table_of(app)["metric_interconnection_cost"].isna().all()
    (cost,) = [one for one in app.metric if one.label == "Connection"]
    whole = assessment.metrics.findings.at["grissom-peru", "interconnection_usd_mid"]
    assert cost.value == rf"up to {whole / 200_000:,.0f} \$/kW"
    assert "not known" in cost.help


def press(app, label):
    next(one for one in app.button if one.label == label).click().run()
    return app


@pytest.mark.parametrize(
    ("site", "region"), [("iren-childress", "us"), ("hut8-medicine-hat", "all")]
)
def test_a_chosen_site_that_is_left_out_is_said_and_shown_by_one_click(sites, site, region):
    assert (sites.loc[site, "country"] == "US") == (region == "us")
    app = ask(region="louisiana", status="operating", site=site).run()
    assert app.session_state["seen"].site is None
    assert f"({site}) is chosen, and region or filters leave it out" in said(app)
    press(app, "Show it")
    assert app.session_state["seen"].site == site
    assert app.selectbox(key="region").value == region
    assert "leave it out" not in said(app)


def test_a_chosen_site_that_is_left_out_can_be_let_go():
    app = press(ask(region="louisiana", site="iren-childress").run(), "Let it go")
    assert app.session_state["site"] is None
    assert "leave it out" not in said(app)


def test_an_own_site_that_is_switched_off_is_said(app):
    with_own(app).run()
    app.selectbox(key="site").set_value("mine").run()
    assert app.session_state["seen"].site == "mine"
    app.checkbox(key="own_shown").uncheck().run()
    assert "mine is chosen, and your sites are switched off" in said(app)
    press(app, "Show it")
    assert app.session_state["seen"].site == "mine"


def test_figures_and_heads_say_their_source_on_hover(app, layers):
    app.selectbox(key="site").set_value("iren-childress").run()
    told = {one.label: one.help for one in app.metric}
    vintage = layers["substations"].provenance[0].vintage
    for label in ("POI", "To 200 MW", "Connection"):
        assert plain(vintage) in told[label]
    assert plain("the site's row: ") in told["Energised"]
    assert source_of("metric_gas_generation").startswith("the layers gas plants, ")
    assert source_of("poi_kv").startswith("the layers substations, transmission lines")
    heads = column_config([one.name for one in COLUMNS])
    assert all("Source" in one["help"] for one in heads.values())


def test_the_first_line_says_from_when_years_count(app, assessment):
    assert app.text[0].value.endswith(f"Years count from {assessment.question.as_of}.")


@pytest.mark.parametrize(
    ("chosen", "said"),
    [(["core-pecos"], "of 1 site,"), (["core-pecos", "bitmine-pecos"], "of 2 sites,")],
)
def test_one_site_is_no_more_than_one_in_words(assessment, chosen, said):
    lines = summary(assessment.only(pd.Index(chosen)))
    assert said in next(one for one in lines if "does not hold every station" in one)


def test_weights_set_by_hand_are_not_called_the_scenarios(app):
    assert "scenario balanced, ranked by" in app.text[0].value
    app.slider(key="group_land").set_value(50.0).run()
    assert "scenario balanced (weights set by hand), ranked by" in app.text[0].value
    press(app, "Back to the scenario's weights")
    assert "scenario balanced, ranked by" in app.text[0].value


def test_a_year_by_which_nothing_is_ready_is_answered_in_words():
    """The operators that are asked for may then all be gone."""
    app = ask(ready_by="2026", operator="IREN").run()
    assert "passes the filters" in said(app)
    assert "no operator" not in said(app)


# files


@pytest.fixture
def hostile(assessment):
    table = ranked_table(assessment)
    table.loc[0, "name"] = '=1+1 <b>&"x"</b>'
    return table


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_each_file_opens_again_with_every_site(hostile, suffix, tmp_path):
    content = file_bytes(hostile, suffix, ("© A & B",))
    path = tmp_path / f"sites{suffix}"
    path.write_bytes(content)
    if suffix == ".csv":
        read = pd.read_csv(path)
        assert read["name"][0] == "'" + hostile["name"][0]
    else:
        open_ = gpd.read_parquet if suffix == ".parquet" else gpd.read_file
        read = open_(path)
        name = "Name" if suffix == ".kml" else "name"
        assert read[name][0] == hostile["name"][0]
        assert read.crs == "EPSG:4326"
        assert "© A" in content.decode("utf-8", "ignore")
    assert len(read) == len(hostile)


@pytest.mark.browser
def test_what_is_shown_is_downloaded(browse, tmp_path):
    page = browse()
    page.goto(f"{page.home}/?region=louisiana")
    settled(page)
    for suffix, (label, _) in FORMATS.items():
        with page.expect_download(timeout=30_000) as waiting:
            page.get_by_role("button", name=label, exact=True).click()
        assert waiting.value.suggested_filename == f"ranked{suffix}"
        path = tmp_path / f"x{suffix}"
        waiting.value.save_as(path)
        open_ = {".csv": pd.read_csv, ".parquet": gpd.read_parquet}.get(suffix, gpd.read_file)
        assert len(open_(path)) == 4


# own sites


def brought(**columns):
    return pd.DataFrame(
        {"site_id": ["mine"], "name": [":zap: *Own* <b>"], "lat": [34.4], "lon": [-100.1],
         "coord_precision": ["site"], "status": ["operating"], "energised_mw": [900.0],
         "country": ["US"], **columns}
    )  # fmt: skip


def with_own(app, **columns):
    from geo.sites import complete

    app.session_state["scratch"] = complete(brought(**columns), brought=True)
    return app


def test_own_sites_stand_among_the_others_and_change_no_score(app, assessment):
    with_own(app).run()
    found = table_of(app).set_index("site_id")
    assert len(found) == 130
    listed = found.drop(index="mine")["score"]
    assert (listed - assessment.scores.score[listed.index]).abs().max() < 1e-12
    assert found["rank"]["mine"] > 0
    assert app.session_state["seen"].own == frozenset({"mine"})
    assert found["name"]["mine"] == "⬟ :zap: *Own* <b>"
    assert found["name"].str.startswith("⬟").sum() == 1


def test_own_sites_pass_every_filter_and_can_be_switched_off():
    app = with_own(ask(region="louisiana", state="LA"), lat=[48.0]).run()
    assert "mine" in set(table_of(app)["site_id"])
    app.checkbox(key="own_shown").uncheck().run()
    assert "mine" not in set(table_of(app)["site_id"])


def test_own_sites_are_measured_once_and_listed_ones_not_again(app, monkeypatch):
    measured = []
    real = cached.measure_sites

    def note(sites, *rest):
        measured.append(list(sites.index))
        return real(sites, *rest)

    monkeypatch.setattr(cached, "measure_sites", note)
    with_own(app, energised_mw=[901.0]).run()
    app.slider(key="group_land").set_value(90.0).run()
    assert measured == [["mine"]]
    with_own(app, energised_mw=[902.0]).run()
    assert measured == [["mine"], ["mine"]]


def test_another_session_does_not_see_them(app):
    with_own(app).run()
    assert len(table_of(ask().run())) == 129


def test_a_changed_own_site_is_another_question(app):
    keys = set()
    for mw in (100.0, 200.0):
        with_own(app, energised_mw=[mw]).run()
        keys.add(app.session_state["seen"].key)
    assert len(keys) == 2


def test_sites_ready_by_a_year_are_those_of_their_p50(app, assessment):
    """As of the end of 2026-10, 2028 ends in 2 years and 61 days."""
    app.selectbox(key="ready_by").set_value("2028").run()
    assert not app.exception
    years = assessment.metrics.findings["time_to_target_years_p50"].astype(float)
    expected = years.index[years <= 2 + 61 / 365.25]
    assert 0 < len(expected) < len(years)
    of_the_us = assessment.sites.index[assessment.sites["country"] == "US"]
    assert set(app.dataframe[0].value["site_id"]) == set(expected) & set(of_the_us)
    app.selectbox(key="ready_by").set_value("any").run()
    assert len(app.dataframe[0].value) == len(of_the_us)


def test_a_scenario_with_other_gates_has_ranges_of_its_own():
    """The same weights, but what passes the gates differs: nothing of the one is the other's."""

    def ranges(scenario):
        app = AppTest.from_function(shown, default_timeout=60)
        for members in GROUPS.values():
            app.query_params.update({weight_key(one): "50" for one in members})
        app.query_params.update({group_key(one): "10" for one in GROUPS})
        app.query_params.update({"gate_enough_power": "pass", "scenario": scenario})
        app.run()
        assert not app.exception
        return app.dataframe[0].value.set_index("name")["range"].to_dict()

    st.cache_data.clear()
    alone = ranges("capacity_first")
    st.cache_data.clear()
    assert ranges("balanced") != alone
    assert ranges("capacity_first") == alone


def test_a_target_that_was_asked_for_stays_when_the_scenario_changes():
    app = ask(target_mw="333").run()
    app.selectbox(key="scenario").set_value("capacity_first").run()
    assert not app.exception
    assert app.session_state["target_mw"] == 333
