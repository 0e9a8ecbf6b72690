"""The server as the tests use it; `tests/conftest.py` imports both fixtures."""

from __future__ import annotations

import pytest

from . import data_folder, start


@pytest.fixture(scope="session")
def local_server():
    """Give the one server of the run."""
    server = start(data_folder())
    yield server
    server.stop()


@pytest.fixture
def web(local_server):
    """Give the server as it behaves by itself; fails the test where the server itself broke."""
    local_server.reset()
    yield local_server
    broken = list(local_server.broken)
    local_server.reset()
    assert broken == []
