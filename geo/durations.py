"""How long conversion, queue and transformer take, as distributions.

Conversion: from a signed AI contract to the first delivered capacity, a Kaplan-Meier estimate of
data/conversions.csv. Further megawatts: queue to operation as published, never before the
transformer. All are counted from the as-of date.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from geo.parameters import cited
from layers import read_conversions

DAYS_PER_YEAR = 365.25
WEEKS_PER_YEAR = DAYS_PER_YEAR / 7
_Z90 = 1.2815515655446004
"""The standard normal quantile at 0.9 (NIST/SEMATECH e-Handbook, section 1.3.6.7.1)."""
_MOST_YEARS = 200.0
_MIDDLE_OF_MONTH = 15

MARKETS = {"ERCOT": "ercot", "PJM": "pjm", "SERC/TVA": "southeast", "SOCO": "southeast"}
"""Grid areas whose queue times are counted on their own; elsewhere the national ones stand."""

Cdf = Callable[[float], float]
"""Probability that a duration is at most so many years."""


@dataclass(frozen=True, slots=True)
class Conversions:
    """The evidence on conversion times, and the estimate from it.

    Attributes
    ----------
    intervals
        One row per site with a dated win: `site_id`, `won`, `delivered` (None while it runs),
        `years` and `event` (whether it was delivered by the as-of date); `won_as_stated` and
        `delivered_as_stated`, which may be months.
    years, survival
        Times of the events, and the share of conversions that take longer.
    """

    intervals: pd.DataFrame
    years: tuple[float, ...]
    survival: tuple[float, ...]

    def cdf(self, years: float) -> float:
        """Give the estimated share of conversions done after so many years."""
        done = 0.0
        for time, longer in zip(self.years, self.survival, strict=True):
            if time <= years:
                done = 1 - longer
        return done


def end_of(month: str) -> dt.date:
    """Give the last day of a month, YYYY-MM: what is dated in it has happened by then."""
    year, number = int(month[:4]), int(month[5:7])
    return dt.date(year, number, calendar.monthrange(year, number)[1])


def _date(text: str) -> dt.date:
    """Read a date; one that is a month only is an interval, and its middle is taken."""
    if len(text) == len("2026-10"):
        return dt.date(int(text[:4]), int(text[5:7]), _MIDDLE_OF_MONTH)
    return dt.date.fromisoformat(text)


@cache
def conversions(as_of: str) -> Conversions:
    """Estimate the time from the first contract to the first delivered capacity.

    Parameters
    ----------
    as_of
        Month, YYYY-MM: a win not delivered by its end is censored there.

    Returns
    -------
    conversions
        The Kaplan-Meier estimate (Kaplan and Meier, J. Am. Stat. Assoc. 53, 1958, eq. 2a) and
        what it rests on. A site without a dated win is neither.
    """
    return estimate(read_conversions(), as_of)


def estimate(claims: pd.DataFrame, as_of: str) -> Conversions:
    """Estimate as `conversions` does, from claims in any order."""
    claims = claims[claims["site_id"].notna()].assign(day=claims["date"].map(_date))
    claims = claims[claims["day"] <= end_of(as_of)].sort_values(["day", "date"])
    won, delivered = (
        claims[claims["kind"] == kind].groupby("site_id")[["day", "date"]].first()
        for kind in ("won", "delivered")
    )
    won.columns = pd.Index(["won", "won_as_stated"])
    delivered.columns = pd.Index(["delivered", "delivered_as_stated"])
    table = won.join(delivered)
    event = table["delivered"].notna()
    until = table["delivered"].where(event, end_of(as_of))
    days = [(last - first).days for first, last in zip(table["won"], until, strict=True)]
    table = table.assign(years=np.array(days, dtype=float) / DAYS_PER_YEAR, event=event)
    table["delivered"] = table["delivered"].astype(object).where(event, None)
    years, survival = kaplan_meier(table["years"].to_numpy(float), event.to_numpy(bool))
    return Conversions(table.reset_index(), years, survival)


def kaplan_meier(
    years: np.ndarray, event: np.ndarray
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Give the times of the events and the share that takes longer than each."""
    times, shares, share = [], [], 1.0
    for time in np.unique(years[event]):
        at_risk = int((years >= time).sum())
        happened = int((event & (years == time)).sum())
        share *= 1 - happened / at_risk
        times.append(float(time))
        shares.append(share)
    return tuple(times), tuple(shares)


