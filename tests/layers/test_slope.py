"""Slope and its median: known surfaces, Horn by hand, SciPy and geodesics."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod
from scipy.ndimage import convolve

from layers._slope import UNKNOWN, Grid, disc_medians, horn, metres_per_degree

GEOD = Geod(ellps="WGS84")
ARCSEC = 1 / 3600


def grid_at(lat, rows=60, columns=60, step_lon=ARCSEC):
    return Grid(lat, -100.0, ARCSEC, step_lon, rows, columns)


def metres(grid):
    """Give how far each pixel lies north and east of the grid's first one, along the ellipsoid."""
    lon = grid.west + grid.step_lon * np.arange(grid.columns)
    still = np.full(grid.rows, grid.west)
    north = -GEOD.inv(still, np.full(grid.rows, grid.north), still, grid.lat)[2]
    _, per_column = metres_per_degree(grid.lat)
    return north[:, None], per_column[:, None] * (lon - grid.west)[None, :]


@pytest.mark.parametrize("lat", [0.0, 29.95, 34.0, 47.3, 60.0, -34.0])
def test_a_degree_has_the_length_that_the_geodesic_gives_it(lat):
    """Along the meridian exactly; along a parallel, the geodesic of a short arc is as long."""
    down, right = metres_per_degree(np.array([lat]))
    step = 1e-3
    _, _, north = GEOD.inv(0, lat - step / 2, 0, lat + step / 2)
    _, _, east = GEOD.inv(0, lat, step, lat)
    assert down[0] * step == pytest.approx(north, rel=1e-8)
    assert right[0] * step == pytest.approx(east, rel=1e-8)


@pytest.mark.parametrize("lat", [34.0, 60.0])
@pytest.mark.parametrize(("north", "east"), [(3, 0), (0, 4), (3, 4), (-0.5, 1.2), (0, 0)])
def test_a_plane_has_its_slope_at_any_latitude(lat, north, east):
    """At 60 degrees a degree of longitude is half as long: who forgets it finds half of 4 %."""
    grid = grid_at(lat, step_lon=ARCSEC if lat < 50 else 2 * ARCSEC)
    up, right = metres(grid)
    slopes = horn((north * up + east * right) / 100, grid)
    assert slopes.shape == (58, 58)
    assert slopes / 100 == pytest.approx(np.hypot(north, east), abs=0.011)


def test_a_cone_is_as_steep_everywhere_but_at_its_tip():
    grid = grid_at(34.0, 121, 121)
    up, right = metres(grid)
    middle_north, middle_east = up[60, 0], right[60, 60]
    elevation = 500 - 0.08 * np.hypot(up - middle_north, right - middle_east)
    slopes = horn(elevation, grid) / 100
    away = np.hypot(*np.meshgrid(np.arange(119) - 59, np.arange(119) - 59)) > 8
    assert slopes[away] == pytest.approx(8, abs=0.06)
    assert slopes[59, 59] < 1


def test_horn_by_hand():
    """Nine heights, spacings from a degree of 110,922 m by 92,385 m at 34 degrees (NGA).

    East: (3 + 2 x 5 + 4 - 1 - 2 x 2 - 6) / 8 = 0.75 m over a column, 25.66 m.
    South: (6 + 2 x 7 + 4 - 1 - 2 x 9 - 3) / 8 = 0.25 m over a row, 30.81 m.
    """
    grid = Grid(34.0 + ARCSEC, -100.0, ARCSEC, ARCSEC, 3, 3)
    slope = horn(np.array([[1.0, 9, 3], [2, 100, 5], [6, 7, 4]]), grid)
    by_hand = 100 * np.hypot(0.75 / 25.6625, 0.25 / 30.8117)
    assert slope.item() / 100 == pytest.approx(by_hand, abs=0.01)


def test_horn_is_the_weighted_difference_that_scipy_gives(rng):
    grid = grid_at(41.0, 40, 50)
    elevation = rng.normal(300, 5, (40, 50))
    kernel = np.outer([1, 2, 1], [-1, 0, 1]) / 8
    down, right = metres_per_degree(grid.lat[1:-1])
    east = -convolve(elevation, kernel)[1:-1, 1:-1] / (right * ARCSEC)[:, None]
    south = -convolve(elevation, kernel.T)[1:-1, 1:-1] / (down * ARCSEC)[:, None]
    assert horn(elevation, grid) / 100 == pytest.approx(100 * np.hypot(east, south), abs=0.006)


def test_an_unknown_height_makes_its_neighbours_unknown_and_no_others():
    grid = grid_at(34.0, 9, 9)
    elevation = np.zeros((9, 9))
    elevation[4, 4] = np.nan
    unknown = horn(elevation, grid) == UNKNOWN
    assert unknown[2:5, 2:5].all()
    assert unknown.sum() == 9


