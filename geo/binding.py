"""The one thing that limits a site's megawatts by date, and what relieving it would bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.capability import THERMAL_CLASSES_KV, thermal_mw
from geo.durations import transformer_years, waits
from geo.options import NEW_STATION
from geo.parameters import cited
from geo.precision import POINT_PRECISIONS
from geo.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.question import Question
    from geo.rows import Row

BINDING_COLUMNS = ("binding_constraint", "binding_reason", "binding_relief")


@dataclass(frozen=True, slots=True)
class _Case:
    """One constraint: when it binds, why in words, and what relieving it would bring."""

    code: str
    binds: Callable[[Row, float], bool]
    reason: Callable[[Row, float, str], str]
    relief: Callable[[Row, float, str], str]


CODES = {
    "conversion": "the MW are energised; fitting them out for AI takes its time",
    "queue": "study, line and station: queue to operation",
    "transformer": "the lead time of a large power transformer",
    "no_announced_growth": "no agreement or announcement is published for what the target lacks",
    "circuits": "too few circuits at the point of interconnection",
    "voltage": "no voltage within reach whose circuits carry the target",
    "distance": "no station within reach",
    "unknown": "what the tables do not hold",
}
"""Every code, and what it stands for."""


def binding_constraint(sites: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Name what limits MW by date at each site: the first of the cases that holds.

    Parameters
    ----------
    sites
        Index `site_id`; the sites with the columns of `geo.poi.find_pois` and
        `geo.timeline.timeline`.
    question
        Target and date.

    Returns
    -------
    constraints
        `binding_constraint` (one of `CODES`), `binding_reason` and `binding_relief` in words.
    """
    found = []
    for row in rows_of(sites):
        case = next(one for one in _CASES if one.binds(row, question.target_mw))
        asked = (row, question.target_mw, question.as_of)
        code = case.code
        if code == "queue" and not _queue_binds(row, question.as_of):
            code = "transformer"
        found.append((code, case.reason(*asked), case.relief(*asked)))
    return pd.DataFrame(found, columns=list(BINDING_COLUMNS), index=sites.index, dtype=object)


def _mw(value: float) -> str:
    return f"{value:,.0f} MW" if value >= 1 else f"{value:g} MW"


def _station(row: Row, prefix: str) -> str:
    if row[f"{prefix}_id"] is None:
        return "the station"
    return f"{row[f'{prefix}_name'] or 'station ' + row[f'{prefix}_id']}"


def _later(row: Row) -> str:
    return f"{row['growth_years_p50']:.1f} years (P90 {row['growth_years_p90']:.1f})"


def _energised(row: Row) -> float:
    return float(row["energised_mw"] or 0.0)


def _in_doubt(row: Row) -> bool:
    """Tell whether what is here might carry the target, and nothing surely can."""
    return row["carrier_can"] == "might" and not row["proven_pois_40km"]


def _lacking(row: Row, target: float) -> float:
    """Give the MW to the target that neither an agreement nor an announcement covers."""
    return target - _energised(row) - float(row["growth_mw"])


def _says_nothing(row: Row) -> bool:
    """Tell whether a user's own site came without a word about its plans."""
    plans = (row["energised_mw"], row["contracted_mw"], row["announced_mw"])
    return bool(row["brought"]) and not any(one for one in plans)


def _queue_binds(row: Row, as_of: str) -> bool:
    one = waits(as_of, row["iso"])
    return one.without_queue <= one.without_transformer


def _grid_reason(row: Row, target: float, as_of: str) -> str:
    waiting = _mw(target - _energised(row))
    if _queue_binds(row, as_of):
        return f"{waiting} wait for study, line and station: {_later(row)} from request to power"
    return f"{waiting} wait for a transformer: {transformer_years():.1f} years to deliver one"


def _grid_relief(row: Row, target: float, as_of: str) -> str:
    one = waits(as_of, row["iso"])
    if _queue_binds(row, as_of):
        what, left, then = "queue", one.without_queue, "the transformer"
    else:
        what, left, then = "transformer", one.without_transformer, "the queue"
    sooner = one.growth[1] - left
    return (
        f"without the {what} the {_mw(target)} come {sooner:.1f} years sooner, after {left:.1f},"
        f" when {then} binds"
    )


def _with_a_station(row: Row, target: float, as_of: str) -> str:
    del as_of
    return f"with a station that carries {_mw(target)} they come in {_later(row)}"


def _needed_kv(target: float) -> str:
    classes = np.array(THERMAL_CLASSES_KV, dtype=float)
    enough = classes[thermal_mw(classes)[0] >= target]
    return f"{enough[0]:g} kV" if len(enough) else f"several circuits of {classes[-1]:g} kV"


def _lacking_circuits(row: Row, target: float) -> int | None:
    """Give how many more circuits at the strongest station would carry the target."""
    each, has = row["strongest_circuit_mw"], row["strongest_mw"]
    if each is None or has is None:
        return None
    return int(np.ceil((target - has) / each))


def _no_single_point(row: Row) -> bool:
    return row["carrier_can"] is None or bool(row["split_parts"])


def _few_more_would_do(row: Row, target: float) -> bool:
    more = _lacking_circuits(row, target)
    return more is not None and more <= cited("most_added_circuits").value


def _more_circuits(row: Row, target: float, as_of: str) -> str:
    del as_of
    more = _lacking_circuits(row, target)
    if more is None:
        return f"a station whose lines are known to carry {_mw(target)}"
    circuits = f"{more} more circuit{'' if more == 1 else 's'} of {row['strongest_kv']:g} kV"
    each = _mw(row["strongest_circuit_mw"])
    return f"{circuits} at {_station(row, 'strongest')} could carry it, {each} each"


