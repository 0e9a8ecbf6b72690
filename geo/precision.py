"""How good a point is: every published location is a range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.parameters import cited

if TYPE_CHECKING:
    from geo.arrays import Floats

ANYWHERE_KM = 20_004.0
"""Half a meridian: a county whose size is not known may reach anywhere."""

POINT_PRECISIONS = ("site", "town")
"""Precisions from which a distance is evidence; a county centroid is not."""


def is_located(table: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows have a point that distances may be taken from."""
    return (
        table["lat"].notna()
        & table["lon"].notna()
        & table["coord_precision"].isin(POINT_PRECISIONS)
    )


def radius_km(table: pd.DataFrame) -> Floats:
    """Give how far each row's point may lie from the place, km; NaN where nothing is known.

    Sources: data/parameters.csv for site and town points, Census county outlines for county
    centroids (column `coord_radius_km`).
    """
    known = {
        "site": cited("coord_radius_site_km").value,
        "town": cited("coord_radius_town_km").value,
    }
    radius = table["coord_precision"].map(known).to_numpy(float, na_value=np.nan).astype(float)
    if "coord_radius_km" not in table:
        return radius
    county = (table["coord_precision"] == "county").to_numpy()
    corners = pd.to_numeric(table["coord_radius_km"]).to_numpy(float)
    corners = np.nan_to_num(corners, nan=ANYWHERE_KM)
    return np.asarray(np.where(county, corners, radius), dtype=float)
