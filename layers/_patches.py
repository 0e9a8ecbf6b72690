"""Median slopes on a lattice of points, in patches of a tenth of a degree, and the look-up.

The lattice has a point in the middle of every thousandth of a degree (110 m by 90 m at 35
degrees), a patch has 100 by 100 of them, and what is stored of each is the median slope within
1 km of it. So a look-up needs one small array and no raster, however many sites are asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from layers._base import LayerError
from layers._slope import PER_PERCENT, UNKNOWN, metres_per_degree

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]
    Medians = NDArray[np.uint16]

PER_DEGREE = 10
"""Patches along a degree."""
POINTS = 100
"""Points of the lattice along a side of a patch."""
OUTSIDE = UNKNOWN - 1
"""Stands where nothing was read, as `UNKNOWN` does where there is water or a void."""
_STRIDE = 3
"""A site that may lie anywhere in a circle is looked for at every third point: 330 m apart."""
_PER_DEGREE = PER_DEGREE * POINTS
_BLOCK = 1_000_000
"""Points that are looked up at a time."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A patch's place: its south-western corner in tenths of a degree."""

    south: int
    west: int

    @property
    def id(self) -> str:
        """Give its name, for instance ``n344w1002``."""
        lat = f"{'s' if self.south < 0 else 'n'}{abs(self.south):03}"
        return f"{lat}{'w' if self.west < 0 else 'e'}{abs(self.west):04}"

    @classmethod
    def named(cls, name: str) -> Cell:
        """Give the patch's place that has this name.

        Raises
        ------
        ValueError
            If no place has.
        """
        found = re.fullmatch(r"([ns])(\d{3})([ew])(\d{4})", name)
        if found is None:
            msg = f"{name!r} is no name of a place, expected one such as n344w1002"
            raise ValueError(msg)
        north, lat, east, lon = found.groups()
        return cls(int(lat) * (-1 if north == "s" else 1), int(lon) * (-1 if east == "w" else 1))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Give west, south, east and north, degrees."""
        west, south = self.west / PER_DEGREE, self.south / PER_DEGREE
        return west, south, (self.west + 1) / PER_DEGREE, (self.south + 1) / PER_DEGREE

    def points(self) -> tuple[Floats, Floats]:
        """Give latitudes and longitudes of its points, row by row from the south-west."""
        middle = np.arange(POINTS) + 0.5
        lat = (self.south * POINTS + middle) / _PER_DEGREE
        lon = (self.west * POINTS + middle) / _PER_DEGREE
        return np.repeat(lat, POINTS), np.tile(lon, POINTS)


def cells_of_area(area: BaseGeometry) -> list[Cell]:
    """Give the cells that an area in EPSG:4326 meets, by south and west."""
    import shapely

    west, south, east, north = area.bounds
    cells = _cells_of_box(south, west, north, east)
    boxes = shapely.box(*np.array([one.bounds for one in cells]).T)
    shapely.prepare(area)
    meets = shapely.intersects(area, boxes) & ~shapely.touches(area, boxes)
    return [cell for cell, met in zip(cells, meets, strict=True) if met]


def cells_of_points(lat: Floats, lon: Floats, radius_km: Floats) -> list[Cell]:
    """Give the cells that circles around points meet, and a few at their corners."""
    down, right = metres_per_degree(lat)
    reach_lat, reach_lon = 1000 * radius_km / down, 1000 * radius_km / right
    edges = zip(lat - reach_lat, lon - reach_lon, lat + reach_lat, lon + reach_lon, strict=True)
    return sorted({cell for edge in edges for cell in _cells_of_box(*map(float, edge))})


def _cells_of_box(south: float, west: float, north: float, east: float) -> list[Cell]:
    rows, columns = (
        range(int(np.floor(low * PER_DEGREE)), int(np.floor(high * PER_DEGREE)) + 1)
        for low, high in ((south, north), (west, east))
    )
    return [Cell(row, column) for row in rows for column in columns]


@dataclass(frozen=True, slots=True)
class Patches:
    """The stored medians, for look-ups.

    Attributes
    ----------
    corner
        South and west of the first place in `index`, tenths of a degree.
    index
        Which of `medians` each place has, from the south-west; -1 where there is none. The
        outermost rows and columns are empty, so that what lies beyond has a place to go.
    medians
        Shape ``(n, POINTS, POINTS)``, hundredths of a percent; `UNKNOWN` for water and voids,
        `OUTSIDE` where nothing was read.
    """

    corner: tuple[int, int]
    index: NDArray[np.int64]
    medians: Medians

    @classmethod
    def open(cls, path: Path, south: Indices, west: Indices) -> Patches:
        """Map stored medians whose places are given, tenths of a degree, at least one.

        Raises
        ------
        LayerError
            If the file is not there, or not such medians.
        """
        corner = int(south.min()) - 1, int(west.min()) - 1
        shape = int(south.max()) - corner[0] + 2, int(west.max()) - corner[1] + 2
        index = np.full(shape, -1, dtype=np.int64)
        index[south - corner[0], west - corner[1]] = np.arange(len(south))
        return cls(corner, index, _mapped(path, len(south)))

    def patch_of(self, lat: Floats, lon: Floats) -> Indices:
        """Give the patch that each point lies in; -1 where there is none."""
        return self._patch(_nearest(lat), _nearest(lon))

    def at(self, lat: Floats, lon: Floats) -> Floats:
        """Give the median slope at the lattice's nearest point, at most 75 m away.

        Returns
        -------
        medians
            Shape ``(n,)``, percent; NaN where it is not known.
        """
        found = self._look_up(_nearest(lat), _nearest(lon))
        return np.where(found < OUTSIDE, found / PER_PERCENT, np.nan)

    def range(self, lat: Floats, lon: Floats, radius_km: Floats) -> tuple[Floats, Floats]:
        """Give the least and the greatest median slope at the points within a radius.

        Every third point is looked at, the nearest one among them: they lie 330 m apart.

        Returns
        -------
        low, high
            Shape ``(n,)``, percent. NaN where part of the circle was never read, so that
            nothing bounds the slope, or all of it is water or void; the rest of the water and
            the voids is passed over, since no site stands there.
        """
        low, high = np.full(len(lat), np.nan), np.full(len(lat), np.nan)
        here = self.patch_of(lat, lon) >= 0
        for radius in np.unique(radius_km[here & np.isfinite(radius_km)]):
            rows = np.flatnonzero(here & (radius_km == radius))
            north, east = (_steps(degree, radius) for degree in metres_per_degree(lat[rows]))
            size = max(_BLOCK // (len(north) * len(east)), 1)
            for start in range(0, len(rows), size):
                part = rows[start : start + size]
                low[part], high[part] = self._range(lat[part], lon[part], radius, north, east)
        return low, high

    def _range(
        self, lat: Floats, lon: Floats, radius_km: float, north: Indices, east: Indices
    ) -> tuple[Floats, Floats]:
        down, right = (degree / _PER_DEGREE for degree in metres_per_degree(lat))
        up2, along2 = np.outer(down, north) ** 2, np.outer(right, east) ** 2
        inside = up2[:, :, None] + along2[:, None, :] <= (1000 * radius_km) ** 2
        row, column = _nearest(lat)[:, None] + north, _nearest(lon)[:, None] + east
        found = self._look_up(row[:, :, None], column[:, None, :])
        known = inside & (found < OUTSIDE)
        both = (1, 2)
        whole = known.any(axis=both) & ~(inside & (found == OUTSIDE)).any(axis=both)
        low = np.where(known, found, UNKNOWN).min(axis=both) / PER_PERCENT
        high = np.where(known, found, 0).max(axis=both) / PER_PERCENT
        return np.where(whole, low, np.nan), np.where(whole, high, np.nan)

    def _patch(self, row: Indices, column: Indices) -> Indices:
        """Give the patch of points of the lattice; the shapes are broadcast."""
        south, west = (
            np.clip(axis // POINTS - first, 0, last - 1)
            for axis, first, last in zip((row, column), self.corner, self.index.shape, strict=True)
        )
        return self.index[south, west]

    def _look_up(self, row: Indices, column: Indices) -> Medians:
        """Give the stored medians at points of the lattice; the shapes are broadcast."""
        patch = self._patch(row, column)
        at = np.maximum(patch, 0) * POINTS**2 + (row % POINTS) * POINTS + column % POINTS
        return np.where(patch >= 0, self.medians.reshape(-1)[at], np.uint16(OUTSIDE))


def _mapped(path: Path, patches: int) -> Medians:
    try:
        medians: Medians = np.load(path, mmap_mode="r")
        found = f"{medians.dtype} of shape {medians.shape}"
    except (OSError, ValueError, EOFError) as error:
        found = f"{type(error).__name__}: {error}"
    expected = f"{np.dtype(np.uint16)} of shape {(patches, POINTS, POINTS)}"
    if found != expected:
        msg = (
            f"The stored slopes ({path}) cannot be used: found {found}, expected {expected}. Run"
            " `rewatt data verify`, then `rewatt data clear terrain` and fetch it again."
        )
        raise LayerError(msg)
    return medians


def _nearest(axis: Floats) -> Indices:
    """Give the lattice's nearest row or column, counted from the equator or Greenwich."""
    return np.floor(axis * _PER_DEGREE).astype(np.int64)


def _steps(metres_per_degree: Floats, radius_km: float) -> Indices:
    """Give the steps along an axis of the lattice that may lie within a radius."""
    reach = int(1000 * radius_km / float(metres_per_degree.min()) * _PER_DEGREE) // _STRIDE
    return _STRIDE * np.arange(-reach, reach + 1)
