"""Runs Streamlit's own command line; `geo.launch` starts it, with the flags."""

from __future__ import annotations

import ctypes
from contextlib import suppress

from click import Abort
from streamlit import net_util
from streamlit.web.cli import main


def _not_asked() -> None:
    """Stand in for a question to a server on the internet: "what is my address?".

    Streamlit asks it at whatever web page tries to connect from another origin, and lets
    everybody wait for the answer; the page is refused with or without it.
    """


net_util.get_external_ip = _not_asked

_M_ARENA_MAX, _ARENAS = -8, 2
"""The setting's number in glibc's malloc.h; as many heaps as serve two cores."""


def share_heaps() -> None:
    """Let threads share their heaps, where the C library is one that can be told.

    Every run of the script has a thread of its own; with a heap for each, what one let go stayed
    with it, and memory rose with what was done.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, _ARENAS)


if __name__ == "__main__":
    share_heaps()
    with suppress(Abort, KeyboardInterrupt):  # Ctrl-C is how it ends, be it ever so early
        main(standalone_mode=False)
