"""What supplies the site round the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.criteria._base import Criterion, PiecewiseLinear, ranged
from geo.parameters import cited

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers

BEHIND_THE_METER = {
    "gas": "supply_firmness_firm",
    "nuclear": "supply_firmness_firm",
    "waste_coal": "supply_firmness_firm",
    "wind": "supply_firmness_variable",
    "solar": "supply_firmness_variable",
    "flare_gas": "supply_firmness_variable",
}
"""A source that is not listed here is unknown."""


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the firmness of the supply, 0 to 1; NaN where the way of supply is not known."""
    kind = sites["interconnect_type"]
    worth = {source: cited(name).value for source, name in BEHIND_THE_METER.items()}
    behind = sites["supply_source"].map(worth).to_numpy(float, na_value=np.nan)
    value = np.select(
        [kind == "grid", kind == "mixed", kind == "behind-the-meter"],
        [cited("supply_firmness_grid").value, cited("supply_firmness_mixed").value, behind],
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
