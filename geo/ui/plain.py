"""Makes a text show as it is where Streamlit would read Markdown."""

from __future__ import annotations

import re
import string

_SPECIAL = re.compile(f"[{re.escape(string.punctuation)}]")
_JOINER = "\u2060"
"""No width and no break: keeps ``:zap:`` from becoming a picture, and ``--`` a dash."""


def plain(text: object) -> str:
    """Escape a text, so that labels, messages and help show it letter by letter."""
    escaped = _SPECIAL.sub(lambda found: f"\\{found.group()}", str(text))
    for twice in (r"\:", r"\-"):
        escaped = escaped.replace(twice, f"{twice}{_JOINER}")
    return escaped.replace("\n", "  \n")
