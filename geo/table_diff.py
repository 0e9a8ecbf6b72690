"""What changed in a table between two versions of it: rows by key, cells by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDED = "added"
REMOVED = "removed"
CHANGED = "changed"

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
        A cell that was not known is None; places are given as WKT to a metre, cut short.
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
    return plain.set_index(plain[key].astype(str)).drop(columns=key)


def _whole(keys: pd.Index, change: str) -> pd.DataFrame:
    cells = {"change": change, "key": keys, "column": None, "old": None, "new": None}
    return pd.DataFrame(cells, index=range(len(keys)), dtype=object)


def _cells(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Give one row per cell that differs, `old` and `new` on one index."""
    parts = [pd.DataFrame({"key": [], "column": [], "old": [], "new": []}, dtype=object)]
    for column in dict.fromkeys([*old.columns, *new.columns]):
        then, now = (
            _texts(table[column]) if column in table else np.full(len(table), None)
            for table in (old, new)
        )
        differs = then != now
        if column == "geometry" and column in old and column in new:
            differs = _elsewhere(old[column], new[column])
        parts.append(
            pd.DataFrame(
                {
                    "key": old.index[differs],
                    "column": column,
                    "old": then[differs],
                    "new": now[differs],
                },
                dtype=object,
            )
        )
    return pd.concat(parts).sort_values("key", kind="stable")


def _elsewhere(old: pd.Series, new: pd.Series) -> np.ndarray:
    """Tell which places differ in any coordinate."""
    then, now = (shapely.to_wkb(one.to_numpy(object)) for one in (old, new))
    return np.asarray(then != now, dtype=bool)


_MOST_WKT = 60


def _texts(cells: pd.Series) -> np.ndarray:
    """Give cells as texts that differ where the cells do, None where nothing is known."""
    if cells.name == "geometry":
        told = shapely.to_wkt(cells.to_numpy(object), rounding_precision=5)
        texts = [
            one if one is None or len(one) <= _MOST_WKT else f"{one[:_MOST_WKT]}..." for one in told
        ]
    elif pd.api.types.is_numeric_dtype(cells):
        texts = [f"{one:.12g}" for one in cells]
    else:
        texts = [str(one) for one in cells]
    found = np.array(texts, dtype=object)
    found[cells.isna().to_numpy()] = None
    return found
