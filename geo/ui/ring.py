"""An area that the user draws: a ring of points, as text in the address and as a polygon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

Ring = list[tuple[float, float]]

_DIGITS = 4
"""About 10 m: finer than anybody draws."""
_MOST_POINTS = 200
_EXPECTED = (
    "three or more points as lon,lat with ; between them, in degrees, whose outline does not"
    " cross itself"
)


def rounded(points: Sequence[tuple[float, float]]) -> Ring:
    """Give a ring of (lon, lat) as it is kept: rounded, and not closed.

    Raises
    ------
    ValueError
        With what was expected, if it is no area on the globe.
    """
    ring = [(round(float(lon), _DIGITS), round(float(lat), _DIGITS)) for lon, lat in points]
    if ring and ring[0] == ring[-1]:
        ring = ring[:-1]
    on_globe = all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
    if not (3 <= len(ring) <= _MOST_POINTS and on_globe and shapely.Polygon(ring).is_valid):
        raise ValueError(_EXPECTED)
    return ring


def write_ring(ring: Ring) -> str:
    """Write a ring as text."""
    return ";".join(f"{lon:g},{lat:g}" for lon, lat in ring)


def read_ring(text: str) -> Ring:
    """Read a ring from text.

    Raises
    ------
    ValueError
        With what was expected.
    """
    try:
        points = [(float(lon), float(lat)) for lon, lat in
                  (one.split(",") for one in text.split(";"))]  # fmt: skip
    except ValueError as error:
        raise ValueError(_EXPECTED) from error
    return rounded(points)


def polygon(ring: Ring) -> shapely.Polygon:
    """Give the area inside a ring, EPSG:4326."""
    return shapely.Polygon(ring)
