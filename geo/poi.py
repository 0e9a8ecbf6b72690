"""The point of interconnection: the substation that a site is, or would be, connected to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.capability import thermal_mw
from geo.cost import cheapest_tie_usd
from geo.coverage import covers
from geo.options import (
    NEW_STATION,
    Options,
    lines_with_capability,
    stations_with_capability,
)
from geo.parameters import cited
from geo.poi_columns import POI_COLUMNS, TEXT_COLUMNS
from geo.poi_kept import kept_options
from geo.poi_search import Search
from geo.precision import is_located

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.arrays import Floats
    from geo.nearest import Indices
    from geo.question import Question
    from layers import Layers, LoadedLayer

    Flags = NDArray[np.bool_]
    Columns = dict[str, NDArray[Any]]

_BLOCK_SITES = 8_192
_DRAWS_MORE = (
    "the site draws more than that already: it is connected elsewhere as well, or without a spare"
    " circuit"
)


@dataclass(frozen=True, slots=True)
class Pois:
    """What was found of every site's connection.

    Attributes
    ----------
    table
        Columns `POI_COLUMNS` on the sites' index; NaN and None where nothing is known.
    options
        The options kept of each site, one row each: the three that cost least, the own
        connection, and the cheapest new switching station; and the parts of a split target.
        Columns `site_id`, what `geo.options.Options` has, `part_mw` (of a split, else NaN),
        `own`, `can` (proven), `might` (possible) and the terms of `geo.cost.TieCost` with low,
        mid and high.
    """

    table: pd.DataFrame
    options: pd.DataFrame


def find_pois(sites: pd.DataFrame, layers: Layers, question: Question) -> Pois:
    """Find each site's point of interconnection for a target, and what it costs.

    The site's own connection comes first: the nearest station of its `interconnection_kv`
    within 40 km. Otherwise the point is the option with the lowest cost to deliver the target
    among those that can carry it, or might: stations within 40 km, and new switching stations on
    lines that pass within 10 km. Where the energised MW reach the target nothing is built, and
    the nearest is named.

    Parameters
    ----------
    sites
        Index `site_id`; columns `lat`, `lon`, `coord_precision`, `radius_km`, `state`, `status`,
        `energised_mw` and `interconnection_kv`.
    layers
        `substations` and `transmission_lines` are asked; either may be absent.
    question
        The target, and the year of the dollars.

    Returns
    -------
    pois
        `grid_data` is ``complete`` where the table holds every station within 40 km, ``partial``
        or ``none``; for a site without a usable point it is ``none``. It is never complete for a
        target so small that stations below 100 kV, which the table lacks, would do, nor around
        an operating site near which it shows no station at all, since operation proves a
        connection. `line_data` says the same of lines within 10 km. `carrier_...` is the
        cheapest option that can or might carry the target.
    """
    n = len(sites)
    columns: Columns = {
        name: np.full(n, None, dtype=object) if name in TEXT_COLUMNS else np.full(n, np.nan)
        for name in POI_COLUMNS
    }
    columns["grid_data"][:] = columns["line_data"][:] = "none"
    substations = layers.get("substations")
    kept = []
    if substations is not None and not {"max_kv", "circuits"} & set(substations.missing):
        lines = layers.get("transmission_lines")
        rows = np.flatnonzero(is_located(sites).to_numpy())
        stations = stations_with_capability(substations.table)
        tables = stations, _line_table(lines)
        for start in range(0, len(rows), _BLOCK_SITES):
            block = rows[start : start + _BLOCK_SITES]
            search = Search(sites.iloc[block], tables, (substations, lines), question)
            for name, values in _columns(search).items():
                columns[name][block] = values
            kept.append(kept_options(search))
    connect = np.maximum(question.target_mw - sites["energised_mw"].to_numpy(float), 0.0)
    columns["connect_mw"] = connect
    for name in ("low", "mid", "high", "least", "most"):
        # energised MW need no tie, wherever the site lies
        usd = columns[f"interconnection_usd_{name}"]
        columns[f"interconnection_usd_{name}"] = np.where(connect == 0, 0.0, usd)
    return Pois(pd.DataFrame(columns, index=sites.index), _stack(kept))


def _stack(kept: list[pd.DataFrame]) -> pd.DataFrame:
    kept = [one for one in kept if len(one)] or kept[:1]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame({"site_id": []})


def _line_table(lines: LoadedLayer | None) -> pd.DataFrame:
    empty = pd.DataFrame({"geometry": [], "line_id": [], "kv_class": []})
    usable = lines is not None and "kv_class" not in lines.missing
    return lines_with_capability(lines.table if usable and lines is not None else empty)


def _columns(search: Search) -> Columns:
    """Give the columns of every site of the block."""
    options = search.options
    stations = ~options.is_new & search.within
    role = np.full(options.n, None, dtype=object)
    role[search.carrier >= 0] = "candidate"
    role[options.of(options.is_new, search.carrier, fill=False)] = NEW_STATION
    role[search.own >= 0] = "own connection"
    weak = (search.own >= 0) & ~options.of(search.possible, search.own, fill=False)
    role[weak] = "own connection, too weak for the target"
    counts = {
        "stations_40km": options.count(stations),
        "proven_pois_40km": options.count(search.proven),
        "best_reach_mw": options.highest(np.where(search.within, options.reach, 0.0)),
        "best_firm_mw": options.highest(
            np.where(search.within, np.nan_to_num(options.firm_low), 0.0)
        ),
        "all_pois_mw": search.split.total_mw,
        "sure_pois_40km": options.count(
            search.proven & (options.km + search.slack <= options.radius_km)
        ),
        "reachable_pois_40km": options.count(search.reachable),
    }
    any_ = search.seen | (options.count(~stations) > 0)
    return {
        "grid_data": _said(search.complete, search.seen),
        "line_data": _said(search.lines_complete, search.lines_seen),
        "grid_depth_km": search.depth,
        "poi_role": role,
        "poi_note": _note(search),
        **_identity("poi_", options, search.poi),
        **_identity("poi_2_", options, search.second),
        **_identity("carrier_", options, search.carrier),
        "carrier_distance_km": np.where(
            search.divided, _farthest_km(search), options.of(options.km, search.carrier)
        ),
        "carrier_can": _said_of_carrier(search),
        "carrier_sure": _surely_cheapest(search).astype(float),
        "carrier_km_least": np.maximum(
            np.fmin(
                options.lowest(options.km - search.slack, search.cheapest_perhaps),
                np.where(search.divided, _farthest_km(search), np.nan) - _slack(search),
            ),
            0.0,
        ),
        "carrier_km_most": -options.lowest(
            -(options.km + search.slack), search.cheapest_perhaps & search.within
        ),
        **{name: np.where(any_, values, np.nan) for name, values in counts.items()},
        **_money(search),
        **_strongest(search),
        **_alternatives(search),
    }


def _note(search: Search) -> NDArray[np.object_]:
    """Say where a site already draws more than the limit of the station that is named."""
    limit = search.options.of(search.options.firm_high, search.poi)
    note = np.full(search.options.n, None, dtype=object)
    note[search.energised > limit] = _DRAWS_MORE
    return note


def _slack(search: Search) -> Floats:
    return search.sites["radius_km"].to_numpy(float)


def _farthest_km(search: Search) -> Floats:
    """Give the distance to the farthest point of each divided target, -inf where there is none."""
    farthest = np.full(search.options.n, -np.inf)
    np.maximum.at(farthest, search.split.site, search.options.km[search.split.option])
    return farthest


def _said_of_carrier(search: Search) -> NDArray[np.object_]:
    said = np.full(search.options.n, None, dtype=object)
    said[search.carrier >= 0] = "might"
    said[search.options.of(search.proven, search.carrier, fill=False)] = "can"
    # what several carry together is never proven: lines between them count at both ends
    said[search.divided] = "might"
    return said


def _money(search: Search) -> Columns:
    """Give what the cheapest option costs, and the bounds that imprecise points leave."""
    options, cost, split = search.options, search.cost, search.split

    def of(usd: Floats, parts: Floats) -> Floats:
        return np.where(search.divided, parts, options.of(usd, search.carrier))

    best = options.lowest(search.near_usd, search.reachable)
    # where a station may be missing, or a split's points lie nearer, nothing better bounds it
    bounded = search.complete & search.lines_complete & ~search.divided
    best = np.where(bounded, best, np.fmin(best, _least_usd(search, 0.0)))
    extra = options.of(cost.usd_mid, search.second) - options.of(cost.usd_mid, search.poi)
    carries = options.of(search.possible, search.poi, fill=False)
    return {
        "interconnection_usd_low": of(cost.usd_low, split.usd_low),
        "interconnection_usd_mid": of(cost.usd_mid, split.usd_mid),
        "interconnection_usd_high": of(cost.usd_high, split.usd_high),
        "interconnection_usd_least": best,
        "interconnection_usd_most": options.lowest(search.far_usd, search.proven),
        "poi_2_extra_usd": np.where(carries & (search.connect > 0), extra, np.nan),
    }


def _least_usd(search: Search, km: Floats | float) -> Floats:
    """Give the least that a station missing from the table could cost, at a distance."""
    state = search.sites["state"].to_numpy(object)
    length = np.broadcast_to(km, search.connect.shape)
    return cheapest_tie_usd(state, search.connect, np.asarray(length, dtype=float), search.year)


def _surely_cheapest(search: Search) -> Flags:
    """Tell where no station missing from the table could be cheaper than the cheapest found."""
    found = search.options.of(search.cost.usd_low, search.carrier)
    missing = _least_usd(search, np.maximum(search.depth, 0.0))
    return np.asarray(search.complete | (found < missing))


def _strongest(search: Search) -> Columns:
    """Name the station that might carry most, for where none carries the target."""
    options = search.options
    best = options.first(~options.is_new & search.within, by=-options.firm_high)
    one_circuit = thermal_mw(options.kv)[0]
    return {
        "strongest_id": options.of(options.id, best, fill=None),
        "strongest_name": options.of(options.name, best, fill=None),
        "strongest_kv": options.of(options.kv, best),
        "strongest_circuits": options.of(options.circuits, best),
        "strongest_circuit_mw": options.of(one_circuit, best),
        "highest_circuit_mw": options.highest(
            np.where(search.within, np.nan_to_num(one_circuit), 0.0)
        ),
        "strongest_mw": options.of(options.firm_high, best),
        "split_parts": np.where(search.divided, search.split.parts, np.nan),
    }


def _alternatives(search: Search) -> Columns:
    """Count other stations within 25 km that could carry the target, with their range.

    A site's point is a range. The disc around its true place surely holds the stations
    within 25 km less the point's precision, one of which may turn out to be the point of
    interconnection itself; it can hold at most those within 25 km more. Where stations may
    be missing from the table there is no upper bound, and a count of none proves nothing.
    """
    options, depth = search.options, search.depth
    radius = cited("alternatives_radius_km").value
    slack = _slack(search)
    near, reach = options.km - search.slack, options.km + search.slack
    proven, possible = search.proven & ~options.is_new, search.possible & ~options.is_new
    other = np.arange(len(options.km)) != search.poi[options.site]
    surely = np.maximum(options.count(proven & (reach <= radius)) - 1, 0)
    perhaps = options.count(possible & other & (near <= radius))
    counted = options.count(proven & other & (options.km <= radius))
    # which is the point of interconnection depends on the MW to connect: not known, no count
    complete = covers(depth, radius)
    counted = np.where(np.isnan(search.energised), np.nan, counted)
    return {
        "alternatives_low": np.where(complete | (search.seen & (surely > 0)), surely, np.nan),
        "alternatives": np.where(complete, counted, np.nan),
        "alternatives_high": np.where(covers(depth, radius + slack), perhaps, np.nan),
    }


def _said(complete: Flags, seen: Flags) -> NDArray[np.object_]:
    words = np.where(complete, "complete", np.where(seen, "partial", "none"))
    return words.astype(object)


def _identity(prefix: str, options: Options, chosen: Indices) -> Columns:
    """Give the columns that name an option; unknown where there is none (-1)."""
    firm = "" if prefix == "poi_" else prefix
    named = {
        **{
            f"{prefix}{name}": getattr(options, name)
            for name in ("id", "kind", "name", "kv", "kv_evidence", "circuits", "lat", "lon")
        },
        f"{prefix}distance_km": options.km,
        f"{firm}firm_mw_low": options.firm_low,
        f"{firm}firm_mw_high": options.firm_high,
    }
    return {
        name: options.of(values, chosen, fill=None if name in TEXT_COLUMNS else np.nan)
        for name, values in named.items()
        if name in POI_COLUMNS
    }
