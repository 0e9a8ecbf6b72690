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

    The range is the precision of the site's point. Where the substation table is complete and
    holds no candidate within 40 km, the distance is more than 40 km; where it is not complete
    that far, a nearer station may be missing, so the distance is only an upper bound. Where
    the energised MW are not known they might reach the target, so the lower bound is 0.
    """
    radius_km = cited("poi_search_radius_km").value
    slack = sites["radius_km"].to_numpy(float)
    depth = sites["grid_depth_km"].to_numpy(float)
    km = sites["poi_distance_km"].to_numpy(float)
    found = ~np.isnan(km)
    own = (sites["poi_role"] == "own connection").to_numpy()
    complete = (sites["grid_data"] == "complete").to_numpy()
    sure = found & (own | complete | (km <= depth))
    value = np.where(sure, km, np.nan)
    nearest_possible = np.where(sure, km, np.minimum(np.maximum(depth, 0), np.nan_to_num(km, nan=np.inf)))
    low = np.maximum(nearest_possible - slack, 0)
    low = np.where(complete & ~found, radius_km - slack, low)
    high = np.where(found, km + slack, np.where(complete, np.inf, np.nan))
    nothing = (sites["grid_data"] == "none").to_numpy()
    value, low, high = (np.where(nothing, np.nan, one) for one in (value, low, high))
    energised = sites["energised_mw"].to_numpy(float)
    low = np.where(np.isnan(energised) & ~np.isnan(low), 0.0, low)
    reached = energised >= question.target_mw
    value, low, high = (np.where(reached, 0.0, one) for one in (value, low, high))
    return ranged(sites.index, value, low, high)


CRITERION = Criterion(
    id="poi_distance",
    title="Distance to the point of interconnection",
    group="grid",
    unit="km",
    utility=PiecewiseLinear(((0, 1), (5, 0.8), (20, 0.4), (40, 0))),
    reference=(
        "5 km is a short tie, inside the short-line premium of NREL reVX (under 3 miles); 40 km"
        " is how far the substation table is complete around a site."
    ),
    layers=("substations",),
    depends_on_target=True,
    measure=measure,
)
