"""The nearest of many stations: ours, geodesic, against geopandas on a plane (EPSG:5070).

Run: REWATT_TEST_DATA=folder python benchmarks/nearest.py
Without the data: seeded random stations of the same number.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import distance_km
from geo.nearest import nearest

RUNS = 3
POINTS = 100_000
STATIONS = 62_957


def stations() -> tuple[np.ndarray, np.ndarray]:
    """Give the real HIFLD stations, or as many random ones."""
    folder = os.environ.get("REWATT_TEST_DATA")
    if folder:
        name = "substations/hifld_substations_us_2020_derived_kv.parquet"
        table = pd.read_parquet(Path(folder) / name)
        return table["lat"].to_numpy(), table["lon"].to_numpy()
    generator = np.random.default_rng(1)
    return generator.uniform(25, 49, STATIONS), generator.uniform(-124, -67, STATIONS)


def main() -> None:
    """Check the peer's answers against ours, then print medians and their ratio."""
    generator = np.random.default_rng(2)
    lat, lon = generator.uniform(26, 48, POINTS), generator.uniform(-122, -70, POINTS)
    target_lat, target_lon = stations()
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    targets = gpd.GeoDataFrame(geometry=gpd.points_from_xy(target_lon, target_lat), crs=4326)
    times: dict[str, list[float]] = {"ours": [], "geopandas": []}
    for _ in range(RUNS):
        start = time.perf_counter()
        _, km = nearest(lat, lon, target_lat, target_lon)
        times["ours"].append(time.perf_counter() - start)
        start = time.perf_counter()
        joined = gpd.sjoin_nearest(points.to_crs(5070), targets.to_crs(5070))
        times["geopandas"].append(time.perf_counter() - start)
    peer = joined[~joined.index.duplicated()]["index_right"].to_numpy()
    peer_km = distance_km(lat, lon, target_lat[peer], target_lon[peer])
    if (km > peer_km + 1e-9).any():
        sys.exit("the peer found a nearer station: ours is wrong")
    ours, theirs = (statistics.median(times[name]) for name in ("ours", "geopandas"))
    wrong = (peer_km > km + 1e-6).mean()
    print(f"ours, geodesic        {ours:6.3f} s  {theirs / ours:4.1f} x faster")
    print(f"geopandas, EPSG:5070  {theirs:6.3f} s  a farther station for {wrong:.2%} of points")


if __name__ == "__main__":
    main()
