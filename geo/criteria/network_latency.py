"""Milliseconds to the nearest carrier-neutral facility and back, at the least."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.criteria._base import Criterion, PiecewiseLinear, lacks, ranged, unknown
from geo.nearest import nearest
from geo.parameters import cited
from geo.precision import is_located

if TYPE_CHECKING:
    import pandas as pd

    from geo.arrays import Floats
    from geo.question import Question
    from layers import Layers

_MS_PER_S = 1000.0


def round_trip_ms(km: Floats, route_factor: float) -> Floats:
    """Give the time that light in fibre takes there and back, ms.

    Parameters
    ----------
    km
        Geodesic distance.
    route_factor
        Length of the route over the distance.
    """
    km_per_s = cited("light_speed_km_per_s").value / cited("fibre_group_index").value
    return 2 * km * route_factor / km_per_s * _MS_PER_S


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the round trip to the nearest carrier-neutral facility in fibre alone.

    Routers, queues and the last kilometres of both ends come on top, so it is a lower bound of
    what will be measured. `low` is a fibre along the geodesic; the value is the usual detour of
    long-haul fibre; `high` is what measured round trips come to by rule of thumb; the site's
    precision is in both bounds. PeeringDB does not say whether a facility is neutral: one counts
    as such with `carrier_neutral_networks` networks and more. Those across the border, and those
    that nobody listed, are not known. Unknown until the layer is there.
    """
    if lacks(layers, "facilities", "networks"):
        return unknown(sites.index)
    table = layers["facilities"].table
    neutral = table[table["networks"] >= cited("carrier_neutral_networks").value]
    rows = np.flatnonzero(is_located(sites).to_numpy())
    if neutral.empty or not len(rows):
        return unknown(sites.index)
    part = sites.iloc[rows]
    _, km = nearest(
        part["lat"].to_numpy(float),
        part["lon"].to_numpy(float),
        neutral["lat"].to_numpy(float),
        neutral["lon"].to_numpy(float),
    )
    slack = part["radius_km"].to_numpy(float)
    metric = np.full((3, len(sites)), np.nan)
    metric[:, rows] = (
        round_trip_ms(km, cited("fibre_route_factor").value),
        round_trip_ms(np.maximum(km - slack, 0), 1),
        round_trip_ms(km + slack, cited("fibre_route_factor_measured").value),
    )
    return ranged(sites.index, *metric)


CRITERION = Criterion(
    id="network_latency",
    title="Round trip to a carrier-neutral facility",
    group="network",
    unit="ms",
    utility=PiecewiseLinear(((0, 1), (2, 0.8), (6, 0.4), (20, 0))),
    reference=(
        "Zones of one cloud region are laid out for round trips below about 2 ms (Microsoft, What"
        " are availability zones?, edition of January 2025); 6 ms is what IREN states for Childress"
        " to Dallas (rtt_childress_dallas_ms), where Microsoft is the tenant; 20 ms is a route of"
        " 2,000 km, farther than any place of the mainland lies from a facility: a judgement."
    ),
    layers=("facilities",),
    depends_on_target=False,
    measure=measure,
)
