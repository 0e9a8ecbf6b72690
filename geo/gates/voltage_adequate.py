"""A station within 40 km can carry the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.gates._base import FAIL, PASS, UNKNOWN, Gate, Settings, verdicts
from geo.parameters import cited

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question
    from layers import Layers


def judge(
    sites: pd.DataFrame,
    layers: Layers,  # noqa: ARG001
    question: Question,
    settings: Settings,  # noqa: ARG001
) -> pd.DataFrame:
    """Pass where a station's firm capability reaches the target; fail where none can.

    Unknown where a station only might; where the substation table is not complete; where the
    target is so small that stations below 100 kV, which the table lacks, would do; and for an
    operating site without any station near it, since operation proves a connection.
    """
    complete = sites["grid_data"] == "complete"
    small = question.target_mw <= cited("thermal_mw_69kv").value
    connected = (sites["status"] == "operating") & (sites["stations_40km"] == 0)
    return verdicts(
        sites.index,
        [
            (sites["proven_pois_40km"] > 0, PASS, "a station within 40 km can carry the target"),
            (sites["possible_pois_40km"] > 0, UNKNOWN, "a station within 40 km might carry it"),
            (
                ~complete,
                UNKNOWN,
                "stations here are missing from the table, or the place is not known",
            ),
            (small, UNKNOWN, "stations below 100 kV, which would do, are not in the table"),
            (connected, UNKNOWN, "it operates, so it is connected, though no station is shown"),
            (True, FAIL, "no station within 40 km can carry the target"),
        ],
    )


GATE = Gate(id="voltage_adequate", title="Voltage adequate", settings={}, judge=judge)
