"""The table under comparison: every site, with what follows from its row."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.commitments import commitments
from geo.crs import distance_km
from geo.errors import AskedWronglyError
from geo.precision import radius_km
from geo.regions import region_of
from layers import miner_sites, read_states

if TYPE_CHECKING:
    from layers import Layers

_NEAR_DEGREES = 0.1
"""Farther than this from an outline, in degrees, no point of the US is within 2 km of it."""

STATUSES = next(one.allowed for one in miner_sites.COLUMNS if one.name == "status")


class SiteError(AskedWronglyError):
    """A site that does not exist."""


def embedded_sites(layers: Layers) -> pd.DataFrame:
    """Give the sites of the embedded table.

    Returns
    -------
    sites
        Index `site_id`; the columns of the layer miner_sites without geometry, and those that
        `complete` adds; no rows where the layer is absent.
    """
    if "miner_sites" not in layers:
        return complete(pd.DataFrame({"site_id": pd.Series(dtype=object)}), brought=False)
    table = layers["miner_sites"].table
    return complete(pd.DataFrame(table.drop(columns="geometry")), brought=False)


def complete(table: pd.DataFrame, *, brought: bool) -> pd.DataFrame:
    """Add what follows from the rows; a column that is not there is unknown throughout.

    Parameters
    ----------
    table
        With `site_id`, any of the columns of the layer miner_sites, and perhaps more.
    brought
        Whether a user brought the rows.

    Returns
    -------
    sites
        Index `site_id`, in the table's order, with every column of the layer and `radius_km`
        (precision of the point), `brought`, `region`, `committed_mw`, `uncommitted_mw` and
        `commitment_note`.
    """
    columns = {}
    for column in miner_sites.COLUMNS:
        if column.name in table:
            values = table[column.name]
        else:
            values = pd.Series(None, index=table.index, dtype=object)
        columns[column.name] = (
            values.astype(object).where(values.notna(), None)
            if column.kind == "text"
            else pd.to_numeric(values).astype(float)
        )
    sites = pd.DataFrame(columns).set_index("site_id")
    sites["radius_km"] = radius_km(sites)
    sites["brought"] = brought
    sites["region"] = region_of(sites["lat"], sites["lon"], sites["country"])
    return pd.concat([sites, commitments(sites)], axis="columns")


def state_of(lat: pd.Series, lon: pd.Series, tolerance_km: float = 2.0) -> pd.Series:
    """Give the US state whose outline holds each point, or lies at most 2 km away.

    The outlines cut corners at coasts and rivers, and a point of the best precision is itself
    only good to 2 km. None where no state is that near.
    """
    outlines = read_states()
    codes, shapes = outlines.index.to_numpy(object), outlines.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    state = np.full(len(lat), None, dtype=object)
    rows = np.flatnonzero((lat.notna() & lon.notna()).to_numpy())
    points = np.asarray(shapely.points(lon.to_numpy(float)[rows], lat.to_numpy(float)[rows]))
    found, outline = tree.query(points, "intersects")
    state[rows[found]] = codes[outline]
    off = np.setdiff1d(np.arange(len(rows)), found)
    if tolerance_km > 0 and len(off):
        near, outline = tree.query_nearest(
            points[off], max_distance=_NEAR_DEGREES, all_matches=False
        )
        lines = shapely.shortest_line(points[off][near], shapes[outline])
        (lon_a, lat_a), (lon_b, lat_b) = (
            (shapely.get_x(end), shapely.get_y(end))
            for end in (shapely.get_point(lines, 0), shapely.get_point(lines, 1))
        )
        close = distance_km(lat_a, lon_a, lat_b, lon_b) <= tolerance_km
        state[rows[off[near[close]]]] = codes[outline[close]]
    return pd.Series(state, index=lat.index, dtype=object)


def find_site(sites: pd.DataFrame, name: str) -> str:
    """Give the id of the site that has this id or this name.

    Raises
    ------
    SiteError
        With the nearest valid ids, if there is none or more than one.
    """
    if name in sites.index:
        return name
    named = sites.index[sites["name"].str.casefold() == name.casefold()]
    if len(named) == 1:
        return str(named[0])
    if len(named) > 1:
        msg = f"{len(named)} sites are called {name!r}: give the id, one of {sorted(named)}."
        raise SiteError(msg)
    folded = {str(key).casefold(): key for key in sites["name"].dropna()}
    near = difflib.get_close_matches(name, list(sites.index), n=3, cutoff=0.4)
    near += [
        str(sites.index[sites["name"] == folded[one]][0])
        for one in difflib.get_close_matches(name.casefold(), list(folded), n=3, cutoff=0.5)
    ]
    hint = f" Did you mean {' or '.join(map(repr, dict.fromkeys(near)))}?" if near else ""
    msg = f"There is no site {name!r}.{hint} `rewatt rank --out` lists every site_id."
    raise SiteError(msg)
