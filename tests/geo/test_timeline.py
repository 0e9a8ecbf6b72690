"""Megawatts by date: what a decision-maker relies on, at real sites and made ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.durations import waits
from geo.metrics import measure_sites
from geo.question import Question
from geo.timeline import YEAR_ENDS, years_to_year_ends

AS_OF = "2026-10"


@pytest.fixture(scope="module", params=[50, 200, 1000, 6000])
def found(request, sites, layers):
    question = Question(request.param, AS_OF)
    return request.param, sites.join(measure_sites(sites, layers, question).findings)


def curve(table, name):
    return table[[f"mw_{name}_year_end_{year}" for year in range(YEAR_ENDS)]]


def test_megawatts_by_date_never_decrease(found):
    for name in ("p50", "p90"):
        steps = curve(found[1], name).diff(axis="columns").iloc[:, 1:]
        assert not (steps < 0).any(axis=None)


def test_p90_is_never_before_p50(found):
    table = found[1]
    assert not (curve(table, "p90").to_numpy() > curve(table, "p50").to_numpy()).any()
    p50, p90 = (table[f"time_to_target_years_{name}"] for name in ("p50", "p90"))
    assert not (p90 < p50).any()
    assert (p50.isna() == p90.isna()).all()


def test_energised_megawatts_never_wait_for_a_line(found):
    """They are ready when conversions are: at P50 by the end of 2028, at P90 by that of 2028."""
    table = found[1].dropna(subset=["energised_mw"])
    assert (table["mw_p50_year_end_2"] >= table["energised_mw"]).all()
    assert (table["mw_p90_year_end_2"] >= table["energised_mw"]).all()
    enough = table["energised_mw"] >= found[0]
    wait = waits(AS_OF, None).conversion
    assert (table.loc[enough, "time_to_target_years_p50"] == wait[1]).all()
    assert (table.loc[enough, "time_to_target_years_p90"] == wait[2]).all()


def test_nothing_new_is_ready_before_the_transformer(found):
    table = found[1].dropna(subset=["energised_mw"])
    assert (table["mw_p50_year_end_2"] <= table["energised_mw"]).all()
    later = table["energised_mw"] < found[0]
    assert not (table.loc[later, "time_to_target_years_p50"] < 3.06).any()


def test_the_target_is_reached_on_the_curve_when_the_years_say_so(found):
    target, table = found
    ends = years_to_year_ends(AS_OF)
    for name in ("p50", "p90"):
        years = table[f"time_to_target_years_{name}"].to_numpy()
        for mw, end in zip(curve(table, name).to_numpy().T, ends, strict=True):
            known = ~np.isnan(years) & ~np.isnan(mw)
            assert ((mw >= target) == (years <= end + 1e-6))[known].all()


def test_what_is_not_known_is_not_zero(found):
    table = found[1]
    unpublished = table["energised_mw"].isna()
    assert unpublished.sum() == 14
    assert table.loc[unpublished, ["mw_in_2_years", "mw_in_5_years"]].isna().all(axis=None)
    assert table.loc[unpublished, "time_to_target_years_p50"].isna().all()


def test_year_ends_are_counted_from_the_end_of_the_month():
    """From 31 October 2026: 61 days to the end of 2026, a year more each."""
    ends = years_to_year_ends(AS_OF)
    assert ends[0] * 365.25 == pytest.approx(61)
    assert len(ends) == 11
    assert ends[10] == pytest.approx(10.17, abs=0.01)


def by_hand(make_sites, layers, **columns):
    sites = make_sites(
        lat=[34.383], lon=[-100.057], state=["TX"], iso=["ERCOT"],
        **{name: [value] for name, value in columns.items()},
    )  # fmt: skip
    question = Question(300, AS_OF)
    return measure_sites(sites, layers, question).findings.iloc[0]


def test_a_site_near_tesla_by_hand(make_sites, layers):
    """100 MW energised, 150 agreed, 1,000 announced; Tesla carries 3,000: 1,150 in 4.04 years."""
    row = by_hand(make_sites, layers, energised_mw=100.0, contracted_mw=150.0, announced_mw=1000.0)
    assert (row["agreed_mw"], row["growth_mw"], row["beyond_mw"]) == (50, 1050, 0)
    assert row["mw_in_2_years"] == 100
    assert row["mw_in_5_years"] == 1150
    assert row["time_to_target_years_p50"] == pytest.approx(4.04)
    assert row["time_to_target_years_p90"] == pytest.approx(6.65)


def test_what_is_only_announced_counts_up_to_what_the_lines_carry(make_sites, layers):
    """20,000 MW announced: Tesla surely carries 3,000."""
    row = by_hand(make_sites, layers, energised_mw=0.0, announced_mw=20_000.0)
    assert row["growth_mw"] == 3000
    agreed = by_hand(make_sites, layers, energised_mw=0.0, contracted_mw=20_000.0)
    assert agreed["growth_mw"] == 20_000


def test_where_nothing_is_on_paper_and_the_grid_is_not_known_nothing_is_said(make_sites, layers):
    sites = make_sites(lat=[39.5], lon=[-117.0], energised_mw=[0.0])
    row = measure_sites(sites, layers, Question(300, AS_OF)).findings.iloc[0]
    assert np.isnan(row["mw_in_5_years"])
    assert np.isnan(row["time_to_target_years_p50"])
    assert row["mw_in_2_years"] == 0


def test_the_worth_of_the_years_uses_the_estimate_and_its_range(assessment):
    from geo.criteria import time_to_target

    value = assessment.metrics.value["time_to_target"]
    worth = assessment.scores.utilities["time_to_target"]
    known = value.notna()
    expected = time_to_target.CRITERION.utility(value[known].to_numpy(float))
    assert worth[known].tolist() == pytest.approx(expected.tolist())
    assert pd.isna(worth[~known]).sum() >= 10


def test_where_complete_tables_show_nothing_the_years_have_no_upper_end(assessment):
    """Mikeska: no station within 40 km. Grissom: nobody publishes its MW, and the grid is there."""
    high, low = (getattr(assessment.metrics, end)["time_to_target"] for end in ("high", "low"))
    assert high["cipher-mikeska"] == np.inf
    assert high["grissom-peru"] == pytest.approx(waits(AS_OF, None).growth[2], rel=0.1)
    assert low["grissom-peru"] == waits(AS_OF, None).conversion[0]
