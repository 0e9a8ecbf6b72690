"""Targets in a tree of boxes, and the compiled walk that gathers what may be near a group.

Points are put in Morton order, so that neighbours in the list are neighbours on the earth
(Morton 1966). Eight targets make a leaf, leaves pair up into boxes, boxes into larger boxes.
Queries come in the same order, and a group of neighbouring queries walks the tree once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo._compiled import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.arrays import Floats

    Indices = NDArray[np.intp]

LEAF = 8
"""Targets per leaf: as many as a vector register of 512 bits holds numbers."""
_HALF_SPAN_KM = 6400.0
_STEPS = 2.0**20
_ROOM_KM = 1e-9
"""Rounding may push a middle; the box must still hold what it held."""


class Tree(NamedTuple):
    """Points by leaves; the number of leaves is a power of two.

    `xyz` has shape ``(leaves, 3, LEAF)``, km, infinite where a leaf has room; `target`, shape
    ``(leaves, LEAF)``, says which point stands where. `box` has shape ``(2 * leaves, 6)``:
    middle and half extent; node 1 is the root, ``2 i`` and ``2 i + 1`` lie in node ``i``, and
    leaf ``j`` is node ``leaves + j``. An empty box is infinitely far.
    """

    xyz: Floats
    target: Indices
    box: Floats


@kernel
def _spread(value: int) -> int:
    """Put two zeros between the lowest 21 bits (Warren, Hacker's Delight, section 7-2)."""
    value &= 0x1FFFFF
    value = (value | value << 32) & 0x1F00000000FFFF
    value = (value | value << 16) & 0x1F0000FF0000FF
    value = (value | value << 8) & 0x100F00F00F00F00F
    value = (value | value << 4) & 0x10C30C30C30C30C3
    return (value | value << 2) & 0x1249249249249249


@kernel
def _morton(xyz: Floats, code: Indices) -> None:
    """Fill ``code``, shape ``(n,)``, with places on a curve that keeps neighbours together."""
    scale = _STEPS / _HALF_SPAN_KM
    for i in range(code.size):
        code[i] = (
            _spread(int((xyz[0, i] + _HALF_SPAN_KM) * scale))
            | _spread(int((xyz[1, i] + _HALF_SPAN_KM) * scale)) << 1
            | _spread(int((xyz[2, i] + _HALF_SPAN_KM) * scale)) << 2
        )


def morton_codes(xyz: Floats) -> Indices:
    """Give the places of points, shape ``(3, n)``, on the curve."""
    code = np.empty(xyz.shape[1], dtype=np.intp)
    _morton(xyz, code)
    return code


@kernel
def _join(corners: Floats) -> None:
    """Fill the corners of the inner nodes from the leaves."""
    for node in range(len(corners) // 2 - 1, 0, -1):
        for axis in range(3):
            one, other = corners[2 * node, axis], corners[2 * node + 1, axis]
            corners[node, axis] = min(one, other)
            one, other = corners[2 * node, axis + 3], corners[2 * node + 1, axis + 3]
            corners[node, axis + 3] = max(one, other)


def boxes(low: Floats, high: Floats) -> Floats:
    """Give the boxes of a tree of leaves that reach from ``low`` to ``high``, ``(leaves, 3)``."""
    corners = np.empty((2 * len(low), 6))
    corners[0], corners[len(low) :, :3], corners[len(low) :, 3:] = 0, low, high
    _join(corners)
    empty = np.isinf(corners[:, 0])
    corners[empty] = 0
    middle, half = (corners[:, :3] + corners[:, 3:]) / 2, (corners[:, 3:] - corners[:, :3]) / 2
    half[empty] = -np.inf
    return np.hstack((middle, half + _ROOM_KM))


def leaves_for(n: int) -> int:
    """Give the number of leaves with room for ``n`` targets: a power of two."""
    return 1 << max(math.ceil(math.log2(max(n, 1) / LEAF)), 0)


def point_tree(xyz: Floats) -> Tree:
    """Build the tree of points, shape ``(3, n)``, km."""
    n = xyz.shape[1]
    leaves = leaves_for(n)
    index = np.full(leaves * LEAF, -1, dtype=np.intp)
    index[:n] = np.argsort(morton_codes(xyz), kind="stable")
    placed = np.full((3, leaves * LEAF), np.inf)
    placed[:, :n] = xyz[:, index[:n]]
    placed = np.ascontiguousarray(placed.reshape(3, leaves, LEAF).transpose(1, 0, 2))
    high = np.where(np.isinf(placed), -np.inf, placed).max(axis=2)
    return Tree(placed, index.reshape(leaves, LEAF), boxes(placed.min(axis=2), high))


@kernel
def box_distance2(box: Floats, node: int, x: float, y: float, z: float) -> float:
    """Give the squared distance of a point from a box; infinite if the box is empty."""
    dx = abs(x - box[node, 0]) - box[node, 3]
    dy = abs(y - box[node, 1]) - box[node, 4]
    dz = abs(z - box[node, 2]) - box[node, 5]
    # written out, because `max` of two floats asks for NaN first
    dx = dx if dx > 0.0 else 0.0
    dy = dy if dy > 0.0 else 0.0
    dz = dz if dz > 0.0 else 0.0
    return dx * dx + dy * dy + dz * dz
