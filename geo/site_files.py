"""The sites that people bring: understood, checked row by row, every breach told at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.crs import distance_km
from geo.precision import radius_km
from geo.site_columns import map_columns
from geo.site_tables import SiteFileError, read_raw
from geo.sites import complete, state_of
from layers import miner_sites, read_states
from layers._aliases import SITE_WORDS
from layers._check import breaches, out_of_order, outside_state
from layers._mapping import plain
from layers._printable import printable
from layers._values import decimal_commas, expected_number, is_unknown, parse_numbers

if TYPE_CHECKING:
    from pathlib import Path

    from geo.arrays import Floats

MAX_SHOWN = 20
CANADIAN = ("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT")
"""Canada Post's codes of provinces and territories."""

_FREE_TEXT = ("evidence", "confidence", "as_of", "source", "iso")
"""What our own rows must state in fixed words and other people's rows may state in theirs."""
_DECLARED = {column.name: column for column in miner_sites.COLUMNS}


@dataclass(frozen=True, slots=True)
class BroughtSites:
    """What a file of sites gave.

    Attributes
    ----------
    sites
        As `geo.sites.complete` gives them.
    notes
        What was understood and assumed, in words.
    """

    sites: pd.DataFrame
    notes: list[str]


def read_sites(path: Path, embedded: pd.DataFrame) -> BroughtSites:
    """Read a table of sites.

    Parameters
    ----------
    path
        CSV, or a file of points in any CRS.
    embedded
        The embedded sites; a row with the id of one, near its place, is that site.

    Returns
    -------
    brought
        One site per row, none lost; columns that are missing are unknown.

    Raises
    ------
    SiteFileError
        With every breach at once.
    """
    raw = read_raw(path)
    if raw.cells.empty:
        msg = f"{path} has a header and no rows: expected at least one site."
        raise SiteFileError(msg)
    headings = [str(name) for name in raw.cells.columns]
    mapping, notes = map_columns(headings)
    cells = raw.cells.set_axis(headings, axis="columns")[list(mapping)].rename(columns=mapping)
    table, found = _parse(cells, comma=raw.semicolons and decimal_commas(cells))
    if "energised_mw" in table and "energised_mw" not in map(plain, headings):
        notes += _not_yet_energised(table)
    if {"lat", "lon"} <= set(table) or "wkt" in table:
        table, misplaced = _place(table, spoiled=bool(found))
        found += misplaced + _breaches(table, consistent=not found and not misplaced)
    else:
        found.append(
            f"no coordinates: found the columns {headings}, expected lat and lon (or latitude and"
            " longitude, y and x, or wkt)"
        )
    if found:
        shown = "\n  ".join(found[:MAX_SHOWN])
        more = f"\n  and {len(found) - MAX_SHOWN} more" if len(found) > MAX_SHOWN else ""
        msg = f"{path} cannot be used as sites:\n  {shown}{more}"
        raise SiteFileError(msg)
    sites = complete(table, brought=True)
    return BroughtSites(sites, raw.notes + notes + _recognise(sites, embedded) + _remarks(sites))


def _not_yet_energised(table: pd.DataFrame) -> list[str]:
    """Take plain MW of a site that is only planned as announced: nothing is energised there."""
    if not {"status"} <= set(table):
        return []
    coming = table["status"].isin(["planned", "under_construction"]) & (table["energised_mw"] > 0)
    if not coming.any():
        return []
    if "announced_mw" not in table:
        table["announced_mw"] = np.nan
    announced = table["announced_mw"].fillna(table["energised_mw"])
    table["announced_mw"] = table["announced_mw"].where(~coming, announced)
    table.loc[coming, "energised_mw"] = np.nan
    return [
        f"{coming.sum()} sites are planned or being built: their MW are taken as announced; a"
        " column energised_mw would say otherwise."
    ]


def _parse(cells: pd.DataFrame, *, comma: bool) -> tuple[pd.DataFrame, list[str]]:
    """Turn texts into numbers where numbers are expected; -999999 (HIFLD) means unknown."""
    parsed: dict[str, pd.Series] = {}
    found: list[str] = []
    for name in map(str, cells.columns):
        column = _DECLARED.get(name)
        if column is not None and column.kind != "text":
            values, expected = cells[name], expected_number(comma=comma)
            parsed[name], wrong = parse_numbers(values, comma=comma)
            found += [
                f"row {row}, {name}: found {str(cell)!r}, expected {expected}"
                for row, cell in values[wrong].items()
            ]
        else:
            parsed[name] = _tidy(cells[name], column.allowed if column else ())
    return pd.DataFrame(parsed), found


