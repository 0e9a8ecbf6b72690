"""Draws of utilities: what each site might be worth, given what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.criteria import CRITERIA
from geo.random_streams import Uniforms, key_of

if TYPE_CHECKING:
    from geo.arrays import Array, Floats, Ints, Mask, Singles
    from geo.criteria import Criterion
    from geo.metrics import Metrics

MEGAWATTS = "energised_mw"
"""What settles several criteria at once where it is not published, and the stream of its draws."""
HANG_ON_MEGAWATTS = (
    "energised_capacity",
    "expansion_capacity",
    "firm_capability",
    "poi_distance",
    "interconnection_cost",
    "time_to_target",
)
TILE = 128
"""Sites at a time, so that what is worked on stays in the cache."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What may be drawn of one criterion at all the sites, every array of shape ``(n,)``.

    Attributes
    ----------
    criterion
        The criterion.
    low, middle, high
        Metric: half of the draws lie evenly between the first two, half between the last two.
    drawn
        Whether a draw is needed: False where all three are one.
    up, down
        Whether nothing bounds the metric on that side.
    bounds_only
        Whether there is no estimate: what is open is then open in all the draws, not in half.
    unknown
        Whether nothing is known at all.
    """

    criterion: Criterion
    low: Floats
    middle: Floats
    high: Floats
    drawn: Mask
    up: Mask
    down: Mask
    bounds_only: Mask
    unknown: Mask

    def only(self, sites: slice | Ints) -> Spread:
        """Give the same of some of the sites."""
        names = ("low", "middle", "high", "drawn", "up", "down", "bounds_only", "unknown")
        return replace(self, **{name: getattr(self, name)[sites] for name in names})


def spread_of(criterion: Criterion, metrics: Metrics) -> Spread:
    """Say what may be drawn of a criterion.

    A metric with an estimate lies below it in half of the draws, evenly from its lower bound
    on, and above it in the other half. One with bounds alone lies evenly between them. Where
    nothing bounds it on a side, its utility lies evenly between that of what is known and the
    last that the anchors have on that side; where nothing is known at all, evenly in [0, 1].
    """
    value, low, high = (
        table[criterion.id].to_numpy(float) for table in (metrics.value, metrics.low, metrics.high)
    )
    exact = low == high
    low, high = (np.where(np.isfinite(one) | exact, one, np.nan) for one in (low, high))
    value = np.where(exact, low, np.where(np.isfinite(value), value, np.nan))
    middle = np.where(np.isnan(value), (low + high) / 2, value)
    for bound in (low, high):
        middle = np.where(np.isnan(middle), bound, middle)
    unknown = np.isnan(middle)
    up, down = np.isnan(high) & ~unknown, np.isnan(low) & ~unknown
    low, high = (np.where(np.isnan(one), middle, one) for one in (low, high))
    drawn = (low != high) | up | down | unknown
    return Spread(criterion, low, middle, high, drawn, up, down, np.isnan(value), unknown)


def settled(criterion: Criterion, metrics: Metrics, *, proven: bool) -> Spread:
    """Take every metric for what the ranking takes it.

    By score that is the estimate, or else the unfavourable bound; by potential, the favourable
    bound.
    """
    value, low, high = (
        table[criterion.id].to_numpy(float) for table in (metrics.value, metrics.low, metrics.high)
    )
    worst, best = (low, high) if criterion.utility.rises else (high, low)
    taken = np.where(np.isnan(value), worst, value) if proven else best
    never = np.zeros(len(taken), bool)
    return Spread(criterion, taken, taken, taken, never, never, never, never, np.isnan(taken))


@dataclass(frozen=True, slots=True)
class UtilityDraws:
    """Draws of scores of some sites.

    Attributes
    ----------
    spreads
        Per criterion that any draw weighs.
    columns
        Their columns in the table of weights.
    site_keys
        Shape ``(n,)``: the streams of the sites.
    no_megawatts
        Shape ``(n,)``: whether the energised MW are not known. What hangs on them is then drawn
        together, good with good: many MW are worth more, need a shorter tie and come sooner.
    seed
        Of the random numbers.
    anchor_share
        How far, as a share of its metric, an anchor may lie from where it is.
    unknown_worth
        What an unknown metric is worth where metrics are not drawn.
    """

    spreads: tuple[Spread, ...]
    columns: tuple[int, ...]
    site_keys: tuple[int, ...]
    no_megawatts: Mask
    seed: int
    anchor_share: float
    unknown_worth: float

    def scores(self, first: int, weights: Floats) -> Singles:
        """Give scores of a block of draws.

        Parameters
        ----------
        first
            Number of the first draw, a multiple of `geo.random_streams.STEP`.
        weights
            Shape ``(draws, m)``.

        Returns
        -------
        scores
            Shape ``(n, draws)``, single precision: the criteria are added up in the same order
            for every site, so that rounding never puts a site before one that is as good in
            everything.
        """
        draws = len(weights)
        random = Uniforms(self.seed)
        light = weights.astype(np.float32)
        scores = np.zeros((len(self.site_keys), draws), np.float32)
        for spread, column in zip(self.spreads, self.columns, strict=True):
            lines = self.lines(spread.criterion, first, draws, random)
            weight = np.ascontiguousarray(light[:, column])
            for start in range(0, len(scores), TILE):
                tile = slice(start, start + TILE)
                worth = self.worth(spread, tile, first, draws, random, lines)
                worth *= weight
                scores[tile] += worth
        return scores

    def lines(
        self, criterion: Criterion, first: int, draws: int, random: Uniforms
    ) -> tuple[Singles, Singles]:
        """Draw anchors and give them, shape ``(k, draws)``, with the slopes between them."""
        x, y = np.array(criterion.utility.anchors, np.float32).T
        at = np.repeat(x[:, None], draws if self.anchor_share else 1, axis=1)
        if self.anchor_share:
            row = np.empty(draws, np.float32)
            for number in range(len(at)):
                random.fill(row, first, (key_of(f"anchor {number}"), key_of(criterion.id)))
                at[number] *= 1 + np.float32(self.anchor_share) * (2 * row - 1)
            np.maximum.accumulate(at, axis=0, out=at)
        rise = np.diff(y)[:, None] / np.maximum(np.diff(at, axis=0), np.float32(1e-6))
        return at, rise.astype(np.float32)

    def worth(  # noqa: PLR0913, PLR0917 - one block of one criterion
        self,
        spread: Spread,
        tile: slice,
        first: int,
        draws: int,
        random: Uniforms,
        lines: tuple[Singles, Singles],
    ) -> Singles:
        """Draw the utilities of one criterion at some sites, shape ``(tile, draws)``."""
        part = spread.only(tile)
        keys = self.site_keys[tile]
        rows = np.flatnonzero(part.drawn)
        q = np.empty((len(rows), draws), np.float32)
        criterion = spread.criterion
        together = self.no_megawatts[tile] & (criterion.id in HANG_ON_MEGAWATTS)
        for row, values in zip(rows, q, strict=True):
            name = MEGAWATTS if together[row] else criterion.id
            random.fill(values, first, (keys[row], key_of(name)))
            if together[row] and not criterion.utility.rises:
                np.subtract(1, values, out=values)
        worth = np.empty((len(keys), draws), np.float32)
        worth[:] = self.unknown_worth
        still = np.flatnonzero(~part.drawn & ~part.unknown)
        metric = np.empty((len(still), draws), np.float32)
        metric[:] = part.middle[still, None]
        worth[still] = _between(metric, spread.criterion, lines)
        worth[rows] = worth_at(part.only(rows), q, lines)
        return worth


def anchors_of(criterion: Criterion) -> tuple[Floats, Floats]:
    """Give the anchors as they are, shape ``(k, 1)``, and the slopes between them."""
    x, y = np.array(criterion.utility.anchors, float).T
    return x[:, None], (np.diff(y) / np.diff(x))[:, None]


def worth_at(spread: Spread, q: Array, lines: tuple[Array, Array]) -> Array:
    """Give the utilities at quantiles of what may be drawn.

    Parameters
    ----------
    spread
        Of n sites.
    q
        Shape ``(n, draws)``, [0, 1): where in its distribution each metric lies; the answer has
        its precision.
    lines
        Anchors and slopes, shape ``(k, draws)`` or ``(k, 1)``.

    Returns
    -------
    utilities
        Shape ``(n, draws)``.
    """
    low, middle, high = (
        one[:, None].astype(q.dtype) for one in (spread.low, spread.middle, spread.high)
    )
    with np.errstate(invalid="ignore"):  # unknown: NaN, replaced below; infinite: no step
        below, above = (
            np.where(low == middle, 0, middle - low),
            np.where(high == middle, 0, high - middle),
        )
        metric = middle + above * np.maximum(2 * q - 1, 0) - below * np.maximum(1 - 2 * q, 0)
    worth = _between(metric, spread.criterion, lines)
    anchors = spread.criterion.utility.anchors
    for is_open, end, sign in ((spread.up, -1, 1), (spread.down, 0, -1)):
        here = np.flatnonzero(is_open)
        side = sign * (2 * q[here] - 1)
        # the one bound that is known is where q has no say: all the draws go on from there
        alone = q[here] if sign > 0 else 1 - q[here]
        far = np.where(spread.bounds_only[here, None], alone, np.maximum(side, 0))
        worth[here] += far * (q.dtype.type(anchors[end][1]) - worth[here])
    worth[spread.unknown] = (
        q[spread.unknown] if anchors[-1][1] > anchors[0][1] else (1 - q[spread.unknown])
    )
    return worth


def _between(metric: Array, criterion: Criterion, lines: tuple[Array, Array]) -> Array:
    """Give utilities, linear between the drawn anchors: a sum of clipped pieces."""
    at, rise = lines
    start = metric.dtype.type(criterion.utility.anchors[0][1]) - (rise * at[:-1]).sum(axis=0)
    worth = np.empty_like(metric)
    worth[:] = start
    piece = np.empty_like(metric)
    for low, high, slope in zip(at[:-1], at[1:], rise, strict=True):
        np.minimum(metric, high, out=piece)
        np.maximum(piece, low, out=piece)
        piece *= slope
        worth += piece
    return worth


def utility_draws(  # noqa: PLR0913 - whose draws, of what, and how they vary
    metrics: Metrics,
    weighed: tuple[str, ...],
    seed: int,
    *,
    vary: bool,
    anchor_share: float,
    by: str = "score",
) -> UtilityDraws:
    """Prepare the draws of all the sites of a table of metrics.

    Parameters
    ----------
    metrics
        Values with their ranges, by site.
    weighed
        Ids of the criteria that any draw weighs.
    seed
        Of the random numbers.
    vary
        Whether metrics are drawn, or taken for what the ranking takes them.
    anchor_share
        0 where the anchors stay.
    by
        What the ranking goes by: ``score`` or ``potential``.
    """
    proven = by == "score"
    chosen = [(at, one) for at, one in enumerate(CRITERIA) if one.id in weighed]
    return UtilityDraws(
        tuple(
            spread_of(one, metrics) if vary else settled(one, metrics, proven=proven)
            for _, one in chosen
        ),
        tuple(at for at, _ in chosen),
        tuple(key_of(str(site)) for site in metrics.value.index),
        metrics.value["energised_capacity"].isna().to_numpy(),
        seed,
        anchor_share,
        0.0 if proven else 1.0,
    )
