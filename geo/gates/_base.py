"""What a gate is: a must-have, judged beside the rank and never mixed into the score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from geo.question import Question
    from layers import Layers

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"

Settings = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Gate:
    """A must-have.

    Attributes
    ----------
    id, title
        Its name in code and in words.
    settings
        What a scenario must set: the words that a setting may take, ``None`` for a figure.
    judge
        ``judge(sites, layers, question, settings)`` gives `verdict` (pass, fail or unknown) and
        `reason` on the sites' index.
    """

    id: str
    title: str
    settings: Mapping[str, tuple[str, ...] | None]
    judge: Callable[[pd.DataFrame, Layers, Question, Settings], pd.DataFrame]


def verdicts(index: pd.Index, cases: list[tuple[pd.Series | bool, str, str]]) -> pd.DataFrame:
    """Give the verdict and reason of the first case that holds for each site.

    Parameters
    ----------
    index
        The sites.
    cases
        Condition (a boolean per site, or one for all), verdict, reason; the last must hold for
        every site.
    """
    table = pd.DataFrame({"verdict": None, "reason": None}, index=index, dtype=object)
    open_ = pd.Series(data=True, index=index)
    for condition, verdict, reason in cases:
        holds = open_ & condition
        table.loc[holds, "verdict"] = verdict
        table.loc[holds, "reason"] = reason
        open_ &= ~holds
    return table
