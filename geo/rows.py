"""Tables as plain rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

Row = dict[str, Any]


def rows_of(table: pd.DataFrame) -> list[Row]:
    """Give a table as rows of plain values, None where nothing is known."""
    names = [str(name) for name in table.columns]
    if not names:
        return [{} for _ in range(len(table))]
    columns: dict[int, list[Any]] = {}
    kinds = list(table.dtypes)
    for kind in (np.float64, object):  # all of a kind at once: wide tables of few rows take long
        places = [place for place, one in enumerate(kinds) if one == kind]
        cells = table.iloc[:, places].to_numpy(kind)
        columns |= dict(zip(places, _plain(cells), strict=True))
    for place in set(range(len(names))) - set(columns):
        columns[place] = _plain(table.iloc[:, [place]].to_numpy(object))[0]
    rows = zip(*(columns[place] for place in range(len(names))), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _plain(cells: NDArray[Any]) -> list[list[Any]]:
    """Give cells column by column."""
    known = cells.astype(object)
    known[pd.isna(cells)] = None
    return [
        [one.item() if isinstance(one, np.generic) else one for one in column]
        for column in known.T.tolist()
    ]
