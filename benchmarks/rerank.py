"""A weight slider: scoring and ranking again, against measuring again.

Run: python benchmarks/rerank.py
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING

from geo.assess import Assessment, assess
from geo.metrics import measure_sites
from geo.question import Question
from geo.scenario import load_scenario
from geo.sites import embedded_sites
from layers import load_layers

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 15


def median_seconds(job: Callable[[], Assessment]) -> float:
    """Give the median wall time of several runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Check that both ways give the same scores, then print medians and their ratio."""
    layers = load_layers()
    sites, scenario, question = (
        embedded_sites(layers),
        load_scenario("balanced"),
        Question(200, "2026-10"),
    )
    known = measure_sites(sites, layers, question)

    def again() -> Assessment:
        return assess(sites, layers, scenario, question)

    def slider() -> Assessment:
        return assess(sites, layers, scenario, question, metrics=known)

    if not again().scores.score.equals(slider().scores.score):
        sys.exit("the two ways disagree")
    whole, quick = median_seconds(again), median_seconds(slider)
    print(f"measure, score, rank  {whole * 1000:7.1f} ms")
    print(f"score, rank           {quick * 1000:7.1f} ms  {whole / quick:5.1f} x faster")


if __name__ == "__main__":
    main()
