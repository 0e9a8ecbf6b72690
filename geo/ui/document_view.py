"""A document as part of a page: the same blocks as in its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.document import Heading, Paragraph, Picture
from geo.document_html import block, style
from geo.drawing_svg import svg
from geo.ui.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.document import Block, Document

_INKS = {"light": ("#1b1b1b", "#ffffff"), "dark": ("#ececec", "#0e1117")}
"""The ink and the ground of the two themes."""


def show_document(document: Document) -> None:
    """Draw the blocks one below the other; their texts are escaped, and nothing is loaded."""
    show_blocks(document.blocks)


def show_blocks(blocks: Iterable[Block]) -> None:
    """Draw some blocks of a document."""
    st.html(f"<style>{style()}</style>")
    for place, one in enumerate(blocks):
        _show(one, f"drawing-{place}")


def _show(one: Block, name: str) -> None:
    match one:
        case Heading(level=1):
            st.title(plain(one.text), anchor=False)
        case Heading(level=2):
            st.header(plain(one.text), divider="gray")
        case Heading():
            st.subheader(plain(one.text))
        case Paragraph(small=False):
            st.text(one.text)
        case Picture():
            _picture(one, name)
        case _:
            st.html(f'<div class="dossier part">{block(one, name)}</div>')


def _picture(one: Picture, name: str) -> None:
    """Draw a picture in the ink of the theme: it stands alone, and inherits none."""
    drawing = one.drawing
    ink, paper = _INKS.get(st.context.theme.type or "light", _INKS["light"])
    st.image(
        svg(drawing, name, ink, paper),
        width=round(drawing.width),
        alt=f"{drawing.title}. {drawing.description}",
    )
    st.caption(plain(one.caption))
