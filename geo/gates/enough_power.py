"""Energised, contracted and announced MW reach the scenario's minimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.gates._base import FAIL, PASS, UNKNOWN, Gate, Settings, verdicts

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def judge(
    sites: pd.DataFrame,
    layers: Layers,  # noqa: ARG001
    question: Question,  # noqa: ARG001
    settings: Settings,
) -> pd.DataFrame:
    """Pass where what is known reaches the minimum; fail where all is known and does not."""
    minimum = float(settings["minimum_mw"])
    energised, contracted, announced = (
        sites[name].to_numpy(float) for name in ("energised_mw", "contracted_mw", "announced_mw")
    )
    known = np.nan_to_num(np.fmax(energised, contracted)) + np.nan_to_num(announced)
    all_known = ~np.isnan(contracted) & ~np.isnan(announced)
    return verdicts(
        sites.index,
        [
            (known >= minimum, PASS, f"at least {minimum:g} MW energised, contracted or announced"),
            (all_known, FAIL, f"less than {minimum:g} MW energised, contracted and announced"),
            (True, UNKNOWN, "the MW are not all known"),
        ],
    )


GATE = Gate(id="enough_power", title="Enough power", settings={"minimum_mw": None}, judge=judge)
