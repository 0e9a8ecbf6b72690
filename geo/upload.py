"""A file that somebody hands over: read once, told row by row, and nothing of it kept on disk."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import pandas as pd

from geo.site_files import BroughtSites, sites_of_raw
from geo.site_tables import SUFFIXES, SiteFileError, read_raw
from layers._text import TEXT_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_UPLOAD_MB = 50
"""What the app takes at once."""
MOST_SITES = 2000
"""Own sites of one session: some 2.5 MB on the map, where nothing over 5 MB is sent at once."""
_LINES_PER_SITE = 10
"""A site may have texts of several lines; a table with more than this is too long."""

_ROW = re.compile(r"row (\d+)(?:, (\w+))?: (.*)", re.DOTALL)
_UNPACKED = re.compile(rf"{re.escape(tempfile.gettempdir())}/rewatt-\w+/")
"""Where an archive is unpacked: nobody's business but this machine's."""
_BESIDE = (".shp", ".shx", ".dbf", ".prj")


@dataclass(frozen=True, slots=True)
class Upload:
    """What a file gave.

    Attributes
    ----------
    name
        What its owner calls it.
    sites
        The rows that can be used, as `geo.sites.complete` gives them; ``None``: none can.
    notes
        What was understood and assumed, in words.
    refused
        Every breach: `row` (as a person counts them; <NA>: of the whole file), `column` (blank
        where it is about several) and `breach`.
    """

    name: str
    sites: pd.DataFrame | None
    notes: tuple[str, ...]
    refused: pd.DataFrame


def read_upload(name: str, data: bytes, embedded: pd.DataFrame) -> Upload:
    """Read the content of a file of sites, as `geo.site_files.read_sites` reads a file.

    Parameters
    ----------
    name
        The file's name; only its suffix says anything, and the content is held to it.
    data
        What is in it.
    embedded
        The embedded sites.
    """
    if len(data) > MAX_UPLOAD_MB * 10**6:
        msg = (
            f"{name} has {len(data) / 1e6:.0f} MB, expected at most {MAX_UPLOAD_MB} MB: keep the"
            " columns that matter, or split it."
        )
        return Upload(name, None, (), _refused([msg]))
    suffix = PurePath(name).suffix.lower()
    if suffix == ".shp":
        msg = f"{name} is one part of a shapefile: zip {', '.join(_BESIDE)} and bring the archive."
        return Upload(name, None, (), _refused([msg]))
    lines = data.count(b"\n") if suffix in TEXT_SUFFIXES else 0
    if lines > _LINES_PER_SITE * MOST_SITES:
        # told before it is parsed: that would keep everybody waiting
        return Upload(name, None, (), _refused([too_many(f"{name} has {lines:,} lines")]))
    # GDAL and the archives want a path: a folder of its own that goes with what it holds
    with tempfile.TemporaryDirectory(prefix="rewatt-") as folder:
        path = Path(folder) / f"upload{suffix if suffix in SUFFIXES else '.unknown'}"
        path.write_bytes(data)
        brought, found = _good_rows(path, embedded)

    def told(text: str) -> str:
        shown = text.replace(str(path), name).replace(path.name, name).replace(folder, "")
        return _UNPACKED.sub("", shown)

    notes = () if brought is None else tuple(map(told, brought.notes))
    sites = None if brought is None else brought.sites
    return Upload(name, sites, notes, _refused([told(one) for one in found]))


def too_many(found: str) -> str:
    """Say that there are more sites than a session takes; `found` says how many."""
    return (
        f"{found}, expected at most {MOST_SITES:,} sites in the app: take those that matter, or"
        " rank all of them with `rewatt rank --sites`."
    )


def _good_rows(path: Path, embedded: pd.DataFrame) -> tuple[BroughtSites | None, list[str]]:
    """Read what can be used; some breaches show only once the others are gone."""
    found: list[str] = []
    without: set[int] = set()
    while True:
        try:
            raw = read_raw(path, without)
            if len(raw.cells) > MOST_SITES:
                return None, [too_many(f"{path} has {len(raw.cells):,} rows")]
            return sites_of_raw(raw, path, embedded), found
        except SiteFileError as error:
            rows = [_ROW.fullmatch(one) for one in error.breaches]
            wrong = {int(row[1]) for row in rows if row}
            if not all(rows) or wrong <= without:
                # a file without a row left needs no further word
                return None, found or list(error.breaches)
            found += error.breaches
            without |= wrong


def _refused(found: Sequence[str]) -> pd.DataFrame:
    rows = [_ROW.fullmatch(one) for one in found]
    return pd.DataFrame(
        {
            "row": pd.array([int(row[1]) if row else None for row in rows], dtype="Int64"),
            "column": [(row[2] or "") if row else "" for row in rows],
            "breach": [row[3] if row else text for row, text in zip(rows, found, strict=True)],
        }
    ).sort_values("row", kind="stable", na_position="first", ignore_index=True)
