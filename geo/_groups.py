"""Queries in the order of a curve, and groups of them that are answered together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from geo._compiled import kernel

if TYPE_CHECKING:
    from geo._tree import Indices
    from geo.arrays import Floats

    Ball = tuple[float, float, float, float]

GROUP = 32
"""Queries that walk the tree together, at most."""
DEPTH = 128
"""Deeper than any tree that fits into memory, and than halves of halves of a piece."""
ROUNDING = 1 + 1e-12


class Queries(NamedTuple):
    """Queries in Morton order: `xyz` of shape ``(3, n)``, km, where they stood, and their codes.

    `order` and `code` have shape ``(n,)``.
    """

    xyz: Floats
    order: Indices
    code: Indices


@kernel
def split(code: Indices, low: int, high: int) -> int:
    """Give where the second part of a group begins: where the first bit that differs is set.

    So parts are cells of the curve, and far smaller than as many queries from anywhere on it.
    """
    differing = code[low] ^ code[high - 1]
    if differing == 0:
        return (low + high) // 2
    bit = 1
    while differing > 1:
        differing >>= 1
        bit <<= 1
    first, last = low, high
    while first < last:
        middle = (first + last) // 2
        if code[middle] & bit:
            last = middle
        else:
            first = middle + 1
    return first


@kernel
def part(code: Indices, stack: Indices, top: int) -> int:
    """Replace the group at the top of the stack by its two parts, and give the new top."""
    low, high = stack[top, 0], stack[top, 1]
    middle = split(code, low, high)
    stack[top, 0], stack[top, 1] = middle, high
    stack[top + 1, 0], stack[top + 1, 1] = low, middle
    return top + 2


@kernel
def ball_around(xyz: Floats, first: int, last: int) -> Ball:
    """Give centre and radius of a ball that holds the queries."""
    x_low = x_high = xyz[0, first]
    y_low = y_high = xyz[1, first]
    z_low = z_high = xyz[2, first]
    for i in range(first + 1, last):
        x_low, x_high = min(x_low, xyz[0, i]), max(x_high, xyz[0, i])
        y_low, y_high = min(y_low, xyz[1, i]), max(y_high, xyz[1, i])
        z_low, z_high = min(z_low, xyz[2, i]), max(z_high, xyz[2, i])
    dx, dy, dz = (x_high - x_low) / 2, (y_high - y_low) / 2, (z_high - z_low) / 2
    return x_low + dx, y_low + dy, z_low + dz, math.sqrt(dx * dx + dy * dy + dz * dz) * ROUNDING
