"""The surroundings of a site, drawn: the grid, gas, campuses, and the ties that were compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.crs import offsets_km
from geo.drawing import FAINT, INK, MUTED, Circle, Drawing, Label, Path, Point, Rect, Shape
from geo.drawing_labels import labels
from geo.drawing_marks import CAMPUS, GAS, PIPELINE, SITE, diamond, key, station, triangle
from geo.maplegend import KV_CLASSES, OTHER_KV
from geo.rows import rows_of
from geo.vicinity import perhaps_within, points_within, reach_km, runs_within
from layers import read_states

if TYPE_CHECKING:
    from geo.arrays import Floats
    from geo.rows import Row
    from layers import Layers

SIZE, MARGIN, LEGEND = 720.0, 16.0, 128.0
_BAR_KM = 10.0
_LINE_WIDTHS = (3.2, 2.4, 1.6, 1.0, 0.7)
_RING = 8.0
_SIMPLER_KM = 0.03
"""What 0.3 of a unit of the drawing is: finer bends would not be seen."""


def scale() -> float:
    """Give how many units of the drawing are a km."""
    return (SIZE / 2 - MARGIN) / reach_km()


def local_map(one: Row, layers: Layers) -> Drawing:
    """Draw everything within reach of a site that has a usable point, north up.

    Parameters
    ----------
    one
        What `geo.explain.explain` gives.
    layers
        What is absent is not drawn.
    """
    at = one["lat"], one["lon"]
    shapes: list[Shape] = _borders(*at)
    radius = reach_km() * scale()
    shapes.append(Circle(SIZE / 2, SIZE / 2, radius, stroke=FAINT))
    shapes += _pipelines(layers, at) + _lines(layers, at) + _stations(layers, at)
    shapes += _gas(layers, at) + _campuses(layers, at) + _counties(layers, at) + _ties(one)
    shapes.append(Circle(SIZE / 2, SIZE / 2, 6, fill=SITE, stroke=INK, width=1.5, tip=one["name"]))
    shapes += _names(one) + _furniture() + key(SIZE, SIZE + 14)
    return Drawing(
        SIZE, SIZE + LEGEND, f"Within {reach_km():g} km of {one['name']}", _said(one), tuple(shapes)
    )


def place(km: Floats) -> list[Point]:
    """Give km east and north as points of the drawing."""
    return [(SIZE / 2 + x * scale(), SIZE / 2 - y * scale()) for x, y in km.tolist()]


def _points(layers: Layers, name: str, at: Point) -> list[tuple[Point, Row]]:
    if name not in layers:
        return []
    table = points_within(layers[name].table, *at, reach_km())
    where = place(offsets_km(table["lat"].to_numpy(float), table["lon"].to_numpy(float), *at))
    return list(zip(where, rows_of(table.drop(columns="geometry")), strict=True))


def _paths(pieces: list[Floats]) -> list[tuple[Point, ...]]:
    return [
        tuple(place(shapely.get_coordinates(shapely.LineString(piece).simplify(_SIMPLER_KM))))
        for piece in pieces
    ]


def _borders(lat: float, lon: float) -> list[Shape]:
    outlines = read_states()
    rings = outlines.geometry.boundary.to_frame("geometry").set_geometry("geometry")
    return [
        Path(points, stroke=FAINT, width=1.5, dash=(1, 4), tip="state border")
        for _, pieces in runs_within(rings, lat, lon, reach_km())
        for points in _paths(pieces)
    ]


def _pipelines(layers: Layers, at: Point) -> list[Shape]:
    if "gas_pipelines" not in layers:
        return []
    return [
        Path(points, stroke=PIPELINE, width=1.2, dash=(5, 3), tip=f"gas pipeline, {_of(row)}")
        for row, pieces in runs_within(layers["gas_pipelines"].table, *at, reach_km())
        for points in _paths(pieces)
    ]


def _of(row: Row) -> str:
    return str(row["operator"] or "operator not known")


def _class(kv: float | None) -> int:
    classes = (*KV_CLASSES, OTHER_KV)
    return next(i for i, (lowest, _, _) in enumerate(classes) if (kv or 0) >= lowest)


def _lines(layers: Layers, at: Point) -> list[Shape]:
    if "transmission_lines" not in layers:
        return []
    runs = runs_within(layers["transmission_lines"].table, *at, reach_km())
    runs.sort(key=lambda run: run[0]["kv_class"] or 0)
    return [
        Path(
            points,
            stroke=(*KV_CLASSES, OTHER_KV)[_class(row["kv_class"])][2],
            width=_LINE_WIDTHS[_class(row["kv_class"])],
            tip=f"line, class {_kv(row['kv_class'])}",
        )
        for row, pieces in runs
        for points in _paths(pieces)
    ]


def _kv(kv: float | None) -> str:
    return "voltage not known" if kv is None else f"{kv:g} kV"


def _stations(layers: Layers, at: Point) -> list[Shape]:
    marks: list[Shape] = []
    for where, row in reversed(_points(layers, "substations", at)):
        rank = _class(row["max_kv"])
        name = row["name"] or f"unnamed station {row['substation_id']}"
        marks.append(station(where, rank, f"{name}, {_kv(row['max_kv'])}"))
    return marks


def _gas(layers: Layers, at: Point) -> list[Shape]:
    return [
        triangle(where, 5.5, GAS, f"{row['name']}, gas, {row['status']}")
        for where, row in _points(layers, "gas_plants", at)
        if row["status"] != "closed"
    ]


def _campuses(layers: Layers, at: Point) -> list[Shape]:
    return [
        diamond(where, 6, CAMPUS, f"{row['name']}, campus, {row['status']}")
        for where, row in _points(layers, "campuses", at)
    ]


def _counties(layers: Layers, at: Point) -> list[Shape]:
    """Draw what is known to its county: hollow, and dashed how far from there it may be."""
    shapes: list[Shape] = []
    for name, word, colour in (("gas_plants", "gas", GAS), ("campuses", "campus", CAMPUS)):
        if name not in layers:
            continue
        table = perhaps_within(layers[name].table, *at, reach_km())
        off = offsets_km(table["lat"].to_numpy(float), table["lon"].to_numpy(float), *at)
        for where, row in zip(off, rows_of(table), strict=True):
            if row["status"] == "closed":
                continue
            tip = (
                f"{row['name']}, {word}, {row['status']}: known to its county, up to"
                f" {row['coord_radius_km']:g} km from here"
            )
            shapes += _reaching(where, row["coord_radius_km"], colour, tip)
            if np.hypot(*where) <= reach_km():
                mark = diamond if name == "campuses" else triangle
                shapes.append(mark(place(where[None])[0], 6, "", tip, colour))
    return shapes


def _reaching(where: Floats, km: float, colour: str, tip: str) -> list[Shape]:
    """Draw the part within reach of a circle of some km around a place."""
    edge = shapely.Point(where).buffer(km, quad_segs=32).exterior
    inside = shapely.intersection(edge, shapely.Point(0, 0).buffer(reach_km(), quad_segs=64))
    return [
        Path(tuple(place(shapely.get_coordinates(part))), stroke=colour, dash=(2, 4), tip=tip)
        for part in shapely.get_parts(shapely.line_merge(inside))
        if part.geom_type == "LineString" and not part.is_empty
    ]


def _compared(one: Row) -> list[tuple[Point, Row]]:
    options = [*one["options"], *one["split"]]
    if not options:
        return []
    lat = np.array([item["lat"] for item in options], dtype=float)
    lon = np.array([item["lon"] for item in options], dtype=float)
    where = place(offsets_km(lat, lon, one["lat"], one["lon"]))
    return [(end, item) for end, item in zip(where, options, strict=True) if not np.isnan(end[0])]


def _ties(one: Row) -> list[Shape]:
    shapes: list[Shape] = []
    for end, item in _compared(one):
        tip = f"tie to {item['name'] or item['id']}, {item['distance_km']:.1f} km, straight"
        shapes.append(Path(((SIZE / 2, SIZE / 2), end), width=1.6, dash=(6, 4), tip=tip))
        shapes.append(Circle(*end, _RING, stroke=INK, width=1.6, tip=tip))
    return shapes


def _names(one: Row) -> list[Label]:
    """Name the site and what it was compared with, the cheapest first."""
    middle = (SIZE / 2, SIZE / 2)
    ends = {item["id"]: (end, item["name"] or f"unnamed {item['id']}")
            for end, item in reversed(_compared(one))}  # fmt: skip
    named = [(middle, str(one["name"])), *reversed(ends.values())]
    marks = [(x - _RING, y - _RING, x + _RING, y + _RING) for (x, y), _ in named]
    bar = (0.0, SIZE - MARGIN - 26, MARGIN + _BAR_KM * scale() + 24, SIZE)
    north = (SIZE - MARGIN - 24, 0.0, SIZE, MARGIN + 42)
    return labels(named, [*marks, bar, north], (0.0, 0.0, SIZE, SIZE))


def _furniture() -> list[Shape]:
    """Draw the scale bar and the north arrow."""
    width = _BAR_KM * scale()
    x, y = MARGIN, SIZE - MARGIN
    north = SIZE - MARGIN - 10
    return [
        Rect(x, y - 5, width / 2, 5, fill=INK, stroke=INK),
        Rect(x + width / 2, y - 5, width / 2, 5, stroke=INK),
        Label(x, y - 10, "0", 11, "start", MUTED),
        Label(x + width, y - 10, f"{_BAR_KM:g} km", 11, "middle", MUTED),
        Path(
            ((north, MARGIN), (north - 7, MARGIN + 20), (north, MARGIN + 15),
             (north + 7, MARGIN + 20)),
            fill=INK, closed=True,
        ),
        Label(north, MARGIN + 36, "N", 13, "middle", INK, bold=True),
    ]  # fmt: skip


def _said(one: Row) -> str:
    around = one["within_reach"]
    counted = ", ".join(
        f"{name.replace('_', ' ')}: {_many(around[name], limit, whole=around['complete'][name])}"
        for name, limit in around["complete_for"].items()
    )
    ties = "; ".join(
        f"{item['name'] or item['id']} at {item['distance_km']:.1f} km"
        for item in (*one["options"], *one["split"])
    )
    return f"A map with north up. In the tables here, {counted}. Ties drawn to: {ties or 'none'}."


def _many(count: int | None, limit: str, *, whole: bool) -> str:
    if count is None:
        return "not known"
    if not whole:
        return f"at least {count}"
    return f"{count} (every one of {limit})" if limit else str(count)
