"""What stands around a site: the nearest sites and campuses, and how much lies within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.coverage import covers, depth_km
from geo.crs import offsets_km
from geo.nearest import k_nearest, pairs_within
from geo.parameters import cited
from geo.precision import is_located, radius_km
from geo.rows import Row, rows_of
from geo.sites import embedded_sites

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from geo.arrays import Floats
    from layers import Layers

NEAREST = 5
"""How many neighbours of a kind are named."""
_POINTS = ("substations", "gas_plants", "campuses")
_RUNS = ("transmission_lines", "gas_pipelines")
_DEGREE_KM = 111.0
"""A degree of latitude is never shorter than 110.57 km nor longer than 111.70; a frame of a place
is half as wide again."""


def reach_km() -> float:
    """Give how far around a site stations are looked for, km."""
    return cited("poi_search_radius_km").value


def neighbours(sites: pd.DataFrame, layers: Layers, site_id: str) -> list[Row] | None:
    """Name the nearest mining sites and campuses.

    Parameters
    ----------
    sites
        Holds the site, and perhaps others that the user brought, which count as neighbours.
    layers
        Where miner_sites or campuses are absent, none is named.
    site_id
        The site.

    Returns
    -------
    neighbours
        Five sites, then five campuses, the nearest first: `kind`, `id`, `name`, `operator`,
        `state`, `status`, `mw` (energised; of a campus planned), `km` (geodesic) and
        `stands_on_the_site`. After each five, those known only to their county that may be as
        near: `km` is None, for a distance from a centroid is no evidence, and `km_low` to
        `km_high` is where it lies; both are None for the others. For a site known only to its
        county it is all None.
    """
    site = sites.loc[[site_id]]
    if not is_located(site).iloc[0]:
        return None
    brought = sites[sites["brought"]]
    listed = embedded_sites(layers)
    others = pd.concat([listed[~listed.index.isin(brought.index)], brought])
    others = others.drop(index=site_id, errors="ignore").reset_index()
    found = _nearest(site, others, "site", "site_id", "energised_mw")
    if "campuses" in layers:
        campuses = pd.DataFrame(layers["campuses"].table.drop(columns="geometry"))
        found += _nearest(site, campuses, "campus", "campus_id", "power_mw_planned")
    return found


def _nearest(site: pd.DataFrame, table: pd.DataFrame, kind: str, key: str, mw: str) -> list[Row]:
    lat, lon = (float(site[axis].iloc[0]) for axis in ("lat", "lon"))
    located = table[is_located(table)]
    near, km = _in_order(located, lat, lon, NEAREST)
    ends: list[tuple[float | None, ...]] = [(float(distance), None, None) for distance in km]
    vague, low, high = _ranges(table, lat, lon)
    may = low <= (km[-1] if len(km) == NEAREST else np.inf)
    ends += [
        (None, float(first), float(last)) for first, last in zip(low[may], high[may], strict=True)
    ]
    here = site.index[0]
    return [
        {
            "kind": kind,
            "id": row[key],
            "name": row["name"],
            "operator": row["operator"],
            "state": row["state"],
            "status": row["status"],
            "mw": row[mw],
            "km": exact,
            "km_low": first,
            "km_high": last,
            "stands_on_the_site": kind == "campus" and row["host_site_id"] == here,
        }
        for row, (exact, first, last) in zip(
            [*rows_of(near), *rows_of(vague[may])], ends, strict=True
        )
    ]


def _in_order(
    table: pd.DataFrame, lat: float, lon: float, most: int
) -> tuple[pd.DataFrame, Floats]:
    """Give the rows nearest to a place, the nearest first, and how far they are, km."""
    index, km = k_nearest(
        np.array([lat]),
        np.array([lon]),
        table["lat"].to_numpy(float),
        table["lon"].to_numpy(float),
        min(most, len(table)),
    )
    return table.iloc[index[0]], km[0]


def _ranges(table: pd.DataFrame, lat: float, lon: float) -> tuple[pd.DataFrame, Floats, Floats]:
    """Give the rows known to their county, and between which km from a place each lies."""
    vague = table[_in_a_county(table)]
    if vague.empty:
        return vague, np.zeros(0), np.zeros(0)
    vague, km = _in_order(vague, lat, lon, len(vague))
    radius = radius_km(vague)
    low = np.maximum(km - radius, 0.0)
    order = np.argsort(low, kind="stable")
    return vague.iloc[order], low[order], (km + radius)[order]


def _in_a_county(table: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows are known to a county of known size."""
    if not {"coord_precision", "coord_radius_km"} <= set(table):
        return pd.Series(data=False, index=table.index)
    return (
        (table["coord_precision"] == "county")
        & table[["lat", "lon"]].notna().all(axis="columns")
        & pd.to_numeric(table["coord_radius_km"]).notna()
    )


