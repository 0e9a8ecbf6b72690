"""Tables as plain rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

Row = dict[str, Any]


def rows_of(table: pd.DataFrame) -> list[Row]:
    """Give a table as rows of plain values, None where nothing is known."""
    names = [str(name) for name in table.columns]
    if not names:
        return [{} for _ in range(len(table))]
    cells = zip(*(_plain(column) for _, column in table.items()), strict=True)
    return [dict(zip(names, row, strict=True)) for row in cells]


def _plain(column: pd.Series) -> list[Any]:
    if column.dtype == np.float64:
        return [None if math.isnan(one) else one for one in column.to_numpy().tolist()]
    cells = column.to_numpy(object)
    return [
        None if unknown else one.item() if isinstance(one, np.generic) else one
        for one, unknown in zip(cells, pd.isna(cells), strict=True)
    ]
