"""Keeps what others wrote from steering a terminal, or from reading other than it is written."""

from __future__ import annotations

import re

_MARKS = r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
CONTROL = rf"[\x00-\x1f\x7f-\x9f{_MARKS}]+"
"""Control characters (C0, DEL and C1, ISO/IEC 6429), Unicode's line and paragraph separators, and
its bidirectional marks (UAX #9), which turn the order around in which a name is read."""
_BUT_LAYOUT = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{_MARKS}]+")
_CONTROL = re.compile(CONTROL)


def printable(text: str, *, layout: bool = False) -> str:
    """Give a text with a blank where control characters stand.

    Parameters
    ----------
    text
        What somebody else wrote.
    layout
        Whether newlines and tabs stay, as in a message of several lines.
    """
    return (_BUT_LAYOUT if layout else _CONTROL).sub(" ", text)
