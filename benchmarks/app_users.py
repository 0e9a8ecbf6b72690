"""Several users of one server at once: websocket sessions, each moving a slider once a second."""

from __future__ import annotations

import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.geo.ui.session import Session

PERIOD_SECONDS = 1.0


@dataclass(frozen=True)
class Users:
    """What some users met: seconds of each move until all was there, and what went wrong."""

    seconds: list[float]
    failures: list[str]

    @property
    def median(self) -> float:
        """Give the median."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """Give the 95th percentile."""
        return statistics.quantiles(self.seconds, n=20)[-1]


def one_user(url: str, lasts_seconds: float, number: int) -> Users:
    """Open the app, then move a weight once a second; a late answer makes the next move late."""
    dice = random.Random(number)  # noqa: S311 - where a slider goes is no secret
    taken, failures = [], []
    with Session(url) as user:
        failures += user.run().exceptions
        end = time.monotonic() + lasts_seconds
        time.sleep(dice.random() * PERIOD_SECONDS)
        while (now := time.monotonic()) < end:
            run = user.move("group_land", round(dice.uniform(0, 100), 1))
            taken.append(run.seconds)
            failures += run.exceptions + run.alerts
            time.sleep(max(0.0, now + PERIOD_SECONDS - time.monotonic()))
    return Users(taken, failures)


def users(url: str, many: int, lasts_seconds: float) -> Users:
    """Let several users work at once."""
    with ThreadPoolExecutor(many) as pool:
        each = list(pool.map(lambda number: one_user(url, lasts_seconds, number), range(many)))
    return Users(
        [one for user in each for one in user.seconds],
        [one for user in each for one in user.failures],
    )
