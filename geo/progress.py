"""A progress bar for work that takes long, and nothing for work that does not."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE_SECONDS = 1.0


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """Give what to call with each amount done.

    After a second a bar appears on stderr, and goes when the work is done; where stderr is no
    terminal there is none.

    Parameters
    ----------
    title
        What is done, for the bar.
    total
        How much there is to do, in the unit of the amounts.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(title, total=total)
    began = time.monotonic()
    shown = False

    def advance(amount: int) -> None:
        nonlocal shown
        bar.advance(task, amount)
        if not shown and time.monotonic() - began > _PATIENCE_SECONDS:
            bar.start()
            shown = True

    try:
        yield advance
    finally:
        if shown:
            bar.stop()
