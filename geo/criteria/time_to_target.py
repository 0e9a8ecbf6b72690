"""Years until the target's MW are ready for AI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.criteria._base import Criterion, PiecewiseLinear, ranged

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the P50 in years from the as-of date; the range is P10 to P90.

    Where it is not known whether the grid here can carry the target there is no estimate and no
    upper bound; where it surely cannot, the upper bound is infinite.
    """
    return ranged(
        sites.index,
        *(
            sites[f"time_to_target_years_{name}"].to_numpy(float)
            for name in ("p50", "least", "most")
        ),
    )


CRITERION = Criterion(
    id="time_to_target",
    title="Time to the target",
    group="readiness",
    unit="years",
    utility=PiecewiseLinear(((0.75, 1), (2, 0.7), (5, 0.2), (8, 0))),
    reference=(
        "9 months is the fastest conversion on record and 25 the slowest (data/conversions.csv);"
        " 5 years is the median from request to operation (LBNL, Queued Up, 2024 edition)."
    ),
    layers=("substations", "transmission_lines"),
    depends_on_target=True,
    measure=measure,
)
