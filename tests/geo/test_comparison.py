"""Sites side by side: what is marked, what is not known, what a copy changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.assess import assess
from geo.compare import by_spread, changes, comparison_table, labels, mark, mw_by_date
from geo.compare_lines import CRITERION, NOT_KNOWN, lines_of
from geo.criteria import CRITERIA
from geo.own_sites import checked, copy_of, edited
from geo.question import Question
from geo.scenario import load_scenario
from tests.conftest import AS_OF

PAIR = ["iren-childress", "grissom-peru"]


@pytest.fixture
def lines(assessment):
    return {line.id: line for line in lines_of(assessment, PAIR)}


def test_the_lines_say_what_explain_says(assessment, lines, rewatt):
    import json

    told = json.loads(rewatt("explain", PAIR[0], "--json").out)
    assert lines["score"].numbers[PAIR[0]] == pytest.approx(told["score"])
    assert lines["rank"].texts[PAIR[0]] == str(assessment.rank[PAIR[0]])
    assert lines["binding_reason"].texts[PAIR[0]] == told["binding_constraint"]["reason"]
    assert lines["poi_name"].texts[PAIR[0]] == told["poi"]["poi_name"]
    for one in told["criteria"]:
        text = lines[one["id"]].texts[PAIR[0]]
        if one["utility"] is None:
            assert "worth" not in text
        else:
            assert f"worth {one['utility']:.2f}; adds {one['contribution']:.3f}" in text


def test_every_criterion_and_gate_has_its_line(lines, assessment):
    assert {one.id for one in CRITERIA} | set(assessment.gates) <= set(lines)
    assert all(line.meaning for line in lines.values())


def test_the_best_and_the_worst_are_marked_and_equals_are_not(lines):
    assert mark(lines["score"], PAIR[0]) == "best"
    assert mark(lines["score"], PAIR[1]) == "worst"
    # a shorter way to the POI is a better one
    near, far = sorted(PAIR, key=lambda site: lines["poi_distance_km"].numbers[site])
    assert mark(lines["poi_distance_km"], near) == "best"
    assert mark(lines["poi_distance_km"], far) == "worst"
    supply = lines["supply_firmness"]
    assert supply.texts[PAIR[0]] == supply.texts[PAIR[1]]
    assert not supply.best
    assert not supply.worst


def test_an_unknown_is_not_known_and_neither_best_nor_worst(of_metrics):
    part = of_metrics({"land": 1.0}, land=[np.nan, 0.1, 3.0])
    part = _with_findings(part)
    found = {line.id: line for line in lines_of(part, ["s0", "s1", "s2"])}["land"]
    assert found.texts["s0"].startswith(NOT_KNOWN)
    assert np.isnan(found.numbers["s0"])
    assert [mark(found, site) for site in ("s0", "s1", "s2")] == ["", "worst", "best"]


def _with_findings(part):
    """Give sites of which only metrics are told the columns of findings, all unknown."""
    from dataclasses import replace

    from geo.finding_columns import FINDINGS

    blank = pd.DataFrame(
        {name: [None if kind == "text" else np.nan] * 3 for name, _, kind, _ in FINDINGS},
        index=part.sites.index,
    )
    return replace(part, metrics=replace(part.metrics, findings=blank))


def test_the_largest_differences_stand_first(assessment):
    lines = [line for line in lines_of(assessment, PAIR) if line.group == CRITERION]
    added = assessment.scores.contributions.loc[PAIR]
    apart = (added.max() - added.min()).sort_values(ascending=False)
    assert [line.spread for line in by_spread(lines)] == pytest.approx(apart.tolist())


def test_sites_of_one_name_are_told_apart(make_sites, assessment):
    from dataclasses import replace

    sites = make_sites(lat=[33.0, 34.0, 35.0], lon=[-100.0] * 3, name=["A", "A", None])
    named = labels(replace(assessment, sites=sites), ["s0", "s1", "s2"])
    assert named == {"s0": "A (s0)", "s1": "A (s1)", "s2": "s2"}


def test_what_a_copy_changes_adds_up_to_the_difference_of_the_scores(sites, layers):
    first = checked([copy_of(sites, PAIR[0], [])], sites).sites
    own = "own-iren-childress"
    changed = edited(first, own, {"energised_mw": 100.0, "interconnection_kv": 138.0})
    both = pd.concat([sites, checked([changed], sites).sites])
    judged = assess(both, layers, load_scenario("balanced"), Question(200, AS_OF))
    table = changes(judged, PAIR[0], own)
    score = judged.scores.score
    assert table["adds"].sum() == pytest.approx(score[own] - score[PAIR[0]], abs=1e-9)
    shown = table.set_index("what")
    assert shown.loc["Own connection", ["original", "what_if"]].tolist() == ["345", "138"]
    effects = table["adds"].dropna().abs()
    assert effects.is_monotonic_decreasing
    same = checked([copy_of(sites, PAIR[0], [])], sites).sites
    both = pd.concat([sites, same])
    judged = assess(both, layers, load_scenario("balanced"), Question(200, AS_OF))
    assert changes(judged, PAIR[0], own).empty


def test_the_table_to_take_away_holds_every_line_and_site(assessment):
    table = comparison_table(assessment, PAIR)
    criteria = table[table["group"] == CRITERION]
    for site in PAIR:
        rows = criteria[criteria["site_id"] == site]
        assert rows["contribution"].sum() == pytest.approx(assessment.scores.score[site])
    assert len(table) == 2 * table["id"].nunique()


def test_mw_by_date_are_those_of_the_ranked_table(assessment):
    table = mw_by_date(assessment, PAIR, 2026)
    found = assessment.metrics.findings
    row = table[(table["site_id"] == PAIR[0]) & (table["year"] == 2028)].iloc[0]
    assert row["p50_mw"] == found.at[PAIR[0], "mw_p50_year_end_2"]
    assert row["p90_mw"] == found.at[PAIR[0], "mw_p90_year_end_2"]
