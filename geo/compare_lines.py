"""What is known of each of some sites, line by line: who is best in it, and who is worst."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.columns import COLUMNS
from geo.criteria import CRITERIA
from geo.gates import GATES
from geo.metrics import utilities
from geo.rank_reasons import shown
from geo.report import ranked_table
from geo.rows import Row, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.assess import Assessment

NOT_KNOWN = "not known"
RESULT, BINDING, CONNECTION = "result", "binding", "connection"
CRITERION, GATE = "criterion", "gate"

_HIGH, _LOW = 1, -1
_MILLION = 1e6
_MEANING = {one.name: one for one in COLUMNS}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is known of every site.

    Attributes
    ----------
    id, title, unit, group
        What: a column of the ranked table, or the id of a criterion or gate.
    meaning
        What it is and where it comes from.
    texts
        By site, for people.
    numbers
        By site: what is compared; NaN where unknown, or where none is better than another.
    best, worst
        Sites; none where all are alike, or fewer than two are known.
    spread
        How far the contributions to the score are apart; 0 for what is no criterion.
    """

    id: str
    title: str
    unit: str
    group: str
    meaning: str
    texts: dict[str, str]
    numbers: dict[str, float]
    best: frozenset[str]
    worst: frozenset[str]
    spread: float


def lines_of(assessment: Assessment, sites: Sequence[str]) -> tuple[Line, ...]:
    """Lay sites side by side.

    Parameters
    ----------
    assessment
        One that holds them; ranks are those among all its sites.
    sites
        Their ids.

    Returns
    -------
    lines
        Results, what binds, connection, criteria and gates, in this order.
    """
    table = ranked_table(assessment)
    rows = {row["site_id"]: row for row in rows_of(table[table["site_id"].isin(list(sites))])}
    chosen = {site: rows[site] for site in sites}
    target_kw = 1000 * assessment.question.target_mw
    return (
        *(_fact(RESULT, *one, chosen) for one in _RESULTS),
        *(_fact(BINDING, *one, chosen) for one in _BINDINGS),
        *(_fact(CONNECTION, *one, chosen) for one in _connections(target_kw)),
        *(_criterion(assessment, chosen, place) for place in range(len(CRITERIA))),
        *_gates(assessment, list(sites)),
    )


_Fact = tuple[str, str, str, int, "Callable[[Row], float | None] | None", "Callable[[Row], str]"]


def _plain(name: str, digits: int | None = None) -> Callable[[Row], str]:
    return lambda row: _written(row[name], digits)


def _written(value: float | str | None, digits: int | None = None) -> str:
    if value is None:
        return NOT_KNOWN
    if isinstance(value, str):
        return value.replace("_", " ")
    if digits is None:
        return f"{value:,.0f}" if value == round(value) else shown(value)
    return f"{value:,.{digits}f}"


def _span(low: str, high: str, times: float = 1.0) -> Callable[[Row], str]:
    def text(row: Row) -> str:
        ends = [None if row[name] is None else row[name] * times for name in (low, high)]
        first, last = map(_written, ends)
        return first if first == last else f"{first} to {last}"

    return text


def _as_is(name: str) -> Callable[[Row], str]:
    return lambda row: NOT_KNOWN if row[name] is None else str(row[name])


def _of(name: str) -> Callable[[Row], float | None]:
    return lambda row: row[name]


def _rank(row: Row) -> str:
    return f"none: {row['unranked_reason']}" if row["rank"] is None else f"{row['rank']}"


_RESULTS: tuple[_Fact, ...] = (
    ("rank", "Rank", "", _LOW, _of("rank"), _rank),
    ("score", "Score, proven", "0 to 1", _HIGH, _of("score"), _plain("score", 3)),
    ("potential", "Potential", "0 to 1", _HIGH, _of("potential"), _plain("potential", 3)),
    ("coverage", "Coverage", "0 to 1", _HIGH, _of("coverage"), _plain("coverage", 2)),
    ("status", "Status", "", _HIGH, None, _plain("status")),
    ("energised_mw", "Energised", "MW", _HIGH, _of("energised_mw"), _plain("energised_mw")),
    ("contracted_mw", "Contracted", "MW", _HIGH, _of("contracted_mw"), _plain("contracted_mw")),
    ("announced_mw", "Announced", "MW", _HIGH, _of("announced_mw"), _plain("announced_mw")),
    (
        "uncommitted_mw", "Free of AI contracts", "MW", _HIGH, _of("uncommitted_mw"),
        _plain("uncommitted_mw"),
    ),
    (
        "time_to_target_years_p50", "Years to the target, P50 to P90", "years", _LOW,
        _of("time_to_target_years_p50"),
        _span("time_to_target_years_p50", "time_to_target_years_p90"),
    ),
    ("mw_in_2_years", "MW in 2 years", "MW", _HIGH, _of("mw_in_2_years"), _plain("mw_in_2_years")),
    ("mw_in_5_years", "MW in 5 years", "MW", _HIGH, _of("mw_in_5_years"), _plain("mw_in_5_years")),
)  # fmt: skip
_BINDINGS: tuple[_Fact, ...] = (
    ("binding_constraint", "Binds", "", _HIGH, None, _plain("binding_constraint")),
    ("binding_reason", "Why it binds", "", _HIGH, None, _as_is("binding_reason")),
    ("binding_relief", "Relief", "", _HIGH, None, _as_is("binding_relief")),
)  # fmt: skip