def _tidy(cells: pd.Series, allowed: tuple[str, ...]) -> pd.Series:
    """Give texts without control characters or blanks around them; None where unknown.

    A word that means one of the allowed ones becomes that one; any other stays as it is.
    """
    text = cells.astype(object).where(cells.notna(), "").map(str)
    text = text.map(lambda value: printable(value).strip())
    kept = text.str.casefold().isin(allowed) | (cells.name in {"site_id", "name"})
    text = text.where(kept | ~is_unknown(text), "")
    if allowed and cells.name not in _FREE_TEXT:
        meant = {re.sub(r"[ _-]+", "_", word.casefold()): word for word in allowed}
        meant |= {word: one for word, one in SITE_WORDS.items() if one in allowed}
        folded = text.str.casefold().str.replace(r"[ _-]+", "_", regex=True)
        text = folded.map(meant).where(folded.isin(meant), text)
    return text.astype(object).where(text != "", None)


def _place(table: pd.DataFrame, *, spoiled: bool) -> tuple[pd.DataFrame, list[str]]:
    """Give every row an id, a name, a point (from WKT if need be) and its precision."""
    found: list[str] = []
    if not {"lat", "lon"} <= set(table):
        table, found = _points_from_wkt(table)
    table = table.drop(columns="wkt", errors="ignore").copy()
    if "site_id" not in table:
        table["site_id"] = [f"row-{row}" for row in range(1, len(table) + 1)]
    if "name" not in table:
        table["name"] = table["site_id"]
    table["name"] = table["name"].fillna(table["site_id"])
    if "coord_precision" not in table:
        table["coord_precision"] = pd.Series(None, index=table.index, dtype=object)
    located = table["lat"].notna() & table["lon"].notna()
    table.loc[located & table["coord_precision"].isna(), "coord_precision"] = "site"
    return table, found + _coordinate_breaches(table, halves=not spoiled)


