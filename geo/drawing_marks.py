"""The marks of a drawn map and the key that explains them: told apart by shape and colour."""

from __future__ import annotations

from geo.drawing import INK, Circle, Label, Path, Point, Rect, Shape
from geo.maplegend import KV_CLASSES, OTHER_KV

# Okabe and Ito's palette, as on the app's map
CAMPUS, GAS, PIPELINE, SITE = "#d55e00", "#e69f00", "#8c6d1f", "#009e73"
_STATION_SIZES = (9.0, 8.0, 6.5, 5.0, 4.0)


def station(where: Point, rank: int, tip: str) -> Shape:
    """Draw a station: a square, larger and of another colour by its class."""
    size = _STATION_SIZES[rank]
    colour = (*KV_CLASSES, OTHER_KV)[rank][2]
    return Rect(where[0] - size / 2, where[1] - size / 2, size, size, fill=colour, tip=tip)


def diamond(where: Point, size: float, colour: str, tip: str = "", edge: str = INK) -> Shape:
    """Draw a diamond; without a colour it is hollow."""
    x, y = where
    ring = ((x, y - size), (x + size, y), (x, y + size), (x - size, y))
    return Path(ring, stroke=edge, width=0.8 if colour else 1.6, fill=colour, closed=True, tip=tip)


def triangle(where: Point, size: float, colour: str, tip: str = "", edge: str = INK) -> Shape:
    """Draw a triangle that stands on its base; without a colour it is hollow."""
    x, y = where
    ring = ((x, y - size), (x + size, y + size * 0.8), (x - size, y + size * 0.8))
    return Path(ring, stroke=edge, width=0.8 if colour else 1.6, fill=colour, closed=True, tip=tip)


def key(width: float, top: float) -> list[Shape]:
    """Explain the marks in two columns below a map."""
    rows: list[tuple[list[Shape], str]] = []
    half = width / 2
    marks = len(KV_CLASSES) + 1
    for place, (_, title, colour) in enumerate((*KV_CLASSES, OTHER_KV)):
        y = top + 8 + place * 20
        line = Path(((18, y), (50, y)), stroke=colour, width=max(0.8, 3.2 - 0.7 * place))
        rows.append(([line, station((34, y), place, "")], f"station or line, {title}"))
    others: list[tuple[list[Shape], str]] = [
        ([Circle(half + 34, 0, 6, fill=SITE, stroke=INK, width=1.5)], "the site"),
        (
            [Path(((half + 18, 0), (half + 50, 0)), width=1.6, dash=(6, 4))],
            "tie compared, straight",
        ),
        (
            [diamond((half + 26, 0), 6, CAMPUS), diamond((half + 43, 0), 6, "", "", CAMPUS)],
            "campus; hollow: anywhere in the dashes",
        ),
        ([triangle((half + 34, 0), 5.5, GAS)], "gas plant; hollow: the same"),
        (
            [Path(((half + 18, 0), (half + 50, 0)), stroke=PIPELINE, width=1.2, dash=(5, 3))],
            "gas pipeline (dots: state border)",
        ),
    ]
    shapes: list[Shape] = []
    for place, (drawn, title) in enumerate(rows):
        shapes += [*drawn, Label(60, top + 12 + place * 20, title, 11.5)]
    for place, (drawn, title) in enumerate(others[:marks]):
        y = top + 8 + place * 20
        shapes += [_lowered(shape, y) for shape in drawn]
        shapes.append(Label(half + 60, y + 4, title, 11.5))
    return shapes


def _lowered(shape: Shape, by: float) -> Shape:
    from dataclasses import replace

    if isinstance(shape, Path):
        return replace(shape, points=tuple((x, y + by) for x, y in shape.points))
    if isinstance(shape, Circle):
        return replace(shape, y=shape.y + by)
    return shape
