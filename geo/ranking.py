"""From scores to ranks: bare arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from geo.arrays import Floats

_DECIMALS = 12
"""Scores that differ by less than sums of floats can resolve are equal."""


def rounded(score: Floats) -> Floats:
    """Give scores to the digits in which they are compared."""
    return np.round(score, _DECIMALS)


def rank_sites(score: pd.Series, *, rankable: pd.Series) -> pd.Series:
    """Rank from 1, the best first; equals share a rank and the next rank is skipped.

    Parameters
    ----------
    score
        Higher is better.
    rankable
        Which sites may carry a rank.

    Returns
    -------
    rank
        Int64 on the same index, ``<NA>`` where a site may not be ranked.
    """
    eligible = score.round(_DECIMALS).where(rankable)
    return eligible.rank(method="min", ascending=False).astype("Int64").rename("rank")


def in_order(rank: pd.Series) -> pd.Index:
    """Give the sites by rank, equals by id, the unranked last by id."""
    by_id = rank.sort_index()
    return by_id.sort_values(kind="stable", na_position="last").index
