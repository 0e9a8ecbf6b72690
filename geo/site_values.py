"""Turns the cells of somebody else's table into numbers, or says why it cannot."""

from __future__ import annotations

import numpy as np
import pandas as pd

UNKNOWN_WORDS = (
    "NA",
    "N/A",
    "n/a",
    "nan",
    "NaN",
    "null",
    "NULL",
    "None",
    "none",
    "unknown",
    "-",
    "?",
)
HIFLD_UNKNOWN = -999999
"""HIFLD writes an unknown voltage so; in any numeric column it is unknown, not a number."""

_COMMA = r"^[+-]?\d+,\d+$"


def decimal_commas(table: pd.DataFrame) -> bool:
    """Tell whether a table separated by semicolons writes its decimals with commas."""
    return any(table[name].str.strip().str.match(_COMMA).any() for name in table)


def to_numbers(values: pd.Series, *, comma: bool) -> tuple[pd.Series, list[str]]:
    """Parse a column of numbers.

    Parameters
    ----------
    values
        Texts or numbers as they stand in the file.
    comma
        Whether decimals are written with a comma throughout.

    Returns
    -------
    numbers
        NaN where the cell is blank, says that it is unknown, or holds -999999.
    breaches
        One sentence per cell that is no finite number.
    """
    if values.dtype != object and pd.api.types.is_numeric_dtype(values):
        numbers = values.astype(float)
        wrong = np.isinf(numbers.to_numpy(float))
    else:
        text = values.astype(object).where(values.notna(), "").map(lambda cell: str(cell).strip())
        blank = text.isin(["", *UNKNOWN_WORDS])
        tidy = text.str.replace(",", ".", regex=False) if comma else text
        numbers = pd.to_numeric(tidy.where(~blank, None), errors="coerce").astype(float)
        dotted = text.str.contains(".", regex=False) if comma else False
        wrong = (~blank & (numbers.isna() | np.isinf(numbers) | dotted)).to_numpy(bool)
    expected = _expected(comma)
    breaches = [
        f"row {row + 2}, {values.name}: found {str(values.iloc[row])!r}, expected {expected}"
        for row in np.flatnonzero(wrong)
    ]
    return numbers.where(numbers != HIFLD_UNKNOWN), breaches


def _expected(comma: bool) -> str:  # noqa: FBT001
    return (
        "a finite number with a decimal comma, as elsewhere in the file"
        if comma
        else "a finite number with a decimal point and no other sign (write 34.38, 1400)"
    )
