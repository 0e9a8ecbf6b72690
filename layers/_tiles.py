"""The tiles of Copernicus DEM GLO-30 on a server, read by window.

Tiles are one degree by one, the first pixel's centre on the north-western corner; pixels are one
arc second tall, and as wide up to 50 degrees of latitude, 1.5 seconds to 60, and wider beyond
(Copernicus DEM Product Handbook, "Pixel spacing"). Open sea has no tile, and in the tiles the
sea is flattened to 0 m exactly: it is not known as land here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from layers._answer import DeadServiceError, FetchError, NotThereError
from layers._elevation import Window, frame_of, read_onto, window_grid
from layers._patches import PER_DEGREE, Cell
from layers._ranges import RangeFile, RemoteFile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers._http import Client
    from layers._slope import Grid

LABEL = "Copernicus DEM GLO-30"
VINTAGE = "2021"
"""The release that the public bucket holds (Registry of Open Data on AWS, "Copernicus Digital
Elevation Model"); the radar images are of 2010 to 2015."""


class Tiles:
    """The tiles of GLO-30 on a server, read in parts."""

    def __init__(self, endpoint: str, http: Client) -> None:
        """Open nothing yet."""
        self._endpoint, self._http = endpoint.rstrip("/"), http
        self._open: dict[tuple[int, int], tuple[Any, RemoteFile | None]] = {}

    def url(self, cell: Cell) -> str:
        """Give the address of a cell's tile."""
        return self._url(cell.south // PER_DEGREE, cell.west // PER_DEGREE)

    def _url(self, lat: int, lon: int) -> str:
        north = f"{'S' if lat < 0 else 'N'}{abs(lat):02}"
        east = f"{'W' if lon < 0 else 'E'}{abs(lon):03}"
        name = f"Copernicus_DSM_COG_10_{north}_00_{east}_00_DEM"
        return f"{self._endpoint}/{name}/{name}.tif"

    def window(self, cell: Cell, margin_m: float) -> Window | None:
        """Give the elevations of a cell, the margin taken from the tiles around as well."""
        lat, lon = cell.south // PER_DEGREE, cell.west // PER_DEGREE
        own, _ = self._tile(lat, lon)
        if own is None:
            return None
        grid = window_grid(frame_of(own), cell, margin_m, cut=False)
        if grid is None:
            return None
        elevation = np.full((grid.rows, grid.columns), np.nan, dtype=np.float32)
        for place in _tiles_under(grid):
            dataset, remote = self._tile(*place)
            if dataset is None:
                continue
            # beyond 50 degrees the neighbour to the north has wider pixels
            same = np.isclose(dataset.transform.a, grid.step_lon, rtol=1e-6)
            part = self._read(dataset, remote, grid, "nearest" if same else "bilinear")
            elevation = np.where(np.isnan(elevation), part, elevation)
        elevation[elevation == 0] = np.nan
        told = own.tags().get("TIFFTAG_IMAGEDESCRIPTION", "").strip()
        return Window(elevation, grid, f"{LABEL}: {told}" if told else LABEL, VINTAGE)

    def _read(self, dataset: Any, remote: Any, grid: Grid, how: str) -> NDArray[np.float32]:  # noqa: ANN401
        from rasterio.errors import RasterioError

        try:
            return read_onto(dataset, grid, how)
        except RasterioError as error:
            raise remote.error or _not_a_tile(dataset.name, error) from error

    def _tile(self, lat: int, lon: int) -> tuple[Any, Any]:
        """Open a tile, or give nothing where there is none."""
        import rasterio
        from rasterio.errors import RasterioError

        if (lat, lon) not in self._open:
            url = self._url(lat, lon)
            try:
                remote = RemoteFile(self._http, url)
            except NotThereError:
                self._open[lat, lon] = None, None
                return None, None

            def opener(_path: str, mode: str = "rb") -> RangeFile:  # noqa: ARG001 - rasterio's name
                return remote.open()

            try:
                dataset = rasterio.open(url.rpartition("/")[2], opener=opener, driver="GTiff")
            except RasterioError as error:
                raise remote.error or _not_a_tile(url, error) from error
            self._open[lat, lon] = dataset, remote
        return self._open[lat, lon]

    def close(self) -> None:
        """Close what is open."""
        for dataset, _ in self._open.values():
            if dataset is not None:
                dataset.close()


def _not_a_tile(name: str, error: Exception) -> FetchError:
    return DeadServiceError(f"{name} is not a tile of elevations that can be read ({error})")


def _tiles_under(grid: Grid) -> list[tuple[int, int]]:
    """Name the tiles that a grid's centres lie in, by their south-western corners."""
    eps = grid.step_lat / 2
    rows = {int(np.ceil(lat - eps)) - 1 for lat in (grid.lat[0], grid.lat[-1])}
    east = grid.west + (grid.columns - 1) * grid.step_lon
    columns = {int(np.floor(lon + eps)) for lon in (grid.west, east)}
    return sorted((lat, lon) for lat in rows for lon in columns)
