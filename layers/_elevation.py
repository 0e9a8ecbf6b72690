"""Reads elevation by window: from tiles on a server or from a file, onto one grid of degrees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from layers._answer import FetchError
from layers._slope import Grid, metres_per_degree

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from layers._patches import Cell

    Singles = NDArray[np.float32]

GDAL_OPTIONS = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO"}
"""No files beside the tiles are asked for, none are written."""

_VOID = -99_999.0
_LOWEST_M, _HIGHEST_M = -500.0, 9_000.0
"""No land is lower (the shore of the Dead Sea, -430 m) or higher (Everest, 8,849 m): what is,
marks a void that the file does not declare."""
_METRES = {
    "": 1.0, "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0,
    "ft": 0.3048, "foot": 0.3048, "feet": 0.3048,
    "us-ft": 1200 / 3937, "us survey foot": 1200 / 3937,
}  # fmt: skip
"""Metres per unit of height (EPSG 9001, 9002, 9003)."""
_SAME_PLACE = ("EPSG:4326", "EPSG:4269")
"""WGS 84 and NAD 83: less than 2 m apart, a fraction of a pixel."""
_COARSE_ENOUGH = 0.25
"""A pixel a quarter smaller than the finest grid is still read as it stands."""
_EDGE = 1e-6
"""Share of a pixel by which a centre may miss an edge and still lie on it."""


@dataclass(frozen=True, slots=True)
class Window:
    """Elevations of a cell and a margin around it.

    Attributes
    ----------
    elevation
        Metres, NaN where it is not known.
    grid
        Where the pixels lie.
    label, vintage
        What it was read from, in words, and of which date.
    """

    elevation: Singles
    grid: Grid
    label: str
    vintage: str


def window_grid(frame: Grid, cell: Cell, margin_m: float, *, cut: bool) -> Grid | None:
    """Give the pixels of a frame whose centres lie in a cell, with a margin on every side.

    Parameters
    ----------
    frame
        The grid that the pixels belong to.
    cell
        Its northern and western edges belong to it, the others do not: as tiles have it whose
        first centre lies on their north-western corner.
    margin_m
        Metres on the ground; a pixel is added for Horn's neighbours.
    cut
        Whether the frame ends where it ends, or goes on beyond.

    Returns
    -------
    grid
        None where the frame has no pixel in the cell.
    """
    west, south, east, north = cell.bounds
    down, right = (float(one) for one in metres_per_degree(np.asarray((south + north) / 2)))
    first, last = (
        int(np.ceil((frame.north - edge) / frame.step_lat - _EDGE)) for edge in (north, south)
    )
    left, end = (
        int(np.ceil((edge - frame.west) / frame.step_lon - _EDGE)) for edge in (west, east)
    )
    if cut and (last <= 0 or first >= frame.rows or end <= 0 or left >= frame.columns):
        return None
    rows = int(np.ceil(margin_m / down / frame.step_lat)) + 1
    columns = int(np.ceil(margin_m / right / frame.step_lon)) + 1
    first, last, left, end = first - rows, last + rows, left - columns, end + columns
    if cut:
        first, last = max(first, 0), min(last, frame.rows)
        left, end = max(left, 0), min(end, frame.columns)
    return replace(
        frame,
        north=frame.north - first * frame.step_lat,
        west=frame.west + left * frame.step_lon,
        rows=last - first,
        columns=end - left,
    )


def frame_of(dataset: Any) -> Grid:  # noqa: ANN401 - rasterio is imported where it is used
    """Give the grid of a dataset in degrees, from its centres."""
    step_lon, step_lat = dataset.transform.a, -dataset.transform.e
    return Grid(
        north=dataset.transform.f - step_lat / 2,
        west=dataset.transform.c + step_lon / 2,
        step_lat=step_lat,
        step_lon=step_lon,
        rows=dataset.height,
        columns=dataset.width,
    )


def read_onto(dataset: Any, grid: Grid, resampling: str) -> Singles:  # noqa: ANN401 - as above
    """Read a dataset onto a grid of degrees.

    Parameters
    ----------
    dataset
        An open dataset of one band.
    grid
        Where to; pixels beyond the dataset are NaN.
    resampling
        ``nearest``, ``bilinear``, ``cubic`` or ``average``.

    Returns
    -------
    elevation
        Metres, shape ``(grid.rows, grid.columns)``.
    """
    from affine import Affine
    from rasterio.enums import Resampling
    from rasterio.vrt import WarpedVRT

    corner = grid.west - grid.step_lon / 2, grid.north + grid.step_lat / 2
    same = dataset.crs.to_string() in _SAME_PLACE
    with WarpedVRT(
        dataset,
        crs=dataset.crs if same else "EPSG:4326",
        transform=Affine(grid.step_lon, 0, corner[0], 0, -grid.step_lat, corner[1]),
        width=grid.columns,
        height=grid.rows,
        resampling=Resampling[resampling],
        nodata=_VOID,
        dtype="float32",
    ) as warped:
        found = warped.read(1)
    unit = _METRES[(dataset.units[0] or "").lower()]
    metres = (found * dataset.scales[0] + dataset.offsets[0]) * unit
    known = (found != _VOID) & (metres > _LOWEST_M) & (metres < _HIGHEST_M)
    return np.where(known, metres, np.nan).astype(np.float32)


class LocalFile:
    """A DEM in a file: any CRS and resolution that rasterio reads.

    A file in degrees that is as coarse as one arc second or coarser is read pixel by pixel. A
    finer one is averaged to that, so that slopes are comparable; one in another CRS is brought
    onto degrees by cubic convolution, at its own resolution if that is coarser.
    """

    def __init__(self, path: Path, finest_degrees: float) -> None:
        """Open the file.

        Raises
        ------
        FetchError
            If it is not a DEM, or does not say where it lies.
        """
        import rasterio
        from rasterio.errors import RasterioIOError

        try:
            self.dataset = rasterio.open(path)
        except RasterioIOError as error:
            msg = f"{path} cannot be read as a raster ({error}): give a GeoTIFF or a VRT."
            raise FetchError(msg) from error
        if wrong := self._wrong():
            msg = f"{path} cannot be used as a DEM: " + "; ".join(wrong)
            raise FetchError(msg)
        tags = self.dataset.tags()
        self.label = tags.get("TIFFTAG_IMAGEDESCRIPTION", "").strip() or path.name
        dated = tags.get("TIFFTAG_DATETIME", "")[:10].replace(":", "-")
        self.vintage = dated or datetime.now(UTC).date().isoformat()
        self._path = path
        self.frame, self._resampling = self._plan(finest_degrees)

    def _wrong(self) -> list[str]:
        found = []
        if self.dataset.crs is None:
            found.append("found no CRS, expected one: write it in with `rio edit-info --crs`")
        if self.dataset.count != 1:
            found.append(f"found {self.dataset.count} bands, expected one of heights")
        elif (unit := (self.dataset.units[0] or "").lower()) not in _METRES:
            found.append(f"found heights in {unit!r}, expected metres or feet")
        return found

    def _plan(self, finest: float) -> tuple[Grid, str]:
        """Give the grid to read onto, and how."""
        from rasterio.warp import transform_bounds

        dataset = self.dataset
        north_up = dataset.transform.b == dataset.transform.d == 0 and dataset.transform.e < 0
        if dataset.crs.to_string() in _SAME_PLACE and north_up:
            frame = frame_of(dataset)
            if min(frame.step_lat, frame.step_lon) > finest * (1 - _COARSE_ENOUGH):
                return frame, "nearest"
        bounds = transform_bounds(dataset.crs, "EPSG:4326", *dataset.bounds, densify_pts=21)
        west, south, east, north = bounds
        own_lat, own_lon = (north - south) / dataset.height, (east - west) / dataset.width
        step_lat, step_lon = max(own_lat, finest), max(own_lon, finest)
        averages = own_lat < finest * (1 - _COARSE_ENOUGH)
        top, left = np.floor(north / step_lat) * step_lat, np.ceil(west / step_lon) * step_lon
        rows, columns = int((top - south) / step_lat) + 1, int((east - left) / step_lon) + 1
        frame = Grid(float(top), float(left), step_lat, step_lon, rows, columns)
        return frame, "average" if averages else "cubic"

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Give west, south, east and north of the centres, degrees."""
        frame = self.frame
        south = frame.north - (frame.rows - 1) * frame.step_lat
        east = frame.west + (frame.columns - 1) * frame.step_lon
        return frame.west, south, east, frame.north

    def window(self, cell: Cell, margin_m: float) -> Window | None:
        """Give the elevations of a cell and a margin around it; None outside the file."""
        grid = window_grid(self.frame, cell, margin_m, cut=True)
        if grid is None:
            return None
        return Window(
            read_onto(self.dataset, grid, self._resampling), grid, self.label, self.vintage
        )

    def url(self, cell: Cell) -> str:
        """Give the file's path, wherever the cell is."""
        del cell
        return str(self._path)

    def close(self) -> None:
        """Close the file."""
        self.dataset.close()
