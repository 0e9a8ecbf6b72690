"""The must-haves, one file each."""

from __future__ import annotations

from geo.gates import enough_power, in_country, located, operating_or_buildable, voltage_adequate
from geo.gates._base import FAIL, PASS, UNKNOWN, Gate

GATES: tuple[Gate, ...] = (
    operating_or_buildable.GATE,
    located.GATE,
    voltage_adequate.GATE,
    enough_power.GATE,
    in_country.GATE,
)
"""Every gate, in the order of the columns."""

__all__ = ["FAIL", "GATES", "PASS", "UNKNOWN", "Gate"]
