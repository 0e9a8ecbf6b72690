"""The real app on a free port, and a browser that notes every error and every way out."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import REPO
from tests.geo.ui.seen import links, look

HARMLESS = (
    (
        r"404 .*/[a-z-]+/_stcore/(health|host-config)$",
        "Streamlit's front end asks below the page's own path first, then at the root",
    ),
)
"""What the browser's console may say, each with its reason."""

expect.set_options(timeout=60_000)  # a machine may have other work; what is right ends a wait

WIDE, NARROW = (1400, 1000), (420, 900)
MAP = "iframe"


def free_port():
    with socket.socket() as one:
        one.bind(("localhost", 0))
        return one.getsockname()[1]


def answers(port):
    try:
        with socket.create_connection(("localhost", port), timeout=1):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def serve():
    """Start the app on a folder of fetched data; give its address and, at `.log`, what it said."""
    started = []

    def start(folder):
        port, log = free_port(), Path(folder).parent / f"app-{len(started)}.log"
        command = [sys.executable, "-m", "geo", "app", "--port", str(port), "--data", str(folder)]
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, cwd=REPO, stdout=out, stderr=out, start_new_session=True
            )
        started.append(process)
        deadline = time.monotonic() + 60
        while not answers(port):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, "the app does not answer"
            time.sleep(0.2)
        return Address(f"http://localhost:{port}", log)

    yield start
    for process in started:
        # the command and the server below it are one group
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


class Address(str):
    """Where an app is served, and the file of what it said."""

    __slots__ = ("log",)

    def __new__(cls, url, log):
        one = super().__new__(cls, url)
        one.log = log
        return one


@pytest.fixture(scope="session")
def served(serve, tmp_path_factory):
    """Give the address of the app on the embedded tables alone: one for all tests."""
    return serve(tmp_path_factory.mktemp("served") / "empty")


def open_page(chromium, home, size=WIDE, *, scheme="light", network=False):
    """Open a browser that shares nothing with others; its page tells what went on.

    It has `errors` (console and page), `outside` (requests to other machines, all of them
    stopped) and `sent` (frames of the websocket).
    """
    width, height = size
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
    )
    if not network:  # else the map asks whether a basemap answers, as it should
        context.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'onLine', {get: () => false})"
        )
    page = context.new_page()
    page.outside, page.errors, page.sent, page.home = [], [], [], home
    context.route(
        lambda url: re.match(r"https?://", url) and not url.startswith(home),
        lambda route: (page.outside.append(route.request.url), route.abort()),
    )
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda said: note(page, said))
    page.on("websocket", lambda one: one.on("framesent", lambda frame: keep(page, frame)))
    return page


def keep(page, frame):
    page.sent.append(frame)


def note(page, said):
    """Keep an error of the console, unless it is known and harmless."""
    if said.type != "error":
        return
    told = f"{said.text} {said.location.get('url', '')}"
    if not any(re.search(pattern, told) for pattern, _ in HARMLESS):
        page.errors.append(told)


@pytest.fixture
def browse(chromium, served):
    """Open browsers with `open_page`; at the end none may have had an error or a way out."""
    pages = []

    def open_one(size=WIDE, *, scheme="light", home=served, network=False):
        page = open_page(chromium, home, size, scheme=scheme, network=network)
        pages.append((page, network))
        return page

    yield open_one
    told = [(page.errors, [] if network else page.outside) for page, network in pages]
    for page, _ in pages:
        page.context.close()
    assert told == [([], [])] * len(told)


@pytest.fixture
def page(browse):
    """Give the first page, wide and light, with its map drawn."""
    return at_the_map(browse())


@pytest.fixture
def narrow(browse):
    """Give the first page as a telephone shows it."""
    return at_the_map(browse(NARROW))


@pytest.fixture
def dark(browse):
    """Give the first page in dark colours."""
    return at_the_map(browse(scheme="dark"))


def at_the_map(page):
    page.goto(page.home)
    page.wait_for_selector(MAP, timeout=60_000)
    page.frame_locator(MAP).locator(".leaflet-control-layers").wait_for(timeout=30_000)
    return page


def settled(page):
    """Wait until the script has run, what it said is drawn, and the page stands still."""
    page.locator("h1").first.wait_for(timeout=90_000)
    at_rest(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)  # in place of what is on its way
    if any("map_of_sites" in one.url for one in page.frames):
        map_rests(page)


def at_rest(page):
    """Wait until the script does not run; what a page does next, it may not have begun yet."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=90_000)
    page.wait_for_timeout(300)


def becomes(page, ask, expected=True):  # noqa: FBT002 - most are asked for a yes
    """Ask until the answer is the expected one: what a page does takes its time."""
    deadline = time.monotonic() + 60
    while (found := ask()) != expected and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert found == expected


def map_frame(page):
    """Give the frame that holds the map."""
    return next(one for one in page.frames if "map_of_sites" in one.url)


_MAP_RESTS = """() => {
    if (!window.map) { return false; }
    const asked = (one) => (one.spec ? one.spec.chunks : []).some((it) => it.state === "asked");
    const now = JSON.stringify([map.getCenter(), map.getZoom(), map._animatingZoom]);
    const same = window.viewBefore === now;
    window.viewBefore = now;
    return same && !map._animatingZoom && !Object.values(map._layers).some(asked);
}"""


def map_rests(page):
    """Wait until the map neither moves nor waits for a file, at two looks in a row."""
    frame = map_frame(page)
    frame.evaluate("void (window.viewBefore = undefined)")
    frame.wait_for_function(_MAP_RESTS, polling=250, timeout=60_000)


def photograph(page, name):
    """Keep what a page looks like where `REWATT_SCREENSHOTS` names a folder."""
    if folder := os.environ.get("REWATT_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.fixture
def screenshot():
    """Give `photograph`: of a page, under a name."""
    return photograph


@pytest.fixture(scope="session")
def looks(chromium, served):
    """Open every page by its address and look at it: wide, as a telephone shows it, dark."""
    page = open_page(chromium, served)
    page.goto(served)
    settled(page)
    found = {}
    for path, title in links(page):
        page.errors.clear()
        page.goto(f"{served}{path}")
        for mode, size, scheme in (
            ("wide", WIDE, "light"), ("narrow", NARROW, "light"), ("dark", WIDE, "dark"),
        ):  # fmt: skip
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.emulate_media(color_scheme=scheme)
            settled(page)
            photograph(page, f"{path.strip('/') or 'ranking'}-{mode}")
            found[mode, path] = look(page, path, title)
    page.context.close()
    return found
