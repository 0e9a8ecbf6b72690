"""How far a ranking stands up: rank acceptability when weights, metrics and anchors vary.

Stochastic multicriteria acceptability analysis (R. Lahdelma and P. Salminen, SMAA-2, Operations
Research 49, 2001), with the utilities of `geo.criteria`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo._threads import threads
from geo.criteria import CRITERIA
from geo.metrics import Metrics, taken
from geo.parameters import cited
from geo.random_streams import STEP
from geo.rank_counts import RankCounts, add_up, count_block, count_ranks
from geo.utility_draws import UtilityDraws, utility_draws
from geo.weight_draws import uniform_weights, weights_around, weights_within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.arrays import Floats
    from geo.assess import Assessment
    from geo.kept_draws import KeptDraws
    from geo.weight_draws import Interval

WEIGHTS, METRICS, ANCHORS = "weights", "metrics", "anchors"
AROUND, UNIFORM, WITHIN = "around", "uniform", "within"
_SCORES = 1_500_000
"""Scores at a time and thread, some hundred bytes each; of very many sites, 64 draws."""
MOST_DRAWS_AT_ONCE = 2504
_AFFORDABLE = 20_000_000
"""Scores beyond which a ranking of many sites makes do with fewer draws."""


def usual_draws(n: int | None = None) -> int:
    """Give the number of draws that a ranking of so many sites takes unless told otherwise."""
    most = int(cited("robustness_draws").value)
    if n is None:
        return most
    least = int(cited("robustness_least_draws").value)
    return max(least, min(most, _AFFORDABLE // max(n, 1)))


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What might be otherwise, and how often to try.

    Attributes
    ----------
    draws, seed
        Number of draws; the same seed gives the same bytes.
    weights
        ``around`` the scenario's shares (Dirichlet), ``uniform`` on the simplex of the criteria
        that the scenario weighs, or ``within`` intervals.
    concentration
        Of the Dirichlet distribution: a share s has the standard deviation
        sqrt(s (1 - s) / (concentration + 1)).
    intervals
        Least and most share by criterion, for ``within``; a criterion that the scenario weighs
        and that is not named may have any share.
    vary
        Which of weights, metrics and anchors vary; the others stay as the ranking takes them.
    top
        The k of the top k.
    """

    draws: int = field(default_factory=usual_draws)
    seed: int = 0
    weights: str = AROUND
    concentration: float = field(default_factory=lambda: cited("robustness_concentration").value)
    intervals: Mapping[str, Interval] | None = None
    vary: tuple[str, ...] = (WEIGHTS, METRICS, ANCHORS)
    top: int = 10

    def share_interval(self) -> float:
        """Give the share of the draws that a rank interval holds."""
        return cited("robustness_interval_share").value


@dataclass(frozen=True, slots=True)
class Robustness:
    """Where the ranked sites of an assessment stand over many draws.

    Attributes
    ----------
    sites
        Ids of the sites that have a rank, in the order of the assessment.
    uncertainty
        What was varied.
    counts
        `geo.rank_counts.RankCounts`, on the sites and on the criteria of `geo.criteria`.
    """

    sites: pd.Index
    uncertainty: Uncertainty
    counts: RankCounts

    def table(self) -> pd.DataFrame:
        """Give, by site, what the draws say of its rank.

        Returns
        -------
        table
            `rank_expected` (mean), `rank_low` and `rank_high` (90 % of the draws lie between
            them, both counted in), `p_first`, `p_top` (share of the draws in the top k).
        """
        low, high = self.counts.interval(self.uncertainty.share_interval())
        return pd.DataFrame(
            {
                "rank_expected": self.counts.expected,
                "rank_low": low,
                "rank_high": high,
                "p_first": self.counts.first / self.counts.draws,
                "p_top": self.counts.in_top / self.counts.draws,
            },
            index=self.sites,
        )

    def acceptability(self) -> pd.DataFrame:
        """Give the probability of each rank, sites by ranks from 1; for 1,024 sites at most."""
        ranks = range(1, len(self.sites) + 1)
        return pd.DataFrame(self.counts.acceptability, index=self.sites, columns=ranks)

    def central_weights(self) -> pd.DataFrame:
        """Give the mean shares under which each site is first, sites by criteria; NaN if never."""
        names = [one.id for one in CRITERIA]
        return pd.DataFrame(self.counts.central_weights(), index=self.sites, columns=names)


