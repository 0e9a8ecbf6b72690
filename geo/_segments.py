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

    from geo.crs import Floats

    Indices = NDArray[np.intp]
    Geometries = NDArray[np.object_] | Any

_LONGEST_DEGREES = 0.05
"""Longest piece, degrees of latitude and longitude together."""

SAG_KM = float(SEMI_MAJOR_KM * np.radians(_LONGEST_DEGREES) ** 2 / 8 * 1.01)
"""How far the piece may be from its chord: 0.6 m.

A curve lies within ``|X''| / 8`` of its chord over a parameter from 0 to 1, and on the
ellipsoid, for latitude and longitude that change evenly, ``|X''|`` is at most the largest
radius, 6,400 km, times the square of the two changes added.
"""


FAR_KM = 1000.0
"""Beyond, the foot of the shortest chord may be centimetres worse than that of the geodesic."""

_FLAT = 1e-30
"""In place of a bend that is none: what is divided by it leads to the lower end."""

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


def newton_step(ends: tuple[Any, Any, Any, Any], share: Any, query: tuple[Any, Any, Any]) -> Any:  # noqa: ANN401 - numbers when compiled, arrays when not
    """Go one step of Newton's method towards the share of a piece with the shortest chord.

    With X the place and P the point, (P - X).X' is to vanish. X' and X'' are written in the
    directions north, east and up: a meridian bends down, a parallel down and towards the pole.

    Parameters
    ----------
    ends
        Latitude, longitude and their changes along the piece, degrees.
    share
        Where on the piece to start, 0 to 1.
    query
        The point, earth-centred, km.
    """
    phi = (ends[0] + share * ends[2]) * (np.pi / 180)
    lam = (ends[1] + share * ends[3]) * (np.pi / 180)
    sine, cosine, sin_lon, cos_lon = np.sin(phi), np.cos(phi), np.sin(lam), np.cos(lam)
    root2 = 1 - _E2 * sine * sine
    normal = SEMI_MAJOR_KM / np.sqrt(root2)
    meridian = normal * (1 - _E2) / root2
    dx, dy = query[0] - normal * cosine * cos_lon, query[1] - normal * cosine * sin_lon
    dz = query[2] - normal * (1 - _E2) * sine
    outward, to_east = cos_lon * dx + sin_lon * dy, cos_lon * dy - sin_lon * dx
    to_north, up = cosine * dz - sine * outward, cosine * outward + sine * dz
    turn_north, turn_east = ends[2] * (np.pi / 180), ends[3] * (np.pi / 180)
    north, east = meridian * turn_north, normal * cosine * turn_east
    bent = to_north * sine * east * turn_east - 2 * to_east * sine * north * turn_east
    bent -= up * (north * turn_north + cosine * east * turn_east)
    steep = north * north + east * east - bent
    slope = to_north * north + to_east * east
    return share + slope / np.maximum(steep, _FLAT)


def lowest(first: Any, middle: Any, last: Any) -> Any:  # noqa: ANN401 - as above
    """Give the share at which a parabola through the distances at 0, 1/2 and 1 is lowest."""
    return 0.5 - (last - first) / (4 * np.maximum(first + last - 2 * middle, _FLAT))
