"""A drawing as shapes, before it is SVG or part of a PDF."""

from __future__ import annotations

from dataclasses import dataclass

INK, MUTED, FAINT = "ink", "muted", "faint"
"""Colours that follow the page: text, lesser text, lines of a grid."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rect:
    """A bar or a frame; `tip` is what it says on hover."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    stroke: str = ""
    opacity: float = 1.0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """Straight pieces through points; closed, it can be filled."""

    points: tuple[Point, ...]
    stroke: str = INK
    width: float = 1.0
    dash: tuple[float, float] | None = None
    fill: str = ""
    closed: bool = False
    opacity: float = 1.0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle."""

    x: float
    y: float
    radius: float
    fill: str = ""
    stroke: str = INK
    width: float = 1.0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A text on one line; `anchor` is start, middle or end, and y is its baseline.

    `halo` keeps what lies behind it off its letters.
    """

    x: float
    y: float
    text: str
    size: float = 12.0
    anchor: str = "start"
    colour: str = INK
    bold: bool = False
    halo: bool = False


Shape = Rect | Path | Circle | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a sheet.

    Attributes
    ----------
    width, height
        Of the sheet, in its own units; y grows downwards.
    title, description
        What it is, and what it shows: said to those who do not see it.
    shapes
        The later ones lie on top.
    """

    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]


def short(text: str, most: int) -> str:
    """Cut a text that has no room."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
