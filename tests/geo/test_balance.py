"""Megawatts added up: by hand from the tables, nothing twice."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from geo.balance import GROUPINGS, balance, claims
from layers import data_folder


@pytest.fixture(scope="module")
def raw():
    return {
        name: pd.read_csv(data_folder() / f"{name}.csv")
        for name in ("miner_sites", "campuses", "gas_plants")
    }


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_grouping_adds_up_to_the_table(layers, raw, by):
    table = balance(layers, by)
    sites = raw["miner_sites"]
    assert table["mining_sites"].sum() == len(sites)
    assert table["mining_energised_mw"].sum() == pytest.approx(sites["energised_mw"].sum())
    assert table["mining_announced_mw"].sum() == pytest.approx(sites["announced_mw"].sum())
    more = (sites["contracted_mw"] - sites["energised_mw"].fillna(0)).clip(lower=0).sum()
    assert table["mining_contracted_more_mw"].sum() == pytest.approx(more)


def test_groups_are_the_right_ones(layers, raw):
    """Texas and PJM by hand; contracted MW below the energised ones would take nothing away."""
    sites = raw["miner_sites"]
    by_state, by_iso = balance(layers, "state"), balance(layers, "iso")
    texas = sites[sites["state"] == "TX"]
    assert by_state.at["TX", "mining_energised_mw"] == pytest.approx(texas["energised_mw"].sum())
    assert by_iso.at["PJM", "mining_sites"] == (sites["iso"] == "PJM").sum()
    assert balance(layers, "region").at["childress", "mining_energised_mw"] == 750 + 800 + 98


def test_campuses_of_one_place_count_once(layers, raw):
    """Hyperion is 5,000 MW planned, not 2,262 + 5,000; Berwick and Susquehanna are one place."""
    campuses = raw["campuses"]
    live = campuses[campuses["status"].isin(["operating", "under_construction", "planned"])].copy()
    live["place"] = live["overlap_group"].fillna(live["campus_id"])
    largest = live.groupby("place")["power_mw_planned"].max().sum()
    table = balance(layers, "region")
    counted = (
        table["campus_current_mw"].sum()
        + table["campus_to_come_mw"].sum()
        + table["campus_on_mining_sites_mw"].sum()
    )
    assert counted == pytest.approx(largest)


def test_a_row_without_coordinates_counts_where_its_region_says(layers):
    """Amazon's 2,800 MW deal has no point and the region northern_indiana."""
    table = balance(layers, "region")
    assert table.at["northern_indiana", "campus_to_come_mw"] >= 2800


def test_gas_counts_gas_only(layers, raw):
    gas = raw["gas_plants"]
    counted = gas[
        gas["technology"].isin(["CC", "CT", "ST", "RICE"]) & (gas["status"] == "operating")
    ]
    assert balance(layers, "state")["gas_operating_mw"].sum() == pytest.approx(
        counted["capacity_mw"].sum()
    )


def test_the_claims_stand_beside_the_table(layers, raw):
    text = "\n".join(claims(layers))
    us = raw["miner_sites"].query("country == 'US'")
    assert "US bitcoin miners control 14 GW" in text
    assert f"{us['energised_mw'].sum() / 1000:.1f} GW energised" in text
    for words in (
        "2,400 MW",
        "Meta",
        "Franklin Farms",
        "IREN",
        "Riot",
        "TeraWulf",
        "Cipher",
        "BitMine",
        "Why they differ",
    ):
        assert words in text


def test_a_layer_that_is_absent_leaves_its_columns_out(layers):
    table = balance({"miner_sites": layers["miner_sites"]}, "state")
    assert not [name for name in table if name.startswith(("campus", "gas"))]


def test_the_command(rewatt):
    outcome = rewatt("balance", "--by", "operator", "--json")
    document = json.loads(outcome.out)
    rows = {row["operator"]: row for row in document["balance"]}
    assert rows["IREN"]["mining_energised_mw"] == 2310
    assert document["claims"]
    assert "Mining sites" in rewatt("balance").out