def within_reach(sites: pd.DataFrame, layers: Layers, site_id: str) -> Row | None:
    """Count what lies within reach of a site; None for a site without a usable point.

    Returns
    -------
    counts
        `within_km`; `substations`, `transmission_lines`, `gas_plants`, `gas_pipelines` and
        `campuses` of the tables that lie in that radius; `complete` tells by the same names
        whether the table holds every one there, and `complete_for` of which kind, as ``100 kV and
        more`` (empty: of any). Where it does not, a count is a lower bound, and None if nothing
        was found: absent from a table is not absent. `perhaps` counts, by the same names, those
        known to a county that reaches into the radius (a name without any is not there), and
        `nowhere` the sites and campuses that may stand anywhere.
    """
    site = sites.loc[[site_id]]
    if not is_located(site).iloc[0]:
        return None
    lat, lon = site["lat"].to_numpy(float), site["lon"].to_numpy(float)
    counts: Row = {"within_km": reach_km()}
    complete, complete_for = {}, {}
    perhaps: dict[str, int] = {}
    for name in _POINTS + _RUNS:
        found, whole, limit = 0, False, ""
        if name in layers:
            table, limit = layers[name].table, layers[name].complete_for
            inside = runs_within if name in _RUNS else points_within
            found = len(inside(table, float(lat[0]), float(lon[0]), reach_km()))
            may = len(perhaps_within(table, float(lat[0]), float(lon[0]), reach_km()))
            perhaps |= {name: may} if may else {}
            depth = depth_km(lat, lon, layers[name].coverage)
            whole = bool(covers(depth, reach_km())[0])
        counts[name] = found if found or whole else None
        complete[name], complete_for[name] = whole, limit
    return {
        **counts,
        "complete": complete,
        "complete_for": complete_for,
        "perhaps": perhaps,
        "nowhere": _nowhere(sites, layers),
    }


def _nowhere(sites: pd.DataFrame, layers: Layers) -> Row:
    """Count the rows without a point or a county of known size."""
    tables = {"sites": pd.concat([embedded_sites(layers), sites[sites["brought"]]])}
    tables["sites"] = tables["sites"][~tables["sites"].index.duplicated(keep="last")]
    if "campuses" in layers:
        tables["campuses"] = layers["campuses"].table
    return {
        name: int((~is_located(table) & ~_in_a_county(table)).sum())
        for name, table in tables.items()
    }


def perhaps_within(table: pd.DataFrame, lat: float, lon: float, km: float) -> pd.DataFrame:
    """Give the rows known to a county that reaches to at most `km` from a place."""
    vague, low, _ = _ranges(table, lat, lon)
    return vague[low <= km]


def points_within(table: GeoDataFrame, lat: float, lon: float, km: float) -> GeoDataFrame:
    """Give the points of a table at most `km` from a place, by geodesic, the nearest first.

    A row known to its county only is not among them: see `perhaps_within`.
    """
    known = table[table["lat"].notna() & table["lon"].notna()]
    if "coord_precision" in known:
        known = known[known["coord_precision"] != "county"]
    _, row, _ = pairs_within(
        np.array([lat]), np.array([lon]), known["lat"].to_numpy(float),
        known["lon"].to_numpy(float), km,
    )  # fmt: skip
    return known.iloc[row]


def runs_within(
    table: GeoDataFrame, lat: float, lon: float, km: float
) -> list[tuple[Row, list[Floats]]]:
    """Give the lines that come within `km` of a place, cut off there.

    Returns
    -------
    runs
        Per line its row, and its pieces inside the circle as km east and north, shape ``(n, 2)``.
    """
    half = 1.5 * km / _DEGREE_KM
    wide = half / max(np.cos(np.radians(lat)), half)
    frame = shapely.box(lon - wide, lat - half, lon + wide, lat + half)
    near = table[table.intersects(frame)]
    circle = shapely.Point(0, 0).buffer(km, quad_segs=64)
    shapes = shapely.intersection(near.geometry.to_numpy(), frame)
    found = []
    for row, shape in zip(rows_of(near.drop(columns="geometry")), shapes, strict=True):
        flat = shapely.transform(shape, lambda c: offsets_km(c[:, 1], c[:, 0], lat, lon))
        inside = shapely.intersection(flat, circle)
        pieces = [
            shapely.get_coordinates(part)
            for part in shapely.get_parts(inside)
            if part.geom_type == "LineString" and not part.is_empty
        ]
        if pieces:
            found.append((row, pieces))
    return found
