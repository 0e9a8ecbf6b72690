"""Slope from elevation on a grid of degrees, and its median within a disc on the ground.

Slope is Horn's (1981, Hill shading and the reflectance map, Proceedings of the IEEE 69(1),
section "Surface gradient"): the weighted differences of the eight neighbours, 1-2-1, over eight
spacings; it is what GDAL, GRASS and ArcGIS compute. The spacings are metres on the WGS 84
ellipsoid, row by row: the radii of curvature of the meridian and of the prime vertical (Snyder,
1987, Map projections: a working manual, USGS Professional Paper 1395, equations 4-18 and 4-20).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]
    Slopes = NDArray[np.uint16]

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
"""The WGS 84 ellipsoid (NIMA TR8350.2, table 3.1)."""

UNKNOWN = 65_535
"""Stands in stored slopes where there is none; the others are hundredths of a percent."""
PER_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the pixels of an array lie.

    Attributes
    ----------
    north, west
        Centre of the first pixel, degrees: the first row is the northernmost.
    step_lat, step_lon
        Spacings of the centres, degrees, above 0.
    rows, columns
        Shape of the array.
    """

    north: float
    west: float
    step_lat: float
    step_lon: float
    rows: int
    columns: int

    @property
    def lat(self) -> Floats:
        """Give the latitude of each row's centres."""
        return self.north - self.step_lat * np.arange(self.rows, dtype=float)

    def inner(self) -> Grid:
        """Give the grid without its outermost pixels."""
        return Grid(
            self.north - self.step_lat,
            self.west + self.step_lon,
            self.step_lat,
            self.step_lon,
            self.rows - 2,
            self.columns - 2,
        )


def metres_per_degree(lat: Floats) -> tuple[Floats, Floats]:
    """Give the length of a degree along the meridian and along the parallel, WGS 84.

    Parameters
    ----------
    lat
        Degrees, any shape.

    Returns
    -------
    meridian, parallel
        Metres per degree, the shape of `lat`.
    """
    eccentricity2 = FLATTENING * (2 - FLATTENING)
    phi = np.radians(lat)
    root = np.sqrt(1 - eccentricity2 * np.sin(phi) ** 2)
    meridian = SEMI_MAJOR_M * (1 - eccentricity2) / root**3
    parallel = SEMI_MAJOR_M / root * np.cos(phi)
    return np.radians(meridian), np.radians(parallel)


def horn(elevation: NDArray[np.floating], grid: Grid) -> Slopes:
    """Give the slope of each inner pixel.

    Parameters
    ----------
    elevation
        Metres, shape ``(grid.rows, grid.columns)``; NaN where it is not known.
    grid
        Where its pixels lie.

    Returns
    -------
    slopes
        Hundredths of a percent, shape ``(grid.rows - 2, grid.columns - 2)``; `UNKNOWN` where
        the pixel or any of its eight neighbours is not known.
    """
    z = np.asarray(elevation, dtype=float)
    down, right = metres_per_degree(grid.lat[1:-1])
    across = (z[:, 2:] - z[:, :-2]) / 8
    along = (z[2:] - z[:-2]) / 8
    east = (across[:-2] + 2 * across[1:-1] + across[2:]) / (right * grid.step_lon)[:, None]
    south = (along[:, :-2] + 2 * along[:, 1:-1] + along[:, 2:]) / (down * grid.step_lat)[:, None]
    percent = 100 * np.hypot(east, south)
    known = np.isfinite(percent) & np.isfinite(z[1:-1, 1:-1])
    stored = np.rint(np.where(known, percent, 0) * PER_PERCENT)
    return np.where(known, np.minimum(stored, UNKNOWN - 1), UNKNOWN).astype(np.uint16)


def _spans(grid: Grid, lat: Floats, lon: Floats, radius_m: float) -> tuple[Counts, Counts, Counts]:
    """Give the pixels of each disc, row by row, on an endless grid.

    A pixel belongs where its centre lies within the radius. Distances are taken in the plane
    with the lengths of a degree half way: within millimetres of the geodesic at 1 km.

    Returns
    -------
    first
        Shape ``(n,)``: the first row.
    lowest, highest
        Shape ``(n, k)``: first and last column in that row and those below; the last before
        the first where the disc does not meet the row.
    """
    degree, _ = metres_per_degree(lat)
    reach = radius_m / degree / grid.step_lat
    first = np.floor((grid.north - lat) / grid.step_lat - reach).astype(np.int64)
    rows = first[:, None] + np.arange(int(2 * reach.max(initial=0)) + 3)
    row_lat = grid.north - grid.step_lat * rows
    down, right = metres_per_degree((row_lat + lat[:, None]) / 2)
    left = radius_m**2 - (down * (row_lat - lat[:, None])) ** 2
    half = np.sqrt(np.maximum(left, 0)) / right
    middle = (lon - grid.west)[:, None]
    lowest = np.ceil((middle - half) / grid.step_lon).astype(np.int64)
    highest = np.floor((middle + half) / grid.step_lon).astype(np.int64)
    return first, lowest, np.where(left >= 0, highest, lowest - 1)


def disc_medians(  # noqa: PLR0913, PLR0917 - an array, where it lies, where to look and how far
    slopes: Slopes, grid: Grid, lat: Floats, lon: Floats, radius_m: float, least_share: float
) -> Slopes:
    """Give the median slope within a radius of each point.

    Parameters
    ----------
    slopes
        As `horn` gives them.
    grid
        Where their pixels lie.
    lat, lon
        Centres of the discs, shape ``(n,)``, degrees, WGS 84; quick where they follow rows.
    radius_m
        Radius on the ground.
    least_share
        Share of a disc's pixels that must be known; those beyond the array are not.

    Returns
    -------
    medians
        Shape ``(n,)``, hundredths of a percent; `UNKNOWN` where less of the disc is known.
    """
    from layers._slope_kernels import sliding_medians

    return np.asarray(sliding_medians(slopes, *_spans(grid, lat, lon, radius_m), least_share))
