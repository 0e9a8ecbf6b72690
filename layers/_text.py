"""Reads tables kept as text: whatever separates the cells, whatever byte-order mark they carry."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from layers._archive import MAX_ROWS, FileError

if TYPE_CHECKING:
    from pathlib import Path

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
WINDOWS = "cp1252"

_DELIMITERS = (",", ";", "\t", "|", "#")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MAX_CELL = 10_000_000
"""Characters: the WKT of a long line takes more than the 131,072 that `csv` stops at."""


_MAX_COLUMNS = 2_000
"""More than any table of places has: a file with more is something else."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """The cells of a text, not yet held to the header.

    Attributes
    ----------
    header
        The headings, without empty ones at the end.
    rows
        Each row's line, as a person counts them, and its cells.
    delimiter
        What separates the cells.
    encoding
        In which the text is written.
    """

    header: list[str]
    rows: list[tuple[int, list[str]]]
    delimiter: str
    encoding: str

    def misfits(self) -> dict[int, str]:
        """Tell by line which rows have other cells than the header, and how many."""
        width = len(self.header)
        return {
            line: f"found {len(row)} cells, expected {width} as in the header"
            for line, row in self.rows
            if len(row) < width or any(cell.strip() for cell in row[width:])
        }

    def repeated(self) -> list[str]:
        """Name the headings that stand more than once."""
        return sorted(name for name, times in Counter(self.header).items() if times > 1)


def read_text(path: Path, what: str = "a table", *, windows: bool = False) -> TextTable:
    """Read a table kept as text.

    Parameters
    ----------
    path
        UTF-8 or UTF-16 text, cells separated by a comma, semicolon, tab, bar or hash.
    what
        What was expected, for the message.
    windows
        Whether what is neither is read as Windows-1252, in which western Excel writes CSV.

    Raises
    ------
    FileError
        If it is binary, of another encoding, or empty.
    """
    raw = path.read_bytes()
    if b"\x00" in raw and not raw.startswith(_UTF16):
        msg = f"{path} holds binary data, expected text."
        raise FileError(msg)
    text, encoding = _decoded(path, raw, windows=windows)
    stated = re.match(r"sep=(.)\r?\n", text)
    first = next((line for line in text.splitlines() if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"', "", first)
    delimiter = stated[1] if stated else max(_DELIMITERS, key=unquoted.count)
    csv.field_size_limit(_MAX_CELL)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        filled = ((lines.line_num, row) for row in lines if any(cell.strip() for cell in row))
        rows = list(islice(filled, MAX_ROWS + 2))
    except csv.Error as error:
        msg = f"{path} cannot be read as a table separated by {delimiter!r}: {error}."
        raise FileError(msg) from error
    if len(rows) > MAX_ROWS + 1:
        msg = f"{path} has more than {MAX_ROWS:,} rows, expected fewer: split it."
        raise FileError(msg)
    rows = rows[1:] if stated else rows
    if not rows:
        msg = f"{path} is empty, expected {what} with a header."
        raise FileError(msg)
    header = [name.strip() for name in rows[0][1]]
    while header and not header[-1]:
        header.pop()
    if len(header) > _MAX_COLUMNS:
        msg = f"{path} has {len(header):,} columns, expected {_MAX_COLUMNS:,} at most."
        raise FileError(msg)
    return TextTable(header, rows[1:], delimiter, encoding)


def _decoded(path: Path, raw: bytes, *, windows: bool) -> tuple[str, str]:
    """Give a text and its encoding."""
    encoding = "utf-16" if raw.startswith(_UTF16) else "utf-8-sig"
    try:
        return raw.decode(encoding), encoding
    except UnicodeDecodeError as error:
        if windows:
            with suppress(UnicodeDecodeError):
                return raw.decode(WINDOWS), WINDOWS
        msg = f"{path} is not UTF-8 text (byte {error.start}): save it as CSV UTF-8."
        raise FileError(msg) from error
