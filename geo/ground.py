"""The ground that a site stands on: its slope, and what that was read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.precision import is_located
from layers import terrain

if TYPE_CHECKING:
    from layers import Layers, LoadedLayer

GROUND_COLUMNS = ("slope_source",)


def slope(sites: pd.DataFrame, layer: LoadedLayer) -> pd.DataFrame:
    """Give the median slope of the ground within 1 km of each site.

    Parameters
    ----------
    sites
        Columns `lat`, `lon`, `coord_precision`, `radius_km`.
    layer
        The layer terrain.

    Returns
    -------
    metric
        Columns value, low and high on the sites' index, percent: the slope at the site's point,
        and the least and the greatest within `radius_km` of it; NaN where they are not known.
    """
    metric = np.full((3, len(sites)), np.nan)
    rows = np.flatnonzero(is_located(sites).to_numpy())
    if len(rows) and len(layer.table):
        lat, lon, radius = (
            sites[name].to_numpy(float)[rows] for name in ("lat", "lon", "radius_km")
        )
        slopes = terrain.slopes(layer.table)
        metric[0, rows] = slopes.at(lat, lon)
        metric[1:, rows] = slopes.range(lat, lon, radius)
    return pd.DataFrame(metric.T, columns=["value", "low", "high"], index=sites.index)


def ground(sites: pd.DataFrame, layers: Layers) -> pd.DataFrame:
    """Give what each site's slope was read from.

    Returns
    -------
    ground
        Columns `GROUND_COLUMNS` on the sites' index: label and date of the elevations, None
        where there are none.
    """
    source = np.full(len(sites), None, dtype=object)
    layer = layers.get("terrain")
    rows = np.flatnonzero(is_located(sites).to_numpy())
    if layer is not None and len(rows) and len(layer.table):
        lat, lon = (sites[name].to_numpy(float)[rows] for name in ("lat", "lon"))
        patch = terrain.slopes(layer.table).patch_of(lat, lon)
        told = (layer.table["label"] + ", " + layer.table["vintage"]).to_numpy(object)
        source[rows] = np.where(patch >= 0, told[patch], None)
    return pd.DataFrame({"slope_source": source}, index=sites.index)
