"""Firm capability by hand, from the table's own rows and NREL reVX's thermal limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.capability import firm_capability_mw, new_station_mw, reach_mw, thermal_mw

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


@pytest.mark.parametrize(
    ("station", "row", "low", "high"),
    [
        # northern Indiana
        ("147727", (345, 8, "confirmed"), 5250, 5250),  # Olive: (8 - 1) x 750
        ("147726", (138, 14, "confirmed"), 2665, 2665),  # New Carlisle: (14 - 1) x 205
        ("153303", (765, 4, "confirmed"), 4500, NAN),  # Dumont: at least (4 - 1) x 1,500
        ("122520", (138, 10, "conflict"), 0, 1845),  # Roxana: up to (10 - 1) x 205, none proven
        # Louisiana
        ("161918", (115, 3, "confirmed"), 342, 342),  # near Holly Ridge: (3 - 1) x 171
        ("112545", (230, 3, "line_class"), 480, 800),  # North Slidell: 2 x 240 to 2 x 400
        ("107844", (115, 1, "confirmed"), 0, NAN),  # one circuit: nothing proven, no upper bound
        # Childress
        ("307121", (345, 5, "confirmed"), 3000, 3000),  # Tesla: (5 - 1) x 750
        ("306538", (138, 4, "confirmed"), 615, 615),  # (4 - 1) x 205
        ("300206", (115, 3, "line_class"), 204, 480),  # 100 to 161 kV: 2 x 102 to 2 x 240
    ],
)
def test_ten_stations_of_the_three_regions_by_hand(layers, station, row, low, high):
    table = layers["substations"].table
    mine = table[table["substation_id"] == station]
    assert tuple(mine[["max_kv", "circuits", "kv_evidence"]].iloc[0]) == row
    found = [bound[0] for bound in firm_capability_mw(mine)]
    assert found == pytest.approx([low, high], nan_ok=True)


def test_the_most_that_is_taken_where_something_is_not_known():
    """No circuit drawn: a double circuit at most; above 500 kV: what its class carries."""
    table = pd.DataFrame(
        {
            "max_kv": [138.0, 138.0, 230.0, 765.0, 765.0, NAN],
            "circuits": [NAN, 4.0, 1.0, NAN, 3.0, 3.0],
            "kv_evidence": "confirmed",
        }
    )
    reach = reach_mw(table, firm_capability_mw(table)[1])
    assert reach.tolist() == [205, 615, 400, 1500, 3000, 0]


@pytest.mark.parametrize(
    ("kv", "low", "reach"),
    [(230, 240, 400), (345, 750, 750), (500, 1500, 1500), (765, 1500, 1500)],
)
def test_a_new_station_on_a_line_keeps_one_of_its_two_ends(kv, low, reach):
    """230 stands for HIFLD's class of 220 to 287 kV: one circuit of 240 to 400 MW is left."""
    found = new_station_mw(np.array([float(kv)]))
    assert (found[0][0], found[1][0]) == (low, reach)
