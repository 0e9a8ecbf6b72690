"""Compiled ranking of many weight draws. The host's side is `geo.rank_counts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo._compiled import exact_kernel, kernel

if TYPE_CHECKING:
    from geo.arrays import Array

_TILE = 32
"""Sites at a time: a cache line holds the ranks of so many."""
_MOST_MOVES = 32
"""Moves a site beyond which buckets are too full: then a library sort is faster."""
_CHUNK = 64
"""Scores of which only the highest is looked at, unless it is high enough."""


@kernel
def score_row(utilities: Array, weights: Array, scores: Array) -> None:
    """Weigh every site's utilities, shape ``(m, n)``, by one draw.

    The criteria are added up in their order, four at a time to spare the memory.
    """
    m, n = weights.size, scores.size
    scores[:] = 0
    for c in range(0, m - 3, 4):
        w0, w1, w2, w3 = weights[c], weights[c + 1], weights[c + 2], weights[c + 3]
        for i in range(n):
            scores[i] = (
                scores[i]
                + w0 * utilities[c, i]
                + w1 * utilities[c + 1, i]
                + w2 * utilities[c + 2, i]
                + w3 * utilities[c + 3, i]
            )
    for c in range(m - m % 4, m):
        weight = weights[c]
        for i in range(n):
            scores[i] += weight * utilities[c, i]


@kernel
def _scatter(worse: Array, starts: Array, order: Array, bits: int) -> None:
    """Put the sites into buckets, the best first."""
    least, most = worse[0], worse[0]
    for i in range(worse.size):
        least, most = min(least, worse[i]), max(most, worse[i])
    shift = 0
    while (most - least) >> shift >= starts.size - 1:
        shift += 1
    starts[:] = 0
    for i in range(worse.size):
        starts[((worse[i] - least) >> shift) + 1] += 1
    total = 0
    for b in range(1, starts.size):
        total += starts[b]
        starts[b] = total
    for i in range(worse.size):
        own = worse[i] - least
        bucket = own >> shift
        place = starts[bucket]
        starts[bucket] = place + 1
        order[place] = (own << bits) | i


@kernel
def order_row(worse: Array, starts: Array, order: Array, bits: int) -> None:
    """Put one draw's sites in order.

    Scores fall into more buckets of equal width than there are sites, so that most hold one or
    two: counting replaces the sort, and few have to move within their bucket.

    Parameters
    ----------
    worse
        Shape ``(n,)``, whole numbers: the higher the score, the lower.
    starts
        Work space: buckets and one.
    order
        Shape ``(n,)``, filled: what a site lacks to the best, then in the last `bits` the site.
    """
    _scatter(worse, starts, order, bits)
    moves = 0
    for i in range(1, order.size):
        own = order[i]
        if order[i - 1] > own:
            j = i - 1
            while j >= 0 and order[j] > own:
                order[j + 1] = order[j]
                j -= 1
            order[j + 1] = own
            moves += i - 1 - j
            if moves > _MOST_MOVES * order.size:
                order.sort()
                return


@kernel
def _tally(ranks: Array, top: int, shift: int, tally: tuple[Array, Array, Array]) -> None:
    """Add a block of ranks from 0, shape ``(draws, n)``, to sums, top counts and histograms.

    By site, not by draw: a site's histogram stays in the cache.
    """
    total, tops, histogram = tally
    draws, n = ranks.shape
    tile = np.empty((_TILE, draws), ranks.dtype)
    for first in range(0, n, _TILE):
        many = min(_TILE, n - first)
        for d in range(draws):
            for j in range(many):
                tile[j, d] = ranks[d, first + j]
        for j in range(many):
            own, bins = tile[j], histogram[first + j]
            ranked, often = draws, 0
            for d in range(draws):
                ranked += own[d]
            for d in range(draws):
                often += own[d] < top
            for d in range(draws):
                bins[own[d] >> shift] += 1
            total[first + j] += ranked
            tops[first + j] += often


@kernel
def rank_block(
    utilities: Array,
    weights: Array,
    whole: Array,
    unit: float,
    top: int,
    shift: int,
    tally: tuple[Array, Array, Array],
    leaders: tuple[Array, Array],
    ranks: Array,
) -> None:
    """Rank a block of weight draws, shape ``(draws, m)``, and add it to the tally.

    Scores are compared in whole numbers of 1 / `unit`, the nearest. Ranks go into bins of
    ``2 ** shift``. `leaders` collects how often a site is first, and the weights under which it
    is, in the whole numbers of `whole`, shape ``(draws, m)``: sums of whole numbers do not depend
    on their order. `ranks`, shape ``(draws, n)``, is work space.
    """
    draws, n = weights.shape[0], utilities.shape[1]
    first, firsts = leaders
    bits = 1
    while 1 << bits < n:
        bits += 1
    scores, worse, order = np.empty(n), np.empty(n, np.int64), np.empty(n, np.int64)
    starts, last = np.empty((2 << bits) + 1, np.uint32), (1 << bits) - 1
    for d in range(draws):
        score_row(utilities, weights[d], scores)
        for i in range(n):
            worse[i] = -np.int64(scores[i] * unit + 0.5)
        order_row(worse, starts, order, bits)
        rank, before, row = 0, order[0] >> bits, ranks[d]
        for place in range(n):
            lacks = order[place] >> bits
            if lacks > before:
                rank, before = place, lacks
            row[order[place] & last] = rank
        for place in range(n):
            site = order[place] & last
            if row[site]:
                break
            first[site] += 1
            firsts[site] += whole[d]
    _tally(ranks[:draws], top, shift, tally)


@exact_kernel
def _chunk_maxima(scores: Array, size: int, maxima: Array) -> int:
    """Give the highest score of each chunk, and how many chunks there are."""
    chunks = 0
    for start in range(0, scores.size, size):
        highest = scores[start]
        for i in range(start + 1, min(start + size, scores.size)):
            highest = max(highest, scores[i])
        maxima[chunks] = highest
        chunks += 1
    return chunks


@kernel
def _keep(heap: Array, score: float) -> None:
    """Replace the smallest of a heap and let the new one sink."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= heap.size:
            break
        if child + 1 < heap.size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= score:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = score


