"""Which of our columns a column of somebody else's table is, and in which unit."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

from layers._aliases import names_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers._base import Layer

_UNITS = {
    "kv": {"kv": 1.0, "kilovolt": 1.0, "kilovolts": 1.0, "v": 1e-3, "volt": 1e-3, "volts": 1e-3},
    "mw": {
        "mw": 1.0, "megawatt": 1.0, "megawatts": 1.0, "kw": 1e-3, "kilowatts": 1e-3, "w": 1e-6,
        "gw": 1e3, "gigawatts": 1e3,
    },
}  # fmt: skip
"""What a unit at the end of a heading is in the unit at the end of our column's name."""


class MappingError(ValueError):
    """A mapping that was asked for and cannot be."""


@dataclass(frozen=True, slots=True)
class Match:
    """One column of theirs taken as one of ours.

    Attributes
    ----------
    theirs, ours
        The two names.
    factor
        What their numbers are multiplied by.
    why
        ``asked``, ``same name``, ``known name`` or ``unit in the name``.
    """

    theirs: str
    ours: str
    factor: float
    why: str


def plain(name: object) -> str:
    """Give a column's name in small letters with underscores: ``Power (MW)`` is ``power_mw``.

    Accents are left away (Unicode, NFKD): ``Länge`` is ``lange``.
    """
    bare = "".join(sign for sign in normalize("NFKD", str(name)) if not combining(sign))
    return re.sub(r"[^a-z0-9]+", "_", bare.strip().lower()).strip("_")


def match_columns(
    found: Sequence[str],
    layer: str,
    targets: Sequence[str],
    asked: Mapping[str, str] | None = None,
    *,
    units: bool = True,
) -> list[Match]:
    """Match the columns of a table to ours.

    Parameters
    ----------
    found
        Their headings.
    layer
        The layer's id, for the names that are known of it.
    targets
        Our columns, those that choose first first.
    asked
        Theirs to ours, as a person asked for it; ``""`` for a column to be left out.
    units
        Whether a heading may carry another unit than ours.

    Returns
    -------
    matches
        Each of theirs and each of ours at most once.
    """
    asked = asked or {}
    theirs: dict[str, str] = {}
    for name in found:
        if name not in asked:
            theirs.setdefault(plain(name), name)
    matches = [_asked(name, ours) for name, ours in asked.items() if ours]
    taken = {match.ours for match in matches}
    for target in targets:
        match = None if target in taken else _find(theirs, layer, target, units=units)
        if match is not None:
            matches.append(match)
            del theirs[plain(match.theirs)]
    return matches


def _find(theirs: Mapping[str, str], layer: str, target: str, *, units: bool) -> Match | None:
    names = names_of(layer, target)
    for name in names:
        if name in theirs:
            return Match(theirs[name], target, 1.0, _why(name, target))
    if not units:
        return None
    for name in names:
        for heading, factor in _in_units(name, target):
            if heading in theirs:
                return Match(theirs[heading], target, factor, "unit in the name")
    return None


def _why(name: str, target: str) -> str:
    return "same name" if name == target else "known name"


def _asked(theirs: str, ours: str) -> Match:
    unit, given = ours.rpartition("_")[2], plain(theirs).rpartition("_")[2]
    return Match(theirs, ours, _UNITS.get(unit, {}).get(given, 1.0), "asked")


def _in_units(name: str, target: str) -> list[tuple[str, float]]:
    """Give the headings that a name has with each unit at its end."""
    unit = target.rpartition("_")[2] if target.rpartition("_")[2] in _UNITS else ""
    if not unit and target == "kv_class":
        unit = "kv"
    base = name.removesuffix(f"_{unit}")
    return [(f"{base}_{one}", factor) for one, factor in _UNITS.get(unit, {}).items()]


def check_asked(asked: Sequence[str], found: Sequence[str], layer: Layer) -> dict[str, str]:
    """Read what a person asked for, each as ``theirs=ours``.

    Returns
    -------
    asked
        Theirs to ours; ``theirs=`` leaves a column out, as ``""``.

    Raises
    ------
    MappingError
        With everything that is wrong.
    """
    ours = [*(column.name for column in layer.columns), "lat", "lon", "wkt"]
    wrong: list[str] = []
    pairs: dict[str, str] = {}
    for text in asked:
        theirs, equals, target = (part.strip() for part in text.rpartition("="))
        if not equals or not theirs:
            wrong.append(f"found {text!r}, expected THEIRS=OURS")
        elif theirs not in found:
            wrong.append(f"the file has no column {theirs!r}{_near(theirs, found)}")
        elif target and target not in ours:
            wrong.append(f"{layer.id} has no column {target!r}{_near(target, ours)}")
        elif theirs in pairs or (target and target in pairs.values()):
            wrong.append(f"{text!r} maps a column that another --map maps")
        else:
            pairs[theirs] = target
    if wrong:
        msg = "--map cannot be used:\n  " + "\n  ".join(wrong)
        raise MappingError(msg)
    return pairs


def _near(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    return f": did you mean {near[0]!r}?" if near else f", expected one of {sorted(names)}"


def unused(found: Sequence[str], used: Sequence[str], ours: Sequence[str]) -> str:
    """Name the columns that are not used, each with ours that is near; empty where none is."""
    left = [name for name in found if name not in used]
    hints = []
    for name in left[:10]:
        near = difflib.get_close_matches(plain(name), ours, n=1, cutoff=0.75)
        hints.append(f"{name!r} (near {near[0]})" if near else repr(name))
    more = f" and {len(left) - 10} more" if len(left) > 10 else ""
    return f"Not used: {', '.join(hints)}{more}." if left else ""
