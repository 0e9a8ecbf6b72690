"""A document as one HTML file that loads nothing: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from html import escape
from pathlib import Path

from geo.document import (
    Block,
    Cell,
    Document,
    Figures,
    Head,
    Heading,
    Items,
    Paragraph,
    Part,
    Picture,
    Table,
    parts,
)
from geo.drawing_svg import svg
from layers._printable import printable

# nothing may be loaded, whatever a text of a table holds
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html(document: Document) -> str:
    """Give a document as HTML.

    Every figure is a `data` element with its exact value and, in `data-of`, its place in the
    explanation, so that machines read what people see.
    """
    body = "\n".join(block(one, f"drawing-{place}") for place, one in enumerate(document.blocks))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="description" content="{_text(document.subject)}">\n'
        f"<title>{_text(document.title)}</title>\n<style>\n{style()}</style>\n</head>\n"
        f'<body class="dossier">\n<main>\n{body}\n</main>\n</body>\n</html>\n'
    )


def style() -> str:
    """Give the style sheet; what it styles stands inside the class ``dossier``."""
    return Path(__file__).with_name("document.css").read_text(encoding="utf-8")


def _text(text: str) -> str:
    return escape(printable(text))


def block(one: Block, name: str) -> str:
    """Give one block as HTML, its texts escaped; `name` begins the ids of a drawing."""
    match one:
        case Heading():
            return f'<h{one.level} dir="auto">{_text(one.text)}</h{one.level}>'
        case Paragraph():
            return f'<p dir="auto"{_class("small" if one.small else "")}>{_text(one.text)}</p>'
        case Figures():
            return _figures(one)
        case Table():
            return _table(one)
        case Picture():
            caption = f"<figcaption>{_text(one.caption)}</figcaption>"
            drawn = svg(one.drawing, name)
            return f"<figure>\n{_wide(one.drawing.title)}\n{drawn}\n</div>\n{caption}\n</figure>"
        case Items():
            lines = "".join(f'<li dir="auto">{_text(line)}</li>' for line in one.lines)
            return f"<ul>{lines}</ul>"


def _wide(name: str) -> str:
    """Open a frame that scrolls where it is too wide for the screen, by keyboard, too."""
    return f'<div class="wide" role="region" tabindex="0" aria-label="{_text(name)}">'


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _figures(one: Figures) -> str:
    shown = [
        f"<div><dt>{_text(item.label)}</dt>"
        f'<dd><div class="value">{_cell(item.value)}</div>'
        f'<div class="meaning">{_text(item.meaning)}</div>'
        f'<div class="source">Source: {_text(item.source)}</div></dd></div>'
        for item in one.figures
    ]
    return '<dl class="figures">\n' + "\n".join(shown) + "\n</dl>"


def _table(one: Table) -> str:
    caption = _text(one.caption)
    heads = "".join(
        f'<th scope="col"{_class("right" if head.right else "")}{_title(head)}>'
        f"{_text(head.text)}</th>"
        for head in one.heads
    )
    rows = "\n".join(f"<tr>{_row(row, one.heads)}</tr>" for row in one.rows)
    return (
        f"{_wide(one.caption)}<table>"
        f"<caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>"
        "</table></div>"
    )


def _title(head: Head) -> str:
    return f' title="{_text(head.meaning)}"' if head.meaning else ""


def _row(row: tuple[Cell, ...], heads: tuple[Head, ...]) -> str:
    first = f'<th scope="row" dir="auto">{_cell(row[0])}</th>'
    return first + "".join(
        f'<td dir="auto"{_class("right" if head.right else "")}>{_cell(cell)}</td>'
        for cell, head in zip(row[1:], heads[1:], strict=True)
    )


def _cell(cell: Cell) -> str:
    return "".join(_part(one) for one in parts(cell))


def _part(one: Part) -> str:
    if isinstance(one, str):
        return _text(one)
    if one.number is None:
        return f'<span class="unknown" data-of="{_text(one.of)}">{_text(one.text)}</span>'
    return f'<data value="{one.number!r}" data-of="{_text(one.of)}">{_text(one.text)}</data>'
