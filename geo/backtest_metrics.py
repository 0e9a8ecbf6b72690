"""How well an order finds the winners: bare arithmetic.

Everything is reckoned from how many winners and others stand in each group of equals, the best
group first. Where a cut falls inside a group, or a place inside it is asked for, the expectation
over every order of the equals is taken, so that a method that ties everything is worth as much as
chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]
    Flags = NDArray[np.bool_]

MEASURES = (
    "auc",
    "average_precision",
    "precision_at_k",
    "recall_at_k",
    "mean_reciprocal_rank",
)
_EQUAL = 1e-12
"""Sums of floats that differ by less are equal."""
_LOW, _HIGH = 0.05, 0.95
"""Ends of a 90 % interval."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Winners and others by group of equals, the best group first.

    Attributes
    ----------
    winners, others
        Shape ``(..., groups)``: how many of each; a site drawn twice counts twice.
    """

    winners: Counts
    others: Counts


def group(worth: Floats, won: Flags, times: Counts | None = None) -> Groups:
    """Count winners and others among equals.

    Parameters
    ----------
    worth
        Shape ``(n,)``, higher is better; NaN stands behind everything, all such equal.
    won
        Shape ``(n,)``, or ``(draws, n)`` for several labellings at once.
    times
        How often each site counts, shape ``(n,)`` or ``(draws, n)``; once by default.
    """
    value = np.where(np.isnan(worth), -np.inf, worth)
    order = np.argsort(-value, kind="stable")
    ordered = value[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    weight = np.ones(len(value), dtype=np.int64) if times is None else times
    return Groups(
        *(
            np.add.reduceat(np.where(flag, weight, 0)[..., order], starts, axis=-1)
            for flag in (won, ~won)
        )
    )


def auc(groups: Groups) -> Floats:
    """Give the share of pairs of a winner and another that stand the right way round.

    Equals count one half: the Mann-Whitney statistic over the number of pairs (Mann and Whitney,
    Ann. Math. Stat. 18, 1947). Shape ``(...)``; both kinds must be there.
    """
    winners, others = groups.winners, groups.others
    total = others.sum(axis=-1)
    below = total[..., None] - others.cumsum(axis=-1)
    pairs = winners.sum(axis=-1) * total
    return np.asarray((winners * (below + others / 2)).sum(axis=-1) / pairs)


def average_precision(groups: Groups) -> Floats:
    """Give the mean, over the winners, of the precision down to each one's group.

    Sum of the steps of recall times precision at each threshold, without interpolation (as
    scikit-learn's `average_precision_score`): equals are taken in together. Shape ``(...)``.
    """
    hits, seen = groups.winners.cumsum(axis=-1), (groups.winners + groups.others).cumsum(axis=-1)
    precision = hits / np.maximum(seen, 1)
    return np.asarray((groups.winners * precision).sum(axis=-1) / groups.winners.sum(axis=-1))


def hits_at(groups: Groups, k: int) -> Floats:
    """Give how many winners are expected among the first k. Shape ``(...)``."""
    size = groups.winners + groups.others
    before = size.cumsum(axis=-1) - size
    inside = np.clip((k - before) / np.maximum(size, 1), 0, 1)
    return np.asarray((groups.winners * inside).sum(axis=-1))


def mean_reciprocal_rank(groups: Groups) -> Floats:
    """Give the mean over all winners of one over the rank, not of the first winner only.

    A winner among equals takes the mean of one over each of the places that they share. Shape
    ``(...)``.
    """
    size = groups.winners + groups.others
    last = size.cumsum(axis=-1)
    harmonic = _harmonic(int(last[..., -1].max(initial=0)))
    share = (harmonic[last] - harmonic[last - size]) / np.maximum(size, 1)
    return np.asarray((groups.winners * share).sum(axis=-1) / groups.winners.sum(axis=-1))


def _harmonic(n: int) -> Floats:
    """Give the harmonic numbers from the 0th to the nth."""
    return np.concatenate(([0.0], np.cumsum(1 / np.arange(1, n + 1))))


def measures(groups: Groups, k: int) -> Floats:
    """Give every measure of `MEASURES`, shape ``(..., 5)``.

    Precision at k is over k, or over all sites where there are fewer; recall over the winners.
    """
    winners = groups.winners.sum(axis=-1)
    hits = hits_at(groups, k)
    first = np.minimum(k, winners + groups.others.sum(axis=-1))
    columns = (
        auc(groups),
        average_precision(groups),
        hits / first,
        hits / winners,
        mean_reciprocal_rank(groups),
    )
    return np.stack(columns, axis=-1)


def expected_by_chance(n_winners: int, n_others: int, k: int) -> Floats:
    """Give the expectation of every measure over all orders, shape ``(5,)``.

    The rank of a winner is uniform on 1 to n; given a winner at rank r, each of the r - 1 before
    it is a winner with probability (winners - 1)/(n - 1).
    """
    n = n_winners + n_others
    harmonic = float(_harmonic(n)[n])
    among = (n_winners - 1) / (n - 1)
    precision = (harmonic * (1 - among) + n * among) / n
    return np.array([0.5, precision, n_winners / n, min(k, n) / n, harmonic / n])


@dataclass(frozen=True, slots=True)
class Resamples:
    """Bootstrap resamples of whole clusters.

    Attributes
    ----------
    times
        Shape ``(draws, n)``: how often each site is in each resample.
    redrawn
        How many resamples held no winner or no other and were drawn again.
    """

    times: Counts
    redrawn: int


def resample(
    cluster: NDArray[np.object_], won: Flags, draws: int, rng: np.random.Generator
) -> Resamples:
    """Draw clusters with replacement, as many as there are, each with all its sites.

    Sites of one company are not independent, so the company is what is drawn (Davison and
    Hinkley, Bootstrap Methods and their Application, 1997, section 3.8).

    Parameters
    ----------
    cluster
        Which cluster each site belongs to, shape ``(n,)``.
    won
        Shape ``(n,)``, with a winner and another in it.
    draws
        How many resamples.
    rng
        Decides what is drawn.
    """
    names, member = np.unique(cluster.astype(str), return_inverse=True)
    kept: list[Counts] = []
    short, drawn = draws, 0
    while short:
        picked = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=short)
        times = picked[:, member]
        sound = (times[:, won].sum(axis=1) > 0) & (times[:, ~won].sum(axis=1) > 0)
        kept.append(times[sound])
        drawn += short
        short -= int(sound.sum())
    return Resamples(np.concatenate(kept), drawn - draws)


def intervals(worth: Floats, won: Flags, drawn: Resamples, k: int) -> tuple[Floats, Floats]:
    """Give the ends of the 90 % percentile interval of every measure, shape ``(5,)`` each."""
    found = measures(group(worth, won, drawn.times), k)
    low, high = np.quantile(found, [_LOW, _HIGH], axis=0)
    return low, high


def shuffles(won: Flags, draws: int, rng: np.random.Generator) -> Flags:
    """Give the labels in random orders, shape ``(draws, n)``."""
    return rng.permuted(np.tile(won, (draws, 1)), axis=1)


def p_value(worth: Floats, won: Flags, shuffled: Flags) -> float:
    """Give the probability of an AUC at least as good if the labels meant nothing.

    (1 + shuffles at least as good) / (1 + shuffles), which is never 0 (Phipson and Smyth, Stat.
    Appl. Genet. Mol. Biol. 9, 2010).
    """
    found = float(auc(group(worth, won)))
    chance = auc(group(worth, shuffled))
    return float((1 + (chance >= found - _EQUAL).sum()) / (1 + len(shuffled)))
