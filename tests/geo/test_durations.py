"""Conversion, queue and transformer: against scipy, by hand, and as a decision-maker reads them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf, lognorm

from geo.durations import (
    conversions,
    kaplan_meier,
    longest,
    no_sooner_than,
    quantile,
    queue_cdf,
    transformer_years,
    waits,
)

AS_OF = "2026-10"


def test_five_conversions_are_done_and_nineteen_run():
    found = conversions(AS_OF).intervals
    assert set(found.loc[found["event"], "site_id"]) == {
        "core-denton", "galaxy-helios", "iren-childress", "cipher-black-pearl",
        "apld-polaris-forge-1",
    }  # fmt: skip
    assert (~found["event"]).sum() == 19


def test_the_estimate_by_hand():
    """At risk 13, 12, 4, 3 and 1: 12/13, x 11/12, x 3/4, x 2/3, x 0."""
    estimate = conversions(AS_OF)
    share = [12 / 13, 11 / 13, 11 / 13 * 3 / 4, 11 / 13 * 3 / 4 * 2 / 3, 0]
    assert estimate.survival == pytest.approx(share)
    days = [274, 283, 478, 487, 760]  # Black Pearl, Childress, Helios, Polaris Forge 1, Denton
    assert [year * 365.25 for year in estimate.years] == pytest.approx(days)


def test_a_month_is_an_interval_and_its_middle_is_taken():
    """Helios: March 2025 to 2026-07-06, 478 days from the 15th."""
    found = conversions(AS_OF).intervals.set_index("site_id")
    assert found.at["galaxy-helios", "years"] * 365.25 == pytest.approx(478)


def test_what_had_not_happened_by_the_as_of_date_does_not_count():
    """At the end of July 2026 Denton and Helios had delivered, the three others not yet."""
    found = conversions("2026-07").intervals
    assert set(found.loc[found["event"], "site_id"]) == {"core-denton", "galaxy-helios"}
    assert "cleanspark-sandersville" not in set(found["site_id"])


times = st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=40)


@given(times)
@settings(max_examples=200, deadline=None)
def test_kaplan_meier_agrees_with_scipy(rows):
    years = np.array([row[0] for row in rows], dtype=float)
    event = np.array([row[1] for row in rows])
    at, survival = kaplan_meier(years, event)
    if not event.any():
        assert at == ()
        return
    truth = ecdf(CensoredData(uncensored=years[event], right=years[~event])).sf
    assert survival == pytest.approx(truth.evaluate(np.array(at)), abs=1e-12)


@pytest.mark.parametrize(
    ("market", "p50", "p90"), [(None, 5, 7), ("ERCOT", 4.04, 6.65), ("MISO", 5, 7)]
)
def test_the_queue_passes_through_what_is_published(market, p50, p90):
    cdf = queue_cdf(market)
    assert quantile(cdf, 0.5) == pytest.approx(p50)
    assert quantile(cdf, 0.9) == pytest.approx(p90)
    truth = lognorm(s=math.log(p90 / p50) / 1.2815515655, scale=p50)
    for years in (0.5, 3.0, 5.0, 9.0):
        assert cdf(years) == pytest.approx(truth.cdf(years), abs=1e-9)
    assert cdf(0) == 0


def test_markets_are_areas_of_the_table(sites):
    from geo.cli_options import Market
    from geo.durations import MARKETS

    assert set(MARKETS) <= set(sites["iso"].dropna())
    assert {market.value for market in Market} == set(sites["iso"].dropna())


def test_the_longest_of_several_is_later_than_the_longest_median():
    """Against 400,000 draws; the P50 of the longest of two equal queues is not their P50."""
    cdf = longest(queue_cdf(None), queue_cdf(None))
    draws = np.random.default_rng(5).lognormal(
        math.log(5), math.log(7 / 5) / 1.2815515655, (400_000, 2)
    )
    truth = np.quantile(draws.max(axis=1), [0.5, 0.9])
    assert [quantile(cdf, share) for share in (0.5, 0.9)] == pytest.approx(truth, rel=0.01)
    assert quantile(cdf, 0.5) > 5


def test_nothing_new_comes_before_the_transformer():
    """160 weeks are 3.07 years."""
    assert transformer_years() == pytest.approx(3.0664, abs=1e-3)
    for market in (None, "ERCOT", "PJM", "SOCO"):
        assert min(waits(AS_OF, market).growth) >= transformer_years()
        assert waits(AS_OF, market).without_queue >= transformer_years()


def test_the_waits_are_in_order_and_relief_never_makes_them_longer():
    for market in (None, "ERCOT", "PJM", "SERC/TVA"):
        one = waits(AS_OF, market)
        assert list(one.conversion) == sorted(one.conversion)
        assert list(one.growth) == sorted(one.growth)
        assert max(one.without_queue, one.without_transformer) <= one.growth[1] + 1e-9
        assert all(
            later >= sooner for sooner, later in zip(one.conversion, one.growth, strict=True)
        )


def test_a_share_that_is_never_reached_is_infinite():
    assert quantile(lambda _: 0.4, 0.5) == math.inf
    assert quantile(no_sooner_than(3.0), 0.5) == pytest.approx(3.0)


def test_queue_times_of_markets_come_from_the_table_of_lbnl(test_data):
    """Projects that began to operate in 2021 to 2023: on_date less q_date."""
    from geo.parameters import cited

    table = pd.read_csv(test_data / "queue/lbnl_queued_up_2023.csv", low_memory=False)
    table = table[table["q_status"] == "operational"]
    begun, asked = (pd.to_datetime(table[name], errors="coerce") for name in ("on_date", "q_date"))
    years = (begun - asked).dt.days / 365.25
    chosen = begun.dt.year.between(2021, 2023) & (years > 0)
    for market, region in (
        ("ercot", "ERCOT"),
        ("pjm", "PJM"),
        ("southeast", "Southeast (non-ISO)"),
    ):
        mine = years[chosen & (table["region"] == region)]
        for share, name in ((0.5, "p50"), (0.9, "p90")):
            number = cited(f"queue_to_operation_years_{name}_{market}")
            assert number.value == pytest.approx(mine.quantile(share), abs=0.006)
        meaning = cited(f"queue_to_operation_years_p50_{market}").meaning
        assert f"the {len(mine)} generation projects" in meaning
