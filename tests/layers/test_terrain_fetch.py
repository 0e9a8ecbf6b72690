"""`rewatt fetch terrain` from the local server and from files, and what becomes of it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from server import ranges

from layers import default_store
from layers._patches import Cell
from layers.sources import terrain
from tests.conftest import REPO

BOX = "-100.09,34.36,-100.02,34.44"
"""Around IREN's Childress site: two windows in one tile."""
SYNTHETIC = "Copernicus DEM GLO-30: synthetic tile, 2021"


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch, web):
    """Give a store of the test's own; the server stands in for the public bucket."""
    (tmp_path / "config.toml").write_text(
        f"""[limits]
attempts = 3
first_wait_seconds = 0.01
most_wait_seconds = 2
request_seconds = 3
[sources.terrain]
endpoints = ["{web.endpoint("terrain")}"]
most_mb = 30
"""
    )
    monkeypatch.setenv("REWATT_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("REWATT_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def ranked(rewatt, tmp_path, *options):
    run = rewatt("rank", *options, "--out", tmp_path / "ranked.csv")
    assert run.status == 0, run.err
    return pd.read_csv(tmp_path / "ranked.csv").set_index("site_id")


def state_of():
    """Give a hash of everything that is in use."""
    version = default_store().version("terrain")
    assert version.problems() == []
    whole = "".join(version.manifest.files.values()) + version.manifest.version
    return hashlib.sha256(whole.encode()).hexdigest()


def test_a_region_is_fetched_ranked_and_says_where_it_came_from(rewatt, tmp_path, web):
    run = rewatt("fetch", "terrain", "--bbox", BOX)
    assert run.status == 0, run.err
    assert "terrain: 2 rows came, 2 kept, 0 refused" in run.err
    assert all("range" in one.headers for one in web.asked("copernicus"))
    version = default_store().version("terrain")
    assert version.problems() == []
    assert version.manifest.vintage == "2021"
    table = terrain.read(default_store())
    assert table["patch_id"].tolist() == ["n343w1001", "n344w1001"]
    shown = rewatt("data", "status").out
    assert "2 patches of a tenth of a degree" in " ".join(shown.split())
    assert "box -100.09" not in shown
    site = ranked(rewatt, tmp_path, "--region", "childress").loc["iren-childress"]
    assert site["metric_slope"] == pytest.approx(
        ranges.slope_percent(site["lat"], site["lon"]), abs=0.02
    )
    assert site["low_slope"] <= site["metric_slope"] <= site["high_slope"]
    assert site["slope_source"] == SYNTHETIC
    assert f"layers: terrain ({SYNTHETIC})" in rewatt("explain", "iren-childress").out
    assert site["utility_slope"] == pytest.approx(1 - site["metric_slope"] / 10, abs=1e-3)


def test_the_listed_sites_are_the_default_and_sea_is_told(rewatt, tmp_path):
    """Two sites of one's own: one on land, one in the Gulf of Mexico, where there is no tile."""
    (tmp_path / "sites.csv").write_text(
        "site_id,lat,lon,coord_precision\nhere,34.2,-100.5,site\nsea,26.5,-92.5,site\n"
    )
    run = rewatt("fetch", "terrain", "--sites", tmp_path / "sites.csv")
    assert run.status == 0, run.err
    assert "no elevation there: open sea, or beyond the file (such as n264w0925)" in run.err
    shown = " ".join(rewatt("data", "status").out.split())
    kept = default_store().version("terrain").manifest.rows_kept
    assert f"{kept} patches of a tenth of a degree" in shown
    assert "nationwide" not in shown
    found = ranked(rewatt, tmp_path, "--sites", tmp_path / "sites.csv")
    assert found.at["here", "metric_slope"] == pytest.approx(2, abs=0.02)
    assert found.at["here", "low_slope"] == pytest.approx(2, abs=0.02)
    assert np.isnan(found.at["sea", "metric_slope"])
    assert pd.isna(found.at["sea", "slope_source"])


def test_another_area_is_added_to_what_is_there(rewatt, web):
    assert rewatt("fetch", "terrain", "--bbox", BOX).status == 0
    first = terrain.read(default_store())
    web.reset()
    assert rewatt("fetch", "terrain", "--bbox", "-100.09,34.56,-100.02,34.58").status == 0
    both = terrain.read(default_store())
    assert sorted(both["patch_id"]) == sorted([*first["patch_id"], "n345w1001"])
    assert default_store().version("terrain").problems() == []
    assert rewatt("fetch", "terrain", "--bbox", BOX).status == 0
    assert len(terrain.read(default_store())) == len(both)


def test_a_local_file_is_read_whole_and_carries_its_label(rewatt, tmp_path, web):
    import rasterio
    from affine import Affine

    lat = 34.5 - np.arange(600) / 3600
    heights = np.repeat(((lat - 34) * 110_926.0 * 0.07)[:, None], 900, axis=1)
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", width=900, height=600, count=1,
        dtype="float64", crs="EPSG:4326",
        transform=Affine(1 / 3600, 0, -100.2, 0, -1 / 3600, 34.5 + 1 / 7200),
    ) as dataset:  # fmt: skip
        dataset.write(heights, 1)
        dataset.update_tags(
            TIFFTAG_IMAGEDESCRIPTION="synthetic plane", TIFFTAG_DATETIME="2026:05:04 03:02:01"
        )
    run = rewatt("fetch", "terrain", "--file", tmp_path / "dem.tif")
    assert run.status == 0, run.err
    assert web.asked() == []
    site = ranked(rewatt, tmp_path, "--region", "childress").loc["iren-childress"]
    assert site["metric_slope"] == pytest.approx(7, abs=0.02)
    assert site["slope_source"] == "synthetic plane, 2026-05-04"
    layer = terrain_layer()
    assert [one.source.attribution for one in layer.provenance] == [""]
    assert layer.provenance[0].source.title.endswith("synthetic plane")


