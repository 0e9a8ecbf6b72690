"""Acres per MW of target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.criteria._base import Criterion, PiecewiseLinear, ranged

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give acres over target MW; NaN where the acreage is not known."""
    return ranged(sites.index, sites["land_acres"].to_numpy(float) / question.target_mw)


CRITERION = Criterion(
    id="land",
    title="Land",
    group="land",
    unit="acres per target MW",
    utility=PiecewiseLinear(((0, 0), (0.25, 0.5), (1, 1))),
    reference=(
        "1: between IREN Sweetwater 2 (0.8) and IREN Oklahoma (1.25); 0.25: a dense campus such as"
        " Core Scientific Denton (0.2), all land_acres over MW in data/miner_sites.csv."
    ),
    layers=(),
    depends_on_target=True,
    measure=measure,
)
