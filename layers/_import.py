"""Takes a file that a user brings into a layer: understood, held to the columns, stored whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers import _cells, _shapes
from layers._aliases import COORDINATES, DEFAULTS
from layers._archive import FileError
from layers._base import STORAGE_CRS
from layers._complete import DERIVED, completed, not_there
from layers._faults import Faults
from layers._mapping import MappingError, Match, check_asked, match_columns, plain, unused
from layers._place import crs_of, place_rows
from layers._values import decimal_commas

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geopandas import GeoDataFrame

    from layers._base import Layer
    from layers._files import Contents
    from layers._shapes import Shapes
    from layers._store import Store, Version


_NO_STATIONS = ("TAP", "RISER", "DEAD END")
"""HIFLD's TYPE of places where a line only branches, surfaces or stops."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is going to be read.

    Attributes
    ----------
    layer
        Where it goes.
    matches
        Which of their columns are which of ours.
    notes
        What is not used, in words.
    """

    layer: Layer
    matches: tuple[Match, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file gave: every row of it is in `table` or in `refused`.

    Attributes
    ----------
    table
        The rows kept, with every column of the layer, EPSG:4326.
    refused
        The others: `row`, `reason`, `breaches`, then the cells as they stand.
    rows_in
        How many rows the file has.
    notes
        What was assumed and converted, in words.
    """

    table: GeoDataFrame
    refused: pd.DataFrame
    rows_in: int
    notes: tuple[str, ...]


def plan(contents: Contents, layer: Layer, asked: Sequence[str]) -> Plan:
    """Find out which column is which.

    Raises
    ------
    MappingError
        If what is asked cannot be, or a column is missing that nothing can stand in for.
    """
    headings = [str(name) for name in contents.cells.columns]
    pairs = check_asked(asked, headings, layer)
    filled = contents.cells.notna().any().to_numpy() | contents.cells.empty
    blank = [name for name, any_ in zip(headings, filled, strict=True) if not any_]
    usable = [name for name in headings if name not in blank or name in pairs]
    ours = [column.name for column in layer.columns]
    places = ["lat", "lon", "wkt"]
    if contents.shapes is not None:
        usable = [one for one in usable if plain(one) not in COORDINATES or one in pairs]
        targets = [name for name in ours if name not in places]
    else:
        points = places if layer.geometry == "point" else ["wkt"]
        targets = list(dict.fromkeys([*ours, *points]))
    matches = match_columns(usable, layer.id, targets, pairs)
    if {"lat", "lon"} <= {match.ours for match in matches}:
        matches = [match for match in matches if match.ours != "wkt"]
    _check_complete(contents, layer, matches)
    used = [match.theirs for match in matches] + _kinds_in(headings, layer)
    left = unused(headings, used, ours)
    unknown = not_there(layer, {match.ours for match in matches})
    said = [line for line in (left, unknown) if line]
    return Plan(layer, tuple(matches), (*contents.notes, *said))


def _check_complete(contents: Contents, layer: Layer, matches: list[Match]) -> None:
    have = {match.ours for match in matches}
    wrong = [
        f"no column for {column.name} ({column.meaning}), expected one"
        for column in layer.columns[1:]
        if not column.nullable and column.name not in {*have, *DEFAULTS, *DERIVED}
    ]
    placed = contents.shapes is not None or "wkt" in have or {"lat", "lon"} <= have
    if not placed:
        kinds = "lat and lon, or wkt" if layer.geometry == "point" else "wkt"
        wrong.append(f"no places: expected a geometry, or the columns {kinds}")
    if wrong:
        found = sorted(map(str, contents.cells.columns))
        msg = (
            f"This cannot be read as {layer.id}; found the columns {found}:\n  "
            + "\n  ".join(wrong)
            + "\nName them with --map THEIRS=OURS."
        )
        raise MappingError(msg)


def take_in(contents: Contents, how: Plan, path: Path, crs: str | None) -> Imported:
    """Read the rows, and part those that can be kept from those that cannot.

    Parameters
    ----------
    contents, how
        The file and how it is read.
    path
        The file's name stands for the source of rows that name none.
    crs
        What the user says of the coordinates; None: as the file says.

    Raises
    ------
    FileError
        If the CRS is not known.
    """
    layer, notes = how.layer, []
    cells = contents.cells[[match.theirs for match in how.matches]].copy()
    cells.columns = pd.Index([match.ours for match in how.matches])
    faults = Faults(len(cells))
    comma = decimal_commas(cells)
    shapes, stated = place_rows(contents, cells, layer, faults, comma=comma)
    # before they are moved: a point inside a polygon is inside it in any CRS that keeps it whole
    to_kind = _shapes.to_points if layer.geometry == "point" else _shapes.to_lines
    shapes, said = to_kind(shapes, faults)
    notes += said
    shapes = _shapes.to_storage(shapes, crs_of(contents, stated, crs, path), faults)
    if layer.geometry == "point":
        _shapes.misplaced(shapes, faults)
    table = _columns(cells, how, faults, notes, comma=comma)
    table = completed(table, contents.cells, shapes, layer, path.name, notes)
    _leave_out(contents.cells, layer, faults)
    _hold_to_promise(table, shapes, layer, faults)
    return _parted(contents, table, shapes, layer, faults, notes)


