"""What the geometry benchmark runs on: real public data, or random data of the same sizes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

STATIONS, PLANTS, LINES = 62_957, 1_820, 103_010
KV_STEPS = (0, 69, 100, 138, 200, 300, 400, 600, 1300)
"""Bounds of eight voltage classes, kV."""
BOX = (26.0, 48.0, -122.0, -70.0)
"""Where the points lie: south, north, west, east."""


@dataclass(frozen=True)
class Data:
    """Stations with their classes, gas plants with their MW, lines; degrees, EPSG:4326."""

    stations: tuple[np.ndarray, np.ndarray]
    kinds: np.ndarray
    plants: tuple[np.ndarray, np.ndarray]
    mw: np.ndarray
    lines: np.ndarray


def load() -> Data:
    """Read the folder that REWATT_TEST_DATA names, or make random data."""
    folder = os.environ.get("REWATT_TEST_DATA")
    return _read(Path(folder)) if folder else _make()


def points(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Give random points, latitudes and longitudes."""
    generator = np.random.default_rng(2)
    return generator.uniform(*BOX[:2], n), generator.uniform(*BOX[2:], n)


def _read(folder: Path) -> Data:
    stations = pd.read_parquet(
        folder / "substations" / "hifld_substations_us_2020_derived_kv.parquet"
    )
    plants = pd.read_csv(
        folder / "power_plants" / "wri_gppd_v130_usa.csv",
        usecols=["latitude", "longitude", "capacity_mw", "primary_fuel"],
    )
    plants = plants[(plants["primary_fuel"] == "Gas") & plants["capacity_mw"].notna()]
    lines = gpd.read_parquet(folder / "transmission" / "hifld_transmission_us_voltclass.parquet")
    kinds = pd.cut(stations["max_kv_est"], KV_STEPS, labels=False, right=False)
    return Data(
        (stations["lat"].to_numpy(), stations["lon"].to_numpy()),
        kinds.fillna(-1).to_numpy(dtype=np.intp),
        (plants["latitude"].to_numpy(), plants["longitude"].to_numpy()),
        plants["capacity_mw"].to_numpy(),
        lines.geometry.to_numpy(),
    )


def _make() -> Data:
    generator = np.random.default_rng(1)

    def places(n: int) -> tuple[np.ndarray, np.ndarray]:
        return generator.uniform(25, 49, n), generator.uniform(-124, -67, n)

    shares = (0.35, 0.03, 0.32, 0.19, 0.08, 0.02, 0.0094, 0.0006)
    lat, lon = places(LINES)
    steps = generator.normal(0, 0.01, (LINES, 6, 2)).cumsum(axis=1)
    return Data(
        places(STATIONS),
        generator.choice(8, STATIONS, p=shares),
        places(PLANTS),
        generator.uniform(1, 1000, PLANTS).round(1),
        shapely.linestrings(np.stack((lon, lat), axis=1)[:, None, :] + steps),
    )
