"""Compiled searches for the nearest points. The host's side is `geo._search`.

Chords order the candidates; where chords cannot decide, geodesics do. A search writes, for each
query, indices of targets and kilometres; NaN beside an index asks the host to decide, because
target and query are nearly antipodal.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from geo._arcs import arc, longest_arc2
from geo._compiled import kernel
from geo._groups import DEPTH, GROUP, ROUNDING, ball_around, part
from geo._tree import LEAF, box_distance2
from geo.bounds import SAME_KM

if TYPE_CHECKING:
    from geo._arcs import Point
    from geo._groups import Ball, Queries
    from geo._tree import Indices, Tree
    from geo.arrays import Floats

CROWD = 48
"""From so many leaves on, a group had better part."""
EVERYWHERE2 = 1e9
"""More than the square of the earth's diameter, km2, and less than that of an empty slot."""
UNDECIDED = -2
"""In place of an index: the host must decide."""


@kernel
def insert(values: Floats, value: float) -> None:
    """Put a value into its place among ascending ones; the last falls out."""
    place = values.size - 1
    while place > 0 and values[place - 1] > value:
        values[place] = values[place - 1]
        place -= 1
    values[place] = value


@kernel
def descend(
    box: Floats, query: Point, limit2: float, stack: Indices, far2: Floats, top: int
) -> tuple[int, float, int]:
    """Go from the top of the stack down to a leaf, the nearer child first; stack the others."""
    node, apart2 = stack[top], far2[top]
    if apart2 > limit2:
        return node, apart2, top
    while node < len(box) // 2:
        left = box_distance2(box, 2 * node, query[0], query[1], query[2])
        right = box_distance2(box, 2 * node + 1, query[0], query[1], query[2])
        nearer = 2 * node + (1 if right < left else 0)
        apart2, farther2 = min(left, right), max(left, right)
        if farther2 <= limit2:
            stack[top], far2[top] = 4 * node + 1 - nearer, farther2
            top += 1
        node = nearer
    return node, apart2, top


@kernel
def gather(
    tree: Tree, ball: Ball, near: Floats, leaves: Indices, apart: Floats
) -> tuple[int, float]:
    """Gather the leaves that may hold one of the k nearest of any query in the ball.

    With k targets within d of the centre, each query, at most r from it, has k targets within
    chords of d + r; whatever is nearer by geodesic lies within `longest_arc` of that, and at
    most r farther from the centre: within the limit whose square is given too.
    """
    xyz, box = tree.xyz, tree.box
    x, y, z, radius = ball
    k, first_leaf = near.size, len(box) // 2
    near[:] = math.inf
    limit2 = EVERYWHERE2
    stack, far2 = np.empty(DEPTH, np.int64), np.empty(DEPTH)
    stack[0], far2[0] = 1, 0.0
    top, count = 1, 0
    while top > 0:
        node, apart2, top = descend(box, (x, y, z), limit2, stack, far2, top - 1)
        if apart2 > limit2:
            continue
        leaf = node - first_leaf
        leaves[count], apart[count] = leaf, apart2
        count += 1
        kth2 = near[k - 1]
        for slot in range(LEAF):
            d2 = slot_chord2(xyz, leaf, slot, x, y, z)
            if d2 < near[k - 1]:
                insert(near, d2)
        if near[k - 1] < kth2:
            reach = math.sqrt(near[k - 1]) * ROUNDING + radius
            limit2 = (math.sqrt(longest_arc2(reach * reach)) + radius) ** 2
    return keep(leaves, apart, count, limit2), limit2


@kernel
def keep(leaves: Indices, apart: Floats, count: int, limit2: float) -> int:
    """Keep the leaves within the limit, in their order, and give their number."""
    kept = 0
    for i in range(count):
        if apart[i] <= limit2:
            leaves[kept] = leaves[i]
            kept += 1
    return kept


@kernel
def pick(
    tree: Tree, ball: Ball, leaves: Indices, limit2: float, near: Floats, index: Indices
) -> int:
    """Copy the targets of the leaves that lie within the limit; there must be room for all."""
    xyz, target = tree.xyz, tree.target
    x, y, z, _ = ball
    count = 0
    for leaf in leaves:
        for slot in range(LEAF):
            if slot_chord2(xyz, leaf, slot, x, y, z) <= limit2:
                near[0, count] = xyz[leaf, 0, slot]
                near[1, count] = xyz[leaf, 1, slot]
                near[2, count] = xyz[leaf, 2, slot]
                index[count] = target[leaf, slot]
                count += 1
    return count


@kernel
def slot_chord2(xyz: Floats, leaf: int, slot: int, x: float, y: float, z: float) -> float:
    """Give the squared chord from a slot of a leaf to a point; infinite if it is empty."""
    dx, dy, dz = xyz[leaf, 0, slot] - x, xyz[leaf, 1, slot] - y, xyz[leaf, 2, slot] - z
    apart2: float = dx * dx + dy * dy + dz * dz
    return apart2


