"""What the readers of ArcGIS layers share: cells to columns, and the last checks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from layers import _arcgis
from layers._fetch import DriftError, Parsed
from layers._placed import place_faults
from layers._printable import CONTROL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopandas import GeoDataFrame

    from layers._fetch import Table
    from layers._staging import Raw

_MOST_REFUSED = 0.1
"""Where more than this share of the rows cannot be used, the source has changed."""


_FEW_WORDS = 10
"""So many rows with words that are new may be all that there are in a small area."""


def texts(cells: pd.Series) -> pd.Series:
    """Give cells as text without control characters; missing stays missing.

    Raises
    ------
    DriftError
        If a good part of what is there is no text: the column has changed its type.
    """
    _hold_to_type(cells, ~cells.map(lambda cell: isinstance(cell, str)), "no text")
    return _written(cells)


def keys(cells: pd.Series) -> pd.Series:
    """Give ids as text, as `texts`; whole numbers are ids too, without a decimal point."""
    whole = cells.map(
        lambda cell: isinstance(cell, str | int) or (isinstance(cell, float) and cell == cell // 1)
    )
    _hold_to_type(cells, ~whole, "neither a text nor a whole number")
    return _written(cells)


def new_words(words: pd.Series, known: Iterable[str]) -> list[str]:
    """Name the words that are none of the known ones.

    Raises
    ------
    DriftError
        If most of the rows have such a word: what they are is then not known.
    """
    stated = words.dropna()
    strange = stated[~stated.isin(list(known))]
    new = sorted(set(strange))
    if len(strange) > max(len(stated) / 2, _FEW_WORDS):
        msg = (
            f"column {words.name}: {len(strange):,} of {len(stated):,} rows have words that are not"
            f" known, for instance {new[:3]}, expected {sorted(known)}. The source has changed."
        )
        raise DriftError(msg)
    return new


def _written(cells: pd.Series) -> pd.Series:
    plain = cells.map(
        lambda cell: f"{cell:.0f}" if isinstance(cell, float) and cell == cell // 1 else cell
    )
    told = plain.astype("string").str.replace(CONTROL, " ", regex=True)
    return told.astype(object).where(cells.notna(), None)


def numbers(cells: pd.Series) -> pd.Series:
    """Give cells as numbers, texts of numbers too; unknown, as HIFLD writes it, is NaN.

    Raises
    ------
    DriftError
        If most of what is there is no number: the column has changed its type.
    """
    values = pd.to_numeric(cells, errors="coerce").astype(float)
    _hold_to_type(cells, values.isna(), "no number")
    return values.where(values != -999_999)


def kilovolts(cells: pd.Series, notes: list[str]) -> pd.Series:
    """Give voltages, kV; the odd cell that is none, or 0, is not known, and named in `notes`.

    Raises
    ------
    DriftError
        As `numbers`.
    """
    values = numbers(cells)
    odd = cells.notna() & (pd.to_numeric(cells, errors="coerce").isna() | (values == 0))
    if odd.any():
        notes.append(
            f"column {cells.name}: {odd.sum():,} cells are no voltage, taken as not known, for"
            f" instance {cells[odd].tolist()[0]!r}"
        )
    return values.where(~odd)


def _hold_to_type(cells: pd.Series, wrong: pd.Series, what: str) -> None:
    lost = cells.notna() & wrong.astype(bool)
    if lost.sum() > _MOST_REFUSED * max(cells.notna().sum(), 1):
        example = cells[lost].tolist()[0]
        msg = (
            f"column {cells.name}: {lost.sum():,} of {cells.notna().sum():,} cells are {what}, for"
            f" instance {example!r}. The source has changed."
        )
        raise DriftError(msg)


def finished(
    raw: Raw, name: str, table: GeoDataFrame, promise: Table, notes: tuple[str, ...]
) -> Parsed:
    """Refuse the rows that cannot be used, each with its reason, and give the rest.

    Parameters
    ----------
    raw
        What the rows were read from.
    name, table
        The rows, in EPSG:4326; geometry missing where there is none that can be read.
    promise
        What they are held to.
    notes
        What a reader should know.

    Raises
    ------
    DriftError
        If more than a tenth of the rows cannot be used.
    """
    from layers._check import refusals

    wrong = refusals(table, promise.columns)
    reasons = pd.Series([None] * len(table), dtype=object)
    reasons.iloc[wrong["position"].to_list()] = wrong["reason"].to_list()
    misplaced = place_faults(table.geometry, str(promise.geometry))
    reasons = misplaced.where(misplaced.notna(), reasons)
    reasons[(table.geometry.isna() | table.geometry.is_empty).to_numpy()] = (
        "no place that can be read"
    )
    refused = reasons.notna().to_numpy()
    if refused.sum() > _MOST_REFUSED * max(len(table), 1):
        told = reasons[refused].value_counts().head(3).to_dict()
        msg = f"{refused.sum():,} of {len(table):,} rows cannot be used: {told}."
        raise DriftError(msg)
    key = table[promise.columns[0].name]
    kept = table[~refused].reset_index(drop=True)
    order = [column.name for column in promise.columns]
    return Parsed(
        tables={name: kept[[*order, "geometry"]]},
        rows_in=len(table),
        refused=pd.DataFrame({"row": key[refused].astype(str), "reason": reasons[refused]}),
        vintage=_arcgis.vintage(raw, datetime.now(UTC).date()),
        notes=notes,
    )
