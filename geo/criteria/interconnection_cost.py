"""What it costs to connect the MW that the target lacks, over the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.criteria._base import Criterion, PiecewiseLinear, ranged

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers

_KW_PER_MW = 1000


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the mid estimate of the cheapest option over the target, 0 where the MW are there.

    The lower bound is the base cost of the cheapest that can or might carry the target, from the
    near end of the site's point; the upper is the overrun cost of the cheapest that surely can,
    from the far end. Where none surely can there is no estimate and no upper bound; where a
    station missing from the table could be cheaper there is no estimate either, and the lower
    bound is a position at a station next door. Energised MW that are not known might reach the
    target: the lower bound is 0 and there is no estimate.
    """
    mid, least, most = (
        sites[f"interconnection_usd_{name}"].to_numpy(float) for name in ("mid", "least", "most")
    )
    energised = sites["energised_mw"].to_numpy(float)
    proven = (sites["proven_pois_40km"] > 0).to_numpy()
    sure = (sites["carrier_sure"] == 1).to_numpy() & proven | (energised >= question.target_mw)
    unpublished = np.isnan(energised) & ~np.isnan(least)
    value = np.where(sure & ~np.isnan(energised), mid, np.nan)
    low = np.where(unpublished, 0.0, least)
    kw = question.target_mw * _KW_PER_MW
    return ranged(sites.index, value / kw, low / kw, most / kw)


CRITERION = Criterion(
    id="interconnection_cost",
    title="Cost of interconnection over target",
    group="grid",
    unit="USD/kW",
    utility=PiecewiseLinear(((0, 1), (100, 0.6), (500, 0.1), (1000, 0))),
    reference=(
        "LBNL, Interconnection Cost Analysis, PJM 2023 and MISO 2022: projects that were built paid"
        " about 100 USD/kW in the mean, those that withdrew faced about 500 (data/parameters.csv)."
    ),
    layers=("substations", "transmission_lines"),
    depends_on_target=True,
    measure=measure,
)
