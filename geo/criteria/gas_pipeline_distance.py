"""Kilometres to the nearest gas transmission pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.criteria._base import Criterion, PiecewiseLinear, ranged, unknown
from geo.lines import nearest_line
from geo.precision import is_located

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the geodesic distance to the nearest pipeline, the range from the site's precision.

    Nothing is embedded: unknown until the layer is there. It is a national list of transmission
    pipelines; gathering lines do not count.
    """
    layer = layers.get("gas_pipelines")
    if layer is None:
        return unknown(sites.index)
    pipelines = layer.table[layer.table["kind"] != "gathering"]
    rows = np.flatnonzero(is_located(sites).to_numpy())
    if pipelines.empty or not len(rows):
        return unknown(sites.index)
    part = sites.iloc[rows]
    metric = np.full((3, len(sites)), np.nan)
    _, km, _, _ = nearest_line(
        part["lat"].to_numpy(float),
        part["lon"].to_numpy(float),
        np.asarray(pipelines.geometry, dtype=object),
    )
    slack = part["radius_km"].to_numpy(float)
    metric[:, rows] = km, np.maximum(km - slack, 0), km + slack
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
