"""The site lies in the scenario's country."""

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
    settings: Settings,
) -> pd.DataFrame:
    """Pass the scenario's country; a point outside every state outline is not in the US."""
    country = str(settings["country"])
    outside = sites["country"].isna() & sites["lat"].notna()
    return verdicts(
        sites.index,
        [
            (sites["country"] == country, PASS, f"in {country}"),
            (sites["country"].notna(), FAIL, f"not in {country}"),
            (outside & (country == "US"), FAIL, "outside the outlines of the US states"),
            (True, UNKNOWN, "the country is not known"),
        ],
    )


GATE = Gate(
    id="in_country", title="In the country", settings={"country": ("US", "CA")}, judge=judge
)
