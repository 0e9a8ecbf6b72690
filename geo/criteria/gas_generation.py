"""MW of gas generation nearby, operating or being built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.criteria._base import Criterion, PiecewiseLinear, lacks, unknown
from geo.parameters import cited
from geo.surroundings import mw_within
from layers import gas_plants

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers

COUNTED = ("operating", "under_construction")


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the MW within 50 km: generation nearby, not power for sale.

    Plants of 50 MW and more that burn gas (CC, CT, ST, RICE) count; coal, planned and closed
    ones do not. Outside the area where the table is complete the sum is a lower bound.
    """
    if lacks(layers, "gas_plants", "status", "technology", "capacity_mw", "coord_precision"):
        return unknown(sites.index)
    layer = layers["gas_plants"]
    table = layer.table
    table = table[
        table["status"].isin(COUNTED) & table["technology"].isin(gas_plants.GAS_TECHNOLOGIES)
    ]
    mw = table["capacity_mw"].to_numpy(float)
    return mw_within(sites, table, cited("gas_radius_km").value, (mw, mw), layer.coverage)


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
