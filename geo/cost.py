"""What it costs to tie a site to the grid, term by term.

Base = line + station + transformer in dollars of the as-of year; low = base; mid = base with
contingency and AFUDC; high = base times the overrun that was seen, which includes both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from geo.capability import thermal_mw
from geo.parameters import cited
from layers import read_cost_regions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.arrays import Floats
    from layers import Cited

    Flags = NDArray[np.bool_]
    Indices = NDArray[np.intp]

KM_PER_MILE = 1.609344
"""Kilometres in an international mile, exactly (NIST SP 811, appendix B.8)."""

COST_CLASSES_KV = (69, 138, 230, 345, 500)
"""Voltage classes of the cost tables."""
_CLASS_STARTS_KV = (0, 100, 200, 300, 400)
"""Where each class begins: 115 and 161 kV cost as 138, 220 to 287 as 230, 500 and more as 500."""

COST_REGIONS = ("miso", "southeast", "west")
"""Regions of the line-cost table; data/cost_regions.csv says which state takes which."""

_SHORT_MILES = (3.0, 10.0)
"""Where the short-line factors end: their names in data/parameters.csv say so."""


@dataclass(frozen=True, slots=True)
class TieCost:
    """The terms of each tie's cost, dollars of the as-of year; NaN where a table lacks the place.

    Attributes
    ----------
    circuits
        Circuits of the tie: as many as carry the MW, none to spare.
    route_miles, short_line_factor, usd_per_mile
        Line: length with the route-length factor, cost multiplier, cost of one circuit.
    line_usd, station_usd, transformer_usd
        The three terms; their sum is the base.
    """

    circuits: Floats
    route_miles: Floats
    short_line_factor: Floats
    usd_per_mile: Floats
    line_usd: Floats
    station_usd: Floats
    transformer_usd: Floats

    @property
    def usd_low(self) -> Floats:
        """Give the base: what the published unit costs come to."""
        return self.line_usd + self.station_usd + self.transformer_usd

    @property
    def usd_mid(self) -> Floats:
        """Give the base with contingency and allowance for funds used during construction."""
        contingency, afudc = cited("cost_contingency").value, cited("cost_afudc").value
        return self.usd_low * (1 + contingency) * (1 + afudc)

    @property
    def usd_high(self) -> Floats:
        """Give the base times the overrun that was seen on a whole project."""
        return self.usd_low * cited("cost_overrun_high").value


def escalated(one: Cited, year: int) -> float:
    """Give a published cost in dollars of a year; its own dollar year begins its unit."""
    dollar_year = int(one.unit.split()[0])
    return one.value * (1 + cited("cost_escalation_per_year").value) ** (year - dollar_year)


def cost_class(kv: Floats) -> Indices:
    """Give the position of each voltage's class in `COST_CLASSES_KV`."""
    return np.searchsorted(_CLASS_STARTS_KV, np.nan_to_num(kv), side="right") - 1


def _between(low: float, high: float) -> float:
    """Interpolate at 345 kV between the classes 230 and 500, linearly in kV: the table lacks it."""
    return low + (high - low) * (345 - 230) / (500 - 230)


@cache
def line_usd_per_mile(year: int) -> Floats:
    """Give the cost of one circuit by region and class, shape ``(3, 5)``, USD of a year per mile.

    69 kV has a row for MISO only, which stands in elsewhere; 345 kV has none and is interpolated.
    """

    def row(region: str) -> list[float]:
        one = {
            kv: escalated(cited(f"line_usd_per_mile_{region}_{kv}kv"), year)
            for kv in (138, 230, 500)
        }
        small = escalated(cited("line_usd_per_mile_miso_69kv"), year)
        return [small, one[138], one[230], _between(one[230], one[500]), one[500]]

    return np.array([row(region) for region in COST_REGIONS])


@cache
def station_usd(year: int, *, new: bool) -> Floats:
    """Give the cost of a new switching station, or of a position added, by class, shape ``(5,)``.

    The table has MISO's costs only. 69 kV takes the row of 138 kV; a position at 345 kV is
    interpolated.
    """
    what = "new" if new else "upgrade"
    one = {
        kv: escalated(cited(f"{what}_substation_usd_miso_{kv}kv"), year) for kv in (138, 230, 500)
    }
    if new:
        extra_high = escalated(cited("new_substation_usd_miso_345kv"), year)
    else:
        extra_high = _between(one[230], one[500])
    return np.array([one[138], one[138], one[230], extra_high, one[500]])


@cache
def transformer_usd_per_mva(year: int) -> Floats:
    """Give the cost per MVA between two classes, shape ``(5, 5)``.

    Published pairs are 138/230, 138/345, 138/500, 230/345 and 230/500. A side below 100 kV
    counts as 138 kV, two voltages of one class as 138/230, and 345/500 as 230/500.
    """
    rows = {
        (1, 2): "138_230", (1, 3): "138_345", (1, 4): "138_500",
        (2, 3): "230_345", (2, 4): "230_500", (3, 4): "230_500",
    }  # fmt: skip
    size = len(COST_CLASSES_KV)
    cost = np.empty((size, size))
    for a in range(size):
        for b in range(size):
            low, high = sorted((max(a, 1), max(b, 1)))
            pair = rows.get((low, high), "138_230")
            cost[a, b] = escalated(cited(f"transformer_usd_per_mva_{pair}"), year)
    return cost


