"""The folders of the map's files: none outlives its process for long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from geo.mapfolder import MapFolder, sweep
from tests.conftest import REPO

HOLDS = (
    "import pathlib, sys, time\n"
    "from geo.mapfolder import MapFolder\n"
    "made = MapFolder(pathlib.Path(sys.argv[1]))\n"
    "(made.path / 'index.html').write_text('map')\n"
    "print(made.path.name, flush=True)\n"
    "sys.stdin.readline()\n"
)


@pytest.fixture
def holder(tmp_path):
    """Start a process that makes a folder and waits."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDS, tmp_path], cwd=REPO, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return process, tmp_path / process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate()


def aged(folder):
    """Let a folder be an hour old."""
    for path in (*folder.iterdir(), folder):
        os.utime(path, (time.time() - 3600,) * 2)
    return folder


def test_a_folder_goes_with_its_process(holder):
    process, folder = holder()
    assert (folder / "index.html").is_file()
    process.communicate("\n", timeout=30)
    assert not folder.exists()


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_stays(holder, tmp_path):
    dead, left = holder()
    _, used = holder()
    other = tmp_path / "rewatt-map-other"  # not made by this version: nobody knows whose it is
    other.mkdir()
    dead.send_signal(signal.SIGKILL)
    dead.wait(timeout=30)
    for folder in (left, used, other):
        aged(folder)
    sweep(tmp_path)
    assert not left.exists()
    assert (used / "index.html").is_file()
    assert other.is_dir()


def test_what_was_made_this_minute_stays(holder, tmp_path):
    dead, left = holder()
    dead.send_signal(signal.SIGKILL)
    dead.wait(timeout=30)
    sweep(tmp_path)
    assert left.is_dir()


def test_a_folder_that_lost_a_file_is_no_longer_whole(tmp_path):
    made = MapFolder(tmp_path)
    for name in ("index.html", "a.json", "tmp8x1"):
        (made.path / name).write_text("map")
    made.hold()
    assert made.is_whole()
    (made.path / "tmp8x1").rename(made.path / "b.json")
    assert made.is_whole()
    (made.path / "a.json").unlink()
    assert not made.is_whole()
    made.hold()
    made.close()
    assert not made.path.exists()
    assert not made.is_whole()
