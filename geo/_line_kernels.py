"""Compiled searches for the nearest lines. The host's side is `geo._line_search`.

A piece of a line is searched as the straight line between its ends, which lies within `SAG_KM`
of it; whatever that leaves undecided is decided on the piece itself.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo._arcs import arc, ecef, longest_arc2
from geo._compiled import kernel
from geo._groups import DEPTH, ROUNDING, ball_around, part, split
from geo._kernels import CROWD, EVERYWHERE2, UNDECIDED, descend, keep
from geo._segments import FAR_KM, SAG_KM, foot_share, lowest
from geo._tree import LEAF, box_distance2
from geo.bounds import SAME_KM

if TYPE_CHECKING:
    from geo._arcs import Point
    from geo._groups import Ball, Queries
    from geo._tree import Indices
    from geo.arrays import Floats

    Foot = tuple[float, float, float]

_SAG = SAG_KM
_foot_share, _lowest = kernel(foot_share), kernel(lowest)
_LARGE, _SMALL, _FULL = 512, 8, 24
"""Queries in a group that walks the tree, and in one that is answered; leaves of the latter."""
NOWHERE_KM = 1e9
"""An empty slot; not infinite, because infinity times a chord of no length is NaN."""
UNKNOWN = -1
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
    box, sample = tree.box, tree.sample
    x, y, z, radius = ball
    first_leaf = len(box) // 2
    best2, limit2 = math.inf, EVERYWHERE2
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
        dx, dy, dz = sample[leaf, 0] - x, sample[leaf, 1] - y, sample[leaf, 2] - z
        d2 = dx * dx + dy * dy + dz * dz
        if d2 < best2:
            best2, limit2 = d2, _limit2(d2, radius)
    return keep(leaves, apart, count, limit2)


@kernel
def _sift(
    tree: SegmentTree, ball: Ball, leaves: Indices, start: int, count: int, write: int
) -> int:
    """Copy, of the leaves from ``start``, those that a smaller ball needs; give their number."""
    box, sample = tree.box, tree.sample
    x, y, z, radius = ball
    best2, first_leaf = math.inf, len(box) // 2
    for i in range(start, start + count):
        leaf = leaves[i]
        dx, dy, dz = sample[leaf, 0] - x, sample[leaf, 1] - y, sample[leaf, 2] - z
        best2 = min(best2, dx * dx + dy * dy + dz * dz)
    limit2, kept = _limit2(best2, radius), 0
    for i in range(start, start + count):
        leaves[write + kept] = leaves[i]
        # without a branch, because there is no telling which way it goes
        kept += int(box_distance2(box, first_leaf + leaves[i], x, y, z) <= limit2)
    return kept


@kernel
def _pick(tree: SegmentTree, ball: Ball, leaves: Indices, near: Floats, picked: Indices) -> int:
    """Copy the chords of the leaves that the ball needs; there must be room for all."""
    chord, piece = tree.chord, tree.piece
    x, y, z, radius = ball
    room = leaves.size * LEAF
    apart2 = near[7]
    for i in range(leaves.size):
        _distances2(chord, leaves[i], x, y, z, apart2[i * LEAF : i * LEAF + LEAF])
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
                near[row, count] = chord[leaf, row, slot]
            picked[count] = piece[leaf, slot]
            count += 1
    return count


@kernel
def measure_chords(near: Floats, count: int, x: float, y: float, z: float) -> float:
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
def foot_share_of(near: Floats, i: int, query: Point) -> float:
    """Give where on a piece the chord from the query is shortest."""
    first, way = (near[0, i], near[1, i], near[2, i]), (near[3, i], near[4, i], near[5, i])
    share: float = _foot_share(first, way, near[8, i], query)
    return share


@kernel
def foot_of(ends: Floats, piece: int, share: float, query: Point) -> Foot:
    """Give the nearest place of a piece: distance in km, latitude and longitude."""
    lat, lon, north, east = ends[0, piece], ends[1, piece], ends[2, piece], ends[3, piece]
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
    limit2 = _limit2(measure_chords(near, piece.size, query[0], query[1], query[2]), 0.0)
    best, best_km, best_lat, best_lon = -1, math.inf, math.nan, math.nan
    for i in range(piece.size):
        if near[7, i] > limit2:
            continue
        km, lat, lon = foot_of(ends, piece[i], foot_share_of(near, i, query), query)
        if math.isnan(km):
            return UNDECIDED, km, lat, lon
        line = lines[piece[i]]
        if km < best_km - SAME_KM or (km <= best_km + SAME_KM and line < best):
            best, best_km, best_lat, best_lon = line, km, lat, lon
    return best, best_km, best_lat, best_lon


@kernel
def _sift_parts(
    tree: SegmentTree, queries: Queries, leaves: Indices, stack: Indices, top: int
) -> int:
    """Replace the group at the top of the stack by its two parts with their leaves."""
    low, high, begin, count = stack[top]
    middle, write = split(queries.code, low, high), begin + count
    for one in ((middle, high), (low, middle)):
        ball = ball_around(queries.xyz, one[0], one[1])
        kept = _sift(tree, ball, leaves, begin, count, write)
        stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = one[0], one[1], write, kept
        write += kept
        top += 1
    return top


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
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = first, last, 0, UNKNOWN
    top = 1
    while top > 0:
        top -= 1
        low, high, begin, count = stack[top]
        if high - low > _LARGE:
            top = part(queries.code, stack[:, :2], top)
            stack[top - 1, 2], stack[top - 1, 3] = 0, UNKNOWN
            continue
        if count == UNKNOWN:
            count = _gather(tree, ball_around(queries.xyz, low, high), gathered, apart)
            if DEPTH * count > leaves.size:
                leaves = np.empty(DEPTH * count, np.int64)
            leaves[:count], stack[top, 3] = gathered[:count], count
        if high - low > _SMALL or (count > _FULL and high - low > 1):
            top = _sift_parts(tree, queries, leaves, stack, top)
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
    ends, lines, xyz, order = tree.ends, tree.line, queries.xyz, queries.order
    for i in range(span[0], span[1]):
        query = xyz[0, i], xyz[1, i], xyz[2, i]
        line, km, lat, lon = _settle(ends, lines, near, piece, query)
        place = order[i]
        found[place] = line
        feet[0, place], feet[1, place], feet[2, place] = km, lat, lon