def weighted_miles(route_miles: Floats) -> Floats:
    """Give the length times the short-line factor, as its running maximum over length.

    By itself the factor would make a line of 3.1 miles cheaper than one of 2.9.
    """
    first, second = _SHORT_MILES
    steep = cited("short_line_factor_under_3mi").value
    mild = cited("short_line_factor_under_10mi").value
    middle = np.maximum(mild * route_miles, steep * first)
    long = np.maximum(route_miles, max(mild * second, steep * first))
    return np.where(
        route_miles < first, steep * route_miles, np.where(route_miles < second, middle, long)
    )


def tie_cost(  # noqa: PLR0913 - what a tie is: kind, voltage, length, MW, place, year
    *,
    new_station: Flags,
    kv: Floats,
    km: Floats,
    mw: Floats,
    site_kv: Floats,
    state: NDArray[np.object_],
    year: int,
) -> TieCost:
    """Give what each tie costs.

    Parameters
    ----------
    new_station
        Whether a switching station is built on a line; otherwise a position is added to a
        station.
    kv
        Voltage of the tie: that of the station or line.
    km
        Straight-line length.
    mw
        MW that the tie is to carry; 0 costs nothing.
    site_kv
        Voltage that the site takes, NaN where not known: then no transformer is counted.
    state
        Two-letter code; None, or a place outside the tables, leaves the cost unknown.
    year
        Dollars of which year.

    Returns
    -------
    cost
        Shape ``(n,)`` each; NaN where the voltage or the place is unknown. Sources: data/
        parameters.csv and data/cost_regions.csv. One MVA is counted per MW.
    """
    regions = read_cost_regions()["cost_region"]
    index = {code: COST_REGIONS.index(name) for code, name in regions.items()}
    region = np.array([index.get(one, -1) for one in state], dtype=np.intp)
    known = (region >= 0) & ~np.isnan(kv)
    kind = cost_class(kv)
    needed = mw > 0
    circuits = np.where(needed, np.ceil(mw / thermal_mw(kv)[0]), 0.0)
    route_miles = km / KM_PER_MILE * cited("route_length_factor").value
    weighted = weighted_miles(route_miles)
    factor = np.divide(weighted, route_miles, out=np.ones_like(weighted), where=route_miles > 0)
    per_mile = line_usd_per_mile(year)[region, kind]
    # a new station comes with the position of the first circuit
    positions = np.where(new_station, np.maximum(circuits - 1, 0), circuits)
    station = station_usd(year, new=False)[kind] * positions
    station += np.where(new_station, station_usd(year, new=True)[kind], 0.0)
    other = ~np.isnan(site_kv) & (site_kv != kv)
    transformer = np.where(
        other, transformer_usd_per_mva(year)[cost_class(site_kv), kind] * mw, 0.0
    )

    def term(values: Floats) -> Floats:
        return np.where(known, np.where(needed, values, 0.0), np.nan)

    return TieCost(
        circuits=np.where(known, circuits, np.nan),
        route_miles=route_miles,
        short_line_factor=factor,
        usd_per_mile=np.where(known, per_mile, np.nan),
        line_usd=term(weighted * per_mile * circuits),
        station_usd=term(station),
        transformer_usd=term(transformer),
    )


def cheapest_tie_usd(state: NDArray[np.object_], mw: Floats, km: Floats, year: int) -> Floats:
    """Give the least that a tie of some length could cost, to whatever station.

    Where tables may lack a station, this bounds what it would cost: at no distance, positions at
    a station next door.

    Parameters
    ----------
    state
        Two-letter code; the cost is unknown (NaN) where the tables do not cover it.
    mw, km
        MW to connect and straight-line length, shape ``(n,)`` each.
    year
        Dollars of which year.
    """
    each = [
        tie_cost(
            new_station=np.zeros(len(mw), dtype=bool),
            kv=np.full(len(mw), float(kv)),
            km=km,
            mw=mw,
            site_kv=np.full(len(mw), np.nan),
            state=state,
            year=year,
        ).usd_low
        for kv in COST_CLASSES_KV
    ]
    return np.asarray(np.min(each, axis=0), dtype=float)


def proxies(kv: float, state: str | None, site_kv: float) -> list[str]:
    """Say where a published row stands in for one that the tables lack."""
    table = read_cost_regions()
    if state not in table.index or np.isnan(kv):
        return ["the cost tables do not cover this place or voltage: cost not known"]
    place = table.loc[state]
    said = []
    if place["own_table"] == "no":
        said.append(f"line costs of MISO stand in for {place['grid']}, which has no row")
    if place["cost_region"] != "miso" or place["own_table"] == "no":
        said.append("station costs of MISO stand in: no other region has any")
    said += _voltage_proxies(kv)
    if not np.isnan(site_kv) and site_kv != kv:
        low, high = sorted(COST_CLASSES_KV[cost_class(np.array([one]))[0]] for one in (kv, site_kv))
        if low in {high, 69} or (low, high) == (345, 500):
            said.append(f"no transformer row for {site_kv:g}/{kv:g} kV: the nearest stands in")
    return said


def _voltage_proxies(kv: float) -> list[str]:
    kind = COST_CLASSES_KV[cost_class(np.array([kv]))[0]]
    if kind == 345:
        return ["345 kV line and position interpolated in kV between the rows of 230 and 500"]
    if kv > 500:
        return [f"{kv:g} kV costs more than the row of 500 kV that stands in"]
    if kind == 69:
        return ["station costs of 138 kV stand in below 100 kV"]
    return [] if kv == kind else [f"costs of {kind} kV stand in for {kv:g} kV"]
