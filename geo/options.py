"""Ways to connect a site: stations within reach, and new switching stations on lines that pass."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.capability import firm_capability_mw, new_station_mw, reach_mw
from geo.cost import tie_cost
from geo.lines import lines_within
from geo.nearest import pairs_within
from geo.parameters import cited

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geo.arrays import Floats
    from geo.cost import TieCost
    from geo.nearest import Indices

    Flags = NDArray[np.bool_]
    Texts = NDArray[np.object_]

STATION, NEW_STATION = "station", "new switching station"


@dataclass(frozen=True, slots=True)
class Options:
    """Every site with every station or line within reach: by site, the nearest first.

    Attributes
    ----------
    n
        How many sites there are.
    site
        Position of the site, shape ``(m,)`` as all that follow.
    kind, id, name, kv_evidence
        ``station`` or ``new switching station`` on a line; key, name and kind of evidence for the
        voltage, None where there is none.
    km, lat, lon
        Geodesic distance from the site's point, and where it goes.
    kv, min_kv, circuits
        Top and lowest voltage, and circuits of the top voltage that end there.
    firm_low, firm_high, reach
        N-1 limit at the line terminals as a range, and the most that it might be, MW.
    """

    n: int
    site: Indices
    kind: Texts
    id: Texts
    name: Texts
    kv_evidence: Texts
    km: Floats
    lat: Floats
    lon: Floats
    kv: Floats
    min_kv: Floats
    circuits: Floats
    firm_low: Floats
    firm_high: Floats
    reach: Floats

    @property
    def is_new(self) -> Flags:
        """Tell which are new switching stations."""
        return np.asarray(self.kind == NEW_STATION)

    @property
    def radius_km(self) -> Floats:
        """Give how far off each may be: 40 km for a station, 10 km for a line."""
        station, line = (cited(f"{one}_search_radius_km").value for one in ("poi", "line"))
        return np.where(self.is_new, line, station)

    def take(self, rows: Indices | Flags) -> Options:
        """Give some of them, in the order given."""
        columns = {one.name: getattr(self, one.name)[rows] for one in fields(self)[1:]}
        return Options(n=self.n, **columns)

    def first(self, wanted: Flags, by: Floats | None = None) -> Indices:
        """Give the wanted option of each site that is first by a number, -1 where there is none.

        Without a number, and among equals, the nearest; an unknown number comes last.
        """
        rows = np.flatnonzero(wanted)
        if by is not None:
            rows = rows[np.lexsort((rows, np.nan_to_num(by[rows], nan=np.inf), self.site[rows]))]
        first = np.full(self.n, -1, dtype=np.intp)
        sites, index = np.unique(self.site[rows], return_index=True)
        first[sites] = rows[index]
        return first

    def of(self, values: NDArray[Any], chosen: Indices, fill: object = np.nan) -> NDArray[Any]:
        """Give the value of each site's chosen option, `fill` where none is chosen (-1)."""
        there = chosen >= 0
        cells = np.full(chosen.shape, fill, dtype=values.dtype)
        cells[there] = values[chosen[there]]
        return cells

    def count(self, wanted: Flags) -> Floats:
        """Count the wanted options of each site."""
        return np.bincount(self.site[wanted], minlength=self.n).astype(float)

    def highest(self, values: Floats) -> Floats:
        """Give the highest value of each site's options, 0 where it has none."""
        highest = np.zeros(self.n)
        np.maximum.at(highest, self.site, values)
        return highest

    def lowest(self, values: Floats, wanted: Flags) -> Floats:
        """Give the lowest known value of each site's wanted options, NaN where it has none."""
        lowest = np.full(self.n, np.inf)
        rows = wanted & ~np.isnan(values)
        np.minimum.at(lowest, self.site[rows], values[rows])
        return np.where(np.isinf(lowest), np.nan, lowest)

    def cost(self, sites: pd.DataFrame, mw: Floats, year: int, shift_km: Floats) -> TieCost:
        """Give what each would cost, were the site's point so much farther (or nearer)."""
        return tie_cost(
            new_station=self.is_new,
            kv=self.kv,
            km=np.maximum(self.km + shift_km, 0.0),
            mw=mw,
            site_kv=sites["interconnection_kv"].to_numpy(float)[self.site],
            state=sites["state"].to_numpy(object)[self.site],
            year=year,
        )


