"""Writes workbooks as EIA does: title, blank line, names on row 3, units, notes at the foot."""

from __future__ import annotations

import openpyxl

IDENTITY = (
    "Entity ID", "Entity Name", "Plant ID", "Plant Name", "Google Map", "Bing Map", "Plant State",
    "County", "Balancing Authority Code", "Sector", "Generator ID", "Unit Code",
    "Nameplate Capacity (MW)", "Net Summer Capacity (MW)", "Net Winter Capacity (MW)",
    "Technology", "Energy Source Code", "Prime Mover Code",
)  # fmt: skip
HEADERS = {
    "Operating": (
        *IDENTITY, "Operating Month", "Operating Year", "Planned Retirement Month",
        "Planned Retirement Year", "Status", "Latitude", "Longitude",
    ),
    "Planned": (
        *IDENTITY, "Planned Operation Month", "Planned Operation Year", "Status", "Latitude",
        "Longitude",
    ),
    "Retired": (
        *IDENTITY, "Operating Month", "Operating Year", "Retirement Month", "Retirement Year",
        "Latitude", "Longitude",
    ),
    "Canceled or Postponed": (*IDENTITY, "Latitude", "Longitude"),
}  # fmt: skip
NOTES = (
    "NOTES:\nCapacity from facilities with a total generator nameplate capacity less than 1 MW are"
    " excluded from this report."
)

TECHNOLOGY = {
    "CC": ("Natural Gas Fired Combined Cycle", "NG", "CT"),
    "CT": ("Natural Gas Fired Combustion Turbine", "NG", "GT"),
    "ST": ("Natural Gas Steam Turbine", "NG", "ST"),
    "RICE": ("Natural Gas Internal Combustion Engine", "NG", "IC"),
    "COAL": ("Conventional Steam Coal", "SUB", "ST"),
    "SUN": ("Solar Photovoltaic", "SUN", "PV"),
}


def unit(plant, generator, mw, kind="CC", **cells):
    """Give one unit as EIA's cells, by name; what is not given is a blank as EIA writes it."""
    technology, fuel, mover = TECHNOLOGY[kind]
    return {
        "Entity ID": 1,
        "Entity Name": "Some Power Co",
        "Plant ID": plant,
        "Plant Name": f"Plant {plant}",
        "Google Map": "Map",
        "Bing Map": "Map",
        "Plant State": "TX",
        "County": "Childress",
        "Generator ID": generator,
        "Nameplate Capacity (MW)": mw,
        "Technology": technology,
        "Energy Source Code": fuel,
        "Prime Mover Code": mover,
        "Operating Month": 6,
        "Operating Year": 2001,
        "Status": "(OP) Operating",
        "Latitude": 34.4,
        "Longitude": -100.2,
        **cells,
    }


def write(path, sheets, month="August 2026", headers=None, extra=("Operating_PR",)):
    """Write a workbook; sheets that are not given are there and empty.

    Parameters
    ----------
    path
        Where.
    sheets
        Units by sheet.
    month
        As the title states it.
    headers
        Names of the columns by sheet, in place of the usual ones; ``None`` for a sheet that is
        not there.
    extra
        Further sheets.
    """
    book = openpyxl.Workbook(write_only=True)
    for sheet, usual in HEADERS.items():
        names = {**HEADERS, **(headers or {})}.get(sheet, usual)
        if names is None:
            continue
        page = book.create_sheet(sheet)
        page.append([f"Inventory of {sheet} Generators as of {month}"])
        page.append([])
        page.append(list(names))
        for row in sheets.get(sheet, ()):
            page.append([row.get(name, " ") for name in names])
        page.append([])
        page.append([NOTES])
    for name in extra:
        book.create_sheet(name).append(["Puerto Rico"])
    book.save(path)
    return path
