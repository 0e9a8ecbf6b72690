"""The page that says how sure the ranking is: four questions, each answered in words."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from geo.information import value_of_information
from geo.robustness import Uncertainty, robustness
from geo.selection import Selection, select
from geo.verdicts import how_sure, ties


def shown():
    from geo.ui.choice import choose
    from geo.ui.trust_page import page

    chosen = choose()
    if chosen is not None:
        page(*chosen)


@pytest.fixture(scope="module")
def us(assessment):
    return assessment.only(select(assessment.sites, Selection("us")))


@pytest.fixture(scope="module")
def app():
    return AppTest.from_function(shown, default_timeout=120).run()


def texts(app):
    return [one.value for one in app.text]


def answer(app, question):
    """Give what the page says first below a heading."""
    parts = list(app.main)
    start = next(i for i, one in enumerate(parts) if one.type == "header" and one.value == question)
    return next(one.value for one in parts[start:] if one.type == "text")


def test_the_page_answers_four_questions_in_the_first_line_below_each(app, us):
    assert not app.exception
    robust = robustness(us, Uncertainty())
    assert answer(app, "How sure is rank 1?") == how_sure(us, robust)[0]
    assert answer(app, "Which two sites are really tied?") == ties(us, Uncertainty())[0]
    first = value_of_information(us).iloc[0]
    found = answer(app, "What should I find out first?")
    assert found.startswith(f"{first['name']}: {first['ask']}.")
    assert f"{first['p_changes_top']:.0%}" in found
    predicts = answer(app, "Does this ranking predict anything?")
    assert "baseline beats this ranking" in predicts


def test_the_tables_are_those_of_the_command_line(app, us):
    table = robustness(us, Uncertainty()).table()
    shown_ranks = app.dataframe[0].value
    assert len(shown_ranks) == 122
    row = shown_ranks[shown_ranks["site"] == "Childress"].iloc[0]
    expected = table.loc["iren-childress"]
    low, high = int(expected["rank_low"]), int(expected["rank_high"])
    assert row["90% of the draws"] == f"{low}-{high}"
    assert row["among the 10 best, %"] == round(100 * expected["p_top"], 1)
    information = app.dataframe[1].value
    assert information["site"].tolist() == value_of_information(us)["name"].head(10).tolist()


def test_fewer_than_ten_winners_give_no_auc(app):
    captions = [one.value for one in app.caption]
    assert sum("No AUC" in one for one in captions) == 4
    assert not any("AUC" in str(column) for one in app.dataframe for column in one.value.columns)


def test_weights_drawn_otherwise_give_other_answers():
    app = AppTest.from_function(shown, default_timeout=120).run()
    before = answer(app, "How sure is rank 1?")
    next(one for one in app.radio if one.label == "Weights are drawn").set_value("uniform").run()
    assert not app.exception
    assert answer(app, "How sure is rank 1?") != before
    assert any("weights uniform on the simplex" in one.value for one in app.caption)
    next(one for one in app.multiselect if one.label == "Varied").set_value([]).run()
    assert "is first in 100%" in answer(app, "How sure is rank 1?")


def test_other_methods_are_asked_on_demand():
    app = AppTest.from_function(shown, default_timeout=120).run()
    assert not any("TOPSIS" in str(one.value.columns) for one in app.dataframe)
    app.toggle[0].set_value(True).run()
    assert not app.exception
    assert any("TOPSIS" in str(one.value.columns) for one in app.dataframe)
    assert any("entropy" in str(one.value.columns) for one in app.dataframe)


def test_one_site_alone_is_answered_too():
    app = AppTest.from_function(shown, default_timeout=120).run()
    app.sidebar.selectbox(key="region").set_value("northern_indiana").run()
    assert not app.exception
    assert "is first in 100%" in answer(app, "How sure is rank 1?")
    assert "no two are tied" in answer(app, "Which two sites are really tied?")
