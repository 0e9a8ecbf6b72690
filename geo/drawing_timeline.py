"""Megawatts by date, drawn as steps at P50 and P90."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.drawing import FAINT, INK, MUTED, Drawing, Label, Path, Point, Shape

if TYPE_CHECKING:
    from geo.rows import Row

P50, P90, TARGET = "#0072b2", "#d55e00", "#009e73"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760.0, 330.0, 70.0, 20.0, 44.0, 46.0
_STEPS = 5


def known(one: Row) -> bool:
    """Tell whether there is anything to draw."""
    ends = one["time"]["mw_by_year_end"]
    return any(end[name] is not None for end in ends for name in ("p50_mw", "p90_mw"))


def steps(one: Row) -> Drawing:
    """Draw the MW that are ready for AI at each year's end; the band lies between P50 and P90.

    Parameters
    ----------
    one
        What `geo.explain.explain` gives, some of its `mw_by_year_end` known.
    """
    ends = one["time"]["mw_by_year_end"]
    years = [end["year"] for end in ends]
    curves = {
        name: [float(end[name]) for end in ends if end[name] is not None]
        for name in ("p50_mw", "p90_mw")
    }
    most = max([one["target_mw"], *curves["p50_mw"], *curves["p90_mw"]])
    tick = _tick(most)
    top = tick * int(np.ceil(most / tick))

    def x(place: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * place / len(years)

    def y(mw: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - mw / top)

    # a year's end is known; until the next one the figure holds
    drawn = {
        name: tuple(
            point
            for place, mw in enumerate(curve)
            for point in ((x(place), y(mw)), (x(place + 1), y(mw)))
        )
        for name, curve in curves.items()
    }
    shapes: list[Shape] = []
    for mw in np.arange(0, top + tick / 2, tick):
        shapes += [
            Path(((LEFT, y(mw)), (WIDTH - RIGHT, y(mw))), stroke=FAINT),
            Label(LEFT - 8, y(mw) + 4, f"{mw:,.0f}", 11, "end", MUTED),
        ]
    shapes += [
        shape
        for place, year in enumerate(years)
        for shape in (
            Path(((x(place), y(0)), (x(place), y(0) + 5)), stroke=MUTED),
            Label(x(place), HEIGHT - BOTTOM + 18, str(year), 11, "middle", MUTED),
        )
    ]
    shapes += _curves(drawn["p50_mw"], drawn["p90_mw"])
    if len(curves["p50_mw"]) < len(years):
        begins = x(len(curves["p50_mw"])) + 6
        shapes.append(Label(begins, TOP + 40, "P50 not known from here", 11, "start", MUTED))
    level = y(one["target_mw"])
    shapes += [
        Path(((LEFT, level), (WIDTH - RIGHT, level)), stroke=TARGET, width=1.5, dash=(2, 4)),
        Label(LEFT, 14, "MW ready for AI", 12),
        Label((LEFT + WIDTH) / 2, HEIGHT - 8, "end of the year", 12, "middle"),
        *_key(f"target, {one['target_mw']:,.0f} MW"),
    ]
    return Drawing(WIDTH, HEIGHT, f"Megawatts by date at {one['name']}", _said(one), tuple(shapes))


def _tick(most: float) -> float:
    """Give a round distance between the lines of the grid."""
    power = 10.0 ** np.floor(np.log10(most / _STEPS))
    return float(next(power * one for one in (1, 2, 5, 10) if power * one * _STEPS >= most))


def _curves(p50: tuple[Point, ...], p90: tuple[Point, ...]) -> list[Shape]:
    shapes: list[Shape] = []
    both = min(len(p50), len(p90))
    if both:
        ring = (*p50[:both], *reversed(p90[:both]))
        shapes.append(Path(ring, stroke="", fill=P50, closed=True, opacity=0.16))
    if p50:
        shapes.append(Path(p50, stroke=P50, width=2.6, tip="P50"))
    if p90:
        shapes.append(Path(p90, stroke=P90, width=2.2, dash=(7, 4), tip="P90"))
    return shapes


def _key(target: str) -> list[Shape]:
    y = 30.0
    return [
        Path(((LEFT + 4, y), (LEFT + 30, y)), stroke=P50, width=2.6),
        Label(LEFT + 36, y + 4, "P50 (one in two is sooner)", 11),
        Path(((LEFT + 220, y), (LEFT + 246, y)), stroke=P90, width=2.2, dash=(7, 4)),
        Label(LEFT + 252, y + 4, "P90 (nine in ten are sooner)", 11),
        Path(((LEFT + 450, y), (LEFT + 476, y)), stroke=TARGET, width=1.5, dash=(2, 4)),
        Label(LEFT + 482, y + 4, target, 11, "start", INK),
    ]


def _said(one: Row) -> str:
    words = [
        f"{end['year']}: {_mw(end['p50_mw'])} at P50, {_mw(end['p90_mw'])} at P90"
        for end in one["time"]["mw_by_year_end"]
    ]
    return f"MW ready for AI by the end of each year, as steps. {'; '.join(words)}."


def _mw(mw: float | None) -> str:
    return "not known" if mw is None else f"{mw:,.0f} MW"
