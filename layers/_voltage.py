"""OpenStreetMap's `voltage` tag, in kV; what may be read in two ways is not read.

What the wiki settles (wiki.openstreetmap.org/wiki/Key:voltage):

- A value is in volts, without a unit and without a delimiter of thousands. ``15 kV`` and
  ``15,000`` are named as wrong for 15,000 V, so it is plain what their writers mean.
- Several voltages are listed with semicolons, for a substation and for a line with circuits of
  more than one; ``110000;110000;66000`` is the wiki's line with two circuits of 110 kV and one
  of 66 kV. A repeat is a circuit, not a level, and a substation may carry its highest alone.

What it does not settle is decided here, on the side of not knowing:

- A bare number that is also a voltage in kV (``345``, ``400``, ``13.8``) is volts to the wiki and
  kV to many a mapper. It is read, as volts, only where it is a low voltage in use and stands
  beside a bare number that can be nothing else: ``20000;400``, not ``110;20000``.
- A point before three digits may set thousands apart, as a German writes them: ``132.000 V`` is
  not read.
- ``/``, ``|`` and, between numbers of four digits and more, a comma or a blank make a list. A unit
  behind a pair (``345/138 kV``) stands for the whole pair.
- A comma or blank before ``000`` sets thousands apart; before another multiple of a hundred it
  does so below 60 kV alone, since ``115,500`` may be two voltages.
- Ranges, bounds, doubts (``~``, ``?``), powers of ten and other units are not read.
- A number that cannot be read might be the highest, so the whole tag is then unknown. A word
  (``unknown``, ``n/a``, ``medium``) or a nought says nothing and takes nothing away, but the
  lowest voltage is then not known.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

HIGHEST_KV = 1200.0
"""Where the nominal voltages of IEC 60038 end; a higher one is a slip of the keyboard."""

_LOW_V = {120, 208, 220, 230, 240, 277, 347, 380, 400, 415, 480, 600, 690, 750, 1000}
"""What IEC 60038:2009 lists up to 1,000 V (table 1, with what it replaced, and table 2)."""

_NUMBER = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(kv|v|volts?)?", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}\.[0-9]{3}\s*(?:v|volts?)?", re.IGNORECASE)
_LIST = re.compile(r"[0-9]{4,9}(?:(?:\s*,\s*|\s+)[0-9]{4,9})+")
_THOUSANDS = re.compile(
    r"([1-9][0-9]{0,2}(?:[,\s][0-9]{3})*[,\s]000|[1-5]?[0-9][,\s][1-9]00)\s*(?:v|volts?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Voltage:
    """What a tag says.

    Attributes
    ----------
    entries_kv
        Each voltage as often and in the order in which it is written, kV; empty: unknown.
    whole
        Whether the tag held nothing else: no word, no nought, nothing unread.
    """

    entries_kv: tuple[float, ...] = ()
    whole: bool = True

    @property
    def levels_kv(self) -> tuple[float, ...]:
        """Give the different voltages, kV, the highest first."""
        return tuple(sorted(set(self.entries_kv), reverse=True))

    @property
    def max_kv(self) -> float:
        """Give the highest voltage, kV; NaN: unknown."""
        return max(self.entries_kv, default=math.nan)

    @property
    def min_kv(self) -> float:
        """Give the lowest voltage, kV; NaN: unknown, also where one voltage stands alone."""
        levels = self.levels_kv
        return levels[-1] if self.whole and len(levels) > 1 else math.nan


def read_voltage(tag: object) -> Voltage:
    """Read a `voltage` tag.

    Parameters
    ----------
    tag
        The tag as it stands; anything that is no text says nothing.

    Returns
    -------
    voltage
        What it says; no entries where that is not plain. Never raises.
    """
    if not isinstance(tag, str):
        return Voltage()
    numbers: list[tuple[float, str]] = []
    whole = True
    for part in filter(None, map(str.strip, tag.split(";"))):
        found = _numbers(part) if any(map(str.isnumeric, part)) else []
        if found is None:
            return Voltage(whole=False)
        numbers += found
        whole = whole and bool(found)
    in_volts = any(not unit and number > HIGHEST_KV for number, unit in numbers)
    entries = [_kv(number, unit, in_volts=in_volts) for number, unit in numbers]
    if any(kv is None for kv in entries):
        return Voltage(whole=False)
    live = tuple(kv for kv in entries if kv)
    return Voltage(live, whole and len(live) == len(entries))


def _numbers(part: str) -> list[tuple[float, str]] | None:
    """Give the numbers of one entry, each with its unit, lower case; None: not to be read."""
    if _LIST.fullmatch(part):
        return [(float(one), "") for one in re.findall("[0-9]+", part)]
    found = []
    for piece in map(str.strip, re.split("[/|]", part)):
        if grouped := _THOUSANDS.fullmatch(piece):
            found.append((float(re.sub(r"[,\s]", "", grouped[1])), "v"))
        elif (plain := _NUMBER.fullmatch(piece)) and not _GROUPED.fullmatch(piece):
            found.append((float(plain[1]), (plain[2] or "").lower()))
        else:
            return None
    last = found[-1][1]
    if not any(unit for _, unit in found[:-1]):
        found = [(number, last) for number, _ in found]
    return found


def _kv(number: float, unit: str, *, in_volts: bool) -> float | None:
    """Give a number in kV; None where it may be meant otherwise or cannot be."""
    if not unit and 0 < number <= HIGHEST_KV and not (in_volts and number in _LOW_V):
        return None
    kv = number if unit == "kv" else number / 1000
    return kv if kv <= HIGHEST_KV else None
