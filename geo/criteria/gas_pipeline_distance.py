"""Kilometres to the nearest gas transmission pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.coverage import covers, depth_km
from geo.criteria._base import Criterion, PiecewiseLinear, ranged, unknown
from geo.lines import nearest_line
from geo.precision import is_located

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the geodesic distance to the nearest pipeline, the range from the site's precision.

    Nothing is embedded: unknown until the layer is fetched. Gathering lines do not count. A
    pipeline that lies farther than the edge of where the table is complete may not be the
    nearest: its distance is then the upper bound, and that to the edge the lower.
    """
    layer = layers.get("gas_pipelines")
    if layer is None:
        return unknown(sites.index)
    pipelines = layer.table[layer.table["kind"] != "gathering"]
    rows = np.flatnonzero(is_located(sites).to_numpy())
    if pipelines.empty or not len(rows):
        return unknown(sites.index)
    part = sites.iloc[rows]
    lat, lon = part["lat"].to_numpy(float), part["lon"].to_numpy(float)
    _, km, _, _ = nearest_line(lat, lon, np.asarray(pipelines.geometry, dtype=object))
    depth = depth_km(lat, lon, layer.coverage)
    slack = part["radius_km"].to_numpy(float)
    metric = np.full((3, len(sites)), np.nan)
    metric[0, rows] = np.where(covers(depth, km), km, np.nan)
    metric[1, rows] = np.maximum(np.minimum(km, np.maximum(depth, 0)) - slack, 0)
    metric[2, rows] = km + slack
    return ranged(sites.index, *metric)


CRITERION = Criterion(
    id="gas_pipeline_distance",
    title="Distance to the nearest gas pipeline",
    group="firm power",
    unit="km",
    utility=PiecewiseLinear(((0, 1), (10, 0.6), (50, 0))),
    reference=(
        "A lateral of 10 km is routine for a plant; beyond 50 km it is a pipeline project of its"
        " own; a judgement."
    ),
    layers=("gas_pipelines",),
    depends_on_target=False,
    measure=measure,
)
