"""The compiled median within discs. Importing this module imports numba."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numba import njit

from layers._slope import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Slopes = NDArray[np.uint16]

Function = TypeVar("Function", bound="Callable[..., object]")


def _kernel(function: Function) -> Function:
    """Compile a function when it is first called; keep the code where there is a folder for it."""
    compiled: Function
    try:
        compiled = njit(cache=True, nogil=True)(function)
    except RuntimeError:
        compiled = njit(nogil=True)(function)
    return compiled


@_kernel
def _count(  # noqa: PLR0913, PLR0917 - compiled functions take bare numbers and arrays
    row: Slopes, first: int, last: int, counts: Counts, by: int, pivot: int
) -> tuple[int, int]:
    """Count the known slopes of some columns in, or out; give how many, and how many are below."""
    known, below = 0, 0
    for column in range(max(first, 0), min(last + 1, row.size)):
        slope = np.int64(row[column])
        if slope != UNKNOWN:
            counts[slope] += by
            known += by
            if slope < pivot:
                below += by
    return known, below


@_kernel
def _median(counts: Counts, known: int, below: int, pivot: int) -> tuple[float, int, int]:
    """Move the pivot to the lower median; give the median, the pivot and how many are below it."""
    rank = (known - 1) // 2
    while below > rank:
        pivot -= 1
        below -= counts[pivot]
    while below + counts[pivot] <= rank:
        below += counts[pivot]
        pivot += 1
    upper = pivot
    if below + counts[pivot] <= known // 2:
        upper += 1
        while counts[upper] == 0:
            upper += 1
    return (pivot + upper) / 2, pivot, below


@_kernel
def sliding_medians(
    slopes: Slopes, first: Counts, lowest: Counts, highest: Counts, least_share: float
) -> Slopes:
    """Give the median of each disc; `UNKNOWN` where too little of it is known.

    The parameters are those of `layers._slope`: an array, and the pixels of each disc row by
    row. A disc in the same rows as the one before takes its counts over and only what left and
    what came is counted (Huang, Yang and Tang, 1979, A fast two-dimensional median filtering
    algorithm, IEEE Transactions on Acoustics, Speech and Signal Processing 27(1)).
    """
    found = np.full(first.size, UNKNOWN, dtype=np.uint16)
    counts = np.zeros(UNKNOWN, dtype=np.int64)
    known, below, pivot = 0, 0, 0
    for disc in range(first.size):
        slides = disc > 0 and first[disc] == first[disc - 1]
        if not slides:
            counts[:] = 0
            known, below, pivot = 0, 0, 0
        pixels = 0
        for k in range(lowest.shape[1]):
            left, right = lowest[disc, k], highest[disc, k]
            pixels += right - left + 1
            row = first[disc] + k
            if row < 0 or row >= slopes.shape[0]:
                continue
            old_left, old_right = left, left - 1
            if slides:
                old_left, old_right = lowest[disc - 1, k], highest[disc - 1, k]
            for start, end, by in (
                (old_left, min(old_right, left - 1), -1),
                (max(old_left, right + 1), old_right, -1),
                (left, min(right, old_left - 1), 1),
                (max(left, old_right + 1), right, 1),
            ):
                more, less = _count(slopes[row], start, end, counts, by, pivot)
                known += more
                below += less
        if known > 0 and known >= least_share * pixels:
            median, pivot, below = _median(counts, known, below, pivot)
            found[disc] = np.uint16(np.rint(median))
    return found
