"""A drawing as SVG: no script, no style sheet of its own, nothing loaded; texts escaped."""

from __future__ import annotations

from html import escape

from geo.drawing import FAINT, INK, MUTED, Circle, Drawing, Label, Path, Rect, Shape
from layers._printable import printable

FONT = "'DejaVu Sans', Verdana, 'Segoe UI', sans-serif"
PAPER = "var(--paper)"
_INKS = {INK: "", MUTED: ' opacity="0.72"', FAINT: ' opacity="0.28"'}


def svg(drawing: Drawing, name: str, ink: str = "", paper: str = PAPER) -> str:
    """Give a drawing as one SVG element; its ink is the text colour of the page it stands in.

    Parameters
    ----------
    drawing
        The drawing.
    name
        Begins its ids, so that drawings on one page do not share them.
    ink
        Its ink and its size where it stands alone, as a picture: that inherits neither.
    paper
        What it stands on; by default what the page of a document stands on.
    """
    alone = f' color="{ink}" width="{_n(drawing.width)}" height="{_n(drawing.height)}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(drawing.width)}'
        f' {_n(drawing.height)}" role="img" aria-labelledby="{name}-t {name}-d"'
        f' font-family="{FONT}"{alone if ink else ""}>',
        f'<title id="{name}-t">{_text(drawing.title)}</title>',
        f'<desc id="{name}-d">{_text(drawing.description)}</desc>',
        *(_shape(one, paper) for one in drawing.shapes),
        "</svg>",
    ]
    return "\n".join(parts)


def _text(text: str) -> str:
    return escape(printable(text))


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _paint(which: str, colour: str) -> str:
    if not colour:
        return f' {which}="none"'
    if colour in _INKS:
        return f' {which}="currentColor"'
    return f' {which}="{colour}"'


def _shape(one: Shape, paper: str) -> str:
    if isinstance(one, Label):
        weight = ' font-weight="bold"' if one.bold else ""
        return (
            f'<text x="{_n(one.x)}" y="{_n(one.y)}" font-size="{_n(one.size)}"'
            f' text-anchor="{one.anchor}"{weight}{_paint("fill", one.colour)}'
            f"{_INKS.get(one.colour, '')}{_halo(paper) if one.halo else ''}>"
            f"{_text(one.text)}</text>"
        )
    if isinstance(one, Rect):
        head = (
            f'rect x="{_n(one.x)}" y="{_n(one.y)}" width="{_n(one.width)}"'
            f' height="{_n(one.height)}"{_paint("fill", one.fill)}{_paint("stroke", one.stroke)}'
            f"{_faded(one.opacity, one.fill or one.stroke)}"
        )
    elif isinstance(one, Circle):
        head = (
            f'circle cx="{_n(one.x)}" cy="{_n(one.y)}" r="{_n(one.radius)}"'
            f"{_paint('fill', one.fill)}{_paint('stroke', one.stroke)}"
            f' stroke-width="{_n(one.width)}"'
        )
    else:
        head = _path(one)
    tip = f"<title>{_text(one.tip)}</title>" if one.tip else ""
    return f"<{head}>{tip}</{head.split(' ', 1)[0]}>"


def _halo(paper: str) -> str:
    return f' paint-order="stroke" stroke="{paper}" stroke-width="3.5" stroke-linejoin="round"'


def _faded(opacity: float, colour: str) -> str:
    if opacity < 1:
        return f' opacity="{_n(opacity)}"'
    return _INKS.get(colour, "")


def _path(one: Path) -> str:
    steps = "L".join(f"{_n(x)} {_n(y)}" for x, y in one.points)
    dash = f' stroke-dasharray="{_n(one.dash[0])} {_n(one.dash[1])}"' if one.dash else ""
    return (
        f'path d="M{steps}{"Z" if one.closed else ""}"{_paint("fill", one.fill)}'
        f'{_paint("stroke", one.stroke)} stroke-width="{_n(one.width)}"{dash}'
        f"{_faded(one.opacity, one.stroke or one.fill)}"
    )
