"""Slope of the ground, from the Copernicus elevation model or from a file of one's own.

Copernicus DEM GLO-30 is a surface model: buildings and trees are in it, which makes towns and
forests look steeper than their ground. What is kept is not a raster but the median slope within
1 km of every point of a lattice (`layers._patches`), so that a ranking reads one small array.
"""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from layers._answer import DeadServiceError, FetchError
from layers._base import STORAGE_CRS, Column, Source
from layers._elevation import GDAL_OPTIONS, LocalFile, Window, frame_of
from layers._fetch import Fetch, Parsed, Table, no_rows
from layers._patches import OUTSIDE, POINTS, Cell, cells_of_area, cells_of_points
from layers._slope import disc_medians, horn, metres_per_degree
from layers._tiles import Tiles
from layers.sources.rewatt_curated import read_parameters

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from layers._fetch import Job
    from layers._slope import Grid
    from layers._staging import Raw
    from layers._store import Store

SOURCE = Source(
    id="terrain",
    title="Slope of the ground, from the Copernicus DEM GLO-30 or a local elevation model",
    publisher="European Space Agency and Airbus",
    url="https://doi.org/10.5270/ESA-c5d3d65",
    licence="Licence for Copernicus DEM GLO-30 Public: free of charge, attribution required",
    vintage="as fetched",
    attribution=(
        "Slopes produced using Copernicus WorldDEM-30 © DLR e.V. 2010-2014 and © Airbus Defence"
        " and Space GmbH 2014-2018 provided under COPERNICUS by the European Union and ESA; all"
        " rights reserved"
    ),
)

MEDIANS = "medians.npy"

COLUMNS = (
    Column("patch_id", "text", "its place", required=True, nullable=False, unique=True),
    Column("south", "integer", "southern edge, tenths of a degree", nullable=False),
    Column("west", "integer", "western edge, tenths of a degree", nullable=False),
    Column("label", "text", "what the elevations were read from", nullable=False),
    Column("vintage", "text", "their date", nullable=False),
    Column("resolution_m", "number", "spacing of the elevations, the larger", minimum=0),
    Column("known_share", "number", "share of its points with a slope", minimum=0, maximum=1),
)
"""Of the table `patches`; its rows follow the arrays of `medians.npy`, by south and west."""


_EMPTY = ".none"
"""Ending of the raw file that stands for a cell without elevations."""
_AS_MUCH = 0.99
"""Share of what was known before that counts as much: the pixels of two grids end elsewhere."""
_LESS = "what came knows less of it"


def download(job: Job) -> None:
    """Bring the elevations of every cell that is asked for, each with a margin around it.

    Raises
    ------
    FetchError
        If too much is asked for, or nothing, or there is no elevation in any of it.
    """
    import rasterio

    margin_m = 1000 * read_parameters()["slope_radius_km"].value
    with rasterio.Env(**GDAL_OPTIONS), closing(_opened(job)) as elevation:
        cells = _wanted(job, elevation)
        there = {PurePath(name).stem for name in job.raw.names()}
        for done, cell in enumerate(cells):
            job.progress(done, len(cells), "windows")
            if cell.id not in there:
                window = elevation.window(cell, margin_m)
                if window is not None and not np.isfinite(window.elevation).any():
                    window = None
                name = cell.id + (_EMPTY if window is None else ".tif")
                content = b"" if window is None else _tiff(window)
                job.raw.save(name, content, elevation.url(cell))
        job.progress(len(cells), len(cells), "windows")
    there = set(job.raw.names())
    if all(cell.id + _EMPTY in there for cell in cells):
        msg = (
            f"{job.file or job.endpoint} has no elevation in any of the {len(cells):,} windows"
            " that were asked for: all is open sea or beyond it, or the address is wrong."
        )
        raise DeadServiceError(msg)
    _take_over(job, {cell.id for cell in cells})


def _take_over(job: Job, asked: set[str]) -> None:
    """Keep the windows of the version in use that were not asked for now: the ground stays.

    So do those of which more was known: a file ends within a cell, a tile could not be had.
    """
    if job.before is None:
        return
    raw, there = job.before.folder / "raw", set(job.raw.names())
    kept = f"kept from {job.before.manifest.version}"
    for path in sorted(raw.iterdir()):
        if path.stem not in asked:
            if path.name not in there:
                job.raw.save(path.name, path.read_bytes(), kept)
        elif path.suffix != _EMPTY and _known(job.raw, path.stem) < _AS_MUCH * _known_in(path):
            job.raw.path(path.stem + _EMPTY).unlink(missing_ok=True)
            job.raw.save(path.name, path.read_bytes(), f"{kept}: {_LESS}")


def _known(raw: Raw, cell: str) -> float:
    """Give how much of a cell has an elevation in what came, square degrees."""
    return _known_in(raw.path(f"{cell}.tif")) if raw.has(f"{cell}.tif") else 0.0


def _known_in(path: Path) -> float:
    import rasterio

    with rasterio.open(path) as dataset:
        pixel = abs(dataset.transform.a * dataset.transform.e)
        return float(np.isfinite(dataset.read(1)).sum() * pixel)


def _opened(job: Job) -> LocalFile | Tiles:
    if job.file is None:
        return Tiles(job.endpoint, job.http)
    return LocalFile(job.file, read_parameters()["slope_finest_arcsec"].value / 3600)


