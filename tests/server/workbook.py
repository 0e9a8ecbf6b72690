"""The monthly generator workbook of EIA-860M.

Sheets, titles, column names on row 3, a footer, blanks written as one space: as EIA has them.
Gas plants are the embedded ones with their megawatts split over units; the other units are
synthetic and say so in their name.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from .messages import Reply, not_found

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .messages import Asked

    Row = dict[str, Any]

NEWEST = "2026-09"
OLDEST = "2020-01"
RECENT = 3
"""So many months stand under `xls/`; older ones are in the archive."""

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
PATH = re.compile(
    r"/electricity/data/eia860m/(?P<archive>archive/)?xls/(?P<month>[a-z]+)_generator(?P<year>\d{4})\.xlsx"
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST = [
    "Entity ID",
    "Entity Name",
    "Plant ID",
    "Plant Name",
    "Google Map",
    "Bing Map",
    "Plant State",
    "County",
    "Balancing Authority Code",
    "Sector",
    "Generator ID",
    "Unit Code",
    "Nameplate Capacity (MW)",
    "Net Summer Capacity (MW)",
    "Net Winter Capacity (MW)",
    "Technology",
    "Energy Source Code",
    "Prime Mover Code",
]
STORED = ["Nameplate Energy Capacity (MWh)", "DC Net Capacity (MW)"]
PLACE = ["Latitude", "Longitude"]
ONLINE = ["Operating Month", "Operating Year"]
PLANNED = ["Planned Operation Month", "Planned Operation Year"]
GOING = ["Planned Retirement Month", "Planned Retirement Year"]
GONE = ["Retirement Month", "Retirement Year"]
SHEETS = {
    "Operating": [*FIRST, *ONLINE, *GOING, "Status", *STORED, *PLACE],
    "Planned": [*FIRST, *PLANNED, "Status", *STORED, *PLACE],
    "Retired": [*FIRST, *ONLINE, *GONE, *STORED, *PLACE],
    "Canceled or Postponed": [*FIRST, *PLANNED, "Status", *PLACE],
    "Operating_PR": [*FIRST, *ONLINE, *GOING, "Status", *STORED, *PLACE],
}
GAS = {
    "CC": ("Natural Gas Fired Combined Cycle", "CT", "NG"),
    "CT": ("Natural Gas Fired Combustion Turbine", "GT", "NG"),
    "ST": ("Natural Gas Steam Turbine", "ST", "NG"),
    "RICE": ("Natural Gas Internal Combustion Engine", "IC", "NG"),
    "COAL": ("Conventional Steam Coal", "ST", "BIT"),
    "OTHER": ("Other Natural Gas", "OT", "NG"),
}
STATUS = {
    "operating": ("Operating", "(OP) Operating"),
    "standby": ("Operating", "(SB) Standby/Backup: available for service but not normally used"),
    "under_construction": (
        "Planned",
        "(U) Under construction, less than or equal to 50 percent complete",
    ),
    "planned": ("Planned", "(L) Regulatory approvals pending. Not under construction"),
    "closed": ("Retired", " "),
    "cancelled": ("Canceled or Postponed", "(CN) Cancelled"),
}
OTHERS = (
    # name, state, lat, lon, MW, technology, prime mover, energy source, status, unit ids
    (
        "Solar",
        "TX",
        34.45,
        -100.25,
        150.0,
        "Solar Photovoltaic",
        "PV",
        "SUN",
        "operating",
        "PV1 PV2",
    ),
    ("Wind", "TX", 34.30, -100.18, 150.0, "Onshore Wind Turbine", "WT", "WND", "operating", "WT1"),
    ("Battery", "TX", 34.43, -100.23, 100.0, "Batteries", "BA", "MWH", "planned", "BES"),
    ("Coal", "IN", 41.05, -86.10, 680.0, "Conventional Steam Coal", "ST", "BIT", "closed", "1 2"),
    (
        "Coal Old",
        "LA",
        30.10,
        -93.40,
        540.0,
        "Conventional Steam Coal",
        "ST",
        "SUB",
        "operating",
        "1",
    ),
    ("Peaker", "LA", 30.20, -92.00, 90.0, *GAS["CT"], "cancelled", "GT1"),
    ("Spare", "IN", 41.20, -86.90, 40.0, *GAS["CT"], "standby", "GT-1"),
    ("Engine", "TX", 34.00, -100.30, 56.0, *GAS["RICE"], "under_construction", "0001 0002 0003"),
)


def dialect(embedded: Path) -> Callable[[Asked], Reply | None]:
    """Answer for the months from `OLDEST` to `NEWEST`; others are not there."""

    def answer(asked: Asked) -> Reply | None:
        if not asked.path.startswith("/electricity/"):
            return None
        found = PATH.fullmatch(asked.path)
        if found is None or found["month"] not in MONTHS:
            return not_found()
        month = f"{found['year']}-{MONTHS.index(found['month']) + 1:02d}"
        recent = pd.Period(NEWEST, "M") - RECENT < pd.Period(month, "M")
        if not OLDEST <= month <= NEWEST or recent == bool(found["archive"]):
            return not_found()
        return Reply(200, {"Content-Type": XLSX}, _written(embedded, month))

    return answer


@lru_cache(maxsize=4)
def _written(embedded: Path, month: str) -> bytes:
    """Write the workbook of a month."""
    from openpyxl import Workbook

    rows = [*_gas(embedded), *_others()]
    book = Workbook(write_only=True)
    said = f"{MONTHS[int(month[5:]) - 1].capitalize()} {month[:4]}"
    for name, columns in SHEETS.items():
        sheet = book.create_sheet(name)
        sheet.append([f"Inventory of {name} Generators as of {said}"])
        sheet.append(["Sources: Form EIA-860 and Form EIA-860M"])
        sheet.append(columns)
        for row in rows:
            if row["sheet"] == name:
                sheet.append([row.get(column, " ") for column in columns])
        sheet.append([])
        sheet.append(
            [
                "NOTES:\nCapacity from facilities with a total generator nameplate capacity "
                "less than 1 MW are excluded from this report."
            ]
        )
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _gas(embedded: Path) -> list[Row]:
    """Give the embedded gas plants: up to 300 MW one unit, above that two."""
    plants = pd.read_csv(embedded / "gas_plants.csv")
    # a plant may have two rows in the table, one of them closed
    again = plants.duplicated("eia_plant_code") & plants["eia_plant_code"].notna()
    rows = []
    for at, plant in enumerate(plants.itertuples()):
        sheet, status = STATUS[plant.status]
        technology, _, source = GAS[plant.technology]
        code = 90_000 + at if pd.isna(plant.eia_plant_code) else int(plant.eia_plant_code)
        one = _unit(code, plant.name, plant.state, plant.lat, plant.lon, sheet, status)
        one |= {"Entity Name": plant.operator, "County": plant.county, "Technology": technology}
        one |= {"Energy Source Code": source}
        year = 2027 if sheet == "Planned" else 2001
        year = year if pd.isna(plant.online_year) else int(plant.online_year)
        one |= _dates(sheet, year)
        units = _split(plant.technology, plant.capacity_mw)
        rows += [
            _sized(
                {**one, "Generator ID": unit + "B" * int(again[at]), "Prime Mover Code": mover}, mw
            )
            for unit, mover, mw in units
        ]
    return rows


def _split(technology: str, mw: float) -> list[tuple[str, str, float]]:
    """Give the units of a plant as id, prime mover and megawatts."""
    mover = GAS[technology][1]
    if pd.isna(mw) or mw <= 300:
        return [("1", mover, mw)]
    second = "CA" if technology == "CC" else mover
    return [("GT1", mover, round(mw / 2, 1)), ("2", second, round(mw - round(mw / 2, 1), 1))]


def _others() -> list[Row]:
    """Give the synthetic units; an id such as 1 is a number in the workbook, 0001 is text."""
    rows = []
    for at, (name, state, lat, lon, mw, technology, mover, source, status, ids) in enumerate(
        OTHERS
    ):
        sheet, told = STATUS[status]
        one = _unit(99_000 + at, f"Synthetic {name}", state, lat, lon, sheet, told)
        one |= {"Technology": technology, "Prime Mover Code": mover, "Energy Source Code": source}
        one |= {
            "Entity Name": "Synthetic Power",
            **_dates(sheet, 2012 if sheet != "Planned" else 2027),
        }
        units = [int(one) if one in {"1", "2"} else one for one in ids.split()]
        rows += [_sized({**one, "Generator ID": unit}, mw / len(units)) for unit in units]
    coal = next(row for row in rows if row["Plant Name"] == "Synthetic Coal Old")
    coal |= {"Planned Retirement Month": 12, "Planned Retirement Year": 2028}
    lost = {
        **coal,
        "Plant ID": 99_900,
        "Plant Name": "Synthetic Without Place",
        **dict.fromkeys(PLACE, " "),
    }
    island = {**coal, "Plant ID": 99_901, "Plant Name": "Synthetic San Juan", "Plant State": "PR"}
    return [*rows, lost, {**island, "sheet": "Operating_PR", "Latitude": 18.4, "Longitude": -66.1}]


def _unit(code: int, name: str, state: str, lat: float, lon: float, sheet: str, status: str) -> Row:
    return {
        "sheet": sheet,
        "Entity ID": 60_000,
        "Plant ID": code,
        "Plant Name": name,
        "Google Map": "Map",
        "Bing Map": "Map",
        "Plant State": state,
        "Balancing Authority Code": "ERCO" if state == "TX" else "MISO",
        "Sector": "IPP Non-CHP",
        "Status": status,
        "Latitude": lat,
        "Longitude": lon,
    }


def _dates(sheet: str, year: int) -> Row:
    if sheet in {"Planned", "Canceled or Postponed"}:
        return {"Planned Operation Month": 6, "Planned Operation Year": year}
    retired = {"Retirement Month": 5, "Retirement Year": 2023} if sheet == "Retired" else {}
    return {"Operating Month": 6, "Operating Year": year, **retired}


def _sized(row: Row, mw: float) -> Row:
    """Give a unit its megawatts, and a space wherever there is nothing."""
    mw = " " if pd.isna(mw) else round(mw, 1)
    row |= {"Nameplate Capacity (MW)": mw, "Net Summer Capacity (MW)": mw}
    row |= {"Net Winter Capacity (MW)": " " if row["sheet"] == "Planned" else mw}
    return {
        key: " " if isinstance(value, float) and pd.isna(value) else value
        for key, value in row.items()
    }
