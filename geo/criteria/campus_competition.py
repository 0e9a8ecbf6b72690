"""Campus MW still to come within 50 km: they want the same grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.criteria._base import Criterion, PiecewiseLinear, lacks, unknown
from geo.demand import mw_to_come
from geo.parameters import cited
from geo.surroundings import mw_within, not_its_own

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give planned less current MW within 50 km, each place counted once.

    The site's own campus is left out, as are rejected, paused and stalled ones. A blank makes
    the sum a lower bound; a campus known only to its county makes it a range.
    """
    if lacks(
        layers,
        "campuses",
        "status",
        "power_mw_planned",
        "power_mw_current",
        "coord_precision",
        "host_site_id",
        "overlap_group",
    ):
        return unknown(sites.index)
    campuses = layers["campuses"].table
    places = mw_to_come(campuses)
    mw = places["mw_low"].to_numpy(float), places["mw_high"].to_numpy(float)
    return mw_within(
        sites,
        places,
        cited("competition_radius_km").value,
        mw,
        complete_everywhere=True,
        counts=not_its_own(sites, campuses),
    )


CRITERION = Criterion(
    id="campus_competition",
    title="Competing campus MW within 50 km",
    group="demand",
    unit="MW",
    utility=PiecewiseLinear(((0, 1), (1000, 0.5), (4000, 0))),
    reference=(
        "1,000 MW is one large campus; 4,000 MW the order of Meta's Hyperion with its expansion"
        " (data/campuses.csv), for which whole plants are built."
    ),
    layers=("campuses",),
    depends_on_target=False,
    measure=measure,
)
