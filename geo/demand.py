"""Campuses as places: what is still to come there, each place counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

STILL_COMING = ("operating", "under_construction", "planned")
"""Statuses whose further MW compete for the grid; rejected, paused and stalled ones do not."""

_PRECISION_ORDER = {"site": 0, "town": 1, "county": 2}


def hosts(campuses: pd.DataFrame) -> pd.Series:
    """Give, per campus, the listed sites that it or an overlapping row stands on.

    Returns
    -------
    hosts
        A tuple of site ids on the campuses' index; empty where it stands on none.
    """
    place = place_ids(campuses)
    named = campuses["host_site_id"].dropna()
    of_place = {key: tuple(sorted(set(ids))) for key, ids in named.groupby(place[named.index])}
    return place.map(lambda key: of_place.get(key, ()))


def place_ids(campuses: pd.DataFrame) -> pd.Series:
    """Give the place of each campus: its overlap group, or itself."""
    return campuses["overlap_group"].fillna(campuses["campus_id"])


def places(campuses: pd.DataFrame) -> pd.DataFrame:
    """Reduce rows that describe one place to one row.

    Of overlapping rows the one with the best point and the larger plan stands for the place;
    current and planned MW are the largest that any of them gives, NaN where none does.

    Returns
    -------
    places
        The columns of `campuses`, one row per place, with `hosts`; 0..n-1.
    """
    table = campuses.assign(place=place_ids(campuses), hosts=hosts(campuses))
    order = table["coord_precision"].map(_PRECISION_ORDER).fillna(len(_PRECISION_ORDER))
    table = table.assign(precision_order=order).sort_values(
        ["precision_order", "power_mw_planned", "campus_id"], ascending=[True, False, True]
    )
    first = table.drop_duplicates("place").set_index("place")
    largest = table.groupby("place")[["power_mw_current", "power_mw_planned"]].max()
    first[["power_mw_current", "power_mw_planned"]] = largest
    return first.sort_values("campus_id").reset_index(drop=True).drop(columns="precision_order")


def mw_to_come(campuses: pd.DataFrame) -> pd.DataFrame:
    """Give the MW that each place still wants: planned less current.

    Returns
    -------
    places
        As `places`, of the statuses in `STILL_COMING`, with `mw_low` and `mw_high`: equal where
        both figures are published; 0 to the plan where the current MW are blank; 0 to infinity
        where the plan is.
    """
    table = places(campuses[campuses["status"].isin(STILL_COMING)])
    planned = table["power_mw_planned"].to_numpy(float)
    current = table["power_mw_current"].to_numpy(float)
    coming = np.maximum(planned - current, 0)
    high = np.where(np.isnan(coming), np.nan_to_num(planned, nan=np.inf), coming)
    return table.assign(mw_low=np.nan_to_num(coming, nan=0.0), mw_high=high)
