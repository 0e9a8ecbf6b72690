"""What a substation can carry at its line terminals, as a range.

Firm capability is the N-1 limit of the lines that end at a station, the largest circuit out.
It is an **upper bound** on what the station can deliver: existing load, transformers and
everything upstream are not in it, and headroom proper is unknown until a power flow says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.parameters import cited

if TYPE_CHECKING:
    from geo.arrays import Floats

THERMAL_CLASSES_KV = (46, 69, 115, 138, 161, 230, 345, 500)
"""Voltage classes whose single-circuit thermal capability is published (thermal_mw_*)."""

LINE_CLASS_BOUNDS_KV = ((100, 161), (220, 287), (345, 345), (500, 500), (735, 1000))
"""The voltages that HIFLD's VOLT_CLASS lumps together: all that `line_class` evidence knows."""


def thermal_mw(kv: Floats) -> tuple[Floats, Floats]:
    """Give what one circuit carries at a voltage, as a lower and an upper bound.

    In between two classes the class below counts; above the top class the top is a lower
    bound and the upper is unknown; below the lowest class it is the other way round.

    Parameters
    ----------
    kv
        Shape ``(n,)``; NaN where unknown.

    Returns
    -------
    low_mw, high_mw
        Shape ``(n,)``; NaN where unknown.
    """
    classes = np.array(THERMAL_CLASSES_KV, dtype=float)
    capability = np.array([cited(f"thermal_mw_{one}kv").value for one in THERMAL_CLASSES_KV])
    below = np.searchsorted(classes, np.nan_to_num(kv, nan=0.0), side="right") - 1
    known = capability[np.maximum(below, 0)]
    low = np.where(np.isnan(kv) | (below < 0), np.nan, known)
    high = np.where(np.isnan(kv) | (kv > classes[-1]), np.nan, known)
    return low, high


def firm_capability_mw(stations: pd.DataFrame) -> tuple[Floats, Floats]:
    """Give the N-1 limit of the lines at each station: (circuits - 1) x one circuit.

    Parameters
    ----------
    stations
        Columns `max_kv`, `circuits` and `kv_evidence`.

    Returns
    -------
    firm_mw_low, firm_mw_high
        Shape ``(n,)``. One circuit drawn: low 0, high unknown, since a double circuit is often
        drawn as one line. Circuits unknown: both unknown. Voltage in conflict, inferred or
        without evidence: low 0, high as recorded. Voltage from the line class only: the
        bounds of the class.
    """
    circuits = stations["circuits"].to_numpy(float)
    evidence = stations["kv_evidence"].to_numpy(object)
    low_kv, high_kv = _voltage_bounds(stations)
    low = (circuits - 1) * thermal_mw(low_kv)[0]
    high = (circuits - 1) * thermal_mw(high_kv)[1]
    low = np.where(
        (np.isin(evidence, ["conflict", "inferred"]) | pd.isna(evidence)) & ~np.isnan(circuits),
        0.0,
        low,
    )
    return low, np.where(circuits == 1, np.nan, high)


def _voltage_bounds(stations: pd.DataFrame) -> tuple[Floats, Floats]:
    """Give the top voltage as recorded, or the bounds of its class where only that is known."""
    kv = stations["max_kv"].to_numpy(float)
    of_class = (stations["kv_evidence"] == "line_class").to_numpy()
    low_kv, high_kv = _class_bounds(kv)
    return np.where(of_class, low_kv, kv), np.where(of_class, high_kv, kv)


def _class_bounds(kv: Floats) -> tuple[Floats, Floats]:
    """Give the lowest and highest voltage of the HIFLD class that each lies in, or itself."""
    low_kv, high_kv = kv.copy(), kv.copy()
    for lowest, highest in LINE_CLASS_BOUNDS_KV:
        inside = (kv >= lowest) & (kv <= highest)
        low_kv[inside], high_kv[inside] = lowest, highest
    return low_kv, high_kv


def reach_mw(stations: pd.DataFrame, firm_high: Floats) -> Floats:
    """Give the most a station is taken to carry, MW; 0 where its voltage is not known.

    One line drawn may be a double circuit, not a triple. Where no line is drawn, no more is
    taken: what is not on record is no reason to expect a large station. Above 500 kV nothing is
    published, and no more is taken than the 500 kV class carries.
    """
    circuits = stations["circuits"].to_numpy(float)
    kv = _voltage_bounds(stations)[1]
    single = _most_of_one(kv)
    several = np.where(kv > THERMAL_CLASSES_KV[-1], (circuits - 1) * single, firm_high)
    return np.nan_to_num(np.where((circuits == 1) | np.isnan(circuits), single, several))


def new_station_mw(kv_class: Floats) -> tuple[Floats, Floats]:
    """Give what a switching station cut into a line carries with the largest circuit out.

    A line that is cut ends there twice, so one of its circuits is left.

    Parameters
    ----------
    kv_class
        Any voltage of the line's HIFLD class.

    Returns
    -------
    firm_mw_low, reach_mw
        One circuit at the lowest and at the highest voltage of the class. A double circuit drawn
        as one line would carry more: that is not counted, so the upper bound of the firm
        capability is not known.
    """
    low_kv, high_kv = _class_bounds(kv_class)
    return thermal_mw(low_kv)[0], np.nan_to_num(_most_of_one(high_kv))


def _most_of_one(kv: Floats) -> Floats:
    """Give the most one circuit is taken to carry: above the table's top, its top."""
    low, high = thermal_mw(kv)
    return np.where(np.isnan(high), low, high)
