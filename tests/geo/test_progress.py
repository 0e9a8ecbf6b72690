"""A bar appears on a terminal, and only for work that takes long."""

from __future__ import annotations

import sys
from io import StringIO

import pytest

from geo.progress import progress


class Screen(StringIO):
    """A stderr that says whether it is a terminal."""

    def __init__(self, *, terminal):
        super().__init__()
        self.terminal = terminal

    def isatty(self):
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "patience", "shown"),
    [(True, -1.0, True), (True, 60.0, False), (False, -1.0, False)],
)
def test_a_bar_only_for_long_work_on_a_terminal(terminal, patience, shown, monkeypatch):
    screen = Screen(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("geo.progress._PATIENCE_SECONDS", patience)
    with progress("searching", 10) as advance:
        for _ in range(10):
            advance(1)
    assert ("searching" in screen.getvalue()) == shown