def _points_from_wkt(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    wkt = table["wkt"].astype(object).where(table["wkt"].notna(), None).to_numpy()
    shapes = np.asarray(shapely.from_wkt(wkt, on_invalid="ignore"), dtype=object)
    point = (shapely.get_type_id(shapes) == 0) & ~shapely.is_empty(shapes)
    empty = shapely.is_empty(shapes) & (shapely.get_type_id(shapes) == 0)
    found = [
        f"row {table.index[row]}, wkt: found {str(wkt[row])[:40]!r}, expected POINT (longitude"
        " latitude)"
        for row in map(int, np.flatnonzero((wkt != None) & ~point & ~empty))  # noqa: E711 - elementwise
    ]
    lat, lon = np.full(len(table), np.nan), np.full(len(table), np.nan)
    lat[point], lon[point] = shapely.get_y(shapes[point]), shapely.get_x(shapes[point])
    return table.assign(lat=lat, lon=lon), found


def _coordinate_breaches(table: pd.DataFrame, *, halves: bool) -> list[str]:
    lat, lon = table["lat"].to_numpy(float), table["lon"].to_numpy(float)
    found = []
    half = halves & (np.isnan(lat) != np.isnan(lon))
    swapped = _in_us_box(lon, lat) & ~_in_us_box(lat, lon)
    off_globe = (np.abs(lat) > 90) | (np.abs(lon) > 180)
    metres = off_globe & (np.maximum(np.abs(lat), np.abs(lon)) > 1000)
    null_island = (lat == 0) & (lon == 0)
    for row in map(int, np.flatnonzero(half | swapped | off_globe | null_island)):
        where = f"row {table.index[row]}: found lat {lat[row]:g}, lon {lon[row]:g}"
        if half[row]:
            found.append(f"{where}, expected both or neither")
        elif swapped[row]:
            found.append(f"{where}, which is in the US the other way round: swap lat and lon")
        elif metres[row]:
            found.append(
                f"{where}, expected degrees: these look like projected metres (EPSG:3857 or"
                " another); reproject them to EPSG:4326, or bring a file that states its CRS"
            )
        elif null_island[row]:
            found.append(f"{where}, which is in the Gulf of Guinea: leave unknown points blank")
        else:
            found.append(f"{where}, expected latitude -90 to 90 and longitude -180 to 180")
    return found


def _in_us_box(lat: Floats, lon: Floats) -> np.ndarray:
    """Tell which points lie in the box around the fifty states (Census outlines, 2017)."""
    return (lat >= 18) & (lat <= 72) & (lon >= -180) & (lon <= -66)


def _breaches(table: pd.DataFrame, *, consistent: bool) -> list[str]:
    """Check what is declared; what needs sound rows (order, states) only where they are."""
    columns = tuple(
        replace(
            column,
            required=False,
            nullable=column.name != "site_id",
            allowed=() if column.name in _FREE_TEXT else column.allowed,
            # coordinates have been checked, with better words
            minimum=None if column.name in {"lat", "lon"} else column.minimum,
            maximum=None if column.name in {"lat", "lon"} else column.maximum,
        )
        for column in miner_sites.COLUMNS
        if column.name in table
    )
    found = breaches(table, columns, strict=False, rows=list(table.index))
    if found or not consistent:
        return found
    found = out_of_order(table, rows=list(table.index))
    return found + _wrong_states(table)


def _wrong_states(table: pd.DataFrame) -> list[str]:
    """Check states and countries against the points; a state in words becomes its code."""
    outlines = read_states()
    found = []
    if "state" in table:
        codes = {name.casefold(): code for code, name in outlines["name"].items()}
        full = table["state"].str.casefold().map(codes)
        table["state"] = full.where(full.notna(), table["state"].str.upper()).astype(object)
        known = table["state"].isna() | table["state"].isin([*outlines.index, *CANADIAN])
        found += [
            f"row {row}, state: found {state!r}, expected a state or province (TX or Texas)"
            for row, state in table.loc[~known, "state"].items()
        ]
        found += outside_state(table[["site_id", *table.columns.drop("site_id")]])
    if "country" in table:
        inside = state_of(table["lat"], table["lon"], tolerance_km=0)
        wrong = table["country"].notna() & (table["country"] != "US") & inside.notna()
        found += [
            f"row {row}, country: found {table['country'][row]!r}, but the point lies in"
            f" {inside[row]}"
            for row in table.index[wrong]
        ]
    return found


def _recognise(sites: pd.DataFrame, embedded: pd.DataFrame) -> list[str]:
    """Tell the embedded sites among the rows from new points; the ids must lie near each other."""
    same = sites.index.intersection(embedded.index)
    one, two = sites.loc[same], embedded.loc[same]
    apart = distance_km(
        one["lat"].to_numpy(float),
        one["lon"].to_numpy(float),
        two["lat"].to_numpy(float),
        two["lon"].to_numpy(float),
    )
    near = ~(
        apart > np.fmax(radius_km(two), radius_km(one))
    )  # without a point on either side: near
    sites["brought"] = ~sites.index.isin(same[near])
    return [
        f"{key} is the id of an embedded site {km:.0f} km away: taken as a point of your own."
        for key, km in zip(same[~near], apart[~near], strict=True)
    ]


def _remarks(sites: pd.DataFrame) -> list[str]:
    """Fill in state and country from the outlines, and say what lies outside them."""
    state = state_of(sites["lat"], sites["lon"])
    sites["state"] = sites["state"].where(sites["state"].notna(), state)
    from_state = sites["state"].isin(read_states().index) & sites["country"].isna()
    sites["country"] = sites["country"].mask(from_state, "US")
    us = sites["country"] == "US"
    sites["region"] = sites["region"].mask(us & (sites["region"] == "all"), "us")
    abroad = sites.index[sites["country"].isna() & sites["lat"].notna()]
    if not len(abroad):
        return []
    shown = ", ".join(map(str, abroad[:5])) + (", ..." if len(abroad) > 5 else "")
    lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
    mirrored = _in_us_box(lat, -lon) & (lon > 0)
    hint = " Did the longitudes lose their minus sign?" if mirrored.any() else ""
    return [f"{len(abroad)} of {len(sites)} sites lie outside the US outlines: {shown}.{hint}"]