def _connections(target_kw: float) -> tuple[_Fact, ...]:
    usd = ("interconnection_usd_low", "interconnection_usd_high")
    mid = _of("interconnection_usd_mid")
    return (
        ("poi_name", "POI", "", _HIGH, None, _poi),
        ("interconnection_kv", "Own connection", "kV", _HIGH, None, _plain("interconnection_kv")),
        ("poi_kv", "Voltage of the POI", "kV", _HIGH, None, _plain("poi_kv")),
        (
            "poi_distance_km", "Distance to the POI", "km", _LOW, _of("poi_distance_km"),
            _plain("poi_distance_km"),
        ),
        (
            "firm_mw_low", "Firm MW, at least to at most", "MW", _HIGH, _of("firm_mw_low"),
            _span("firm_mw_low", "firm_mw_high"),
        ),
        (
            "interconnection_usd_mid", "Cost to connect, low to high", "M$", _LOW, mid,
            _span(*usd, times=1 / _MILLION),
        ),
        (
            "interconnection_usd_mid_per_kw", "The same per kW of the target", "$/kW", _LOW, mid,
            _span(*usd, times=1 / target_kw),
        ),
        ("grid_data", "Stations known around it", "", _HIGH, None, _plain("grid_data")),
    )  # fmt: skip


def _poi(row: Row) -> str:
    if row["poi_id"] is None:
        return "none found" if row["grid_data"] != "none" else NOT_KNOWN
    return str(row["poi_name"] or f"unnamed {row['poi_id']}")


def _fact(  # noqa: PLR0913, PLR0917 - the parts of a row of the tables above
    group: str,
    name: str,
    title: str,
    unit: str,
    better: int,
    value: Callable[[Row], float | None] | None,
    text: Callable[[Row], str],
    rows: dict[str, Row],
) -> Line:
    known = {site: None if value is None else value(row) for site, row in rows.items()}
    values = {site: np.nan if one is None else float(one) for site, one in known.items()}
    texts = {site: text(row) for site, row in rows.items()}
    column = _MEANING.get(name) or _MEANING[name.removesuffix("_per_kw")]
    best, worst = _ends(values, texts, better)
    return Line(name, title, unit, group, column.meaning, texts, values, best, worst, 0.0)


def _ends(
    values: dict[str, float], texts: dict[str, str], better: int
) -> tuple[frozenset[str], frozenset[str]]:
    """Give who is best and who is worst, as far as people can see a difference."""
    known = {site: better * value for site, value in values.items() if not np.isnan(value)}
    if len({texts[site] for site in known}) < 2 or len(set(known.values())) < 2:
        return frozenset(), frozenset()
    top, bottom = max(known.values()), min(known.values())
    return (
        frozenset(site for site, value in known.items() if value == top),
        frozenset(site for site, value in known.items() if value == bottom),
    )


def _criterion(assessment: Assessment, rows: dict[str, Row], place: int) -> Line:
    one = CRITERIA[place]
    possible = utilities(assessment.metrics)[1][one.id]
    share = assessment.scenario.shares[one.id]
    texts, values = {}, {}
    for site, row in rows.items():
        adds = row[f"contribution_{one.id}"]
        open_ = share * float(possible[site]) - adds
        worth = row[f"utility_{one.id}"]
        values[site] = np.nan if worth is None else float(worth)
        said = [_metric(row, one.id, one.unit)]
        said += [] if worth is None else [f"worth {worth:.2f}", f"adds {adds:.3f}"]
        said += [f"could add {open_:.3f}"] if round(open_, 3) > 0 else []
        texts[site] = "; ".join(said)
    added = [row[f"contribution_{one.id}"] for row in rows.values()]
    meaning = f"{one.group}; weight {share:.1%}; {one.reference}"
    best, worst = _ends(values, texts, _HIGH)
    return Line(
        one.id, one.title, one.unit, CRITERION, meaning, texts, values, best, worst,
        max(added) - min(added),
    )  # fmt: skip


def _metric(row: Row, name: str, unit: str) -> str:
    value, low, high = (row[f"{part}_{name}"] for part in ("metric", "low", "high"))
    unit = "" if unit == "0 to 1" else unit
    if value is None and low is None and high is None:
        return NOT_KNOWN
    if value is None:
        bounds = [("at least", low), ("at most", high)]
        said = ", ".join(f"{words} {_written(end)}" for words, end in bounds if end is not None)
        return f"{said} {unit}".rstrip()
    around = "" if low == value == high else f" ({_written(low)} to {_written(high)})"
    return f"{_written(value)}{around} {unit}".rstrip()


def _gates(assessment: Assessment, sites: list[str]) -> list[Line]:
    nothing: frozenset[str] = frozenset()
    lines = []
    for gate in GATES:
        if gate.id in assessment.gates:
            judged = assessment.gates[gate.id].loc[sites, ["verdict", "reason"]].to_numpy(object)
            texts = {
                site: f"{verdict}: {reason}"
                for site, (verdict, reason) in zip(sites, judged, strict=True)
            }
            numbers = dict.fromkeys(sites, np.nan)
            means = "a must-have, beside the rank and never in it"
            one = Line(gate.id, gate.title, "", GATE, means, texts, numbers, nothing, nothing, 0.0)
            lines.append(one)
    return lines
