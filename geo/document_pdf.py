"""A document as PDF: A4, letters and lines, its font inside, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import unicodedata
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from fpdf import FPDF, FontFace

from geo.document import (
    Block,
    Document,
    Figure,
    Figures,
    Heading,
    Items,
    Paragraph,
    Picture,
    Table,
    text_of,
)
from geo.drawing_pdf import draw
from layers._printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_FONT = "DejaVu"
_MARGIN, _WIDTH, _FOOT = 13.0, 184.0, 15.0
_INK, _LESSER, _BAND = "#1b1b1b", "#565656", "#f2f4f7"
_SIZES = {1: 18.0, 2: 12.5, 3: 10.0}
_TEXT, _SMALL, _CELLS = 9.0, 7.5, 6.6
_TALLEST = 165.0
"""How high a drawing may be, mm: a page has room for it and its caption."""
_CAPTION = 10.0
_CELL_LINES = 40
"""How many lines a cell may have: a row must fit a page."""
_TURNED = {"R", "AL", "AN"}
"""Bidirectional classes of letters that are written from right to left (UAX #9)."""


def pdf(document: Document) -> bytes:
    """Give a document as PDF.

    Characters that DejaVu Sans lacks, Chinese ones above all, are written as their code points,
    as ``[U+4E2D]``; a note at the end says so.
    """
    made = _Pdf(document)
    for one, follows in zip_longest(document.blocks, document.blocks[1:]):
        made.block(one, follows)
    if made.lacking:
        made.block(
            Paragraph(
                "Characters that this file's font lacks are written as their code points; the HTML"
                " dossier shows them.",
                small=True,
            )
        )
    return bytes(made.pdf.output())


class _Page(FPDF):
    """A page with its number at the foot."""

    foot = ""

    def footer(self) -> None:
        self.set_y(-11)
        self.set_font(_FONT, size=7)
        self.set_text_color(_LESSER)
        self.cell(0, 5, f"{self.foot}    page {self.page_no()} of {{nb}}", align="R")


class _Pdf:
    """Writes blocks one below the other."""

    def __init__(self, document: Document) -> None:
        self.lacking = False
        self.pdf = _Page(format="A4")
        fonts = _fonts()
        for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
            self.pdf.add_font(_FONT, style, fonts / name)
        self.pdf.set_font(_FONT, size=_TEXT)
        self.known = set(self.pdf.fonts[_FONT.lower()].cmap)  # type: ignore[union-attr] # TrueType
        self.pdf.set_margin(_MARGIN)
        self.pdf.set_auto_page_break(auto=True, margin=_FOOT)
        self.pdf.foot = self.clean(document.title)
        self.pdf.set_title(document.title)
        self.pdf.set_subject(document.subject)
        self.pdf.set_creator("rewatt")
        self.pdf.set_producer("rewatt")
        self.pdf.set_lang("en")
        # the month of the evidence, not today's clock: the same input gives the same bytes
        year, month = map(int, document.as_of.split("-")[:2])
        self.pdf.set_creation_date(dt.datetime(year, month, 1, tzinfo=dt.UTC))
        self.pdf.add_page()

    def clean(self, text: str) -> str:
        """Give a text without control characters and with code points where letters lack."""
        shown = []
        for letter in printable(text):
            here = ord(letter) in self.known
            self.lacking |= not here
            shown.append(letter if here else f"[U+{ord(letter):04X}]")
        return "".join(shown)

    @contextmanager
    def shaped(self, *texts: str) -> Iterator[None]:
        """Join and turn letters as their script asks, where there are such."""
        turned = any(
            unicodedata.bidirectional(letter) in _TURNED or unicodedata.combining(letter)
            for text in texts
            for letter in text
        )
        self.pdf.set_text_shaping(use_shaping_engine=turned)
        yield
        self.pdf.set_text_shaping(use_shaping_engine=False)

    def block(self, one: Block, follows: Block | None = None) -> None:
        match one:
            case Heading():
                self._heading(one, _size(follows)[1] if isinstance(follows, Picture) else 22.0)
            case Paragraph():
                self._write(one.text, _SMALL if one.small else _TEXT)
            case Items():
                for line in one.lines:
                    self._write(f"\N{BULLET} {line}", _SMALL)
            case Figures():
                self._figures(one)
            case Table():
                self._table(one)
            case Picture():
                self._picture(one)

    def _write(self, text: str, size: float, *, bold: bool = False, gap: float = 1.4) -> None:
        cleaned = self.clean(text)
        self.pdf.set_font(_FONT, "B" if bold else "", size)
        self.pdf.set_text_color(_LESSER if size < _TEXT else _INK)
        with self.shaped(cleaned):
            self.pdf.multi_cell(
                _WIDTH, size * 0.5, cleaned, align="L", new_x="LMARGIN", new_y="NEXT"
            )
        self.pdf.ln(gap)

    def _heading(self, one: Heading, with_mm: float) -> None:
        size = _SIZES[one.level]
        if one.level > 1:
            self.pdf.ln(3)
        # a heading stays with what follows it
        if self.pdf.will_page_break(size * 0.5 + 2 + with_mm):
            self.pdf.add_page()
        self.pdf.start_section(self.clean(one.text), one.level - 1)
        self._write(one.text, size, bold=True)

    def _figures(self, one: Figures) -> None:
        across = 3
        for start in range(0, len(one.figures), across):
            self._figure_row(one.figures[start : start + across], _WIDTH / across)

    def _figure_row(self, row: tuple[Figure, ...], width: float) -> None:
        texts = [
            (
                (self.clean(item.label), "", 7.0, _LESSER),
                (self.clean(text_of(item.value)), "B", 9.5, _INK),
                (self.clean(item.meaning), "", 5.6, _LESSER),
                (self.clean(f"Source: {item.source}"), "", 5.6, _LESSER),
            )
            for item in row
        ]
        tall = max(self._lines(lines, width - 5) for lines in texts) + 3
        if self.pdf.will_page_break(tall + 1.5):
            self.pdf.add_page()
        top = self.pdf.get_y()
        for place, lines in enumerate(texts):
            left = _MARGIN + place * width
            self.pdf.set_fill_color(_BAND)
            self.pdf.rect(left, top, width - 2, tall, style="F")
            self.pdf.set_xy(left + 1.5, top + 1.2)
            for text, style, size, colour in lines:
                self.pdf.set_font(_FONT, style, size)
                self.pdf.set_text_color(colour)
                self.pdf.set_x(left + 1.5)
                with self.shaped(text):
                    self.pdf.multi_cell(width - 5, size * 0.48, text, align="L", new_y="NEXT")
        self.pdf.set_xy(_MARGIN, top + tall + 1.5)

    def _lines(self, lines: tuple[tuple[str, str, float, str], ...], width: float) -> float:
        """Give how high some texts are, one below the other."""
        tall = 0.0
        for text, style, size, _ in lines:
            self.pdf.set_font(_FONT, style, size)
            wrapped = self.pdf.multi_cell(
                width, size * 0.48, text, align="L", dry_run=True, output="HEIGHT"
            )
            tall += float(wrapped)  # type: ignore[arg-type] # asked for one thing, it gives that
        return tall

    def _table(self, one: Table) -> None:
        total = sum(head.width for head in one.heads)
        widths = [_WIDTH * head.width / total for head in one.heads]
        rows = [
            [
                _cut(self.clean(text_of(cell)), width)
                for cell, width in zip(row, widths, strict=True)
            ]
            for row in one.rows
        ]
        self.pdf.ln(1)
        if self.pdf.will_page_break(24):
            self.pdf.add_page()
        self._write(one.caption, _SMALL, gap=0.4)
        self.pdf.set_font(_FONT, size=_CELLS)
        self.pdf.set_text_color(_INK)
        self.pdf.set_draw_color("#c9ccd1")
        self.pdf.set_line_width(0.15)
        with (
            self.shaped(*(text for row in rows for text in row)),
            self.pdf.table(
                col_widths=tuple(widths),
                width=_WIDTH,
                align="L",
                text_align=tuple("RIGHT" if head.right else "LEFT" for head in one.heads),
                line_height=_CELLS * 0.47,
                padding=(0.7, 1.1),
                borders_layout="HORIZONTAL_LINES",
                cell_fill_color="#ffffff",
                headings_style=FontFace(emphasis="BOLD", fill_color=_BAND),
                wrapmode="WORD",
            ) as table,
        ):
            table.row([self.clean(head.text) for head in one.heads])
            for row in rows:
                table.row(row)
        self.pdf.ln(2)

    def _picture(self, one: Picture) -> None:
        drawing = one.drawing
        width, tall = _size(one)
        if self.pdf.will_page_break(tall):
            self.pdf.add_page()
        top = self.pdf.get_y()
        labels = [shape.text for shape in drawing.shapes if hasattr(shape, "text")]
        with self.shaped(*labels):
            draw(self.pdf, drawing, x=_MARGIN, y=top, width=width, clean=self.clean)
        self.pdf.set_xy(_MARGIN, top + tall - _CAPTION)
        self._write(one.caption, _SMALL)


def _size(one: Picture) -> tuple[float, float]:
    """Give how wide a drawing is, mm, and how much height it takes with its caption."""
    wide_by_high = one.drawing.width / one.drawing.height
    width = min(_WIDTH, _TALLEST * wide_by_high)
    return width, width / wide_by_high + _CAPTION


def _cut(text: str, width: float) -> str:
    """Cut a text whose row would not fit a page."""
    most = int(width / (_CELLS * 0.25)) * _CELL_LINES
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _fonts() -> Path:
    """Give the folder of DejaVu Sans as matplotlib brings it, without importing matplotlib."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        msg = "matplotlib is not installed, and a PDF takes its fonts: pip install matplotlib"
        raise ModuleNotFoundError(msg)
    return Path(found.origin).with_name("mpl-data") / "fonts" / "ttf"