def find_options(sites: pd.DataFrame, stations: pd.DataFrame, lines: pd.DataFrame) -> Options:
    """Find every station within 40 km of each site, and every line that passes within 10 km.

    The search reaches as much farther as the least precise point may lie off, so that what might
    be within is there too.

    Parameters
    ----------
    sites
        Columns `lat`, `lon` and `radius_km`, none missing.
    stations
        As `stations_with_capability` gives them.
    lines
        As `lines_with_capability` gives them.

    Returns
    -------
    options
        By site, then by distance; a line at the point nearest to the site.
    """
    lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
    slack = sites["radius_km"].max() if len(sites) else 0.0
    near, row, km = pairs_within(
        lat,
        lon,
        stations["lat"].to_numpy(float),
        stations["lon"].to_numpy(float),
        cited("poi_search_radius_km").value + slack,
    )
    passed, line, line_km, foot_lat, foot_lon = lines_within(
        lat,
        lon,
        np.asarray(lines["geometry"], object),
        cited("line_search_radius_km").value + slack,
    )
    best = _nearest_of_each_voltage(passed, lines["kv"].to_numpy(float)[line], line_km)
    passed, line, line_km = passed[best], line[best], line_km[best]
    foot_lat, foot_lon = foot_lat[best], foot_lon[best]
    table = {
        "site": (near, passed),
        "km": (km, line_km),
        "lat": (stations["lat"].to_numpy(float)[row], foot_lat),
        "lon": (stations["lon"].to_numpy(float)[row], foot_lon),
        **{
            name: (stations[name].to_numpy()[row], lines[name].to_numpy()[line])
            for name in (
                "kind", "id", "name", "kv_evidence", "kv", "min_kv", "circuits", "firm_low",
                "firm_high", "reach",
            )
        },
    }  # fmt: skip
    both = {name: np.concatenate(parts) for name, parts in table.items()}
    order = np.lexsort((np.arange(len(both["km"])), both["km"], both["site"]))
    return Options(n=len(sites), **{name: values[order] for name, values in both.items()})


def _nearest_of_each_voltage(site: Indices, kv: Floats, km: Floats) -> Indices:
    """Leave one line of each voltage per site: the others beside it offer nothing that it lacks."""
    order = np.lexsort((km, kv, site))
    new = np.append(True, (np.diff(site[order]) != 0) | (np.diff(kv[order]) != 0))
    return np.asarray(order[new[: len(order)]])


def stations_with_capability(table: pd.DataFrame) -> pd.DataFrame:
    """Give the located stations of the layer as options: what they are called, what they carry."""
    table = table[table["lat"].notna() & table["lon"].notna()].reset_index(drop=True)
    low, high = firm_capability_mw(table)
    return _texts(
        table[["lat", "lon", "min_kv", "circuits"]].assign(
            kind=STATION,
            id=table["substation_id"],
            name=table["name"],
            kv_evidence=table["kv_evidence"],
            kv=table["max_kv"].astype(float),
            firm_low=low,
            firm_high=high,
            reach=reach_mw(table, high),
        )
    )


def lines_with_capability(table: pd.DataFrame) -> pd.DataFrame:
    """Give the lines of the layer as options: what a switching station on each would carry."""
    kv = table["kv_class"].to_numpy(float)
    low, reach = new_station_mw(kv)
    return _texts(
        table[["geometry"]].assign(
            kind=NEW_STATION,
            id=table["line_id"],
            name=[f"new switching station on {one:g} kV line" for one in kv],
            kv_evidence="line_class",
            kv=kv,
            min_kv=np.nan,
            circuits=np.nan,
            firm_low=low,
            firm_high=np.nan,
            reach=reach,
        )
    )


def _texts(table: pd.DataFrame) -> pd.DataFrame:
    """Make texts plain objects, None where blank, and numbers floats."""
    for name in ("kind", "id", "name", "kv_evidence"):
        cells = table[name].astype(object)
        table[name] = cells.where(cells.notna(), None)
    for name in ("min_kv", "circuits"):
        table[name] = table[name].astype(float)
    return table
