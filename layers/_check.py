"""Checks a table against its declared columns, its geometry and the stated states."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import shapely
from pyproj import Geod

from layers._base import STORAGE_CRS, Column, Layer, LayerError
from layers.sources import rewatt_curated

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from geopandas import GeoDataFrame

MAX_SHOWN = 20
OUTLINE_TOLERANCE_KM = 2.0
"""How far outside its state a point may lie: the outlines are drawn to 0.001 degree and cut
corners at rivers, and a point of the best precision is itself only good to 2 km."""
TOWN_TOLERANCE_KM = 8.0
"""The same for a point that is only good to the town."""

INCLUDED_IN = (
    ("energised_mw", "contracted_mw"),
    ("power_mw_current", "power_mw_planned"),
    ("min_kv", "max_kv"),
)
"""Pairs of columns of which the second includes, or is never below, the first."""

_DTYPES = {"text": str, "number": float, "integer": float}


def column_schema(column: Column) -> pa.Column:
    """Translate a declared column into pandera's terms."""
    checks: list[pa.Check] = []
    if column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum))
    if column.maximum is not None:
        checks.append(pa.Check.le(column.maximum))
    if column.kind != "text":
        checks.append(pa.Check(np.isfinite, error="finite"))
    if column.kind == "integer":
        checks.append(pa.Check(lambda values: values == values.round(), error="a whole number"))
    if column.allowed:
        checks.append(pa.Check.isin(column.allowed))
    return pa.Column(
        _DTYPES[column.kind],
        checks=checks,
        nullable=column.nullable,
        unique=column.unique,
        required=column.required,
        coerce=True,
    )


