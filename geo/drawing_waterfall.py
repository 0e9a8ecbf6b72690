"""Where a score comes from, drawn: what each criterion adds, and what it could add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.drawing import FAINT, INK, MUTED, Drawing, Label, Path, Rect, Shape

if TYPE_CHECKING:
    from geo.rows import Row

ADDS, COULD_ADD, TOTAL = "#0072b2", "#e69f00", "#009e73"
LEFT, RIGHT, WIDTH, ROW, TOP = 250.0, 120.0, 760.0, 24.0, 34.0
SCALE = WIDTH - LEFT - RIGHT
"""How wide a score of 1 is."""
_BAR = 14.0
_TENTHS = 5


def waterfall(one: Row) -> Drawing:
    """Draw the contributions of an explanation: each bar begins where the one above ends.

    Parameters
    ----------
    one
        What `geo.explain.explain` gives.
    """
    criteria = one["criteria"]
    height = TOP + ROW * (len(criteria) + 2) + 44
    shapes: list[Shape] = _axis(height)
    reached = 0.0
    for place, item in enumerate(criteria):
        shapes += _bar(place, item["title"], reached, item["contribution"], item["could_add"])
        reached += item["contribution"]
    end = len(criteria)
    shapes += _total(end, "Score, proven", one["score"], TOTAL)
    shapes += _total(end + 1, "Potential, possible", one["potential"], COULD_ADD)
    shapes += _key(height)
    best = max(criteria, key=lambda item: item["contribution"])
    return Drawing(
        WIDTH,
        height,
        f"Where the score of {one['name']} comes from",
        f"{len(criteria)} bars, one below the other, each beginning where the one above ends, add"
        f" up to the score of {one['score']:.3f}. The longest, {best['title'].lower()}, adds"
        f" {best['contribution']:.3f}. Open figures could lift the score to"
        f" {one['potential']:.3f}. The table below gives every bar's length.",
        tuple(shapes),
    )


def _axis(height: float) -> list[Shape]:
    shapes: list[Shape] = []
    for step in range(_TENTHS + 1):
        share = step / _TENTHS
        x = LEFT + SCALE * share
        shapes += [
            Path(((x, TOP - 6), (x, height - 40)), stroke=FAINT),
            Label(x, TOP - 12, f"{share:.1f}", 11, "middle", MUTED),
        ]
    return shapes


def _bar(place: int, title: str, start: float, adds: float, could: float) -> list[Shape]:
    y = TOP + ROW * place
    x, width, more = LEFT + SCALE * start, SCALE * adds, SCALE * could
    shapes: list[Shape] = [
        Label(LEFT - 8, y + 12, title, 11.5, "end"),
        Rect(x, y, width, _BAR, fill=ADDS, tip=f"{title}: adds {adds:.4f}"),
        Label(WIDTH - RIGHT + 8, y + 12, _amounts(adds, could), 11, "start"),
    ]
    if more > 0:
        shapes.insert(
            2,
            Rect(
                x + width, y + 3, more, _BAR - 6, stroke=COULD_ADD,
                tip=f"{title}: could add {could:.4f}",
            ),
        )  # fmt: skip
    if adds > 0:
        shapes.append(Path(((x + width, y + _BAR), (x + width, y + ROW)), stroke=MUTED, width=0.8))
    return shapes


def _amounts(adds: float, could: float) -> str:
    return f"+{adds:.3f}" + (f" (+{could:.3f})" if could > 0.0005 else "")


def _total(place: int, title: str, score: float, colour: str) -> list[Shape]:
    y = TOP + ROW * place
    return [
        Label(LEFT - 8, y + 12, title, 11.5, "end", INK, bold=True),
        Rect(LEFT, y, SCALE * score, _BAR, fill=colour, tip=f"{title}: {score:.4f}"),
        Label(WIDTH - RIGHT + 8, y + 12, f"{score:.3f}", 11, "start", INK, bold=True),
    ]


def _key(height: float) -> list[Shape]:
    y = height - 22
    return [
        Rect(LEFT, y, 22, _BAR, fill=ADDS),
        Label(LEFT + 28, y + 11, "adds (proven)", 11),
        Rect(LEFT + 140, y + 3, 22, _BAR - 6, stroke=COULD_ADD),
        Label(LEFT + 168, y + 11, "could add at best (open), in brackets", 11),
    ]
