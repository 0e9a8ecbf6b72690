"""The ranked table, and what has to be said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.columns import COLUMNS
from geo.criteria import CRITERIA
from geo.parameters import cited
from geo.ranking import in_order
from layers import read_parameters

if TYPE_CHECKING:
    from collections.abc import Collection

    from pandas.api.extensions import ExtensionArray

    from geo.arrays import Array, Ints
    from geo.assess import Assessment
    from geo.robustness import Robustness

MOST_NAMED = 20
NO_LOCATION = "no public location"
TOP = 10
"""The k of the column `p_top10`."""
_RANGES = ("rank_low", "rank_high", "p_top10")


def ranked_table(
    assessment: Assessment,
    robust: Robustness | None = None,
    names: Collection[str] | None = None,
    settled: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Give everything about every site as one table.

    Parameters
    ----------
    assessment
        The sites, measured, scored and ranked.
    robust
        Where their ranks lie when weights, metrics and anchors vary, counted for the top ten;
        the columns are blank without it.
    names
        The columns to give; all by default.
    settled
        The whole table of these sites, or of more, for the same question under other weights:
        what no weight moves is taken from it.

    Returns
    -------
    table
        One row per site by rank, the unranked last; the columns of `geo.columns.COLUMNS`, texts
        None and numbers NaN where unknown; index 0..n-1.
    """
    asked = [one for one in COLUMNS if names is None or one.name in names]
    order = in_order(assessment.rank)
    place = assessment.sites.index.get_indexer(order)
    moving = _moving(assessment, robust)
    if settled is None:
        found = _settled(assessment, {one.name for one in asked}) | moving
        cells = {one.name: _cells(found.get(one.name), one.kind, place) for one in asked}
        return pd.DataFrame(cells)
    table = settled.take(pd.Index(settled["site_id"]).get_indexer(order))
    table = table.reset_index(drop=True)[[one.name for one in asked]]
    moved = [one for one in asked if one.name in moving]
    return table.assign(**{one.name: _cells(moving[one.name], one.kind, place) for one in moved})


def _moving(assessment: Assessment, robust: Robustness | None) -> dict[str, pd.Series]:
    """Gather the columns that weights move, by their names."""
    scores, index = assessment.scores, assessment.sites.index
    found = {
        f"contribution_{one}": pd.Series(column, copy=False)
        for one, column in zip(
            scores.contributions.columns, scores.contributions.to_numpy(float).T, strict=True
        )
    }
    ranges = pd.DataFrame(index=index, columns=list(_RANGES), dtype=float)
    if robust is not None:
        if robust.uncertainty.top != TOP:
            msg = f"The table shows the {TOP} best; found draws that count {robust.uncertainty.top}"
            raise ValueError(msg)
        ranges = robust.table().reindex(index).rename(columns={"p_top": "p_top10"})
    return {
        **found,
        **{name: ranges[name] for name in _RANGES},
        "rank": assessment.rank,
        "score": scores.score,
        "potential": scores.potential,
        "coverage": scores.coverage,
    }


def _settled(assessment: Assessment, names: Collection[str]) -> dict[str, pd.Series]:
    """Gather the columns that no weight moves, by their names, from where they stand."""
    sites, metrics, scores = assessment.sites, assessment.metrics, assessment.scores
    frames = [(str(column), sites, column) for column in sites.columns]
    frames += [(str(column), metrics.findings, column) for column in metrics.findings.columns]
    frames += [(f"gate_{gate}", judged, "verdict") for gate, judged in assessment.gates.items()]
    numbers = {
        "metric": metrics.value, "low": metrics.low, "high": metrics.high,
        "utility": scores.utilities,
    }  # fmt: skip
    return {
        **{name: frame[column] for name, frame, column in frames if name in names},
        **{
            f"{what}_{one}": pd.Series(column, copy=False)
            for what, frame in numbers.items()
            for one, column in zip(frame.columns, frame.to_numpy(float).T, strict=True)
            if f"{what}_{one}" in names
        },
        "unranked_reason": assessment.rank.isna().map({True: NO_LOCATION, False: None}),
        "site_id": sites.index.to_series(),
    }


def _cells(column: pd.Series | None, kind: str, place: Ints) -> ExtensionArray | Array | pd.Index:
    """Put a column into its order and into the type that the dictionary promises."""
    if column is None:
        column = pd.Series(None, index=range(int(place.max(initial=-1)) + 1), dtype=object)
    if kind == "integer":
        return column.astype("Int64").array[place]
    if kind == "number":
        if column.dtype != np.float64:
            column = pd.to_numeric(column)
        numbers = column.to_numpy(float, na_value=np.nan)[place]
        return np.where(np.isfinite(numbers), numbers, np.nan)
    texts = column.to_numpy(object)[place]
    texts[pd.isna(texts)] = None
    kept: pd.Index = pd.Index(texts, dtype=object)  # an array would become another kind of text
    return kept


def summary(assessment: Assessment, left_out: int = 0) -> list[str]:
    """Say how many sites there are, which have no rank and why, and what is not known."""
    sites, rank = assessment.sites, assessment.rank
    unranked = sites.index[rank.isna()].sort_values()
    lines = [
        f"{_sites(len(sites))} for {assessment.question.target_mw:g} MW, scenario"
        f" {assessment.scenario.name}, ranked by {assessment.by}: {rank.notna().sum()} ranked,"
        f" {len(unranked)} not ranked."
    ]
    if len(unranked):
        names = [f"{sites['name'][key]} ({key})" for key in unranked]
        lines.append(f"Not ranked, {NO_LOCATION}: {_few(names)}.")
    county = sites.index[sites["coord_precision"] == "county"].sort_values()
    if len(county):
        lines.append(
            f"Known to the county only, so their distances are unknown: {_few(list(county))}."
        )
    grid = assessment.metrics.findings["grid_data"]
    blind = sites.index[(grid != "complete") & sites["coord_precision"].isin(["site", "town"])]
    if assessment.question.target_mw <= cited("thermal_mw_69kv").value:
        lines.append(
            "For a target so small stations below 100 kV would do, and the table lacks"
            " them: grid distances and counts are bounds only."
        )
    elif len(blind):
        lines.append(
            "The substation table does not hold every station within"
            f" {cited('poi_search_radius_km').value:g} km of"
            f" {_sites(len(blind))}, and what it lacks is unknown, not absent:"
            f" {_few(list(blind.sort_values()))}."
            " `rewatt fetch hifld_substations hifld_lines` brings the nation's."
        )
    if left_out:
        lines.append(f"{left_out} further sites are left out by --top.")
    return lines


def _sites(count: int) -> str:
    return f"{count} site{'' if count == 1 else 's'}"


def _few(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def assumption_table() -> pd.DataFrame:
    """Give every published number and every anchor that the model uses, with its source."""
    rows = [
        (name, one.value, one.unit, one.meaning, one.source, one.locator)
        for name, one in read_parameters().items()
    ]
    for one in CRITERIA:
        for metric, utility in one.utility.anchors:
            meaning = f"{one.title}: {metric:g} {one.unit} is worth {utility:g}"
            rows.append(
                (f"anchor_{one.id}", metric, one.unit, meaning, one.reference, "geo/criteria")
            )
    return pd.DataFrame(rows, columns=["id", "value", "unit", "meaning", "source", "locator"])
