"""Turns the cells of somebody else's table into texts and numbers, or says why it cannot."""

from __future__ import annotations

import numpy as np
import pandas as pd

from layers._printable import CONTROL

UNKNOWN_WORDS = ("", "na", "n/a", "nan", "null", "none", "unknown", "-", "?")
PUBLISHED_UNKNOWN = (*UNKNOWN_WORDS, "not available", "<na>", "nat", "-999999", "-999999.0")
"""How published tables write that nothing is known: HIFLD's words and sentinel, and pandas'."""
HIFLD_UNKNOWN = -999999
"""HIFLD writes an unknown voltage so; in any numeric column it is unknown, not a number."""

_COMMA, _POINT = r"^[+-]?\d+,\d+$", r"^[+-]?\d+\.\d+$"


def is_unknown(text: pd.Series, words: tuple[str, ...] = UNKNOWN_WORDS) -> pd.Series:
    """Tell which texts say that nothing is known."""
    return text.str.casefold().isin(words)


def decimal_commas(table: pd.DataFrame) -> bool:
    """Tell whether the coordinates are written with decimal commas, as then all numbers are.

    A comma in another column proves nothing: 1,400 may be fourteen hundred. Where some have a
    comma and some a point, what most have counts: a slip does not turn the others into slips.
    """
    places = [table[name].astype(str).str.strip() for name in ("lat", "lon") if name in table]
    commas, points = (
        sum(int(cells.str.match(sign).sum()) for cells in places) for sign in (_COMMA, _POINT)
    )
    return 0 < commas >= points


def to_texts(values: pd.Series) -> pd.Series:
    """Give cells as texts, without blanks around them or control characters in them.

    Returns
    -------
    texts
        Strings; ``""`` where the cell is blank. A whole number stands without a point: EIA's
        plant 55297 stays so where the format made it 55297.0.
    """
    if pd.api.types.is_float_dtype(values.dtype):
        whole = values.notna() & (values == values.round()) & np.isfinite(values)
        texts = values.astype(object)
        texts[whole] = values[whole].astype("int64").astype(object)
        values = texts
    texts = values.astype(object).where(values.notna(), "").map(str)
    return texts.str.replace(CONTROL, " ", regex=True).str.strip().astype(object)


def parse_numbers(
    values: pd.Series, *, comma: bool, words: tuple[str, ...] = UNKNOWN_WORDS
) -> tuple[pd.Series, np.ndarray]:
    """Parse a column of numbers.

    Parameters
    ----------
    values
        Texts or numbers as they stand in the file.
    comma
        Whether decimals are written with a comma throughout.
    words
        What says that nothing is known, in small letters.

    Returns
    -------
    numbers
        NaN where the cell is blank, says that it is unknown, or holds -999999.
    wrong
        Which cells are no finite number; NaN stands there too.
    """
    kind = pd.api.types
    if kind.is_numeric_dtype(values) and not kind.is_bool_dtype(values):
        numbers = values.astype(float)
        wrong = np.isinf(numbers.to_numpy(float))
    else:
        text = values.astype(object).where(values.notna(), "").map(lambda cell: str(cell).strip())
        unknown = is_unknown(text, words)
        tidy = text.str.replace(",", ".", regex=False) if comma else text
        numbers = pd.to_numeric(tidy.where(~unknown, None), errors="coerce").astype(float)
        dotted = text.str.contains(".", regex=False) if comma else False
        wrong = (~unknown & (numbers.isna() | np.isinf(numbers) | dotted)).to_numpy(bool)
    return numbers.where((numbers != HIFLD_UNKNOWN) & ~wrong), wrong


def expected_number(*, comma: bool) -> str:
    """Say what a cell should have held."""
    if comma:
        return "a finite number with a decimal comma, as elsewhere in the file"
    return "a finite number with a decimal point and no other sign (write 34.38, 1400)"
