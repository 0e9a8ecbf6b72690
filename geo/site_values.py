"""Turns the cells of somebody else's table into numbers, or says why it cannot."""

from __future__ import annotations

import numpy as np
import pandas as pd

UNKNOWN_WORDS = ("", "na", "n/a", "nan", "null", "none", "unknown", "-", "?")
HIFLD_UNKNOWN = -999999
"""HIFLD writes an unknown voltage so; in any numeric column it is unknown, not a number."""

_COMMA = r"^[+-]?\d+,\d+$"


def is_unknown(text: pd.Series) -> pd.Series:
    """Tell which texts say that nothing is known."""
    return text.str.casefold().isin(UNKNOWN_WORDS)


def decimal_commas(table: pd.DataFrame) -> bool:
    """Tell whether the coordinates are written with decimal commas, as then all numbers are.

    A comma in another column proves nothing: 1,400 may be fourteen hundred.
    """
    return any(
        table[name].astype(str).str.strip().str.match(_COMMA).any()
        for name in ("lat", "lon")
        if name in table
    )


def to_numbers(values: pd.Series, *, comma: bool) -> tuple[pd.Series, list[str]]:
    """Parse a column of numbers.

    Parameters
    ----------
    values
        Texts or numbers as they stand in the file, indexed by the rows that a person sees.
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
        unknown = is_unknown(text)
        tidy = text.str.replace(",", ".", regex=False) if comma else text
        numbers = pd.to_numeric(tidy.where(~unknown, None), errors="coerce").astype(float)
        dotted = text.str.contains(".", regex=False) if comma else False
        wrong = (~unknown & (numbers.isna() | np.isinf(numbers) | dotted)).to_numpy(bool)
    expected = (
        "a finite number with a decimal comma, as elsewhere in the file"
        if comma
        else "a finite number with a decimal point and no other sign (write 34.38, 1400)"
    )
    breaches = [
        f"row {values.index[row]}, {values.name}: found {str(values.iloc[row])!r}, expected"
        f" {expected}"
        for row in map(int, np.flatnonzero(wrong))
    ]
    return numbers.where((numbers != HIFLD_UNKNOWN) & ~wrong), breaches
