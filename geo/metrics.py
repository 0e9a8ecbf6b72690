"""Measures every criterion at every site, and turns metrics into utilities."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.binding import binding_constraint
from geo.criteria import CRITERIA
from geo.firm_power import GAS_COLUMNS, firm_power
from geo.ground import GROUND_COLUMNS, ground
from geo.poi import find_pois
from geo.timeline import timeline

if TYPE_CHECKING:
    from geo.question import Question
    from layers import Layers


@dataclass(frozen=True, slots=True)
class Metrics:
    """Metrics with their ranges.

    Attributes
    ----------
    value, low, high
        Shape ``(n_sites, n_criteria)``: rows by site id, columns by criterion id, each in its
        criterion's unit; NaN where there is no estimate, or nothing bounds it on that side.
    findings
        What stands behind the metrics, by site: point of interconnection and its cost, years,
        binding constraint, gas plants, ground; the columns of `geo.poi`, `geo.timeline`,
        `geo.binding`, `geo.firm_power` and `geo.ground`.
    options
        The ways to connect each site, `geo.poi.Pois`.
    """

    value: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    findings: pd.DataFrame
    options: pd.DataFrame


def measure_sites(
    sites: pd.DataFrame, layers: Layers, question: Question, known: Metrics | None = None
) -> Metrics:
    """Measure every criterion at every site.

    Parameters
    ----------
    sites
        As `geo.sites` gives them.
    layers
        The layers by id; one that is absent leaves its criteria unknown.
    question
        Target and date.
    known
        Metrics of the same sites for another target: what does not depend on the target is
        taken from them.

    Returns
    -------
    metrics
        On the sites' index.
    """
    pois = find_pois(sites, layers, question)
    joined = pd.concat([sites, pois.table], axis="columns")
    joined = pd.concat([joined, timeline(joined, question)], axis="columns")
    gas = (
        known.findings[list(GAS_COLUMNS)]
        if known is not None
        else firm_power(sites, layers, question)
    )
    below = known.findings[list(GROUND_COLUMNS)] if known is not None else ground(sites, layers)
    joined = pd.concat([joined, binding_constraint(joined, question), gas, below], axis="columns")
    measured: dict[str, pd.DataFrame] = {}
    for one in CRITERIA:
        if known is not None and not one.depends_on_target:
            columns = {part: getattr(known, part)[one.id] for part in ("value", "low", "high")}
            measured[one.id] = pd.DataFrame(columns)
        else:
            measured[one.id] = one.measure(joined, layers, question)
    parts = {
        part: pd.DataFrame({key: table[part] for key, table in measured.items()}, index=sites.index)
        for part in ("value", "low", "high")
    }
    findings = joined.drop(columns=sites.columns)
    return Metrics(**parts, findings=findings, options=pois.options)


def together(one: Metrics, other: Metrics) -> Metrics:
    """Join the metrics of sites that were measured apart: no site's metrics rest on another's."""
    return Metrics(
        **{
            part.name: pd.concat(
                [getattr(one, part.name), getattr(other, part.name)],
                ignore_index=part.name == "options",
            )
            for part in fields(Metrics)
        }
    )


def utilities(metrics: Metrics) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give what each metric is proven to be worth, and what it might be worth.

    Returns
    -------
    proven
        The utility of the estimate, or of the unfavourable bound where only bounds are known,
        or NaN. A bound that is worth nothing while better is possible proves nothing: NaN.
    possible
        The utility of the favourable bound, or the best there is where nothing bounds it.
    """
    proven, possible = {}, {}
    for one in CRITERIA:
        value, low, high = (
            table[one.id].to_numpy(float) for table in (metrics.value, metrics.low, metrics.high)
        )
        worst, best = (low, high) if one.utility.rises else (high, low)
        top = max(utility for _, utility in one.utility.anchors)
        possible[one.id] = np.nan_to_num(one.utility(best), nan=top)
        sure = one.utility(np.where(np.isnan(value), worst, value))
        empty = np.isnan(value) & (sure == 0) & (possible[one.id] > 0)
        proven[one.id] = np.where(empty, np.nan, sure)
    index = metrics.value.index
    return pd.DataFrame(proven, index=index), pd.DataFrame(possible, index=index)


def taken(metrics: Metrics, by: str) -> pd.DataFrame:
    """Give the utilities that a ranking by ``score`` or by ``potential`` goes by; no NaN."""
    proven, possible = utilities(metrics)
    return proven.fillna(0.0) if by == "score" else possible