def terrain_layer():
    from layers import load_layers

    return load_layers(("terrain",))["terrain"]


def dem(path, elevation):
    """Write a file of 0.02 degrees in the middle of a window that the server has whole."""
    height, width = elevation.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=1, dtype="float32",
        crs=4326, nodata=-9999,
        transform=Affine(0.02 / width, 0, -100.06, 0, -0.02 / height, 34.42),
    ) as file:  # fmt: skip
        file.write(elevation.astype("float32"), 1)
    return path


def test_a_file_that_knows_less_of_a_window_does_not_take_its_place(rewatt, tmp_path):
    assert rewatt("fetch", "terrain", "--bbox", BOX).status == 0
    before = default_store().version("terrain").table("patches")
    small = dem(tmp_path / "small.tif", np.arange(72 * 72.0).reshape(72, 72))
    done = rewatt("fetch", "terrain", "--file", small)
    assert done.status == 0, done.err
    assert "1 windows are those of before, since what came knows less of it" in done.err
    after = default_store().version("terrain").table("patches")
    pd.testing.assert_frame_equal(after, before)


def test_a_file_of_voids_is_refused_and_the_slopes_stay(rewatt, tmp_path):
    assert rewatt("fetch", "terrain", "--bbox", BOX).status == 0
    before = state_of()
    failed = rewatt("fetch", "terrain", "--file", dem(tmp_path / "v.tif", np.full((72, 72), -9999)))
    assert failed.status == 1
    assert "has no elevation in any of the 1 windows" in failed.err
    assert state_of() == before


def test_the_copernicus_notice_travels(rewatt):
    assert rewatt("fetch", "terrain", "--bbox", BOX).status == 0
    (one,) = terrain_layer().provenance
    assert one.source.attribution.startswith("Slopes produced using Copernicus WorldDEM-30 ©")
    assert "provided under COPERNICUS by the European Union and ESA" in one.source.attribution
    assert one.rows == 2


def slopes_in_use():
    return default_store().version("terrain").manifest.files["files/medians.npy"]


FAULTS = ["429", "500", "504", "reset", "truncated", "length_long", "length_short", "html"]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_away_is_waited_for_and_changes_nothing(rewatt, web, fault):
    assert rewatt("fetch", "terrain", "--bbox", BOX).status == 0
    before, version = slopes_in_use(), state_of()
    web.misbehave("copernicus", fault)
    web.misbehave("copernicus", fault, after=2)
    run = rewatt("fetch", "terrain", "--bbox", BOX)
    assert run.status == 0, run.err
    assert slopes_in_use() == before
    assert state_of() != version


