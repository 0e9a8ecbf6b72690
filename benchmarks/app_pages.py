"""The two apps that benchmarks/app.py holds against each other, as a browser meets them."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from geo.launch import Address, app_file, flags
from tests.geo.ui.running import Running, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

LONGEST_MS = 120_000
_LEAFLET = files("js_lib_leaflet") / "static" / "js_lib_leaflet"
_AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"
_SIZE = {"width": 1400, "height": 1000}

_CHANGED = """(selector) => new Promise((done) => {
    const texts = () => [...document.querySelectorAll(selector)].map((one) => one.textContent);
    const said = () => texts().join();
    const before = said();
    window.addEventListener("keydown", () => {
        const start = performance.now();
        const look = () => said() === before ? requestAnimationFrame(look)
            : done((performance.now() - start) / 1000);
        look();
    }, { capture: true, once: true });
})"""
"""From the key that moves the slider to the frame in which the page says something else."""


@dataclass(frozen=True)
class App:
    """One of the two.

    Attributes
    ----------
    name
        As it is printed.
    file
        The page that Streamlit runs.
    seen
        What has to be there before a user sees what was asked for: selectors of the page.
    drawn
        The same of the map's own frame.
    says
        Selector of what changes when the slider has moved.
    """

    name: str
    file: Path
    seen: tuple[str, ...]
    drawn: str
    says: str

    def start(self, log: Path) -> Running:
        """Start it as `rewatt app` starts ours."""
        port = free_port()
        if self is OURS:
            command = [sys.executable, "-m", "geo", "app", "--port", str(port)]
        else:
            told = flags(Address("localhost", port))
            command = [sys.executable, "-m", "streamlit", "run", str(self.file), *told]
        return Running(command, port, log)


OURS = App(
    "rewatt, us",
    app_file(),
    ("[data-testid=stDataFrame] canvas",),
    ".leaflet-pane canvas",
    "[data-testid=stDataFrame] canvas",
)
EMPTY = App(
    "empty page, empty st_folium map",
    Path(__file__).with_name("empty_page.py"),
    ("[data-testid=stText]",),
    ".leaflet-container",
    "[data-testid=stText]",
)


@dataclass
class Bytes:
    """What came in: in all, and without the files that are Streamlit's own."""

    whole: int = 0
    beyond: int = 0
    _urls: dict[str, str] = field(default_factory=dict)

    def watch(self, page: Page) -> None:
        """Count what a page receives, by file and by websocket."""
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.responseReceived", self._named)
        network.on("Network.loadingFinished", self._loaded)
        network.on("Network.webSocketFrameReceived", self._frame)

    def _named(self, told: dict) -> None:
        self._urls[told["requestId"]] = told["response"]["url"]

    def _loaded(self, told: dict) -> None:
        self._add(int(told["encodedDataLength"]), self._urls.get(told["requestId"], ""))

    def _frame(self, told: dict) -> None:
        data = told["response"]["payloadData"]
        self._add(len(data) * 3 // 4 if told["response"]["opcode"] == 2 else len(data), "")

    def _add(self, many: int, url: str) -> None:
        self.whole += many
        self.beyond += 0 if "/static/" in url and "/component/" not in url else many


def _from_here(route: Route) -> None:
    """Answer for the hosts that folium takes its files from: Leaflet, and nothing of the rest.

    No network then slows the peer, nor do icons and styles that an empty map does without.
    """
    name = route.request.url.rsplit("/", 1)[-1]
    known = name in {"leaflet.js", "leaflet.css"}
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    route.fulfill(body=(_LEAFLET / name).read_bytes() if known else b"", content_type=kind)


def opened(browser: Browser, app: App, url: str, counted: Bytes) -> Page:
    """Open an app in a fresh context and wait until all is seen."""
    context = browser.new_context(viewport=_SIZE)
    context.route(lambda one: not one.startswith(url), _from_here)
    page = context.new_page()
    counted.watch(page)
    page.goto(url)
    for selector in app.seen:
        page.locator(selector).first.wait_for(timeout=LONGEST_MS)
    page.frame_locator("iframe").first.locator(app.drawn).first.wait_for(timeout=LONGEST_MS)
    return page


def cold(browser: Browser, app: App, log: Path) -> tuple[float, Bytes]:
    """Give the seconds from the start of the process to what is seen, and what was sent."""
    counted = Bytes()
    start = time.perf_counter()
    with app.start(log) as running:
        page = opened(browser, app, running.url, counted)
        taken = time.perf_counter() - start
        page.wait_for_timeout(3_000)  # what still comes in belongs to the bytes, not to the time
        page.context.close()
    return taken, counted


def prepare(page: Page) -> None:
    """Open what the slider is folded in."""
    slider = page.get_by_role("slider", name="Land").first
    if not slider.is_visible():
        for one in page.locator("[data-testid=stSidebar] summary").all():
            one.click()


def move(page: Page, app: App, key: str) -> float:
    """Move the slider to an end, and give the seconds until the page says so."""
    page.bring_to_front()  # what is behind draws no frames
    slider = page.get_by_role("slider", name="Land").first
    slider.focus()
    answer = page.evaluate_handle(f"(told) => ({{ at: ({_CHANGED})(told) }})", app.says)
    slider.press(key)
    taken: float = page.evaluate("(answer) => answer.at", answer)
    page.locator(_AT_REST).wait_for(timeout=LONGEST_MS)
    page.wait_for_timeout(1_000)  # and what it drew last is on screen
    return taken
