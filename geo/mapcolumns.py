"""Columns as the map's script takes them: short numbers, repeated texts once, cut by area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopandas import GeoSeries
    from numpy.typing import NDArray

    from geo.rows import Row

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]

POINT_SCALE = 100_000
"""Points are whole numbers of 1e-5 degrees, about a metre."""
PATH_SCALE = POINT_SCALE // 10
"""Paths are whole numbers of 1e-4 degrees, about ten metres."""
_TOLERANCE_DEGREES = 0.0003


def coded(values: Iterable[str | None]) -> Row:
    """Give texts as the different ones and, per row, which of them; -1: none."""
    at, of = pd.factorize(pd.Series(list(values), dtype=object), use_na_sentinel=True)
    return {"of": [str(one) for one in of], "at": at.tolist()}


def points(lat: Floats, lon: Floats) -> Row:
    """Give points as whole numbers, each the difference to the one before it."""
    return {"lat": _steps(lat, POINT_SCALE), "lon": _steps(lon, POINT_SCALE)}


def _steps(degrees: Floats, scale: int) -> list[int]:
    whole = np.rint(np.asarray(degrees, dtype=float) * scale).astype(np.int64)
    steps: list[int] = np.diff(whole, prepend=0).tolist()
    return steps


def simplified(shapes: GeoSeries) -> tuple[NDArray[Any], Rows]:
    """Give the single lines of some shapes, simplified to about 30 m, and the row of each."""
    parts, rows = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    drawn = shapely.simplify(parts, _TOLERANCE_DEGREES, preserve_topology=False)
    return drawn, rows


def paths(lines: NDArray[Any]) -> Row:
    """Give lines as how many points each has and the steps from point to point, all in a row."""
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    return {
        "n": np.bincount(line, minlength=len(lines)).tolist(),
        "lat": _steps(coordinates[:, 1], PATH_SCALE),
        "lon": _steps(coordinates[:, 0], PATH_SCALE),
    }


def areas(x: Floats, y: Floats, size: NDArray[Any], at_most: int) -> list[Rows]:
    """Cut rows into areas, each of no more than a size in all, by halves of the longer side.

    Parameters
    ----------
    x, y
        Where the rows are, degrees, shape ``(n,)``.
    size
        How much each row weighs, shape ``(n,)``.
    at_most
        How much an area may weigh; a single row may weigh more.

    Returns
    -------
    areas
        The rows of each, none empty; every row is in one.
    """
    waiting = [np.arange(len(x))] if len(x) else []
    done: list[Rows] = []
    while waiting:
        rows = waiting.pop()
        if len(rows) == 1 or size[rows].sum() <= at_most:
            done.append(rows)
            continue
        along = x[rows] if np.ptp(x[rows]) > np.ptp(y[rows]) else y[rows]
        order = rows[np.argsort(along, kind="stable")]
        waiting += [order[len(order) // 2 :], order[: len(order) // 2]]
    return done


def frame(x: Floats, y: Floats) -> list[float]:
    """Give the west, south, east and north of some places, degrees."""
    return [round(float(one), 4) for one in (x.min(), y.min(), x.max(), y.max())]
