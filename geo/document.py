"""A document as blocks, before it is HTML, PDF or a page of the app: what is said, not how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.drawing import Drawing
    from geo.rows import Row

NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as it is shown, and where it comes from.

    Attributes
    ----------
    text
        With its unit; in words where it is not known.
    number
        Exactly, in the unit of the explanation; ``None``: not known, or no number.
    of
        Its place in what `geo.explain.explain` gives, as ``cost.usd_mid``; empty: nowhere.
    """

    text: str
    number: float | None = None
    of: str = ""


Part = str | Value
Cell = Part | tuple[Part, ...]
"""A text, a figure, or several of them in a row, as in a range."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's title."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the figures that stand at the top: its name, its meaning and its source."""

    label: str
    value: Cell
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures side by side."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head; `meaning` is what it says on hover, `width` is relative."""

    text: str
    meaning: str = ""
    right: bool = False
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table; each row has a cell per head, and the first cell names its row."""

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its caption."""

    drawing: Drawing
    caption: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list of lines."""

    lines: tuple[str, ...]


Block = Heading | Paragraph | Figures | Table | Picture | Items


@dataclass(frozen=True, slots=True)
class Document:
    """A title and what stands under it, in order; `as_of` is the month of the evidence, YYYY-MM."""

    title: str
    subject: str
    as_of: str
    blocks: tuple[Block, ...]


def parts(cell: Cell) -> tuple[Part, ...]:
    """Give what a cell is made of."""
    return cell if isinstance(cell, tuple) else (cell,)


def text_of(cell: Cell) -> str:
    """Give what a cell shows."""
    return "".join(one if isinstance(one, str) else one.text for one in parts(cell))


def value(  # noqa: PLR0913 - keyword only, and each is part of how a figure is written
    row: Row,
    path: str,
    unit: str = "",
    *,
    digits: int = 0,
    over: float = 1.0,
    unknown: str = NOT_KNOWN,
    sign: bool = False,
) -> Value:
    """Write a figure of an explanation.

    Parameters
    ----------
    row, path
        The explanation, and the figure's place in it, as ``cost.usd_mid`` or ``options.0.kv``.
    unit
        Follows the number; ``%`` follows closely and shows a share.
    digits
        After the point.
    over
        What the number is divided by to be in that unit.
    unknown
        What stands where it is not known.
    sign
        Whether a plus is written.
    """
    found: Any = row
    for step in path.split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    if found is None:
        return Value(unknown, None, path)
    exact = float(found)
    shown = exact * 100 if unit == "%" else exact / over
    number = f"{shown:{'+' if sign else ''},.{digits}f}"
    return Value(f"{number}%" if unit == "%" else f"{number} {unit}".strip(), exact, path)


def span(row: Row, low: str, high: str, unit: str = "", *, digits: int = 0) -> Cell:
    """Write a range of an explanation; one number where both ends are written alike."""
    first, last = (value(row, one, unit, digits=digits) for one in (low, high))
    if first.text == last.text:
        return first
    bare = value(row, low, digits=digits)
    return (bare, " to ", last)
