"""What lies around a site, with the ranges that imprecise points leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.coverage import covers, depth_km
from geo.crs import distance_km, ecef_km
from geo.demand import place_ids
from geo.nearest import chords_km, longest_arc_km, pairs_within
from geo.parameters import cited
from geo.precision import POINT_PRECISIONS, is_located, radius_km

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.arrays import Floats
    from geo.nearest import Indices

    Flags = NDArray[np.bool_]

_BLOCK_SITES = 8_192

Counts = Callable[[pd.DataFrame, pd.DataFrame, "Indices", "Indices"], "Flags"]
"""Tells which pairs of a site and a row count, given their positions in both tables."""


def not_its_own(sites: pd.DataFrame, campuses: pd.DataFrame) -> Counts:
    """Give what tells which pairs are of a site and a campus that does not stand on it.

    A campus stands on its `host_site_id`, and on a point that a user brought within 2 km; with
    it every row that describes the same place.

    Parameters
    ----------
    sites
        All the sites that will be asked about; column `brought`.
    campuses
        Every campus row; its `overlap_group` or id is its place.
    """
    place = place_ids(campuses)
    hosted = campuses["host_site_id"].notna()
    own = set(zip(campuses.loc[hosted, "host_site_id"], place[hosted], strict=True))
    points = sites[sites["brought"] & is_located(sites)]
    known = campuses["lat"].notna() & campuses["lon"].notna()
    site, campus, _ = pairs_within(
        points["lat"].to_numpy(float),
        points["lon"].to_numpy(float),
        campuses.loc[known, "lat"].to_numpy(float),
        campuses.loc[known, "lon"].to_numpy(float),
        cited("own_campus_radius_km").value,
    )
    own |= set(zip(points.index[site], place[known].iloc[campus], strict=True))

    def counts(part: pd.DataFrame, table: pd.DataFrame, i: Indices, j: Indices) -> Flags:
        rows: dict[object, list[int]] = {}
        for row, key in enumerate(place_ids(table)):
            rows.setdefault(key, []).append(row)
        position = {key: row for row, key in enumerate(part.index)}
        pairs = [
            position[key] * len(table) + row
            for key, where in own
            if key in position
            for row in rows.get(where, [])
        ]
        return ~np.isin(i * len(table) + j, pairs)

    return counts


def _every_pair(part: pd.DataFrame, table: pd.DataFrame, site: Indices, row: Indices) -> Flags:
    del part, table, row
    return np.ones(site.shape, dtype=bool)


def mw_within(  # noqa: PLR0913 - what is summed, where, and where the table is complete
    sites: pd.DataFrame,
    table: pd.DataFrame,
    within_km: float,
    mw: tuple[Floats, Floats],
    coverage: BaseGeometry | None = None,
    *,
    complete_everywhere: bool = False,
    counts: Counts = _every_pair,
) -> pd.DataFrame:
    """Sum the MW of the rows within a radius of each site.

    Parameters
    ----------
    sites
        Columns `lat`, `lon`, `coord_precision`, `radius_km`.
    table
        What is summed: columns `lat`, `lon`, `coord_precision`, perhaps `coord_radius_km`.
    within_km
        The radius, geodesic.
    mw
        Lower and upper bound of each row's MW, shape ``(m,)`` each; infinite where unknown.
    coverage
        Where the table is complete, EPSG:4326.
    complete_everywhere
        Whether the table is a national list instead.
    counts
        Which pairs count.

    Returns
    -------
    metric
        Columns value, low and high on the sites' index. Where a row's MW are unknown, or a row
        known only to its county may lie on either side, there are bounds and no value. Where
        the table is not complete there is a lower bound only, and none if nothing was found.
    """
    result = np.full((len(sites), 3), np.nan)
    usable = (table["lat"].notna() & table["lon"].notna()).to_numpy()
    table, bounds = table[usable], (mw[0][usable], mw[1][usable])
    rows = np.flatnonzero(is_located(sites).to_numpy())
    for start in range(0, len(rows), _BLOCK_SITES):
        block = rows[start : start + _BLOCK_SITES]
        part = sites.iloc[block]
        sums = _sums(part, table, within_km, bounds, counts)
        if not complete_everywhere:
            depth = depth_km(part["lat"].to_numpy(float), part["lon"].to_numpy(float), coverage)
            partial = ~covers(depth, within_km)
            sums[partial, 0] = np.nan
            sums[partial & (sums[:, 1] == 0), 1] = np.nan
            sums[~covers(depth, within_km + part["radius_km"].to_numpy(float)), 2] = np.nan
        result[block] = sums
    return pd.DataFrame(result, columns=["value", "low", "high"], index=sites.index)


def _sums(
    sites: pd.DataFrame,
    table: pd.DataFrame,
    within_km: float,
    mw: tuple[Floats, Floats],
    counts: Counts,
) -> Floats:
    """Give value, low and high, shape ``(n, 3)``, as if the table were complete."""
    slack_site, slack_row = sites["radius_km"].to_numpy(float), radius_km(table)
    lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
    reach = within_km + (slack_site.max() + slack_row.max() if len(table) else 0)
    site, row, km = pairs_within(
        lat, lon, table["lat"].to_numpy(float), table["lon"].to_numpy(float), reach
    )
    keep = counts(sites, table, site, row)
    site, row, km = site[keep], row[keep], km[keep]
    slack = slack_site[site] + slack_row[row]
    surely, maybe = km + slack <= within_km, km - slack <= within_km
    pointlike = table["coord_precision"].isin(POINT_PRECISIONS).to_numpy()[row]
    inside = np.where(pointlike, km <= within_km, surely)
    low_mw, high_mw = mw[0][row], mw[1][row]
    in_doubt = (~pointlike & maybe & ~surely) | (inside & (low_mw != high_mw))
    n = len(sites)
    value = np.bincount(site[inside], low_mw[inside], minlength=n).astype(float)
    value[np.bincount(site[in_doubt], minlength=n) > 0] = np.nan
    low = np.bincount(site[surely], low_mw[surely], minlength=n)
    high = np.bincount(site[maybe], high_mw[maybe], minlength=n)
    return np.column_stack((value, low, np.where(np.isinf(high), np.nan, high)))


def nearest_other(
    sites: pd.DataFrame, table: pd.DataFrame, counts: Counts = _every_pair
) -> tuple[Floats, Floats, Floats]:
    """Give the geodesic distance to the nearest row that counts, with its range.

    Parameters
    ----------
    sites
        Columns `lat`, `lon`, `coord_precision`, `radius_km`.
    table
        Columns `lat`, `lon`, `coord_precision`, perhaps `coord_radius_km`; none without a point.
    counts
        Which pairs count.

    Returns
    -------
    value, low, high
        Shape ``(n,)``, km. The value is the distance to the nearest row with a usable point,
        NaN where a row known only to its county is surely nearer; the bounds carry the
        precision of both points and take in the rows known only to their county.
    """
    result = np.full((3, len(sites)), np.nan)
    rows = np.flatnonzero(is_located(sites).to_numpy())
    if len(table):
        for start in range(0, len(rows), _BLOCK_SITES):
            block = rows[start : start + _BLOCK_SITES]
            result[:, block] = _nearest_block(sites.iloc[block], table, counts)
    return result[0], result[1], result[2]


def _nearest_block(sites: pd.DataFrame, table: pd.DataFrame, counts: Counts) -> Floats:
    lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
    table_lat, table_lon = table["lat"].to_numpy(float), table["lon"].to_numpy(float)
    slack_site, slack_row = sites["radius_km"].to_numpy(float), radius_km(table)
    chords = chords_km(ecef_km(lat, lon), ecef_km(table_lat, table_lon))
    all_site, all_row = (axis.ravel() for axis in np.indices(chords.shape))
    allowed = counts(sites, table, all_site, all_row).reshape(chords.shape)
    pointlike = table["coord_precision"].isin(POINT_PRECISIONS).to_numpy()
    shortest = np.where(allowed & pointlike, chords, np.inf).min(axis=1)
    reach = longest_arc_km(shortest) + 2 * (slack_site + slack_row.max())
    near = allowed & (chords <= np.where(np.isinf(shortest), np.inf, reach)[:, None])
    site, row = np.nonzero(near)
    km = distance_km(lat[site], lon[site], table_lat[row], table_lon[row])
    slack = slack_site[site] + slack_row[row]
    value, low, high = (np.full(len(sites), np.inf) for _ in range(3))
    np.minimum.at(value, site[pointlike[row]], km[pointlike[row]])
    np.minimum.at(low, site, np.maximum(km - slack, 0))
    np.minimum.at(high, site, km + slack)
    value[value > high] = np.nan
    return np.where(np.isinf([value, low, high]), np.nan, [value, low, high])
