"""Megawatts by date: what is ready for AI at the end of each year, at P50 and at P90."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.durations import DAYS_PER_YEAR, end_of, waits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.arrays import Floats
    from geo.question import Question

    Flags = NDArray[np.bool_]

YEAR_ENDS = 11
"""From the as-of year to ten years on."""
TIMELINE_COLUMNS = (
    "agreed_mw",
    "growth_mw",
    "beyond_mw",
    "conversion_years_p50",
    "conversion_years_p90",
    "growth_years_p50",
    "growth_years_p90",
    "time_to_target_years_p50",
    "time_to_target_years_p90",
    "time_to_target_years_least",
    "time_to_target_years_most",
    "mw_in_2_years",
    "mw_in_5_years",
    *(f"mw_p50_year_end_{year}" for year in range(YEAR_ENDS)),
    *(f"mw_p90_year_end_{year}" for year in range(YEAR_ENDS)),
)
_WITHIN = 1e-6
"""Half a minute, in years: a wait of five years is over in five years."""


def timeline(sites: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Give when megawatts are ready for AI.

    Energised MW wait for a conversion and for nothing else. Everything further waits for queue,
    transformer and conversion: what is contracted on top, what is announced, and what still lacks
    to the target (`beyond_mw`), these two up to what a single station or line here surely carries.
    What might come besides is not counted: the MW are those that the evidence proves, on time at
    P50 or P90, if they are built at all (queue times are of projects that were).

    Parameters
    ----------
    sites
        Index `site_id`; columns `energised_mw`, `contracted_mw`, `announced_mw`, `iso` and those
        of `geo.poi.find_pois`.
    question
        Target, and the date that years are counted from.

    Returns
    -------
    timeline
        Columns `TIMELINE_COLUMNS`. P90 is what nine in ten of those built keep.
        `time_to_target_years_p50` is NaN where it is not known whether the target is ever
        reached; `..._least` and `..._most` bound it, the second infinite where nothing here
        reaches it. MW are NaN where the energised MW are not known, or where nothing is on paper
        and it is not known what the grid carries.
    """
    energised = sites["energised_mw"].to_numpy(float)
    agreed = np.nan_to_num(np.maximum(sites["contracted_mw"].to_numpy(float) - energised, 0))
    announced = np.nan_to_num(sites["announced_mw"].to_numpy(float))
    sure = energised + agreed
    # if not through the cheapest option, then through another: the wait is the same
    carried = np.nan_to_num(sites["best_firm_mw"].to_numpy(float))
    on_paper = sure + np.minimum(announced, np.maximum(carried - sure, 0))
    target = question.target_mw
    beyond = np.maximum(np.minimum(target, carried) - on_paper, 0)
    total, can = on_paper + beyond, carried >= target
    columns = {
        "agreed_mw": np.where(np.isnan(energised), np.nan, agreed),
        "growth_mw": on_paper - energised,
        "beyond_mw": np.where(np.isnan(energised), np.nan, beyond),
    }
    conversion, growth = _waits(sites, question)
    for name, wait in (("conversion", conversion), ("growth", growth)):
        columns |= {f"{name}_years_p50": wait[:, 1], f"{name}_years_p90": wait[:, 2]}
    columns |= _to_target(sites, target, sure, can, conversion, growth)

    # where nothing is on paper and the grid is not known, what might come is unknown, not 0
    blank = (total == 0) & ~_never(sites)

    def ready(years: float, share: int) -> Floats:
        have = np.where(conversion[:, share] <= years + _WITHIN, energised, 0.0)
        later = np.where(blank, np.nan, total)
        have = np.where(growth[:, share] <= years + _WITHIN, later, have)
        return np.where(np.isnan(energised), np.nan, have)

    columns |= {"mw_in_2_years": ready(2, 1), "mw_in_5_years": ready(5, 1)}
    for share, name in ((1, "p50"), (2, "p90")):
        for year, years in enumerate(years_to_year_ends(question.as_of)):
            columns[f"mw_{name}_year_end_{year}"] = ready(years, share)
    return pd.DataFrame(columns, index=sites.index)[list(TIMELINE_COLUMNS)]


def years_to_year_ends(as_of: str) -> list[float]:
    """Give how far off the ends of this year and of the ten that follow are, in years."""
    start = end_of(as_of)
    ends = (dt.date(start.year + year, 12, 31) for year in range(YEAR_ENDS))
    return [(end - start).days / DAYS_PER_YEAR for end in ends]


def _waits(sites: pd.DataFrame, question: Question) -> tuple[Floats, Floats]:
    """Give P10, P50 and P90 of both waits, shape ``(n, 3)`` each."""
    markets = sites["iso"].where(sites["iso"].notna(), None).to_numpy(object)
    known = {market: waits(question.as_of, market) for market in set(markets)}
    shape = (len(sites), 3)
    return (
        np.array([known[market].conversion for market in markets], dtype=float).reshape(shape),
        np.array([known[market].growth for market in markets], dtype=float).reshape(shape),
    )


def _never(sites: pd.DataFrame) -> Flags:
    """Tell where complete tables show that nothing here can carry the target."""
    return ((sites["grid_data"] == "complete") & sites["carrier_can"].isna()).to_numpy()


def _to_target(  # noqa: PLR0913, PLR0917 - the two sums and the two waits that decide
    sites: pd.DataFrame,
    target_mw: float,
    sure: Floats,
    can: Flags,
    conversion: Floats,
    growth: Floats,
) -> dict[str, Floats]:
    energised = sites["energised_mw"].to_numpy(float)
    now = energised >= target_mw
    later = ~now & ~np.isnan(energised) & ((sure >= target_mw) | can)
    never = _never(sites) & (energised < target_mw)
    columns = {}
    for share, name in ((1, "p50"), (2, "p90")):
        waited = np.where(later, growth[:, share], np.nan)
        columns[f"time_to_target_years_{name}"] = np.where(now, conversion[:, share], waited)
    # MW not published might be there already
    soonest = np.where(np.isnan(energised), conversion[:, 0], growth[:, 0])
    latest = np.where(later | (np.isnan(energised) & can), growth[:, 2], np.nan)
    latest = np.where(never & ~later, np.inf, latest)
    return columns | {
        "time_to_target_years_least": np.where(now, conversion[:, 0], soonest),
        "time_to_target_years_most": np.where(now, conversion[:, 2], latest),
    }
