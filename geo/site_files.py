"""The sites that people bring: understood, checked row by row, every breach told at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.crs import distance_km
from geo.precision import radius_km
from geo.site_columns import map_columns
from geo.site_places import in_us_box, place
from geo.site_tables import RawTable, SiteFileError, read_raw
from geo.sites import complete, state_of
from layers import miner_sites, read_states
from layers._aliases import SITE_WORDS
from layers._check import breaches, out_of_order, outside_rows, outside_state
from layers._mapping import plain
from layers._printable import printable
from layers._values import decimal_commas, expected_number, is_unknown, parse_numbers

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

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


def read_sites(path: Path, embedded: pd.DataFrame, without: Collection[int] = ()) -> BroughtSites:
    """Read a table of sites.

    Parameters
    ----------
    path
        CSV, or a file of points in any CRS.
    embedded
        The embedded sites; a row with the id of one, near its place, is that site.
    without
        Row numbers to pass over, as the breaches name them.

    Returns
    -------
    brought
        One site per row, none lost; columns that are missing are unknown.

    Raises
    ------
    SiteFileError
        With every breach at once.
    """
    return sites_of_raw(read_raw(path, without), path, embedded)


def sites_of_raw(raw: RawTable, path: Path, embedded: pd.DataFrame) -> BroughtSites:
    """Understand and check the cells of a file; as `read_sites`.

    Raises
    ------
    SiteFileError
        With every breach at once, or if there is no row.
    """
    if raw.cells.empty:
        msg = f"{path} has a header and no rows: expected at least one site."
        raise SiteFileError(msg)
    return sites_of_cells(raw, str(path), embedded)


def sites_of_cells(raw: RawTable, origin: str, embedded: pd.DataFrame) -> BroughtSites:
    """Understand and check cells, wherever they come from.

    Parameters
    ----------
    raw
        The cells.
    origin
        What to call them in messages.
    embedded
        As for `read_sites`.

    Raises
    ------
    SiteFileError
        With every breach at once.
    """
    headings = [str(name) for name in raw.cells.columns]
    mapping, notes = map_columns(headings)
    cells = raw.cells.set_axis(headings, axis="columns")[list(mapping)].rename(columns=mapping)
    table, found = _parse(cells, comma=raw.semicolons and decimal_commas(cells))
    if "energised_mw" in table and "energised_mw" not in map(plain, headings):
        notes += _not_yet_energised(table)
    if {"lat", "lon"} <= set(table) or "wkt" in table:
        table, misplaced = place(table, spoiled=bool(found))
        found += misplaced + _breaches(table, consistent=not found and not misplaced)
    else:
        found.append(
            f"no coordinates: found the columns {headings}, expected lat and lon (or latitude and"
            " longitude, y and x, or wkt)"
        )
    if found:
        shown = "\n  ".join(found[:MAX_SHOWN])
        more = f"\n  and {len(found) - MAX_SHOWN} more" if len(found) > MAX_SHOWN else ""
        msg = f"{origin} cannot be used as sites:\n  {shown}{more}"
        raise SiteFileError(msg, found)
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
        ordered = table[["site_id", *table.columns.drop("site_id")]]
        outside = zip(outside_rows(ordered), outside_state(ordered), strict=True)
        found += [f"row {table.index[position]}: {text}" for (position, *_), text in outside]
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
    mirrored = in_us_box(lat, -lon) & (lon > 0)
    hint = " Did the longitudes lose their minus sign?" if mirrored.any() else ""
    return [f"{len(abroad)} of {len(sites)} sites lie outside the US outlines: {shown}.{hint}"]
