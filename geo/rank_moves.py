"""Which ranks moved between two assessments of other data, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geo.rank_reasons import Reason, reasons_of
from geo.ranking import in_order, rounded

if TYPE_CHECKING:
    from geo.assess import Assessment
    from layers import Layers


@dataclass(frozen=True, slots=True)
class Move:
    """A site whose rank or score moved.

    Attributes
    ----------
    site_id, name
        Which.
    rank_before, rank_after
        ``None`` where it had, or has, no public location.
    score_before, score_after, coverage_before, coverage_after
        [0, 1]; coverage is the share of the weight that rests on evidence.
    reasons
        The criteria whose contribution changed, or that rest on evidence now and did not (or the
        other way), the largest change first; their deltas add up to the change of the score.
    passed_by, passed
        Ids of sites that are ahead now and were not, and that were ahead and are not, by their
        rank. The rank moved by the difference of their numbers.
    """

    site_id: str
    name: str
    rank_before: int | None
    rank_after: int | None
    score_before: float
    score_after: float
    coverage_before: float
    coverage_after: float
    reasons: tuple[Reason, ...]
    passed_by: tuple[str, ...]
    passed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankMoves:
    """What other data do to a ranking.

    Attributes
    ----------
    sites
        How many are in both rankings.
    moves
        Those whose rank moved, by their rank now, the unranked last.
    rescored
        Those that kept their rank and have another score, by their rank.
    coverage_before, coverage_after
        Means over the sites of both; NaN where there are none.
    entered, left
        Ids of sites that are in one of them only.
    """

    sites: int
    moves: tuple[Move, ...]
    rescored: tuple[Move, ...]
    coverage_before: float
    coverage_after: float
    entered: tuple[str, ...]
    left: tuple[str, ...]


def rank_moves(
    before: Assessment, after: Assessment, layers_before: Layers, layers_after: Layers
) -> RankMoves:
    """Compare two assessments, ranked by score, and say why ranks moved.

    Parameters
    ----------
    before, after
        Of the same scenario and question.
    layers_before, layers_after
        What they rest on.
    """
    both = after.sites.index.intersection(before.sites.index)
    scores = [rounded(one.scores.score[both].to_numpy(float)) for one in (before, after)]
    ranks = [one.rank[both] for one in (before, after)]
    moved = (ranks[0].fillna(0) != ranks[1].fillna(0)).to_numpy(bool)
    other = (scores[0] != scores[1]) & ~moved
    then, now = _standing(before), _standing(after)

    def told(site: str) -> Move:
        reasons = reasons_of(site, before, after, layers_before, layers_after)
        return _move(site, before, after, reasons, *_overtakings(site, then, now))

    coverage = [float(one.scores.coverage[both].mean()) for one in (before, after)]
    return RankMoves(
        len(both),
        tuple(told(site) for site in in_order(after.rank[both[moved]])),
        tuple(told(site) for site in in_order(after.rank[both[other]])),
        coverage[0],
        coverage[1],
        tuple(map(str, after.sites.index.difference(before.sites.index))),
        tuple(map(str, before.sites.index.difference(after.sites.index))),
    )


def _standing(assessment: Assessment) -> pd.Series:
    """Give the compared scores of the ranked sites, by rank."""
    order = in_order(assessment.rank[assessment.rank.notna()])
    score = assessment.scores.score[order]
    return pd.Series(rounded(score.to_numpy(float)), index=order)


def _overtakings(
    site: str, then: pd.Series, now: pd.Series
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give who is ahead now and was not, and who was ahead and is not."""
    if site not in then.index or site not in now.index:
        return (), ()  # a rank that appears or goes is not won or lost against anybody
    ahead = [list(one.index[one.to_numpy(float) > one[site]]) for one in (then, now)]
    before, after = map(set, ahead)
    return (
        tuple(one for one in ahead[1] if one not in before),
        tuple(one for one in ahead[0] if one not in after),
    )


def _move(  # noqa: PLR0913, PLR0917 - what a move is made of
    site: str,
    before: Assessment,
    after: Assessment,
    reasons: tuple[Reason, ...],
    passed_by: tuple[str, ...],
    passed: tuple[str, ...],
) -> Move:
    then, now = (
        None if pd.isna(one.rank[site]) else int(one.rank[site]) for one in (before, after)
    )
    return Move(
        site,
        str(after.sites.at[site, "name"] or site),
        then,
        now,
        float(before.scores.score[site]),
        float(after.scores.score[site]),
        float(before.scores.coverage[site]),
        float(after.scores.coverage[site]),
        reasons,
        passed_by,
        passed,
    )
