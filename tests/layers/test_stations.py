"""Stations and lines from a store: what is embedded stays as it is, what is fetched joins it."""

from __future__ import annotations

import csv
import io

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString

from layers import Store, data_folder, load_layers, substations, transmission_lines
from layers._base import sha256_of, with_points
from layers._check import check_table
from layers._manifest import Manifest
from layers._staging import commit

IDS = ("substations", "transmission_lines")
BOX = shapely.box(-90.5, 40.5, -89.5, 41.5)
KM = 1 / 111.2


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def put(store, source, tables, area=BOX, version="v"):
    """Store tables as a fetch would that asked for an area."""
    folder = store.source_folder(source) / f".part-{version}"
    folder.mkdir(parents=True)
    rows = sum(map(len, tables.values()))
    wkt = None if area is None else area.wkt
    draft = Manifest(source, rows, rows, (), "as published", "2024-05", area=wkt)
    return commit(store, folder, draft, tables, {})


def stations(*rows):
    """HIFLD's rows: id, name, type, km north of 41 N 90 W, highest kV."""
    table = pd.DataFrame(rows, columns=["substation_id", "name", "type", "km", "max_kv"])
    table["lat"] = 41 + table.pop("km") * KM
    return with_points(
        table.assign(lon=-90.0, state="IL", status="IN SERVICE", min_kv=np.nan, kv_inferred="no")
    )


def lines(*rows, where=-90.0):
    """HIFLD's rows: id, class, km north where the line begins and ends."""
    shapes = [LineString([(where, 41 + a * KM), (where, 41 + b * KM)]) for _, _, a, b in rows]
    plain = [(one, kv_class) for one, kv_class, _, _ in rows]
    return gpd.GeoDataFrame(
        pd.DataFrame(plain, columns=["line_id", "kv_class"]), geometry=shapes, crs="EPSG:4326"
    )


def as_csv(table):
    """Write a table as the embedded one is written."""
    out = io.StringIO()
    table.to_csv(out, index=False, lineterminator="\n")
    return out.getvalue()


