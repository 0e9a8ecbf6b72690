"""Nearest and within-radius searches: ours, geodesic, against the libraries that people use.

Run: REWATT_TEST_DATA=folder python benchmarks/geometry.py   (needs the extra `bench`)
Without the data: seeded random data of the same sizes. Answers are checked before any time is
printed. A time includes the building of indices and, for peers on a plane, the projection.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from geometry_data import Data, load, points

from geo.crs import distance_km
from geo.lines import nearest_line
from geo.nearest import nearest, nearest_of_each, sum_within

if TYPE_CHECKING:
    from collections.abc import Callable

    Jobs = dict[str, Callable[[], object]]

RUNS = 3
MANY, SOME, FEW = 1_000_000, 100_000, 200
RADIUS_KM = 50.0
PATIENCE_SECONDS = 30.0
"""What takes longer is run once."""
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
MILLIMETRE, MICROMETRE = 1e-6, 1e-9


def fail_if(wrong: bool | np.bool_, what: str) -> None:  # noqa: FBT001 - reads like a sentence
    """Stop where the answers disagree: then no time is worth printing."""
    if wrong:
        sys.exit(f"the answers disagree: {what}")


def compare(title: str, jobs: Jobs) -> dict[str, object]:
    """Time all jobs in turn, ours first, print medians and ratios, and give the answers."""
    began = time.perf_counter()
    next(iter(jobs.values()))()
    first_call = time.perf_counter() - began
    times: dict[str, list[float]] = {name: [] for name in jobs}
    answers = {}
    for run in range(RUNS):
        for name, job in jobs.items():
            if run and times[name][0] > PATIENCE_SECONDS:
                continue
            began = time.perf_counter()
            answers[name] = job()
            times[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    ours = next(iter(medians.values()))
    lines = [f"{title}  (our first call {first_call:.2f} s)"]
    for name, median in medians.items():
        lines.append(f"  {name:<38} {median:8.3f} s  {median / ours:7.1f} x our time")
    answers["table"] = "\n".join(lines)
    return answers


def stations(data: Data) -> str:
    """Compare the nearest station of a million points."""
    import geometry_peers as peers

    where = points(MANY)
    answers = compare(
        f"nearest of {len(data.kinds):,} stations, {MANY:,} points",
        {
            "ours, geodesic": lambda: nearest(*where, *data.stations),
            "geopandas sjoin_nearest, EPSG:5070": lambda: peers.geopandas_nearest(
                where, data.stations
            ),
            "shapely STRtree, EPSG:5070": lambda: peers.shapely_nearest(where, data.stations),
            "scipy cKDTree, chords + PROJ": lambda: peers.scipy_nearest(where, data.stations),
            "scikit-learn BallTree, haversine": lambda: peers.sklearn_nearest(where, data.stations),
        },
    )
    index, km = answers["ours, geodesic"]
    check_distances(where, data.stations, index, km)
    for some in np.random.default_rng(3).choice(MANY, FEW, replace=False):
        every = distances(where, data.stations, some)
        fail_if(every.min() < km[some] - MICROMETRE, "PROJ knows a nearer station")
        fail_if(every.argmin() != index[some], "PROJ names another station")
    return answers["table"] + farther(answers, where, data.stations, km)


def farther(answers: dict, where: tuple, targets: tuple, km: np.ndarray) -> str:
    """Say how often a peer's target is farther than ours; stop if it is ever nearer."""
    text = "\n  a farther one is named by"
    for name, named in list(answers.items())[1:-1]:
        theirs = distance_km(*where, targets[0][named], targets[1][named])
        fail_if((theirs < km - MICROMETRE).any(), f"{name} names a nearer one")
        text += f" {name.split()[0]} for {(theirs > km + MILLIMETRE).mean():.3%},"
    return text.rstrip(",")


def distances(where: tuple, targets: tuple, one: int) -> np.ndarray:
    """Give every target's distance from one point, by PROJ."""
    lat, lon = (np.full(len(targets[0]), axis[one]) for axis in where)
    return distance_km(lat, lon, *targets)


def check_distances(where: tuple, targets: tuple, index: np.ndarray, km: np.ndarray) -> None:
    """Stop if a distance is not PROJ's to a micrometre."""
    proj = distance_km(*where, targets[0][index], targets[1][index])
    fail_if(np.abs(proj - km).max() > MICROMETRE, "a distance is not PROJ's")


def classes(data: Data) -> str:
    """Compare the nearest station of each of eight voltage classes."""
    import geometry_peers as peers

    where = points(SOME)
    target = data.stations, data.kinds
    answers = compare(
        f"nearest of each of 8 voltage classes, {SOME:,} points",
        {
            "ours, geodesic": lambda: nearest_of_each(*where, *data.stations, data.kinds),
            "geopandas sjoin_nearest x 8": lambda: peers.geopandas_nearest_of_each(where, *target),
            "scipy cKDTree x 8 + PROJ": lambda: peers.scipy_nearest_of_each(where, *target),
        },
    )
    index, km = answers["ours, geodesic"]
    for kind in range(8):
        check_distances(where, data.stations, index[:, kind], km[:, kind])
        for name in list(answers)[1:-1]:
            named = answers[name][:, kind]
            theirs = distance_km(*where, *(axis[named] for axis in data.stations))
            fail_if((theirs < km[:, kind] - MICROMETRE).any(), f"{name} names a nearer one")
    return answers["table"]


