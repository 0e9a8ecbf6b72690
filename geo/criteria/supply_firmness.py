"""What supplies the site round the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.criteria._base import Criterion, PiecewiseLinear, ranged

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers

GRID, MIXED = 1.0, 0.7
BEHIND_THE_METER = {
    "gas": 0.6,
    "nuclear": 0.6,
    "waste_coal": 0.6,
    "wind": 0.1,
    "solar": 0.1,
    "flare_gas": 0.1,
}
"""A judgement: firm generation without a grid behind it lacks its reserve; wind, sun and flare
gas come and go. A source that is not listed here is unknown."""


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the firmness of the supply, 0 to 1; NaN where the way of supply is not known."""
    kind = sites["interconnect_type"]
    behind = sites["supply_source"].map(BEHIND_THE_METER).to_numpy(float, na_value=np.nan)
    value = np.select(
        [kind == "grid", kind == "mixed", kind == "behind-the-meter"],
        [GRID, MIXED, behind],
        default=np.nan,
    )
    return ranged(sites.index, value)


CRITERION = Criterion(
    id="supply_firmness",
    title="Firmness of the supply",
    group="firm power",
    unit="0 to 1",
    utility=PiecewiseLinear(((0, 0), (1, 1))),
    reference=(
        "Grid 1; mixed .7; behind the meter of gas, nuclear or waste coal .6; of wind, solar or"
        " flare gas .1: an order everybody shares, with steps that are a judgement."
    ),
    layers=(),
    depends_on_target=False,
    measure=measure,
)
