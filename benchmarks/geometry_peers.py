"""The same questions, put to the libraries that people use: each gives what its library can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from scipy.spatial import cKDTree
from sklearn.neighbors import BallTree

from geo.crs import distance_km, ecef_km

if TYPE_CHECKING:
    import pandas as pd

Points = tuple[np.ndarray, np.ndarray]
PLANE = 5070
"""NAD83 / Conus Albers, the usual plane for the contiguous United States."""


def _table(points: Points) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(points[1], points[0]), crs=4326)


def _first_of_each(joined: pd.DataFrame, n: int) -> np.ndarray:
    """Give the right-hand index of each row: ties give more rows than were asked for."""
    first = joined[~joined.index.duplicated()]["index_right"]
    return first.reindex(range(n)).to_numpy(dtype=np.intp)


def geopandas_nearest(points: Points, targets: Points) -> np.ndarray:
    """Name the nearest target on a plane."""
    left, right = _table(points).to_crs(PLANE), _table(targets).to_crs(PLANE)
    return _first_of_each(gpd.sjoin_nearest(left, right), len(left))


def geopandas_nearest_of_each(points: Points, targets: Points, kinds: np.ndarray) -> np.ndarray:
    """Name the nearest target of each class on a plane, a join for each."""
    left, right = _table(points).to_crs(PLANE), _table(targets).to_crs(PLANE)
    return np.column_stack(
        [
            _first_of_each(gpd.sjoin_nearest(left, right[kinds == kind]), len(left))
            for kind in range(kinds.max() + 1)
        ]
    )


def scipy_nearest(points: Points, targets: Points) -> np.ndarray:
    """Name the nearest target by chord, and measure it, as whoever wants kilometres must."""
    index = cKDTree(ecef_km(*targets)).query(ecef_km(*points), workers=-1)[1]
    distance_km(*points, targets[0][index], targets[1][index])
    return index


def scipy_nearest_of_each(points: Points, targets: Points, kinds: np.ndarray) -> np.ndarray:
    """Name the nearest target of each class by chord, and measure it."""
    columns = []
    for kind in range(kinds.max() + 1):
        rows = np.flatnonzero(kinds == kind)
        columns.append(rows[scipy_nearest(points, (targets[0][rows], targets[1][rows]))])
    return np.column_stack(columns)


def shapely_nearest(points: Points, targets: Points) -> np.ndarray:
    """Name the nearest target on a plane, without tables."""
    to_plane = Transformer.from_crs(4326, PLANE, always_xy=True)
    tree = shapely.STRtree(shapely.points(*to_plane.transform(targets[1], targets[0])))
    return tree.nearest(shapely.points(*to_plane.transform(points[1], points[0])))


def sklearn_nearest(points: Points, targets: Points) -> np.ndarray:
    """Name the nearest target on a sphere."""
    tree = BallTree(np.radians(np.column_stack(targets)), metric="haversine")
    return tree.query(np.radians(np.column_stack(points)), return_distance=False)[:, 0]


def _grouped(joined: pd.DataFrame, n: int) -> tuple[np.ndarray, np.ndarray]:
    by_point = joined.dropna(subset="mw").groupby(level=0)["mw"].agg(["sum", "count"])
    by_point = by_point.reindex(range(n), fill_value=0)
    return by_point["sum"].to_numpy(), by_point["count"].to_numpy()


def geopandas_sums(
    points: Points, targets: Points, mw: np.ndarray, radius_km: float
) -> tuple[np.ndarray, np.ndarray]:
    """Sum within a radius on a plane, by a dwithin join."""
    left, right = _table(points).to_crs(PLANE), _table(targets).to_crs(PLANE).assign(mw=mw)
    joined = gpd.sjoin(left, right, predicate="dwithin", distance=radius_km * 1000)
    return _grouped(joined, len(left))


def geopandas_buffer_sums(
    points: Points, targets: Points, mw: np.ndarray, radius_km: float
) -> tuple[np.ndarray, np.ndarray]:
    """Sum within a radius on a plane, by joining with polygons about the points."""
    left, right = _table(points).to_crs(PLANE), _table(targets).to_crs(PLANE).assign(mw=mw)
    left["geometry"] = left.buffer(radius_km * 1000)
    return _grouped(gpd.sjoin(left, right), len(left))


def scipy_sums(
    points: Points, targets: Points, mw: np.ndarray, radius_km: float
) -> tuple[np.ndarray, np.ndarray]:
    """Sum within a radius by chord: a chord of 50 km is 0.13 m shorter than its geodesic."""
    pairs = cKDTree(ecef_km(*points)).sparse_distance_matrix(
        cKDTree(ecef_km(*targets)), radius_km, output_type="ndarray"
    )
    n = len(points[0])
    return np.bincount(pairs["i"], mw[pairs["j"]], n), np.bincount(pairs["i"], minlength=n)


def geopandas_nearest_line(points: Points, lines: np.ndarray) -> np.ndarray:
    """Name the nearest line on a plane, where straight lines are other lines."""
    right = gpd.GeoDataFrame(geometry=lines, crs=4326).to_crs(PLANE)
    return _first_of_each(gpd.sjoin_nearest(_table(points).to_crs(PLANE), right), len(points[0]))


def shapely_nearest_line(points: Points, lines: np.ndarray) -> np.ndarray:
    """Name the nearest line on a plane, without tables."""
    to_plane = Transformer.from_crs(4326, PLANE, always_xy=True)
    vertices = shapely.get_coordinates(lines)
    flat = shapely.set_coordinates(
        lines.copy(), np.column_stack(to_plane.transform(vertices[:, 0], vertices[:, 1]))
    )
    return shapely.STRtree(flat).nearest(shapely.points(*to_plane.transform(points[1], points[0])))
