"""Turns the cells of somebody else's table into the columns of a layer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from layers._aliases import SITE_WORDS, WORDS
from layers._mapping import plain
from layers._values import PUBLISHED_UNKNOWN, expected_number, is_unknown, parse_numbers, to_texts
from layers.sources import rewatt_curated

if TYPE_CHECKING:
    from layers._base import Column
    from layers._faults import Faults

_PLACEHOLDER = re.compile(r"(?:UNKNOWN|TAP|RISER|DEAD ?END)[ _-]?\d{3,}", re.IGNORECASE)
"""What HIFLD writes where a station has no name: a kind, and the id again."""
_HIGHEST_KV = 1200
"""No line has more kV (IEC 60038 ends there)."""
_VOLTS_SHARE = 0.9
"""A column of which so much lies above is in volts; below, the odd one is a slip (a judgement)."""
_LIST = r"\s*;\s*|(?<=\d)\s*/\s*(?=\d)"


def texts_of(cells: pd.Series, column: Column, layer: str, notes: list[str]) -> pd.Series:
    """Give a column of texts; None where nothing is known.

    A word that means one of the allowed ones becomes that one. Any other is blank where the
    column may be blank, with a note; elsewhere it stays, and is refused as a breach.
    """
    texts = to_texts(cells)
    silent = is_unknown(texts, ("",) if column.unique else PUBLISHED_UNKNOWN)
    texts = texts.mask(silent & ~texts.str.casefold().isin(column.allowed), "")
    if column.name == "state":
        texts = _state_codes(texts)
    if (layer, column.name) == ("substations", "name"):
        texts = texts.where(~texts.map(_PLACEHOLDER.fullmatch).astype(bool), "")
    if column.allowed:
        texts = _allowed(texts, column, layer, notes)
    return texts.astype(object).where(texts != "", None)


def _allowed(texts: pd.Series, column: Column, layer: str, notes: list[str]) -> pd.Series:
    meant = {plain(word): word for word in column.allowed}
    words = {**SITE_WORDS, **WORDS.get((layer, column.name), {})}
    meant = {word: ours for word, ours in words.items() if ours in (*column.allowed, "")} | meant
    # EIA writes a status as its code in brackets and the code's meaning behind it
    codes = texts.str.extract(r"^\(([A-Za-z]+)\)", expand=False)
    folded = texts.where(codes.isna(), codes).map(plain)
    known = folded.map(meant)
    lost = known.isna() & (texts != "")
    if column.nullable and lost.any():
        notes.append(
            f"{column.name}: left blank in {lost.sum():,} rows, since {_examples(texts[lost])} is"
            f" none of {list(column.allowed)}."
        )
        return known.fillna("")
    return known.where(known.notna(), texts)


def _examples(texts: pd.Series) -> str:
    words = [repr(one) for one in texts.value_counts().index[:3]]
    return ", ".join(words) + (" and the like" if texts.nunique() > 3 else "")


def _state_codes(texts: pd.Series) -> pd.Series:
    """Give two-letter codes for US states in words; anything else in capitals as it stands."""
    names = rewatt_curated.read_states()["name"]
    codes = {name.casefold(): code for code, name in names.items()}
    full = texts.str.casefold().map(codes)
    return full.where(full.notna(), texts.str.upper())


def numbers_of(  # noqa: PLR0913 - one column, how it is written, and who is told
    cells: pd.Series,
    column: Column,
    faults: Faults,
    notes: list[str],
    *,
    comma: bool,
    factor: float,
) -> pd.Series:
    """Give a column of numbers in its unit; NaN where nothing is known."""
    unit = column.name.rpartition("_")[2]
    if not pd.api.types.is_numeric_dtype(cells.dtype):
        cells = to_texts(cells).str.replace(rf"(?<=\d)\s*{unit}$", "", case=False, regex=True)
    numbers, wrong = parse_numbers(cells, comma=comma, words=PUBLISHED_UNKNOWN)
    expected = expected_number(comma=comma)
    faults.add(wrong, f"{column.name}: expected {expected}", list(cells))
    if column.name.endswith("_kv"):
        numbers, factor = _voltages(numbers, column, notes, factor)
    elif factor != 1:
        notes.append(f"{column.name}: multiplied by {factor:g}, by the unit in the heading.")
    return numbers * factor


def _voltages(
    numbers: pd.Series, column: Column, notes: list[str], factor: float
) -> tuple[pd.Series, float]:
    """Tell volts from kilovolts; no voltage is 0."""
    nothing = numbers == 0
    if nothing.any():
        notes.append(f"{column.name}: 0 in {nothing.sum():,} rows is taken as not known.")
        numbers = numbers.mask(nothing)
    if factor != 1:
        notes.append(f"{column.name}: multiplied by {factor:g}, by the unit in the heading.")
    elif _in_volts(numbers):
        notes.append(
            f"{column.name}: taken as volts and divided by 1,000, since most are above"
            f" {_HIGHEST_KV:,}."
        )
        factor = 1e-3
    return numbers, factor


def _in_volts(numbers: pd.Series) -> bool:
    known = numbers.dropna()
    return bool(len(known) and (known > _HIGHEST_KV).mean() >= _VOLTS_SHARE)


def voltage_lists(cells: pd.Series, *, comma: bool) -> tuple[pd.Series, pd.Series] | None:
    """Take the highest and the lowest of voltages in one cell, as OpenStreetMap writes them.

    Returns
    -------
    highest, lowest
        Texts. A word such as ``n/a`` in a list takes nothing away, but the lowest is then not
        known; nor is it where a cell has one voltage. None where no cell is a list.
    """
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return None
    texts = to_texts(cells)
    several = texts.str.contains(r"[^\s;/]\s*;|\d\s*/\s*\d", regex=True)
    if not several.any():
        return None
    parts = texts[several].str.split(_LIST, regex=True).explode()
    silent = is_unknown(parts, PUBLISHED_UNKNOWN)
    tidy = parts.str.replace(",", ".", regex=False) if comma else parts
    numbers = pd.to_numeric(tidy.mask(silent), errors="coerce").mask(lambda kv: kv == 0)
    # a list with anything else in it stays as it is, and is refused as no number
    foreign = (numbers.isna() & ~silent & (tidy != "0")).groupby(level=0).any()
    each = numbers.groupby(level=0)
    readable = foreign.index[~foreign]
    whole = numbers.notna().groupby(level=0).all() & (each.max() > each.min()) & ~foreign
    highest, lowest = texts.copy(), pd.Series("", index=texts.index, dtype=object)
    highest[readable] = _written(each.max()[readable], comma=comma)
    lowest[whole.index[whole]] = _written(each.min()[whole], comma=comma)
    return highest, lowest


def _written(numbers: pd.Series, *, comma: bool) -> pd.Series:
    texts = numbers.map(lambda number: "" if pd.isna(number) else f"{number:.12g}")
    return texts.str.replace(".", ",", regex=False) if comma else texts


def classes_of(cells: pd.Series, notes: list[str], factor: float) -> pd.Series:
    """Give HIFLD's class of each line, by its usual voltage, from the class's name or from kV."""
    from layers.sources.hifld_lines import CLASSES, class_of

    texts = to_texts(cells)
    words = texts.map(plain).map(WORDS["transmission_lines", "kv_class"])
    numbers, wrong = parse_numbers(words.where(words.notna(), texts), comma=False,
                                   words=PUBLISHED_UNKNOWN)  # fmt: skip
    if factor == 1 and _in_volts(numbers):
        factor = 1e-3
    kv = numbers * factor
    classes = kv.where(kv.isin(CLASSES.values()), class_of(kv))
    lost = (kv.notna() & classes.isna()) | wrong
    if lost.any():
        notes.append(
            f"kv_class: left blank in {lost.sum():,} rows, since {_examples(texts[lost])} is in"
            " none of HIFLD's classes."
        )
    return classes
