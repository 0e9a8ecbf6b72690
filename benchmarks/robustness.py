"""Rankings under many weights, against a loop over scikit-criteria's weighted sum.

Run: python benchmarks/robustness.py   (needs the extra `bench`)
The peer ranks some of the draws, every one at the same cost, and its time is scaled to all.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from geometry import forget_peak, memory_mb

from geo.rank_counts import count_ranks, count_top
from geo.weight_draws import uniform_weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.arrays import Floats, Ints
    from geo.rank_counts import RankCounts

CRITERIA, DRAWS, TOP, RUNS = 8, 10_000, 10, 5
SIZES = {1_000: 500, 10_000: 200, 100_000: 20}
"""Sites, and the draws that the peer ranks."""


def case(n: int) -> tuple[Floats, Floats]:
    """Give seeded utilities and weights."""
    return np.random.default_rng(n).random((n, CRITERIA)), uniform_weights(CRITERIA, DRAWS, 1)


def peer(utilities: Floats, weights: Floats) -> Ints:
    """Rank every draw with scikit-criteria, shape ``(draws, n)``, from 1."""
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel

    model = WeightedSumModel()
    best = [max] * CRITERIA
    ranks = np.empty((len(weights), len(utilities)), np.int64)
    for draw, one in enumerate(weights):
        ranks[draw] = model.evaluate(skcriteria.mkdm(utilities, best, weights=one)).rank_
    return ranks


def seconds(job: Callable[[], object], runs: int = RUNS) -> float:
    """Give the median wall time of several runs; the first, which compiles, is left out."""
    job()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def check(utilities: Floats, weights: Floats, ranks: Ints) -> None:
    """Stop unless the peer's draws, counted, are what we count for them."""
    full, best = count_ranks(utilities, weights, TOP), count_top(utilities, weights, TOP)
    expected = {
        "sums of ranks": (full.total, ranks.sum(axis=0)),
        "top": (full.in_top, (ranks <= TOP).sum(axis=0)),
        "first": (full.first, (ranks == 1).sum(axis=0)),
        "top, alone": (best.in_top, (ranks <= TOP).sum(axis=0)),
        "first, alone": (best.first, (ranks == 1).sum(axis=0)),
    }
    bins = (ranks - 1) >> full.shift
    histogram = np.zeros_like(full.histogram)
    np.add.at(histogram, (np.broadcast_to(np.arange(len(utilities)), ranks.shape), bins), 1)
    expected["histogram"] = (full.histogram, histogram)
    wrong = [name for name, (ours, theirs) in expected.items() if not np.array_equal(ours, theirs)]
    if wrong:
        sys.exit(f"the answers disagree: {', '.join(wrong)}")


def compare(n: int, some: int) -> str:
    """Check, time and print one size."""
    utilities, weights = case(n)
    few = weights[:some]
    check(utilities, few, peer(utilities, few))
    theirs = seconds(lambda: peer(utilities, few), runs=3) * DRAWS / some
    lines = [f"{DRAWS:,} draws x {n:,} sites; every rank and top count equal on {some} draws"]
    lines.append(f"  scikit-criteria, weighted sum in a loop {theirs:10.3f} s")
    jobs: tuple[tuple[str, Callable[..., RankCounts]], ...] = (
        ("ours, full ranks", count_ranks),
        (f"ours, top {TOP} only", count_top),
    )
    for title, job in jobs:
        own = seconds(lambda job=job: job(utilities, weights, TOP))
        memory = subprocess.run(
            [sys.executable, __file__, str(n), job.__name__],
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip
        lines.append(
            f"  {title:<39} {own:10.3f} s  {theirs / own:8,.0f} x faster"
            f"  {memory:>5} MB beyond the inputs"
        )
    return "\n".join(lines)


def peak(n: int, name: str) -> None:
    """Print what one job takes in memory at its peak, in a process of its own."""
    utilities, weights = case(n)
    job = {"count_ranks": count_ranks, "count_top": count_top}[name]
    job(utilities[:5000], weights)  # compiled code and libraries are there
    forget_peak()
    before = memory_mb("VmRSS")
    job(utilities, weights, TOP)
    print(f"{memory_mb('VmHWM') - before:.0f}")


def main() -> None:
    """Run every size, or measure the memory of one."""
    if len(sys.argv) > 1:
        peak(int(sys.argv[1]), sys.argv[2])
        return
    for n, some in SIZES.items():
        print(compare(n, some), flush=True)


if __name__ == "__main__":
    main()
