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
    from geopandas import GeoDataFrame

    from layers._fetch import Table
    from layers._staging import Raw

_MOST_REFUSED = 0.1
"""Where more than this share of the rows cannot be used, the source has changed."""


def texts(cells: pd.Series) -> pd.Series:
    """Give cells as text without control characters; missing stays missing.

    Whole numbers stand without a decimal point.
    """
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
    lost = cells.notna() & values.isna()
    if lost.sum() > _MOST_REFUSED * max(cells.notna().sum(), 1):
        example = cells[lost].iloc[0]
        msg = (
            f"column {cells.name}: {lost.sum():,} of {cells.notna().sum():,} cells are no number,"
            f" for instance {example!r}. The source has changed."
        )
        raise DriftError(msg)
    return values.where(values != -999_999)


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
