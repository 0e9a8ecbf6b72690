"""Shows how far a download is: a bar with a rate and an estimate, and waits in words."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from layers._bring import Ears
from layers._printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORTH_TELLING_SECONDS = 5.0
"""Shorter waits are not told where there is no bar."""


@contextmanager
def ears(name: str) -> Iterator[Ears]:
    """Give whom a fetch tells what happens.

    On a terminal a bar shows what is done, at what rate and how long it still takes; elsewhere
    long waits are told in a line each, on stderr.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True, markup=False)
    if not sys.stderr.isatty():

        def tell(seconds: float, why: str) -> None:
            if seconds >= _WORTH_TELLING_SECONDS:
                told = printable(f"{name}: waiting {seconds:.0f} s: {why}")
                console.print(told, soft_wrap=True)

        yield Ears(waiting=tell)
        return
    rate = TextColumn("{task.fields[rate]}")
    wait = TextColumn("{task.fields[wait]}", markup=False)
    columns = (
        TextColumn(name),
        BarColumn(),
        TaskProgressColumn(),
        rate,
        TimeRemainingColumn(),
        wait,
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None, rate="", wait="")

        def progress(done: float, total: float | None, unit: str) -> None:
            bar.update(task, completed=done, total=total)
            speed = bar.tasks[0].speed
            shown = f"{done:,.0f} {unit}" + (f", {speed:,.0f} a second" if speed else "")
            bar.update(task, rate=shown, wait="")

        def waiting(seconds: float, why: str) -> None:
            bar.update(task, wait=f"waiting {seconds:.0f} s: {printable(why):.60}")

        yield Ears(progress, waiting)
