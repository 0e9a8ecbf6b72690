"""Labels beside the marks of a drawing: none lies on another, on a mark or beyond the edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.drawing import INK, Label, Point, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""

SIZE = 11.5
_LONGEST = 36
_WIDE, _BOLD_WIDE = 0.66, 0.76
"""How wide a letter is over its size, on the safe side: which font shows it is not known."""
_OFF = 11.0
_STEP = SIZE * 1.2


def labels(
    named: Sequence[tuple[Point, str]], taken: Iterable[Box], frame: Box, most: int = 3
) -> list[Label]:
    """Put names beside places.

    Parameters
    ----------
    named
        Places with their names, the weightiest first: it is written bold, and where two names
        would lie on each other the later one gives way.
    taken
        Where no name may lie.
    frame
        What no name may leave.
    most
        How many lines up or down a name may give way.

    Returns
    -------
    labels
        One per name that has room; one without is left out.
    """
    kept, there = [], list(taken)
    for place, (where, name) in enumerate(named):
        shown = short(name, _LONGEST)
        left = where[0] < named[0][0][0]
        for one in _beside(where, shown, most, bold=place == 0, left=left):
            box = extent(one)
            inside = frame[0] <= box[0] and box[2] <= frame[2]
            inside = inside and frame[1] <= box[1] and box[3] <= frame[3]
            if inside and not any(overlap(box, other) for other in there):
                kept.append(one)
                there.append(box)
                break
    return kept


def _beside(where: Point, name: str, most: int, *, bold: bool, left: bool) -> Iterable[Label]:
    """Try beside the place, away from the first, then further and further above and below."""
    x, y = where
    for line in (0, *(way * step for step in range(1, most + 1) for way in (1, -1))):
        # above or below a mark a name may stand closer to it
        off = _OFF if abs(line) <= 1 else _OFF / 2
        sides = (("start", off), ("end", -off))
        for anchor, side in reversed(sides) if left else sides:
            yield Label(
                x + side, y + 4 + line * _STEP, name, SIZE, anchor, INK, bold=bold, halo=True
            )


def extent(one: Label) -> Box:
    """Give what a label covers, at most."""
    wide = len(one.text) * one.size * (_BOLD_WIDE if one.bold else _WIDE)
    left = one.x - {"start": 0.0, "middle": wide / 2, "end": wide}[one.anchor]
    return left, one.y - 0.85 * one.size, left + wide, one.y + 0.25 * one.size


def overlap(one: Box, other: Box) -> bool:
    """Tell whether two boxes lie on each other."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
