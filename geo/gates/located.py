"""The site's place is public, well enough to measure from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.gates._base import FAIL, PASS, UNKNOWN, Gate, Settings, verdicts
from geo.precision import is_located

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def judge(
    sites: pd.DataFrame,
    layers: Layers,  # noqa: ARG001
    question: Question,  # noqa: ARG001
    settings: Settings,  # noqa: ARG001
) -> pd.DataFrame:
    """Pass site and town points; a county centroid leaves the place unknown."""
    return verdicts(
        sites.index,
        [
            (sites["lat"].isna() | sites["lon"].isna(), FAIL, "no public location"),
            (is_located(sites), PASS, "a point of site or town precision"),
            (True, UNKNOWN, "known to the county only"),
        ],
    )


GATE = Gate(id="located", title="Located", settings={}, judge=judge)
