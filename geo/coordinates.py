"""Reads a point as people write it: decimal degrees, minutes, seconds, ISO 6709."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from geo.errors import AskedWronglyError

EXPECTED = (
    "expected latitude and longitude, for instance 34.383, -100.057, or 34°22'58.8\"N"
    " 100°03'25.2\"W, or +34.383-100.057/"
)

LONGEST = 200
"""Characters of a point, at most: what is longer is no point, and is not looked at."""

_NUMBER = r"\d+(?:[.,]\d+)?"
_COMPACT = re.compile(r"([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)(?:[+-]\d+(?:\.\d+)?)?(?:CRS\w+)?/?")
"""ISO 6709:2008, annex H: a sign, fixed digits, perhaps a height that is passed over."""
_DEGREES = {"lat": 2, "lon": 3}
_LARGEST = {"lat": 90, "lon": 180}
_WORDS = {"lat": "latitude", "lon": "longitude"}
_SIDES = {"N": ("lat", 1), "S": ("lat", -1), "E": ("lon", 1), "W": ("lon", -1)}
_MARKS = str.maketrans(
    {
        "º": "°", "˚": "°", "′": "'", "’": "'", "‘": "'", "´": "'",  # noqa: RUF001 - what people paste
        "″": '"', "”": '"', "“": '"', "−": "-", "–": "-", "\u00a0": " ",  # noqa: RUF001 - the same
    }
)  # fmt: skip
_PART = re.compile(
    rf"""(?P<before>[NSEW])?\s?(?P<sign>[+-])?\s?
    (?P<degrees>{_NUMBER})\s?(?:°\s?)?
    (?:(?P<minutes>{_NUMBER})\s?(?:'(?!')\s?)?)?
    (?:(?P<seconds>{_NUMBER})\s?(?:(?:"|'')\s?)?)?
    (?P<after>[NSEW])?""",
    re.VERBOSE | re.IGNORECASE,
)


_BETWEEN = (r"[;/|]", r",\s+|\s+,", r",(?=\s*[NSEW+-])|(?<=[NSEW]),", ",")
"""What may stand between the two, the surest first: a comma may be a decimal one."""
_UNITS = ((r"DEG(?:REES)?|D", "°"), (r"MIN(?:UTES)?", "'"), (r"SEC(?:ONDS)?", '"'))


class CoordinateError(AskedWronglyError):
    """A text that is no point."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the two: its degrees with sign, and which of the two it says it is."""

    degrees: float
    axis: str | None


def parse_point(text: str) -> tuple[float, float]:
    """Read a point.

    Parameters
    ----------
    text
        Latitude and longitude, in this order unless N, S, E or W say otherwise.

    Returns
    -------
    point
        Latitude and longitude in degrees, WGS 84.

    Raises
    ------
    CoordinateError
        With what was found, what was expected and what to do.
    """
    if len(text) > LONGEST:
        raise CoordinateError(
            f"A text of {len(text):,} characters is no point, at most {LONGEST} are read;"
            f" {EXPECTED}."
        )
    # one space between words: patterns that may take many would try every way to share them
    tidy = " ".join(text.translate(_MARKS).split())
    if not tidy:
        raise CoordinateError(f"No coordinates were given, {EXPECTED}.")
    compact = _COMPACT.fullmatch(tidy)
    for words, mark in _UNITS:
        tidy = re.sub(words, mark, tidy, flags=re.IGNORECASE)
    if compact:
        lat, lon = _packed(compact[1], "lat", text), _packed(compact[2], "lon", text)
    else:
        lat, lon = _ordered([_part(one, text) for one in _halves(tidy, text)], text)
    return _on_globe(lat, lon, text)


def _packed(digits: str, axis: str, text: str) -> float:
    """Read degrees, minutes and seconds that stand without marks: +342258.8 is 34°22'58.8"."""
    sign, whole, _, decimals = digits[0], *digits[1:].partition(".")
    wide = _DEGREES[axis]
    more = len(whole) - wide
    if more not in {0, 2, 4}:
        raise CoordinateError(
            f"The {_WORDS[axis]} in {text!r} has {len(whole)} digits before the point, {wide},"
            f" {wide + 2} or {wide + 4} are possible (ISO 6709); {EXPECTED}."
        )
    parts = [whole[:wide], *(whole[at : at + 2] for at in range(wide, len(whole), 2))]
    parts[-1] += f".{decimals}" if decimals else ""
    return _sum(parts, -1 if sign == "-" else 1, text)


def _halves(tidy: str, text: str) -> list[str]:
    """Part the latitude from the longitude."""
    for pattern in _BETWEEN:
        parts = [one for one in re.split(pattern, tidy, flags=re.IGNORECASE) if one.strip()]
        if len(parts) == 2:
            return parts
    parts = _by_letters(tidy) or tidy.split()
    if len(parts) == 2:
        return parts
    if len(parts) in {4, 6}:
        return [" ".join(parts[: len(parts) // 2]), " ".join(parts[len(parts) // 2 :])]
    raise CoordinateError(f"{text!r} cannot be read as two coordinates, {EXPECTED}.")


def _by_letters(tidy: str) -> list[str]:
    """Part where N, S, E or W end or begin a half."""
    places = [one.start() for one in re.finditer("[NSEW]", tidy, re.IGNORECASE)]
    if len(places) != 2:
        return []
    at = places[1] if not tidy[: places[0]].strip() else places[0] + 1
    return [tidy[:at], tidy[at:]]


def _part(half: str, text: str) -> _Part:
    found = _PART.fullmatch(half.strip())
    if found is None:
        raise CoordinateError(f"{half.strip()!r} in {text!r} is no coordinate, {EXPECTED}.")
    letters = [one.upper() for one in (found["before"], found["after"]) if one]
    if len(letters) > 1:
        raise CoordinateError(f"{half.strip()!r} names a side twice: keep one of {letters}.")
    axis, side = _SIDES[letters[0]] if letters else (None, 1)
    if letters and found["sign"]:
        raise CoordinateError(
            f"{half.strip()!r} has a sign and {letters[0]}: keep one; south and west are negative."
        )
    numbers = [found[name] for name in ("degrees", "minutes", "seconds")]
    given = [one.replace(",", ".") for one in numbers if one is not None]
    return _Part(_sum(given, -1 if found["sign"] == "-" else side, text), axis)


def _sum(parts: list[str], sign: int, text: str) -> float:
    """Add degrees, minutes and seconds; only the last may have decimals."""
    if any("." in one for one in parts[:-1]):
        raise CoordinateError(
            f"{text!r} has decimals before minutes or seconds: only the last part may have them."
        )
    for value, what in zip(parts[1:], ("minutes", "seconds"), strict=False):
        if float(value) >= 60:
            raise CoordinateError(f"{text!r} has {value} {what}, expected less than 60.")
    return sign * math.fsum(float(one) / 60**place for place, one in enumerate(parts))


def _ordered(parts: list[_Part], text: str) -> tuple[float, float]:
    first, second = parts
    if first.axis and first.axis == second.axis:
        raise CoordinateError(f"{text!r} gives the {_WORDS[first.axis]} twice, {EXPECTED}.")
    if first.axis == "lon" or second.axis == "lat":
        first, second = second, first
    return first.degrees, second.degrees


def _on_globe(lat: float, lon: float, text: str) -> tuple[float, float]:
    for value, axis in ((lat, "lat"), (lon, "lon")):
        if abs(value) > _LARGEST[axis]:
            swapped = abs(lon) <= _LARGEST["lat"] and abs(lat) <= _LARGEST["lon"]
            hint = " The two look swapped: latitude comes first." if swapped else ""
            raise CoordinateError(
                f"The {_WORDS[axis]} in {text!r} is {value:g}, expected {-_LARGEST[axis]} to"
                f" {_LARGEST[axis]} degrees.{hint}"
            )
    return lat, lon
