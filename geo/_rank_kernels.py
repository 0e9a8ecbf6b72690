"""Compiled ranking of many weight draws. The host's side is `geo.rank_counts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo._compiled import kernel

if TYPE_CHECKING:
    from geo.arrays import Array

_TILE = 16
_CROWD = 256
"""Scores in one bucket beyond which a library sort beats moving them one by one."""


@kernel
def score_row(utilities: Array, weights: Array, scores: Array) -> None:
    """Weigh every site's utilities, shape ``(m, n)``, by one draw, the criteria in their order."""
    for i in range(scores.size):
        scores[i] = weights[0] * utilities[0, i]
    for c in range(1, weights.size):
        weight = weights[c]
        for i in range(scores.size):
            scores[i] += weight * utilities[c, i]


@kernel
def _ends(scores: Array) -> tuple[float, float]:
    """Give the lowest and the highest score; four at a time, since each waits for the last."""
    n = scores.size
    l0 = l1 = l2 = l3 = h0 = h1 = h2 = h3 = scores[0]
    for i in range(0, n - 3, 4):
        a, b, c, d = scores[i], scores[i + 1], scores[i + 2], scores[i + 3]
        l0, l1 = (a if a < l0 else l0), (b if b < l1 else l1)
        l2, l3 = (c if c < l2 else l2), (d if d < l3 else l3)
        h0, h1 = (a if a > h0 else h0), (b if b > h1 else h1)
        h2, h3 = (c if c > h2 else h2), (d if d > h3 else h3)
    for i in range(n - n % 4, n):
        l0, h0 = min(l0, scores[i]), max(h0, scores[i])
    return min(l0, l1, l2, l3), max(h0, h1, h2, h3)


@kernel
def _scatter(scores: Array, bucket: Array, starts: Array, order: Array, best: Array) -> int:
    """Put the sites into buckets of falling score, and give how many the fullest holds."""
    low, high = _ends(scores)
    scale = (starts.size - 2) / (high - low) if high > low else 0.0
    starts[:] = 0
    for i in range(scores.size):
        bucket[i] = np.int32((high - scores[i]) * scale)
    for i in range(scores.size):
        starts[bucket[i] + 1] += 1
    total, fullest = 0, 0
    for b in range(1, starts.size):
        fullest = max(fullest, starts[b])
        total += starts[b]
        starts[b] = total
    for i in range(scores.size):
        place = starts[bucket[i]]
        starts[bucket[i]] = place + 1
        order[place], best[place] = i, scores[i]
    return fullest


@kernel
def order_row(scores: Array, bucket: Array, starts: Array, order: Array, best: Array) -> None:
    """Put one draw's sites in falling order of their scores, `best`, equals by their place.

    Scores fall into more buckets of equal width than there are sites, so that most hold one or
    two: counting replaces the sort, and few have to move within their bucket.
    """
    if _scatter(scores, bucket, starts, order, best) > _CROWD:
        order[:] = np.argsort(-scores, kind="mergesort")
        best[:] = scores[order]
        return
    for i in range(1, scores.size):
        score = best[i]
        if best[i - 1] < score:
            site, j = order[i], i - 1
            while j >= 0 and best[j] < score:
                best[j + 1], order[j + 1] = best[j], order[j]
                j -= 1
            best[j + 1], order[j + 1] = score, site


@kernel
def _tally(ranks: Array, top: int, shift: int, tally: tuple[Array, Array, Array]) -> None:
    """Add a block of ranks from 0, shape ``(draws, n)``, to sums, top counts and histograms.

    By site, not by draw: a site's histogram stays in the cache. Sites are taken a few at a
    time, since a cache line holds the ranks of several.
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
            bins = histogram[first + j]
            ranked, often = 0, 0
            for d in range(draws):
                ranked += tile[j, d] + 1
                often += tile[j, d] < top
                bins[tile[j, d] >> shift] += 1
            total[first + j] += ranked
            tops[first + j] += often


@kernel
def rank_block(
    utilities: Array,
    weights: Array,
    whole: Array,
    top: int,
    shift: int,
    tally: tuple[Array, Array, Array],
    leaders: tuple[Array, Array],
    ranks: Array,
) -> None:
    """Rank a block of weight draws, shape ``(draws, m)``, and add it to the tally.

    Ranks go into bins of ``2 ** shift``. `leaders` collects how often a site is first, and the
    weights under which it is, in the whole numbers of `whole`, shape ``(draws, m)``: sums of
    whole numbers do not depend on their order. `ranks`, shape ``(draws, n)``, is work space.
    """
    draws, n = weights.shape[0], utilities.shape[1]
    first, firsts = leaders
    buckets = 2
    while buckets < 2 * n:
        buckets *= 2
    scores, best, bucket = np.empty(n), np.empty(n), np.empty(n, np.int32)
    starts, order = np.empty(buckets + 1, np.int32), np.empty(n, np.int32)
    for d in range(draws):
        score_row(utilities, weights[d], scores)
        order_row(scores, bucket, starts, order, best)
        rank = 0
        for place in range(n):
            if place > 0 and best[place] < best[place - 1]:
                rank = place
            ranks[d, order[place]] = rank
            if rank == 0:
                first[order[place]] += 1
                firsts[order[place]] += whole[d]
    _tally(ranks[:draws], top, shift, tally)


@kernel
def _keep(heap: Array, score: float) -> None:
    """Replace the smallest of a heap and let the new one sink."""
    k, at = heap.size, 0
    while True:
        child = 2 * at + 1
        if child >= k:
            break
        if child + 1 < k and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= score:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = score


@kernel
def kth_largest(scores: Array, heap: Array) -> float:
    """Give the k-th largest score; few of many scores ever touch the heap."""
    k = heap.size
    for i in range(k):
        heap[i] = scores[i]
    heap.sort()
    step = 16
    i = k
    while i < scores.size:
        last = min(i + step, scores.size)
        best = scores[i]
        for j in range(i + 1, last):
            best = max(best, scores[j])
        if best > heap[0]:
            for j in range(i, last):
                if scores[j] > heap[0]:
                    _keep(heap, scores[j])
        i = last
    return float(heap[0])


@kernel
def top_block(
    utilities: Array,
    single: Array,
    weights: Array,
    whole: Array,
    tops: Array,
    leaders: tuple[Array, Array],
    heap: Array,
) -> None:
    """Count who is among the k best of each weight draw, in single precision, then checked.

    `single` holds the utilities in single precision. Whoever is within the rounding error of the
    k-th place is scored again in double precision, so the answer is that of double precision.
    `heap` has k places of single precision; `whole` and `leaders` are as in `rank_block`.
    """
    draws, m = weights.shape
    n, top = single.shape[1], heap.size
    first, firsts = leaders
    rough = np.empty(n, np.float32)
    near, exact = np.empty(n, np.int32), np.empty(n)
    light = weights.astype(np.float32)
    slack = np.float32(4 * (m + 2) * 2.0**-24)
    for d in range(draws):
        score_row(single, light[d], rough)
        least = kth_largest(rough, heap) - slack
        found = 0
        for i in range(n):
            if rough[i] >= least:
                near[found] = i
                found += 1
        for j in range(found):
            score = weights[d, 0] * utilities[0, near[j]]
            for c in range(1, m):
                score += weights[d, c] * utilities[c, near[j]]
            exact[j] = score
        for j in range(found):
            better = 0
            for other in range(found):
                better += exact[other] > exact[j]
            if better < top:
                tops[near[j]] += 1
            if better == 0:
                first[near[j]] += 1
                firsts[near[j]] += whole[d]
