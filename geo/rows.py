"""Tables as plain rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


def rows_of(table: pd.DataFrame) -> list[Row]:
    """Give a table as rows of plain values, None where nothing is known."""
    plain = table.astype(object).where(table.notna(), None)
    return [
        {
            str(name): value.item() if isinstance(value, np.generic) else value
            for name, value in row.items()
        }
        for row in plain.to_dict("records")
    ]