@kernel
def _near_top(scores: Array, slack: np.float32, work: tuple[Array, Array, Array]) -> int:
    """Find the sites whose score reaches the k-th highest less the slack; give how many.

    The k-th highest of the chunks' best is no higher than the k-th highest of all, so only
    chunks that reach it are looked into. `work`: a heap of k scores, place for n sites, and
    place for the chunks.
    """
    heap, near, maxima = work
    size = max(1, min(_CHUNK, scores.size // (4 * heap.size)))
    chunks = _chunk_maxima(scores, size, maxima)
    heap[:] = -np.inf
    for chunk in range(chunks):
        if maxima[chunk] > heap[0]:
            _keep(heap, maxima[chunk])
    least = heap[0] - slack
    heap[:] = -np.inf
    found = 0
    for chunk in range(chunks):
        if maxima[chunk] >= least:
            for i in range(chunk * size, min((chunk + 1) * size, scores.size)):
                if scores[i] >= least:
                    near[found] = i
                    found += 1
                    if scores[i] > heap[0]:
                        _keep(heap, scores[i])
    kept = 0
    for j in range(found):
        if scores[near[j]] >= heap[0] - slack:
            near[kept] = near[j]
            kept += 1
    return kept


@kernel
def top_block(
    utilities: Array,
    single: Array,
    weights: Array,
    whole: Array,
    unit: float,
    tops: Array,
    leaders: tuple[Array, Array],
    heap: Array,
) -> None:
    """Count who is among the k best of each weight draw, in single precision, then checked.

    `single` holds the utilities in single precision. Whoever is within the rounding error of the
    k-th place is scored again in double precision, so the answer is that of double precision.
    `heap` has k places of single precision; the rest is as in `rank_block`.
    """
    draws, m = weights.shape
    n, top = single.shape[1], heap.size
    first, firsts = leaders
    rough, near = np.empty(n, np.float32), np.empty(n, np.int32)
    work = heap, near, np.empty(n, np.float32)
    exact = np.empty(n, np.int64)
    light = weights.astype(np.float32)
    # each of 2 m + 1 roundings is at most 2^-24 of a number that is at most 1; twice that
    slack = np.float32(2 * (2 * m + 1) * 2.0**-24)
    for d in range(draws):
        score_row(single, light[d], rough)
        found = _near_top(rough, slack, work)
        for j in range(found):
            score = 0.0
            for c in range(m):
                score += weights[d, c] * utilities[c, near[j]]
            exact[j] = np.int64(score * unit + 0.5)
        for j in range(found):
            better = 0
            for other in range(found):
                better += exact[other] > exact[j]
            if better < top:
                tops[near[j]] += 1
            if better == 0:
                first[near[j]] += 1
                firsts[near[j]] += whole[d]