def _together(row: Row) -> str:
    together = f"the strongest here together might carry {_mw(row['all_pois_mw'])}"
    parts = row["split_parts"]
    return f"split over {parts:.0f} points; {together}" if parts else together


def _circuits_reason(row: Row, target: float, as_of: str) -> str:
    del as_of
    return (
        f"{_station(row, 'strongest')}, {row['strongest_kv']:g} kV with"
        f" {row['strongest_circuits']:.0f} circuits, is the strongest within reach with"
        f" {_mw(row['strongest_mw'])} of {_mw(target)}; {_together(row)}"
    )


def _voltage_reason(row: Row, target: float, as_of: str) -> str:
    del as_of
    return (
        f"one circuit of the highest voltage within reach carries {_mw(row['highest_circuit_mw'])}"
        f" of {_mw(target)}; {_together(row)}"
    )


def _carrier_in_doubt(row: Row, target: float, as_of: str) -> str:
    del target, as_of
    if row["carrier_kind"] == NEW_STATION:
        return "what the line that passes carries is known only by its class"
    circuits = row["carrier_circuits"]
    drawn = "no circuits on record" if circuits is None else f"{circuits:.0f} drawn"
    return (
        f"{_station(row, 'carrier')} might carry it: {row['carrier_kv']:g} kV, circuits: {drawn},"
        f" so at least {_mw(row['carrier_firm_mw_low'] or 0.0)}"
    )


_CASES = (
    _Case(
        "conversion",
        lambda row, target: row["energised_mw"] is not None and row["energised_mw"] >= target,
        lambda row, _target, _as_of: (
            f"{_mw(row['energised_mw'])} are energised: from contract to first delivery takes"
            f" {row['conversion_years_p50']:.1f} years (P90 {row['conversion_years_p90']:.1f})"
        ),
        lambda row, _target, _as_of: (
            f"a building that is ready brings {_mw(row['energised_mw'])} up to"
            f" {row['conversion_years_p50']:.1f} years sooner"
        ),
    ),
    _Case(
        "unknown",
        lambda row, _target: row["energised_mw"] is None,
        lambda _row, _target, _as_of: "how many MW are energised here is not known",
        lambda row, target, _as_of: (
            f"if they reach {_mw(target)}, they are ready in {row['conversion_years_p50']:.1f}"
            f" years; MW on top take {_later(row)}"
        ),
    ),
    _Case(
        "queue",
        lambda row, target: (row["energised_mw"] + row["agreed_mw"]) >= target,
        _grid_reason,
        _grid_relief,
    ),
    _Case(
        "unknown",
        lambda row, _target: row["grid_data"] == "none" and row["carrier_can"] is None,
        lambda row, _target, _as_of: (
            "the tables hold no stations for this place"
            if row["coord_precision"] in POINT_PRECISIONS and row["lat"] is not None
            else "its place is not known well enough to tell which stations are near"
        ),
        _with_a_station,
    ),
    _Case(
        "unknown",
        lambda row, _target: row["carrier_can"] is None and row["grid_data"] != "complete",
        lambda _row, target, _as_of: (
            f"no station in the tables carries {_mw(target)} here, and the tables are not complete"
        ),
        _with_a_station,
    ),
    _Case(
        "distance",
        lambda row, _target: row["carrier_can"] is None and not row["stations_40km"],
        lambda _row, _target, _as_of: (
            f"no station of 100 kV or more stands within {cited('poi_search_radius_km').value:g} km"
        ),
        lambda row, target, _as_of: (
            f"a line from farther off brings {_mw(target)} in {_later(row)}"
        ),
    ),
    _Case(
        "circuits",
        lambda row, target: _no_single_point(row) and _few_more_would_do(row, target),
        _circuits_reason,
        _more_circuits,
    ),
    _Case(
        "voltage",
        lambda row, _target: _no_single_point(row),
        _voltage_reason,
        lambda row, target, _as_of: (
            f"a line of {_needed_kv(target)} from farther off brings {_mw(target)} in {_later(row)}"
        ),
    ),
    _Case(
        "circuits",
        lambda row, _target: _in_doubt(row) and row["carrier_circuits"] == 1,
        lambda row, target, _as_of: (
            f"one circuit of {row['carrier_kv']:g} kV is drawn at {_station(row, 'carrier')}: with"
            f" it out nothing is left for {_mw(target)}, unless it is a double circuit"
        ),
        lambda row, target, _as_of: (
            f"a second circuit there, built or proven, brings {_mw(target)} in {_later(row)}"
        ),
    ),
    _Case(
        "unknown",
        lambda row, _target: _in_doubt(row),
        _carrier_in_doubt,
        lambda row, target, _as_of: (
            f"if its lines prove to carry it, {_mw(target)} come in {_later(row)}"
        ),
    ),
    _Case(
        "no_announced_growth",
        lambda row, target: _lacking(row, target) > 0 and not _says_nothing(row),
        lambda row, target, _as_of: (
            f"{_mw(_lacking(row, target))} of {_mw(target)} are neither energised nor, as far as"
            " is published, contracted or announced"
        ),
        lambda row, target, _as_of: (
            f"a request for {_mw(_lacking(row, target))} now brings {_mw(target)} in {_later(row)}"
        ),
    ),
    _Case("queue", lambda _row, _target: True, _grid_reason, _grid_relief),
)
"""In this order: the first that holds binds."""
