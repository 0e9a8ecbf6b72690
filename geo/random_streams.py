"""Random numbers that depend on the seed and on what they are for, and on nothing else.

A site's draws do not move when rivals come or go, nor with the number of threads, nor with how
many draws are made at a time. The generator is Philox 4x64-10, counter-based (J. Salmon et al.,
Parallel random numbers: as easy as 1, 2, 3, SC11, 2011), as NumPy has it.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from geo.arrays import Singles

STEP = 8
"""Single-precision numbers per count of the generator: blocks of draws start at multiples."""


@cache
def key_of(name: str) -> int:
    """Give 64 bits that stand for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


def generator(seed: int, purpose: str) -> np.random.Generator:
    """Give the generator of one purpose, for instance the weights."""
    key = np.array([seed, key_of(purpose)], np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


class Uniforms:
    """Uniform numbers in [0, 1), at any place of any stream. Not to be shared by threads."""

    def __init__(self, seed: int) -> None:
        """Make all the streams of one seed."""
        self._bits = np.random.Philox(key=np.array([seed, key_of("uniforms")], np.uint64))
        self._generator = np.random.Generator(self._bits)
        self._state: Any = self._bits.state

    def fill(self, out: Singles, first: int, stream: tuple[int, int]) -> None:
        """Fill a row, single precision, with the draws of a stream from `first` on.

        `first` is a multiple of `STEP`; a stream has two keys of 64 bits.
        """
        self._state["state"]["counter"][:] = (first // STEP, 0, *stream)
        self._bits.state = self._state
        self._generator.random(out=out, dtype=np.float32)