def draw_weights(assessment: Assessment, uncertainty: Uncertainty) -> Floats:
    """Draw weights for the criteria in their order, shape ``(draws, m)``, rows adding up to 1."""
    shares = assessment.scenario.shares
    ids = [one.id for one in CRITERIA]
    mean = np.array([shares[one] for one in ids])
    draws, seed = uncertainty.draws, uncertainty.seed
    if WEIGHTS not in uncertainty.vary:
        return np.repeat(mean[None], draws, axis=0)
    if uncertainty.weights == AROUND:
        return weights_around(mean, uncertainty.concentration, draws, seed)
    weights = np.zeros((draws, len(ids)))
    if uncertainty.weights == UNIFORM:
        weights[:, mean > 0] = uniform_weights(int((mean > 0).sum()), draws, seed)
        return weights
    given = dict(uncertainty.intervals or {})
    intervals = {one: given.get(one, (0.0, 1.0)) for one in ids if shares[one] > 0 or one in given}
    weights[:, [ids.index(one) for one in intervals]] = weights_within(intervals, draws, seed)
    return weights


def robustness(
    assessment: Assessment, uncertainty: Uncertainty, kept: KeptDraws | None = None
) -> Robustness:
    """Rank the sites of an assessment anew in every draw.

    Parameters
    ----------
    assessment
        Its sites with a location take part.
    uncertainty
        What varies. An unknown metric has a utility anywhere in [0, 1]; `geo.utility_draws` says
        how the others are drawn. Sites are drawn independently of each other, and so are
        criteria but for those that hang on energised MW that are not known; an anchor is drawn
        once for all sites.
    kept
        Where draws made before are kept, for whoever asks again with other weights; the answer
        is the same.

    Returns
    -------
    robustness
        A site's draws depend on the seed and its id alone: rivals come and go without moving
        its scores.
    """
    sites = assessment.rank.index[assessment.rank.notna()]
    weights = draw_weights(assessment, uncertainty)
    if set(uncertainty.vary) <= {WEIGHTS}:
        worth = taken(_of(assessment.metrics, sites), assessment.by).to_numpy()
        counts = count_ranks(worth, weights, uncertainty.top)
    else:
        draws = _draws_of(assessment, sites, weights, uncertainty)
        counts = _count(draws, weights, uncertainty, kept)
    return Robustness(sites, uncertainty, counts)


def _count(
    draws: UtilityDraws, weights: Floats, uncertainty: Uncertainty, kept: KeptDraws | None
) -> RankCounts:
    step = block_of(len(draws.site_keys))

    def work(first: int) -> RankCounts:
        some = weights[first : first + step]
        scores = draws.scores(first, some) if kept is None else kept.scores(draws, first, some)
        by_draw = np.ascontiguousarray(scores.T)
        return count_block(by_draw, some, uncertainty.top)

    with ThreadPoolExecutor(threads()) as pool:
        return add_up(pool.map(work, range(0, len(weights), step)))


def block_of(n: int) -> int:
    """Give how many draws of n sites are made at a time."""
    many = min(max(_SCORES // max(n, 1), 64), MOST_DRAWS_AT_ONCE)
    return many // STEP * STEP


def scores_of(assessment: Assessment, sites: pd.Index, uncertainty: Uncertainty) -> Floats:
    """Draw the scores of some sites again: those that `robustness` ranked.

    Returns
    -------
    scores
        Shape ``(n, draws)``, single precision.
    """
    weights = draw_weights(assessment, uncertainty)
    draws = _draws_of(assessment, sites, weights, uncertainty)
    step = block_of(len(sites))
    blocks = [
        draws.scores(first, weights[first : first + step]) for first in range(0, len(weights), step)
    ]
    return np.concatenate(blocks, axis=1)


def win_probability(
    assessment: Assessment, sites: pd.Index, uncertainty: Uncertainty
) -> pd.DataFrame:
    """Give the probability that the site of the row beats that of the column.

    Returns
    -------
    probability
        Sites by sites; a draw in which both are equal counts one half; 0.5 on the diagonal.
    """
    scores = scores_of(assessment, sites, uncertainty)
    won = np.empty((len(sites), len(sites)))
    for row, own in enumerate(scores):
        beaten = np.count_nonzero(own > scores, axis=1)
        equal = np.count_nonzero(own == scores, axis=1)
        won[row] = (beaten + equal / 2) / scores.shape[1]
    return pd.DataFrame(won, index=sites, columns=sites)


def _draws_of(
    assessment: Assessment, sites: pd.Index, weights: Floats, uncertainty: Uncertainty
) -> UtilityDraws:
    weighed = tuple(
        one.id for one, most in zip(CRITERIA, weights.max(axis=0), strict=True) if most > 0
    )
    return utility_draws(
        _of(assessment.metrics, sites),
        weighed,
        uncertainty.seed,
        vary=METRICS in uncertainty.vary,
        anchor_share=(
            cited("robustness_anchor_share").value if ANCHORS in uncertainty.vary else 0.0
        ),
        by=assessment.by,
    )


def _of(metrics: Metrics, sites: pd.Index) -> Metrics:
    value, low, high = (table.loc[sites] for table in (metrics.value, metrics.low, metrics.high))
    return replace(metrics, value=value, low=low, high=high)
