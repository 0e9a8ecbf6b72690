"""Compiled searches for the points and lines within a radius. The host's side is `geo._search`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from geo._arcs import arc, chord2
from geo._compiled import kernel
from geo._groups import DEPTH, GROUP, ball_around, part
from geo._kernels import CROWD, pick
from geo._line_kernels import foot_of, foot_share_of, measure_chords
from geo._segments import SAG_KM
from geo._tree import LEAF, box_distance2
from geo.bounds import MIN_RADIUS_KM, SAME_KM

if TYPE_CHECKING:
    from geo._arcs import Point
    from geo._groups import Ball, Queries
    from geo._line_kernels import SegmentTree
    from geo._tree import Indices, Tree
    from geo.arrays import Floats


@kernel
def gather_within(box: Floats, ball: Ball, limit2: float, leaves: Indices) -> int:
    """Gather the leaves within the limit of the ball's centre, in the order of the tree."""
    x, y, z, _ = ball
    first_leaf = len(box) // 2
    stack = np.empty(DEPTH, np.int64)
    stack[0] = 1
    top, count = 1, 0
    while top > 0:
        top -= 1
        node = stack[top]
        if box_distance2(box, node, x, y, z) > limit2:
            continue
        if node >= first_leaf:
            leaves[count] = node - first_leaf
            count += 1
        else:
            stack[top], stack[top + 1] = 2 * node + 1, 2 * node
            top += 2
    return count


@kernel
def _surely_within2(radius_km: float) -> float:
    """Give the squared chord up to which every geodesic is within the radius."""
    chord = 2 * MIN_RADIUS_KM * math.sin(min(radius_km / (2 * MIN_RADIUS_KM), math.pi / 2))
    return chord * chord * (1 - 1e-12)


@kernel
def _is_within(query: Point, target: Point, radius_km: float, sure2: float) -> bool:
    """Tell whether a target is within the radius: one answer for whoever counts or writes."""
    most, apart2 = radius_km + SAME_KM, chord2(query, target)
    return apart2 <= most * most and (apart2 <= sure2 or arc(query, target) <= most)


@kernel
def sum_within_kernel(
    tree: Tree,
    queries: Queries,
    span: tuple[int, int],
    radius_km: float,
    weights: Floats,
    answer: tuple[Floats, Indices],
) -> None:
    """Answer the queries of a span with the sum of the weights within the radius, and the count.

    Candidates come in the order of the tree, so a sum does not depend on the group.
    """
    leaves = np.empty(len(tree.box) // 2, np.int64)
    near, index = np.empty((4, CROWD * LEAF)), np.empty(CROWD * LEAF, np.int64)
    sums, counts = answer
    xyz, order, code = queries
    sure2 = _surely_within2(radius_km)
    stack = np.empty((DEPTH, 2), np.int64)
    stack[0, 0], stack[0, 1] = span
    top = 1
    while top > 0:
        top -= 1
        start, stop = stack[top, 0], stack[top, 1]
        if stop - start > GROUP:
            top = part(code, stack, top)
            continue
        ball = ball_around(xyz, start, stop)
        limit2 = (radius_km + SAME_KM + ball[3]) ** 2 * (1 + 1e-12)
        count = gather_within(tree.box, ball, limit2, leaves)
        if count * LEAF > index.size:
            near, index = np.empty((4, count * LEAF)), np.empty(count * LEAF, np.int64)
        count = pick(tree, ball, leaves[:count], limit2, near, index)
        for i in range(start, stop):
            x, y, z = xyz[0, i], xyz[1, i], xyz[2, i]
            total, inside = 0.0, 0
            for j in range(count):
                target = (near[0, j], near[1, j], near[2, j])
                if _is_within((x, y, z), target, radius_km, sure2):
                    total += weights[index[j]]
                    inside += 1
            sums[order[i]], counts[order[i]] = total, inside


@kernel
def pairs_within_kernel(
    tree: Tree,
    queries: Queries,
    span: tuple[int, int],
    radius_km: float,
    starts: Indices,
    answer: tuple[Indices, Floats],
) -> None:
    """Write the targets within the radius, and their distances, from each query's start on."""
    leaves = np.empty(len(tree.box) // 2, np.int64)
    found, distance = answer
    xyz, order, _ = queries
    most2, sure2 = (radius_km + SAME_KM) ** 2 * (1 + 1e-12), _surely_within2(radius_km)
    for i in range(span[0], span[1]):
        x, y, z = xyz[0, i], xyz[1, i], xyz[2, i]
        write = starts[order[i]]
        for leaf in leaves[: gather_within(tree.box, (x, y, z, 0.0), most2, leaves)]:
            for slot in range(LEAF):
                place = tree.xyz[leaf, 0, slot], tree.xyz[leaf, 1, slot], tree.xyz[leaf, 2, slot]
                if _is_within((x, y, z), place, radius_km, sure2):
                    found[write] = tree.target[leaf, slot]
                    distance[write] = arc((x, y, z), place)
                    write += 1


@kernel
def lines_within_kernel(
    tree: SegmentTree,
    queries: Queries,
    span: tuple[int, int],
    radius_km: float,
    starts: Indices,
    answer: tuple[Indices, Floats],
) -> None:
    """Count the pieces within the radius, or write them from each query's start on.

    With no room in the answer, the counts are written into ``starts``.
    """
    leaves = np.empty(len(tree.box) // 2, np.int64)
    found, feet = answer
    xyz, order, _ = queries
    near = np.empty((9, LEAF))
    limit2 = (radius_km + SAME_KM + SAG_KM) ** 2
    for i in range(span[0], span[1]):
        x, y, z = xyz[0, i], xyz[1, i], xyz[2, i]
        write = starts[order[i]] if found.size else 0
        for leaf in leaves[: gather_within(tree.box, (x, y, z, 0.0), limit2, leaves)]:
            for row in range(7):
                near[row] = tree.chord[leaf, row]
            measure_chords(near, LEAF, x, y, z)
            for slot in range(LEAF):
                if near[7, slot] > limit2:
                    continue
                km, lat, lon = foot_of(
                    tree.ends,
                    tree.piece[leaf, slot],
                    foot_share_of(near, slot, (x, y, z)),
                    (x, y, z),
                )
                if km <= radius_km + SAME_KM:
                    if found.size:
                        found[write] = tree.piece[leaf, slot]
                        feet[0, write], feet[1, write], feet[2, write] = km, lat, lon
                    write += 1
        if not found.size:
            starts[order[i]] = write
