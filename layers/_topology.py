"""What the lines say of a station: how many circuits end there, and of which class they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers._places import pairs_within, xyz_km
from layers.sources.hifld_lines import class_of
from layers.sources.rewatt_curated import read_parameters

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers._places import Floats

LEAST_CLASS_KV = 100
"""Where the lowest class begins of which a voltage can be told; below it a class holds any."""
_EARTH_KM = 6378.137


def of_hifld(lines: GeoDataFrame) -> GeoDataFrame:
    """Give HIFLD's lines as `line_ends` wants them: every one counts once, however many it is."""
    return lines[["kv_class", "geometry"]].assign(circuits=1.0).reset_index(drop=True)


def of_osm(lines: GeoDataFrame) -> GeoDataFrame:
    """Give OpenStreetMap's lines as `line_ends` wants them, of the class of their voltage."""
    circuits = lines["circuits"].to_numpy(float)
    table = lines[["geometry"]].assign(
        kv_class=class_of(lines["kv"]),
        circuits=np.where(np.isnan(circuits), 1.0, np.maximum(circuits, 1.0)),
    )
    return table.reset_index(drop=True)


def line_ends(lines: GeoDataFrame, *, joined: bool) -> pd.DataFrame:
    """Give where lines end.

    Parameters
    ----------
    lines
        `kv_class`, kV, NaN where unknown; `circuits`; and lines in EPSG:4326.
    joined
        Whether one line may be drawn in several rows, as in OpenStreetMap: where just two of one
        class meet, neither ends. HIFLD draws all lines to the middle of a station, where two of
        them may well meet and end.

    Returns
    -------
    ends
        `lat`, `lon`, `kv_class`, `circuits`, `line`, the position in `lines`, and `km`, the length
        of the whole line. The pieces of a multi-part line count as one line.
    """
    import shapely

    parts, line = shapely.get_parts(lines.geometry.to_numpy(), return_index=True)
    filled = ~shapely.is_empty(parts)
    parts, line = parts[filled], line[filled]
    points = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    ends = pd.DataFrame(
        {
            "lat": shapely.get_y(points),
            "lon": shapely.get_x(points),
            "line": np.concatenate([line, line]),
        }
    )
    within = ends.groupby(["line", "lat", "lon"])["line"].transform("size")
    ends = ends[within % 2 == 1].drop_duplicates(["line", "lat", "lon"])
    ends["kv_class"] = lines["kv_class"].to_numpy(float)[ends["line"]]
    ends["circuits"] = lines["circuits"].to_numpy(float)[ends["line"]]
    plane = shapely.transform(lines.geometry.to_numpy()[ends["line"]], _mercator_km)
    ends["km"] = shapely.length(plane) * np.cos(np.radians(ends["lat"]))
    if joined:
        meet = ends.groupby(["lat", "lon", "kv_class"], dropna=False)["line"].transform("size")
        ends = ends[meet != 2]
    return ends.reset_index(drop=True)


def circuits_at(lat: Floats, lon: Floats, max_kv: Floats, ends: pd.DataFrame) -> Floats:
    """Count the circuits of a station's top voltage class that end there.

    Parameters
    ----------
    lat, lon, max_kv
        The stations, shape ``(n,)``; the voltage may be NaN.
    ends
        From `line_ends`.

    Returns
    -------
    circuits
        Shape ``(n,)``; NaN where no such end lies within `station_end_radius_km`. A line that
        never leaves that circle is a piece of the yard and no circuit: 0 where all are such.
    """
    radius = read_parameters()["station_end_radius_km"].value
    station, end, _ = pairs_within(_xyz(lat, lon), _xyz(ends["lat"], ends["lon"]), radius)
    own = class_of(pd.Series(max_kv)).to_numpy(float)
    pair = pd.DataFrame({"station": station, "line": ends["line"].to_numpy()[end]})
    both_ends = pair.groupby(["station", "line"])["line"].transform("size").to_numpy() > 1
    in_yard = both_ends & (ends["km"].to_numpy(float)[end] <= 2 * radius)
    fits = own[station] == ends["kv_class"].to_numpy(float)[end]
    counted = np.where(in_yard, 0.0, ends["circuits"].to_numpy(float)[end])
    total = np.bincount(station[fits], weights=counted[fits], minlength=len(lat))
    return np.where(np.bincount(station[fits], minlength=len(lat)) > 0, total, np.nan)


