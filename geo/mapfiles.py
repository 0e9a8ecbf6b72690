"""The map's parts that no scenario moves, as files that a browser takes once."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from geo.basemaps import basemaps

if TYPE_CHECKING:
    from geo.rows import Row


def as_json(data: Row) -> str:
    """Write data as a script may hold it: nothing in it can end the script."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # a "<" could end the script element, and the others are line ends to old engines
    for sign in ("<", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def write_parts(still: Row, folder: Path) -> str:
    """Write what `still_data` gives, each part under a name made of its content.

    Parameters
    ----------
    still
        The parts.
    folder
        Where to; what is there already under its name is left as it is.

    Returns
    -------
    name
        The file that names the others, with what is drawn of each and where it lies.
    """
    classes = [
        {
            **one,
            "chunks": [
                {"box": chunk["box"], "file": _written(chunk["columns"], folder)}
                for chunk in one["chunks"]
            ],
        }
        for one in still["classes"]
    ]
    ground = _written(still["ground"], folder)
    return _written({**still, "ground": ground, "classes": classes, "basemaps": basemaps()}, folder)


def write_once(text: str, kind: str, folder: Path) -> str:
    """Write a file under a name made of its content, which a browser need never ask again.

    Parameters
    ----------
    text, kind
        What it holds, and how its name ends, without a dot.
    folder
        Where to; what is there already under its name is left as it is.

    Returns
    -------
    name
        The file's.
    """
    data = text.encode()
    name = f"{hashlib.sha256(data).hexdigest()[:20]}.{kind}"
    if not (folder / name).exists():
        # several sessions may write at once, and a browser must never be given half a file
        handle, half = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(half).replace(folder / name)
    return name


def _written(data: Row, folder: Path) -> str:
    return write_once(as_json(data), "json", folder)
