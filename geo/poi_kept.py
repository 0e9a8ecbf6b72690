"""The options of a site that are worth showing, with every term of their cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from geo.arrays import Floats
    from geo.cost import TieCost
    from geo.nearest import Indices
    from geo.poi_search import Search

_KEPT = 3
"""Options shown of each site, the cheapest first."""


def kept_options(search: Search) -> pd.DataFrame:
    """Give the options worth showing, by site and from the cheapest on."""
    options, cost = search.options, search.cost
    order = np.lexsort((options.km, np.nan_to_num(search.preferred, nan=np.inf), options.site))
    order = order[search.possible[order]]
    place = np.arange(len(order)) - np.searchsorted(options.site[order], options.site[order])
    keep = np.zeros(len(options.km), dtype=bool)
    keep[order[place < _KEPT]] = True
    new = options.first(search.possible & options.is_new, by=search.preferred)
    keep[new[new >= 0]] = True
    keep[search.own[search.own >= 0]] = True
    rows = order[keep[order]]
    weak_own = search.own[(search.own >= 0) & ~options.of(search.possible, search.own, fill=False)]
    rows = np.concatenate((rows, weak_own))
    single = _shown(search, rows, cost, np.full(len(options.km), np.nan))
    part_mw, paid = np.full(len(options.km), np.nan), np.zeros(len(options.km))
    part_mw[search.split.option] = search.split.mw
    paid[search.split.option] = search.split.paid_mw
    parts = options.cost(search.sites, paid, search.year, np.zeros(len(options.km)))
    return pd.concat(
        [one for one in (single, _shown(search, search.split.option, parts, part_mw)) if len(one)]
        or [single],
        ignore_index=True,
    )


def _shown(search: Search, rows: Indices, cost: TieCost, part_mw: Floats) -> pd.DataFrame:
    options = search.options
    own = np.isin(rows, search.own[search.own >= 0])
    names = (
        "kind", "id", "name", "kv_evidence", "km", "lat", "lon", "kv", "min_kv", "circuits",
        "firm_low", "firm_high",
    )  # fmt: skip
    terms = (
        "circuits", "route_miles", "short_line_factor", "usd_per_mile", "line_usd",
        "station_usd", "transformer_usd", "usd_low", "usd_mid", "usd_high",
    )  # fmt: skip
    return pd.DataFrame(
        {
            "site_id": search.sites.index.to_numpy(object)[options.site[rows]],
            **{name: getattr(options, name)[rows] for name in names},
            "own": own,
            "can": search.proven[rows],
            "might": search.possible[rows],
            "part_mw": part_mw[rows],
            "state": search.sites["state"].to_numpy(object)[options.site[rows]],
            "site_kv": search.sites["interconnection_kv"].to_numpy(float)[options.site[rows]],
            **{
                ("tie_circuits" if name == "circuits" else name): getattr(cost, name)[rows]
                for name in terms
            },
        }
    )
