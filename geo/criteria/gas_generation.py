"""MW of gas generation nearby, operating or being built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.criteria._base import Criterion, PiecewiseLinear, unknown
from geo.firm_power import gas_layer, gas_mw

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the MW within 50 km: generation nearby, not power for sale.

    Planned and closed plants do not count. Outside the area where the table is complete the sum
    is a lower bound.
    """
    layer = gas_layer(layers)
    return unknown(sites.index) if layer is None else gas_mw(sites, layer)


CRITERION = Criterion(
    id="gas_generation",
    title="Gas generation within 50 km",
    group="firm power",
    unit="MW",
    utility=PiecewiseLinear(((0, 0), (500, 0.6), (2000, 1))),
    reference=(
        "500 MW is one combined-cycle unit; 2,000 MW the order of the three plants that Entergy"
        " builds for Meta (data/gas_plants.csv)."
    ),
    layers=("gas_plants",),
    depends_on_target=False,
    measure=measure,
)