def ending_class(lat: Floats, lon: Floats, ends: pd.DataFrame) -> Floats:
    """Give the highest class of the lines of which a station is the nearest to an end.

    Returns
    -------
    kv_class
        Shape ``(n,)``; NaN where no end of known class lies within `station_end_radius_km` and
        nearer to this station than to any other.
    """
    from scipy.spatial import cKDTree

    known = ends[ends["kv_class"].notna()]
    highest = np.full(len(lat), np.nan)
    there = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    if not len(known) or not len(there):
        return highest
    radius = read_parameters()["station_end_radius_km"].value
    tree = cKDTree(xyz_km(lat[there], lon[there]))
    km, nearest = tree.query(_xyz(known["lat"], known["lon"]), distance_upper_bound=radius)
    near = np.isfinite(km)
    np.fmax.at(highest, there[nearest[near]], known["kv_class"].to_numpy(float)[near])
    return highest


def inside(lat: Floats, lon: Floats, area: BaseGeometry | None) -> NDArray[np.bool_]:
    """Tell of which stations every line end is in an area where lines are complete.

    Parameters
    ----------
    lat, lon
        The stations, shape ``(n,)``; one without a place is not inside.
    area
        EPSG:4326; None for everywhere.

    Returns
    -------
    inside
        Shape ``(n,)``: farther inside than `station_end_radius_km`.
    """
    import shapely

    known = np.isfinite(lat) & np.isfinite(lon)
    if area is None:
        return known
    radius = read_parameters()["station_end_radius_km"].value
    plane = shapely.transform(area, _mercator_km)
    points = shapely.points(_mercator_km(np.column_stack([lon, lat])))
    deep = shapely.distance(plane.boundary, points) * np.cos(np.radians(lat)) >= radius
    return np.asarray(known & deep & shapely.contains(plane, points), dtype=bool)


def lines_near(lat: Floats, lon: Floats, lines: GeoDataFrame) -> pd.DataFrame:
    """Give the lines that pass a station within `station_line_radius_km`.

    Distances are measured in the Mercator plane stretched to the station's latitude: good to 2 m.

    Returns
    -------
    near
        `station` and `line`, positions, one row per pair, and `kv_class` of the line.
    """
    import shapely

    radius = read_parameters()["station_line_radius_km"].value
    there = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    tree = shapely.STRtree(shapely.transform(lines.geometry.to_numpy(), _mercator_km))
    plane = shapely.points(_mercator_km(np.column_stack([lon[there], lat[there]])))
    stretched = radius / np.cos(np.radians(lat[there]))
    point, line = tree.query(plane, predicate="dwithin", distance=stretched)
    kv_class = lines["kv_class"].to_numpy(float)[line]
    return pd.DataFrame({"station": there[point], "line": line, "kv_class": kv_class})


def confirmed(
    station: NDArray[np.intp], max_kv: Floats, ending: Floats, near: pd.DataFrame
) -> NDArray[np.bool_]:
    """Tell which voltages the lines bear out.

    Parameters
    ----------
    station, max_kv
        Claims: a position and its highest voltage, kV, shape ``(n,)``; a station may have several.
    ending, near
        From `ending_class` and `lines_near`, by station.

    Returns
    -------
    confirmed
        Shape ``(n,)``: a line of the voltage's class is near, and none of a higher class ends
        there. A line that only passes overhead contradicts nothing.
    """
    own = class_of(pd.Series(max_kv)).to_numpy(float)
    seen = pd.MultiIndex.from_frame(near[["station", "kv_class"]].dropna().drop_duplicates())
    agrees = pd.MultiIndex.from_arrays([station, own]).isin(seen)
    return agrees & ~(ending[station] > own)


def top_class(ending: Floats, near: pd.DataFrame) -> Floats:
    """Give the class that the lines suggest: of those that end there, else of those near, kV."""
    highest = np.full(len(ending), np.nan)
    np.fmax.at(highest, near["station"].to_numpy(np.intp), near["kv_class"].to_numpy(float))
    return np.where(np.isnan(ending), highest, ending)


def _xyz(lat: Floats | pd.Series, lon: Floats | pd.Series) -> Floats:
    """Give places in space; one that is not known lies far from everything."""
    x = xyz_km(np.asarray(lat, dtype=float), np.asarray(lon, dtype=float))
    return np.where(np.isfinite(x), x, 1e9)


def _mercator_km(lonlat: Floats) -> Floats:
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    return _EARTH_KM * np.column_stack([lon, np.arcsinh(np.tan(lat))])
