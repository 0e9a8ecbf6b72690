"""What is wrong with the rows of a table, gathered until the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike


class Faults:
    """Every breach of every row; the first found is the reason that is counted.

    Attributes
    ----------
    rows
        How many rows the table has.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self._of: dict[int, list[tuple[str, str]]] = {}

    def add(
        self,
        wrong: ArrayLike,
        reason: str,
        found: Sequence[object] | Mapping[int, object] | None = None,
    ) -> None:
        """Note a reason against rows.

        Parameters
        ----------
        wrong
            Shape ``(n,)``, true for the rows that it concerns.
        reason
            What was expected; the same for all of them, so that it can be counted.
        found
            What stands there instead, by row; nothing where it is blank.
        """
        for row in map(int, np.flatnonzero(np.asarray(wrong, dtype=bool))):
            cell = None if found is None else found[row]
            shown = "" if str(cell) in {"None", "nan", ""} else f"found {str(cell)[:80]!r}"
            self._of.setdefault(row, []).append((reason, shown))

    def sound(self) -> np.ndarray:
        """Tell which rows have no fault, shape ``(n,)``."""
        sound = np.ones(self.rows, dtype=bool)
        sound[list(self._of)] = False
        return sound

    def table(self, seen: pd.Index) -> pd.DataFrame:
        """Give the faulty rows: `row` as a person counts, `reason`, and every breach in words.

        Parameters
        ----------
        seen
            The number by which a person finds each row.
        """
        rows = sorted(self._of)
        told = [
            "; ".join(f"{reason}, {shown}" if shown else reason for reason, shown in self._of[row])
            for row in rows
        ]
        return pd.DataFrame(
            {
                "row": [str(seen[row]) for row in rows],
                "reason": [self._of[row][0][0] for row in rows],
                "breaches": told,
            },
            index=seen[rows],
            dtype=object,
        )
