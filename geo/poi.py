"""The point of interconnection: the substation that a site is, or would be, connected to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.capability import firm_capability_mw, reach_mw
from geo.coverage import covers, depth_km, misses
from geo.nearest import pairs_within
from geo.parameters import cited
from geo.precision import is_located

if TYPE_CHECKING:
    from geo.crs import Floats
    from geo.nearest import Indices
    from geo.question import Question
    from layers import LoadedLayer

    Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

ALTERNATIVES_RADIUS_KM = 25.0
"""How far other stations may lie to count as alternatives (design, criterion alternative_pois)."""

_BLOCK_SITES = 20_000


@dataclass(frozen=True, slots=True)
class _Stations:
    """What the search needs of the substation table, as columns."""

    lat: Floats
    lon: Floats
    min_kv: Floats
    max_kv: Floats
    firm_low: Floats
    firm_high: Floats
    proven: Flags
    possible: Flags
    reach: Floats


def _stations(table: pd.DataFrame, target_mw: float) -> _Stations:
    low, high = firm_capability_mw(table)
    reach = reach_mw(table, high)
    return _Stations(
        lat=table["lat"].to_numpy(float),
        lon=table["lon"].to_numpy(float),
        min_kv=table["min_kv"].to_numpy(float),
        max_kv=table["max_kv"].to_numpy(float),
        firm_low=low,
        firm_high=high,
        proven=np.nan_to_num(low, nan=-1.0) >= target_mw,
        possible=reach >= target_mw,
        reach=reach,
    )


POI_COLUMNS = (
    "poi_id",
    "poi_name",
    "poi_kv",
    "poi_kv_evidence",
    "poi_circuits",
    "poi_lat",
    "poi_lon",
    "poi_distance_km",
    "poi_role",
    "firm_mw_low",
    "firm_mw_high",
    "poi_2_id",
    "poi_2_name",
    "poi_2_kv",
    "poi_2_distance_km",
    "grid_data",
    "grid_depth_km",
    "stations_40km",
    "proven_pois_40km",
    "possible_pois_40km",
    "best_reach_mw",
    "alternatives_low",
    "alternatives",
    "alternatives_high",
)
_TEXT = {"poi_id", "poi_name", "poi_kv_evidence", "poi_role", "poi_2_id", "poi_2_name", "grid_data"}


def find_pois(
    sites: pd.DataFrame, substations: LoadedLayer | None, question: Question
) -> pd.DataFrame:
    """Find each site's point of interconnection for a target.

    The site's own connection comes first: the nearest station of its `interconnection_kv`,
    if that station can carry the target or might. Otherwise it is the nearest station within
    40 km that can or might. A station might where its circuits are unknown, its voltage is in
    doubt, or one line is drawn that could be a double circuit.

    Parameters
    ----------
    sites
        Index `site_id`; columns `lat`, `lon`, `coord_precision`, `radius_km`,
        `interconnection_kv`.
    substations
        The layer; ``None`` where it is absent.
    question
        The target.

    Returns
    -------
    pois
        Columns `POI_COLUMNS` on the sites' index. `grid_data` is ``complete`` where the table
        holds every station within 40 km, ``partial`` or ``none``; for a site without a usable
        point it is ``none``. NaN and None where nothing is known.
    """
    found = pd.DataFrame(
        {
            name: pd.Series(None, index=sites.index, dtype=object if name in _TEXT else float)
            for name in POI_COLUMNS
        }
    )
    found["grid_data"] = "none"
    if substations is None:
        return found
    table = substations.table
    table = table[table["lat"].notna() & table["lon"].notna()].reset_index(drop=True)
    stations = _stations(table, question.target_mw)
    rows = np.flatnonzero(is_located(sites).to_numpy())
    radius = cited("poi_search_radius_km").value
    for start in range(0, len(rows), _BLOCK_SITES):
        block = rows[start : start + _BLOCK_SITES]
        part = _search(sites.iloc[block], table, stations, substations, radius)
        for name in POI_COLUMNS:
            found[name] = _put(found[name], block, part[name])
    return found


def _put(column: pd.Series, rows: Indices, values: object) -> pd.Series:
    filled = column.to_numpy(copy=True)
    filled[rows] = values
    return pd.Series(filled, index=column.index, dtype=column.dtype)


def _search(
    sites: pd.DataFrame,
    table: pd.DataFrame,
    stations: _Stations,
    layer: LoadedLayer,
    radius_km: float,
) -> dict[str, object]:
    lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
    depth = depth_km(lat, lon, layer.coverage)
    site, station, km = pairs_within(lat, lon, stations.lat, stations.lon, radius_km)
    seen = ~misses(depth, radius_km)
    keep = seen[site]
    site, station, km = site[keep], station[keep], km[keep]
    possible = stations.possible[station]
    own = possible & _same_voltage(sites, stations, site, station)
    n = len(sites)
    first = _first(site, own, n)
    role = np.where(first >= 0, "own connection", None)
    best = _first(site, possible, n)
    pair = np.where(first >= 0, first, best)
    role = np.where((first < 0) & (best >= 0), "candidate", role)
    chosen = np.where(pair >= 0, station[pair] if station.size else -1, -1)
    second = _first(site, possible & (station != chosen[site]), n)
    result: dict[str, object] = {
        "grid_data": np.where(
            covers(depth, radius_km), "complete", np.where(seen, "partial", "none")
        ),
        "grid_depth_km": depth,
        "poi_role": role,
        "stations_40km": _count(site, np.ones(site.shape, dtype=bool), n),
        "proven_pois_40km": _count(site, stations.proven[station], n),
        "possible_pois_40km": _count(site, possible, n),
        "best_reach_mw": _highest(site, stations.reach[station], n),
    }
    result |= _identity("poi_", chosen, pair, km, table)
    for name, values in (("firm_mw_low", stations.firm_low), ("firm_mw_high", stations.firm_high)):
        result[name] = np.where(chosen >= 0, values[chosen], np.nan)
    other = np.where(second >= 0, station[second] if station.size else -1, -1)
    result |= _identity("poi_2_", other, second, km, table)
    result |= _alternatives(sites, stations, (site, station, km), chosen, depth)
    for name in ("stations_40km", "proven_pois_40km", "possible_pois_40km", "best_reach_mw"):
        result[name] = np.where(seen, np.asarray(result[name], dtype=float), np.nan)
    return result


def _same_voltage(
    sites: pd.DataFrame, stations: _Stations, site: Indices, station: Indices
) -> Flags:
    """Tell which pairs join a site to a station that has the voltage of the site's connection.

    Below 100 kV the tables do not hold the stations themselves, so none can be named.
    """
    kv = sites["interconnection_kv"].to_numpy(float)[site]
    same = (stations.max_kv[station] == kv) | (stations.min_kv[station] == kv)
    return same & (kv >= cited("bes_threshold_kv").value)


def _first(site: Indices, wanted: Flags, n: int) -> Indices:
    """Give the first wanted pair of each site, -1 where there is none; pairs come nearest first."""
    first = np.full(n, -1, dtype=np.intp)
    pairs = np.flatnonzero(wanted)
    rows, index = np.unique(site[pairs], return_index=True)
    first[rows] = pairs[index]
    return first


def _count(site: Indices, wanted: Flags, n: int) -> Floats:
    return np.bincount(site[wanted], minlength=n).astype(float)


def _highest(site: Indices, values: Floats, n: int) -> Floats:
    highest = np.zeros(n)
    np.maximum.at(highest, site, values)
    return highest


def _identity(
    prefix: str, station: Indices, pair: Indices, km: Floats, table: pd.DataFrame
) -> dict[str, object]:
    """Give the columns that name a station; unknown where there is none (-1)."""
    there = station >= 0
    columns: dict[str, object] = {}
    for name, column in (
        ("id", "substation_id"),
        ("name", "name"),
        ("kv", "max_kv"),
        ("kv_evidence", "kv_evidence"),
        ("circuits", "circuits"),
        ("lat", "lat"),
        ("lon", "lon"),
    ):
        values = table[column].to_numpy(object)
        named = values[station] if len(values) else np.full(station.shape, None)
        text = f"{prefix}{name}" in _TEXT
        blank = None if text else np.nan
        columns[f"{prefix}{name}"] = np.where(there & pd.notna(named), named, blank)
    columns[f"{prefix}distance_km"] = np.where(there, km[pair] if km.size else np.nan, np.nan)
    return columns


def _alternatives(
    sites: pd.DataFrame,
    stations: _Stations,
    pairs: tuple[Indices, Indices, Floats],
    chosen: Indices,
    depth: Floats,
) -> dict[str, object]:
    """Count the other stations within 25 km that can carry the target, with bounds.

    Where stations may be missing from the table, a count of none proves nothing.
    """
    site, station, km = pairs
    n, radius = len(sites), ALTERNATIVES_RADIUS_KM
    other = station != chosen[site]
    slack = sites["radius_km"].to_numpy(float)[site]
    proven = stations.proven[station] & other
    possible = stations.possible[station] & other
    complete, seen = covers(depth, radius), ~misses(depth, cited("poi_search_radius_km").value)
    low = _count(site, proven & (km + slack <= radius), n)
    return {
        "alternatives_low": np.where(complete | (seen & (low > 0)), low, np.nan),
        "alternatives": np.where(complete, _count(site, proven & (km <= radius), n), np.nan),
        "alternatives_high": np.where(
            complete, _count(site, possible & (km - slack <= radius), n), np.nan
        ),
    }
