"""What stands in for a basemap without a network: state outlines, names of states and places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.mapcolumns import paths, points
from layers import read_places, read_states

if TYPE_CHECKING:
    from geo.rows import Row

    Box = tuple[float, float, float, float]

_TOLERANCE_DEGREES = 0.004


def ground(window: Box, *, whole_country: bool) -> Row:
    """Give what the map's script draws under everything else.

    Parameters
    ----------
    window
        West, south, east, north.
    whole_country
        Whether states go by their postal codes: their names would cover each other.
    """
    frame = shapely.box(*window)
    states = read_states()
    seen = states[states.intersects(frame)]
    rings = [
        ring
        for shape in shapely.simplify(seen.geometry, _TOLERANCE_DEGREES)
        for part in shapely.get_parts(shape)
        for ring in (part.exterior, *part.interiors)
    ]
    named = seen.intersection(frame).representative_point()
    places = read_places()
    west, south, east, north = window
    near = places[places["lat"].between(south, north) & places["lon"].between(west, east)]
    return {
        "outlines": paths(np.array(rings, dtype=object)),
        "states": {
            **points(named.y.to_numpy(), named.x.to_numpy()),
            "name": list(seen.index if whole_country else seen["name"]),
        },
        "places": {
            **points(near["lat"].to_numpy(), near["lon"].to_numpy()),
            "name": near["name"].tolist(),
            "people": near["population"].tolist(),
        },
    }
