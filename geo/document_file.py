"""A document as the bytes of a file, by its suffix."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.document import Document

SUFFIXES = (".html", ".htm", ".pdf")


def rendered(document: Document, suffix: str) -> bytes:
    """Give a document as the bytes of a file; `suffix` is one of `SUFFIXES`."""
    if suffix == ".pdf":
        from geo.document_pdf import pdf

        return pdf(document)
    from geo.document_html import html

    return html(document).encode()
