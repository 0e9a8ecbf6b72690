"""The app against an empty Streamlit page with an empty st_folium map, on the same machine.

Run in a checkout: python -m benchmarks.app   (needs the extras `test` and `bench`, and Chromium)
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.app_pages import EMPTY, OURS, Bytes, cold, move, opened, prepare
from benchmarks.app_users import users

COLD, MOVES = 5, 15
MANY, LASTS_SECONDS = 10, 60.0
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def browser_side(folder: Path) -> None:
    """Time cold starts and moves in turn, so that the machine's moods hit both alike."""
    starts = {app.name: [] for app in (OURS, EMPTY)}
    moved = {app.name: [] for app in (OURS, EMPTY)}
    sent: dict[str, Bytes] = {}
    path = shutil.which("chromium") or sys.exit("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for _ in range(COLD):
            for app in (OURS, EMPTY):
                taken, sent[app.name] = cold(browser, app, folder / "log")
                starts[app.name].append(taken)
        with ExitStack() as both:
            pages = {}
            for app in (OURS, EMPTY):
                running = both.enter_context(app.start(folder / app.file.stem))
                pages[app.name] = opened(browser, app, running.url, Bytes())
                pages[app.name].wait_for_timeout(3_000)
                prepare(pages[app.name])
            for number in range(MOVES + 2):  # the first two warm up
                for app in (OURS, EMPTY):
                    taken = move(pages[app.name], app, "End" if number % 2 else "Home")
                    if number > 1:
                        moved[app.name].append(taken)
        browser.close()
    compare("cold start to what is seen", starts, 2.0)
    compare("a weight to new ranks", moved, 1.5)
    beyond = sent[OURS.name].beyond / 1e6
    print(f"sent for `us`, without Streamlit's own files: {beyond:.2f} MB (asked: under 3 MB)")
    for name, counted in sent.items():
        print(
            f"  {name:<34} {counted.beyond / 1e6:7.2f} MB, {counted.whole / 1e6:.2f} MB with them"
        )


def compare(what: str, times: dict[str, list[float]], most: float) -> None:
    """Print medians and their ratio."""
    median = {name: statistics.median(taken) for name, taken in times.items()}
    print(f"{what}: {median[OURS.name] / median[EMPTY.name]:.2f} x (asked: at most {most:g} x)")
    for name, taken in median.items():
        span = f"{min(times[name]):.3f} to {max(times[name]):.3f}"
        print(f"  {name:<34} {taken:7.3f} s   ({span})")


def user_side(folder: Path) -> None:
    """Let one user work, then ten."""
    with OURS.start(folder / "log") as running:
        alone = users(running.url, 1, LASTS_SECONDS / 3)
        before = running.resident_mb()
        together = users(running.url, MANY, LASTS_SECONDS)
        between = running.resident_mb()
        again = users(running.url, MANY, LASTS_SECONDS / 2)
        after = running.resident_mb()
    ratio = together.p95 / alone.median
    print(
        f"{MANY} users, a move a second each: p95 {ratio:.1f} x one user's median (asked: under 5)"
    )
    for many, some in ((1, alone), (MANY, together), (MANY, again)):
        moved, failed = len(some.seconds), len(some.failures)
        print(f"  {many:2} users   median {some.median:.3f} s, p95 {some.p95:.3f} s, {moved} moves,"
              f" {failed} failed")  # fmt: skip
    if before and between and after:
        print(f"  memory after each: {before:.0f}, {between:.0f}, {after:.0f} MB")


def main() -> None:
    """Run both sides."""
    with tempfile.TemporaryDirectory() as folder:
        browser_side(Path(folder))
        user_side(Path(folder))


if __name__ == "__main__":
    main()
