"""The point of interconnection: the substation that a site is, or would be, connected to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.capability import firm_capability_mw, reach_mw
from geo.coverage import covers, depth_km, misses
from geo.nearest import pairs_within
from geo.parameters import cited
from geo.precision import is_located

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.crs import Floats
    from geo.nearest import Indices
    from geo.question import Question
    from layers import LoadedLayer

    Flags = NDArray[np.bool_]

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


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Every site with every station within reach: by site, the nearest station first."""

    n: int
    site: Indices
    station: Indices
    km: Floats

    def first(self, wanted: Flags) -> Indices:
        """Give the first wanted pair of each site, -1 where there is none."""
        first = np.full(self.n, -1, dtype=np.intp)
        pairs = np.flatnonzero(wanted)
        rows, index = np.unique(self.site[pairs], return_index=True)
        first[rows] = pairs[index]
        return first

    def of(self, values: NDArray[Any], chosen: Indices, fill: object = np.nan) -> NDArray[Any]:
        """Give the value of each site's chosen pair, `fill` where none is chosen (-1)."""
        there = chosen >= 0
        cells = np.full(chosen.shape, fill, dtype=values.dtype)
        cells[there] = values[chosen[there]]
        return cells

    def count(self, wanted: Flags) -> Floats:
        """Count the wanted pairs of each site."""
        return np.bincount(self.site[wanted], minlength=self.n).astype(float)

    def highest(self, values: Floats) -> Floats:
        """Give the highest value of each site's pairs, 0 where it has none."""
        highest = np.zeros(self.n)
        np.maximum.at(highest, self.site, values)
        return highest


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
    "carrier_distance_km",
    "carrier_firm_mw_high",
    "proven_distance_km",
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

    The site's own connection comes first: the nearest station of its `interconnection_kv`
    within 40 km. Otherwise the point is the nearest station within 40 km that can carry the
    target, or might: its circuits are unknown, its voltage is in doubt, or one line is drawn
    that could be a double circuit.

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
        point it is ``none``. It is never complete for a target so small that stations below
        100 kV, which the table lacks, would do, nor around an operating site near which it
        shows no station at all, since operation proves a connection. `carrier_...` is the point
        itself, or the nearest candidate where the point is the site's own connection and too
        weak for the target. NaN and None where nothing is known.
    """
    n = len(sites)
    columns: dict[str, NDArray[Any]] = {
        name: np.full(n, None, dtype=object) if name in _TEXT else np.full(n, np.nan)
        for name in POI_COLUMNS
    }
    columns["grid_data"][:] = "none"
    if substations is None or {"max_kv", "circuits"} & set(substations.missing):
        return pd.DataFrame(columns, index=sites.index)
    table = substations.table
    table = table[table["lat"].notna() & table["lon"].notna()].reset_index(drop=True)
    stations = _stations(table, question.target_mw)
    rows = np.flatnonzero(is_located(sites).to_numpy())
    radius = cited("poi_search_radius_km").value
    for start in range(0, len(rows), _BLOCK_SITES):
        block = rows[start : start + _BLOCK_SITES]
        part = _search(sites.iloc[block], table, stations, substations, question, radius)
        for name in POI_COLUMNS:
            columns[name][block] = part[name]
    return pd.DataFrame(columns, index=sites.index)


def _search(  # noqa: PLR0913, PLR0917 - the two tables, in the shapes that the search needs
    sites: pd.DataFrame,
    table: pd.DataFrame,
    stations: _Stations,
    layer: LoadedLayer,
    question: Question,
    radius_km: float,
) -> dict[str, object]:
    lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
    site, station, km = pairs_within(lat, lon, stations.lat, stations.lon, radius_km)
    connected = (sites["status"] == "operating").to_numpy() & ~np.isin(np.arange(len(sites)), site)
    small = question.target_mw <= cited("thermal_mw_69kv").value
    depth = depth_km(lat, lon, layer.coverage)
    depth = np.where(connected | small, np.minimum(depth, 0.0), depth)
    seen = ~misses(depth, radius_km)
    keep = seen[site]
    pairs = _Pairs(len(sites), site[keep], station[keep], km[keep])
    possible, proven = stations.possible[pairs.station], stations.proven[pairs.station]
    own = pairs.first(_same_voltage(sites, stations, pairs))
    candidate = pairs.first(possible)
    poi = np.where(own >= 0, own, candidate)
    carrier = np.where((own >= 0) & pairs.of(possible, own, fill=False), own, candidate)
    second = pairs.first(
        possible & (pairs.station != pairs.of(pairs.station, poi, fill=-1)[pairs.site])
    )
    role = np.full(len(sites), None, dtype=object)
    role[candidate >= 0] = "candidate"
    role[own >= 0] = "own connection"
    role[(own >= 0) & (carrier != own)] = "own connection, too weak for the target"
    counts = {
        "stations_40km": pairs.count(np.ones(pairs.site.shape, dtype=bool)),
        "proven_pois_40km": pairs.count(proven),
        "possible_pois_40km": pairs.count(possible),
        "best_reach_mw": pairs.highest(stations.reach[pairs.station]),
    }
    complete = covers(depth, radius_km)
    return {
        "grid_data": np.where(complete, "complete", np.where(seen, "partial", "none")),
        "grid_depth_km": depth,
        "poi_role": role,
        "firm_mw_low": pairs.of(stations.firm_low[pairs.station], poi),
        "firm_mw_high": pairs.of(stations.firm_high[pairs.station], poi),
        "carrier_distance_km": pairs.of(pairs.km, carrier),
        "carrier_firm_mw_high": pairs.of(stations.firm_high[pairs.station], carrier),
        "proven_distance_km": pairs.of(pairs.km, pairs.first(proven)),
        **{name: np.where(seen, values, np.nan) for name, values in counts.items()},
        **_identity("poi_", pairs, poi, table),
        **_identity("poi_2_", pairs, second, table),
        **_alternatives(sites, stations, pairs, poi, depth),
    }


def _same_voltage(sites: pd.DataFrame, stations: _Stations, pairs: _Pairs) -> Flags:
    """Tell which pairs join a site to a station that has the voltage of the site's connection.

    Below 100 kV the tables do not hold the stations themselves, so none can be named.
    """
    kv = sites["interconnection_kv"].to_numpy(float)[pairs.site]
    same = (stations.max_kv[pairs.station] == kv) | (stations.min_kv[pairs.station] == kv)
    return np.asarray(same & (kv >= cited("bes_threshold_kv").value))


def _identity(
    prefix: str, pairs: _Pairs, chosen: Indices, table: pd.DataFrame
) -> dict[str, object]:
    """Give the columns that name the station of a pair; unknown where there is none (-1)."""
    columns: dict[str, object] = {f"{prefix}distance_km": pairs.of(pairs.km, chosen)}
    for name, column in (
        ("id", "substation_id"),
        ("name", "name"),
        ("kv", "max_kv"),
        ("kv_evidence", "kv_evidence"),
        ("circuits", "circuits"),
        ("lat", "lat"),
        ("lon", "lon"),
    ):
        blank = None if f"{prefix}{name}" in _TEXT else np.nan
        cells = pairs.of(table[column].to_numpy(object)[pairs.station], chosen, fill=blank)
        cells[pd.isna(cells)] = blank
        columns[f"{prefix}{name}"] = cells
    return columns


def _alternatives(
    sites: pd.DataFrame, stations: _Stations, pairs: _Pairs, poi: Indices, depth: Floats
) -> dict[str, object]:
    """Count the other stations within 25 km that can carry the target, with bounds.

    The bounds carry the precision of the site's point: it may lie nearer to or farther from
    every station, and another of them may be the point of interconnection. Where stations may
    be missing from the table there is no upper bound, and a count of none proves nothing.
    """
    radius = cited("alternatives_radius_km").value
    slack = sites["radius_km"].to_numpy(float)
    near, reach = pairs.km - slack[pairs.site], pairs.km + slack[pairs.site]
    proven, possible = stations.proven[pairs.station], stations.possible[pairs.station]
    other = pairs.station != pairs.of(pairs.station, poi, fill=-1)[pairs.site]
    surely = np.maximum(pairs.count(proven & (reach <= radius)) - 1, 0)
    perhaps = pairs.count(possible & other & (near <= radius))
    seen = ~misses(depth, cited("poi_search_radius_km").value)
    complete = covers(depth, radius)
    return {
        "alternatives_low": np.where(complete | (seen & (surely > 0)), surely, np.nan),
        "alternatives": np.where(
            complete, pairs.count(proven & other & (pairs.km <= radius)), np.nan
        ),
        "alternatives_high": np.where(covers(depth, radius + slack), perhaps, np.nan),
    }
