"""The value of information: what to find out first, since it might change the ranking.

One thing is found out at one site and all the rest stays as the ranking takes it: how likely
does the top k change, and by how many ranks does the site move? (What is not known now costs a
decision only where knowing it would change the decision: R. Howard, Information Value Theory,
IEEE Transactions on Systems Science and Cybernetics 2, 1966.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.criteria import CRITERIA
from geo.metrics import taken
from geo.ranking import rounded
from geo.utility_draws import HANG_ON_MEGAWATTS, MEGAWATTS, anchors_of, spread_of, worth_at

if TYPE_CHECKING:
    from geo.arrays import Floats
    from geo.assess import Assessment
    from geo.utility_draws import Spread

_STEPS = 1000
"""Quantiles at which what might be found out is tried: evenly spaced, so no seed is needed."""

ASKS = {
    MEGAWATTS: "energised MW: ask the operator or the utility; EIA and ISO load lists",
    "energised_capacity": "energised MW: ask the operator or the utility",
    "expansion_capacity": "contracted and announced MW: the grid agreement, company filings",
    "firm_capability": "headroom at the point of interconnection: a power-flow study",
    "poi_distance": "which station can carry the target, and the site's exact point: one-line"
    " diagrams, the utility",
    "alternative_pois": "circuits of the stations around: one-line diagrams, the utility",
    "interconnection_cost": "cost of the connection: a system impact study",
    "time_to_target": "date of the connection and of the conversion: the utility's schedule",
    "gas_generation": "plants beyond the embedded table: EIA-860M",
    "gas_pipeline_distance": "gas transmission pipelines: `rewatt fetch eia_pipelines`",
    "supply_firmness": "how the site is supplied: ask the operator",
    "campus_proximity": "exact points of the site and of the campuses around",
    "campus_competition": "MW still to come at the campuses around: filings, utilities",
    "network_latency": "where the fibre runs: the operators of the routes, a measured round trip",
    "land": "acres under control: deeds, company filings",
    "slope": "slope of the ground: `rewatt fetch terrain`",
}
"""What to ask for, and where, by field."""


@dataclass(frozen=True, slots=True)
class _Field:
    """One thing to find out at one site: the criteria that it settles, by their columns."""

    name: str
    columns: tuple[int, ...]


def places(assessment: Assessment, top: int) -> int:
    """Give the k of the top k that leaves at least one ranked site out."""
    return max(min(top, int(assessment.rank.notna().sum()) - 1), 1)


def value_of_information(assessment: Assessment, top: int = 10) -> pd.DataFrame:
    """Say what is worth finding out, the most valuable first.

    Parameters
    ----------
    assessment
        Its ranked sites; what goes by score starts from what is proven, what goes by potential
        from what is possible.
    top
        The k of the top k; with no more sites than that, one less than there are.

    Returns
    -------
    information
        One row per site and field that is unknown or a range, and that the scenario weighs:
        `site_id`, `name`, `rank`, `field`, `criteria`, `known` (``nothing``, ``bounds`` or
        ``range``), `ask`, `p_changes_top` (probability that the site enters or leaves the
        top k), `ranks_mean` (mean of the ranks moved, up or down), `rank_best`, `rank_worst`
        (where it might end up), `could_gain`, `could_lose` (score). A metric is drawn as
        `geo.utility_draws.spread_of` says. Sorted by `p_changes_top`, `ranks_mean`, rank and id.
    """
    sites = assessment.rank.index[assessment.rank.notna()]
    part = assessment.only(sites)
    top = places(assessment, top)
    worth = taken(part.metrics, part.by).to_numpy()
    shares = np.array([part.scenario.shares[one.id] for one in CRITERIA])
    spreads = [spread_of(one, part.metrics) for one in CRITERIA]
    total = part.scores.score if part.by == "score" else part.scores.potential
    scores = total.to_numpy(float)
    ranks = part.rank.to_numpy(int)
    rows = []
    for at, site in enumerate(sites):
        energised = bool(np.isnan(part.sites["energised_mw"].to_numpy(float)[at]))
        for one in _fields(spreads, shares, at, energised_unknown=energised):
            moves = _moves(one, spreads, at)
            now = shares[list(one.columns)] @ worth[at, list(one.columns)]
            found = scores[at] - now + shares[list(one.columns)] @ moves
            rows.append(
                {
                    "site_id": site,
                    "name": part.sites["name"].iloc[at],
                    "rank": ranks[at],
                    "field": one.name,
                    "criteria": ", ".join(CRITERIA[column].id for column in one.columns),
                    "known": _known([spreads[column] for column in one.columns], at),
                    "ask": ASKS[one.name],
                    **_effect(found, scores, at, top),
                }
            )
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = ["p_changes_top", "ranks_mean", "rank", "site_id", "field"]
    rising = [False, False, True, True, True]
    return table.sort_values(order, ascending=rising, kind="stable", ignore_index=True)


COLUMNS = (
    "site_id", "name", "rank", "field", "criteria", "known", "ask", "p_changes_top", "ranks_mean",
    "rank_best", "rank_worst", "could_gain", "could_lose",
)  # fmt: skip


def _fields(
    spreads: list[Spread], shares: Floats, at: int, *, energised_unknown: bool
) -> list[_Field]:
    """Name what may be found out at a site; the megawatts settle several criteria at once."""
    open_ = [
        column for column, spread in enumerate(spreads) if spread.drawn[at] and shares[column] > 0
    ]
    together: list[int] = []
    if energised_unknown:
        together = [one for one in open_ if CRITERIA[one].id in HANG_ON_MEGAWATTS]
    fields = [_Field(CRITERIA[one].id, (one,)) for one in open_ if one not in together]
    return [_Field(MEGAWATTS, tuple(together)), *fields] if together else fields


def _moves(field: _Field, spreads: list[Spread], at: int) -> Floats:
    """Give the utilities of a field's criteria, shape ``(criteria, steps)``.

    Where a field settles several they are good or bad together: many megawatts are worth more,
    need a shorter tie and come sooner.
    """
    good = (np.arange(_STEPS) + 0.5) / _STEPS
    worth = []
    for column in field.columns:
        spread = spreads[column].only(np.array([at]))
        q = good if spread.criterion.utility.rises else 1 - good
        worth.append(worth_at(spread, q[None], anchors_of(spread.criterion))[0])
    return np.array(worth)


def _effect(found: Floats, scores: Floats, at: int, top: int) -> dict[str, float]:
    """Compare a site's rank after finding out with its rank before; nobody else moves."""
    others = np.sort(rounded(np.delete(scores, at)))
    before = len(others) - np.searchsorted(others, rounded(scores[at]), side="right") + 1
    after = len(others) - np.searchsorted(others, rounded(found), side="right") + 1
    return {
        "p_changes_top": float(np.mean((after <= top) != (before <= top))),
        "ranks_mean": float(np.mean(np.abs(after - before))),
        "rank_best": int(after.min()),
        "rank_worst": int(after.max()),
        "could_gain": float(max(found.max() - scores[at], 0.0)),
        "could_lose": float(max(scores[at] - found.min(), 0.0)),
    }


def _known(spreads: list[Spread], at: int) -> str:
    """Say how much is known now, of that which is known least."""
    if any(spread.unknown[at] for spread in spreads):
        return "nothing"
    return "bounds" if any(spread.bounds_only[at] for spread in spreads) else "range"
