"""Reads EIA-860M's workbook: columns by their names, wherever EIA puts them this year."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pandas as pd

from layers._fetch import DriftError
from layers._tidy import numbers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MOST_UNPACKED_MB = 600
"""The workbook of August 2026 is 14 MB and a sheet of it unpacks to about twelve times that."""

_HEADER_WITHIN = 8
"""The names stand on row 3, until November 2020 on row 2; a further line of title is no harm."""

IDENTITY = {
    "plant_code": ("plant id", "plant code"),
    "generator_id": ("generator id",),
    "plant_name": ("plant name",),
    "operator": ("entity name", "utility name"),
    "county": ("county",),
    "state": ("plant state", "state"),
    "lat": ("latitude",),
    "lon": ("longitude",),
    "technology": ("technology",),
    "prime_mover": ("prime mover code", "prime mover"),
    "energy_source": ("energy source code", "energy source 1"),
    "capacity_mw": ("nameplate capacity mw",),
}
"""Our columns, and what EIA calls or called them."""

ONLINE = ("online", ("operating", "planned operation"))
RETIREMENT = ("retirement", ("retirement", "planned retirement"))
STATUS = {"status_code": ("status",)}

NEEDED = {
    "Operating": ("status_code", "online", "retirement"),
    "Planned": ("status_code", "online"),
    "Retired": ("online", "retirement"),
    "Canceled or Postponed": (),
}
"""What a sheet must have beside the identity; it may have the rest."""

KNOWN = {
    "entity id", "google map", "bing map", "balancing authority code", "sector", "unit code",
    "net summer capacity mw", "net winter capacity mw", "nameplate energy capacity mwh",
    "dc net capacity mw", "planned derate year", "planned derate month",
    "planned derate of summer capacity mw", "planned uprate year", "planned uprate month",
    "planned uprate of summer capacity mw", "planned repower year", "planned repower month",
    "planned other modification year", "planned other modification month",
    "planned energy source code", "current month", "current year",
}  # fmt: skip
"""Columns that are there and not needed."""


class Workbook:
    """The sheets of a workbook that is safe to open."""

    def __init__(self, path: Path) -> None:
        from python_calamine import CalamineWorkbook

        hold_to_size(path)
        self._book = CalamineWorkbook.from_path(str(path))
        self.sheet_names: list[str] = list(self._book.sheet_names)
        self.name = path.name

    def rows(self, sheet: str) -> list[list[object]]:
        """Give the cells of a sheet, row by row; a blank is an empty text.

        Raises
        ------
        DriftError
            If there is no such sheet.
        """
        if sheet not in self.sheet_names:
            msg = (
                f"{self.name}: no sheet {sheet!r}, found {self.sheet_names}. The source has"
                " changed."
            )
            raise DriftError(msg)
        cells = self._book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        return [list(row) for row in cells]

    def title(self, sheet: str) -> str:
        """Give what stands in the first line of a sheet."""
        first = next(iter(self.rows(sheet)), [])
        return " ".join(str(cell) for cell in first if cell != "")


def open_workbook(path: Path) -> Workbook:
    """Open a workbook.

    Raises
    ------
    DriftError
        If it is none, or unpacks to more than a workbook of EIA could.
    """
    from python_calamine import CalamineError

    try:
        return Workbook(path)
    except (zipfile.BadZipFile, CalamineError) as error:
        msg = f"{path.name} is not an Excel workbook ({error}): fetch it again."
        raise DriftError(msg) from error


def hold_to_size(path: Path) -> None:
    """Refuse an archive that unpacks to too much, as it states and as it is.

    Raises
    ------
    DriftError
        If it states more than `MOST_UNPACKED_MB`.
    zipfile.BadZipFile
        If an entry is not what the archive states: each is unpacked once, and cut at its stated
        size, so that an understated one is found by its checksum.
    """
    with zipfile.ZipFile(path) as archive:
        stated_mb = sum(entry.file_size for entry in archive.infolist()) / 1e6
        if stated_mb > MOST_UNPACKED_MB:
            msg = (
                f"{path.name} unpacks to {stated_mb:,.0f} MB, expected at most"
                f" {MOST_UNPACKED_MB} MB: refused."
            )
            raise DriftError(msg)
        if broken := archive.testzip():
            msg = f"{broken} is damaged"
            raise zipfile.BadZipFile(msg)


def read_units(book: Workbook, sheet: str) -> tuple[pd.DataFrame, list[str]]:
    """Read the units of one sheet.

    Returns
    -------
    units
        The columns of `eia_860m.COLUMNS` but `sheet`, and `row`, as a person sees it in Excel;
        every row with two cells or more, so that titles, blank lines and the notes that EIA
        puts below are left out.
    notes
        Columns that nobody knew.

    Raises
    ------
    DriftError
        With every column that is needed and not there.
    """
    rows = book.rows(sheet)
    start, columns = _header(rows, f"{book.name}, sheet {sheet!r}")
    place = _places(columns, sheet, f"{book.name}, sheet {sheet!r}")
    body = [
        (number, row)
        for number, row in enumerate(rows[start + 1 :], start + 2)
        if sum(_text(cell) is not None for cell in row) > 1
    ]
    table = pd.DataFrame(
        {"row": [number for number, _ in body]}
        | {name: [row[at] for _, row in body] for name, at in place.items()}
    )
    known = {spelling for names in (*IDENTITY.values(), *STATUS.values()) for spelling in names}
    known |= KNOWN | {f"{one} {part}" for _, stems in (ONLINE, RETIREMENT) for one in stems
                      for part in ("month", "year")}  # fmt: skip
    new = [name for name in columns if name and name not in known]
    notes = [f"sheet {sheet}: columns not known before: {', '.join(new)}"] if new else []
    return _tidied(table), notes


def _header(rows: list[list[object]], where: str) -> tuple[int, list[str]]:
    """Find the row of the column names."""
    for number, row in enumerate(rows[:_HEADER_WITHIN]):
        names = [_normal(cell) for cell in row]
        if {"plant name", "generator id"} <= set(names):
            return number, names
    found = [[str(cell) for cell in row if cell != ""][:4] for row in rows[:4]]
    msg = (
        f"{where}: no row of column names in the first {_HEADER_WITHIN}, expected 'Plant Name' and"
        f" 'Generator ID' on row 3; found {found}. The source has changed."
    )
    raise DriftError(msg)


def _places(columns: list[str], sheet: str, where: str) -> dict[str, int]:
    """Give where each of our columns stands; months and years as `online month` and so on."""
    place, lost = {}, []
    for name, spellings in {**IDENTITY, **STATUS}.items():
        at = _first(columns, spellings)
        if at is not None:
            place[name] = at
        elif name in IDENTITY or name in NEEDED[sheet]:
            lost.append(spellings[0])
    for name, stems in (ONLINE, RETIREMENT):
        for part in ("month", "year"):
            spellings = tuple(f"{stem} {part}" for stem in stems)
            at = _first(columns, spellings)
            if at is not None:
                place[f"{name} {part}"] = at
            elif name in NEEDED[sheet]:
                lost.append(" or ".join(spellings))
    if lost:
        found = sorted(filter(None, columns))
        msg = f"{where}: columns missing: {', '.join(lost)}; found {found}. The source has changed."
        raise DriftError(msg)
    return place


def _first(columns: list[str], spellings: Iterable[str]) -> int | None:
    return next((columns.index(one) for one in spellings if one in columns), None)


def _tidied(table: pd.DataFrame) -> pd.DataFrame:
    """Give cells their types; a number that is none is blank, for the check to refuse."""
    for name in ("plant_code", "capacity_mw", "lat", "lon"):
        table[name] = numbers(table[name].map(_text).rename(name))
    for name in ("generator_id", "plant_name", "operator", "county", "state", "technology",
                 "prime_mover", "energy_source"):  # fmt: skip
        table[name] = table[name].map(_text).astype(object)
    if "status_code" in table:
        table["status_code"] = table["status_code"].map(_code)
    for name in ("status_code", "online month", "online year", "retirement month",
                 "retirement year"):  # fmt: skip
        if name not in table:
            table[name] = None
    for name in ("online", "retirement"):
        table[name] = list(map(_month, table[f"{name} year"], table[f"{name} month"]))
    table["unit_key"] = [
        f"{code:.0f}/{generator}" if code == code and generator else None  # noqa: PLR0124 - NaN
        for code, generator in zip(table["plant_code"], table["generator_id"], strict=True)
    ]
    return table


def _normal(cell: object) -> str:
    return re.sub(r"[^a-z0-9]+", " ", str(cell).lower()).strip()


def _text(cell: object) -> str | None:
    """Give a cell as text, whole numbers without a point; None where it is blank."""
    if cell is None or (isinstance(cell, float) and cell != cell):  # noqa: PLR0124 - NaN
        return None
    text = f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    return text or None


def _code(cell: object) -> str | None:
    """Give the code in brackets that a status begins with, else the text as it stands."""
    text = _text(cell)
    found = re.match(r"\(([A-Z]{1,2})\)", text or "")
    return found[1] if found else text


def _month(year: object, month: object) -> str | None:
    """Give ``YYYY-MM``, or ``YYYY`` where no month is given; None without a year."""
    year, month = _text(year), _text(month)
    if year is None or not re.fullmatch(r"\d{4}", year):
        return None
    return f"{year}-{int(month):02d}" if month and re.fullmatch(r"[1-9]|1[0-2]", month) else year
