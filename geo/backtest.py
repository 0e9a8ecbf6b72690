"""Does the ranking predict which sites win AI contracts? Past dates, and what then happened.

The sites energised before a date are ranked with what was known then, as far as the tables tell,
and held against the contracts that were won until a cut-off. Weights are never fitted to this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.backtest_cohort import LEFT_OUT, NEGATIVE, POSITIVE, cohort, company, outcomes
from geo.backtest_known import assess_before, deliveries_before, nearest_substation_km
from geo.backtest_metrics import (
    MEASURES,
    expected_by_chance,
    group,
    intervals,
    measures,
    p_value,
    resample,
    shuffles,
)
from geo.durations import estimate
from geo.parameters import cited
from geo.ranking import rank_sites

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.backtest_cohort import Window
    from geo.durations import Conversions
    from geo.scenario import Origin, Scenario
    from layers import Layers

METHODS = {
    "score": "this ranking by score",
    "potential": "this ranking by potential",
    "energised_mw": "energised MW alone",
    "substation_km": "distance to the nearest substation alone",
    "name": "alphabet",
    "random": "chance",
}
"""What is compared; the first two are ours."""
OURS = "score"
BASELINES = ("energised_mw", "substation_km", "name", "random")
ORDERED = tuple(name for name in METHODS if name != "random")
"""The methods that give an order; chance gives an expectation."""


@dataclass(frozen=True, slots=True)
class DateResult:
    """What one date gives.

    Attributes
    ----------
    window
        The date and the cut-off.
    sites
        Every site of the table, index `site_id`, by id: `name`, `operator`, `label`, `reason`,
        `won`, `won_evidence`, the worth by each method (`score`, `potential`, `energised_mw`,
        `substation_km`; NaN where unknown or not of the cohort) and, of positives and negatives,
        `rank_<method>` among them (float; the least of the tie, NaN for others).
    methods
        Index method id: `title`, `mean_rank` of the winners (the middle of a tie) and, where
        there are winners enough, the columns of `MEASURES` with `_low` and `_high`, and
        `p_value`; NaN where a figure does not exist.
    headline
        Whether there are winners enough for the measures.
    redrawn
        Bootstrap resamples without a winner or without another that were drawn again.
    deliveries
        Conversions known to be delivered before the date.
    """

    window: Window
    sites: pd.DataFrame
    methods: pd.DataFrame
    headline: bool
    redrawn: int
    deliveries: int

    @property
    def n_winners(self) -> int:
        """Count the positives."""
        return int((self.sites["label"] == POSITIVE).sum())

    @property
    def n_others(self) -> int:
        """Count the negatives."""
        return int((self.sites["label"] == NEGATIVE).sum())

    def better_than(self, ours: str) -> list[str]:
        """Name the baselines that do better than a method; by AUC where it is given."""
        by = -self.methods["auc"] if self.headline else self.methods["mean_rank"]
        return [one for one in BASELINES if by[one] < by[ours]]

    def hangs_on(self, ours: str) -> dict[str, list[str]]:
        """Name the winners without whom a baseline would do better, and which; by mean rank."""
        compared = self.sites[self.sites["label"].isin([POSITIVE, NEGATIVE])]
        ranks = compared[[f"rank_{name}" for name in METHODS]].rank(method="average")
        won = compared["label"] == POSITIVE
        found = {}
        for winner in compared.index[won]:
            others = ranks[won & (compared.index != winner)].mean()
            better = [one for one in BASELINES if others[f"rank_{one}"] < others[f"rank_{ours}"]]
            if better:
                found[str(compared.at[winner, "name"])] = better
        return found


@dataclass(frozen=True, slots=True)
class Backtest:
    """The result.

    Attributes
    ----------
    scenario, origin, target_mw, seed, until
        What was asked; `origin` is the scenario's file; the seed decides resamples and shuffles.
    dates
        One result per date.
    conversions
        Conversion times at the cut-off.
    """

    scenario: Scenario
    origin: Origin
    target_mw: float
    seed: int
    until: str
    dates: tuple[DateResult, ...]
    conversions: Conversions


def backtest(  # noqa: PLR0913 - the tables, and what is asked of them
    sites: pd.DataFrame,
    layers: Layers,
    claims: pd.DataFrame,
    scenario: Scenario,
    *,
    origin: Origin,
    target_mw: float,
    windows: Sequence[Window],
    seed: int = 0,
) -> Backtest:
    """Rank at past dates and hold the ranks against what then happened.

    Parameters
    ----------
    sites, layers
        As `geo.sites` gives them, and the layers by id; one that is absent leaves its criteria
        unknown.
    claims
        As `layers.read_conversions` gives them; the labels are made from them alone.
    scenario, origin, target_mw
        Weights and target: those of today; and the file that the weights stand in.
    windows
        Dates, all with one cut-off, as `geo.backtest_cohort.windows` gives them.
    seed
        Decides resamples and shuffles. A date's figures do not depend on what other dates are
        asked.

    Returns
    -------
    backtest
        The same for the same arguments, to the last bit, whatever the order of the claims.
    """
    results = tuple(
        look_back(sites, layers, claims, scenario, target_mw=target_mw, window=one, seed=seed)
        for one in windows
    )
    until = windows[0].until
    return Backtest(scenario, origin, target_mw, seed, until, results, estimate(claims, until))


def look_back(  # noqa: PLR0913 - as `backtest`
    sites: pd.DataFrame,
    layers: Layers,
    claims: pd.DataFrame,
    scenario: Scenario,
    *,
    target_mw: float,
    window: Window,
    seed: int,
) -> DateResult:
    """Give the result of one date; see `backtest`."""
    reason = cohort(sites, window)
    members = sites[reason.isna()]
    campuses = layers["campuses"].table if "campuses" in layers else None
    outcome = outcomes(members, claims, campuses, window)
    table = sites[["name", "operator"]].assign(label=LEFT_OUT, reason=reason)
    table = table.assign(won=None, won_evidence=None)
    table.loc[members.index, list(outcome.columns)] = outcome
    worth = worths(members, layers, scenario, target_mw, window)
    compared = outcome.index[outcome["label"] != LEFT_OUT]
    ranks = rank_by(worth.loc[compared])
    table = table.join(worth.drop(columns="name")).join(ranks.add_prefix("rank_")).sort_index()
    won = outcome.loc[compared, "label"].eq(POSITIVE)
    headline = won.sum() >= cited("backtest_least_positives").value and not won.all()
    methods = mean_ranks(ranks, won)
    redrawn = 0
    if headline:
        rng = np.random.default_rng([seed, int(window.as_of.replace("-", ""))])
        found, redrawn = measured(ranks, won, company(sites.loc[compared]), rng)
        methods = methods.join(found)
    return DateResult(window, table, methods, bool(headline), redrawn, deliveries_before(window))


def worths(
    members: pd.DataFrame, layers: Layers, scenario: Scenario, target_mw: float, window: Window
) -> pd.DataFrame:
    """Give what each method goes by.

    Returns
    -------
    worth
        On the sites' index: `score`, `potential`, `energised_mw`, `substation_km` (the one
        column of which less is better) and `name`; NaN where unknown.
    """
    if members.empty:
        columns = [name for name in ORDERED if name != "name"]
        return members[["name"]].join(pd.DataFrame(columns=columns, dtype=float))
    scores = assess_before(members, layers, scenario, target_mw, window).scores
    return pd.DataFrame(
        {
            "score": scores.score,
            "potential": scores.potential,
            "energised_mw": members["energised_mw"],
            "substation_km": nearest_substation_km(members, layers),
            "name": members["name"],
        }
    )


def rank_by(worth: pd.DataFrame) -> pd.DataFrame:
    """Rank by every method, the best first; equals share the least rank, the unknown come last.

    Returns
    -------
    ranks
        One column per method of `METHODS`, float; chance gives everyone (n + 1)/2.
    """
    higher = worth.drop(columns="name")
    higher = higher.assign(substation_km=-higher["substation_km"]).fillna(-np.inf)
    names = worth["name"].fillna("").str.casefold()
    higher["name"] = -names.rank(method="min")
    everyone = pd.Series(data=True, index=worth.index)
    ranks = {name: rank_sites(higher[name], rankable=everyone).astype(float) for name in ORDERED}
    return pd.DataFrame({**ranks, "random": (len(worth) + 1) / 2}, index=worth.index)


def mean_ranks(ranks: pd.DataFrame, won: pd.Series) -> pd.DataFrame:
    """Give the mean rank of the winners by method, NaN where nobody won.

    A winner among equals counts with the middle of the tie: by its least rank a method that ties
    everything would place everyone first.
    """
    middle = ranks.rank(method="average")
    return pd.DataFrame(
        {"title": METHODS, "mean_rank": middle[won].mean()}, index=pd.Index(METHODS, name="method")
    )


def measured(
    ranks: pd.DataFrame, won: pd.Series, operator: pd.Series, rng: np.random.Generator
) -> tuple[pd.DataFrame, int]:
    """Give every measure with its interval and the probability of its AUC by chance.

    Parameters
    ----------
    ranks
        As `rank_by` gives them.
    won
        Which sites won, at least one and not all.
    operator
        The company of each site: sites of one company are drawn together.
    rng
        Decides resamples and shuffles; all methods see the same ones.

    Returns
    -------
    measured, redrawn
        Index method id: `MEASURES`, each with `_low` and `_high` (90 %), and `p_value`; chance has
        expectations only. And how many resamples were drawn again.
    """
    k, draws = int(cited("backtest_top_k").value), int(cited("backtest_draws").value)
    label = won.to_numpy(bool)
    drawn = resample(operator.to_numpy(object), label, draws, rng)
    shuffled = shuffles(label, draws, rng)
    rows = {}
    for name in ORDERED:
        worth = -ranks[name].to_numpy(float)
        low, high = intervals(worth, label, drawn, k)
        rows[name] = (
            _row(measures(group(worth, label), k))
            | _row(low, "_low")
            | _row(high, "_high")
            | {"p_value": p_value(worth, label, shuffled)}
        )
    rows["random"] = _row(expected_by_chance(int(label.sum()), int((~label).sum()), k))
    return pd.DataFrame.from_dict(rows, orient="index"), drawn.redrawn


def _row(values: np.ndarray, suffix: str = "") -> dict[str, float]:
    return {f"{name}{suffix}": float(value) for name, value in zip(MEASURES, values, strict=True)}
