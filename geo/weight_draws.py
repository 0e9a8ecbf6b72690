"""Draws of weights: what other opinions there might be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import AskedWronglyError
from geo.random_streams import generator

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from geo.arrays import Floats

Interval = tuple[float, float]
_SWEEPS = 60
"""Rounds of the walk; `tests/geo/test_weight_draws.py` compares it with rejection sampling."""
_ROUNDING = 1e-9


def uniform_weights(m: int, draws: int, seed: int) -> Floats:
    """Draw uniformly from the simplex: nothing is known of the weights.

    Returns
    -------
    weights
        Shape ``(draws, m)``, each row adding up to 1: exponentials over their sum (L. Devroye,
        Non-Uniform Random Variate Generation, 1986, ch. V, theorem 2.2).
    """
    drawn = generator(seed, "weights").standard_exponential((draws, m))
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))


def weights_around(shares: Floats, concentration: float, draws: int, seed: int) -> Floats:
    """Draw from a Dirichlet distribution whose mean is the shares.

    Parameters
    ----------
    shares
        Shape ``(m,)``, adding up to 1; a share of 0 stays 0 in every draw.
    concentration
        The standard deviation of a share s is sqrt(s (1 - s) / (concentration + 1)).

    Returns
    -------
    weights
        Shape ``(draws, m)``, each row adding up to 1.
    """
    drawn = np.zeros((draws, len(shares)))
    some = shares > 0
    shape = concentration * shares[some]
    # log(G(a)) = log(G(a + 1)) + log(U) / a: a small shape would give 0 / 0 otherwise
    random = generator(seed, "weights")
    logs = np.log(random.standard_gamma(shape + 1, (draws, len(shape))))
    logs -= random.standard_exponential((draws, len(shape))) / shape
    part = np.exp(logs - logs.max(axis=1, keepdims=True))
    drawn[:, some] = part / part.sum(axis=1, keepdims=True)
    return drawn


def weights_within(intervals: Mapping[str, Interval], draws: int, seed: int) -> Floats:
    """Draw uniformly from the weights that lie in intervals and add up to 1.

    Every draw is the end of a random walk of its own: two weights at a time share out what
    they have together anew, uniformly within both intervals (Gibbs sampling).

    Parameters
    ----------
    intervals
        Least and most share by criterion, as `check_intervals` lets them pass.

    Returns
    -------
    weights
        Shape ``(draws, m)``, in the order of the intervals.
    """
    low, high = np.array(list(intervals.values()), dtype=float).T
    room = high - low
    start = low + room * ((1 - low.sum()) / room.sum() if room.sum() > 0 else 0.0)
    weights = np.repeat(start[:, None], draws, axis=1)
    random = generator(seed, "weights")
    pairs = [(i, j) for i in range(len(low)) for j in range(i)]
    for _ in range(_SWEEPS if len(low) > 1 else 0):
        for i, j in random.permutation(pairs):
            both = weights[i] + weights[j]
            least = np.maximum(low[i], both - high[j])
            most = np.minimum(high[i], both - low[j])
            weights[i] = least + np.maximum(most - least, 0) * random.random(draws)
            weights[j] = both - weights[i]
    return np.ascontiguousarray(weights.T)


def check_intervals(
    given: Mapping[str, object], known: tuple[str, ...], others: Collection[str] = ()
) -> dict[str, Interval]:
    """Check intervals of shares as a user gives them.

    Parameters
    ----------
    given
        Least and most share by criterion.
    known
        The criteria there are.
    others
        The criteria that weigh something: those without an interval may have any share.

    Raises
    ------
    AskedWronglyError
        With all breaches at once.
    """
    found, intervals = [], {}
    for name, pair in given.items():
        if name not in known:
            found.append(f"{name!r} is not a criterion; criteria: {', '.join(known)}")
        elif (sound := _interval(pair)) is None:
            found.append(f"{name}: found {pair!r:.60}, expected [least, most] within 0 and 1")
        else:
            intervals[name] = sound
    least = math.fsum(low for low, _ in intervals.values())
    most = math.fsum(high for _, high in intervals.values()) + len(set(others) - set(intervals))
    if not found and not least - _ROUNDING <= 1 <= most + _ROUNDING:
        found.append(
            f"shares add up to 1, but these to {least:g} at least and {most:g} at most: widen them"
        )
    if found:
        raise AskedWronglyError("Intervals of weights cannot be used:\n  " + "\n  ".join(found))
    return intervals


def _interval(pair: object) -> Interval | None:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        return None
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in pair):
        return None
    low, high = pair
    return (float(low), float(high)) if 0 <= low <= high <= 1 else None
