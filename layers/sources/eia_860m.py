"""EIA's monthly inventory of generating units: Form EIA-860M, one workbook a month."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from layers import _columns as shared
from layers._answer import DeadServiceError, NotThereError
from layers._base import Column, Source
from layers._fetch import DriftError, Fetch, Parsed, Table

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from layers._fetch import Job
    from layers._staging import Raw
    from layers._store import Store

SOURCE = Source(
    id="eia_860m",
    title="Preliminary Monthly Electric Generator Inventory (Form EIA-860M)",
    publisher="US Energy Information Administration",
    url="https://www.eia.gov/electricity/data/eia860m/",
    licence="US-government public domain",
    vintage="as fetched",
)

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip

MOST_MONTHS_BACK = 8
"""A workbook comes about two months after its month (August 2026 was the newest on 6 October);
a lapse of appropriations delayed some by three more. Older ones are not what was asked for."""

SHEETS = {
    "Operating": "operating",
    "Planned": "planned",
    "Retired": "retired",
    "Canceled or Postponed": "canceled",
}

STATUS_CODES = {
    "OP": "operating",
    "SB": "standby, available but not normally used",
    "OA": "out of service, expected back in the next calendar year",
    "OS": "out of service, not expected back in the next calendar year",
    "U": "under construction, up to half complete",
    "V": "under construction, more than half complete",
    "TS": "construction complete, not yet in commercial operation",
    "T": "approvals received, not under construction",
    "L": "approvals pending",
    "P": "planned, approvals not initiated",
    "OT": "other, of a planned unit",
    "RE": "retired",
    "CN": "cancelled",
    "IP": "cancelled, postponed without a date, or out of the plan",
}
"""Form EIA-860, instructions, status codes of existing and of proposed generators."""

COLUMNS = (
    Column("unit_key", "text", "plant code and unit", required=True, nullable=False, unique=True),
    Column("plant_code", "integer", "EIA's plant code", nullable=False, minimum=1),
    Column("generator_id", "text", "EIA's unit of the plant", nullable=False),
    Column("plant_name", "text", "what the plant is called", nullable=False),
    Column("operator", "text", "EIA's entity: who runs it"),
    shared.COUNTY,
    shared.STATE,
    shared.LAT,
    shared.LON,
    Column("technology", "text", "EIA's words; blank: EIA leaves it open"),
    Column("prime_mover", "text", "EIA's code"),
    Column("energy_source", "text", "EIA's code of the predominant fuel"),
    Column("capacity_mw", "number", "nameplate MW", nullable=False, minimum=0, maximum=5_000),
    Column(
        "status_code",
        "text",
        "EIA's code; blank on the sheet of retired units, which has none",
        allowed=tuple(STATUS_CODES),
    ),
    Column(
        "sheet",
        "text",
        "the sheet that lists it",
        nullable=False,
        allowed=tuple(SHEETS.values()),
    ),
    Column("online", "text", "YYYY-MM, or YYYY, of its start or planned start; blank: not given"),
    Column("retirement", "text", "YYYY-MM, or YYYY, done or planned; blank: none given"),
)


def candidates(today: date) -> list[tuple[str, int]]:
    """Give the months to try, that before today's first: its name and its year."""
    months = [today.year * 12 + today.month - 2 - back for back in range(MOST_MONTHS_BACK)]
    return [(MONTHS[month % 12], month // 12) for month in months]


def addresses(endpoint: str, month: str, year: int) -> list[str]:
    """Give where a month's workbook may be: among the newest, and in the archive."""
    here = endpoint.replace("{month}", month).replace("{YYYY}", str(year))
    return [here, here.replace("/xls/", "/archive/xls/")]


def download(job: Job) -> None:
    """Bring the newest workbook: the month before today's is tried first, then back.

    EIA answers for months to come with a page in place of a workbook, so what is not one counts
    as not there. An endpoint without ``{month}`` is taken for the workbook itself.
    """
    if job.file is not None:
        job.raw.save(job.file.name, job.file.read_bytes(), str(job.file))
        return
    tried = candidates(_today())
    wanted = {f"{month}_generator{year}.xlsx": addresses(job.endpoint, month, year)
              for month, year in tried}  # fmt: skip
    if "{month}" not in job.endpoint:
        wanted = {job.endpoint.rpartition("/")[2]: [job.endpoint]}
    for done, (name, urls) in enumerate(wanted.items()):
        job.progress(done, None, "months tried")
        if job.raw.has(name) or _save(job, name, urls):
            return
    names = list(wanted)
    msg = (
        f"{job.endpoint}: found no workbook, neither {names[0]} nor any back to {names[-1]}: EIA"
        " has moved it, or stopped. Name another address in the configuration, or fetch from a"
        " workbook of your own with --file."
    )
    raise DeadServiceError(msg)


def _today() -> date:
    return datetime.now(UTC).date()


def _save(job: Job, name: str, urls: list[str]) -> bool:
    """Save the first of the addresses that has a workbook; tell whether one has."""
    for url in urls:
        try:
            reply = job.http.get(url, expect="bytes")
        except NotThereError:
            continue
        if reply.content.startswith(_ZIP):
            job.raw.save(name, reply.content, reply.url)
            return True
    return False


_ZIP = b"PK\x03\x04"


def parse(raw: Raw) -> Parsed:
    """Read the four sheets of the workbook.

    Raises
    ------
    DriftError
        If a sheet or a column that is needed is not there, or the codes are not EIA's.
    """
    import pandas as pd

    from layers._workbook import open_workbook, read_units

    names = raw.names()
    if not names:
        msg = f"{SOURCE.id}: nothing was downloaded, expected a workbook."
        raise DriftError(msg)
    name = names[0]
    book = open_workbook(raw.path(name))
    parts, notes = [], []
    for sheet, short in SHEETS.items():
        part, told = read_units(book, sheet)
        parts.append(part.assign(sheet=short))
        notes += told
    if others := [one for one in book.sheet_names if one not in SHEETS]:
        notes.append(f"sheets not read: {', '.join(others)}")
    units = pd.concat(parts, ignore_index=True)
    kept, refused = _sorted_out(units)
    return Parsed(
        tables={"units": kept},
        rows_in=len(units),
        refused=refused,
        vintage=_vintage(book.title("Operating"), name),
        notes=(*notes, *_new_technologies(kept)),
    )


def _sorted_out(units: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part what can be used from what cannot, with the reason.

    A unit with an unknown status is refused, since it may stand or not; where one unit in a
    hundred has one, the codes have changed and nothing is taken.
    """
    import pandas as pd

    from layers._check import refusals

    order = [column.name for column in COLUMNS]
    wrong = refusals(units[order], COLUMNS).set_index("position")
    status = wrong.index[wrong["reason"].str.startswith("status_code")]
    if len(status) > _MOST_NEW_CODES * len(units):
        codes = sorted(set(units["status_code"].iloc[status].astype(str)))
        msg = (
            f"{len(status):,} of {len(units):,} units have status codes {codes}, expected"
            f" {list(STATUS_CODES)}. The source has changed."
        )
        raise DriftError(msg)
    rows = units.iloc[wrong.index]
    refused = pd.DataFrame(
        {
            "row": (rows["sheet"] + " row " + rows["row"].astype(int).astype(str)).to_numpy(),
            "reason": wrong["reason"].to_numpy(),
        }
    )
    return units.drop(index=wrong.index)[order].reset_index(drop=True), refused


_MOST_NEW_CODES = 0.01


def _new_technologies(units: pd.DataFrame) -> list[str]:
    """Name the technologies that have no class: their units go by their codes."""
    from layers._plants import OTHER_TECHNOLOGIES, TECHNOLOGIES

    known = {*TECHNOLOGIES, *OTHER_TECHNOLOGIES}
    new = sorted(set(units["technology"].dropna()) - known)
    return [f"technologies not known before, classed by their codes: {new}"] if new else []


def _vintage(title: str, name: str) -> str:
    """Give the month that the workbook states in its first line, else that of its name."""
    for text in (title, name.replace("_generator", " ")):
        found = re.search(rf"({'|'.join(MONTHS)})\W+(\d{{4}})", text.lower())
        if found:
            return f"{found[2]}-{MONTHS.index(found[1]) + 1:02d}"
    msg = f"{name}: found {title!r} in the first line, expected the month of the inventory."
    raise DriftError(msg)


FETCH = Fetch(
    endpoints=("https://www.eia.gov/electricity/data/eia860m/xls/{month}_generator{YYYY}.xlsx",),
    download=download,
    parse=parse,
    tables={"units": Table(COLUMNS, None)},
    most_mb=100,
    most_minutes=20,
    takes_area=False,
    takes_file=(".xlsx",),
    newest=True,
)


def read(store: Store) -> pd.DataFrame | None:
    """Give the units in use, columns `COLUMNS`; None where none were fetched."""
    version = store.version(SOURCE.id)
    return None if version is None else version.table("units")


def source_text(vintage: str) -> str:
    """Give what the column `source` of EIA's rows begins with."""
    return f"EIA-860M {vintage}"
