"""The address holds the state: what is asked, in words that a link carries to another screen.

Streamlit can bind one widget to one parameter, but drops a value that it cannot use without a
word, and knows nothing of weights that differ from a scenario's, of drawn areas, or of a default
that another widget sets; hence this table of fields, read and written as a whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geo.assess import BASES
from geo.columns import COLUMNS
from geo.durations import end_of
from geo.gates import GATES
from geo.question import MAX_TARGET_MW, MIN_TARGET_MW
from geo.regions import REGIONS
from geo.scenario import load_scenario, scenario_names
from geo.selection import EVIDENCE, GATE_FILTERS, MARKETS
from geo.sites import STATUSES
from geo.timeline import YEAR_ENDS
from geo.ui.ranking_columns import EXTRA, SHOWN_FIRST
from geo.ui.ring import read_ring, write_ring
from geo.ui.weight_sliders import MOST, usual_sliders
from layers.sources.rewatt_curated import SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Parameters = dict[str, list[str]]

DRAWN = "drawn"
"""The region that stands for the area that the user draws."""
MAX_NEAR_KM = 200
ANY = "any"
READY_BY = tuple(str(end_of(SOURCE.vintage).year + year) for year in range(YEAR_ENDS))
"""The years that can be asked for: the data's own and those after it."""
_FEW = 12
_QUOTED = 40
"""As much of a wrong value as a message repeats."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the data in use offer to choose from.

    Attributes
    ----------
    sites, states, operators
        Ids, codes and names.
    """

    sites: tuple[str, ...]
    states: tuple[str, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Field:
    """One thing that the address may say.

    `read` raises ValueError with what was expected.
    """

    key: str
    usual: Any
    read: Callable[[list[str]], Any]
    write: Callable[[Any], list[str]]
    always: bool = False


def _one_of(key: str, options: Sequence[str], usual: str | None, *, always: bool = False) -> _Field:
    def read(texts: list[str]) -> str:
        if texts[-1] not in options:
            raise ValueError(_named(options))
        return texts[-1]

    return _Field(key, usual, read, lambda value: [] if value is None else [value], always)


def _some_of(key: str, options: Sequence[str], usual: tuple[str, ...] = ()) -> _Field:
    def read(texts: list[str]) -> list[str]:
        if not set(texts) <= set(options):
            raise ValueError(f"only {_named(options)}")
        return list(dict.fromkeys(texts))

    return _Field(key, list(usual), read, list)


def _number(key: str, low: float, high: float, usual: float, *, always: bool = False) -> _Field:
    def read(texts: list[str]) -> float:
        expected = f"a number from {low:g} to {high:g}"
        try:
            value = float(texts[-1])
        except ValueError as error:
            raise ValueError(expected) from error
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(expected)
        return type(usual)(value)

    return _Field(key, usual, read, lambda value: [f"{value:.10g}"], always)


def _site(sites: Sequence[str]) -> _Field:
    one = _one_of("site", sites, None)

    def read(texts: list[str]) -> str:
        try:
            found: str = one.read(texts)
        except ValueError as error:
            raise ValueError(f"{error} (own sites stay with the user who brought them)") from error
        return found

    return replace(one, read=read)


def _flag(key: str) -> _Field:
    on = _one_of(key, ("1",), None)
    return _Field(key, usual=False, read=lambda texts: bool(on.read(texts)),
                  write=lambda value: ["1"] if value else [])  # fmt: skip


def _named(options: Sequence[str]) -> str:
    few = len(options) <= _FEW
    return f"one of {', '.join(options)}" if few else "one that is there to choose"


def gate_key(gate: str) -> str:
    """Name the filter of a gate."""
    return f"gate_{gate}"


def _fields(known: Known, scenario: str) -> list[_Field]:
    """Give every field; what is usual of the weights and the target is the scenario's."""
    weighed = load_scenario(scenario)
    return [
        _one_of("region", (*REGIONS, DRAWN), "us", always=True),
        _Field("area", None, lambda texts: read_ring(texts[-1]),
               lambda ring: [write_ring(ring)] if ring else []),
        _number("near_km", 0, MAX_NEAR_KM, 0),
        _one_of("scenario", scenario_names(), scenario_names()[0], always=True),
        _number("target_mw", MIN_TARGET_MW, MAX_TARGET_MW, weighed.target_mw, always=True),
        _one_of("by", BASES, BASES[0]),
        _some_of("status", STATUSES),
        _some_of("state", known.states),
        _some_of("market", MARKETS),
        _some_of("operator", known.operators),
        _number("min_mw", 0, MAX_TARGET_MW, 0.0),
        _flag("available"),
        _some_of("evidence", EVIDENCE),
        _one_of("ready_by", (ANY, *READY_BY), ANY),
        *(_one_of(gate_key(one.id), (ANY, *GATE_FILTERS), ANY) for one in GATES),
        *(_number(key, 0, MOST, one) for key, one in usual_sliders(weighed).items()),
        _site(known.sites),
        _some_of("columns", (*EXTRA, *(one.name for one in COLUMNS)), SHOWN_FIRST),
    ]  # fmt: skip


def usual_state(known: Known, scenario: str) -> dict[str, Any]:
    """Give the state of a new session that takes a scenario, by the keys of the widgets."""
    return {one.key: one.usual for one in _fields(known, scenario)} | {"scenario": scenario}


def write(state: Mapping[Any, Any], known: Known) -> Parameters:
    """Give what the address says of a state: where it looks, and what is not as usual."""
    fields = _fields(known, state["scenario"])
    return {
        one.key: one.write(state[one.key])
        for one in fields
        if (one.always or state[one.key] != one.usual) and one.write(state[one.key])
    }


def read(parameters: Mapping[str, list[str]], known: Known) -> tuple[dict[str, Any], list[str]]:
    """Read an address.

    Returns
    -------
    state
        Every field; what the address does not say, or says wrongly, as usual.
    complaints
        What it says wrongly, in words.
    """
    first = scenario_names()[0]
    asked = (parameters.get("scenario") or [first])[-1]
    scenario = asked if asked in scenario_names() else first
    state, complaints = usual_state(known, scenario), []
    for one in _fields(known, scenario):
        if not (texts := parameters.get(one.key)):
            continue
        try:
            state[one.key] = one.read(texts)
        except ValueError as error:
            quoted = ", ".join(texts)[:_QUOTED]
            complaints.append(f"{one.key} is {quoted!r}, expected {error}; taken as usual")
    if state["region"] == DRAWN and not state["area"]:
        state["region"] = REGIONS["us"].id
        complaints.append("region is 'drawn', but no area is given; taken as usual")
    return state, complaints


def names(known: Known) -> frozenset[str]:
    """Name every parameter that is read."""
    return frozenset(one.key for one in _fields(known, scenario_names()[0]))
