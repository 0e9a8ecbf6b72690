"""The same utilities ranked by several methods, and how far the methods agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.aggregation import DECIMALS, net_flows, topsis, vikor, weighted_product
from geo.dominance import pareto_layers
from geo.errors import CannotDoError
from geo.metrics import utilities
from geo.parameters import cited
from geo.ranking import rank_sites

if TYPE_CHECKING:
    from geo.arrays import Floats
    from geo.assess import Assessment


@dataclass(frozen=True, slots=True)
class Method:
    """A way to rank: what it is called, and what it goes by."""

    id: str
    title: str
    meaning: str


METHODS = (
    Method("weighted_sum", "weighted sum", "share x worth added up: the ranking of `rewatt rank`"),
    Method(
        "weighted_product",
        "weighted product",
        "worth to the power of its share, multiplied: a strong point does not make up for a"
        " worthless one (Bridgman 1922)",
    ),
    Method(
        "topsis",
        "TOPSIS",
        "far from the worst and near the ideal, in squares of share x worth (Hwang and Yoon 1981)",
    ),
    Method(
        "vikor",
        "VIKOR",
        "half the sum, half the greatest regret on one criterion over the largest share (Opricovic"
        " and Tzeng 2004)",
    ),
    Method(
        "promethee",
        "PROMETHEE II",
        "weighted wins less losses against every other site, by however little (Brans and Vincke"
        " 1985, usual criterion)",
    ),
    Method(
        "pareto",
        "Pareto layer",
        "how often the undominated have to be peeled off first: no weights at all",
    ),
)
"""Every method, in the order of the columns."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the methods say of the ranked sites.

    Attributes
    ----------
    given
        What every method was given, by site and criterion, [0, 1], nothing missing; only
        criteria that weigh something.
    known
        Same shape: whether evidence stands behind it.
    shares
        By criterion, adding up to 1.
    names
        By site.
    by
        ``score``: an unknown counts as nothing proven, 0; ``potential``: at its best.
    worth
        By site and method id, in the method's own measure: score, product, closeness (higher is
        better); Q of VIKOR, Pareto layer (lower is better); net flow (higher is better).
    ranks, lasts
        Int64 by site and method id: the rank, which equals share, and the last place that the
        equals take up together.
    tau, rho
        Kendall's tau-b and Spearman's rho by method and method; NaN where a method tells no two
        sites apart.
    spread
        By site: `spread`, how many ranks two methods are apart at least, however ties are
        broken; `best_method` and `worst_method`.
    """

    given: pd.DataFrame
    known: pd.DataFrame
    shares: pd.Series
    names: pd.Series
    by: str
    worth: pd.DataFrame
    ranks: pd.DataFrame
    lasts: pd.DataFrame
    tau: pd.DataFrame
    rho: pd.DataFrame
    spread: pd.DataFrame


def compare_methods(assessment: Assessment) -> Comparison:
    """Rank the located sites of an assessment by every method.

    An unknown is neither dropped nor given a mean: ranked by score, it counts as what is proven,
    nothing; ranked by potential, as the best there is. Criteria without weight take no part.

    Raises
    ------
    CannotDoError
        If no site has a rank.
    """
    ranked = assessment.rank.dropna().index
    if ranked.empty:
        raise CannotDoError("None of the sites has a public location: there is nothing to rank.")
    shares = pd.Series(assessment.scenario.shares, dtype=float)
    shares = shares[shares > 0]
    proven = assessment.scores.utilities
    taken = proven.fillna(0.0) if assessment.by == "score" else utilities(assessment.metrics)[1]
    given = taken.loc[ranked, shares.index].round(DECIMALS)
    worth, goodness = _by_method(
        np.asarray(given, dtype=np.float64), np.asarray(shares, dtype=np.float64)
    )
    everywhere = pd.Series(data=True, index=ranked)
    ranks = pd.DataFrame(
        {
            name: rank_sites(pd.Series(good, index=ranked), rankable=everywhere)
            for name, good in goodness.items()
        }
    )
    # the sum is not computed twice: it is the ranking that everything else shows
    sums = assessment.scores.score if assessment.by == "score" else assessment.scores.potential
    ranks.insert(0, "weighted_sum", assessment.rank[ranked])
    lasts = ranks.apply(lambda one: one + one.groupby(one).transform("size") - 1).astype("Int64")
    tau, rho = agreement(ranks)
    return Comparison(
        given=given,
        known=proven.loc[ranked, shares.index].notna(),
        shares=shares,
        names=assessment.sites.loc[ranked, "name"],
        by=assessment.by,
        worth=pd.DataFrame({"weighted_sum": sums[ranked], **worth}, index=ranked),
        ranks=ranks,
        lasts=lasts,
        tau=tau,
        rho=rho,
        spread=_spread(ranks, lasts),
    )


def _by_method(values: Floats, shares: Floats) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Give the measure of each method, and how good it is: higher is better."""
    products, order = weighted_product(values, shares)
    closeness = topsis(values, shares)
    distance = vikor(values, shares, cited("vikor_group_utility").value)
    flow = net_flows(values, shares)
    layers = pareto_layers(values).astype(float)
    worth = {
        "weighted_product": products,
        "topsis": closeness,
        "vikor": distance,
        "promethee": flow,
        "pareto": layers,
    }
    return worth, worth | {"weighted_product": order, "vikor": -distance, "pareto": -layers}


def agreement(ranks: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give Kendall's tau-b and Spearman's rho of every two columns of ranks.

    Returns
    -------
    tau, rho
        Square, by column and column, [-1, 1]; NaN where a column ranks all equal, at 1.
    """
    from scipy.stats import kendalltau, spearmanr

    tau = pd.DataFrame(np.nan, index=ranks.columns, columns=ranks.columns)
    rho = tau.copy()
    telling = [name for name in ranks.columns if ranks[name].max() > 1]
    for one in telling:
        for other in telling:
            pair = ranks[one].to_numpy(float), ranks[other].to_numpy(float)
            tau.loc[one, other] = kendalltau(*pair).statistic
            rho.loc[one, other] = spearmanr(*pair).statistic
    return tau, rho


def _spread(ranks: pd.DataFrame, lasts: pd.DataFrame) -> pd.DataFrame:
    """Say which methods see a site best and worst, and how far apart at least."""
    first, last = ranks.astype(float), lasts.astype(float)
    apart = (first.max(axis=1) - last.min(axis=1)).clip(lower=0)
    return pd.DataFrame(
        {
            "spread": apart.astype("Int64"),
            "best_method": last.idxmin(axis=1),
            "worst_method": first.idxmax(axis=1),
        }
    )
