"""Firm capability by hand, from the table's own rows and NREL reVX's thermal limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.capability import firm_capability_mw, thermal_mw

NAN = float("nan")


def firm(max_kv, circuits, evidence="confirmed"):
    table = pd.DataFrame({"max_kv": [max_kv], "circuits": [circuits], "kv_evidence": [evidence]})
    low, high = firm_capability_mw(table)
    return low[0], high[0]


@pytest.mark.parametrize(
    ("kv", "low", "high"),
    [
        (138, 205, 205),  # a class of the table
        (100, 102, 102),  # in between: the class below, 69 kV
        (120, 171, 171),  # in between: the class below, 115 kV
        (400, 750, 750),  # in between: the class below, 345 kV
        (765, 1500, NAN),  # above the top: the top is a lower bound
        (34.5, NAN, 68),  # below the lowest: an upper bound
        (NAN, NAN, NAN),
    ],
)
def test_thermal_capability_of_one_circuit(kv, low, high):
    found = thermal_mw(np.array([float(kv)]))
    assert (found[0][0], found[1][0]) == pytest.approx((low, high), nan_ok=True)


@pytest.mark.parametrize(
    ("max_kv", "circuits", "evidence", "low", "high"),
    [
        (345, 5, "confirmed", 3000, 3000),  # Tesla: (5 - 1) x 750
        (345, 8, "confirmed", 5250, 5250),  # Olive: (8 - 1) x 750
        (138, 3, "confirmed", 410, 410),  # 300 MW on 138 kV needs three circuits
        (500, 4, "confirmed", 4500, 4500),  # Sterlington: (4 - 1) x 1,500
        (345, 1, "confirmed", 0, NAN),  # one drawn may be a double circuit
        (345, NAN, "confirmed", NAN, NAN),  # circuits unknown
        (115, 3, "line_class", 204, 480),  # 100 kV to 161 kV: 2 x 102 to 2 x 240
        (230, 3, "line_class", 480, 800),  # 220 kV to 287 kV: 2 x 240 to 2 x 400
        (138, 4, "conflict", 0, 615),  # the lines disagree: nothing is proven
        (138, 4, "inferred", 0, 615),  # from its neighbours: nothing is proven
        (765, 3, "confirmed", 3000, NAN),  # at least 2 x 1,500
    ],
)
def test_firm_capability(max_kv, circuits, evidence, low, high):
    assert firm(max_kv, circuits, evidence) == pytest.approx((low, high), nan_ok=True)


def test_low_never_above_high(layers):
    low, high = firm_capability_mw(layers["substations"].table)
    assert not (low > high).any()
    assert not (low < 0).any()
