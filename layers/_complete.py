"""What a file leaves out and a layer promises: keys, places as columns, honest defaults."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers._aliases import DEFAULTS
from layers._shapes import only

if TYPE_CHECKING:
    from layers._base import Column, Layer
    from layers._shapes import Shapes

DERIVED = ("source", "as_of", "name", "country", "coord_precision", "origin")
"""Columns that follow from elsewhere where a file lacks them."""


def not_there(layer: Layer, have: set[str]) -> str:
    """Name the columns that a file says nothing of and nothing stands in for; empty where none."""
    given = {*have, *DEFAULTS, *DERIVED, "lat", "lon", layer.columns[0].name}
    lacking = [column.name for column in layer.columns if column.name not in given]
    return f"Not in the file, so not known of any row: {', '.join(lacking)}." if lacking else ""


def completed(  # noqa: PLR0913, PLR0917 - a table, what it was made of, and who is told
    table: pd.DataFrame,
    cells: pd.DataFrame,
    shapes: Shapes,
    layer: Layer,
    name: str,
    notes: list[str],
) -> pd.DataFrame:
    """Add the columns that are not there, keys and defaults.

    Parameters
    ----------
    table
        The columns that were parsed.
    cells
        All the file's cells, as they stand.
    shapes
        Shape ``(n,)``; None where there is no place.
    layer
        Whose columns are promised.
    name
        The file's, which stands for the source of rows that name none.
    notes
        Gets what was filled in, in words.

    Returns
    -------
    table
        Every column of the layer, in its order.
    """
    there = ~shapely.is_missing(shapes)
    for column in layer.columns:
        if column.name not in table:
            blank = None if column.kind == "text" else np.nan
            table[column.name] = pd.Series(
                blank, index=table.index, dtype=object if column.kind == "text" else float
            )
    if any(column.name == "lat" for column in layer.columns):
        points = only(shapes, there)
        table["lat"], table["lon"] = shapely.get_y(points), shapely.get_x(points)
    table = table[[column.name for column in layer.columns]]
    key = layer.columns[0]
    table[key.name] = _keys(table, cells, shapes, key, notes)
    month = f"{datetime.now(UTC):%Y-%m}"
    defaults = {**DEFAULTS, "source": name, "as_of": month}
    everywhere = np.ones(len(table), dtype=bool)
    for column in layer.columns[1:]:
        values = table[column.name]
        if column.name == "coord_precision":
            table[column.name] = _filled(values, column, "site", there, notes)
        elif column.name == "country":
            table[column.name] = _countries(table, shapes)
        elif not column.nullable and column.name in {*defaults, "name"}:
            default = defaults.get(column.name, table[key.name].to_numpy())
            table[column.name] = _filled(values, column, default, everywhere, notes)
    return table


def _keys(
    table: pd.DataFrame, cells: pd.DataFrame, shapes: Shapes, key: Column, notes: list[str]
) -> pd.Series:
    """Make a key from the content of a row that has none: the same row has the same key.

    All of its cells count, those too that are not used: units of one plant differ in them alone.
    """
    keys = table[key.name]
    blank = keys.isna().to_numpy()
    if not blank.any():
        return keys
    places = shapely.to_wkb(shapes[blank])
    rows = ["|".join(map(str, row)) for row in cells[blank].itertuples(index=False)]
    made = [
        "row-" + hashlib.sha256(text.encode() + (place or b"")).hexdigest()[:12]
        for text, place in zip(rows, places, strict=True)
    ]
    notes.append(f"{key.name}: made from the content in {blank.sum():,} rows that have none.")
    return keys.where(~blank, pd.Series(dict(zip(table.index[blank], made, strict=True))))


def _countries(table: pd.DataFrame, shapes: Shapes) -> pd.Series:
    """Fill in the country of points inside the US outlines, and of Canadian provinces."""
    from layers.sources.rewatt_curated import read_states

    inside = np.zeros(len(table), dtype=bool)
    tree = shapely.STRtree(read_states().geometry.to_numpy())
    inside[tree.query(only(shapes, ~shapely.is_missing(shapes)), "intersects")[0]] = True
    us = inside | table["state"].isin(read_states().index).to_numpy()
    return table["country"].mask(table["country"].isna() & us, "US")


def _filled(
    values: pd.Series, column: Column, default: object, where: np.ndarray, notes: list[str]
) -> pd.Series:
    """Fill the blanks of a column that may not be blank, and say so."""
    blank = values.isna().to_numpy() & where
    if not blank.any():
        return values
    same = isinstance(default, str)
    shown = repr(default) if same else "the key"
    notes.append(f"{column.name}: {shown} in {blank.sum():,} rows, since the file says nothing.")
    filler = default if same else pd.Series(default, index=values.index)
    return values.astype(object).mask(blank, filler)
