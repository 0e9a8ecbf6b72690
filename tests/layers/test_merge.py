"""One table from several: nothing is lost, nothing is merged in doubt, each field says whence."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from layers import substations
from layers._check import breaches
from layers._merge import QUARANTINE_COLUMNS, merge

KM = 1 / 111.2
NO = np.nan


def embedded(*rows):
    """Rows of id, name, km north, highest kV, circuits, evidence."""
    columns = ["substation_id", "name", "km", "max_kv", "circuits", "kv_evidence"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(lat=41 + table.pop("km") * KM, lon=-90.0, state="IL", min_kv=NO,
                        line_pieces_near=1)  # fmt: skip


def hifld(*rows, **others):
    """Rows of id, name, km north, highest kV."""
    table = pd.DataFrame(rows, columns=["substation_id", "name", "km", "max_kv"])
    plain = {"type": "substation", "status": "IN SERVICE", "kv_inferred": "no", "min_kv": NO}
    return table.assign(lat=41 + table.pop("km") * KM, lon=-90.0, state="IL", **(plain | others))


def osm(*rows, **others):
    """Rows of id, name, km north, highest kV."""
    table = pd.DataFrame(rows, columns=["osm_id", "name", "km", "max_kv"])
    plain = {"operator": None, "substation": "transmission", "min_kv": NO}
    return table.assign(lat=41 + table.pop("km") * KM, lon=-90.0, **(plain | others))


def lines(*rows):
    """Rows of class, km north where the line begins and ends."""
    shapes = [LineString([(-90, 41 + a * KM), (-90, 41 + b * KM)]) for _, a, b in rows]
    kv_class = [float(one) for one, _, _ in rows]
    return gpd.GeoDataFrame({"kv_class": kv_class}, geometry=shapes, crs="EPSG:4326")


def osm_lines(*rows):
    """Rows of kV, circuits, km north where the line begins and ends."""
    shapes = [LineString([(-90, 41 + a * KM), (-90, 41 + b * KM)]) for _, _, a, b in rows]
    table = pd.DataFrame(rows, columns=["kv", "circuits", "a", "b"])[["kv", "circuits"]]
    return gpd.GeoDataFrame(table.astype(float), geometry=shapes, crs="EPSG:4326")


def only(merged):
    assert len(merged.table) == 1
    return merged.table.iloc[0]


def test_one_station_of_three_sources_takes_each_field_from_the_best():
    found = merge({
        "embedded": embedded(("1", "Breed", 0, 138, 2, "confirmed")),
        "hifld": hifld(("1", "BREED", 0.01, 345)),
        "osm": osm(("way/9", "Breed Substation", 0.03, NO)),
    })  # fmt: skip
    row = only(found)
    assert row["substation_id"] == "1"
    assert row["origin"] == "embedded 1; hifld 1; osm way/9"
    assert row["name"] == "Breed"
    assert row["max_kv"] == 345
    assert row["kv_evidence"] == "reported"
    assert row["lat"] == 41 + 0.01 * KM
    assert np.isnan(row["circuits"]), "they were counted at 138 kV"


def test_a_row_of_the_same_id_is_the_same_station_however_far_it_moved():
    found = merge({
        "embedded": embedded(("1", None, 0, 138, 2, "confirmed")),
        "hifld": hifld(("1", None, 30, NO)),
    })  # fmt: skip
    row = only(found)
    assert row["max_kv"] == 138
    assert row["circuits"] == 2
    assert row["kv_evidence"] == "confirmed"


def test_openstreetmap_fills_a_voltage_that_hifld_does_not_know():
    found = merge({"hifld": hifld(("1", "ELM", 0, NO)), "osm": osm(("way/9", "Elm", 0.02, 230))})
    assert only(found)[["max_kv", "kv_evidence"]].tolist() == [230, "reported"]


def test_sources_that_contradict_each_other_are_a_conflict_unless_the_lines_settle_it():
    tables = {"hifld": hifld(("1", "ELM", 0, 138)), "osm": osm(("way/9", "Elm", 0.001, 345))}
    assert only(merge(tables))[["max_kv", "kv_evidence"]].tolist() == [138, "conflict"]
    told = merge(tables, lines((345, 0, 30), (345, 0, -30)))
    assert only(told)[["max_kv", "kv_evidence", "circuits"]].tolist() == [345, "confirmed", 2]


def test_lines_cannot_tell_115_from_138():
    tables = {"hifld": hifld(("1", "ELM", 0, 138)), "osm": osm(("way/9", "Elm", 0.001, 115))}
    assert only(merge(tables, lines((138, 0, 30))))["kv_evidence"] == "conflict"


def test_500_and_525_are_one_nominal_voltage():
    tables = {"hifld": hifld(("1", "ELM", 0, 500)), "osm": osm(("way/9", "Elm", 0.001, 525))}
    assert only(merge(tables))["kv_evidence"] == "reported"


def test_a_voltage_that_contradicts_its_lines_is_a_conflict():
    found = merge({"hifld": hifld(("1", "ELM", 0, 138))}, lines((345, 0, 30)))
    assert only(found)[["max_kv", "kv_evidence"]].tolist() == [138, "conflict"]


def test_an_unknown_voltage_is_the_class_of_the_lines():
    found = merge({"hifld": hifld(("1", "ELM", 0, NO))}, lines((345, 0, 30), (138, 0, -9)))
    assert only(found)[["max_kv", "kv_evidence", "circuits"]].tolist() == [345, "line_class", 1]


def test_what_hifld_inferred_from_lines_is_no_more_than_their_class():
    table = hifld(("1", "ELM", 0, 345), kv_inferred="yes")
    assert only(merge({"hifld": table}, lines((345, 0, 30))))["kv_evidence"] == "line_class"
    assert only(merge({"hifld": table}))["kv_evidence"] == "inferred"


def test_circuits_are_the_larger_of_two_low_counts():
    """HIFLD draws one line; OpenStreetMap says that it has two circuits."""
    tables = {"hifld": hifld(("1", "ELM", 0, 345))}
    found = merge(tables, lines((345, 0, 30)), osm_lines((345, 2, 0.01, 30)))
    assert only(found)["circuits"] == 2


def test_where_no_line_was_fetched_the_embedded_count_stays():
    tables = {"embedded": embedded(("1", None, 0, 138, 3, "confirmed"))}
    assert only(merge(tables, lines((138, 50, 80))))["circuits"] == 3
    assert only(merge(tables, lines((138, 0, 80))))["circuits"] == 1


def test_a_tap_is_no_station_unless_openstreetmap_draws_one():
    tap = {"hifld": hifld(("7", "TAP7", 0, 138), type="tap")}
    alone = merge(tap)
    assert alone.table.empty
    assert alone.refused["reason"].str.startswith("no place to connect: tap").all()
    both = merge(tap | {"osm": osm(("way/9", "Elm", 0.001, NO))})
    assert only(both)["origin"] == "hifld 7; osm way/9"
    assert only(both)["max_kv"] == 138


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"hifld": hifld(("1", "ELM", 0, 46))}, "below 65 kV"),
        ({"hifld": hifld(("1", "ELM", 0, NO))}, "voltage not known"),
        ({"hifld": hifld(("1", "ELM", 0, 138), status="INACTIVE")}, "out of service"),
        ({"osm": osm(("way/1", "Elm", 0, 138), substation="traction")}, "railway"),
    ],
)
def test_what_is_left_out_is_named_with_its_reason(table, reason):
    found = merge(table)
    assert found.table.empty
    assert found.refused["reason"].str.contains(reason).tolist() == [True]


def test_69_kv_is_kept():
    assert only(merge({"hifld": hifld(("1", "ELM", 0, 69))}))["max_kv"] == 69


def test_what_is_embedded_or_brought_is_never_left_out():
    row = embedded(("1", None, 0, 138, 1, "confirmed"))
    found = merge({"embedded": row, "hifld": hifld(("1", None, 0, 12), type="tap")})
    assert only(found)["substation_id"] == "1"
    own = embedded(("mine", "Mine", 5, 12, NO, "reported"))
    assert only(merge({"import": own}))["max_kv"] == 12


def test_what_a_user_brings_comes_first_and_the_id_stays():
    own = embedded(("mine", "The Elm", 0.02, 230, 4, "reported"))
    row = only(merge({"hifld": hifld(("1", "ELM", 0, 230)), "import": own.assign(name="Elm")}))
    assert row[["substation_id", "name", "circuits"]].tolist() == ["1", "Elm", 4]


def test_another_station_of_the_same_id_gets_its_source_in_front():
    own = embedded(("1", "Oak", 90, 230, 4, "reported"))
    found = merge({"hifld": hifld(("1", "ELM", 0, 230)), "import": own})
    assert found.table["substation_id"].tolist() == ["1", "import:1"]


def test_two_yards_150_m_apart_of_other_owners_and_voltages_stay_two():
    found = merge({
        "hifld": hifld(("1", "AKRON TRANSMISSION", 0, 345)),
        "osm": osm(("way/9", "City Light 12", 0.15, 138), operator="City Light"),
    })  # fmt: skip
    assert len(found.table) == 2


def test_a_doubtful_pair_stays_two_and_is_listed():
    found = merge({"hifld": hifld(("1", None, 0, 138)), "osm": osm(("way/9", None, 0.5, 138))})
    assert len(found.table) == 2
    pair = found.quarantine.iloc[0]
    assert tuple(found.quarantine.columns) == QUARANTINE_COLUMNS
    assert pair[["left_key", "right_key"]].tolist() == ["1", "way/9"]
    assert pair["distance_km"] == pytest.approx(0.5, rel=2e-3)
    assert merge({"hifld": hifld(("1", None, 0, 138))}).quarantine.empty


KV = st.sampled_from([46.0, 69.0, 138.0, 345.0, NO])
PLACE = st.integers(0, 60).map(lambda n: n / 20)
NAME = st.sampled_from([None, "ELM", "OAK", "UNKNOWN7"])


def some(make, prefix):
    rows = st.lists(st.tuples(NAME, PLACE, KV), max_size=7)
    return rows.map(lambda cells: make(*[(f"{prefix}{i}", *row) for i, row in enumerate(cells)]))


HIFLD, OSM = some(hifld, ""), some(osm, "way/")
IMPORTED = some(lambda *rows: embedded(*[(*row, NO, "reported") for row in rows]), "own-")


@settings(max_examples=30, deadline=None)
@given(HIFLD, OSM, IMPORTED)
def test_every_row_is_behind_one_station_or_refused_and_no_station_is_lost(one, two, three):
    found = merge({"hifld": one, "osm": two, "import": three}, lines((138, 0, 2)))
    behind = found.table["origin"].str.split("; ").explode().tolist()
    named = [f"hifld {key}" for key in one["substation_id"]]
    named += [f"osm {key}" for key in two["osm_id"]]
    named += [f"import {key}" for key in three["substation_id"]]
    gone = (found.refused["source"] + " " + found.refused["key"]).tolist()
    assert sorted(behind + gone) == sorted(named)
    for source in ("hifld", "osm", "import"):
        assert sum(one.startswith(f"{source} ") for one in behind) <= len(found.table)
    assert found.table["substation_id"].is_unique
    columns = tuple(one for one in substations.COLUMNS)
    assert breaches(found.table, columns, strict=True) == []


@settings(max_examples=15, deadline=None)
@given(HIFLD, OSM)
def test_the_order_of_the_rows_does_not_matter(one, two):
    found = merge({"hifld": one, "osm": two})
    turned = merge({"osm": two.iloc[::-1], "hifld": one.iloc[::-1]})
    pd.testing.assert_frame_equal(found.table, turned.table)


@settings(max_examples=15, deadline=None)
@given(IMPORTED)
def test_a_source_merged_with_itself_is_itself(table):
    twice = merge({"embedded": table, "import": table})
    assert len(twice.table) == len(table)
    assert twice.table["substation_id"].tolist() == table["substation_id"].tolist()
    assert twice.quarantine.empty


def test_hifld_and_openstreetmap_add_up_in_the_midwest(test_data):
    """Real rows; voltages of HIFLD as decoded from its 2020 edition."""
    path = test_data / "substations" / "hifld_substations_us_2020_derived_kv.parquet"
    one = pd.read_parquet(path)
    one = one[one["lat"].between(36, 49) & one["lon"].between(-104, -80.5)].reset_index(drop=True)
    one = one.rename(columns={"sub_name": "name", "max_kv_est": "max_kv", "min_kv_est": "min_kv"})
    one = one.assign(
        substation_id=one["sub_id"].astype(str),
        type=one["type"].str.lower().str.replace(" ", "_"),
        status="IN SERVICE",
        kv_inferred="no",
    )
    path = test_data / "osm_gridkit" / "gridkit2016_us_midwest_vertices.csv"
    two = pd.read_csv(path, sep="#", on_bad_lines="skip")
    two = two[two["typ"].isin(["substation", "sub_station", "station"])].reset_index(drop=True)
    kv = (
        two["voltage"]
        .str.split(";")
        .map(lambda cells: max(map(float, cells)) / 1000 if isinstance(cells, list) else NO)
    )
    two = two.assign(osm_id="node/" + two["v_id"].astype(str), substation=None, max_kv=kv,
                     min_kv=NO, lat=two["lat"].astype(float))  # fmt: skip
    found = merge({"hifld": one, "osm": two})
    rows = found.table["origin"].str.count("; ").sum() + len(found.table) + len(found.refused)
    assert rows == len(one) + len(two)
    connectable = (one["type"] == "substation") & (one["max_kv"] >= 69)
    assert len(found.table) >= connectable.sum()
    assert len(found.table) <= connectable.sum() + 0.2 * len(two)
    assert 0 < len(found.quarantine) < 0.05 * len(two)
    alone = merge({"hifld": one})
    kept = set(alone.table["origin"])
    behind = set(found.table["origin"].str.split("; ").explode())
    assert kept <= behind, "no station of HIFLD is lost to OpenStreetMap"
