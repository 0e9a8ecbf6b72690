"""Median slope of the ground within 1 km, percent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.criteria._base import Criterion, PiecewiseLinear, unknown
from geo.ground import slope

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the median slope, the range over the places where the site may stand.

    Nothing is embedded: unknown until `rewatt fetch terrain` has brought the layer, and where it
    does not reach.
    """
    layer = layers.get("terrain")
    return unknown(sites.index) if layer is None else slope(sites, layer)


CRITERION = Criterion(
    id="slope",
    title="Median slope of the ground within 1 km",
    group="land",
    unit="percent",
    utility=PiecewiseLinear(((0, 1), (5, 0.5), (15, 0))),
    reference=(
        "Industrial estates are laid out on ground of up to 5 %, beyond it grading cuts into the"
        " site; above 15 % it is terraced or left alone; a judgement. Unknown until `rewatt fetch"
        " terrain`."
    ),
    layers=("terrain",),
    depends_on_target=False,
    measure=measure,
)
