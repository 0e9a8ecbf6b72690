"""Keeps the memory of a server that runs for weeks level, where the C library can be told."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

_M_ARENA_MAX, _ARENAS = -8, 2
"""The setting's number in glibc's malloc.h; as many heaps as serve two cores."""


def share_heaps() -> None:
    """Let threads share their heaps: to be called before there are threads.

    Every run of the script has a thread of its own; with a heap for each, what one let go stayed
    with it, and memory rose with what was done.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Give the system what is free."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def settle() -> None:
    """Take what is there now out of the search for garbage.

    Streamlit searches all of memory after each run of the script, and tables and modules that
    stay for good cost as much as the run itself.
    """
    gc.collect()
    gc.freeze()
