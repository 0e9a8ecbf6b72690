"""A drawing on a page of a PDF: lines and letters, no picture of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.drawing import FAINT, INK, MUTED, Circle, Drawing, Label, Path, Rect, Shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from fpdf import FPDF

_COLOURS = {INK: "#1b1b1b", MUTED: "#565656", FAINT: "#c9ccd1"}
_PAPER, _VEIL = "#ffffff", 0.82
_POINTS_PER_MM = 72 / 25.4


def draw(  # noqa: PLR0913 - keyword only: where on the page, how wide, and how letters are set
    pdf: FPDF,
    drawing: Drawing,
    *,
    x: float,
    y: float,
    width: float,
    clean: Callable[[str], str],
) -> None:
    """Draw at a place of the page, in mm; `clean` makes a text one that the font has."""
    pen = _Pen(pdf, x, y, width / drawing.width, clean)
    for one in drawing.shapes:
        pen.shape(one)


class _Pen:
    """Puts the units of a drawing onto a page."""

    def __init__(
        self, pdf: FPDF, x: float, y: float, scale: float, clean: Callable[[str], str]
    ) -> None:
        self.pdf, self.x, self.y, self.scale, self.clean = pdf, x, y, scale, clean

    def shape(self, one: Shape) -> None:
        if isinstance(one, Label):
            self._label(one)
            return
        stroke, fill = (_COLOURS.get(code, code) for code in (one.stroke, one.fill))
        if not stroke and not fill:
            return
        pdf = self.pdf
        opacity = one.opacity if isinstance(one, Rect | Path) else 1.0
        with pdf.local_context(fill_opacity=opacity, stroke_opacity=opacity):
            if stroke:
                pdf.set_draw_color(stroke)
            if fill:
                pdf.set_fill_color(fill)
            pdf.set_line_width(self.scale * (1.0 if isinstance(one, Rect) else one.width))
            style = ("D" if stroke else "") + ("F" if fill else "")
            if isinstance(one, Rect):
                x, y = self._at(one.x, one.y)
                pdf.rect(x, y, one.width * self.scale, one.height * self.scale, style=style)
            elif isinstance(one, Circle):
                x, y = self._at(one.x, one.y)
                pdf.circle(x, y, one.radius * self.scale, style=style)
            else:
                self._path(one, style)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return self.x + x * self.scale, self.y + y * self.scale

    def _path(self, one: Path, style: str) -> None:
        points = [self._at(*point) for point in one.points]
        if one.dash:
            self.pdf.set_dash_pattern(one.dash[0] * self.scale, one.dash[1] * self.scale)
        self.pdf.polyline(points, style=style, polygon=one.closed)
        if one.dash:
            self.pdf.set_dash_pattern()

    def _label(self, one: Label) -> None:
        pdf = self.pdf
        pdf.set_font(style="B" if one.bold else "", size=one.size * self.scale * _POINTS_PER_MM)
        pdf.set_text_color(_COLOURS.get(one.colour, one.colour))
        text = self.clean(one.text)
        x, y = self._at(one.x, one.y)
        wide = pdf.get_string_width(text)
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[one.anchor] * wide
        if one.halo:
            self._lighten(left, y, wide, one.size * self.scale)
        pdf.text(left, y, text)

    def _lighten(self, left: float, baseline: float, wide: float, size: float) -> None:
        """Lay the ground of a text over what lies behind it, as far as its letters reach."""
        pad = size * 0.12
        with self.pdf.local_context(fill_opacity=_VEIL):
            self.pdf.set_fill_color(_PAPER)
            self.pdf.rect(
                left - pad, baseline - size * 0.8 - pad, wide + 2 * pad, size + 2 * pad, style="F"
            )
