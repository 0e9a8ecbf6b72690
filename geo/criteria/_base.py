"""What a criterion is: a question asked of each site, and the worth of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.arrays import Floats
    from geo.question import Question
    from layers import Layers


@dataclass(frozen=True, slots=True)
class PiecewiseLinear:
    """Utility of a metric, linear between fixed anchors and flat beyond them.

    Attributes
    ----------
    anchors
        Pairs of metric and utility, the metrics rising, the utilities in [0, 1] and going one
        way only.
    """

    anchors: tuple[tuple[float, float], ...]

    @property
    def rises(self) -> bool:
        """Tell whether more is better."""
        return self.anchors[-1][1] > self.anchors[0][1]

    def __call__(self, metric: Floats) -> Floats:
        """Give the utility of each metric; NaN stays NaN, infinity takes the last anchor."""
        x, y = np.array(self.anchors).T
        return np.where(np.isnan(metric), np.nan, np.interp(metric, x, y))


@dataclass(frozen=True, slots=True)
class Criterion:
    """A question asked of each site.

    Attributes
    ----------
    id, title, group, unit
        Its name in code and in words, the group its weight belongs to, the metric's unit.
    utility
        The metric's worth between fixed anchors, so that a rival never changes it.
    reference
        Why the anchors are where they are.
    layers
        The layers it is measured from; one that is absent makes it unknown.
    depends_on_target
        Whether another target MW asks for another measurement.
    measure
        ``measure(sites, layers, question)`` gives `value`, `low` and `high` on the sites'
        index, in `unit`. `value` is the best estimate, NaN where there is none; `low` and
        `high` bound the truth, NaN where nothing bounds it on that side.
    """

    id: str
    title: str
    group: str
    unit: str
    utility: PiecewiseLinear
    reference: str
    layers: tuple[str, ...]
    depends_on_target: bool
    measure: Callable[[pd.DataFrame, Layers, Question], pd.DataFrame]


def ranged(
    index: pd.Index, value: Floats, low: Floats | None = None, high: Floats | None = None
) -> pd.DataFrame:
    """Give a metric with its range; a metric that is known exactly needs no bounds."""
    return pd.DataFrame(
        {
            "value": value,
            "low": value if low is None else low,
            "high": value if high is None else high,
        },
        index=index,
        dtype=float,
    )


def lacks(layers: Layers, layer: str, *columns: str) -> bool:
    """Tell whether a layer, or a column of it that a criterion needs, is not there."""
    return layer not in layers or bool(set(columns) & set(layers[layer].missing))


def unknown(index: pd.Index) -> pd.DataFrame:
    """Give a metric of which nothing is known at any site."""
    return ranged(index, np.full(len(index), np.nan))
