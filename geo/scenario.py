"""One set of weights and must-haves, read from TOML, strictly."""

from __future__ import annotations

import difflib
import math
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geo.criteria import CRITERIA
from geo.errors import AskedWronglyError
from geo.gates import GATES
from geo.question import Question, QuestionError
from layers import data_folder
from layers._base import sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.gates._base import Settings

_KEYS = ("title", "reason", "target_mw", "weights", "gates")
_MAX_BYTES = 100_000
_MAX_WEIGHT = 1e6
"""Weights are relative: a larger one is a slip, and huge ones would not add up."""


class ScenarioError(AskedWronglyError):
    """A scenario asks for something that does not exist or cannot be."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Weights and must-haves: an opinion, with its reason.

    Attributes
    ----------
    name, title, reason
        What it is called, and why its weights are what they are.
    target_mw
        The target that it asks about unless the user asks about another.
    weights
        Relative importance by criterion id; a criterion that is not named weighs nothing.
    gates
        Settings by gate id; a gate that is not named is not judged.
    """

    name: str
    title: str
    reason: str
    target_mw: float
    weights: Mapping[str, float]
    gates: Mapping[str, Settings]

    @property
    def shares(self) -> dict[str, float]:
        """Give weight over the sum of weights, for every criterion, 0 where not named."""
        total = math.fsum(self.weights.values())
        return {one.id: self.weights.get(one.id, 0.0) / total for one in CRITERIA}

    def with_weights(self, weights: Mapping[str, float]) -> Scenario:
        """Give the same scenario with other weights, checked as a file's would be."""
        if found := _weight_breaches(dict(weights)):
            raise ScenarioError(_message(self.name, found))
        return replace(self, weights=dict(weights))


def scenario_names() -> list[str]:
    """Name the scenarios that come with the project; the default comes first."""
    names = sorted(path.stem for path in (data_folder() / "scenarios").glob("*.toml"))
    return sorted(names, key=lambda name: name != "balanced")


def load_scenario(name_or_file: str) -> Scenario:
    """Read a scenario by its name, or from a TOML file.

    Raises
    ------
    ScenarioError
        If there is no such scenario, or with all its breaches at once.
    """
    path = _file(name_or_file)
    try:
        if path.stat().st_size > _MAX_BYTES:
            msg = f"Scenario file {path} is larger than {_MAX_BYTES:,} bytes: is it a scenario?"
            raise ScenarioError(msg)
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        msg = f"Scenario file {path} cannot be read: {error}. Expected TOML."
        raise ScenarioError(msg) from error
    return _from_document(path.stem, document)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a scenario stands.

    Attributes
    ----------
    file
        Its path inside the project, or as the user gave it.
    sha256
        Hexadecimal SHA-256 of the file: whoever changes a weight changes it.
    """

    file: str
    sha256: str


def scenario_origin(name_or_file: str) -> Origin:
    """Give the file of a scenario and its hash.

    Raises
    ------
    ScenarioError
        If there is no such scenario.
    """
    path = _file(name_or_file)
    own = name_or_file in scenario_names()
    return Origin(f"data/scenarios/{path.name}" if own else name_or_file, sha256_of(path))


def _file(name_or_file: str) -> Path:
    if name_or_file in scenario_names():
        return data_folder() / "scenarios" / f"{name_or_file}.toml"
    path = Path(name_or_file)
    if not path.is_file():
        raise ScenarioError(_no_such(name_or_file))
    return path


def _no_such(name: str) -> str:
    near = difflib.get_close_matches(name, scenario_names(), n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return (
        f"There is no scenario {name!r}, and no such file.{hint}"
        f" Scenarios: {', '.join(scenario_names())}; or give a TOML file."
    )


def _from_document(name: str, document: dict[str, object]) -> Scenario:
    found = [f"{key!r} is missing" for key in ("weights",) if key not in document]
    found += [_unknown_key("key", key, _KEYS) for key in document if key not in _KEYS]
    weights = document.get("weights", {})
    if not isinstance(weights, dict):
        found.append(f"weights: found {weights!r}, expected a table [weights]")
    elif "weights" in document:
        found += _weight_breaches(weights)
    gates = document.get("gates", {gate.id: {} for gate in GATES if not gate.settings})
    found += _gate_breaches(gates)
    target = _number(document.get("target_mw", 200))
    if target is None:
        found.append(f"target_mw: found {document['target_mw']!r:.40}, expected a number of MW")
    else:
        try:
            Question(target, "")
        except QuestionError as error:
            found.append(f"target_mw: {error}")
    found += [
        f"{key}: found {document[key]!r}, expected a text"
        for key in ("title", "reason")
        if not isinstance(document.get(key, ""), str)
    ]
    if found or target is None or not isinstance(weights, dict) or not isinstance(gates, dict):
        raise ScenarioError(_message(name, found))
    return Scenario(
        name=name,
        title=str(document.get("title", name)),
        reason=str(document.get("reason", "")),
        target_mw=target,
        weights={key: float(value) for key, value in weights.items()},
        gates=gates,
    )


def _message(name: str, found: list[str]) -> str:
    return f"Scenario {name!r} cannot be used:\n  " + "\n  ".join(found)


def _unknown_key(what: str, key: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"unknown {what} {key!r}: {hint}expected one of {list(known)}"


def _weight_breaches(weights: dict[str, object]) -> list[str]:
    known = tuple(one.id for one in CRITERIA)
    found = [_unknown_key("criterion", key, known) for key in weights if key not in known]
    positive = False
    for key, given in weights.items():
        value = _number(given)
        if value is None:
            found.append(f"weight of {key}: found {given!r:.40}, expected a number of 0 or more")
        elif not 0 <= value <= _MAX_WEIGHT:
            found.append(f"weight of {key}: found {value:g}, expected 0 to {_MAX_WEIGHT:g}")
        else:
            positive = positive or value > 0
    if not positive and not found:
        found.append("all weights are 0: expected at least one above 0")
    return found


def _gate_breaches(gates: object) -> list[str]:
    if not isinstance(gates, dict):
        return [f"gates: found {gates!r}, expected a table [gates]"]
    known = {gate.id: gate for gate in GATES}
    found = [_unknown_key("gate", key, tuple(known)) for key in gates if key not in known]
    for key, settings in gates.items():
        if key not in known:
            continue
        expected = known[key].settings
        if not isinstance(settings, dict):
            found.append(f"gate {key}: found {settings!r}, expected a table of {sorted(expected)}")
            continue
        found += [
            _unknown_key(f"setting of gate {key}", one, tuple(expected))
            for one in settings
            if one not in expected
        ]
        found += [f"gate {key}: {one!r} is missing" for one in expected if one not in settings]
        for one, kind in expected.items():
            if one in settings and (wrong := _setting_breach(settings[one], kind)):
                found.append(f"gate {key}, {one}: {wrong}")
    return found


def _setting_breach(given: object, kind: tuple[str, ...] | None) -> str:
    """Say what is wrong with a gate's setting: a figure of 0 or more, or one of some words."""
    if kind is not None:
        return "" if given in kind else f"found {given!r:.40}, expected one of {list(kind)}"
    value = _number(given)
    sound = value is not None and 0 <= value < math.inf
    return "" if sound else f"found {given!r:.40}, expected a finite number of 0 or more"


def _number(given: object) -> float | None:
    """Give a number as float, None where it is none or too large to be one."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    try:
        return float(given)
    except OverflowError:
        return None