def _wanted(job: Job, elevation: LocalFile | Tiles) -> list[Cell]:
    """Give the cells of the area, else of the file, else around the sites."""
    import shapely

    if job.area is not None:
        cells = cells_of_area(job.area)
    elif isinstance(elevation, LocalFile):
        cells = cells_of_area(shapely.box(*elevation.bounds))
    elif job.points is not None and len(job.points):
        columns = (job.points[name].to_numpy(float) for name in ("lat", "lon", "radius_km"))
        cells = cells_of_points(*columns)
    else:
        msg = "Slope is not fetched for the whole country: give --region, --bbox or sites."
        raise FetchError(msg)
    most = int(read_parameters()["slope_most_windows"].value)
    if len(cells) > most:
        msg = (
            f"{len(cells):,} windows of a tenth of a degree were asked for, expected at most"
            f" {most:,}: give a smaller --region or --bbox."
        )
        raise FetchError(msg)
    return cells


def _tiff(window: Window) -> bytes:
    """Give a window as a small GeoTIFF."""
    from affine import Affine
    from rasterio.io import MemoryFile

    grid = window.grid
    west, north = grid.west - grid.step_lon / 2, grid.north + grid.step_lat / 2
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff",
            width=grid.columns,
            height=grid.rows,
            count=1,
            dtype="float32",
            crs=STORAGE_CRS,
            transform=Affine(grid.step_lon, 0, west, 0, -grid.step_lat, north),
            nodata=np.nan,
            compress="deflate",
            predictor=3,
        ) as dataset:
            dataset.write(window.elevation, 1)
            dataset.update_tags(LABEL=window.label, VINTAGE=window.vintage)
        return bytes(memory.read())


def parse(raw: Raw) -> Parsed:
    """Turn the windows of elevation into median slopes.

    Returns
    -------
    parsed
        Table `patches` (`COLUMNS`) and the file `medians.npy`: shape ``(n, 100, 100)``, the rows
        of the table, then rows and columns of the lattice from the south-west; hundredths of a
        percent.
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    names = raw.names()
    kept = sorted(_cell(name) for name in names if not name.endswith(_EMPTY))
    rows, medians = [], []
    for cell in kept:
        window = _read_tiff(raw, cell)
        found = cell_medians(cell, window)
        medians.append(found)
        rows.append(
            {
                "patch_id": cell.id,
                "south": cell.south,
                "west": cell.west,
                "label": window.label,
                "vintage": window.vintage,
                "resolution_m": _resolution_m(window.grid),
                "known_share": float((found < OUTSIDE).mean()),
            }
        )
    table = pd.DataFrame(rows, columns=[column.name for column in COLUMNS])
    boxes = shapely.box(*np.array([cell.bounds for cell in kept]).T)
    empty = [PurePath(name).stem for name in names if name.endswith(_EMPTY)]
    reason = "no elevation there: open sea, or beyond the file"
    refused = pd.DataFrame({"row": empty, "reason": reason}) if empty else no_rows()
    content = BytesIO()
    np.save(content, np.stack(medians))
    return Parsed(
        tables={"patches": gpd.GeoDataFrame(table, geometry=boxes, crs=STORAGE_CRS)},
        rows_in=len(names),
        refused=refused,
        vintage=str(table["vintage"].max()),
        files={MEDIANS: content.getvalue()},
        notes=_notes(raw),
    )


def _notes(raw: Raw) -> tuple[str, ...]:
    kept = sum(str(one["url"]).endswith(_LESS) for one in raw.journal().values())
    told = f"{kept:,} windows are those of before, since {_LESS}, or nothing"
    return (told,) if kept else ()


def cell_medians(cell: Cell, window: Window) -> NDArray[np.uint16]:
    """Give the median slope around every point of a cell.

    Returns
    -------
    medians
        Shape ``(100, 100)``, from the south-west, hundredths of a percent; `UNKNOWN` in water
        and voids, `OUTSIDE` beyond what was read.
    """
    grid = window.grid.inner()
    lat, lon = cell.points()
    radius_m = 1000 * read_parameters()["slope_radius_km"].value
    share = read_parameters()["slope_least_known_share"].value
    found = disc_medians(horn(window.elevation, window.grid), grid, lat, lon, radius_m, share)
    row, column = (grid.north - lat) / grid.step_lat, (lon - grid.west) / grid.step_lon
    inside = (row > -1) & (row < grid.rows) & (column > -1) & (column < grid.columns)
    return np.where(inside, found, OUTSIDE).reshape(POINTS, POINTS).astype(np.uint16)


def _read_tiff(raw: Raw, cell: Cell) -> Window:
    import rasterio

    with rasterio.open(raw.path(f"{cell.id}.tif")) as dataset:
        tags = dataset.tags()
        return Window(dataset.read(1), frame_of(dataset), tags["LABEL"], tags["VINTAGE"])


def _cell(name: str) -> Cell:
    return Cell.named(PurePath(name).stem)


def _resolution_m(grid: Grid) -> float:
    down, right = metres_per_degree(np.asarray(grid.north))
    return round(max(float(down) * grid.step_lat, float(right) * grid.step_lon), 1)


FETCH = Fetch(
    endpoints=("https://copernicus-dem-30m.s3.amazonaws.com",),
    download=download,
    parse=parse,
    tables={"patches": Table(COLUMNS, "area")},
    most_mb=20_000,
    most_minutes=240,
    takes_points=True,
    takes_file=(".tif", ".tiff", ".vrt"),
)


def read(store: Store) -> GeoDataFrame | None:
    """Give the patches in use, columns `COLUMNS`; None where no slope was fetched."""
    version = store.version(SOURCE.id)
    return None if version is None else version.table("patches")