def sums(data: Data) -> str:
    """Compare the MW of the plants within 50 km."""
    import geometry_peers as peers

    where = points(SOME)
    what = where, data.plants, data.mw, RADIUS_KM
    answers = compare(
        f"MW of {len(data.mw):,} gas plants within {RADIUS_KM:.0f} km, {SOME:,} points",
        {
            "ours, geodesic": lambda: sum_within(*where, *data.plants, data.mw, RADIUS_KM),
            "geopandas dwithin + groupby": lambda: peers.geopandas_sums(*what),
            "geopandas buffer + sjoin + groupby": lambda: peers.geopandas_buffer_sums(*what),
            "scipy sparse_distance_matrix": lambda: peers.scipy_sums(*what),
        },
    )
    mw, count = answers["ours, geodesic"]
    for some in np.random.default_rng(3).choice(SOME, 5 * FEW, replace=False):
        inside = distances(where, data.plants, some) <= RADIUS_KM
        fail_if(inside.sum() != count[some], "PROJ counts others")
        fail_if(abs(data.mw[inside].sum() - mw[some]) > 1e-6, "PROJ's sum is another")
    text = "\n  another number of plants is found by"
    for name, (theirs, found) in list(answers.items())[1:-1]:
        same = found == count
        fail_if((~same).mean() > 0.05, f"{name} counts others")
        apart = np.abs(theirs - mw)[same] > 1e-6
        # as many, but others: one has gone over the border and another come
        fail_if(apart.mean() > 0.001, f"{name} sums others")
        text += f" {name.split(' + ')[0]} for {(~same).mean():.2%},"
    return answers["table"] + text.rstrip(",")


def lines(data: Data) -> str:
    """Compare the nearest line of a million points."""
    import geometry_peers as peers

    where = points(MANY)
    answers = compare(
        f"nearest of {len(data.lines):,} lines, {MANY:,} points",
        {
            "ours, geodesic": lambda: nearest_line(*where, data.lines),
            "geopandas sjoin_nearest, EPSG:5070": lambda: peers.geopandas_nearest_line(
                where, data.lines
            ),
            "shapely STRtree, EPSG:5070": lambda: peers.shapely_nearest_line(where, data.lines),
        },
    )
    line, km, foot_lat, foot_lon = answers["ours, geodesic"]
    back = distance_km(*where, foot_lat, foot_lon)
    fail_if(np.abs(back - km).max() > MICROMETRE, "a distance is not PROJ's distance of the foot")
    off = shapely.distance(data.lines[line], shapely.points(foot_lon, foot_lat))
    fail_if(off.max() > 1e-9, "a foot is not on its line")
    for name in list(answers)[1:-1]:
        for some in np.random.default_rng(3).choice(MANY, FEW, replace=False):
            named = data.lines[answers[name][some]]
            vertices = shapely.get_coordinates(shapely.segmentize(named, 1e-4))
            along = distances(where, (vertices[:, 1], vertices[:, 0]), some)
            fail_if(along.min() < km[some] - MILLIMETRE, f"{name} names a nearer line")
    return answers["table"]


def growth() -> str:
    """Time each size in a process of its own, and see what memory it takes."""
    text = ["growth: nearest station, each size in a process of its own"]
    for size in SIZES:
        run = subprocess.run(
            [sys.executable, __file__, str(size)], check=True, capture_output=True, text=True
        )
        seconds, above = (float(word) for word in run.stdout.split())
        text.append(
            f"  {size:>10,} points {seconds:8.3f} s  {seconds / size * 1e6:8.3f} s a million"
            f"  {above:6.0f} MB beyond inputs and outputs"
        )
    return "\n".join(text)


def grow(size: int) -> None:
    """Print the time of one size, and the peak of memory above start, inputs and outputs, MB."""
    target = load().stations
    nearest(*points(100_000), *target)
    where = points(size)
    forget_peak()
    before = memory_mb("VmRSS")
    began = time.perf_counter()
    nearest(*where, *target)
    seconds = time.perf_counter() - began
    print(seconds, memory_mb("VmHWM") - before - 16 * size / 2**20)


def forget_peak() -> None:
    """Make Linux forget the highest memory so far: reading the data took more than the work."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def memory_mb(name: str) -> float:
    """Give one of the figures that Linux keeps about the memory of this process, MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def main() -> None:
    """Run every comparison, or one size of the growth."""
    if len(sys.argv) > 1:
        grow(int(sys.argv[1]))
        return
    data = load()
    for job in (stations, classes, sums, lines):
        print(job(data), flush=True)
    print(growth())


if __name__ == "__main__":
    main()
