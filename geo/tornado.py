"""One thing moved at a time: how far each swings a site's score and rank."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.criteria import CRITERIA
from geo.metrics import taken
from geo.parameters import cited
from geo.ranking import rounded
from geo.robustness import ANCHORS, METRICS, WEIGHTS, Uncertainty

if TYPE_CHECKING:
    from geo.arrays import Floats
    from geo.assess import Assessment
    from geo.criteria import Criterion

COLUMNS = (
    "criterion", "title", "moved", "score_low", "score_high", "rank_at_low", "rank_at_high",
)  # fmt: skip


def tornado(assessment: Assessment, site_id: str, uncertainty: Uncertainty) -> pd.DataFrame:
    """Swing each criterion's metric, weight and anchors, all else left alone.

    Parameters
    ----------
    assessment
        One in which the site has a rank.
    site_id
        The site.
    uncertainty
        Its concentration says how far a weight swings: between the 5 % and 95 % quantiles of its
        Dirichlet margin, a beta distribution; the other weights keep their proportions.

    Returns
    -------
    swings
        One row per criterion and per what is moved (``metrics``: between the ends of what is
        known, 0 to 1 where nothing is; ``weights``; ``anchors``: all of the criterion's by the
        share that `robustness` draws from), where the score moves at all: the lower and higher
        score, and the site's ranks there. Weights and anchors move every site. The widest swing
        comes first.
    """
    sites = assessment.rank.index[assessment.rank.notna()]
    part = assessment.only(sites)
    worth = _Worth(part)
    at = list(sites).index(site_id)
    rows = []
    for column, one in enumerate(CRITERIA):
        if not worth.shares[column]:
            continue
        for moved, pair in (
            (METRICS, worth.metric_ends(column, at)),
            (WEIGHTS, worth.weight_ends(column, uncertainty.concentration)),
            (ANCHORS, worth.anchor_ends(column)),
        ):
            ends = sorted(_standing(scores, at) for scores in pair)
            if rounded(np.array(ends[1][0] - ends[0][0])) > 0:
                low, high = ends
                rows.append((one.id, one.title, moved, low[0], high[0], -low[1], -high[1]))
    table = pd.DataFrame(rows, columns=COLUMNS)
    swing = (table["score_low"] - table["score_high"]).rename("swing")
    return table.loc[swing.sort_values(kind="stable").index].reset_index(drop=True)


def _standing(scores: Floats, at: int) -> tuple[float, int]:
    """Give a site's score and its rank, the rank negative: so that both rise together."""
    better = rounded(scores) > rounded(scores[at])
    return float(scores[at]), -int(better.sum()) - 1


class _Worth:
    """What the ranking takes every metric for, and what it might be."""

    def __init__(self, assessment: Assessment) -> None:
        self.metrics, self.by = assessment.metrics, assessment.by
        self.taken = taken(assessment.metrics, assessment.by).to_numpy(float)
        self.shares = np.array([assessment.scenario.shares[one.id] for one in CRITERIA])

    def metric_ends(self, column: int, at: int) -> tuple[Floats, Floats]:
        """Score everything with one site's metric at its worst and at its best."""
        one = CRITERIA[column]
        low, high = (
            table[one.id].to_numpy(float)[at] for table in (self.metrics.low, self.metrics.high)
        )
        worst, best = (low, high) if one.utility.rises else (high, low)
        pair = []
        for metric, unknown in ((worst, 0.0), (best, 1.0)):
            worth = self.taken.copy()
            worth[at, column] = np.nan_to_num(one.utility(np.array(metric)), nan=unknown)
            pair.append(worth @ self.shares)
        return pair[0], pair[1]

    def weight_ends(self, column: int, concentration: float) -> tuple[Floats, Floats]:
        """Score everything with a smaller and with a larger share of one criterion."""
        from scipy.stats import beta

        own = self.shares[column]
        tail = (1 - cited("robustness_interval_share").value) / 2
        margin = beta(concentration * own, concentration * (1 - own)) if own < 1 else None
        pair = []
        for quantile in (tail, 1 - tail):
            share = own if margin is None else float(margin.ppf(quantile))
            rest = (1 - share) / (1 - own) if own < 1 else 1.0
            shares = self.shares * rest
            shares[column] = share
            pair.append(self.taken @ shares)
        return pair[0], pair[1]

    def anchor_ends(self, column: int) -> tuple[Floats, Floats]:
        """Score everything with one criterion's anchors nearer and farther."""
        away = cited("robustness_anchor_share").value
        pair = []
        for factor in (1 - away, 1 + away):
            worth = self.taken.copy()
            worth[:, column] = self._with_anchors(CRITERIA[column], factor)
            pair.append(worth @ self.shares)
        return pair[0], pair[1]

    def _with_anchors(self, one: Criterion, factor: float) -> Floats:
        """Give the utilities of one criterion with its anchors moved, as the ranking takes them.

        Metrics over a factor against the anchors as they are come to the same.
        """
        parts = {
            name: getattr(self.metrics, name).assign(
                **{one.id: getattr(self.metrics, name)[one.id] / factor}
            )
            for name in ("value", "low", "high")
        }
        return taken(replace(self.metrics, **parts), self.by)[one.id].to_numpy(float)
