"""Weights by other ways, beside the scenario's: entropy and CRITIC of what the sites are worth.

Both say what tells these sites apart, not what matters to anyone, and they change with the sites.
Utilities are taken as they are: they lie between fixed anchors already, and a min-max over the
candidates would make a criterion on which all sites are alike look like one that divides them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.errors import AskedWronglyError
from geo.pairwise import doubts

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.pairwise import Judgements
    from geo.scenario import Scenario

WAYS = ("ahp", "entropy", "critic")
"""How weights may be found, in the order of the columns."""
_LEAST_KNOWN = 2
"""One site tells nothing apart."""
_LEAST_SHARED = 3
"""Two sites always correlate fully, one way or the other."""


@dataclass(frozen=True, slots=True)
class Weighting:
    """Weights side by side.

    Attributes
    ----------
    table
        By criterion id: `share` (the scenario's), `ahp`, `entropy`, `critic` (each adds up to 1;
        NaN where that way gives none) and `known_sites`, on which entropy and CRITIC rest.
    sites
        How many ranked sites there are.
    judgements
        What `ahp` comes from; None if nobody judged.
    """

    table: pd.DataFrame
    sites: int
    judgements: Judgements | None


def weigh(assessment: Assessment, judgements: Judgements | None = None) -> Weighting:
    """Set the scenario's shares beside the weights of entropy, CRITIC and judgements.

    Entropy and CRITIC see every criterion, also those without weight in the scenario, of the
    sites that have a rank; an unknown is left out of its criterion alone, never taken as 0,
    which would make a gap in the evidence look like a difference between sites.
    """
    worth = assessment.scores.utilities[assessment.rank.notna()]
    judged = pd.Series(np.nan, index=worth.columns)
    if judgements is not None:
        judged = judgements.weights.reindex(worth.columns, fill_value=0.0)
    table = pd.DataFrame(
        {
            "share": pd.Series(assessment.scenario.shares, dtype=float)[worth.columns],
            "ahp": judged,
            "entropy": entropy_weights(worth),
            "critic": critic_weights(worth),
            "known_sites": worth.notna().sum(),
        }
    )
    return Weighting(table, len(worth), judgements)


def entropy_weights(worth: pd.DataFrame) -> pd.Series:
    """Weigh criteria by how unevenly their worth is spread over the sites.

    Parameters
    ----------
    worth
        By site and criterion, 0 or more; NaN where unknown.

    Returns
    -------
    weights
        By criterion, adding up to 1; NaN where fewer than two sites are known, and everywhere if
        no criterion tells two sites apart.

    Notes
    -----
    The entropy method of C.-L. Hwang and K. Yoon, Multiple Attribute Decision Making, Springer,
    1981: one less the entropy over its most, log n of n sites; 0 log 0 is 0.
    """
    from scipy.special import entr

    diversity = {}
    for name, column in worth.items():
        known = column.dropna().to_numpy(float)
        if len(known) < _LEAST_KNOWN:
            diversity[name] = np.nan
        elif known.sum() > 0:
            most = np.log(len(known))
            diversity[name] = max(1 - entr(known / known.sum()).sum() / most, 0.0)
        else:
            diversity[name] = 0.0
    return _shares(pd.Series(diversity, index=worth.columns, dtype=float))


def critic_weights(worth: pd.DataFrame) -> pd.Series:
    """Weigh criteria by how much they vary and how little they go with the others.

    Parameters
    ----------
    worth
        By site and criterion, on one scale; NaN where unknown.

    Returns
    -------
    weights
        As of `entropy_weights`.

    Notes
    -----
    Standard deviation times the sum of 1 - r: D. Diakoulaki, G. Mavrotas and L. Papayannakis,
    Computers Ops Res. 22, 1995, 763-770. A correlation that cannot be told (a criterion
    that does not vary, fewer than three sites known on both) counts as none, r = 0.
    """
    enough = worth.columns[worth.notna().sum() >= _LEAST_KNOWN]
    used = worth[enough]
    together = used.corr(min_periods=_LEAST_SHARED).fillna(0.0)
    conflict = (1 - together).sum() - (1 - np.diag(together))
    return _shares((used.std(ddof=0) * conflict).reindex(worth.columns))


def _shares(amounts: pd.Series) -> pd.Series:
    sure = amounts.round(12)  # differences that floats cannot resolve are none
    return sure / sure.sum() if sure.sum() > 0 else pd.Series(np.nan, index=amounts.index)


def notes(weighting: Weighting) -> list[str]:
    """Say on what the weights rest, and what they are not."""
    table, lines = weighting.table, []
    if weighting.judgements is not None:
        lines.append(_on_judgements(weighting.judgements))
    lines.append(
        f"Entropy and CRITIC rest on the {weighting.sites} ranked sites and on what is known of"
        " them: they say what tells these sites apart, not what matters, and change with the"
        " sites. Nothing is rescaled; unknowns are left out of their criterion."
    )
    blind = table.index[table["known_sites"] < _LEAST_KNOWN]
    if len(blind):
        lines.append(
            f"Known at fewer than two sites, so without such a weight: {', '.join(blind)}."
        )
    lines += [
        f"No criterion tells two sites apart: there are no weights by {way}."
        for way in ("entropy", "critic")
        if table[way].isna().all()
    ]
    return lines


def _on_judgements(judged: Judgements) -> str:
    size = len(judged.weights)
    head = (
        f"AHP: {size} criteria compared, lambda_max {judged.lambda_max:.3f}, consistency index"
        f" {judged.consistency_index:.3f}, consistency ratio {judged.consistency_ratio:.3f}"
    )
    uncompared = "; criteria that are not compared weigh nothing"
    if size > 2 and judged.consistency_ratio > 1e-9:
        return f"{head}{uncompared}. Farthest from the weights: {doubts(judged)}."
    return f"{head}{uncompared}."


def scenario_text(
    weighting: Weighting, way: str, scenario: Scenario, target_mw: float, source: str
) -> str:
    """Write weights as a scenario file, with the gates of another scenario.

    Parameters
    ----------
    weighting, way
        The weights, one of `WAYS`.
    scenario
        Whose gates are kept.
    target_mw
        The target that the file asks about.
    source
        Where the judgements come from, or which sites were weighed.

    Raises
    ------
    AskedWronglyError
        If there are no weights by that way.
    """
    weights = weighting.table[way].dropna()
    if weights.empty:
        msg = f"There are no weights by {way}: no criterion tells two sites apart."
        raise AskedWronglyError(msg)
    lines = [
        f"title = {_quoted(f'Weights by {_NAMES[way]}')}",
        f"reason = {_quoted(_reason(weighting, way, scenario, target_mw, source))}",
        f"target_mw = {target_mw!r}",
        "",
        "[weights]",
        *(f"{name} = {float(weight)!r}" for name, weight in weights.items() if weight > 0),
        "",
        "[gates]",
    ]
    for gate, settings in scenario.gates.items():
        inside = ", ".join(f"{key} = {_value(value)}" for key, value in settings.items())
        lines.append(f"{gate} = {{ {inside} }}" if inside else f"{gate} = {{}}")
    return "\n".join(lines) + "\n"


_NAMES = {"ahp": "pairwise judgements (AHP)", "entropy": "entropy", "critic": "CRITIC"}
_SOURCES = {
    "entropy": "Entropy weights (Hwang and Yoon 1981)",
    "critic": "CRITIC weights (Diakoulaki, Mavrotas and Papayannakis 1995)",
}


def _reason(
    weighting: Weighting, way: str, scenario: Scenario, target_mw: float, source: str
) -> str:
    gates = f" The must-haves are those of the scenario {scenario.name}."
    if way == "ahp" and weighting.judgements is not None:
        return (
            "Weights by the analytic hierarchy process (Saaty 1980) from the judgements in"
            f" {source}: consistency ratio {weighting.judgements.consistency_ratio:.3f}. Criteria"
            f" that they do not compare weigh nothing.{gates}"
        )
    return (
        f"{_SOURCES[way]} of the worths of {weighting.sites} sites ({source}) for {target_mw:g} MW:"
        " they say what tells these sites apart, not what matters. Criteria that are known at"
        f" fewer than two sites, or tell none apart, weigh nothing.{gates}"
    )


def _quoted(text: str) -> str:
    # TOML takes JSON's escapes; of the control characters JSON leaves one as it is
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    return _quoted(value) if isinstance(value, str) else repr(value)
