"""MW on the way: contracted and announced, on top of what is energised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.criteria._base import Criterion, PiecewiseLinear, ranged

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give contracted less energised, plus announced MW.

    Where one of the two terms is not known the other is a lower bound, since neither can be
    negative; where neither is known, nothing is.
    """
    energised = sites["energised_mw"].to_numpy(float)
    contracted = sites["contracted_mw"].to_numpy(float)
    announced = sites["announced_mw"].to_numpy(float)
    coming = np.maximum(contracted - energised, 0)
    low = np.where(np.isnan(coming), announced, coming + np.nan_to_num(announced))
    high = np.maximum(contracted - np.nan_to_num(energised), 0) + announced
    return ranged(sites.index, coming + announced, low, high)


CRITERION = Criterion(
    id="expansion_capacity",
    title="Expansion capacity",
    group="capacity",
    unit="MW",
    utility=PiecewiseLinear(((0, 0), (200, 0.5), (1000, 1))),
    reference=(
        "200 MW doubles a typical lease (data/conversions.csv); 1,000 MW is what the large"
        " announced expansions come to (data/miner_sites.csv)."
    ),
    layers=(),
    depends_on_target=False,
    measure=measure,
)
