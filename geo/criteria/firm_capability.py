"""MW that the grid delivers here, over the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.criteria._base import Criterion, PiecewiseLinear, ranged

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the bounds of the deliverable MW over the target; there is no best estimate.

    At least what is energised is delivered: that is proven. At most the firm capability of the
    cheapest option is: an upper bound at the line terminals. Where no single one can carry the
    target, it is what the strongest carry together, or the most that any might. There is no upper
    bound where stations may be missing from the table, or where the energised MW, which might
    prove more, are not known.
    """
    energised = sites["energised_mw"].to_numpy(float)
    complete = (sites["grid_data"] == "complete").to_numpy()
    alone = sites["carrier_id"].isna() | sites["split_parts"].notna()
    none_can = alone.to_numpy() & (sites["stations_40km"].to_numpy(float) > 0)
    several = np.fmax(sites["best_reach_mw"].to_numpy(float), sites["all_pois_mw"].to_numpy(float))
    bound = np.where(none_can, several, sites["carrier_firm_mw_high"].to_numpy(float))
    bound = np.where(complete & np.isfinite(bound), np.maximum(bound, energised), np.nan)
    target = question.target_mw
    return ranged(sites.index, np.full(len(sites), np.nan), energised / target, bound / target)


CRITERION = Criterion(
    id="firm_capability",
    title="Firm capability over target",
    group="grid",
    unit="MW per target MW",
    utility=PiecewiseLinear(((0, 0), (1, 0.7), (3, 1))),
    reference=(
        "1: the target is met with the largest circuit out (N-1, NERC TPL-001-5.1, category P1);"
        " beyond 3 more circuits add little to one site."
    ),
    layers=("substations", "transmission_lines"),
    depends_on_target=True,
    measure=measure,
)
