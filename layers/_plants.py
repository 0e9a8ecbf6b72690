"""From EIA's units to plants: what burns gas, what stands, and how much of it where.

A unit is classed by EIA's technology, which EIA itself derives from the predominant energy source
and the prime mover; where EIA leaves it open, or writes one that nobody knew, by those two codes
(Form EIA-860, instructions, tables of prime mover codes and of energy source codes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers._base import with_points
from layers._check import outside_rows
from layers.sources.eia_860m import source_text

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

TECHNOLOGIES = {
    "Natural Gas Fired Combined Cycle": "CC",
    "Natural Gas Fired Combustion Turbine": "CT",
    "Natural Gas Steam Turbine": "ST",
    "Natural Gas Internal Combustion Engine": "RICE",
    "Natural Gas with Compressed Air Storage": "OTHER",
    "Other Natural Gas": "OTHER",
    "Other Gases": "OTHER",
    "Conventional Steam Coal": "COAL",
    "Coal Integrated Gasification Combined Cycle": "COAL",
}
"""EIA's technologies and their class. Other gases are those of refineries, coke ovens and blast
furnaces; fuel cells are `Other Natural Gas`: shown, and not counted as gas plants."""

OTHER_TECHNOLOGIES = frozenset(
    {
        "All Other", "Batteries", "Conventional Hydroelectric", "Flywheels", "Geothermal",
        "Hydroelectric Pumped Storage", "Hydrokinetic", "Landfill Gas", "Municipal Solid Waste",
        "Nuclear", "Offshore Wind Turbine", "Onshore Wind Turbine", "Other Energy Storage",
        "Other Waste Biomass", "Petroleum Coke", "Petroleum Liquids", "Solar Photovoltaic",
        "Solar Thermal with Energy Storage", "Solar Thermal without Energy Storage",
        "Wood/Wood Waste Biomass",
    }
)  # fmt: skip
"""EIA's technologies that are no part of the layer."""

_MOVERS = {"CA": "CC", "CT": "CC", "CS": "CC", "CC": "CC", "GT": "CT", "ST": "ST", "IC": "RICE"}
"""Prime movers; EIA's CT is the combustion turbine of a combined cycle, its GT a single one."""

_OTHER_GASES = ("BFG", "OG", "PG", "SGC", "SGP")
_COALS = ("ANT", "BIT", "LIG", "RC", "SUB", "WC")

_STATUS = {
    **dict.fromkeys(("OP", "SB", "OA"), "operating"),
    **dict.fromkeys(("U", "V", "TS"), "under_construction"),
    **dict.fromkeys(("P", "L", "T", "OT"), "planned"),
    **dict.fromkeys(("OS", "RE"), "closed"),
    **dict.fromkeys(("CN", "IP"), "cancelled"),
}
"""What is out of service and not expected back within the next calendar year generates nothing."""

_OF_SHEET = {
    "operating": "operating", "planned": "planned", "retired": "closed", "canceled": "cancelled",
}  # fmt: skip

STANDING = ("operating", "closed")
COMING = ("planned", "under_construction")


def classes(units: pd.DataFrame) -> pd.Series:
    """Class each unit as CC, CT, ST, RICE, OTHER or COAL; missing where it is no part of this."""
    fuel = units["energy_source"]
    gas = fuel == "NG"
    by_code = units["prime_mover"].map(_MOVERS).fillna("OTHER").where(gas)
    by_code = by_code.mask(fuel.isin(_OTHER_GASES), "OTHER").mask(fuel.isin(_COALS), "COAL")
    named = units["technology"].isin({*TECHNOLOGIES, *OTHER_TECHNOLOGIES})
    return units["technology"].map(TECHNOLOGIES).where(named, by_code)


def statuses(units: pd.DataFrame) -> pd.Series:
    """Give where each unit stands, by its status code, else by its sheet.

    The sheets of retired and of cancelled units decide by themselves. A planned unit with the
    code of an operating one has just begun to operate.
    """
    by_sheet = units["sheet"].map(_OF_SHEET)
    final = units["sheet"].isin(("retired", "canceled"))
    return units["status_code"].map(_STATUS).where(~final).fillna(by_sheet)


def classed(units: pd.DataFrame) -> pd.DataFrame:
    """Add `class` and `stands` to the units."""
    code = units["plant_code"].astype(int)
    return units.assign(**{"plant_code": code, "class": classes(units), "stands": statuses(units)})


def plants(units: pd.DataFrame, vintage: str) -> GeoDataFrame:
    """Sum units to the rows of the layer: by plant, where they stand, and what they are.

    Parameters
    ----------
    units
        As `classed` gives them; those without a class, and cancelled ones, are left out.
    vintage
        The month of the inventory, YYYY-MM.

    Returns
    -------
    plants
        Columns of the layer `gas_plants`, EPSG:4326. Operating units with a planned retirement
        are rows of their own, so that its MW are those that retire. A year is that of the first
        unit. A point outside the stated state, by more than a town's width, is left blank.
    """
    wanted = units[units["class"].notna() & (units["stands"] != "cancelled")]
    retires = wanted["retirement"].where(wanted["stands"] == "operating").fillna("")
    grouped = wanted.assign(retires=retires).groupby(
        ["plant_code", "stands", "class", "retires"], sort=True
    )
    table = grouped.agg(
        name=("plant_name", "first"),
        operator=("operator", "first"),
        county=("county", "first"),
        state=("state", "first"),
        lat=("lat", "first"),
        lon=("lon", "first"),
        capacity_mw=("capacity_mw", "sum"),
        online=("online", "min"),
        retired=("retirement", "max"),
    ).reset_index()
    located = table["lat"].notna() & table["lon"].notna()
    table["coord_precision"] = pd.Series("town", index=table.index).where(
        located
    )  # what the check allows for
    table["outside"] = False
    table.loc[[row for row, _, _ in outside_rows(table)], "outside"] = True
    return with_points(_as_layer(table, vintage))


def _as_layer(table: pd.DataFrame, vintage: str) -> pd.DataFrame:
    """Give the columns of the layer."""
    code = table["plant_code"].astype(str)
    stands = table["stands"].str.replace("_", "-")
    key = "eia-" + code + "-" + stands + "-" + table["class"].str.lower() + "-" + table["retires"]
    here = table["coord_precision"].notna() & ~table["outside"]
    source = pd.Series(source_text(vintage), index=table.index)
    county = table["county"].str.replace(r"^(Ste?) (?=[A-Z])", r"\1. ", regex=True)
    retirement = table["retires"].mask(table["stands"] == "closed", table["retired"])
    return pd.DataFrame(
        {
            "gas_plant_id": key.str.rstrip("-"),
            "eia_plant_code": table["plant_code"].astype(float),
            "name": table["name"],
            "operator": table["operator"],
            "county": county,
            "state": table["state"],
            "lat": table["lat"].where(here),
            "lon": table["lon"].where(here),
            "coord_precision": pd.Series("site", index=table.index, dtype=object).where(here),
            "coord_radius_km": np.nan,
            "status": table["stands"],
            "technology": table["class"],
            "capacity_mw": table["capacity_mw"].astype(float).round(6),
            "online_year": pd.to_numeric(table["online"].str[:4], errors="coerce"),
            "source": source.mask(table["outside"], source + "; its point lies outside the state"),
            "evidence": "dataset",
            "as_of": vintage,
            "confidence": "high",
            "planned_retirement": retirement.where(retirement != "", None),
            "region": None,
        }
    )
