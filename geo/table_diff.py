"""What changed in a table between two versions of it: rows by key, cells by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Flags = NDArray[np.bool_]

ADDED = "added"
REMOVED = "removed"
CHANGED = "changed"
_MOST_WKT = 60
_SAME_DEGREES = 1e-5
"""A place that moved by less, at most 1.1 m, was only rounded otherwise."""

CHANGE_COLUMNS = ("source", "table", "change", "key", "column", "old", "new")
"""One row per row that was added or removed (`column` None), and one per cell that changed."""


@dataclass(frozen=True, slots=True)
class TableChange:
    """What changed in one table.

    Attributes
    ----------
    source, table
        Which; the source is ``layer`` for a layer's own table.
    rows_before, rows_after
        Its rows; ``None`` where it was not there.
    added, removed, changed
        Rows by key: new, gone, and the same with another cell. `rows_before` + `added` -
        `removed` is `rows_after`.
    columns
        Of the changed rows, how many differ in each column.
    """

    source: str
    table: str
    rows_before: int | None
    rows_after: int | None
    added: int
    removed: int
    changed: int
    columns: Mapping[str, int]


def table_diff(
    source: str, name: str, key: str, before: pd.DataFrame | None, after: pd.DataFrame | None
) -> tuple[TableChange, pd.DataFrame]:
    """Compare two versions of a table.

    Parameters
    ----------
    source, name
        What the table is called in the answer.
    key
        The column that names a row; unique.
    before, after
        The table then and now; ``None`` where it was not there.

    Returns
    -------
    change
        Counts.
    changes
        Columns `CHANGE_COLUMNS`, texts: added, removed and changed rows in the order of the keys.
        A cell that was not known is None; places are given as WKT to a metre, cut short. `lat` and
        `lon` that differ by less than 1e-5 degree are the same; where a table has both, the points
        that say them again are left out.
    """
    old = _keyed(before, key)
    new = _keyed(after, key)
    added = new.index.difference(old.index).sort_values()
    removed = old.index.difference(new.index).sort_values()
    both = old.index.intersection(new.index).sort_values()
    cells = _cells(old.loc[both], new.loc[both])
    per_column = {} if cells.empty else cells["column"].value_counts(sort=False).to_dict()
    change = TableChange(
        source,
        name,
        None if before is None else len(before),
        None if after is None else len(after),
        len(added),
        len(removed),
        int(cells["key"].nunique()),
        {str(column): int(n) for column, n in per_column.items()},
    )
    parts = [_whole(added, ADDED), _whole(removed, REMOVED), cells.assign(change=CHANGED)]
    changes = pd.concat([part for part in parts if len(part)] or [_whole(added, ADDED)])
    changes = changes.assign(source=source, table=name)
    return change, changes[list(CHANGE_COLUMNS)].reset_index(drop=True)


def _keyed(table: pd.DataFrame | None, key: str) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame(index=pd.Index([], dtype=object, name=key))
    plain = pd.DataFrame(table)
    twice = ["geometry"] if {"lat", "lon", "geometry"} <= set(plain) else []
    return plain.set_index(plain[key].astype(str)).drop(columns=[key, *twice])


def _whole(keys: pd.Index, change: str) -> pd.DataFrame:
    cells = {"change": change, "key": keys, "column": None, "old": None, "new": None}
    return pd.DataFrame(cells, index=range(len(keys)), dtype=object)


def _cells(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Give one row per cell that differs, `old` and `new` on one index."""
    parts = [pd.DataFrame({"key": [], "column": [], "old": [], "new": []}, dtype=object)]
    for column in dict.fromkeys([*old.columns, *new.columns]):
        then, now = (
            table[column] if column in table else pd.Series(None, index=table.index, dtype=object)
            for table in (old, new)
        )
        differs = _differs(then, now)
        parts.append(
            pd.DataFrame(
                {
                    "key": old.index[differs],
                    "column": column,
                    "old": _texts(then[differs]),
                    "new": _texts(now[differs]),
                },
                dtype=object,
            )
        )
    return pd.concat(parts).sort_values("key", kind="stable")


def _differs(then: pd.Series, now: pd.Series) -> Flags:
    """Tell which cells are not the same; two that are not known are."""
    if then.name == now.name == "geometry":
        old, new = (shapely.to_wkb(one.to_numpy(object)) for one in (then, now))
        return np.asarray(old != new, dtype=bool)
    both_blank = then.isna().to_numpy() & now.isna().to_numpy()
    if then.name in {"lat", "lon"}:
        moved = np.abs(then.to_numpy(float) - now.to_numpy(float))
        return np.asarray(~(both_blank | (moved < _SAME_DEGREES)), dtype=bool)
    same = np.asarray(then.to_numpy(object) == now.to_numpy(object), dtype=bool)
    return ~(same | both_blank)


def _texts(cells: pd.Series) -> list[str | None]:
    """Give cells as texts, None where nothing is known."""
    if cells.name == "geometry":
        return [None if one is None else _short(one) for one in cells]
    return [None if pd.isna(cell) else _plain(cell) for cell in cells]


def _short(shape: BaseGeometry) -> str:
    told = str(shapely.to_wkt(shape, rounding_precision=5))
    return told if len(told) <= _MOST_WKT else f"{told[:_MOST_WKT]}..."


def _plain(cell: object) -> str:
    """Write a cell with as many digits as tell it from every other."""
    if isinstance(cell, float | np.floating):
        return str(np.format_float_positional(cell, trim="-"))
    return str(cell)
