"""Kept draws: what comes out is what comes out without them, and little of it is done again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo import kept_draws
from geo.assess import assess
from geo.criteria import CRITERIA
from geo.kept_draws import KeptDraws
from geo.question import Question
from geo.robustness import ANCHORS, METRICS, WEIGHTS, Uncertainty, robustness
from geo.scenario import load_scenario
from geo.utility_draws import utility_draws
from tests.conftest import AS_OF

DRAWS = 600


def assert_same(one, other):
    for name in ("total", "in_top", "first", "histogram", "firsts"):
        assert np.array_equal(getattr(one.counts, name), getattr(other.counts, name)), name


@pytest.fixture
def drawn(monkeypatch):
    """Count the sites that are drawn."""
    sites, really = [], kept_draws._drawn  # noqa: SLF001 - watched, not replaced

    def note(draws, first, many, places):
        sites.extend(draws.site_keys[place] for place in places)
        return really(draws, first, many, places)

    monkeypatch.setattr(kept_draws, "_drawn", note)
    return sites


@pytest.mark.parametrize("by", ["score", "potential"])
@pytest.mark.parametrize("vary", [(WEIGHTS, METRICS, ANCHORS), (METRICS,), (ANCHORS, WEIGHTS)])
def test_weights_move_and_every_count_is_that_of_fresh_draws(sites, layers, drawn, by, vary):
    kept, uncertainty = KeptDraws(), Uncertainty(draws=DRAWS, vary=vary)
    balanced = load_scenario("balanced")
    for land in (0.05, 0.5, 0.9):
        scenario = balanced.with_weights({**balanced.shares, "land": land})
        one = assess(sites, layers, scenario, Question(200, AS_OF), by=by)
        assert_same(robustness(one, uncertainty), robustness(one, uncertainty, kept))
    assert len(drawn) == len(set(drawn)) == one.rank.notna().sum()


def test_fewer_sites_are_drawn_no_more_and_one_that_is_new_is_drawn_alone(assessment, drawn):
    kept, uncertainty = KeptDraws(), Uncertainty(draws=DRAWS)
    ranked = assessment.rank.index[assessment.rank.notna()]
    most, few = assessment.only(ranked[1:]), assessment.only(ranked[3:40])
    robustness(most, uncertainty, kept)
    drawn.clear()
    assert_same(robustness(few, uncertainty), robustness(few, uncertainty, kept))
    assert drawn == []
    assert_same(robustness(assessment, uncertainty), robustness(assessment, uncertainty, kept))
    assert len(drawn) == 1


@pytest.mark.parametrize("other", [{"seed": 1}, {"draws": DRAWS * 2}, {"vary": (METRICS, WEIGHTS)}])
def test_another_question_is_not_answered_with_these_draws(assessment, other):
    kept = KeptDraws()
    robustness(assessment, Uncertainty(draws=DRAWS), kept)
    uncertainty = Uncertainty(**{"draws": DRAWS, **other})
    assert_same(robustness(assessment, uncertainty), robustness(assessment, uncertainty, kept))


def test_another_target_and_criterion_weighed_are_drawn_anew(sites, layers):
    kept, uncertainty = KeptDraws(), Uncertainty(draws=DRAWS)
    balanced = load_scenario("balanced")
    for target_mw, land in ((200, 0.05), (500, 0.05), (500, 0.0)):
        scenario = balanced.with_weights({**balanced.shares, "land": land})
        one = assess(sites, layers, scenario, Question(target_mw, AS_OF))
        assert_same(robustness(one, uncertainty), robustness(one, uncertainty, kept))


def test_one_criterion_in_the_place_of_another_is_drawn_anew(sites, layers):
    """Nothing is known of either anywhere: the name alone tells them apart."""
    kept, uncertainty = KeptDraws(), Uncertainty(draws=DRAWS)
    balanced = load_scenario("balanced")
    for pair in ({"gas_pipeline_distance": 0.0, "slope": 0.3},
                 {"gas_pipeline_distance": 0.3, "slope": 0.0}):  # fmt: skip
        scenario = balanced.with_weights({"energised_capacity": 0.7, **pair})
        one = assess(sites, layers, scenario, Question(200, AS_OF))
        assert_same(robustness(one, uncertainty), robustness(one, uncertainty, kept))


def test_no_more_is_kept_than_there_is_room_for(assessment):
    kept = KeptDraws(most_mb=1)
    uncertainty = Uncertainty(draws=DRAWS)
    assert_same(robustness(assessment, uncertainty), robustness(assessment, uncertainty, kept))
    assert 0 < kept.megabytes <= 1
    assert_same(robustness(assessment, uncertainty), robustness(assessment, uncertainty, kept))


@pytest.mark.parametrize(
    "other",
    [
        lambda one: {"no_megawatts": ~one.no_megawatts},  # told of no criterion that is weighed
        lambda one: {"unknown_worth": 1 - one.unknown_worth},
        lambda one: {"anchor_share": one.anchor_share / 2},
        lambda one: {"site_keys": one.site_keys[::-1]},
    ],
)
@pytest.mark.parametrize("vary", [True, False])
def test_all_that_draws_hang_on_tells_them_apart(assessment, other, vary):
    weighed = ("firm_capability", "time_to_target", "land")
    one = utility_draws(assessment.metrics, weighed, 0, vary=vary, anchor_share=0.2)
    another = replace(one, **other(one))
    kept, weights = KeptDraws(), np.full((DRAWS, len(CRITERIA)), 0.1)
    for draws in (one, another, one):
        assert np.array_equal(kept.scores(draws, 0, weights), draws.scores(0, weights))


def test_the_longest_unused_go_first(assessment, drawn):
    ranked = assessment.rank.index[assessment.rank.notna()]
    first, second = assessment.only(ranked[:30]), assessment.only(ranked[30:60])
    uncertainty = Uncertainty(draws=DRAWS)
    room = KeptDraws()
    robustness(first, uncertainty, room)
    kept = KeptDraws(most_mb=1.5 * room.megabytes)
    for asked in (first, second, second):
        drawn.clear()
        robustness(asked, uncertainty, kept)
    assert drawn == []


def test_what_is_kept_cannot_be_written_to(assessment):
    kept = KeptDraws()
    robustness(assessment, Uncertainty(draws=DRAWS), kept)
    assert kept._rows  # noqa: SLF001 - the promise is about what it keeps
    assert not any(row.flags.writeable for row in kept._rows.values())  # noqa: SLF001
