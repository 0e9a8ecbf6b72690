"""What tests read out of a dossier: every figure with its place in the explanation, every text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_VOID = {"meta", "br"}
_TEXTS = {"h1", "h2", "h3", "p", "dt", "dd", "th", "td", "li", "caption", "figcaption"}


class Reader(HTMLParser):
    """Reads a dossier in HTML.

    `figures` holds (place, value or None, text); `texts` what headings, paragraphs and cells
    say, in order; `tags` every tag with its attributes; `tables` the places in each table.
    """

    def __init__(self, page):
        super().__init__()
        self.figures, self.texts, self.tags, self.tables = [], [], [], []
        self._open, self._figure = [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag in _VOID:
            return
        self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag in _TEXTS:
            self.texts.append("")
        if "data-of" in given:
            value = float(given["value"]) if "value" in given else None
            self._figure = [given["data-of"], value, ""]

    def handle_endtag(self, tag):
        while self._open.pop() != tag:
            pass
        if self._figure is not None and tag in {"data", "span"}:
            self.figures.append(tuple(self._figure))
            if "table" in self._open:
                self.tables[-1].append(self._figure[0])
            self._figure = None

    def handle_data(self, data):
        if self._figure is not None:
            self._figure[2] += data
        if _TEXTS & set(self._open) and "svg" not in self._open:
            self.texts[-1] += data


def numbers(one, path=""):
    """Give every number of an explanation, and every None, by its place."""
    if isinstance(one, dict):
        for key, value in one.items():
            yield from numbers(value, f"{path}.{key}" if path else key)
    elif isinstance(one, list):
        for place, value in enumerate(one):
            yield from numbers(value, f"{path}.{place}")
    elif one is None or (isinstance(one, int | float) and not isinstance(one, bool)):
        yield path, one


def squeezed(text):
    """Give a text without blanks: where lines break is no matter."""
    return re.sub(r"\s+", "", text)
