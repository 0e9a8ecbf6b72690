"""The host's side of the compiled searches: chunks, threads, progress.

Importing this module imports numba; `geo.nearest` does so for large searches only.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from geo import _arcs, _kernels, _within_kernels
from geo._groups import Queries
from geo._threads import threads
from geo._tree import morton_codes, point_tree
from geo.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geo._tree import Indices, Tree
    from geo.arrays import Floats

    Points = tuple[Floats, Floats]
    Work = Callable[[Queries, int, int], None]

_CHUNK = 2**20
"""Queries at a time: what they need besides is some 80 bytes each, whatever their number."""
_PIECE = 2**14
"""Queries per task of a thread."""


def _pieces(n: int) -> list[tuple[int, int]]:
    return [(first, min(first + _PIECE, n)) for first in range(0, n, _PIECE)]


def positions(points: Points, pool: ThreadPoolExecutor) -> Floats:
    """Give points, degrees, as earth-centred coordinates, shape ``(3, n)``, km."""
    lat, lon = (np.ascontiguousarray(axis, dtype=float) for axis in points)
    xyz = np.empty((3, lat.size))

    def fill(piece: tuple[int, int]) -> None:
        part = slice(*piece)
        _arcs.ecef_all(lat[part], lon[part], xyz[:, part])

    list(pool.map(fill, _pieces(lat.size)))
    return xyz


def tree_of(points: Points) -> Tree:
    """Build the tree of targets, degrees."""
    with ThreadPoolExecutor(threads()) as pool:
        return point_tree(positions(points, pool))


def _chunks(points: Points, pool: ThreadPoolExecutor) -> Iterator[Queries]:
    for start in range(0, len(points[0]), _CHUNK):
        xyz = positions(
            (points[0][start : start + _CHUNK], points[1][start : start + _CHUNK]), pool
        )
        code = morton_codes(xyz)
        order = np.argsort(code)
        for axis in range(3):
            xyz[axis] = xyz[axis][order]
        code = code[order]
        order += start
        yield Queries(xyz, order, code)


def search(points: Points, works: list[Work], title: str) -> None:
    """Let every work answer all the points, chunk by chunk, in threads.

    Parameters
    ----------
    points
        Latitudes and longitudes, shape ``(n,)`` each, degrees.
    works
        Each is called with queries and the first and last that it is to answer.
    title
        What is done, for the progress bar.
    """
    with (
        ThreadPoolExecutor(threads()) as pool,
        progress(title, len(points[0]) * len(works)) as advance,
    ):
        for queries in _chunks(points, pool):
            for work in works:

                def answer(
                    piece: tuple[int, int], queries: Queries = queries, work: Work = work
                ) -> int:
                    work(queries, *piece)
                    return piece[1] - piece[0]

                for done in pool.map(answer, _pieces(queries.order.size)):
                    advance(done)


def nearest_of_trees(
    points: Points, trees: list[Tree], answers: list[tuple[Indices, Floats]]
) -> None:
    """Fill, for each tree, the place of the nearest target in it and its distance, ``(n,)``."""

    def work_for(tree: Tree, answer: tuple[Indices, Floats]) -> Work:
        return lambda queries, first, last: _kernels.nearest_kernel(
            tree, queries, first, last, answer
        )

    search(points, [work_for(*one) for one in zip(trees, answers, strict=True)], "nearest")


def k_nearest(points: Points, targets: Points, k: int) -> tuple[Indices, Floats]:
    """Give the k nearest targets and their distances, shape ``(n, k)`` each."""
    tree = tree_of(targets)
    index = np.full((len(points[0]), k), -1, dtype=np.intp)
    km = np.full(index.shape, np.nan)

    def work(queries: Queries, first: int, last: int) -> None:
        _kernels.k_nearest_kernel(tree, queries, first, last, (index, km))

    search(points, [work], "k nearest")
    return index, km


def sum_within(
    points: Points, targets: Points, weights: Floats, radius_km: float
) -> tuple[Floats, Indices]:
    """Give the sums of the weights within the radius, and the counts, shape ``(n,)`` each."""
    return _sum_within(points, tree_of(targets), weights, radius_km)


def _sum_within(
    points: Points, tree: Tree, weights: Floats, radius_km: float
) -> tuple[Floats, Indices]:
    sums, counts = np.zeros(len(points[0])), np.zeros(len(points[0]), dtype=np.intp)
    weights = np.ascontiguousarray(weights, dtype=float)

    def work(queries: Queries, first: int, last: int) -> None:
        _within_kernels.sum_within_kernel(
            tree, queries, (first, last), radius_km, weights, (sums, counts)
        )

    search(points, [work], "within")
    return sums, counts


def pairs_within(
    points: Points, targets: Points, radius_km: float
) -> tuple[Indices, Indices, Floats]:
    """Give all pairs within the radius: points ascending, targets and distances in no order."""
    tree = tree_of(targets)
    _, counts = _sum_within(points, tree, np.zeros(len(targets[0])), radius_km)
    ends = np.cumsum(counts)
    found = np.empty(counts.sum(), dtype=np.intp)
    km = np.empty(found.shape)
    starts = ends - counts

    def work(queries: Queries, first: int, last: int) -> None:
        _within_kernels.pairs_within_kernel(
            tree, queries, (first, last), radius_km, starts, (found, km)
        )

    search(points, [work], "pairs")
    return np.repeat(np.arange(len(counts)), counts), found, km
