"""Compiled searches for the nearest lines. The host's side is `geo._line_search`.

A piece of a line is searched as the straight line between its ends, which lies within `SAG_KM`
of it; whatever that leaves undecided is decided on the piece itself.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo._arcs import arc, ecef, kernel, longest_arc2
from geo._kernels import (
    CROWD,
    DEPTH,
    EVERYWHERE2,
    ROUNDING,
    UNDECIDED,
    ball_around,
    descend,
    keep,
    split,
)
from geo._segments import FAR_KM, SAG_KM, lowest, newton_step
from geo._tree import LEAF, box_distance2
from geo._within_kernels import gather_within
from geo.bounds import SAME_KM

if TYPE_CHECKING:
    from geo._arcs import Point
    from geo._kernels import Ball, Queries
    from geo._tree import Indices
    from geo.crs import Floats

    Foot = tuple[float, float, float]

_SAG = SAG_KM
_newton_step, _lowest = kernel(newton_step), kernel(lowest)
_LARGE, _SMALL = 512, 4
"""Queries in a group that walks the tree, and in one that is answered."""
NOWHERE_KM = 1e9
"""An empty slot; not infinite, because infinity times a chord of no length is NaN."""
TINY = 1e-300


class SegmentTree(NamedTuple):
    """Pieces by leaves, as in `geo._tree.Tree`.

    `chord` has shape ``(leaves, 7, LEAF)``: first end and way to the last, km, and what its
    squared length divides by. `piece`, shape
    ``(leaves, LEAF)``, says which piece stands where; `ends`, shape ``(4, pieces)``, has their
    latitude, longitude and changes of both, degrees, and `line`, ``(pieces,)``, their lines.
    `sample`, shape ``(leaves, 3)``, has a point of a chord of each leaf.
    """

    chord: Floats
    piece: Indices
    box: Floats
    sample: Floats
    ends: Floats
    line: Indices


@kernel
def fill(
    first: Floats, last: Floats, piece: Indices, chord: Floats, corners: tuple[Floats, Floats]
) -> None:
    """Fill the leaves, and their lower and upper corners, from ends of shape ``(3, pieces)``."""
    low, high = corners
    for leaf in range(len(piece)):
        for axis in range(3):
            least, most = math.inf, -math.inf
            for slot in range(LEAF):
                which = piece[leaf, slot]
                one = first[axis, which] if which >= 0 else NOWHERE_KM
                other = last[axis, which] if which >= 0 else NOWHERE_KM
                chord[leaf, axis, slot], chord[leaf, axis + 3, slot] = one, other - one
                if which >= 0:
                    least, most = min(least, one, other), max(most, one, other)
            low[leaf, axis], high[leaf, axis] = least, most
        for slot in range(LEAF):
            x, y, z = chord[leaf, 3, slot], chord[leaf, 4, slot], chord[leaf, 5, slot]
            chord[leaf, 6, slot] = 1 / (x * x + y * y + z * z + TINY)


@kernel
def _distances2(chord: Floats, leaf: int, x: float, y: float, z: float, out: Floats) -> None:
    """Fill in the squared distances of a point from the chords of a leaf."""
    for slot in range(LEAF):
        px, py, pz = x - chord[leaf, 0, slot], y - chord[leaf, 1, slot], z - chord[leaf, 2, slot]
        dx, dy, dz = chord[leaf, 3, slot], chord[leaf, 4, slot], chord[leaf, 5, slot]
        share = (px * dx + py * dy + pz * dz) * chord[leaf, 6, slot]
        share = min(max(share, 0.0), 1.0)
        px, py, pz = px - share * dx, py - share * dy, pz - share * dz
        out[slot] = px * px + py * py + pz * pz


@kernel
def _limit2(best2: float, radius: float) -> float:
    """Give the squared distance up to which chords are undecided, if one is that near a ball."""
    reach = math.sqrt(best2) * ROUNDING + radius + _SAG
    limit = math.sqrt(longest_arc2(reach * reach)) + radius + _SAG
    return limit * limit


@kernel
def _gather(tree: SegmentTree, ball: Ball, leaves: Indices, apart: Floats) -> int:
    """Gather the leaves that may hold the nearest piece of any query in the ball.

    A leaf's sample lies on one of its chords: the nearest is no nearer than the nearest chord.
    """
    x, y, z, radius = ball
    first_leaf = len(tree.box) // 2
    best2, limit2 = math.inf, EVERYWHERE2
    stack, far2 = np.empty(DEPTH, np.int64), np.empty(DEPTH)
    stack[0], far2[0] = 1, 0.0
    top, count = 1, 0
    while top > 0:
        node, apart2, top = descend(tree.box, (x, y, z), limit2, stack, far2, top - 1)
        if apart2 > limit2:
            continue
        leaf = node - first_leaf
        leaves[count], apart[count] = leaf, apart2
        count += 1
        dx, dy, dz = tree.sample[leaf, 0] - x, tree.sample[leaf, 1] - y, tree.sample[leaf, 2] - z
        d2 = dx * dx + dy * dy + dz * dz
        if d2 < best2:
            best2, limit2 = d2, _limit2(d2, radius)
    return keep(leaves, apart, count, limit2)


@kernel
def _sift(
    tree: SegmentTree, ball: Ball, leaves: Indices, start: int, count: int, write: int
) -> int:
    """Copy, of the leaves from ``start``, those that a smaller ball needs; give their number."""
    x, y, z, radius = ball
    best2 = math.inf
    for i in range(start, start + count):
        leaf = leaves[i]
        dx, dy, dz = tree.sample[leaf, 0] - x, tree.sample[leaf, 1] - y, tree.sample[leaf, 2] - z
        d2 = dx * dx + dy * dy + dz * dz
        if d2 < best2:
            best2 = d2
    limit2, first_leaf, kept = _limit2(best2, radius), len(tree.box) // 2, 0
    for i in range(start, start + count):
        if box_distance2(tree.box, first_leaf + leaves[i], x, y, z) <= limit2:
            leaves[write + kept] = leaves[i]
            kept += 1
    return kept


@kernel
def _pick(tree: SegmentTree, ball: Ball, leaves: Indices, near: Floats, piece: Indices) -> int:
    """Copy the chords of the leaves that the ball needs; there must be room for all."""
    x, y, z, radius = ball
    room = leaves.size * LEAF
    apart2 = near[7]
    for i in range(leaves.size):
        _distances2(tree.chord, leaves[i], x, y, z, apart2[i * LEAF : i * LEAF + LEAF])
    best2 = math.inf
    for i in range(room):
        if apart2[i] < best2:
            best2 = apart2[i]
    limit2 = _limit2(best2, radius)
    count = 0
    for i in range(room):
        if apart2[i] <= limit2:
            leaf, slot = leaves[i // LEAF], i % LEAF
            for row in range(7):
                near[row, count] = tree.chord[leaf, row, slot]
            piece[count] = tree.piece[leaf, slot]
            count += 1
    return count


@kernel
def _measure(near: Floats, count: int, x: float, y: float, z: float) -> float:
    """Fill in the squared distances of a query from the chords, and give the least."""
    for i in range(count):
        px, py, pz = x - near[0, i], y - near[1, i], z - near[2, i]
        dx, dy, dz = near[3, i], near[4, i], near[5, i]
        share = (px * dx + py * dy + pz * dz) * near[6, i]
        share = min(max(share, 0.0), 1.0)
        px, py, pz = px - share * dx, py - share * dy, pz - share * dz
        near[7, i], near[8, i] = px * px + py * py + pz * pz, share
    best2 = math.inf
    for i in range(count):
        if near[7, i] < best2:
            best2 = near[7, i]
    return best2


@kernel
def _foot(ends: Floats, piece: int, share: float, query: Point) -> Foot:
    """Give the nearest place of a piece: distance in km, latitude and longitude."""
    lat, lon, north, east = ends[0, piece], ends[1, piece], ends[2, piece], ends[3, piece]
    share = _newton_step((lat, lon, north, east), share, query)
    share = min(max(share, 0.0), 1.0)
    km = arc(query, ecef(lat + share * north, lon + share * east))
    if km > FAR_KM:
        first = arc(query, ecef(lat, lon))
        middle = arc(query, ecef(lat + north / 2, lon + east / 2))
        share = _lowest(first, middle, arc(query, ecef(lat + north, lon + east)))
        share = min(max(share, 0.0), 1.0)
        km = arc(query, ecef(lat + share * north, lon + share * east))
    return km, lat + share * north, lon + share * east


@kernel
def _settle(
    ends: Floats, lines: Indices, near: Floats, piece: Indices, query: Point
) -> tuple[int, float, float, float]:
    """Give the nearest line by geodesic, the first of equals, its distance and foot."""
    limit2 = _limit2(_measure(near, piece.size, query[0], query[1], query[2]), 0.0)
    best, best_km, best_lat, best_lon = -1, math.inf, math.nan, math.nan
    for i in range(piece.size):
        if near[7, i] > limit2:
            continue
        km, lat, lon = _foot(ends, piece[i], near[8, i], query)
        if math.isnan(km):
            return UNDECIDED, km, lat, lon
        line = lines[piece[i]]
        if km < best_km - SAME_KM or (km <= best_km + SAME_KM and line < best):
            best, best_km, best_lat, best_lon = line, km, lat, lon
    return best, best_km, best_lat, best_lon


@kernel
def nearest_line_kernel(
    tree: SegmentTree,
    queries: Queries,
    first: int,
    last: int,
    answer: tuple[Indices, Floats],
) -> None:
    """Answer with the nearest line and, shape ``(3, n)``, its distance and foot.

    A large group gathers leaves from the tree; its halves sift them, and theirs, and so on. The
    leaves of a half stand behind those of the group, so one list serves as a stack.
    """
    leaves, apart = np.empty(DEPTH * 4096, np.int64), np.empty(len(tree.box) // 2)
    gathered = np.empty(apart.size, np.int64)
    near, piece = np.empty((9, CROWD * LEAF)), np.empty(CROWD * LEAF, np.int64)
    stack = np.empty((DEPTH, 4), np.int64)
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = first, last, 0, -1
    top = 1
    while top > 0:
        top -= 1
        low, high, begin, count = stack[top]
        if count < 0 and high - low <= _LARGE:
            count = _gather(tree, ball_around(queries.xyz, low, high), gathered, apart)
            if DEPTH * count > leaves.size:
                leaves = np.empty(DEPTH * count, np.int64)
            leaves[:count] = gathered[:count]
        if high - low > _SMALL:
            middle, write = split(queries.code, low, high), begin + count
            for half in ((middle, high), (low, middle)):
                kept = -1
                if count >= 0:
                    ball = ball_around(queries.xyz, half[0], half[1])
                    kept = _sift(tree, ball, leaves, begin, count, write)
                stack[top, 0], stack[top, 1], stack[top, 2] = half[0], half[1], write
                stack[top, 3] = kept
                write += kept
                top += 1
            continue
        if count * LEAF > piece.size:
            near, piece = np.empty((9, count * LEAF)), np.empty(count * LEAF, np.int64)
        ball = ball_around(queries.xyz, low, high)
        count = _pick(tree, ball, leaves[begin : begin + count], near, piece)
        _answer(tree, queries, (low, high), near, piece[:count], answer)


@kernel
def _answer(
    tree: SegmentTree,
    queries: Queries,
    span: tuple[int, int],
    near: Floats,
    piece: Indices,
    answer: tuple[Indices, Floats],
) -> None:
    """Answer a few queries from the pieces near them."""
    found, feet = answer
    for i in range(span[0], span[1]):
        query = queries.xyz[0, i], queries.xyz[1, i], queries.xyz[2, i]
        line, km, lat, lon = _settle(tree.ends, tree.line, near, piece, query)
        place = queries.order[i]
        found[place] = line
        feet[0, place], feet[1, place], feet[2, place] = km, lat, lon


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
    limit2 = (radius_km + SAME_KM + _SAG) ** 2
    for i in range(span[0], span[1]):
        x, y, z = xyz[0, i], xyz[1, i], xyz[2, i]
        write = starts[order[i]] if found.size else 0
        for leaf in leaves[: gather_within(tree.box, (x, y, z, 0.0), limit2, leaves)]:
            for row in range(7):
                near[row] = tree.chord[leaf, row]
            _measure(near, LEAF, x, y, z)
            for slot in range(LEAF):
                if near[7, slot] > limit2:
                    continue
                km, lat, lon = _foot(tree.ends, tree.piece[leaf, slot], near[8, slot], (x, y, z))
                if km <= radius_km + SAME_KM:
                    if found.size:
                        found[write] = tree.piece[leaf, slot]
                        feet[0, write], feet[1, write], feet[2, write] = km, lat, lon
                    write += 1
        if not found.size:
            starts[order[i]] = write
