"""Who is compared in a back-test, and who had won by when: from the tables alone.

A date is a month and means the first day of it; a cut-off is a month and means its last day. A
claim that is dated to a month only therefore lies on one side of both. What is known by year lies
before the date if the whole year does, and is undecided in the date's own year unless the date is
its first day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.demand import hosts
from geo.errors import AskedWronglyError
from geo.regions import REGIONS, in_region

if TYPE_CHECKING:
    from collections.abc import Sequence

DATES = ("2024-06", "2025-01", "2025-06", "2026-01")
"""Dates that are looked back to when none is asked for."""

POSITIVE, NEGATIVE, LEFT_OUT = "positive", "negative", "left_out"

ABROAD = "outside the United States"
NO_POINT = "no public location"
NO_YEAR = "year of energisation not known"
LATER = "not energised before the date"
SAME_YEAR = "energised in the year of the date, month not known"
ONLY_PLANNED = "the year of energisation is a plan: nothing is known to be energised"
WON_BEFORE = "had won before the date"
HOSTS_UNDATED = "hosts AI without a dated win"
CLOSED = "closed since, or before: the closure is not dated"
REASONS = (
    ABROAD,
    NO_POINT,
    NO_YEAR,
    LATER,
    SAME_YEAR,
    ONLY_PLANNED,
    WON_BEFORE,
    HOSTS_UNDATED,
    CLOSED,
)
"""Why a site is left out, in the order in which the reasons are looked at."""

HOSTING_STATUSES = ("contracted", "operating")
HOSTING_KINDS = ("delivered", "extended", "replaced", "sold", "status")
"""Kinds of claims that tell of AI on a site, or of its sale for AI, and not when it was won."""

_NEVER = "9999-12"
_FIRST_DAY = re.compile(r"^(\d{4}-\d\d)-01$")
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


class BacktestError(AskedWronglyError):
    """A date that cannot be looked back to."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when a win counts.

    Attributes
    ----------
    as_of
        YYYY-MM: the date is its first day.
    until
        YYYY-MM: the cut-off is its last day.
    """

    as_of: str
    until: str

    @property
    def year(self) -> int:
        """Give the year of the date."""
        return int(self.as_of[:4])

    @property
    def starts_year(self) -> bool:
        """Tell whether the date is the first day of its year."""
        return self.as_of.endswith("-01")

    @property
    def last_known(self) -> str:
        """Give the month before the date, YYYY-MM: what is dated in it was known."""
        month = int(self.as_of[5:])
        return f"{self.year - 1}-12" if month == 1 else f"{self.year}-{month - 1:02d}"


def windows(dates: Sequence[str], until: str, vintage: str) -> list[Window]:
    """Check dates and cut-off, and give the windows in the order of their dates.

    Parameters
    ----------
    dates
        YYYY-MM each, or the first day of one; the usual ones where none is given.
    until
        YYYY-MM, not after the vintage.
    vintage
        Month to which the tables reach, YYYY-MM.

    Raises
    ------
    BacktestError
        With every breach at once.
    """
    asked = [_FIRST_DAY.sub(r"\1", one) for one in dates] or list(DATES)
    found = [
        f"{name} is {text!r}, expected a month such as 2025-01"
        for name, text in [*(("--as-of", one) for one in asked), ("--until", until)]
        if not _MONTH.fullmatch(text)
    ]
    if not found and until > vintage:
        found.append(
            f"--until is {until}, and the tables end with {vintage}: who wins later is not known"
        )
    if not found:
        found = [
            f"--as-of is {one}, expected a month before --until, {until}"
            for one in asked
            if one >= until
        ]
    if found:
        msg = "Cannot look back:\n  " + "\n  ".join(found)
        raise BacktestError(msg)
    return [Window(one, until) for one in sorted(set(asked))]


def cohort(sites: pd.DataFrame, window: Window) -> pd.Series:
    """Tell which sites are compared: in the US, located, surely energised before the date.

    No claim and no column on AI is asked.

    Parameters
    ----------
    sites
        As `geo.sites` gives them.
    window
        The date.

    Returns
    -------
    reason
        Why a site is not of the cohort, one of `REASONS`; None where it is. On the sites' index.
    """
    year = sites["energised_year"]
    doubtful = (year == window.year) & (not window.starts_year)
    proven = sites["status"].isin(["operating", "closed"]) | (sites["energised_mw"] > 0)
    tests = {
        ABROAD: ~in_region(sites, REGIONS["us"]),
        NO_POINT: sites["lat"].isna() | sites["lon"].isna(),
        NO_YEAR: year.isna(),
        SAME_YEAR: doubtful,
        LATER: year >= window.year,
        ONLY_PLANNED: ~proven,
    }
    return _first(tests, sites.index)


def outcomes(
    sites: pd.DataFrame, claims: pd.DataFrame, campuses: pd.DataFrame | None, window: Window
) -> pd.DataFrame:
    """Say of each site whether it won in the window.

    Parameters
    ----------
    sites
        The cohort; columns `status` and `ai_hpc_status`.
    claims
        The dated claims, as `layers.read_conversions` gives them, in any order.
    campuses
        Every campus; an operating one that stands on a site shows that it hosts AI. None where
        the table is not there.
    window
        From when to when a win counts.

    Returns
    -------
    outcomes
        On the sites' index: `label` (positive: the first win lies in the window; negative: none
        by the cut-off; left_out), `reason` (of what is left out, else None), `won` (date of the
        first win as the claim gives it, None where there is none) and `won_evidence`.
    """
    wins = claims[(claims["kind"] == "won") & claims["site_id"].notna()]
    wins = wins.sort_values(["date", "claim_id"]).drop_duplicates("site_id").set_index("site_id")
    table = wins[["date", "evidence"]].reindex(sites.index)
    table.columns = pd.Index(["won", "won_evidence"])
    month = table["won"].str[:7].fillna(_NEVER)
    before = month < window.as_of
    inside = ~before & (month <= window.until)
    tests = {
        WON_BEFORE: before,
        HOSTS_UNDATED: table["won"].isna() & _hosting(sites, claims, campuses),
        CLOSED: ~inside & (sites["status"] == "closed"),
    }
    reason = _first(tests, sites.index)
    label = np.where(reason.notna(), LEFT_OUT, np.where(inside, POSITIVE, NEGATIVE))
    plain = table.astype(object).where(table.notna(), None)
    return pd.DataFrame({"label": label, "reason": reason}, index=sites.index).join(plain)


def _hosting(sites: pd.DataFrame, claims: pd.DataFrame, campuses: pd.DataFrame | None) -> pd.Series:
    """Tell on which sites AI runs or is contracted, by whatever table says so."""
    shown = set(claims.loc[claims["kind"].isin(HOSTING_KINDS), "site_id"].dropna())
    if campuses is not None:
        running = hosts(campuses)[campuses["status"] == "operating"]
        shown |= {one for several in running for one in several}
    return sites["ai_hpc_status"].isin(HOSTING_STATUSES) | sites.index.isin(shown)


def _first(tests: dict[str, pd.Series], index: pd.Index) -> pd.Series:
    """Give the first reason that applies to each site, None where none does."""
    reason = np.full(len(index), None, dtype=object)
    for name in reversed(tests):
        reason[tests[name].to_numpy(bool)] = name
    return pd.Series(reason, index=index, dtype=object)


def company(sites: pd.DataFrame) -> pd.Series:
    """Give the operator without what stands in brackets; a site without one stands for itself."""
    name = sites["operator"].str.replace(r"\s*\(.*\)", "", regex=True).str.strip()
    return name.where(name.notna() & (name != ""), sites.index.to_series())