@kernel
def measure(near: Floats, count: int, x: float, y: float, z: float) -> float:
    """Fill in the squared chords from a query, and give the least."""
    for i in range(count):
        dx, dy, dz = near[0, i] - x, near[1, i] - y, near[2, i] - z
        near[3, i] = dx * dx + dy * dy + dz * dz
    best2 = math.inf
    for i in range(count):
        if near[3, i] < best2:
            best2 = near[3, i]
    return best2


@kernel
def _undecided(near: Floats, count: int, limit2: float) -> int:
    """Give the place of the only candidate within the limit; -1 if there are more."""
    few, where = 0, 0
    for i in range(count):
        inside = int(near[3, i] <= limit2)
        few += inside
        where += inside * i
    return where if few == 1 else -1


@kernel
def _settle(near: Floats, index: Indices, count: int, limit2: float, query: Point) -> int:
    """Give the place of the nearest candidate by geodesic, the first of equals."""
    best, km = -1, math.inf
    for i in range(count):
        if near[3, i] > limit2:
            continue
        along = arc(query, (near[0, i], near[1, i], near[2, i]))
        if math.isnan(along):
            return i
        if along < km - SAME_KM or (along <= km + SAME_KM and index[i] < index[best]):
            best, km = i, along
    return best


@kernel
def nearest_kernel(
    tree: Tree, queries: Queries, first: int, last: int, answer: tuple[Indices, Floats]
) -> None:
    """Answer the queries from ``first`` to ``last`` with the nearest target."""
    leaves = np.empty(len(tree.box) // 2, np.int64)
    apart, kth = np.empty(leaves.size), np.empty(1)
    near, index = np.empty((4, CROWD * LEAF)), np.empty(CROWD * LEAF, np.int64)
    stack = np.empty((DEPTH, 2), np.int64)
    found, distance = answer
    xyz, order, code = queries
    stack[0, 0], stack[0, 1] = first, last
    top = 1
    while top > 0:
        top -= 1
        low, high = stack[top, 0], stack[top, 1]
        if high - low > GROUP:
            top = part(code, stack, top)
            continue
        ball = ball_around(xyz, low, high)
        count, limit2 = gather(tree, ball, kth, leaves, apart)
        if count > CROWD and high - low > 1:
            top = part(code, stack, top)
            continue
        if count * LEAF > index.size:
            near, index = np.empty((4, count * LEAF)), np.empty(count * LEAF, np.int64)
        count = pick(tree, ball, leaves[:count], limit2, near, index)
        for i in range(low, high):
            x, y, z = xyz[0, i], xyz[1, i], xyz[2, i]
            limit2 = longest_arc2(measure(near, count, x, y, z))
            where = _undecided(near, count, limit2)
            if where < 0:
                where = _settle(near, index, count, limit2, (x, y, z))
            km = arc((x, y, z), (near[0, where], near[1, where], near[2, where]))
            found[order[i]] = UNDECIDED if math.isnan(km) else index[where]
            distance[order[i]] = km


@kernel
def k_nearest_kernel(
    tree: Tree, queries: Queries, first: int, last: int, answer: tuple[Indices, Floats]
) -> None:
    """Answer the queries from ``first`` to ``last`` with the k nearest; each walks alone."""
    leaves = np.empty(len(tree.box) // 2, np.int64)
    found, distance = answer
    apart, kth = np.empty(leaves.size), np.empty(found.shape[1])
    near, index = np.empty((4, CROWD * LEAF)), np.empty(CROWD * LEAF, np.int64)
    xyz, order, _ = queries
    for i in range(first, last):
        x, y, z = xyz[0, i], xyz[1, i], xyz[2, i]
        count, limit2 = gather(tree, (x, y, z, 0.0), kth, leaves, apart)
        if count * LEAF > index.size:
            near, index = np.empty((4, count * LEAF)), np.empty(count * LEAF, np.int64)
        count = pick(tree, (x, y, z, 0.0), leaves[:count], limit2, near, index)
        for j in range(count):
            along = arc((x, y, z), (near[0, j], near[1, j], near[2, j]))
            if math.isnan(along):
                distance[order[i], 0] = math.nan
                found[order[i], 0] = UNDECIDED
                break
            _place(found[order[i]], distance[order[i]], index[j], along)


@kernel
def _place(found: Indices, distance: Floats, index: int, km: float) -> None:
    """Put a target into its place among the nearest so far, equals by index."""
    for place in range(found.size):
        here = distance[place]
        equal = abs(km - here) <= SAME_KM
        if found[place] < 0 or (index < found[place] if equal else km < here):
            index, found[place] = found[place], index
            km, distance[place] = here, km
            if index < 0:
                return
