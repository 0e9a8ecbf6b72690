"""What the tests share: the real layers, the command line, real data where the machine has it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from server.fixtures import local_server, web  # noqa: F401 - fixtures

from geo.assess import assess
from geo.cli import main
from geo.criteria import CRITERIA
from geo.metrics import Metrics
from geo.question import Question
from geo.scenario import load_scenario
from geo.sites import complete, embedded_sites
from layers import Store, load_layers

REPO = Path(__file__).parents[1]
AS_OF = "2026-10"


def missing(reason: str) -> None:
    """Skip a test that lacks what it needs; fail it where everything must be there."""
    if os.environ.get("REWATT_REQUIRE_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in this hook, too
def pytest_collection_modifyitems(items):
    """Run a file's tests in one process, and in one those that look at the same pages.

    Files with tests in a browser come first: they take long, and the short ones fill what is left.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    for item in items:
        group = "looks" if "looks" in item.fixturenames else item.location[0]
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session", autouse=True)
def _nothing_fetched(tmp_path_factory):
    """Keep what the user of this machine has fetched and configured out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REWATT_DATA", str(tmp_path_factory.mktemp("nothing-fetched")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("nothing-configured")))
        patch.delenv("REWATT_CONFIG", raising=False)
        yield


@pytest.fixture(scope="session")
def layers():
    return load_layers(store=Store.embedded())


@pytest.fixture(scope="session")
def sites(layers):
    return embedded_sites(layers)


@pytest.fixture(scope="session")
def assessment(sites, layers):
    return assess(sites, layers, load_scenario("balanced"), Question(200, AS_OF))


@pytest.fixture
def make_sites():
    """Give sites from a few columns, as a user would bring them."""

    def make(**columns):
        length = max(len(value) for value in columns.values() if isinstance(value, list))
        table = pd.DataFrame({"site_id": [f"s{i}" for i in range(length)], **columns})
        if "coord_precision" not in table:
            table["coord_precision"] = "site"
        return complete(table, brought=True)

    return make


@pytest.fixture
def of_metrics(make_sites):
    """Assess sites of which nothing is told but their metrics: values, or (value, low, high)."""

    def make(weights, by="score", lat=None, **metrics):
        n = max(len(column) for column in metrics.values())
        sites = make_sites(lat=[33.0] * n if lat is None else lat, lon=[-100.0] * n)
        parts = {
            part: pd.DataFrame(np.nan, index=sites.index, columns=[one.id for one in CRITERIA])
            for part in ("value", "low", "high")
        }
        for name, column in metrics.items():
            cells = [cell if isinstance(cell, tuple) else (cell,) * 3 for cell in column]
            for part, values in zip(parts, zip(*cells, strict=True), strict=True):
                parts[part][name] = np.array(values, dtype=float)
        nothing = pd.DataFrame(index=sites.index)
        measured = Metrics(**parts, findings=nothing, options=pd.DataFrame(columns=["site_id"]))
        scenario = replace(load_scenario("balanced"), weights=weights, gates={})
        return assess(sites, {}, scenario, Question(200, AS_OF), by=by, metrics=measured)

    return make


@dataclass(frozen=True)
class Outcome:
    """What a run of the command line gave."""

    status: int
    out: str
    err: str


@pytest.fixture
def rewatt(capsys, monkeypatch):
    """Run the command line in this process."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["rewatt", *map(str, arguments)])
        capsys.readouterr()
        status, kept = 0, os.environ["REWATT_DATA"]
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        finally:
            os.environ["REWATT_DATA"] = kept  # `--data` tells a process, and this one goes on
        shown = capsys.readouterr()
        return Outcome(status, shown.out, shown.err)

    return run


@pytest.fixture
def test_data():
    """Give the folder of real public data, which is not part of the project."""
    folder = os.environ.get("REWATT_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        missing("REWATT_TEST_DATA does not name the folder of real public data")
    return Path(folder)


@pytest.fixture(scope="session")
def chromium():
    """Give a running Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()