def test_a_cliff_is_the_steepest_that_can_be_stored_and_not_unknown():
    grid = grid_at(34.0, 3, 3)
    cliff = horn(np.array([[0.0, 0, 9000]] * 3), grid)
    assert cliff.item() == UNKNOWN - 1


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def rough(rng):
    """Give slopes of which a tenth is unknown, and their grid."""
    grid = Grid(60.05, -140.0, ARCSEC, 2 * ARCSEC, 200, 190)
    slopes = rng.gamma(2, 300, (200, 190)).astype(np.uint16)
    slopes[rng.random(slopes.shape) < 0.1] = UNKNOWN
    return slopes, grid


def brute(slopes, grid, lat, lon, radius_m, share):
    """Give the median by the geodesic to every pixel, those beyond the array on a wider grid."""
    wide = 60
    rows, columns = np.indices((grid.rows + 2 * wide, grid.columns + 2 * wide)) - wide
    pixel_lat = grid.north - grid.step_lat * rows.ravel()
    pixel_lon = grid.west + grid.step_lon * columns.ravel()
    near = (abs(pixel_lat - lat) < 0.02) & (abs(pixel_lon - lon) < 0.03)
    here = np.ones(near.sum())
    metres = GEOD.inv(lon * here, lat * here, pixel_lon[near], pixel_lat[near])[2]
    padded = np.pad(slopes, wide, constant_values=UNKNOWN)
    within = padded.ravel()[near][metres <= radius_m]
    known = within[within != UNKNOWN]
    return np.median(known) if len(known) and len(known) >= share * within.size else np.nan


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_medians_are_those_over_geodesics_to_every_pixel(rough, rng, share):
    slopes, grid = rough
    lat = np.sort(rng.uniform(grid.lat[-1] - 0.01, grid.north + 0.01, 15))
    lon = rng.uniform(grid.west - 0.01, grid.west + 0.115, 15)
    found = disc_medians(slopes, grid, lat, lon, 1000.0, share).astype(float)
    found[found == UNKNOWN] = np.nan
    expected = [brute(slopes, grid, *at, 1000, share) for at in zip(lat, lon, strict=True)]
    assert 0 < np.isnan(expected).sum() < 15
    assert found == pytest.approx(np.array(expected), abs=0.51, nan_ok=True)


def test_a_disc_that_slides_along_a_row_finds_what_one_set_down_finds(rough):
    slopes, grid = rough
    lon = grid.west + np.linspace(-0.03, 0.15, 300)
    lat = np.full(300, grid.lat[90] + 1e-5)
    sliding = disc_medians(slopes, grid, lat, lon, 1000.0, 0.5)
    alone = [disc_medians(slopes, grid, lat[[i]], lon[[i]], 1000.0, 0.5).item() for i in range(300)]
    assert sliding.tolist() == alone
    back = disc_medians(slopes, grid, lat, lon[::-1].copy(), 1000.0, 0.5)
    assert back[::-1].tolist() == alone


def test_half_a_disc_of_water_is_known_and_a_little_more_is_not():
    """The shore runs along a row of pixels, land to the south: 0 % known to 100 % known."""
    grid = grid_at(34.0, 200, 200)
    slopes = np.full((200, 200), 300, dtype=np.uint16)
    slopes[:100] = UNKNOWN
    lon = np.full(3, grid.west + 100 * ARCSEC)
    lat = grid.lat[[103, 97, 60]]
    assert disc_medians(slopes, grid, lat, lon, 1000.0, 0.5).tolist() == [300, UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    "name", ["srtm1_n37w123_california_30m", "hydrosheds_dem_fort_worth_tx_90m"]
)
def test_real_terrain_against_scipy_and_geodesics(test_data, name):
    import rasterio

    from layers._elevation import frame_of

    with rasterio.open(test_data / "rasters" / f"{name}.tif") as dataset:
        elevation = dataset.read(1, masked=True).astype(float).filled(np.nan)[:300, :300]
        grid = frame_of(dataset)
    grid = Grid(grid.north, grid.west, grid.step_lat, grid.step_lon, *elevation.shape)
    slopes, inner = horn(elevation, grid), grid.inner()
    lat, lon = inner.lat[[80, 150, 220]], inner.west + inner.step_lon * np.array([90.3, 140.6, 200])
    found = disc_medians(slopes, inner, lat, lon, 1000.0, 0.5)
    expected = [brute(slopes, inner, *at, 1000, 0.5) for at in zip(lat, lon, strict=True)]
    assert found == pytest.approx(expected, abs=0.51)
