"""Lines cut into pieces so short that a straight line through the earth stands for each.

A line is straight in longitude and latitude between its vertices (RFC 7946, section 3.1.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from geo.crs import SEMI_MAJOR_KM, SEMI_MINOR_KM, ecef_km

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.arrays import Floats

    Indices = NDArray[np.intp]
    Geometries = NDArray[np.object_] | Any
    Vector = tuple[Any, Any, Any]

_LONGEST_DEGREES = 0.03
"""Longest piece, degrees of latitude and longitude together."""

SAG_KM = float(SEMI_MAJOR_KM * np.radians(_LONGEST_DEGREES) ** 2 / 8 * 1.01)
"""How far the piece may be from its chord: 0.2 m.

A curve lies within ``|X''| / 8`` of its chord over a parameter from 0 to 1, and on the
ellipsoid, for latitude and longitude that change evenly, ``|X''|`` is at most the largest
radius, 6,400 km, times the square of the two changes added.
"""


FAR_KM = 1000.0
"""Beyond, the foot of the shortest chord may be centimetres worse than that of the geodesic."""

_FLAT = 1e-30
"""In place of a bend that is none: what is divided by it leads to the lower end."""

_FLAT_KM = 1e-9
"""In place of a distance from the axis that is none: at a pole a piece has no length."""

_E2 = 1 - (SEMI_MINOR_KM / SEMI_MAJOR_KM) ** 2


class Segments(NamedTuple):
    """Pieces of lines: ends of shape ``(s,)``, degrees, and the line of each, ``(s,)``."""

    lat: Floats
    lon: Floats
    lat_change: Floats
    lon_change: Floats
    line: Indices


def segments_of(lines: Geometries) -> Segments:
    """Cut LineStrings and MultiLineStrings, EPSG:4326; what is empty or missing has no piece."""
    parts = np.asarray(lines, dtype=object)
    owner = np.arange(len(parts))
    if (shapely.get_type_id(parts) != shapely.GeometryType.LINESTRING).any():
        parts, owner = shapely.get_parts(parts, return_index=True)
    vertices, part = shapely.get_coordinates(parts, return_index=True)
    start = np.flatnonzero(part[:-1] == part[1:])
    change = vertices[start + 1] - vertices[start]
    pieces = np.maximum(np.ceil(np.abs(change).sum(axis=1) / _LONGEST_DEGREES), 1).astype(np.intp)
    segment = np.repeat(np.arange(len(start)), pieces)
    step = np.arange(len(segment)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    change /= pieces[:, None]
    ends = vertices[start][segment] + change[segment] * step[:, None]
    return Segments(
        np.ascontiguousarray(ends[:, 1]),
        np.ascontiguousarray(ends[:, 0]),
        np.ascontiguousarray(change[segment, 1]),
        np.ascontiguousarray(change[segment, 0]),
        owner[part[start]][segment],
    )


def chords_of(segments: Segments) -> tuple[Floats, Floats]:
    """Give the first ends of the pieces, and the ways to the last, shape ``(s, 3)`` each, km."""
    first = ecef_km(segments.lat, segments.lon)
    last = ecef_km(segments.lat + segments.lat_change, segments.lon + segments.lon_change)
    return first, last - first


def foot_share(first: Vector, way: Vector, share: Any, query: Vector) -> Any:  # noqa: ANN401
    """Give where on a piece the chord from a point is shortest, a share of the piece.

    The piece is X(t) = A + t W + t (t - 1) X'' / 2 with its chord W and its second derivative at
    the middle, which for 3 km leaves out less than a millimetre: down by the curvature of the
    ellipsoid, and, where meridians meet, towards the pole. Two steps of Newton's method make
    (P - X).X' vanish. All are numbers when compiled, arrays of one shape when not.

    Parameters
    ----------
    first, way
        First end and way to the last, earth-centred, km.
    share
        Where on the piece to start, 0 to 1.
    query
        The point P, earth-centred, km.
    """
    x, y, z = first[0] + way[0] / 2, first[1] + way[1] / 2, first[2] + way[2] / 2
    flat = np.maximum(np.sqrt(x * x + y * y), _FLAT_KM)
    cos_lon, sin_lon = x / flat, y / flat
    slant = np.sqrt(flat * flat + (z / (1 - _E2)) ** 2)
    cosine, sine = flat / slant, z / (1 - _E2) / slant
    outward = way[0] * cos_lon + way[1] * sin_lon
    north, east = way[2] * cosine - outward * sine, way[1] * cos_lon - way[0] * sin_lon
    root = np.sqrt(1 - _E2 * sine * sine)
    turn = east / flat * sine
    up = -(north * north * root * root / (1 - _E2) + east * east) * root / SEMI_MAJOR_KM
    # the second derivative: away from the axis, and then along x, y and z
    aside, across = up * cosine - east * turn * sine, -2 * north * turn
    bend_x, bend_y = aside * cos_lon - across * sin_lon, aside * sin_lon + across * cos_lon
    bend_z = up * sine + east * turn * cosine
    for _ in range(2):
        half, along = share * (share - 1) / 2, share - 0.5
        dx = query[0] - first[0] - share * way[0] - half * bend_x
        dy = query[1] - first[1] - share * way[1] - half * bend_y
        dz = query[2] - first[2] - share * way[2] - half * bend_z
        to_x, to_y = way[0] + along * bend_x, way[1] + along * bend_y
        to_z = way[2] + along * bend_z
        slope = dx * to_x + dy * to_y + dz * to_z
        steep = to_x * to_x + to_y * to_y + to_z * to_z
        steep = steep - dx * bend_x - dy * bend_y - dz * bend_z
        share = np.minimum(np.maximum(share + slope / np.maximum(steep, _FLAT), 0.0), 1.0)
    return share


def lowest(first: Any, middle: Any, last: Any) -> Any:  # noqa: ANN401 - numbers or arrays
    """Give the share at which a parabola through the distances at 0, 1/2 and 1 is lowest."""
    return 0.5 - (last - first) / (4 * np.maximum(first + last - 2 * middle, _FLAT))
