"""Which rows of two sources are one station: cases worked by hand, properties, real tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers._match import judge_pairs, match
from layers._names import DIFFERENT, OPEN, SAME, compare_names, plain_name

KM = 1 / 111.2
"""A kilometre along a meridian, degrees."""


def stations(*rows, sd_km=0.06):
    """Rows of name, km north, km east, highest kV, lowest kV, around 41 N 90 W."""
    east = KM / np.cos(np.radians(41))
    return pd.DataFrame(
        [
            {
                "key": f"{i}",
                "name": name,
                "lat": 41 + north * KM,
                "lon": -90 + to_east * east,
                "max_kv": high,
                "min_kv": low,
                "sd_km": sd_km,
            }
            for i, (name, north, to_east, high, low) in enumerate(rows)
        ],
        columns=["key", "name", "lat", "lon", "max_kv", "min_kv", "sd_km"],
    )


def verdicts(left, right):
    found = match(left, right)
    return {
        (a, b): verdict
        for a, b, verdict in zip(
            found["left_key"], found["right_key"], found["verdict"], strict=True
        )
    }


NO = np.nan


@pytest.mark.parametrize(
    ("published", "operator", "plain"),
    [
        ("UNKNOWN107839", None, ""),
        ("TAP135601", None, ""),
        ("DEAD END 12", None, ""),
        ("NOT AVAILABLE", None, ""),
        (None, None, ""),
        (float("nan"), None, ""),
        ("Thorntown Substation", None, "THORNTOWN"),
        ("N AKRON", None, "NORTH AKRON"),
        ("Cloquet 115/14 KV Substation", None, "CLOQUET"),
        ("ROBISON PARK (345 KV)", None, "ROBISON PARK"),
        ("AEP Breed Substation", "AEP", "BREED"),
        ("AEP", "AEP", ""),
        ("St. Joseph's Sub", None, "SAINT JOSEPHS"),
        ("Cañon City", None, "CANON CITY"),
        ("Unknown Creek", None, "UNKNOWN CREEK"),
        ("Tap Road", None, "TAP ROAD"),
        ("138 kV Substation", None, ""),
    ],
)
def test_a_plain_name_holds_what_tells_the_station_apart(published, operator, plain):
    assert plain_name(published, operator) == plain


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("NORTH AKRON", "NORTH AKRON", SAME),
        ("RALSTOM", "RALSTON", OPEN),
        ("MERRIAM PARK", "MERIAM PARK", SAME),
        ("PARK MERRIAM", "MERRIAM PARK", SAME),
        ("NORTH AKRON", "SOUTH AKRON", DIFFERENT),
        ("UNIT 1", "UNIT 2", DIFFERENT),
        ("KEWANEE", "EAST KEWANEE", OPEN),
        ("STINSON", "STINSON AVENUE", OPEN),
        ("OAK", "OAK RIDGE CENTER", OPEN),
        ("DUNLAP", "PEORIA", DIFFERENT),
        ("", "PEORIA", OPEN),
        ("", "", OPEN),
    ],
)
def test_names_agree_differ_or_say_nothing(one, other, said):
    assert compare_names([one], [other]).tolist() == [said]
    assert compare_names([other], [one]).tolist() == [said]


def test_one_name_one_voltage_thirty_metres_apart_is_one_station():
    found = verdicts(stations(("BREED", 0, 0, 345, 138)), stations(("Breed Sub", 0.03, 0, 345, NO)))
    assert found == {("0", "0"): "same"}


def test_two_yards_150_m_apart_of_other_owners_and_voltages_stay_two():
    left = stations(("AKRON TRANSMISSION", 0, 0, 345, 345))
    right = stations(("City Light Station 12", 0.15, 0, 69, 69))
    assert verdicts(left, right)["0", "0"] != "same"


def test_both_yards_in_both_sources_pair_off_rightly():
    """The trap: the other yard is 150 m away, the twin of each 20 m."""
    left = stations(("AKRON", 0, 0, 345, 345), ("CITY LIGHT", 0.15, 0, 138, 138))
    right = stations(("City Light", 0.17, 0, 138, NO), ("Akron", 0.02, 0, 345, NO))
    found = verdicts(left, right)
    assert found["0", "1"] == found["1", "0"] == "same"
    assert found["0", "0"] == found["1", "1"] == "different"


def test_a_station_between_two_nameless_ones_is_doubtful_with_both():
    left = stations((None, 0, 0, 138, NO), (None, 0.1, 0, 138, NO))
    right = stations((None, 0.05, 0, 138, NO))
    found = match(left, right)
    assert list(found["verdict"]) == ["doubtful", "doubtful"]
    assert found["reason"].str.contains("another fits nearly as well").sum() == 1


def test_two_between_two_are_two_whichever_is_which():
    left = stations((None, 0, 0, 138, NO), (None, 0.1, 0, 138, NO))
    right = stations((None, 0.045, 0, 138, NO), (None, 0.055, 0, 138, NO))
    assert sorted(verdicts(left, right).values()) == ["different", "different", "same", "same"]


def test_twins_on_one_spot_pair_off_by_their_keys_whatever_their_order():
    left = stations((None, 0, 0, 138, NO), (None, 0, 0, 138, NO))
    right = left.assign(lat=left["lat"] + 0.02 * KM)
    found = verdicts(left, right)
    assert found["0", "0"] == found["1", "1"] == "same"
    assert verdicts(left.iloc[::-1], right) == verdicts(left, right.iloc[::-1]) == found


def test_250_metres_are_little_in_the_country_and_much_in_a_city():
    name = ("ELM", 0, 0, 138, NO)
    near = ("Elm", 0.25, 0, 138, NO)
    around = [(None, n, e, 138, NO) for n in np.arange(1, 3.6, 0.4) for e in np.arange(1, 3.6, 0.4)]
    country = match(stations(name), stations(near)).iloc[0]
    city = match(stations(name, *around), stations(near, *around))
    city = city[(city["left_key"] == "0") & (city["right_key"] == "0")].iloc[0]
    assert country["odds"] - city["odds"] == pytest.approx(np.log10(len(around) + 1))


def test_an_imprecise_point_may_lie_farther_off():
    left = stations((None, 0, 0, 138, NO))
    right = stations((None, 0.4, 0, 138, NO))
    sharp = match(left, right)["odds"].item()
    assert match(left, right.assign(sd_km=0.4))["odds"].item() > sharp


def test_an_unknown_voltage_is_neutral_and_another_speaks_against():
    left = stations((None, 0, 0, 138, NO))
    odds = {
        kv: match(left, stations((None, 0.1, 0, kv, NO)))["odds"].item() for kv in (138, NO, 345)
    }
    assert odds[138] > odds[NO] > odds[345]


def test_a_station_beside_a_tap_is_the_station():
    """Without the kinds the two would fit nearly as well."""
    left = stations((None, 0, 0, 138, NO), (None, 0.1, 0, 138, NO))
    right = stations((None, 0.05, 0, 138, NO)).assign(connects=True)
    found = verdicts(left.assign(connects=[True, False]), right)
    assert found == {("0", "0"): "same", ("1", "0"): "different"}


def test_chosen_pairs_get_the_verdict_of_the_whole_tables():
    left = stations(("AKRON", 0, 0, 345, NO), ("FAR", 40, 0, 345, NO))
    right = stations(("Akron", 0.02, 0, 345, NO))
    pairs = pd.DataFrame({"left_key": ["1", "0"], "right_key": ["0", "0"]}, index=[7, 3])
    judged = judge_pairs(pairs, left, right)
    assert judged["verdict"].to_dict() == {7: "different", 3: "same"}
    assert judged.loc[7, "reason"] == "more than 5 km apart"
    with pytest.raises(KeyError, match=r"right_key: not in the table: \['9'\]"):
        judge_pairs(pairs.assign(right_key="9"), left, right)


def test_rows_without_a_place_and_empty_tables_pair_with_nothing():
    known = stations(("AKRON", 0, 0, 345, NO))
    nowhere = known.assign(lat=np.nan)
    assert match(known, nowhere).empty
    assert match(known.iloc[:0], known).empty


ROW = st.tuples(
    st.sampled_from([None, "ELM", "OAK", "NORTH ELM", "UNKNOWN12"]),
    st.integers(0, 30).map(lambda tenth: tenth / 10),
    st.integers(0, 30).map(lambda tenth: tenth / 10),
    st.sampled_from([69.0, 138.0, 345.0, NO]),
    st.just(NO),
)
TABLE = st.lists(ROW, min_size=1, max_size=8).map(lambda rows: stations(*rows))


@settings(max_examples=25, deadline=None)
@given(TABLE, TABLE)
def test_neither_side_nor_order_matters(left, right):
    found = verdicts(left, right)
    assert {(a, b): v for (b, a), v in verdicts(right, left).items()} == found
    assert verdicts(left.iloc[::-1], right.iloc[::-1]) == found


@settings(max_examples=25, deadline=None)
@given(TABLE, TABLE)
def test_a_row_is_the_same_as_one_at_most(left, right):
    found = match(left, right)
    same = found[found["verdict"] == "same"]
    assert same["left"].is_unique
    assert same["right"].is_unique


@settings(max_examples=25, deadline=None)
@given(TABLE)
def test_a_table_matched_with_itself_is_itself(table):
    found = match(table, table)
    same = found[found["verdict"] == "same"]
    assert len(same) == len(table)
    assert (same["distance_km"] < 1e-9).all()


def hifld(test_data):
    path = test_data / "substations" / "hifld_substations_us_2020_derived_kv.parquet"
    table = pd.read_parquet(path)
    return pd.DataFrame(
        {
            "key": table["sub_id"].astype(str),
            "name": table["sub_name"],
            "lat": table["lat"],
            "lon": table["lon"],
            "max_kv": table["max_kv_est"],
            "min_kv": table["min_kv_est"],
            "sd_km": 0.06,
        }
    )


def test_hifld_is_itself(test_data):
    table = hifld(test_data)
    found = match(table, table)
    same = found[found["verdict"] == "same"]
    assert len(same) == len(table)
    assert (same["left_key"] == same["right_key"]).all()


def test_hifld_shaken_by_30_m_is_still_nearly_all_there(test_data):
    """Where rows stand closer than the shake they may swap; hardly any is lost."""
    table = hifld(test_data)
    random = np.random.default_rng(20)
    shaken = table.assign(
        lat=table["lat"] + random.normal(0, 0.03 * KM, len(table)),
        lon=table["lon"] + random.normal(0, 0.03 * KM, len(table)),
    )
    same = match(table, shaken).query("verdict == 'same'")
    assert len(same) > 0.99 * len(table)
    assert (same["left_key"] == same["right_key"]).mean() > 0.9


def test_openstreetmap_moved_away_matches_hardly_anything(test_data):
    """11 km to the north nothing is the same station: what still matches is chance."""
    path = test_data / "osm_gridkit" / "gridkit2016_us_midwest_vertices.csv"
    table = pd.read_csv(path, sep="#", on_bad_lines="skip")
    table = table[table["typ"].isin(["substation", "sub_station", "station"])]
    kv = pd.to_numeric(table["voltage"].str.partition(";")[0], errors="coerce") / 1000
    osm = pd.DataFrame(
        {
            "key": table["v_id"].astype(str),
            "name": table["name"],
            "operator": table["operator"],
            "lat": table["lat"].astype(float),
            "lon": table["lon"].astype(float),
            "max_kv": kv,
            "min_kv": np.nan,
            "sd_km": 0.06,
        }
    )
    full = hifld(test_data)
    here = match(full, osm)["verdict"].value_counts()
    away = match(full, osm.assign(lat=osm["lat"] + 0.1))["verdict"].value_counts()
    assert here["same"] > 0.8 * len(osm)
    assert away.get("same", 0) < 0.01 * len(osm)
    assert here["doubtful"] < 0.05 * len(osm)