@pytest.mark.parametrize(
    ("fault", "after", "said"),
    [
        ("429", 0, "answers 429"),
        ("504", 1, "answers 504, 3 times"),
        ("reset", 1, "cannot be read"),
        ("trickle", 1, "is too slow"),
        ("html", 0, "expected the whole part"),
        ("redirect", 1, "redirects to another host"),
        ("404", 0, "has no elevation in any of the 2 windows"),
        ("gzip_bomb", 1, "more than 30 MB came"),
    ],
)
def test_what_does_not_go_away_leaves_what_was_there(rewatt, web, fault, after, said):
    assert rewatt("fetch", "terrain", "--bbox", BOX).status == 0
    before = state_of()
    web.misbehave("copernicus", fault, times=None, after=after)
    run = rewatt("fetch", "terrain", "--bbox", BOX)
    assert run.status == 1
    assert said in run.err
    assert "Traceback" not in run.err
    assert state_of() == before


def test_a_fetch_that_was_cut_short_goes_on_where_it_was(store, rewatt, web):
    """Three windows from west to east: the first needs one tile, the others also the next."""
    box = "-100.16,34.36,-99.94,34.39"
    web.misbehave("W100_00_DEM", "504", times=None)
    assert rewatt("fetch", "terrain", "--bbox", box).status == 1
    assert [path.name for path in store.rglob("*.tif")] == ["n343w1002.tif"]
    saved = next(store.rglob("*.tif")).stat().st_mtime_ns
    web.reset()
    assert rewatt("fetch", "terrain", "--bbox", box).status == 0
    assert len(terrain.read(default_store())) == 3
    assert next(store.rglob("n343w1002.tif")).stat().st_mtime_ns == saved


def test_too_much_is_refused_before_it_is_asked_for(rewatt, web):
    run = rewatt("fetch", "terrain", "--bbox", "-125,25,-67,49")
    assert run.status == 1
    assert "windows of a tenth of a degree were asked for, expected at most 3,000" in run.err
    assert web.asked() == []


def test_the_whole_nation_is_refused_before_it_is_asked_for(rewatt, web):
    run = rewatt("fetch", "terrain", "--all")
    assert run.status == 2
    assert "terrain cannot be had for the whole nation: give --region" in run.err
    assert web.asked() == []


def test_slopes_that_were_cut_short_end_a_ranking_with_the_cure(rewatt):
    assert rewatt("fetch", "terrain", "--bbox", BOX).status == 0
    path = default_store().version("terrain").file(terrain.MEDIANS)
    path.write_bytes(path.read_bytes()[:-1])
    run = rewatt("rank", "--region", "childress")
    assert run.status == 1
    assert "rewatt data clear terrain" in run.err


def test_a_ranking_reads_slopes_without_rasterio(rewatt):
    assert rewatt("fetch", "terrain", "--bbox", BOX).status == 0
    code = (
        "import sys; from geo.cli import main; sys.argv = ['rewatt', 'rank', '--region',"
        " 'childress']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('loaded', sorted({'rasterio', 'numba', 'httpx', 'affine'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=REPO, env=dict(os.environ), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert run.stdout.splitlines()[-1] == "loaded []"


def test_a_real_tile_from_a_file(rewatt, tmp_path, test_data):
    """Angel Island and the bay: steep land, flat water that the file holds at its own level."""
    path = test_data / "rasters" / "srtm1_n37w123_california_30m.tif"
    run = rewatt("fetch", "terrain", "--file", path, "--bbox", "-122.5,37.8,-122.4,37.9")
    assert run.status == 0, run.err
    (tmp_path / "sites.csv").write_text(
        "site_id,lat,lon,coord_precision\nangel_island,37.8608,-122.4326,site\n"
    )
    found = ranked(rewatt, tmp_path, "--sites", tmp_path / "sites.csv").loc["angel_island"]
    assert 20 < found["metric_slope"] < 45
    assert found["slope_source"].startswith("srtm1_n37w123_california_30m.tif, ")
    assert Cell(378, -1225).id in terrain.read(default_store())["patch_id"].tolist()
