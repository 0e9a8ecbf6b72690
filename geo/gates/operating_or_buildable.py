"""The site is not closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.gates._base import FAIL, PASS, UNKNOWN, Gate, Settings, verdicts

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
    """Pass what operates, is being built or is planned."""
    status = sites["status"]
    return verdicts(
        sites.index,
        [
            (status == "closed", FAIL, "the site is closed"),
            (status.isna(), UNKNOWN, "the status is not known"),
            (True, PASS, "the site operates, is being built or is planned"),
        ],
    )


GATE = Gate(id="operating_or_buildable", title="Operating or buildable", settings={}, judge=judge)