def breaches(
    table: pd.DataFrame,
    columns: tuple[Column, ...],
    *,
    strict: bool,
    rows: Sequence[int] | None = None,
) -> list[str]:
    """List every breach of the declared columns, in the order of the rows.

    Parameters
    ----------
    table
        The rows to check; the geometry column, if any, is left out.
    columns
        What is declared.
    strict
        Whether a column that nobody declared is a breach.
    rows
        The row numbers that a person sees; from 2, below a header, by default.

    Returns
    -------
    breaches
        One sentence each: row, column, what was found, what was expected.
    """
    schema = pa.DataFrameSchema({column.name: column_schema(column) for column in columns})
    plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore")).reset_index(drop=True)
    found = []
    if strict and (extra := sorted(set(map(str, plain)) - {column.name for column in columns})):
        found.append(f"columns nobody declared: {extra}")
    try:
        schema.validate(plain, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        seen = pd.Series(range(2, len(plain) + 2) if rows is None else rows, dtype=float)
        cases = cases.assign(row=pd.to_numeric(cases["index"]).map(seen))
        cases = cases.sort_values(["row", "column"], kind="stable", na_position="first")
        found.extend(_sentence(case, columns) for case in cases.to_dict("records"))
    return list(dict.fromkeys(found))


def refusals(table: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """Name the rows of a table that break the declared columns.

    Parameters
    ----------
    table
        The rows; columns that nobody declared are passed over.
    columns
        What is declared.

    Returns
    -------
    refused
        Columns `position` (of the row in the table, from 0), `reason` (without the row, so that
        equal reasons can be counted) and `found`; one row per refused row, its first breach.
        Of rows that share a key the first is kept.
    """
    checked = tuple(replace(column, unique=False) for column in columns)
    schema = pa.DataFrameSchema({column.name: column_schema(column) for column in checked})
    plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore")).reset_index(drop=True)
    parts = []
    try:
        schema.validate(plain, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        whole = cases[cases["index"].isna()].assign(row=np.nan)
        if len(whole):
            msg = "; ".join(_sentence(case, columns) for case in whole.to_dict("records"))
            raise LayerError(msg) from error
        by_name = {column.name: column for column in columns}
        reasons = [
            f"{name}: expected {_expected(str(check), by_name.get(str(name)))}"
            for name, check in zip(cases["column"], cases["check"], strict=True)
        ]
        parts.append(
            pd.DataFrame(
                {
                    "position": cases["index"].astype(int).to_numpy(),
                    "reason": reasons,
                    "found": cases["failure_case"].astype(str).to_numpy(),
                }
            )
        )
    for column in columns:
        if column.unique and column.name in plain:
            again = np.flatnonzero(plain[column.name].notna() & plain[column.name].duplicated())
            parts.append(
                pd.DataFrame(
                    {
                        "position": again,
                        "reason": f"{column.name}: expected a value that occurs once",
                        "found": plain[column.name].iloc[again].astype(str).to_numpy(),
                    }
                )
            )
    found = pd.concat([pd.DataFrame({"position": [], "reason": [], "found": []}), *parts])
    found = found.astype({"position": int}).sort_values("position", kind="stable")
    return found.drop_duplicates("position").reset_index(drop=True)


def _sentence(case: Mapping[Hashable, Any], columns: tuple[Column, ...]) -> str:
    check = str(case["check"])
    if check == "column_in_dataframe":
        return f"column missing: {case['failure_case']!r}"
    column = next((one for one in columns if one.name == case["column"]), None)
    where = f"row {case['row']:.0f}, " if pd.notna(case["row"]) else ""
    expected = _expected(check, column)
    found = case["failure_case"]
    shown = "a blank" if pd.api.types.is_scalar(found) and pd.isna(found) else repr(found)
    return f"{where}{case['column']}: found {shown}, expected {expected}"


def _expected(check: str, column: Column | None) -> str:
    """Say what a cell should have held."""
    if column is None:
        return check
    plain = {"not_nullable": "a value", "field_uniqueness": "a value that occurs once"}
    low, high = column.minimum, column.maximum
    bounds = [
        f"{low:g} or more" if low is not None else "",
        f"{high:g} or less" if high is not None else "",
    ]
    if check in plain:
        return plain[check]
    if check.startswith(("dtype", "coerce")):
        return f"a {column.kind}"
    if column.allowed:
        return f"one of {list(column.allowed)}"
    if check.startswith(("greater_than", "less_than")):
        return " and ".join(filter(None, bounds))
    return f"{check} number" if check == "finite" else check


def out_of_order(table: pd.DataFrame, rows: Sequence[int] | None = None) -> list[str]:
    """Name the rows where a figure that includes another is smaller than it."""
    found = []
    seen = range(2, len(table) + 2) if rows is None else rows
    for part, whole in INCLUDED_IN:
        if not {part, whole} <= set(table.columns):
            continue
        smaller, larger = table[part].to_numpy(float), table[whole].to_numpy(float)
        found += [
            f"row {seen[row]}: found {part} {smaller[row]:g} above {whole} {larger[row]:g},"
            f" expected at most that, since {whole} includes {part}"
            for row in map(int, np.flatnonzero(smaller > larger))
        ]
    return found


def outside_state(table: pd.DataFrame) -> list[str]:
    """Name the rows whose point lies outside the state they state, beyond the tolerance.

    Rows without a point, without a state, or with a state that has no outline (Canadian
    provinces) cannot be checked and are passed over.
    """
    found = []
    for position, km, tolerance in outside_rows(table):
        row = table.iloc[position]
        found.append(
            f"{row.iloc[0]}: the point {row['lat']:.5f}, {row['lon']:.5f} lies {km:.0f} km outside"
            f" {row['state']}, expected at most {tolerance:g} km: correct the point or the state"
        )
    return found


def outside_rows(table: pd.DataFrame) -> list[tuple[int, float, float]]:
    """Give the rows whose point lies outside the state they state, beyond the tolerance.

    Returns
    -------
    rows
        For each its position in the table, how far outside it lies, and how far it may, km; by
        state, then in the order of the table.
    """
    outlines = rewatt_curated.read_states().geometry
    found = []
    geod = Geod(ellps="WGS84")
    places = table.reset_index(drop=True)
    located = places[places["lat"].notna() & places["lon"].notna()]
    for state, rows in located.groupby("state"):
        if state not in outlines.index:
            continue
        outline = outlines[str(state)]
        lon, lat = rows["lon"].to_numpy(float), rows["lat"].to_numpy(float)
        for i in map(int, np.flatnonzero(~shapely.contains_xy(outline, lon, lat))):
            near = shapely.shortest_line(outline, shapely.Point(lon[i], lat[i]))
            (x, y), _ = shapely.get_coordinates(near)
            km = geod.inv(lon[i], lat[i], x, y)[2] / 1000
            town = rows.iloc[i].get("coord_precision") == "town"
            tolerance = TOWN_TOLERANCE_KM if town else OUTLINE_TOLERANCE_KM
            if km > tolerance:
                found.append((int(rows.index[i]), km, tolerance))
    return found


def check_table(table: GeoDataFrame, layer: Layer) -> None:
    """Refuse a table that breaks its layer's promise.

    Raises
    ------
    LayerError
        With every breach: CRS, geometry type, columns, types, ranges, enumerations, unique
        keys, and points outside the stated state.
    """
    found = []
    if table.crs != STORAGE_CRS:  # compared by pyproj: a Parquet file spells it out
        found.append(f"CRS is {table.crs}, expected {STORAGE_CRS}: call `to_crs` in `build`")
    kinds = set(table.geometry[~table.geometry.is_empty].geom_type)
    allowed = {
        "point": {"Point"},
        "line": {"LineString", "MultiLineString"},
        "area": {"Polygon", "MultiPolygon"},
    }[layer.geometry]
    if not kinds <= allowed:
        found.append(f"geometry is {sorted(kinds)}, expected {sorted(allowed)}")
    found.extend(breaches(table, layer.columns, strict=True))
    if {"lat", "coord_precision"} <= set(table.columns):
        vague = table.index[table["lat"].notna() & table["coord_precision"].isna()]
        found += [f"row {row + 2}: a point without coord_precision" for row in vague]
    if not found:
        found.extend(out_of_order(table))
    if not found and {"lat", "lon", "state"} <= set(table.columns):
        found.extend(outside_state(table))
    if found:
        shown = "\n  ".join(found[:MAX_SHOWN])
        more = f"\n  and {len(found) - MAX_SHOWN} more" if len(found) > MAX_SHOWN else ""
        msg = f"Layer {layer.id!r} breaks its promise:\n  {shown}{more}"
        raise LayerError(msg)