@dataclass(frozen=True, slots=True)
class Curve:
    """The Kaplan-Meier curve.

    Attributes
    ----------
    years, survival
        Times of deliveries, and the share of conversions that take longer.
    at_risk, delivered
        How many were still running just before, and how many were delivered then.
    """

    years: tuple[float, ...]
    survival: tuple[float, ...]
    at_risk: tuple[int, ...]
    delivered: tuple[int, ...]


def curve(found: Conversions) -> Curve:
    """Give the Kaplan-Meier curve with how many conversions each step rests on."""
    years = found.intervals["years"].to_numpy(float)
    event = found.intervals["event"].to_numpy(bool)
    return Curve(
        found.years,
        found.survival,
        tuple(int((years >= time).sum()) for time in found.years),
        tuple(int((event & (years == time)).sum()) for time in found.years),
    )


def quantile(cdf: Cdf, share: float) -> float:
    """Give the shortest duration whose probability reaches a share; infinite if none does.

    A share of 0.5 is the P50, of 0.9 the P90.
    """
    if cdf(_MOST_YEARS) < share:
        return math.inf
    low, high = 0.0, _MOST_YEARS
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if cdf(middle) >= share else (middle, high)
    return high


def queue_parameter(market: str | None, share: str) -> str:
    """Name the row of data/parameters.csv for a market's queue time at ``p50`` or ``p90``."""
    suffix = MARKETS.get(market or "")
    national = {"p50": "median", "p90": "high"}[share]
    return f"queue_to_operation_years_{f'{share}_{suffix}' if suffix else national}"


def queue_cdf(market: str | None) -> Cdf:
    """Give the distribution of queue to operation: lognormal through its P50 and P90.

    Parameters
    ----------
    market
        The site's grid area (`iso`); one without figures of its own takes the national ones.
    """
    p50, p90 = (cited(queue_parameter(market, one)).value for one in ("p50", "p90"))
    sigma = math.log(p90 / p50) / _Z90

    def cdf(years: float) -> float:
        if years <= 0:
            return 0.0
        return 0.5 * math.erfc(-math.log(years / p50) / (sigma * math.sqrt(2)))

    return cdf


def transformer_years() -> float:
    """Give the lead time of a large power transformer: nothing new is energised before it."""
    return cited("transformer_lead_weeks_2026").value / WEEKS_PER_YEAR


def longest(*cdfs: Cdf) -> Cdf:
    """Give the distribution of the longest of several independent durations.

    It is the product of theirs; its P50 is later than the longest P50.
    """

    def cdf(years: float) -> float:
        return math.prod(one(years) for one in cdfs)

    return cdf


def no_sooner_than(least_years: float) -> Cdf:
    """Give a duration that is certain."""
    return lambda years: 1.0 if years >= least_years else 0.0


@dataclass(frozen=True, slots=True)
class Waits:
    """Years until megawatts are ready for AI, at P10, P50 and P90.

    Attributes
    ----------
    conversion
        Of what is energised.
    growth
        Of everything further: the longest of queue, transformer and conversion.
    without_queue, without_transformer
        P50 of growth if that one thing took no time.
    """

    conversion: tuple[float, float, float]
    growth: tuple[float, float, float]
    without_queue: float
    without_transformer: float


SHARES = (0.1, 0.5, 0.9)


@cache
def waits(as_of: str, market: str | None) -> Waits:
    """Give how long megawatts wait in a market, from the as-of date."""
    conversion = conversions(as_of).cdf
    queue = queue_cdf(market)
    transformer = no_sooner_than(transformer_years())
    growth = longest(conversion, queue, transformer)
    of_conversion = [quantile(conversion, share) for share in SHARES]
    of_growth = [quantile(growth, share) for share in SHARES]
    return Waits(
        conversion=(of_conversion[0], of_conversion[1], of_conversion[2]),
        growth=(of_growth[0], of_growth[1], of_growth[2]),
        without_queue=quantile(longest(conversion, transformer), 0.5),
        without_transformer=quantile(longest(conversion, queue), 0.5),
    )
