"""A document as part of a page: the same blocks as in its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.document import Heading, Paragraph
from geo.document_html import block, style
from geo.ui.plain import plain

if TYPE_CHECKING:
    from geo.document import Block, Document


def show_document(document: Document) -> None:
    """Draw the blocks one below the other; their texts are escaped, and nothing is loaded."""
    st.html(f"<style>{style()}</style>")
    for place, one in enumerate(document.blocks):
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
        case _:
            st.html(f'<div class="dossier part">{block(one, name)}</div>')
