"""What the answers were made with: the program, the data, Python and its libraries."""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING

import pandas as pd

from layers.sources.rewatt_curated import SOURCE

if TYPE_CHECKING:
    from geo.store_status import Status

_PROGRAM = "rewatt"


def version_rows(found: Status) -> pd.DataFrame:
    """Give one row per thing that has a version.

    Returns
    -------
    versions
        Columns what, version, kind; a library is there where rewatt asks for it.
    """
    rows = [
        (_PROGRAM, _version(_PROGRAM), "program"),
        (SOURCE.title, SOURCE.vintage, "embedded data: vintage"),
        *(
            (one.title, f"{one.version}, vintage {one.vintage or 'not stated'}", "fetched data")
            for one in found.sources
            if one.version is not None
        ),
        ("Python", platform.python_version(), "language"),
        *((name, _version(name), "library") for name in _libraries()),
    ]
    return pd.DataFrame(rows, columns=["what", "version", "kind"])


def _libraries() -> list[str]:
    """Name what the program asks for; what it asks for tests or benchmarks is left out."""
    try:
        asked = requires(_PROGRAM) or []
    except PackageNotFoundError:  # it runs from files that nobody installed
        return []
    return [re.split(r"[^\w.-]", one)[0] for one in asked if "extra ==" not in one]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed as a package"
