"""Elements of OpenStreetMap: a synthetic power grid around Childress, and real data centres.

The grid is drawn by hand after what mappers really write, and every name in it starts with
"Synthetic". The data centres are real Overpass answers where the machine has them; those give
ways by their centre alone, so their outlines are drawn here as rectangles of 60 m by 40 m.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    Element = dict[str, Any]
    Spot = tuple[float, float]

HALF_LAT, HALF_LON = 0.00018, 0.00034
"""Half of 40 m and of 60 m in degrees, at these latitudes."""


class Drawing:
    """Collects elements and gives out ids that OpenStreetMap does not use yet."""

    def __init__(self, first: int) -> None:
        self.elements: list[Element] = []
        self._ids = count(first)

    def node(self, spot: Spot, **tags: str) -> int:
        """Draw a node at latitude and longitude."""
        return self._add({"type": "node", "lat": spot[0], "lon": spot[1]}, tags)

    def way(self, spots: list[Spot], number: int | None = None, **tags: str) -> int:
        """Draw a way through spots; it is closed where the first spot is the last."""
        nodes = {spot: self.node(spot) for spot in dict.fromkeys(spots)}
        return self._add({"type": "way", "nodes": [nodes[one] for one in spots]}, tags, number)

    def relation(self, ways: dict[int, str], number: int | None = None, **tags: str) -> int:
        """Draw a multipolygon of ways with their roles."""
        members = [{"type": "way", "ref": way, "role": role} for way, role in ways.items()]
        tags = {"type": "multipolygon", **tags}
        return self._add({"type": "relation", "members": members}, tags, number)

    def block(self, spot: Spot, times: float = 1, number: int | None = None, **tags: str) -> int:
        """Draw a rectangle of 60 m by 40 m, or so many times that, around a spot."""
        return self.way(rectangle(spot, times), number, **tags)

    def _add(self, element: Element, tags: dict[str, str], number: int | None = None) -> int:
        number = next(self._ids) if number is None else number
        named = {key.replace("__", ":"): value for key, value in tags.items()}
        self.elements.append({**element, "id": number, **({"tags": named} if named else {})})
        return number


def rectangle(spot: Spot, times: float) -> list[Spot]:
    """Give the corners around a spot, the first one twice."""
    (lat, lon), dy, dx = spot, HALF_LAT * times, HALF_LON * times
    signs = ((-1, -1), (-1, 1), (1, 1), (1, -1), (-1, -1))
    return [(round(lat + y * dy, 7), round(lon + x * dx, 7)) for y, x in signs]


TESLA, CHILDRESS, CITY, WEST = (
    (34.3741, -100.0865),
    (34.4197, -100.2268),
    (34.4304, -100.2277),
    (34.2501, -99.6852),
)
"""Some 50 m beside stations of HIFLD (307121, 306538, 300206, 304455), so that they match."""


def power() -> list[Element]:
    """Give the synthetic grid: stations as nodes, ways and a relation; lines; a plant."""
    draw = Drawing(9_900_000_000_000)
    of = {"power": "substation", "operator": "Synthetic Electric"}
    draw.block(TESLA, 6, name="Synthetic Tesla", substation="transmission", voltage="345000", **of)
    draw.block(CHILDRESS, 4, name="Synthetic Childress", voltage="138000;115000", ref="CHL", **of)
    draw.node(CITY, name="Synthetic Childress City", voltage="115000", **of)
    west = {
        draw.block(WEST, 3): "outer",
        draw.block(WEST, 1): "inner",
        draw.block((WEST[0], WEST[1] + 0.004)): "outer",
    }
    draw.relation(west, name="Synthetic West", voltage="138000;69000", **of)
    draw.block((34.31, -100.15), 5, name="Synthetic Wind", voltage="345000;138000;34500", **of)
    draw.block((34.52, -100.31), 2, name="Synthetic European", voltage="110000/20000", **of)
    draw.block((34.47, -100.05), 1, name="Synthetic Distribution", voltage="medium", **of)
    draw.block((34.60, -100.40), 1, name="Synthetic Unlabelled", **of)
    draw.node((34.21, -100.44), name="Synthetic Tap", substation="minor_distribution", **of)
    run = {"power": "line", "operator": "Synthetic Electric"}
    draw.way(
        [TESLA, (34.35, -100.5), (34.344, -100.894)],
        voltage="345000",
        circuits="2",
        cables="6",
        **run,
    )
    draw.way([TESLA, (34.34, -100.12), (34.31, -100.15)], voltage="345000", cables="3", **run)
    draw.way([CHILDRESS, (34.35, -100.0), WEST], voltage="138000", cables="3", **run)
    draw.way([CHILDRESS, CITY], voltage="138000;69000", cables="6", **run)
    draw.way([CHILDRESS, (34.5, -100.3), (34.60, -100.40)], name="Synthetic old line", **run)
    under = {"power": "cable", "location": "underground"}
    draw.way([(34.31, -100.15), (34.32, -100.17)], voltage="34500", circuits="4", **under)
    draw.way([CITY, (34.44, -100.20)], power="minor_line", voltage="12470")
    _plant_and_data_centres(draw)
    return draw.elements


def _plant_and_data_centres(draw: Drawing) -> None:
    plant = {"power": "plant", "name": "Synthetic Wind Farm", "plant__source": "wind"}
    draw.block((34.30, -100.18), 20, plant__output__electricity="150 MW", **plant)
    draw.node((34.302, -100.181), power="generator", generator__source="wind")
    draw.block(
        (34.3833, -100.0569), 8, name="Synthetic Campus", telecom="data_center", building="yes"
    )
    draw.node((34.426, -100.204), name="Synthetic Colocation", telecom="data_center")


def data_centres(data: Path | None) -> list[Element]:
    """Give the real data centres of Texas and Virginia; none without the public data."""
    if data is None:
        return []
    draw = Drawing(9_800_000_000_000)
    for state in ("tx", "va"):
        path = data / f"osm_samples/overpass_osm_us_{state}.json"
        for one in json.loads(path.read_text())["elements"]:
            if one["type"] == "node":
                draw.elements.append(one)
                continue
            spot = (one["center"]["lat"], one["center"]["lon"])
            tags = {key.replace(":", "__"): value for key, value in one["tags"].items()}
            if one["type"] == "way":
                draw.block(spot, number=one["id"], **tags)
            else:
                draw.relation({draw.block(spot): "outer"}, number=one["id"], **tags)
    return list({(one["type"], one["id"]): one for one in draw.elements}.values())
