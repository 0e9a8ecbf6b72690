"""Other stations within 25 km that could carry the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.criteria._base import Criterion, PiecewiseLinear, ranged

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def measure(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:  # noqa: ARG001
    """Give the number of stations, the POI left out, whose firm capability reaches the target.

    The upper bound adds those that might (circuits unknown, voltage in doubt, one line drawn);
    both bounds carry the precision of the site's point.
    """
    return ranged(
        sites.index,
        sites["alternatives"].to_numpy(float),
        sites["alternatives_low"].to_numpy(float),
        sites["alternatives_high"].to_numpy(float),
    )


CRITERION = Criterion(
    id="alternative_pois",
    title="Alternative points of interconnection",
    group="grid",
    unit="stations",
    utility=PiecewiseLinear(((0, 0), (1, 0.4), (2, 0.7), (4, 1))),
    reference=(
        "The first alternative is worth most: it is what a refusal or an outage at the POI is"
        " answered with; a judgement."
    ),
    layers=("substations",),
    depends_on_target=True,
    measure=measure,
)
