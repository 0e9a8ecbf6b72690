"""Ints, over many draws, which rank each site takes: bare arithmetic.

Rank acceptability is R. Lahdelma and P. Salminen, SMAA-2, Operations Research 49 (2001), eq. 6;
central weights are its eq. 5.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from geo._threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from geo.arrays import Array, Floats, Ints, Mask

MOST_BINS = 1024
"""Up to so many sites every rank is counted on its own; beyond, in bins of 2, 4, 8, ... ranks."""
LARGE = 4_000_000
"""Scores beyond which compiled code pays for the time it takes to load."""
_MOST_CELLS = 2**26
"""Sites times bins, beyond which bins get wider: memory stays bounded."""
_BLOCK = 512
"""Draws that a thread ranks at a time, at most."""
_RANKS = 2**23
"""Ranks that a thread holds at a time: what the last cache takes."""
_BLOCKS = 64
"""Blocks whose draws are counted in 16 bits: such counts fit the cache."""
_SMALL_RANKS = 2**16
_UNIT = 2.0**40
_HALF = 32
"""Bits of a score in single precision."""


@dataclass(frozen=True, slots=True)
class RankCounts:
    """How often each site took each rank.

    Attributes
    ----------
    draws, top
        Number of draws; the k of the top k.
    total, in_top, first
        Per site, shape ``(n,)``: sum of its ranks, draws in the top k, draws at rank 1. Equals
        share a rank, so several can be first in one draw.
    histogram, shift
        Shape ``(n, bins)``: draws in which the rank, counted from 0, fell into the bin of
        ``2 ** shift`` ranks.
    firsts
        Shape ``(n, m)``: sum of the weights of the draws in which a site was first, in units of
        2^-40: sums of whole numbers do not depend on their order.
    """

    draws: int
    top: int
    total: Ints
    in_top: Ints
    first: Ints
    histogram: Ints
    shift: int
    firsts: Ints

    @property
    def expected(self) -> Floats:
        """Give the mean rank, shape ``(n,)``."""
        return np.asarray(self.total / self.draws)

    @property
    def acceptability(self) -> Floats:
        """Give the probability of each rank, shape ``(n, n)``; only where each is its own bin."""
        if self.shift:
            n = len(self.total)
            msg = f"Ranks of {n:,} sites are counted in bins: select at most {MOST_BINS:,} sites."
            raise ValueError(msg)
        return np.asarray(self.histogram / self.draws)

    def interval(self, share: float) -> tuple[Ints, Ints]:
        """Give the ranks between which a site lies in at least this share of the draws.

        No more than half of the other draws lie before the first, nor behind the last; where
        ranks are counted in bins both ends are rounded outwards.
        """
        tail = (1 - share) / 2 * self.draws
        reached = self.histogram.cumsum(axis=1)
        n = len(self.total)
        # a share such as 0.05 of 10,000 draws is not a whole number in floats
        low = (reached <= tail + 1e-6).sum(axis=1)
        high = (reached < self.draws - tail - 1e-6).sum(axis=1)
        return (low << self.shift) + 1, np.minimum((high + 1) << self.shift, n)

    def central_weights(self) -> Floats:
        """Give the mean weights under which each site is first, shape ``(n, m)``, NaN if never."""
        often = self.first[:, None]
        mean = self.firsts / _UNIT / np.maximum(often, 1)
        return np.where(often > 0, mean, np.nan)


def bin_shift(n: int) -> int:
    """Give the power of two of ranks that share a bin."""
    shift = 0
    while (n - 1) >> shift >= min(MOST_BINS, _MOST_CELLS // max(n, 1)):
        shift += 1
    return shift


def _nothing(n: int, m: int, top: int, kind: type | None = None) -> RankCounts:
    """Give counts before the first draw; of no kind, without a histogram."""
    shift = bin_shift(n)
    bins = ((n - 1) >> shift) + 1 if kind else 0
    total, in_top, first = np.zeros((3, n), np.int64)
    histogram: Ints = np.zeros((n, bins), kind or np.int32)
    firsts = np.zeros((n, m), np.int64)
    return RankCounts(0, top, total, in_top, first, histogram, shift, firsts)


def add_up(parts: Iterable[RankCounts]) -> RankCounts:
    """Add counts of one or more blocks of draws; all are whole numbers, so any order will do."""
    parts = iter(parts)
    whole = next(parts)
    draws = whole.draws
    for part in parts:
        draws += part.draws
        for name in ("total", "in_top", "first", "histogram", "firsts"):
            getattr(whole, name).__iadd__(getattr(part, name))
    return replace(whole, draws=draws)


def whole_numbers(weights: Floats) -> Ints:
    """Give weights in units of 2^-40."""
    return np.asarray(np.rint(weights * _UNIT), np.int64)


def count_block(scores: Array, weights: Floats, top: int) -> RankCounts:
    """Rank each draw of a block of scores.

    Parameters
    ----------
    scores
        Shape ``(draws, n)``; higher is better; equals share a rank.
    weights
        Shape ``(draws, m)``: the weights behind each draw.
    top
        The k of the top k.
    """
    draws, n = scores.shape
    order, new = _order_of(scores)
    rank: Ints = np.broadcast_to(np.arange(n), (draws, n))
    tied = np.flatnonzero(~new.all(axis=1))
    if len(tied):
        rank = rank.copy()
        starts = np.where(new[tied], np.arange(1, n), 0)
        rank[tied, 1:] = np.maximum.accumulate(starts, axis=1)
    shift = bin_shift(n)
    bins = ((n - 1) >> shift) + 1
    place = order * bins + (rank >> shift)
    histogram = np.bincount(place.ravel(), minlength=n * bins).reshape(n, bins)
    if shift:
        total = np.bincount(order.ravel(), weights=rank.ravel(), minlength=n).astype(np.int64)
        in_top = np.bincount(order[rank < top], minlength=n)
    else:
        total = histogram @ np.arange(n)
        in_top = histogram[:, :top].sum(axis=1)
    leads = np.flatnonzero(rank == 0)
    draw, leader = leads // n, order.ravel()[leads]
    first = np.bincount(leader, minlength=n)
    firsts = np.zeros((n, weights.shape[1]), np.int64)
    if draws:
        by_leader = np.argsort(leader, kind="stable")
        named, starts = np.unique(leader[by_leader], return_index=True)
        led = whole_numbers(weights)[draw[by_leader]]
        firsts[named] = np.add.reduceat(led, starts, axis=0)
    return RankCounts(draws, top, total + draws, in_top, first, histogram, shift, firsts)


def _order_of(scores: Array) -> tuple[Ints, Mask]:
    """Put each draw's sites in order, the best first, and say which differ from the one before.

    Returns
    -------
    order
        Shape ``(draws, n)``; equals in any order.
    new
        Shape ``(draws, n - 1)``.
    """
    if scores.dtype != np.float32 or np.signbit(scores).any():
        order = np.argsort(-scores, axis=1)
        best = np.take_along_axis(scores, order, axis=1)
        return order, best[:, 1:] != best[:, :-1]
    # a score that is not negative and its bits have the same order, and bits with the site behind
    # them are sorted at once, several times faster than an index
    bits = ~np.ascontiguousarray(scores).view(np.uint32)
    keys = bits.astype(np.uint64) << np.uint64(_HALF)
    keys |= np.arange(scores.shape[1], dtype=np.uint64)
    keys.sort(axis=1)
    order = keys.astype(np.uint32).astype(np.int64)
    return order, (keys[:, 1:] ^ keys[:, :-1]) >> np.uint64(_HALF) != 0


def count_ranks(utilities: Floats, weights: Floats, top: int = 10) -> RankCounts:
    """Rank sites whose utilities are certain under many weights.

    Parameters
    ----------
    utilities
        Shape ``(n, m)``, [0, 1], no NaN.
    weights
        Shape ``(draws, m)``, each row adding up to 1.
    top
        The k of the top k.

    Returns
    -------
    counts
        Scores are in double precision, compared in units of 2^-40; the same counts whatever the
        number of threads. Work space does not depend on the number of draws.
    """
    by_criterion, weights = _contiguous(utilities, weights)
    (m, n), draws = by_criterion.shape, len(weights)
    if not n or not draws:
        return _nothing(n, m, top, np.int32)
    if n * draws <= LARGE:
        blocks = (weights[at : at + _BLOCK] for at in range(0, draws, _BLOCK))
        return add_up(count_block(_scores(by_criterion, one), one, top) for one in blocks)
    from geo import _rank_kernels

    block = max(1, min(_BLOCK, _RANKS // n))
    whole = _nothing(n, m, top, np.int32)
    ours = Lock()

    def work(blocks: range) -> RankCounts:
        # a thread counts in 16 bits, which the cache holds, and hands over before they are full
        part = _nothing(n, m, top, np.uint16)
        tally, leaders = (part.total, part.in_top, part.histogram), (part.first, part.firsts)
        ranks = np.empty((block, n), np.uint16 if n < _SMALL_RANKS else np.int32)
        for number, at in enumerate(blocks, start=1):
            some = weights[at : at + block]
            _rank_kernels.rank_block(
                by_criterion, some, whole_numbers(some), _UNIT, top, part.shift, tally, leaders,
                ranks,
            )  # fmt: skip
            if not number % _BLOCKS or at == blocks[-1]:
                with ours:
                    np.add(whole.histogram, part.histogram, out=whole.histogram)
                part.histogram[:] = 0
        return replace(part, histogram=part.histogram[:, :0])

    counted = add_up(_side_by_side(work, draws, block))
    return replace(counted, draws=draws, histogram=whole.histogram)


def count_top(utilities: Floats, weights: Floats, top: int = 10) -> RankCounts:
    """Count who is in the top k and who is first, and nothing else: several times faster.

    Parameters and answers are those of `count_ranks`, with no sums of ranks and an empty
    histogram.
    """
    by_criterion, weights = _contiguous(utilities, weights)
    (m, n), draws = by_criterion.shape, len(weights)
    if not n or not draws:
        return _nothing(n, m, top)
    top = min(top, n)
    from geo import _rank_kernels

    single = by_criterion.astype(np.float32)

    def work(blocks: range) -> RankCounts:
        part = _nothing(n, m, top)
        heap = np.empty(top, np.float32)
        for at in blocks:
            some = weights[at : at + _BLOCK]
            _rank_kernels.top_block(
                by_criterion, single, some, whole_numbers(some), _UNIT, part.in_top,
                (part.first, part.firsts), heap,
            )  # fmt: skip
        return part

    return replace(add_up(_side_by_side(work, draws, _BLOCK)), draws=draws)


def _contiguous(utilities: Floats, weights: Floats) -> tuple[Floats, Floats]:
    by_criterion, weights = (
        np.ascontiguousarray(one, dtype=float) for one in (utilities.T, weights)
    )
    return by_criterion, weights


def _scores(by_criterion: Floats, weights: Floats) -> Floats:
    """Weigh, the criteria in their order, so that no other site can move a score's last bit.

    Scores come in whole numbers of 2^-40, about the 12 digits in which a ranking compares them.
    """
    scores: Floats = weights[:, :1] * by_criterion[0]
    for utility, weight in zip(by_criterion[1:], weights.T[1:], strict=True):
        scores += weight[:, None] * utility
    return np.floor(scores * _UNIT + 0.5)


def _side_by_side(work: Callable[[range], RankCounts], draws: int, block: int) -> list[RankCounts]:
    """Let each thread take every so-many-th block."""
    many = max(1, min(threads(), -(-draws // block)))
    shares = [range(first * block, draws, many * block) for first in range(many)]
    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(work, shares))
