"""What the name of a station says once what every station is called is taken away."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from layers.sources.rewatt_curated import read_parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SAME, OPEN, DIFFERENT = 1, 0, -1
"""What two names say of whether they name one station; `OPEN`: nothing."""

_PLACEHOLDER = re.compile(
    r"^(UNKNOWN|TAP|RISER|DEAD ?END)[ _-]*\d*$|^(NOT AVAILABLE|NONE|N/?A|UNNAMED|NO NAME)$"
)
_VOLTAGE = re.compile(r"\d+(?:\.\d+)?(?:\s*[/-]\s*\d+(?:\.\d+)?)*\s*K\.?V\b")
_GENERIC = {
    "SUBSTATION", "SUBSTATIONS", "SUB", "SUBS", "SUBSTN", "STATION", "STA", "STN", "SS",
    "SWITCHING", "SWITCHYARD", "SWITCH", "SWYD", "YARD", "TRANSFORMER", "TRANSMISSION",
    "DISTRIBUTION", "BULK", "POWER", "ELECTRIC", "ELECTRICAL", "ELECTRICITY", "ENERGY", "COMPANY",
    "CO", "CORPORATION", "CORP", "INC", "LLC", "THE", "OF", "AND", "AT",
}  # fmt: skip
_WRITTEN_OUT = {
    "N": "NORTH", "S": "SOUTH", "E": "EAST", "W": "WEST", "NE": "NORTHEAST", "NW": "NORTHWEST",
    "SE": "SOUTHEAST", "SW": "SOUTHWEST", "ST": "SAINT", "MT": "MOUNT", "MTN": "MOUNTAIN",
    "FT": "FORT", "PT": "POINT", "RD": "ROAD", "AVE": "AVENUE", "AV": "AVENUE", "BLVD": "BOULEVARD",
    "HWY": "HIGHWAY", "CK": "CREEK", "CR": "CREEK", "CRK": "CREEK", "LK": "LAKE", "RVR": "RIVER",
    "JCT": "JUNCTION", "JUNC": "JUNCTION", "HTS": "HEIGHTS", "CTR": "CENTER", "CENTRE": "CENTER",
    "CNTY": "COUNTY", "TWP": "TOWNSHIP", "IND": "INDUSTRIAL",
}  # fmt: skip
_DIRECTIONS = {
    "NORTH", "SOUTH", "EAST", "WEST", "NORTHEAST", "NORTHWEST", "SOUTHEAST", "SOUTHWEST", "UPPER",
    "LOWER", "OLD", "NEW",
}  # fmt: skip


def plain_name(name: object, operator: object = None) -> str:
    """Give a name without what it shares with every other one.

    Parameters
    ----------
    name
        As published; anything that is no text is no name.
    operator
        Who runs the station, if known: its words say nothing of the place.

    Returns
    -------
    plain
        Capitals without accents, abbreviations written out, words in their order; empty where
        nothing is left: ``UNKNOWN107839``, ``TAP 12``, ``138 kV Substation``, the operator alone.
    """
    if not isinstance(name, str):
        return ""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper().strip()
    if _PLACEHOLDER.match(text):
        return ""
    words = _words(_VOLTAGE.sub(" ", text))
    if isinstance(operator, str):
        run_by = set(_words(operator.upper()))
        words = [word for word in words if word not in run_by]
    return " ".join(words)


def _words(text: str) -> list[str]:
    found = re.findall(r"[A-Z0-9]+", text.replace("'", "").replace(".", " "))
    return [_WRITTEN_OUT.get(word, word) for word in found if word not in _GENERIC]


def compare_names(left: Sequence[str], right: Sequence[str]) -> NDArray[np.int8]:
    """Tell what pairs of plain names say.

    Parameters
    ----------
    left, right
        Shape ``(n,)``, from `plain_name`.

    Returns
    -------
    said
        Shape ``(n,)``: `SAME` where the spelling nearly agrees, `DIFFERENT` where it does not or
        where both carry a direction or a number and these differ (North Akron, South Akron),
        `OPEN` in between, where one holds all the words of the other, or where one is empty.
    """
    from rapidfuzz import fuzz, process

    parameters = read_parameters()
    alike = np.asarray(process.cpdist(left, right, scorer=fuzz.token_sort_ratio), dtype=float)
    known = np.array([bool(a and b) for a, b in zip(left, right, strict=True)], dtype=bool)
    said = np.full(len(left), OPEN, dtype=np.int8)
    said[known & (alike >= parameters["match_name_alike_percent"].value)] = SAME
    said[known & (alike <= parameters["match_name_unlike_percent"].value)] = DIFFERENT
    for i in np.flatnonzero(known & (alike < 100)).tolist():
        one, other = set(left[i].split()), set(right[i].split())
        if one < other or other < one:
            said[i] = OPEN
        elif _told_apart(one, other):
            said[i] = DIFFERENT
    return said


def _told_apart(one: set[str], other: set[str]) -> bool:
    """Tell whether both names carry a direction or a number, and not the same."""
    marks = [{w for w in words if w in _DIRECTIONS or w.isdigit()} for words in (one, other)]
    return bool(marks[0] and marks[1]) and marks[0] != marks[1]
