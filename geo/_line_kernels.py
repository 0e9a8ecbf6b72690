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
    GROUP,
    ROUNDING,
    UNDECIDED,
    ball_around,
    descend,
    keep,
)
from geo._segments import FAR_KM, SAG_KM, lowest, newton_step
from geo._tree import LEAF
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
TINY = 1e-300


class SegmentTree(NamedTuple):
    """Pieces by leaves, as in `geo._tree.Tree`.

    `chord` has shape ``(leaves, 6, LEAF)``: first end and way to the last, km. `piece`, shape
    ``(leaves, LEAF)``, says which piece stands where; `ends`, shape ``(4, pieces)``, has their
    latitude, longitude and changes of both, degrees, and `line`, ``(pieces,)``, their lines.
    """

    chord: Floats
    piece: Indices
    box: Floats
    ends: Floats
    line: Indices


@kernel
def _slot_distance2(
    chord: Floats, leaf: int, slot: int, x: float, y: float, z: float
) -> tuple[float, float]:
    """Give the squared distance of a point from a chord, and where on it the nearest place is."""
    px, py, pz = x - chord[leaf, 0, slot], y - chord[leaf, 1, slot], z - chord[leaf, 2, slot]
    dx, dy, dz = chord[leaf, 3, slot], chord[leaf, 4, slot], chord[leaf, 5, slot]
    share = (px * dx + py * dy + pz * dz) / (dx * dx + dy * dy + dz * dz + TINY)
    share = share if share > 0.0 else 0.0
    share = share if share < 1.0 else 1.0
    px, py, pz = px - share * dx, py - share * dy, pz - share * dz
    return px * px + py * py + pz * pz, share


@kernel
def _limit2(best2: float, radius: float) -> float:
    """Give the squared distance up to which chords are undecided, if one is that near a ball."""
    reach = math.sqrt(best2) * ROUNDING + radius + _SAG
    limit = math.sqrt(longest_arc2(reach * reach)) + radius + _SAG
    return limit * limit


@kernel
def _gather(tree: SegmentTree, ball: Ball, leaves: Indices, apart: Floats) -> tuple[int, float]:
    """Gather the leaves that may hold the nearest piece of any query in the ball."""
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
        before2 = best2
        for slot in range(LEAF):
            d2, _ = _slot_distance2(tree.chord, leaf, slot, x, y, z)
            if d2 < best2:
                best2 = d2
        if best2 < before2:
            limit2 = _limit2(best2, radius)
    return keep(leaves, apart, count, limit2), limit2


@kernel
def _pick(
    tree: SegmentTree, ball: Ball, leaves: Indices, limit2: float, near: Floats, piece: Indices
) -> int:
    """Copy the chords of the leaves that lie within the limit; there must be room for all."""
    x, y, z, _ = ball
    count = 0
    for leaf in leaves:
        for slot in range(LEAF):
            if _slot_distance2(tree.chord, leaf, slot, x, y, z)[0] <= limit2:
                length2 = TINY
                for axis in range(3):
                    near[axis, count] = tree.chord[leaf, axis, slot]
                    near[axis + 3, count] = tree.chord[leaf, axis + 3, slot]
                    length2 += tree.chord[leaf, axis + 3, slot] ** 2
                near[6, count] = 1 / length2
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
        share = share if share > 0.0 else 0.0
        share = share if share < 1.0 else 1.0
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
def nearest_line_kernel(
    tree: SegmentTree,
    queries: Queries,
    first: int,
    last: int,
    answer: tuple[Indices, Floats],
) -> None:
    """Answer with the nearest line and, shape ``(3, n)``, its distance and foot."""
    leaves = np.empty(len(tree.box) // 2, np.int64)
    apart = np.empty(leaves.size)
    near, piece = np.empty((9, CROWD * LEAF)), np.empty(CROWD * LEAF, np.int64)
    stack = np.empty((DEPTH, 2), np.int64)
    found, feet = answer
    xyz, order = queries
    for start in range(first, last, GROUP):
        stack[0, 0], stack[0, 1] = start, min(start + GROUP, last)
        top = 1
        while top > 0:
            top -= 1
            low, high = stack[top]
            ball = ball_around(xyz, low, high)
            count, limit2 = _gather(tree, ball, leaves, apart)
            if count > CROWD and high - low > 1:
                middle = (low + high) // 2
                stack[top, 0], stack[top, 1] = middle, high
                stack[top + 1, 0], stack[top + 1, 1] = low, middle
                top += 2
                continue
            if count * LEAF > piece.size:
                near, piece = np.empty((9, count * LEAF)), np.empty(count * LEAF, np.int64)
            count = _pick(tree, ball, leaves[:count], limit2, near, piece)
            for i in range(low, high):
                query = xyz[0, i], xyz[1, i], xyz[2, i]
                line, km, lat, lon = _settle(tree.ends, tree.line, near, piece[:count], query)
                found[order[i]] = line
                feet[0, order[i]], feet[1, order[i]], feet[2, order[i]] = km, lat, lon


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
    xyz, order = queries
    limit2 = (radius_km + SAME_KM + _SAG) ** 2
    for i in range(span[0], span[1]):
        x, y, z = xyz[0, i], xyz[1, i], xyz[2, i]
        write = starts[order[i]] if found.size else 0
        for leaf in leaves[: gather_within(tree.box, (x, y, z, 0.0), limit2, leaves)]:
            for slot in range(LEAF):
                apart2, share = _slot_distance2(tree.chord, leaf, slot, x, y, z)
                if apart2 > limit2:
                    continue
                km, lat, lon = _foot(tree.ends, tree.piece[leaf, slot], share, (x, y, z))
                if km <= radius_km + SAME_KM:
                    if found.size:
                        found[write] = tree.piece[leaf, slot]
                        feet[0, write], feet[1, write], feet[2, write] = km, lat, lon
                    write += 1
        if not found.size:
            starts[order[i]] = write
