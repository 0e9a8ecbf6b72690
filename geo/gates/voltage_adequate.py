"""A station within 40 km, or a new one on a line within 10 km, can carry the target."""

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
    """Pass where the firm capability of a point of interconnection reaches the target.

    It must lie within reach wherever, within its precision, the site stands.

    Fail where none can. Unknown where one only might, or several together, or where the
    substation table is not complete: that takes in small targets, for which stations below 100 kV
    would do, and operating sites near which it shows no station, since operation proves a
    connection.
    """
    complete = sites["grid_data"] == "complete"
    return verdicts(
        sites.index,
        [
            (sites["sure_pois_40km"] > 0, PASS, "a station or line within reach can carry it"),
            (sites["reachable_pois_40km"] > 0, UNKNOWN, "a station or line here might carry it"),
            (sites["split_parts"] > 0, UNKNOWN, "only several points together might carry it"),
            (~complete, UNKNOWN, "stations here are missing from the table, or no point is known"),
            (True, FAIL, "no station or line within reach can carry the target"),
        ],
    )


GATE = Gate(id="voltage_adequate", title="Voltage adequate", settings={}, judge=judge)
