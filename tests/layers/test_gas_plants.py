"""Plants from EIA's units: classed, summed, and put in the place of the embedded ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from layers import Store, gas_plants, load_layer, read_states
from layers._base import LoadedLayer
from layers._bring import Ears, Settings, fetch
from layers._fetch import Asked, Fetch, Parsed, Table, no_rows
from layers._imported import source_of
from layers._plant_match import find, listed, merge, tokens
from layers._plants import classed, classes, plants, statuses
from layers.sources import eia_860m
from tests.layers.workbooks import TECHNOLOGY, unit, write

NAN = float("nan")


@pytest.fixture(scope="module")
def own():
    """Give the embedded table."""
    return load_layer(gas_plants.LAYER, Store.embedded()).table


def units_of(*rows):
    """Give units from a few columns each; the rest is as of an operating gas turbine."""
    usual = {
        "plant_code": 1.0, "generator_id": "1", "plant_name": "Plant", "operator": "Co",
        "county": "Childress", "state": "TX", "lat": 34.4, "lon": -100.2,
        "technology": "Natural Gas Fired Combustion Turbine", "prime_mover": "GT",
        "energy_source": "NG", "capacity_mw": 10.0, "status_code": "OP", "sheet": "operating",
        "online": "2001-06", "retirement": None,
    }  # fmt: skip
    return pd.DataFrame([{**usual, **row} for row in rows])


def the_store(tmp_path, sheets):
    """Give a store that holds a workbook."""
    store = Store(tmp_path / "store")
    path = write(tmp_path / "mine.xlsx", sheets)
    fetch(eia_860m.SOURCE, eia_860m.FETCH, store, Asked(file=path), Settings(), Ears())
    return store


# what burns gas: EIA's technologies, and the codes that stand behind them


@pytest.mark.parametrize(
    ("technology", "mover", "fuel", "expected"),
    [
        ("Natural Gas Fired Combined Cycle", "CA", "NG", "CC"),
        ("Natural Gas Fired Combustion Turbine", "GT", "NG", "CT"),
        ("Natural Gas Steam Turbine", "ST", "NG", "ST"),
        ("Natural Gas Internal Combustion Engine", "IC", "NG", "RICE"),
        ("Other Natural Gas", "FC", "NG", "OTHER"),
        ("Other Gases", "ST", "BFG", "OTHER"),
        ("Conventional Steam Coal", "ST", "BIT", "COAL"),
        ("Landfill Gas", "IC", "LFG", None),
        ("Petroleum Liquids", "GT", "DFO", None),
        ("Nuclear", "ST", "NUC", None),
        (None, "CT", "NG", "CC"),  # in EIA's codes CT is a combined cycle's turbine
        (None, "GT", "NG", "CT"),
        (None, "CC", "NG", "CC"),
        (None, "FC", "NG", "OTHER"),
        (None, "ST", "OG", "OTHER"),
        (None, "ST", "SUB", "COAL"),
        (None, "PV", "SUN", None),
        ("Gas Marvel", "IC", "NG", "RICE"),
    ],
)
def test_what_a_unit_is(technology, mover, fuel, expected):
    units = units_of({"technology": technology, "prime_mover": mover, "energy_source": fuel})
    found = classes(units).iloc[0]
    assert (None if pd.isna(found) else found) == expected


@pytest.mark.parametrize(
    ("code", "sheet", "expected"),
    [
        ("OP", "operating", "operating"),
        ("SB", "operating", "operating"),
        ("OA", "operating", "operating"),
        ("OS", "operating", "closed"),
        ("U", "planned", "under_construction"),
        ("TS", "planned", "under_construction"),
        ("L", "planned", "planned"),
        ("OP", "planned", "operating"),
        (None, "planned", "planned"),
        (None, "retired", "closed"),
        ("OP", "retired", "closed"),
        ("L", "canceled", "cancelled"),
    ],
)
def test_where_a_unit_stands(code, sheet, expected):
    assert statuses(units_of({"status_code": code, "sheet": sheet})).iloc[0] == expected


def test_units_are_summed_by_plant_status_and_technology():
    units = units_of(
        {"capacity_mw": 100, "online": "1999-01"},
        {"capacity_mw": 50, "online": "2011-01", "status_code": "SB"},
        {"capacity_mw": 30, "technology": "Natural Gas Steam Turbine"},
        {"capacity_mw": 70, "retirement": "2028-12"},
        {"capacity_mw": 9, "sheet": "retired", "status_code": None, "retirement": "2015-02"},
        {"capacity_mw": 8, "sheet": "retired", "status_code": None, "retirement": "2017-03"},
        {"capacity_mw": 400, "sheet": "planned", "status_code": "V", "online": "2027-06"},
        {"capacity_mw": 1000, "sheet": "canceled", "status_code": None},
        {"capacity_mw": 500, "technology": "Nuclear"},
        {"capacity_mw": 5, "plant_code": 2.0, "lat": NAN, "county": "St Joseph", "state": "IN"},
    )
    table = plants(classed(units), "2026-08").set_index("gas_plant_id")
    assert table["capacity_mw"].to_dict() == {
        "eia-1-closed-ct": 17,
        "eia-1-operating-ct": 150,
        "eia-1-operating-ct-2028-12": 70,
        "eia-1-operating-st": 30,
        "eia-1-under-construction-ct": 400,
        "eia-2-operating-ct": 5,
    }
    assert table.at["eia-1-operating-ct", "online_year"] == 1999
    assert table.at["eia-1-under-construction-ct", "online_year"] == 2027
    assert table.at["eia-1-operating-ct-2028-12", "planned_retirement"] == "2028-12"
    assert table.at["eia-1-closed-ct", "planned_retirement"] == "2017-03"
    assert pd.isna(table.at["eia-1-operating-ct", "planned_retirement"])
    assert table.at["eia-2-operating-ct", "county"] == "St. Joseph"
    assert table.geometry["eia-2-operating-ct"].is_empty
    assert pd.isna(table.at["eia-2-operating-ct", "coord_precision"])
    assert (table["source"] == "EIA-860M 2026-08").all()


def test_a_point_in_another_state_is_left_blank_and_said_so():
    """Southaven Energy Facility, Mississippi, which EIA places 24 km inside Alabama."""
    units = units_of({"state": "MS", "lat": 33.04472, "lon": -88.07167})
    (row,) = plants(classed(units), "2026-08").to_dict("records")
    assert np.isnan(row["lat"])
    assert row["geometry"].is_empty
    assert row["source"] == "EIA-860M 2026-08; its point lies outside the state"


# which embedded plants EIA lists


def row_of(**cells):
    usual = {
        "gas_plant_id": "x", "eia_plant_code": NAN, "name": "Oak Hill Power Station", "state": "TX",
        "lat": 34.4, "lon": -100.2, "coord_precision": "site", "coord_radius_km": NAN,
        "status": "operating", "technology": "CT", "capacity_mw": 100.0, "as_of": "2025-12",
        "source": "somebody",
    }  # fmt: skip
    return {**usual, **cells}


def found_of(row, *rows):
    return find(row, listed(classed(units_of(*rows))))


KM = 1 / 110.9
"""A kilometre in degrees of latitude, at 34 degrees north."""


@pytest.mark.parametrize(
    ("name", "km", "mw", "verdict"),
    [
        ("Oak Hill Generating Facility LLC", 0, 100, "same"),
        ("Oak Hill", 4, 900, "same"),  # the same telling words
        ("Oak Hill", 8, 100, "doubtful"),  # the same, farther off
        ("Oak Hill", 50, 100, "none"),
        ("Oak Ridge", 0.5, 110, "same"),  # half the words, and as many megawatts
        ("Oak Ridge", 0.5, 300, "doubtful"),
        ("Oak Ridge", 3, 100, "doubtful"),
        ("Panda Sherman", 0.01, 100, "same"),  # sold and renamed
        ("Panda Sherman", 0.5, 100, "doubtful"),
        ("Panda Sherman", 0.5, 300, "none"),
        ("Panda Sherman", 3, 100, "none"),
    ],
)
def test_place_name_and_megawatts_decide_together(name, km, mw, verdict):
    plant = {"plant_code": 7.0, "plant_name": name, "lat": 34.4 + km * KM, "capacity_mw": mw}
    assert found_of(row_of(), plant).verdict == verdict


def test_a_code_needs_neither_place_nor_name():
    plant = {"plant_code": 7.0, "plant_name": "Other", "state": "LA", "lat": 30.0, "lon": -92.0}
    assert found_of(row_of(eia_plant_code=7.0), plant)[:2] == ("same", 7)
    assert found_of(row_of(eia_plant_code=8.0), plant).verdict == "none"


def test_another_state_is_another_plant():
    plant = {"plant_code": 7.0, "plant_name": "Oak Hill", "state": "OK"}
    assert found_of(row_of(), plant).verdict == "none"


def test_two_plants_of_one_name_at_one_place_leave_a_doubt_unless_the_size_tells():
    twins = [{"plant_code": code, "plant_name": "Oak Hill", "capacity_mw": mw}
             for code, mw in ((7.0, 99), (8.0, 500))]  # fmt: skip
    assert found_of(row_of(), *twins)[:2] == ("same", 7)
    assert found_of(row_of(capacity_mw=250.0), *twins).verdict == "doubtful"


def test_a_plant_without_a_point_of_its_own_goes_by_its_name_in_the_state():
    plant = {"plant_code": 7.0, "plant_name": "Oak Hill", "lat": 30.0}
    for precision in (None, "county"):
        row = row_of(coord_precision=precision, lat=NAN, lon=NAN)
        assert found_of(row, plant)[:2] == ("same", 7)
        twin = {**plant, "plant_code": 8.0}
        assert found_of(row, plant, twin).verdict == "doubtful"


def test_remarks_in_brackets_and_words_that_all_plants_share_tell_nothing():
    assert tokens("Merom (coal, Hallador)") == tokens("Merom Generating Station") == {"merom"}
    assert tokens("Power Station") == {"power", "station"}


def merged_of(row, *rows):
    own = pd.DataFrame([row_of(**row)])
    import geopandas as gpd

    points = gpd.points_from_xy(own["lon"], own["lat"])
    own = gpd.GeoDataFrame(own, geometry=points, crs="EPSG:4326")
    return merge(own, units_of(*rows), "2026-08")


COMING = {"name": "Oak Hill", "status": "under_construction", "capacity_mw": 400.0}
OLD = {"plant_code": 7.0, "plant_name": "Oak Hill", "capacity_mw": 90.0}


def test_an_extension_that_eia_does_not_list_yet_stays_beside_the_old_units():
    table, doubtful = merged_of(COMING, OLD)
    assert table["capacity_mw"].tolist() == [90, 400]
    assert table["source"].tolist() == ["EIA-860M 2026-08", "somebody; not in EIA-860M 2026-08"]
    assert doubtful.empty


@pytest.mark.parametrize(
    "new",
    [
        {"sheet": "planned", "status_code": "V", "online": "2027-01"},
        {"online": "2026-05"},  # it began since
    ],
)
def test_an_extension_that_eia_lists_too_counts_once(new):
    table, doubtful = merged_of(COMING, OLD, {**OLD, "capacity_mw": 410.0, **new})
    assert table["capacity_mw"].sum() == 500
    assert doubtful.empty


def test_a_plan_that_eia_lists_as_cancelled_is_set_aside_with_the_reason():
    gone = {**OLD, "capacity_mw": 400.0, "sheet": "canceled", "status_code": None}
    table, doubtful = merged_of(COMING, OLD, gone)
    assert table["capacity_mw"].tolist() == [90]
    assert doubtful[["name", "plant_code", "reason"]].to_numpy().tolist() == [
        ["Oak Hill", 7, "EIA lists it as cancelled or postponed"]
    ]


def test_what_runs_by_the_table_and_is_still_to_come_by_eia_is_in_doubt():
    table, doubtful = merged_of(
        {"name": "Oak Hill"}, {**OLD, "sheet": "planned", "status_code": "L"}
    )
    assert table["status"].tolist() == ["planned"]
    assert doubtful["reason"].tolist() == ["EIA lists it as still to come"]


def test_coal_is_shown_where_the_table_lists_the_plant_and_nowhere_else():
    coal = {"technology": "Conventional Steam Coal", "energy_source": "SUB", "prime_mover": "ST"}
    table, _ = merged_of({"name": "Oak Hill"}, {**OLD, **coal}, {**coal, "plant_name": "Black"})
    assert table[["name", "technology"]].to_numpy().tolist() == [["Oak Hill", "COAL"]]


# the merge as a whole


def as_units(own):
    """Give the embedded table as EIA would list it: two units each, codes where none is known."""
    sheets = {"operating": "Operating", "closed": "Retired"}
    rows = {sheet: [] for sheet in ("Operating", "Planned", "Retired")}
    for at, plant in enumerate(own.to_dict("records")):
        code = plant["eia_plant_code"]
        named = {
            "Plant Name": plant["name"],
            "Plant State": plant["state"],
            "Latitude": plant["lat"] if plant["lat"] == plant["lat"] else " ",
            "Longitude": plant["lon"] if plant["lon"] == plant["lon"] else " ",
            "Retirement Year": 2015,
            "Planned Operation Year": 2028,
            "Status": "(OP) Operating",
        }
        if plant["status"] in ("planned", "under_construction"):
            code = "L" if plant["status"] == "planned" else "U"
            named["Status"] = f"({code}) Some words"
            code = 80_000 + at
        if plant["technology"] == "OTHER":
            named |= {"Technology": "Other Gases", "Energy Source Code": "OG"}
        kind = plant["technology"] if plant["technology"] in TECHNOLOGY else "ST"
        code = 90_000 + at if pd.isna(code) else code
        half = plant["capacity_mw"] / 2
        rows[sheets.get(plant["status"], "Planned")] += [
            unit(code, f"{at}-{one}", half, kind, **named) for one in "ab"
        ]
    return rows


@pytest.fixture(scope="module")
def all_listed(own, tmp_path_factory):
    """Give a store whose EIA lists all that the embedded table lists."""
    return the_store(tmp_path_factory.mktemp("listed"), as_units(own))


def test_no_megawatt_counts_twice_and_none_is_lost(own, all_listed):
    """EIA lists what the table lists: what comes out has the megawatts of either, not of both."""
    built = gas_plants.build(all_listed)
    doubtful = gas_plants.quarantine(all_listed)
    by_status = built.table.groupby("status")["capacity_mw"].sum()
    pd.testing.assert_series_equal(by_status, own.groupby("status")["capacity_mw"].sum())
    eia = built.table["source"].str.startswith("EIA-860M 2026-08")
    assert (~eia).sum() == 0
    assert len(doubtful) < 15  # twins in name, place and size: EIA's rows stand for them
    assert [one.rows for one in built.provenance] == [eia.sum(), (~eia).sum()]


def test_plants_that_eia_does_not_list_stay(own, tmp_path):
    store = the_store(tmp_path, {"Operating": [unit(1, "1", 5, Latitude=21.3, Longitude=-157.9)]})
    built = gas_plants.build(store)
    rest = built.table.iloc[1:]
    assert rest["gas_plant_id"].tolist() == own["gas_plant_id"].tolist()
    assert rest["source"].str.endswith("; not in EIA-860M 2026-08").all()
    assert gas_plants.quarantine(store).empty


def test_the_merged_table_keeps_the_layers_promise(all_listed):
    from layers._check import check_table

    built = gas_plants.build(all_listed)
    check_table(built.table, gas_plants.LAYER)


def test_eia_is_complete_in_the_states(tmp_path):
    coverage = gas_plants.build(the_store(tmp_path, {"Operating": [unit(1, "1", 5)]})).coverage
    assert all(
        shapely.contains_xy(coverage, one.x, one.y) for one in read_states().representative_point()
    )
    assert not shapely.contains_xy(coverage, -106.0, 52.0)


def test_nothing_fetched_changes_nothing(own, tmp_path):
    built = gas_plants.build(Store(tmp_path))
    pd.testing.assert_frame_equal(pd.DataFrame(built.table), pd.DataFrame(own))
    assert built.checked
    assert gas_plants.quarantine(Store(tmp_path)) is None


def test_the_merge_is_made_once_and_again_when_eia_changes(tmp_path):
    store = the_store(tmp_path, {"Operating": [unit(1, "1", 5)]})
    first = gas_plants.build(store).table
    (kept,) = (tmp_path / "store" / "derived").glob("gas_plants-*.parquet")
    stamp = kept.stat().st_mtime_ns
    again = gas_plants.build(store).table
    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(first))
    assert kept.stat().st_mtime_ns == stamp
    changed = the_store(tmp_path, {"Operating": [unit(1, "1", 6), unit(2, "1", 7)]})
    assert len(gas_plants.build(changed).table) > len(first)


def test_what_a_user_imported_wins_by_key_and_by_code(own, tmp_path):
    store = the_store(tmp_path, {"Operating": [unit(1, "1", 5), unit(2, "1", 7)]})
    mine = own.iloc[:2].copy()
    mine["eia_plant_code"] = [1.0, NAN]
    mine["capacity_mw"] = [111.0, 222.0]
    how = Fetch(
        endpoints=("here",),
        download=lambda job: job.raw.save("x", b"x", "x"),
        parse=lambda _raw: Parsed({"gas_plants": mine}, 2, no_rows(), "2026-11"),
        tables={"gas_plants": Table(gas_plants.COLUMNS, "point")},
        most_mb=1,
        most_minutes=1,
    )
    fetch(source_of("gas_plants"), how, store, Asked(), Settings(), Ears())
    table = gas_plants.build(store).table.set_index("gas_plant_id")
    assert (table["eia_plant_code"] == 1).sum() == 1
    assert (table["eia_plant_code"] == 2).sum() == 1
    assert table.loc[mine["gas_plant_id"], "capacity_mw"].tolist() == [111, 222]
    assert len(table) == len(own) + 1


def test_more_plants_of_eia_reach_the_ranking(sites, layers, tmp_path):
    """A 90 MW plant beside Childress, which the embedded table does not have."""
    from geo.firm_power import gas_mw

    plant = unit(7, "1", 90, "CC", Latitude=34.40, Longitude=-100.10)
    built = gas_plants.build(the_store(tmp_path, {"Operating": [plant]}))
    loaded = LoadedLayer(gas_plants.LAYER, built.table, built.coverage)
    one = sites.loc[["iren-childress"]]
    before, after = gas_mw(one, layers["gas_plants"]), gas_mw(one, loaded)
    assert after["value"].iloc[0] == before["value"].iloc[0] + 90
    empty = replace(loaded, table=built.table.iloc[:0])
    assert gas_mw(one, empty)["high"].iloc[0] == 0  # complete: none is none


# real names


def test_embedded_plants_are_found_among_eias_of_2019_without_their_codes(own, test_data):
    """Of 75 plants whose codes are known: none is taken for another, and nearly all are found."""
    sheet = pd.read_csv(test_data / "power_plants/eia860_2019_plant_sheet.csv", dtype=str)
    wri = pd.read_csv(test_data / "power_plants/wri_gppd_v130_usa.csv", low_memory=False)
    code = pd.to_numeric(wri["gppd_idnr"].str.extract(r"USA(\d+)")[0])
    mw = pd.Series(wri["capacity_mw"].to_numpy(), index=code).groupby(level=0).first()
    real = pd.DataFrame(
        {
            "plant_code": sheet["Plant Code"].astype(float),
            "plant_name": sheet["Plant Name"],
            "state": sheet["State"],
            "lat": pd.to_numeric(sheet["Latitude"], errors="coerce"),
            "lon": pd.to_numeric(sheet["Longitude"], errors="coerce"),
        }
    )
    real["capacity_mw"] = real["plant_code"].map(mw).fillna(0.0)
    rows = [{**row, "generator_id": "1"} for row in real.to_dict("records")]
    eia = listed(classed(units_of(*rows)))
    known = own[own["eia_plant_code"].notna()]
    found = [find({**row, "eia_plant_code": NAN}, eia) for row in known.to_dict("records")]
    sure = [(one.plant, code) for one, code in zip(found, known["eia_plant_code"], strict=True)
            if one.verdict == "same"]  # fmt: skip
    assert len(known) == 75
    assert all(plant == code for plant, code in sure)
    assert len(sure) >= 70


def test_plants_and_facilities_are_fetched_listed_and_ranked_with(
    web, rewatt, tmp_path, monkeypatch
):
    """The whole way, through the command line."""
    import json
    from datetime import date

    monkeypatch.setattr(eia_860m, "_today", lambda: date(2026, 11, 23))
    monkeypatch.setenv("REWATT_DATA", str(tmp_path / "data"))
    config = tmp_path / "config.toml"
    config.write_text(
        "".join(
            f'[sources.{name}]\nendpoints = ["{web.endpoint(name)}"]\n'
            for name in ("eia_860m", "peeringdb")
        )
    )
    outcome = rewatt("fetch", "eia_860m", "peeringdb", "--config", config)
    assert outcome.status == 0, outcome.err
    assert "eia_860m: " in outcome.err
    assert "vintage 2026-09" in outcome.err
    rows = {row["layer"]: row for row in json.loads(rewatt("layers", "--json").out)}
    # the embedded plants that EIA does not list stand beside its own
    assert rows["gas_plants"]["state"] == "fetched + embedded"
    assert rows["facilities"]["rows"] == 12
    out = tmp_path / "out.csv"
    ranked = rewatt("rank", "--region", "childress", "--scenario", "latency_first", "--out", out)
    assert ranked.status == 0, ranked.err
    table = pd.read_csv(out).set_index("site_id")
    # to Oklahoma City, whose facility has 27 networks; Lubbock and Amarillo are nearer, with few
    km = Geod(ellps="WGS84").inv(-100.0569, 34.3833, -97.5164, 35.4676)[2] / 1000
    ms = km * 1.3 * 2 * 1.468 / 299_792.458 * 1000
    assert table.at["iren-childress", "metric_network_latency"] == pytest.approx(ms, rel=1e-3)
