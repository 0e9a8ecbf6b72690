"""Kilometres to the point of interconnection for MW not yet connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.criteria._base import Criterion, PiecewiseLinear, ranged
from geo.parameters import cited

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the geodesic distance to the POI, 0 where the energised MW reach the target.

    Where the POI is the site's own connection and too weak, the nearest station that can carry
    the target or might takes its place. The range carries the precision of the site's point;
    its upper end is the nearest station that surely can. Where the substation table is complete
    and holds none, the distance is more than 40 km; where it is not complete as far as the
    station found, a nearer one may be missing, so there are bounds only. Where the energised MW
    are not known they might reach the target, so the lower bound is 0.
    """
    radius_km = cited("poi_search_radius_km").value
    slack = sites["radius_km"].to_numpy(float)
    depth = np.maximum(sites["grid_depth_km"].to_numpy(float), 0)
    km, proven_km = (
        sites[name].to_numpy(float) for name in ("carrier_distance_km", "proven_distance_km")
    )
    complete = (sites["grid_data"] == "complete").to_numpy()
    found, proven = ~np.isnan(km), ~np.isnan(proven_km)
    value = np.where(complete | (km <= depth), km, np.nan)
    nearest = np.where(found, km, radius_km)
    low = np.maximum(np.where(complete, nearest, np.minimum(nearest, depth)) - slack, 0)
    none_surely = np.where(complete, np.inf, np.nan)
    high = np.where(proven, np.fmax(proven_km, km) + slack, none_surely)
    energised = sites["energised_mw"].to_numpy(float)
    low = np.where(np.isnan(energised), 0.0, low)
    nothing = (sites["grid_data"] == "none").to_numpy()
    reached = energised >= question.target_mw
    value, low, high = (
        np.where(reached, 0.0, np.where(nothing, np.nan, one)) for one in (value, low, high)
    )
    return ranged(sites.index, value, low, high)


CRITERION = Criterion(
    id="poi_distance",
    title="Distance to the point of interconnection",
    group="grid",
    unit="km",
    utility=PiecewiseLinear(((0, 1), (5, 0.8), (20, 0.4), (40, 0))),
    reference=(
        "5 km is about the 3 miles below which NREL reVX counts a line as short; 40 km"
        " is how far the substation table is complete around a site."
    ),
    layers=("substations",),
    depends_on_target=True,
    measure=measure,
)
