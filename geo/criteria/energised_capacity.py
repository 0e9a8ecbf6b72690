"""MW that can be drawn today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.criteria._base import Criterion, PiecewiseLinear, ranged

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the energised MW; where they are not known, the contracted MW bound them above."""
    energised = sites["energised_mw"].to_numpy(float)
    contracted = sites["contracted_mw"].to_numpy(float)
    high = np.where(np.isnan(energised), contracted, energised)
    return ranged(sites.index, energised, energised, high)


CRITERION = Criterion(
    id="energised_capacity",
    title="Energised capacity",
    group="capacity",
    unit="MW",
    utility=PiecewiseLinear(((0, 0), (20, 0.2), (100, 0.6), (300, 0.9), (1000, 1))),
    reference=(
        "Only energised MW are free and immediate. 20 MW is the smallest AI lease won at a mine,"
        " 100 to 300 MW the usual one (data/conversions.csv); 1,000 MW a hyperscale campus"
        " (data/campuses.csv)."
    ),
    layers=(),
    depends_on_target=False,
    measure=measure,
)
