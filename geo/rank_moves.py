"""Which ranks moved between two assessments of other data, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.criteria import CRITERIA
from geo.ranking import in_order, rounded

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.criteria import Criterion
    from geo.rows import Row
    from layers import Layers, LoadedLayer

_NOTHING = 1e-12
"""What sums of floats cannot resolve."""

_FOUND: dict[str, tuple[tuple[str, str, str], ...]] = {
    "substations": (
        ("poi_id", "POI", ""),
        ("poi_kv", "voltage of the POI", "kV"),
        ("poi_kv_evidence", "evidence for that voltage", ""),
        ("poi_circuits", "circuits at the POI", ""),
        ("poi_distance_km", "distance to the POI", "km"),
        ("carrier_id", "cheapest option for the target", ""),
        ("carrier_kv", "its voltage", "kV"),
        ("carrier_distance_km", "its distance", "km"),
        ("grid_data", "stations known around it", ""),
    ),
    "transmission_lines": (("line_data", "lines known around it", ""),),
    "gas_plants": (
        ("gas_room_name", "nearest gas plant with room", ""),
        ("gas_data", "gas plants known around it", ""),
    ),
}
"""By layer: what was found there, in words and with its unit."""
_NAMES = {"poi_id": "poi_name", "carrier_id": "carrier_name"}

Answer = tuple[float, float, float]
"""A metric: the estimate, NaN where there is none; what bounds it below and above, NaN where
nothing does, infinity where nothing was found within reach."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion that was answered otherwise.

    Attributes
    ----------
    criterion, title, unit
        Which.
    before, after
        Its metric, in `unit`.
    delta
        What its contribution to the score changed by.
    because
        What in the data changed it, as far as that can be said.
    """

    criterion: str
    title: str
    unit: str
    before: Answer
    after: Answer
    delta: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A site whose rank moved.

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
        How many kept their rank and have another score.
    coverage_before, coverage_after
        Means over the sites of both; NaN where there are none.
    entered, left
        Ids of sites that are in one of them only.
    """

    sites: int
    moves: tuple[Move, ...]
    rescored: int
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
    then, now = _standing(before), _standing(after)
    moves = []
    for site in in_order(after.rank[both[moved]]):
        passed_by, passed = _overtakings(site, then, now)
        reasons = _reasons(site, before, after, layers_before, layers_after)
        moves.append(_move(site, before, after, reasons, passed_by, passed))
    coverage = [float(one.scores.coverage[both].mean()) for one in (before, after)]
    return RankMoves(
        len(both),
        tuple(moves),
        int(((scores[0] != scores[1]) & ~moved).sum()),
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


def _reasons(
    site: str, before: Assessment, after: Assessment, then: Layers, now: Layers
) -> tuple[Reason, ...]:
    own = _differences(_row(before.sites, site), _row(after.sites, site))
    then_added, now_added = (_row(one.scores.contributions, site) for one in (before, after))
    added = {name: float(now_added[name] - then_added[name]) for name in now_added}
    known = [_row(one.scores.utilities.notna(), site) for one in (before, after)]
    found = [
        Reason(
            one.id,
            one.title,
            one.unit,
            _answer(before, site, one.id),
            _answer(after, site, one.id),
            added[one.id],
            (*own, *_because(one, site, before, after, then, now)),
        )
        for one in CRITERIA
        if abs(added[one.id]) > _NOTHING or known[0][one.id] != known[1][one.id]
    ]
    return tuple(sorted(found, key=lambda reason: -abs(reason.delta)))


def _row(table: pd.DataFrame, site: str) -> Row:
    return {str(name): cell for name, cell in table.loc[site].items()}


def _answer(assessment: Assessment, site: str, criterion: str) -> Answer:
    metrics = assessment.metrics
    value, low, high = (
        float(_row(table, site)[criterion]) for table in (metrics.value, metrics.low, metrics.high)
    )
    return value, low, high


def _because(  # noqa: PLR0913, PLR0917 - a site and a criterion, then and now
    criterion: Criterion,
    site: str,
    before: Assessment,
    after: Assessment,
    then: Layers,
    now: Layers,
) -> list[str]:
    """Say what the layers of a criterion hold that is new, as far as the site is concerned."""
    found = []
    rows = [_row(one.metrics.findings, site) for one in (before, after)]
    place = _row(after.sites, site)
    for layer in criterion.layers:
        found += _layer_change(layer, then.get(layer), now.get(layer))
        found += _coverage_change(layer, place, then.get(layer), now.get(layer))
        for column, words, unit in _FOUND.get(layer, ()):
            was, is_ = (_text(row, column, unit) for row in rows)
            if was != is_:
                found.append(f"{words} {was} -> {is_}")
    return found


def _text(row: Row, column: str, unit: str) -> str:
    value = row.get(_NAMES.get(column, column))
    value = row.get(column) if value is None or pd.isna(value) else value
    if value is None or pd.isna(value):
        return "unknown" if unit or not column.endswith("_id") else "none"
    return f"{value if isinstance(value, str) else shown(float(value))} {unit}".rstrip()


def shown(value: float) -> str:
    """Write a number for people, to three digits where it is below a hundred."""
    return f"{value:,.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}"


def _differences(before: Row, after: Row) -> list[str]:
    """Name what the site's own row says otherwise."""
    found = []
    for column in before:
        was, is_ = (_text(row, column, "") for row in (before, after))
        if was != is_:
            found.append(f"the site's {column.replace('_', ' ')} {was} -> {is_}")
    return found


def _layer_change(layer: str, then: LoadedLayer | None, now: LoadedLayer | None) -> list[str]:
    origins = [() if one is None else one.provenance for one in (then, now)]
    if origins[0] == origins[1]:
        return []
    was, is_ = (
        " + ".join(f"{one.source.id} of {one.vintage}" for one in part) or "absent"
        for part in origins
    )
    name = layer.replace("_", " ")
    return [f"{name}: {was} -> {is_}" if was != is_ else f"{name}: another version of {is_}"]


def _coverage_change(
    layer: str, site: Row, then: LoadedLayer | None, now: LoadedLayer | None
) -> list[str]:
    """Say whether the site lies where the layer is complete, if that is new."""
    if np.isnan(float(site["lat"])) or np.isnan(float(site["lon"])):
        return []
    was, is_ = (
        one is not None
        and one.coverage is not None
        and bool(np.all(shapely.contains_xy(one.coverage, site["lon"], site["lat"])))
        for one in (then, now)
    )
    if was == is_:
        return []
    inside = "inside" if is_ else "no longer inside"
    return [f"{inside} the area where {layer.replace('_', ' ')} are complete"]
