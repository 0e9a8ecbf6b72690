"""One table of stations from several: which rows are one station, and what is known of it.

Two rows become one only where the match is the same beyond doubt; a doubtful pair stays two rows
and is listed. So a merge never lowers the number of real stations: each source gives at most one
row to a station, and every row of every source is behind a station or refused with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers import _settle
from layers._match import match
from layers._members import EMBEDDED, HIFLD, IMPORT, OSM, first_known, members_of
from layers.sources.rewatt_curated import read_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

RULES = 4
"""The edition of these rules: another one makes kept merged tables anew."""

QUARANTINE_COLUMNS = (
    "left_source", "left_key", "left_name", "left_lat", "left_lon", "left_max_kv",
    "right_source", "right_key", "right_name", "right_lat", "right_lon", "right_max_kv",
    "distance_km", "odds", "reason",
)  # fmt: skip
"""A pair that may be one station: two members, how far apart, log10 of the odds, and why."""

_ORDER = (EMBEDDED, HIFLD, OSM, IMPORT)


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of the rows of all sources.

    Attributes
    ----------
    table
        One row per station: the layer's columns without points, embedded stations first in
        their order, the others by id.
    quarantine
        `QUARANTINE_COLUMNS`: the doubtful pairs, kept apart.
    refused
        `source`, `key`, `reason`: rows that are no station of the layer.
    """

    table: pd.DataFrame
    quarantine: pd.DataFrame
    refused: pd.DataFrame


def merge(
    tables: Mapping[str, pd.DataFrame],
    hifld_lines: GeoDataFrame | None = None,
    osm_lines: GeoDataFrame | None = None,
    areas: Mapping[str, BaseGeometry | None] = MappingProxyType({}),
) -> Merged:
    """Merge tables of stations.

    Parameters
    ----------
    tables
        As in `layers._members.members_of`.
    hifld_lines, osm_lines
        Lines as their sources promise them; None where none were fetched.
    areas
        Where the lines of `HIFLD` and `OSM` were fetched, EPSG:4326; None or not there: everywhere.

    Returns
    -------
    merged
        The stations, the doubtful pairs and the refused rows.
    """
    members, doubtful = _one_by_one(members_of(tables))
    settled = _settle.settle(members, hifld_lines, osm_lines, areas)
    reason = _refusal(members, settled)
    gone = reason.notna().to_numpy()
    refused = members.assign(reason=reason.reindex(members["station"]).to_numpy(object))
    refused = refused.loc[refused["reason"].notna(), ["source", "key", "reason"]]
    table = settled.loc[~gone].assign(substation_id=_ids(members, settled)[~gone])
    old = members.loc[members["source"] == EMBEDDED, "station"]
    fresh = ~table.index.isin(old)
    order = np.lexsort((np.where(fresh, table["substation_id"], ""), fresh))
    return Merged(
        table.iloc[order].reset_index(drop=True), doubtful, refused.reset_index(drop=True)
    )


def _one_by_one(members: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every member its station, source after source, and the doubtful pairs."""
    members = members.assign(station=-1)
    doubtful: list[pd.DataFrame] = []
    for source in _ORDER:
        new = members[members["source"] == source]
        if new.empty:
            continue
        base = members[members["station"] >= 0]
        partner, open_pairs = _partners(base, new)
        fresh = partner.isna()
        first = 0 if base.empty else int(base["station"].max()) + 1
        partner[fresh] = np.arange(first, first + int(fresh.sum()))
        members.loc[new.index, "station"] = partner.astype(int)
        doubtful.append(open_pairs)
    told = [one for one in doubtful if len(one)]
    nothing = pd.DataFrame(columns=pd.Index(QUARANTINE_COLUMNS))
    return members, pd.concat(told, ignore_index=True) if told else nothing


def _partners(base: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """Find the station of each new member: by HIFLD's id, which the embedded table has, or match.

    Returns
    -------
    station, doubtful
        Index of `new`, NaN where it is a station of its own; and the pairs kept apart.
    """
    station = pd.Series(np.nan, index=new.index)
    if base.empty:
        return station, pd.DataFrame()
    source = new["source"].iloc[0]
    if source == HIFLD:
        by_id = base[base["source"] == EMBEDDED].set_index("key")["station"]
        station = new["key"].map(by_id).astype(float)
    rest = new[station.isna()]
    left = _as_found(base[~base["station"].isin(station.dropna())])
    pairs = match(left, rest)
    same = pairs[pairs["verdict"] == "same"]
    station[rest.index[same["right"]]] = left["station"].to_numpy(float)[same["left"]]
    return station, _open_pairs(pairs, left, rest)


def _as_found(base: pd.DataFrame) -> pd.DataFrame:
    """Give the stations so far as rows to be matched: each column from who knows it best."""
    columns = ("source", "key", "name", "operator", "lat", "lon", "sd_km", "max_kv", "min_kv")
    found = {one: first_known(base, one, _settle.BEST.get(one, _ORDER)) for one in columns}
    found["connects"] = base["connects"].astype(bool).groupby(base["station"]).any()
    return pd.DataFrame(found).reset_index()


def _open_pairs(pairs: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Describe the doubtful pairs, so that a person can decide them."""
    doubtful = pairs[pairs["verdict"] == "doubtful"]
    told = {}
    for side, table in (("left", left), ("right", right)):
        rows = table.iloc[doubtful[side]]
        for name in ("source", "key", "name", "lat", "lon", "max_kv"):
            told[f"{side}_{name}"] = rows[name].to_numpy()
    for name in ("distance_km", "odds", "reason"):
        told[name] = doubtful[name].to_numpy()
    return pd.DataFrame(told, columns=pd.Index(QUARANTINE_COLUMNS))


def _refusal(members: pd.DataFrame, settled: pd.DataFrame) -> pd.Series:
    """Say why a station is none of the layer's; missing where it is. Index station.

    What the embedded table has stays, and so does what a user brought.
    """
    least = read_parameters()["station_least_kv"].value
    kept = members["source"].isin([EMBEDDED, IMPORT]).groupby(members["station"]).any()
    connects = members["connects"].astype(bool).groupby(members["station"]).any()
    kv = settled["max_kv"]
    reason = np.select(
        [kept, ~connects, kv.isna(), kv < least],
        [
            "",
            "no place to connect: tap, riser, dead end, transition, railway, or out of service",
            "voltage not known, and no line of 100 kV or more ends or passes there",
            f"below {least:g} kV",
        ],
        "",
    )
    said = pd.Series(reason, index=settled.index, dtype=object)
    return said.where(said != "", None)


def _ids(members: pd.DataFrame, settled: pd.DataFrame) -> pd.Series:
    """Give every station the id of its first source; one that is taken gets the source's name."""
    ordered = members.drop_duplicates("station").set_index("station")
    key = ordered["key"].reindex(settled.index)
    source = ordered["source"].reindex(settled.index)
    return key.where(~key.duplicated(), source + ":" + key)
