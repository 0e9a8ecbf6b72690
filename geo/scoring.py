"""From utilities to scores: bare arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.arrays import Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """What the evidence proves, and what is possible.

    Attributes
    ----------
    utilities
        Shape ``(n_sites, n_criteria)``, [0, 1]; NaN where there is no evidence.
    possible
        Same shape: utilities at the favourable end of every range.
    contributions
        Same shape: share x utility, 0 where there is no evidence; they add up to the score.
    score, potential, coverage
        Per site, [0, 1].
    """

    utilities: pd.DataFrame
    possible: pd.DataFrame
    contributions: pd.DataFrame
    score: pd.Series
    potential: pd.Series
    coverage: pd.Series


def score_sites(
    proven: pd.DataFrame, possible: pd.DataFrame, shares: Mapping[str, float]
) -> Scores:
    """Weigh utilities.

    Parameters
    ----------
    proven
        Utilities that the evidence proves, by site and criterion; NaN where there is none.
    possible
        Utilities at the favourable end of every range, 1 where nothing is known.
    shares
        Weight over the sum of weights, for every column.

    Returns
    -------
    scores
        On the index of `proven`.
    """
    share = np.array([shares[one] for one in proven.columns])
    added = np.nan_to_num(proven.to_numpy(float) * share)
    index = proven.index
    return Scores(
        utilities=proven,
        possible=possible,
        contributions=pd.DataFrame(added, index=index, columns=proven.columns),
        score=_total(added, index),
        potential=_total(possible.to_numpy(float) * share, index),
        coverage=_total(proven.notna().to_numpy() * share, index),
    )


def _total(table: Floats, index: pd.Index) -> pd.Series:
    """Add up the columns, always in their order.

    A sum over rows takes another order when the table has another number of rows, and a site's
    score must not know how many rivals it has, not in its last bit either.
    """
    total = np.zeros(len(table))
    for column in table.T:
        total += column
    return pd.Series(total, index=index)
