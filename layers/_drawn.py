"""Lines that another source has drawn already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers._places import xyz_km
from layers.sources.rewatt_curated import read_parameters

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from layers._places import Floats

_STEP_DEGREES = 0.004
"""How densely lines are turned into points: less than 0.45 km, a little less than the radius."""


def already_drawn(lines: GeoDataFrame, drawn: GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which lines run where a line of the same class is drawn.

    Parameters
    ----------
    lines, drawn
        `kv_class` and lines in EPSG:4326.

    Returns
    -------
    already
        Shape ``(len(lines),)``: whether along half or more of a line another of its class lies
        within `line_copy_radius_km`.
    """
    from scipy.spatial import cKDTree

    radius = read_parameters()["line_copy_radius_km"].value
    already = np.zeros(len(lines), dtype=bool)
    for kv_class in np.unique(lines["kv_class"].dropna()):
        these = np.flatnonzero(lines["kv_class"] == kv_class)
        others = drawn[drawn["kv_class"] == kv_class]
        if others.empty:
            continue
        points, line = _points(lines.iloc[these])
        km, _ = cKDTree(_points(others)[0]).query(points, distance_upper_bound=radius)
        near = np.bincount(line, weights=np.isfinite(km), minlength=len(these))
        already[these] = 2 * near >= np.maximum(np.bincount(line, minlength=len(these)), 1)
    return already


def _points(lines: GeoDataFrame) -> tuple[Floats, NDArray[np.intp]]:
    """Give points along lines, shape ``(n, 3)``, km, and the position of the line of each."""
    import shapely

    parts, line = shapely.get_parts(lines.geometry.to_numpy(), return_index=True)
    long = shapely.length(parts) > 0  # GEOS cannot cut what has no length
    parts[long] = shapely.segmentize(parts[long], _STEP_DEGREES)
    lonlat, part = shapely.get_coordinates(parts, return_index=True)
    return xyz_km(lonlat[:, 1], lonlat[:, 0]), line[part]
