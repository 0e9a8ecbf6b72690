"""Elevation from tiles and files to median slopes: seams, shores, units, look-ups."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from pyproj import Geod, Transformer
from server import ranges
from server.messages import not_found
from server.serving import Server

from layers import LayerError
from layers._answer import DeadServiceError, FetchError
from layers._elevation import LocalFile
from layers._http import Client, Limits
from layers._patches import OUTSIDE, POINTS, Cell, Patches, cells_of_area, cells_of_points
from layers._slope import UNKNOWN
from layers._tiles import Tiles
from layers.sources.terrain import cell_medians

GEOD = Geod(ellps="WGS84")
ARCSEC = 1 / 3600
MARGIN_M = 1000.0
QUICK = Limits(attempts=3, first_wait_seconds=0.01, request_seconds=5)


def write(path, heights, west, north, step_lon, step_lat, crs="EPSG:4326", **told):
    """Write a DEM whose first pixel is centred on `west`, `north`."""
    tags = told.pop("tags", {})
    after = {name: told.pop(name) for name in ("units", "scales", "offsets") if name in told}
    bands = heights if heights.ndim == 3 else heights[None]
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=bands.shape[2],
        height=bands.shape[1],
        count=bands.shape[0],
        dtype=bands.dtype,
        crs=crs,
        transform=Affine(step_lon, 0, west - step_lon / 2, 0, -step_lat, north + step_lat / 2),
        **told,
    ) as dataset:
        dataset.write(bands)
        dataset.update_tags(**tags)
        for name, value in after.items():
            setattr(dataset, name, value)
    return path


def hills(lat, lon):
    """Give a rolling surface, metres, anywhere."""
    return (300 + 40 * np.sin(400 * lat) * np.cos(300 * lon) + 30 * np.sin(90 * lon)).astype("f4")


def plane(lat, lon, north, east, lat0, lon0):
    """Give a surface of known slope, percent: along the meridian and along the parallel."""
    geod_lat = np.unique(lat)
    along = np.array([GEOD.inv(lon0, lat0, lon0, one)[2] * np.sign(one - lat0) for one in geod_lat])
    per_degree = np.array([GEOD.inv(lon0, one, lon0 + 1e-3, one)[2] * 1e3 for one in geod_lat])
    at = np.searchsorted(geod_lat, lat)
    return (500 + north / 100 * along[at] + east / 100 * per_degree[at] * (lon - lon0)).astype("f8")


def tile_grid(south, west, columns=1200):
    """Give the pixels of a tile of 3 arc seconds, to spare time."""
    lat = south + 1 - np.arange(1200) / 1200
    return np.meshgrid(lat, west + np.arange(columns) / columns, indexing="ij")


@pytest.fixture
def tiles(tmp_path):
    """Serve tiles from a folder, as an object store does."""

    def answer(asked):
        path = tmp_path / "tiles" / Path(asked.path).name
        return ranges.ranged(asked, path.read_bytes()) if path.is_file() else not_found()

    (tmp_path / "tiles").mkdir()
    server = Server([answer], {"tiles": ""}).start()
    with Client(QUICK) as http, closing(Tiles(server.url, http)) as opened:
        yield opened
    server.stop()
    assert server.broken == []


def put(tiles, tmp_path, south, west, heights, **told):
    path = tmp_path / "tiles" / Path(tiles.url(Cell(10 * south, 10 * west))).name
    columns = heights.shape[1]
    write(
        path, heights, west, south + 1, 1 / columns, 1 / heights.shape[0], tiled=True,
        blockxsize=256, blockysize=256, **told,
    )  # fmt: skip


def medians(source, cell):
    window = source.window(cell, MARGIN_M)
    return cell_medians(cell, window).astype(float) / 100


def test_tiles_are_named_by_their_south_western_corner():
    tiles = Tiles("https://example.org/", Client())
    name = "Copernicus_DSM_COG_10_N34_00_W101_00_DEM"
    assert tiles.url(Cell(345, -1005)) == f"https://example.org/{name}/{name}.tif"
    assert tiles.url(Cell(340, -1010)) == f"https://example.org/{name}/{name}.tif"
    assert "S01_00_E007" in tiles.url(Cell(-1, 73))
    assert "N00_00_W001" in tiles.url(Cell(0, -1))


def test_a_seam_leaves_no_trace(tiles, tmp_path):
    """Four tiles that meet in a point give what one raster gives, to the last bit."""
    for south, west in ((34, -101), (34, -100), (33, -101), (33, -100)):
        put(tiles, tmp_path, south, west, hills(*tile_grid(south, west)))
    lat, lon = 34.2 - np.arange(480) / 1200, -100.2 + np.arange(480) / 1200
    whole = hills(*np.meshgrid(lat, lon, indexing="ij"))
    one = LocalFile(write(tmp_path / "one.tif", whole, -100.2, 34.2, 1 / 1200, 1 / 1200), ARCSEC)
    for cell in (Cell(340, -1000), Cell(339, -1001), Cell(340, -1001), Cell(339, -1000)):
        apart, together = tiles.window(cell, MARGIN_M), one.window(cell, MARGIN_M)
        assert apart.elevation.shape == together.elevation.shape
        assert np.isfinite(apart.elevation).all()
        assert apart.elevation == pytest.approx(together.elevation, abs=0.01)
        slopes = cell_medians(cell, apart), cell_medians(cell, together)
        assert slopes[0].astype(int) == pytest.approx(slopes[1].astype(int), abs=2)
        assert slopes[0].min() < OUTSIDE


def test_no_seam_where_pixels_become_wider_at_50_degrees(tiles, tmp_path):
    """Two pixels across north of 50 degrees for three south of it: a plane stays a plane."""
    for south, columns in ((50, 800), (49, 1200)):
        lat, lon = tile_grid(south, -106, columns)
        put(tiles, tmp_path, south, -106, plane(lat, lon, 4, 3, 50, -105.5).astype("f4"))
    for cell in (Cell(500, -1055), Cell(499, -1055)):
        found = medians(tiles, cell)
        assert found == pytest.approx(5, abs=0.06)


def test_the_sea_is_unknown_and_a_tile_that_is_not_there_too(tiles, tmp_path):
    lat, lon = tile_grid(29, -95)
    heights = plane(lat, lon, 2, 0, 29, -95)
    heights[lon < -94.95] = 0
    put(tiles, tmp_path, 29, -95, heights.astype("f4"))
    assert tiles.window(Cell(290, -961), MARGIN_M) is None
    found = cell_medians(Cell(295, -950), tiles.window(Cell(295, -950), MARGIN_M))
    land = found[:, 55:]
    assert land == pytest.approx(200, abs=1)
    assert (found[:, :45] == UNKNOWN).all()


def test_a_tile_says_what_it_is(tiles, tmp_path):
    heights = np.full((1200, 1200), 7, dtype="f4")
    put(tiles, tmp_path, 29, -95, heights, tags={"TIFFTAG_IMAGEDESCRIPTION": "synthetic"})
    window = tiles.window(Cell(295, -948), MARGIN_M)
    assert window.label == "Copernicus DEM GLO-30: synthetic"


def test_a_broken_tile_is_an_error_and_not_sea(tiles, tmp_path):
    path = tmp_path / "tiles" / Path(tiles.url(Cell(295, -948))).name
    path.write_bytes(b"II*\0" + b"\xff" * 5000)
    with pytest.raises(DeadServiceError, match="is not a tile of elevations"):
        tiles.window(Cell(295, -948), MARGIN_M)


def utm_plane(step, north, east):
    """Give heights on a UTM grid around 34.05 N, 99.05 W, rising as told in true directions."""
    to_utm = Transformer.from_crs("EPSG:4326", "EPSG:32614", always_xy=True)
    x, y = to_utm.transform(-99.05, 34.05)
    size = int(13_000 / step)
    xs, ys = x - 6500 + step * np.arange(size), y + 6500 - step * np.arange(size)
    lon, lat = to_utm.transform(*np.meshgrid(xs, ys), direction="INVERSE")
    return plane(lat, lon, north, east, 34.05, -99.05), xs[0], ys[0]


@pytest.mark.parametrize(("step", "resampling"), [(15, "average"), (30, "cubic"), (90, "cubic")])
def test_a_file_in_metres_has_its_slope(tmp_path, step, resampling):
    heights, x, y = utm_plane(step, 3, 4)
    path = write(tmp_path / "utm.tif", heights, x, y, step, step, "EPSG:32614")
    source = LocalFile(path, ARCSEC)
    found = medians(source, Cell(340, -991))
    assert source._resampling == resampling  # noqa: SLF001 - which way was taken
    assert np.median(found[20:80, 20:80]) == pytest.approx(5, abs=0.02)
    assert found[20:80, 20:80] == pytest.approx(5, abs=0.1)


def degrees_plane(step, lat0=34.05, lon0=-99.05, half=0.08, **slopes):
    n = round(2 * half / step)
    axes = lat0 + half - step * np.arange(n), lon0 - half + step * np.arange(n)
    lat, lon = np.meshgrid(*axes, indexing="ij")
    heights = plane(lat, lon, slopes.get("north", 6), slopes.get("east", 0), lat0, lon0)
    return heights, axes[1][0], axes[0][0], step, step


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda z: z / 0.3048, {"units": ["ft"]}),
        (lambda z: z / (1200 / 3937), {"units": ["US survey foot"]}),
        (lambda z: (z + 1000) / 0.5, {"scales": [0.5], "offsets": [-1000.0]}),
        (lambda z: z, {"crs": "EPSG:4269"}),
    ],
)
def test_units_scales_and_datums_are_heeded(tmp_path, change, told):
    heights, *place = degrees_plane(ARCSEC)
    path = write(tmp_path / "dem.tif", change(heights), *place, **told)
    assert medians(LocalFile(path, ARCSEC), Cell(340, -991))[50, 50] == pytest.approx(6, abs=0.02)


def test_a_finer_file_is_averaged_so_that_slopes_compare(tmp_path):
    """Furrows of half a metre, 10 m apart, are 20 % steep and gone over one arc second."""
    heights, *place = degrees_plane(ARCSEC / 3, half=0.03)
    heights[::2] += 0.5
    fine = LocalFile(write(tmp_path / "fine.tif", heights, *place), ARCSEC)
    assert medians(fine, Cell(340, -991))[50, 50] == pytest.approx(6, abs=0.2)


def test_a_void_that_is_not_declared_is_a_void(tmp_path):
    heights, *place = degrees_plane(ARCSEC)
    heights[200:300, 200:300] = -9999
    source = LocalFile(write(tmp_path / "dem.tif", heights, *place), ARCSEC)
    found = cell_medians(Cell(340, -991), source.window(Cell(340, -991), MARGIN_M))
    assert (found == UNKNOWN).any()
    assert found[found < OUTSIDE] == pytest.approx(600, abs=2)


def test_a_virtual_raster_is_read_too(tmp_path):
    from rasterio.shutil import copy

    heights, *place = degrees_plane(ARCSEC)
    path = write(tmp_path / "dem.tif", heights, *place)
    copy(path, tmp_path / "dem.vrt", driver="VRT")
    source = LocalFile(tmp_path / "dem.vrt", ARCSEC)
    assert medians(source, Cell(340, -991))[50, 50] == pytest.approx(6, abs=0.02)
    assert source.label == "dem.vrt"


def test_what_lies_beyond_a_file_was_never_read(tmp_path):
    heights, *place = degrees_plane(ARCSEC, half=0.03)
    source = LocalFile(write(tmp_path / "dem.tif", heights, *place), ARCSEC)
    found = cell_medians(Cell(340, -991), source.window(Cell(340, -991), MARGIN_M))
    assert (found[:15] == OUTSIDE).all()
    assert found[50, 50] == 600
    assert source.window(Cell(342, -991), MARGIN_M) is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"crs": None}, "found no CRS"),
        ({"units": ["fathom"]}, "found heights in 'fathom', expected metres or feet"),
    ],
)
def test_a_file_that_is_no_dem_is_refused(tmp_path, told, said):
    heights, *place = degrees_plane(ARCSEC * 10)
    path = write(tmp_path / "dem.tif", heights, *place, **told)
    with pytest.raises(FetchError, match=said):
        LocalFile(path, ARCSEC)


def test_a_picture_is_refused(tmp_path):
    bands = np.zeros((3, 40, 40), dtype="u1")
    path = write(tmp_path / "rgb.tif", bands, -99, 34, 0.01, 0.01)
    with pytest.raises(FetchError, match="found 3 bands, expected one of heights"):
        LocalFile(path, ARCSEC)
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(FetchError, match="cannot be read as a raster"):
        LocalFile(tmp_path / "text.tif", ARCSEC)


def test_cells_are_named_and_cover_what_is_asked_for():
    for cell in (Cell(344, -1002), Cell(-1, 5), Cell(0, 0), Cell(715, -1800)):
        assert Cell.named(cell.id) == cell
    assert Cell(344, -1002).id == "n344w1002"
    with pytest.raises(ValueError, match="expected one such as"):
        Cell.named("n34w100")
    triangle = shapely.Polygon([(-100.05, 34.05), (-99.75, 34.05), (-100.05, 34.35)])
    cells = cells_of_area(triangle)
    assert shapely.union_all([shapely.box(*one.bounds) for one in cells]).covers(triangle)
    assert Cell(343, -998) not in cells
    around = cells_of_points(np.array([34.0]), np.array([-100.0]), np.array([2.0]))
    assert around == [Cell(339, -1001), Cell(339, -1000), Cell(340, -1001), Cell(340, -1000)]


@pytest.fixture
def looked_up(tmp_path):
    """Store two patches: slopes of column / 10 percent, and 20 % in the one to the east."""
    arrays = np.full((2, POINTS, POINTS), 2000, dtype=np.uint16)
    arrays[0] = 10 * np.arange(POINTS)
    np.save(tmp_path / "medians.npy", arrays)

    def make(change=None):
        if change:
            change(arrays)
            np.save(tmp_path / "medians.npy", arrays)
        south, west = np.array([340, 340]), np.array([-1000, -999])
        return Patches.open(tmp_path / "medians.npy", south, west)

    return make


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda path: path.unlink(), "FileNotFoundError"),
        (lambda path: path.write_bytes(b""), "found EOFError"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "found ValueError"),
        (lambda path: np.save(path, np.zeros((1, POINTS, POINTS), np.uint16)), "shape .1, 100, 10"),
        (lambda path: np.save(path, np.zeros((2, POINTS, POINTS))), "found float64"),
    ],
)
def test_arrays_that_are_not_whole_are_told_with_the_cure(looked_up, tmp_path, spoil, found):
    looked_up()
    spoil(tmp_path / "medians.npy")
    south, west = np.array([340, 340]), np.array([-1000, -999])
    with pytest.raises(LayerError, match=rf"(?s){found}.*expected uint16.*rewatt data verify"):
        Patches.open(tmp_path / "medians.npy", south, west)


def test_a_site_has_the_slope_of_the_nearest_point(looked_up):
    lat, lon = np.array([34.05] * 5), np.array([-99.9695, -99.9691, -99.9, -99.8, -100.0005])
    assert looked_up().at(lat, lon) == pytest.approx([3.0, 3.0, 20, np.nan, np.nan], nan_ok=True)


def test_the_range_is_over_the_points_within_the_radius(looked_up):
    """2 km are 21.6 columns at 34.05 N; every third is looked at, 21 of them on each side."""
    low, high = looked_up().range(np.array([34.0505]), np.array([-99.9495]), np.array([2.0]))
    assert [low.item(), high.item()] == pytest.approx([5.0 - 2.1, 5.0 + 2.1])
    over, beyond = looked_up().range(np.array([34.0505]), np.array([-99.9095]), np.array([2.0]))
    assert over.item() == pytest.approx(9.0 - 2.1)
    assert beyond.item() == 20


def test_part_of_a_circle_that_was_never_read_leaves_no_bounds(looked_up):
    low, high = looked_up().range(np.array([34.0505]), np.array([-99.9905]), np.array([2.0]))
    assert np.isnan([low.item(), high.item()]).all()
    at = np.array([34.0505]), np.array([-99.9495]), np.array([2.0])

    def gap(arrays):
        arrays[0, 50, 56] = OUTSIDE

    assert np.isnan(looked_up(gap).range(*at)).all()


def test_water_within_a_circle_is_passed_over(looked_up):
    def lake(arrays):
        arrays[0, :, :50] = UNKNOWN

    patches = looked_up(lake)
    low, high = patches.range(np.array([34.0505]), np.array([-99.9495]), np.array([2.0]))
    assert [low.item(), high.item()] == pytest.approx([5.0, 7.1])
    assert np.isnan(patches.at(np.array([34.0505]), np.array([-99.9795]))).all()
