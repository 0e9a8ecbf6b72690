"""Tables as plain rows, and the ranked table as a whole and in part."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from geo import mapsites
from geo.columns import COLUMNS
from geo.mapdata import sites_data
from geo.report import ranked_table
from geo.robustness import Uncertainty, robustness
from geo.rows import rows_of


def test_rows_hold_plain_values_of_every_kind_and_none_where_nothing_is_known():
    table = pd.DataFrame(
        {
            "float": [1.5, np.nan, math.inf],
            "single": np.array([1.5, np.nan, 2], np.float32),
            "whole": [1, 2, 3],
            "gaps": pd.array([1, None, 3], "Int64"),
            "flag": [True, False, True],
            "text": ["a", None, "c"],
            "mixed": pd.Series([np.int64(1), "b", np.nan], dtype=object),
            "list": pd.Series([[1], None, []], dtype=object),
            "day": pd.to_datetime(["2026-01-01", None, "2026-01-03"]),
            7: [1, 2, 3],
        }
    )
    first, second, third = rows_of(table)
    assert first == {
        "float": 1.5, "single": 1.5, "whole": 1, "gaps": 1, "flag": True, "text": "a", "mixed": 1,
        "list": [1], "day": pd.Timestamp("2026-01-01"), "7": 1,
    }  # fmt: skip
    unknown = {name for name, value in second.items() if value is None}
    assert unknown == {"float", "single", "gaps", "text", "list", "day"}
    assert third["float"] == math.inf
    kinds = [type(value) for value in first.values()]
    assert kinds == [float, float, int, int, bool, str, int, list, pd.Timestamp, int]
    assert json.dumps({**first, "day": None})


def test_a_table_without_rows_or_columns_gives_as_many_rows():
    table = pd.DataFrame({"one": [1, 2]})
    assert rows_of(table[[]]) == [{}, {}]
    assert rows_of(table[:0]) == []


def test_a_part_of_the_ranked_table_is_what_the_whole_holds(assessment):
    whole = ranked_table(assessment)
    names = ["score", "rank", "gate_located", "metric_land", "name", "p_top10", "low_slope"]
    part = ranked_table(assessment, names=names)
    assert list(part) == [one.name for one in COLUMNS if one.name in names]
    pd.testing.assert_frame_equal(part, whole[list(part)], check_exact=True)


def test_what_no_weight_moves_may_be_taken_from_another_ranking(assessment):
    weights = {**assessment.scenario.weights, "land": 60.0, "slope": 40.0}
    other = assessment.weighed(assessment.scenario.with_weights(weights), "potential")
    some = other.only(other.sites.index[::2])
    robust = robustness(some, Uncertainty(draws=200))
    before = ranked_table(assessment)
    expected = ranked_table(some, robust)
    taken = ranked_table(some, robust, settled=before)
    pd.testing.assert_frame_equal(taken, expected, check_exact=True)
    assert not taken["score"].equals(before["score"][: len(taken)])
    pd.testing.assert_frame_equal(before, ranked_table(assessment), check_exact=True)


def test_the_map_takes_a_table_that_is_there_already(assessment, layers):
    robust = robustness(assessment, Uncertainty(draws=200))
    given = sites_data(assessment, layers, table=ranked_table(assessment, robust))
    assert given == sites_data(assessment, layers)


def test_the_ranked_table_holds_what_was_assessed_site_by_site(assessment):
    table = ranked_table(assessment).set_index("site_id")
    for site in table.index:
        row = table.loc[site]
        for what, frame in (
            ("metric", assessment.metrics.value),
            ("low", assessment.metrics.low),
            ("utility", assessment.scores.utilities),
            ("contribution", assessment.scores.contributions),
        ):
            for criterion in frame:
                value = frame.at[site, criterion]
                told = row[f"{what}_{criterion}"]
                assert told == value or (not np.isfinite(value) and np.isnan(told))
        assert row["score"] == assessment.scores.score[site]
        assert row["status"] == assessment.sites.at[site, "status"]


def test_the_map_asks_only_for_columns_that_there_are():
    assert set(mapsites.COLUMNS) <= {one.name for one in COLUMNS}


def test_an_assessment_of_sites_that_are_not_in_it_is_refused(assessment):
    with pytest.raises(KeyError, match=r"\['nowhere'\] are not among the sites assessed"):
        assessment.only(assessment.sites.index[:1].append(pd.Index(["nowhere"])))
