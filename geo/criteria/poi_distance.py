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

    The POI is the cheapest option that can carry the target or might; of a target that is split
    over several the farthest counts. The range takes in every option that might be the cheapest,
    wherever within its precision the site stands and, where the energised MW are not known,
    whatever has to be connected. Where none surely can carry the target there is no estimate and
    no upper end.
    Where the table is complete and holds none, the distance is more than 40 km. Where a station
    missing from it could be cheaper, there are bounds only.
    """
    radius_km = cited("poi_search_radius_km").value
    slack = sites["radius_km"].to_numpy(float)
    depth = np.maximum(sites["grid_depth_km"].to_numpy(float), 0)
    km, least, most = (
        sites[f"carrier_{name}"].to_numpy(float) for name in ("distance_km", "km_least", "km_most")
    )
    energised = sites["energised_mw"].to_numpy(float)
    complete = (sites["grid_data"] == "complete").to_numpy()
    sure = (sites["carrier_sure"] == 1).to_numpy()
    proven = (sites["proven_pois_40km"] > 0).to_numpy()
    value = np.where(sure & proven & ~np.isnan(energised), km, np.nan)
    nearest = np.where(np.isnan(least), np.fmin(km, radius_km) - slack, least)
    low = np.maximum(np.where(complete, nearest, np.fmin(nearest, depth - slack)), 0)
    beyond = np.where(np.isnan(km), np.inf, np.nan)
    high = np.where(proven, np.where(sure, most, radius_km + slack), beyond)
    high = np.where(complete | proven, high, np.nan)
    low = np.where(np.isnan(energised), 0.0, low)
    nothing = (sites["grid_data"] == "none").to_numpy() & np.isnan(km)
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
    layers=("substations", "transmission_lines"),
    depends_on_target=True,
    measure=measure,
)
