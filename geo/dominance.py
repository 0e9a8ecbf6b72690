"""Who is better than whom on everything: Pareto dominance and its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.arrays import Floats

_BLOCK_ROWS = 256
"""How many alternatives are held against all the better ones at a time: bounds the memory."""


def dominators(values: Floats, row: int) -> np.ndarray:
    """Give the alternatives that are nowhere worse than one of them, and somewhere better.

    Parameters
    ----------
    values
        Shape ``(n, m)``: alternatives by criteria, higher is better, no NaN.
    row
        Whose dominators are asked for.

    Returns
    -------
    rows
        Positions, ascending; equals do not dominate each other.
    """
    no_worse = (values >= values[row]).all(axis=1)
    return np.flatnonzero(no_worse & (values > values[row]).any(axis=1))


def pareto_layers(values: Floats) -> np.ndarray:
    """Give the layer of each alternative: 1 if nothing dominates it, then peeled off, and so on.

    Parameters
    ----------
    values
        Shape ``(n, m)``: alternatives by criteria, higher is better, no NaN.

    Returns
    -------
    layers
        Int, shape ``(n,)``, from 1; equals share a layer.

    Notes
    -----
    Non-dominated sorting (Goldberg, Genetic Algorithms in Search, Optimization and Machine
    Learning, 1989, chapter 5). The layer is one more than the deepest layer of the dominators:
    who is peeled off in round k has a dominator that was peeled off in round k - 1.
    """
    # whoever dominates another comes before it in lexicographic order, whatever the rounding
    order = np.lexsort(values.T[::-1])[::-1]
    ordered = values[order]
    layers = np.ones(len(values), dtype=np.int64)
    for first, dominated in _dominated_blocks(ordered):
        for row, by in enumerate(dominated, start=first):
            layers[row] = 1 + np.max(layers[: len(by)], where=by, initial=0)
    result = np.empty_like(layers)
    result[order] = layers
    return result


def _dominated_blocks(ordered: Floats) -> Iterator[tuple[int, np.ndarray]]:
    """Say block by block which of the alternatives up to its end dominate each of its own."""
    for first in range(0, len(ordered), _BLOCK_ROWS):
        block = ordered[first : first + _BLOCK_ROWS]
        before = ordered[: first + len(block)]
        no_worse = np.ones((len(block), len(before)), dtype=bool)
        better = np.zeros_like(no_worse)
        for mine, theirs in zip(block.T, before.T, strict=True):
            no_worse &= theirs >= mine[:, None]
            better |= theirs > mine[:, None]
        yield first, no_worse & better