def test_with_nothing_fetched_the_tables_are_the_embedded_ones_cell_by_cell(tmp_path):
    for store in (Store.embedded(), Store(tmp_path)):
        built = load_layers(IDS, store)
        table = built["substations"].table
        with (data_folder() / "substations.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert table.columns.tolist() == [*rows[0], "origin", "geometry"]
        for name in rows[0]:
            cells = [row[name] for row in rows]
            if table[name].dtype.kind in "fi":
                np.testing.assert_array_equal(table[name], [float(one or "nan") for one in cells])
            else:
                assert table[name].fillna("").tolist() == cells
        assert (table["origin"] == "embedded " + table["substation_id"]).all()
        assert built["substations"].missing == ()
        assert not (tmp_path / "derived").exists()


def test_fetched_stations_join_the_embedded_ones(store):
    before = load_layers(IDS, Store.embedded())["substations"]
    old = before.table.iloc[0]
    fetched = pd.concat(
        [
            stations(("X1", "ELM", "substation", 0, 345), ("X2", "TAP2", "tap", 9, 345)),
            stations((old["substation_id"], "NEW NAME", "substation", 0, 500)).assign(
                lat=old["lat"], lon=old["lon"], state=old["state"]
            ),
        ],
        ignore_index=True,
    )
    put(store, "hifld_substations", {"substations": with_points(fetched)})
    after = load_layers(IDS, store)["substations"]
    assert len(after.table) == len(before.table) + 1
    assert after.table["substation_id"].tolist()[:-1] == before.table["substation_id"].tolist()
    assert after.table.iloc[-1]["name"] == "ELM"
    assert after.table.iloc[0][["max_kv", "kv_evidence"]].tolist() == [500, "reported"]
    rest = [name for name in before.table if name != "geometry"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(after.table.iloc[1:-1][rest]).reset_index(drop=True),
        pd.DataFrame(before.table.iloc[1:][rest]).reset_index(drop=True),
        check_dtype=False,
    )
    assert shapely.contains_xy(after.coverage, -90, 41)
    assert not shapely.contains_xy(before.coverage, -90, 41)
    assert after.coverage.covers(before.coverage.buffer(-1e-6))
    rows = {one.source.id: one.rows for one in after.provenance}
    assert rows == {"rewatt_curated/substations": len(before.table), "hifld_substations": 2}
    assert substations.refused(store)["key"].tolist() == ["X2"]
    check_table(after.table, substations.LAYER)


def test_openstreetmap_and_imports_promise_no_completeness(store):
    own = stations(("mine", "Mine", "substation", 0, 345))
    own = own.assign(kv_evidence="reported", circuits=2.0)
    put(store, "import_substations", {"substations": own.drop(columns=["type", "status"])})
    before, after = (load_layers(IDS, one)["substations"] for one in (Store.embedded(), store))
    assert after.table["substation_id"].tolist()[-1] == "mine"
    assert after.coverage.equals(before.coverage)


def test_openstreetmap_brings_stations_lines_and_its_attribution(store):
    station = stations(("way/7", "Elm", "transmission", 0, 345))
    station = station.rename(columns={"substation_id": "osm_id", "type": "substation"})
    drawn = lines(("way/8", 345, 0, 30), ("way/9", 138, 0, 30))
    drawn = drawn.rename(columns={"line_id": "osm_id", "kv_class": "kv"}).assign(circuits=2.0)
    put(store, "osm_power", {"substations": station.assign(operator=None), "lines": drawn})
    built = load_layers(IDS, store)
    row = built["substations"].table.iloc[-1]
    assert row[["substation_id", "circuits", "kv_evidence"]].tolist() == ["way/7", 2, "confirmed"]
    assert built["transmission_lines"].table["line_id"].tolist()[-1] == "way/8"
    assert "way/9" not in set(built["transmission_lines"].table["line_id"])
    for layer in built.values():
        check_table(layer.table, layer.layer)
        said = {one.source.id: one for one in layer.provenance}
        assert said["osm_power"].rows == 1
        assert "OpenStreetMap" in said["osm_power"].source.attribution


def test_lines_alone_count_circuits_at_embedded_stations(store):
    before = load_layers(IDS, Store.embedded())["substations"].table
    one = before[(before["circuits"] == 2) & (before["max_kv"] == 115)].iloc[0]
    shapes = [LineString([(one["lon"], one["lat"]), (one["lon"] + 1, one["lat"] + k)]) for k in
              (0, 0.3, 0.6)]  # fmt: skip
    drawn = gpd.GeoDataFrame(
        {"line_id": ["a", "b", "c"], "kv_class": 138.0}, geometry=shapes, crs="EPSG:4326"
    )
    put(store, "hifld_lines", {"lines": drawn}, area=None)
    after = load_layers(IDS, store)["substations"].table.set_index("substation_id")
    assert after.loc[one["substation_id"], "circuits"] == 3
    same = before["substation_id"] != one["substation_id"]
    others = after.loc[before.loc[same, "substation_id"], "circuits"].to_numpy()
    assert (np.nan_to_num(others) != np.nan_to_num(before.loc[same, "circuits"])).mean() < 0.01


def test_where_only_pieces_of_the_yard_end_the_circuits_are_not_known(store):
    """The embedded two were the two ends of one such piece."""
    before = load_layers(IDS, Store.embedded())["substations"].table
    one = before[(before["circuits"] == 2) & (before["max_kv"] == 115)].iloc[0]
    drawn = gpd.GeoDataFrame(
        {"line_id": ["a"], "kv_class": 138.0},
        geometry=[LineString([(one["lon"], one["lat"]), (one["lon"] + 5e-4, one["lat"])])],
        crs="EPSG:4326",
    )
    put(store, "hifld_lines", {"lines": drawn}, area=None)
    after = load_layers(IDS, store)["substations"].table.set_index("substation_id")
    assert np.isnan(after.loc[one["substation_id"], "circuits"])


@pytest.mark.parametrize(("drawn_circuits", "expected"), [(1.0, 3), (5.0, 5)])
def test_openstreetmap_adds_circuits_and_takes_none_away(store, drawn_circuits, expected):
    """It promises no completeness: fewer lines on its map are no fewer on the ground."""
    before = load_layers(IDS, Store.embedded())["substations"].table
    one = before[(before["circuits"] == 3) & (before["max_kv"] == 115)].iloc[0]
    drawn = gpd.GeoDataFrame(
        {"osm_id": ["way/1"], "kv": 115.0, "circuits": drawn_circuits, "voltage": "115000"},
        geometry=[LineString([(one["lon"], one["lat"]), (one["lon"] + 1, one["lat"])])],
        crs="EPSG:4326",
    )
    nothing = gpd.GeoDataFrame(
        {name: pd.Series(dtype=object) for name in (
            "osm_id", "name", "operator", "ref", "substation", "max_kv", "min_kv", "voltage",
            "lat", "lon",
        )}, geometry=[], crs="EPSG:4326",
    )  # fmt: skip
    put(store, "osm_power", {"substations": nothing, "lines": drawn}, area=None)
    after = load_layers(("substations",), store)["substations"].table.set_index("substation_id")
    assert after.loc[one["substation_id"], "circuits"] == expected


def test_lines_of_a_box_say_nothing_of_stations_outside_it(store):
    """A line that crosses the box ends far outside, alone of all that end there."""
    before = load_layers(IDS, Store.embedded())["substations"].table
    one = before[(before["circuits"] == 3) & (before["max_kv"] == 115)].iloc[0]
    drawn = gpd.GeoDataFrame(
        {"line_id": ["a"], "kv_class": 138.0},
        geometry=[LineString([(one["lon"], one["lat"]), (one["lon"] + 2, one["lat"])])],
        crs="EPSG:4326",
    )
    area = shapely.box(one["lon"] + 0.5, one["lat"] - 1, one["lon"] + 3, one["lat"] + 1)
    put(store, "hifld_lines", {"lines": drawn}, area=area)
    after = load_layers(IDS, store)["substations"].table.set_index("substation_id")
    assert after.loc[one["substation_id"], "circuits"] == 3
    assert after.loc[one["substation_id"], "kv_evidence"] == one["kv_evidence"]


def test_what_hifld_inferred_is_not_confirmed_by_the_table_made_from_it(store):
    """The embedded `conflict` and HIFLD's own `inferred` are one claim."""
    before = load_layers(IDS, Store.embedded())["substations"].table
    one = before[(before["kv_evidence"] == "conflict") & (before["max_kv"] == 138)].iloc[0]
    own = pd.DataFrame(
        {
            "substation_id": [one["substation_id"]], "name": [one["name"]], "type": "substation",
            "status": "IN SERVICE", "state": [one["state"]], "lat": [one["lat"]],
            "lon": [one["lon"]], "max_kv": [138.0], "min_kv": [np.nan], "kv_inferred": "yes",
        }
    )  # fmt: skip
    drawn = gpd.GeoDataFrame(
        {"line_id": ["a"], "kv_class": 138.0},
        geometry=[LineString([(one["lon"], one["lat"]), (one["lon"] + 1, one["lat"])])],
        crs="EPSG:4326",
    )
    put(store, "hifld_substations", {"substations": with_points(own)}, area=None)
    put(store, "hifld_lines", {"lines": drawn}, area=None)
    after = load_layers(IDS, store)["substations"].table.set_index("substation_id")
    assert after.loc[one["substation_id"], "kv_evidence"] == "line_class"


def test_a_doubtful_pair_is_in_the_quarantine_of_the_store(store, tmp_path):
    put(store, "hifld_substations", {"substations": stations(("X1", None, "substation", 0, 345))})
    own = stations(("mine", None, "substation", 0.6, 345)).assign(kv_evidence="reported")
    put(store, "import_substations", {"substations": own.drop(columns=["type", "status"])})
    pairs = substations.quarantine(store)
    assert pairs[["left_key", "right_key"]].to_numpy().tolist() == [["X1", "mine"]]
    pairs.to_csv(tmp_path / "quarantine.csv", index=False)
    assert len(pd.read_csv(tmp_path / "quarantine.csv")) == 1
    assert substations.quarantine(Store.embedded()).empty


def test_the_merged_table_is_kept_until_an_input_changes(store):
    put(store, "hifld_substations", {"substations": stations(("X1", "ELM", "substation", 0, 345))})
    first = load_layers(IDS, store)["substations"].table
    kept = sorted((store.folder / "derived").glob("*.parquet"))
    assert [path.name.rpartition("-")[0] for path in kept] == [
        "substations_quarantine", "substations_refused", "substations_table",
    ]  # fmt: skip
    times = [path.stat().st_mtime_ns for path in kept]
    again = load_layers(IDS, store)["substations"].table
    assert sorted((store.folder / "derived").glob("*.parquet")) == kept
    assert [path.stat().st_mtime_ns for path in kept] == times
    assert as_csv(again) == as_csv(first)
    put(store, "hifld_substations", {"substations": stations(("X1", "ELM", "substation", 0, 500))},
        version="w")  # fmt: skip
    assert load_layers(IDS, store)["substations"].table.iloc[-1]["max_kv"] == 500


def test_fetched_lines_take_the_place_of_embedded_ones_where_they_were_fetched(store):
    before = load_layers(IDS, Store.embedded())["transmission_lines"]
    childress = shapely.box(-101.5, 33.4, -98.9, 35.2)
    put(store, "hifld_lines", {"lines": lines(("a", 345, 0, 9), ("b", 138, 0, 9))}, childress)
    after = load_layers(IDS, store)["transmission_lines"]
    check_table(after.table, transmission_lines.LAYER)
    fresh = after.table["region"].isna()
    assert after.table.loc[fresh, "line_id"].tolist() == ["a"], "138 kV is no line of the layer"
    old = after.table[~fresh]
    elsewhere = before.table[before.table["region"] != "childress"]
    assert set(elsewhere["line_id"]) <= set(old["line_id"])
    assert shapely.length(old.intersection(childress).to_numpy()).max() < 1e-9
    assert after.coverage.equals(before.coverage)
    rows = {one.source.id: one.rows for one in after.provenance}
    assert rows == {"rewatt_curated/transmission_lines": len(old), "hifld_lines": 1}


def test_a_line_that_was_fetched_whole_is_not_embedded_outside_the_area_as_well(store):
    before = load_layers(IDS, Store.embedded())["transmission_lines"].table
    fetched = before.drop(columns="region").assign(line_id="h" + before["line_id"])
    put(store, "hifld_lines", {"lines": fetched}, shapely.box(-87, 41, -86, 41.5))
    near = before.intersects(shapely.box(-87, 41, -86, 41.5))
    after = load_layers(IDS, store)["transmission_lines"].table
    assert set(before.loc[near, "line_id"]) & set(after["line_id"]) == set()
    assert set(fetched["line_id"]) <= set(after["line_id"])


def test_an_embedded_line_that_leaves_what_was_fetched_keeps_what_is_outside(store):
    before = load_layers(IDS, Store.embedded())["transmission_lines"].table
    west, south, east, north = before.total_bounds
    half = shapely.box(-87, south, east, north)
    put(store, "hifld_lines", {"lines": lines(("a", 345, 0, 9))}, half)
    after = load_layers(IDS, store)["transmission_lines"].table
    old = after[after["region"].notna()]
    assert old.union_all().intersection(half).length == pytest.approx(0, abs=1e-9)
    assert old.union_all().length == pytest.approx(before.union_all().difference(half).length)
    assert west < -87 < east


def test_a_line_of_openstreetmap_counts_where_no_other_of_its_class_is_drawn():
    from layers._drawn import already_drawn

    drawn = lines(("a", 345, 0, 30))
    near, far = 0.3 * KM / np.cos(np.radians(41)), 0.8 * KM / np.cos(np.radians(41))
    assert already_drawn(lines(("x", 345, 0, 30), where=-90 + near), drawn).tolist() == [True]
    assert already_drawn(lines(("x", 345, 0, 30), where=-90 + far), drawn).tolist() == [False]
    assert already_drawn(lines(("x", 230, 0, 30)), drawn).tolist() == [False]
    assert already_drawn(lines(("x", 345, 5, 40)), drawn).tolist() == [True]
    assert already_drawn(lines(("x", 345, 20, 60)), drawn).tolist() == [False]
    assert already_drawn(lines(("point", 345, 5, 5)), drawn).tolist() == [True]


def test_a_changed_embedded_table_is_checked_before_it_is_merged(store, tmp_path, monkeypatch):
    import shutil

    from layers import LayerError, _stations
    from layers.sources import rewatt_curated

    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    for module in (_stations, rewatt_curated):
        monkeypatch.setattr(module, "data_folder", lambda: folder)
    put(store, "hifld_substations", {"substations": stations(("X1", "ELM", "substation", 0, 345))})
    path = folder / "substations.csv"
    path.write_text(path.read_text().replace(",confirmed\n", ",certain\n", 1))
    assert sha256_of(path) != sha256_of(data_folder() / "substations.csv")
    with pytest.raises(LayerError, match="found 'certain', expected one of"):
        load_layers(("substations",), store)
