"""Five hundred things done in the app leave the server hardly larger than fifty did."""

from __future__ import annotations

import random
import sys

import pytest

from tests.geo.ui.running import Running, free_port
from tests.geo.ui.session import Session

EARLY, LATE = 50, 500
MOST_GROWTH = 1.10
WEIGHTS = ("group_land", "weight_energised_capacity", "weight_gas_generation", "group_readiness")
PAGES = ("site", "compare", "what-if", "data", "")
VISIT = 25
"""Every so many a new user comes, looks and goes."""


@pytest.fixture
def server(tmp_path):
    """Serve the app for this test alone: what others did there would be counted, too."""
    port = free_port()
    command = [sys.executable, "-m", "geo", "app", "--port", port, "--data", tmp_path / "none"]
    with Running(command, port, tmp_path / "app.log") as one:
        yield one


def act(user, number, dice):
    """Do one thing: mostly a weight, sometimes a target, a region, a page."""
    if number % 10 == 4:
        return user.move("target_slider", dice.randrange(10, 2000, 10))
    if number % 10 == 6:
        return user.move("region", dice.choice(user.widgets["region"][1].options))
    if number % 10 in {7, 8}:
        return user.open(PAGES[number // 10 % len(PAGES)])
    return user.move(dice.choice(WEIGHTS), round(dice.uniform(0, 100), 1))


def test_the_server_does_not_grow_with_what_is_done(server):
    dice = random.Random(6)  # noqa: S311 - which slider is no secret
    sizes = {}
    with Session(server.url) as user:
        user.run()
        user.open("trust")
        user.open("")
        for number in range(1, LATE + 1):
            run = act(user, number, dice)
            assert run.exceptions == []
            if number % VISIT == 0:
                with Session(server.url) as visitor:
                    assert visitor.run().exceptions == []
            if number in {EARLY, LATE} or number % 100 == 0:
                sizes[number] = server.resident_mb()
    assert "Traceback" not in server.said()
    if sizes[EARLY] is None:
        pytest.skip("this system does not tell a process's memory in /proc")
    assert sizes[LATE] <= MOST_GROWTH * sizes[EARLY], sizes
