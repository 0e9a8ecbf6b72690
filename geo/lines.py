"""Nearest lines, and lines within a radius, whose distances are geodesic.

A line is straight in longitude and latitude between its vertices (RFC 7946, section 3.1.1):
neither a geodesic nor a straight line of some map. Distances and feet are those of that curve;
where they were measured against PROJ, to a millimetre.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo import _plain_lines
from geo._segments import segments_of

if TYPE_CHECKING:
    from geo._segments import Geometries
    from geo.arrays import Floats
    from geo.nearest import Indices

_PLAIN_PAIRS = 4_000_000
"""Up to here every pair is tried, and numba need not be imported."""

_FARTHEST_KM = 19_000.0
"""A wider radius may ask for distances of nearly antipodal points, which PROJ alone knows."""


def nearest_line(
    lat: Floats, lon: Floats, lines: Geometries
) -> tuple[Indices, Floats, Floats, Floats]:
    """Find the nearest line of each point.

    Parameters
    ----------
    lat, lon
        Points, shape ``(n,)``, degrees, none missing.
    lines
        LineStrings and MultiLineStrings, EPSG:4326, shape ``(m,)``; those that are empty or
        missing are never found.

    Returns
    -------
    line, km, foot_lat, foot_lon
        Shape ``(n,)`` each: index of the nearest line by geodesic, the first of equals, the
        distance, and the line's nearest place, degrees; -1 and NaN where there is no line.
    """
    points, segments = (lat, lon), segments_of(lines)
    line = np.full(lat.shape, -1, dtype=np.intp)
    feet = np.full((3, lat.size), np.nan)
    if segments.line.size and lat.size:
        unknown = np.arange(lat.size)
        if lat.size * segments.line.size > _PLAIN_PAIRS:
            from geo import _line_search

            line, feet = _line_search.nearest_line(points, segments)
            unknown = np.flatnonzero(line < -1)
        if unknown.size:
            line[unknown], feet[:, unknown] = _plain_lines.nearest_line(
                (lat[unknown], lon[unknown]), segments
            )
    return line, feet[0], feet[1], feet[2]


def lines_within(
    lat: Floats, lon: Floats, lines: Geometries, radius_km: float
) -> tuple[Indices, Indices, Floats, Floats, Floats]:
    """Find all pairs of a point and a line at most `radius_km` apart.

    Parameters
    ----------
    lat, lon
        Points, shape ``(n,)``, degrees, none missing.
    lines
        LineStrings and MultiLineStrings, EPSG:4326, shape ``(m,)``; those that are empty or
        missing are never found.
    radius_km
        The largest geodesic distance.

    Returns
    -------
    point, line, km, foot_lat, foot_lon
        Shape ``(pairs,)`` each: the distance and the line's nearest place, degrees; by point,
        then by distance, then by line.
    """
    points, segments = (lat, lon), segments_of(lines)
    if lat.size * segments.line.size <= _PLAIN_PAIRS or radius_km > _FARTHEST_KM:
        point, piece, feet = _plain_lines.pieces_within(points, segments, radius_km)
    else:
        from geo import _line_search

        point, piece, feet = _line_search.pieces_within(points, segments, radius_km)
    line = segments.line[piece]
    # of the pieces of one line, the nearest; of those that share the foot, the first
    order = np.lexsort((piece, feet[0], line, point))
    point, line, feet = point[order], line[order], feet[:, order]
    first = (np.diff(point, prepend=-1) != 0) | (np.diff(line, prepend=-1) != 0)
    point, line, feet = point[first], line[first], feet[:, first]
    order = np.lexsort((line, feet[0], point))
    return point[order], line[order], feet[0, order], feet[1, order], feet[2, order]
