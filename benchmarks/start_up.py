"""A nationwide ranking from a cold process, against importing geopandas alone.

Run: python benchmarks/start_up.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 7
OURS = [sys.executable, "-m", "geo", "rank", "--region", "us"]
ROBUST = [sys.executable, "-m", "geo", "robustness", "--region", "us"]
HELP = [sys.executable, "-m", "geo", "rank", "--help"]
PEER = [sys.executable, "-c", "import geopandas"]


def seconds(command: list[str]) -> float:
    """Give the wall time of one run."""
    start = time.perf_counter()
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    taken = time.perf_counter() - start
    if command is OURS and "129 sites" not in run.stderr:
        sys.exit("the ranking is not the one to be timed")
    if command is ROBUST and "10,000 draws" not in run.stderr:
        sys.exit("the draws are not those to be timed")
    return taken


def main() -> None:
    """Time all in turn, so that the machine's moods hit all alike, and print the medians."""
    commands = {"rank": OURS, "robustness": ROBUST, "rank --help": HELP, "import geopandas": PEER}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            times[name].append(seconds(command))
    peer = statistics.median(times["import geopandas"])
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"{name:<18} {median:6.3f} s  {median / peer:5.2f} x import geopandas")


if __name__ == "__main__":
    main()
