"""Kilometres to the nearest campus that is not the site itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.criteria._base import Criterion, PiecewiseLinear, lacks, ranged, unknown
from geo.surroundings import nearest_other, not_its_own

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers

COUNTED = ("operating", "under_construction")


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the distance to the nearest operating or building campus.

    A campus that stands on the site is not its neighbour. The range carries the precision of
    both points; a campus known only to its county can narrow the range, never set the value.
    """
    if lacks(layers, "campuses", "status", "coord_precision", "host_site_id", "overlap_group"):
        return unknown(sites.index)
    campuses = layers["campuses"].table
    table = campuses[campuses["status"].isin(COUNTED) & campuses["lat"].notna()]
    value, low, high = nearest_other(sites, table, not_its_own(sites, campuses))
    return ranged(sites.index, value, low, high)


CRITERION = Criterion(
    id="campus_proximity",
    title="Distance to the nearest campus",
    group="demand",
    unit="km",
    utility=PiecewiseLinear(((0, 1), (50, 0.8), (150, 0.4), (400, 0))),
    reference=(
        "Zones of one cloud region lie within 100 km of each other (AWS, Regions and Availability"
        " Zones), so 50 km is well inside one; 400 km is beyond Childress to Dallas (351 km), for"
        " which IREN states a round trip of 6 ms (rtt_childress_dallas_ms)."
    ),
    layers=("campuses",),
    depends_on_target=False,
    measure=measure,
)