def _columns(
    cells: pd.DataFrame, how: Plan, faults: Faults, notes: list[str], *, comma: bool
) -> pd.DataFrame:
    """Parse every column that is there."""
    factors = {match.ours: match.factor for match in how.matches}
    for name in {"max_kv", "kv_class"} & set(cells):
        if lists := _cells.voltage_lists(cells[name], comma=comma):
            cells[name] = lists[0]
            if "min_kv" not in cells and any(one.name == "min_kv" for one in how.layer.columns):
                cells["min_kv"], factors["min_kv"] = lists[1], factors[name]
    parsed: dict[str, pd.Series] = {}
    for column in how.layer.columns:
        name = column.name
        if name not in cells or name in {"lat", "lon"}:
            continue
        if name == "kv_class":
            parsed[name] = _cells.classes_of(cells[name], notes, factors[name])
        elif column.kind == "text":
            parsed[name] = _cells.texts_of(cells[name], column, how.layer.id, notes)
        else:
            parsed[name] = _cells.numbers_of(
                cells[name], column, faults, notes, comma=comma, factor=factors[name]
            )
    return pd.DataFrame(parsed, index=cells.index)


def _leave_out(cells: pd.DataFrame, layer: Layer, faults: Faults) -> None:
    """Refuse what HIFLD lists beside its stations: one cannot connect there."""
    for name in _kinds_in(list(map(str, cells)), layer):
        kinds = cells[name].astype("string").str.strip().str.upper()
        wrong = kinds.isin(_NO_STATIONS).to_numpy(bool)
        faults.add(wrong, "type: a tap, riser or dead end, where nothing can be connected")


def _kinds_in(headings: list[str], layer: Layer) -> list[str]:
    """Name the columns that tell stations from what HIFLD lists beside them."""
    return [name for name in headings if layer.id == "substations" and plain(name) == "type"]


def _hold_to_promise(table: pd.DataFrame, shapes: Shapes, layer: Layer, faults: Faults) -> None:
    """Note every row that breaks the layer's columns."""
    from layers._check import INCLUDED_IN, outside_rows, refusals

    names = {column.name for column in layer.columns}
    if layer.geometry == "point" and "coord_precision" not in names:
        faults.add(shapely.is_missing(shapes) & faults.sound(), "coordinates: expected a point")
    rows = np.arange(len(table))
    for column in layer.columns:
        if column.name in {"lat", "lon"}:
            continue  # told of already, in better words
        wrong = refusals(table, (replace(column, unique=False),))
        for reason, part in wrong.groupby("reason", sort=False):
            found = dict(zip(part["position"], part["found"], strict=True))
            faults.add(np.isin(rows, part["position"]), str(reason), found)
    for less, more in INCLUDED_IN:
        if {less, more} <= names:
            above = (table[less] > table[more]).to_numpy(bool)
            faults.add(above, f"{less}: expected at most {more}", list(table[less]))
    if {"lat", "lon", "state"} <= names:
        far = np.zeros(len(table), dtype=bool)
        far[[row for row, *_ in outside_rows(table)]] = True
        faults.add(far, "state: expected the state that the point lies in", list(table["state"]))
    key = layer.columns[0].name
    again = np.zeros(len(table), dtype=bool)
    sound = np.flatnonzero(faults.sound())
    again[sound] = table[key].iloc[sound].duplicated().to_numpy()
    faults.add(again, f"{key}: expected a value that occurs once", list(table[key]))


def _parted(  # noqa: PLR0913, PLR0917 - the table, its places, and all that was said of them
    contents: Contents,
    table: pd.DataFrame,
    shapes: Shapes,
    layer: Layer,
    faults: Faults,
    notes: list[str],
) -> Imported:
    import geopandas as gpd

    sound = faults.sound()
    refused = faults.table(table.index)
    cells = contents.cells.loc[refused.index].astype(object)
    cells = cells.rename(columns={name: f"their {name}" for name in cells if name in refused})
    misfit = "cells: expected as many as in the header"
    breaches = [f"{misfit}, {breach}" for breach in contents.broken["breach"]]
    broken = contents.broken.assign(reason=misfit, breaches=breaches)[
        ["row", "reason", "breaches"]
    ].astype({"row": str})
    refused = pd.concat([pd.concat([refused, cells], axis="columns"), broken], ignore_index=True)
    places = shapes[sound]
    if layer.geometry == "point":
        places[shapely.is_missing(places)] = shapely.Point()
    kept = gpd.GeoDataFrame(table[sound].reset_index(drop=True), geometry=places, crs=STORAGE_CRS)
    return Imported(kept, refused, contents.rows_in, tuple(dict.fromkeys(notes)))


def store_import(
    store: Store, how: Plan, contents: Contents, imported: Imported, refused_csv: bytes
) -> Version:
    """Make what was imported the current version of its layer's imports.

    Raises
    ------
    FileError
        If no row could be kept: then nothing is stored.
    """
    from layers._imported import source_of
    from layers._manifest import Manifest
    from layers._staging import Raw, commit, refused_by_reason, staged

    if imported.table.empty:
        msg = "No row can be kept, so nothing was stored; what was there before is as it was."
        raise FileError(msg)
    source = source_of(how.layer.id)
    raw_bytes = {part.name: part.read_bytes() for part in contents.parts}
    digest = hashlib.sha256(b"".join(raw_bytes.values())).hexdigest()
    draft = Manifest(
        source_id=source.id,
        rows_in=imported.rows_in,
        rows_kept=len(imported.table),
        refused=refused_by_reason(imported.refused),
        licence=source.licence,
        vintage=f"{datetime.now(UTC):%Y-%m-%d}",
        notes=(*how.notes, *imported.notes),
    )
    with staged(store, source.id, digest) as folder:
        raw = Raw(folder)
        for part in contents.parts:
            raw.save(part.name, raw_bytes[part.name], str(part.absolute()))
        files = {"refused.csv": refused_csv} if len(imported.refused) else {}
        return commit(store, folder, draft, {how.layer.id: imported.table}, files)
