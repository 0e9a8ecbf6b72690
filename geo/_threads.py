"""How many threads may run at a time."""

from __future__ import annotations

import os


def threads() -> int:
    """Give how many threads may run at a time; no answer depends on it."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
