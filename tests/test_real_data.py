"""The embedded tables against the full public data sets they were taken from."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import distance_km
from geo.nearest import nearest
from geo.regions import REGIONS

HIFLD = "substations/hifld_substations_us_2020_derived_kv.parquet"


@pytest.fixture
def hifld(test_data):
    table = pd.read_parquet(test_data / HIFLD)
    return table.assign(sub_id=table["sub_id"].astype(str))


def test_every_embedded_station_is_in_hifld_at_the_same_place(hifld, layers):
    both = layers["substations"].table.merge(hifld, left_on="substation_id", right_on="sub_id")
    assert len(both) == 5658
    km = distance_km(*(both[name].to_numpy() for name in ("lat_x", "lon_x", "lat_y", "lon_y")))
    assert km.max() < 0.002
    assert (both["max_kv"] == both["max_kv_est"]).all()


def test_inside_the_coverage_no_station_of_100_kv_is_missing(hifld, layers):
    """Taps, risers and dead ends are left out by design: nothing can be connected there."""
    inside = shapely.contains_xy(layers["substations"].coverage, hifld["lon"], hifld["lat"])
    wanted = hifld[inside & (hifld["max_kv_est"] >= 100) & (hifld["type"] == "SUBSTATION")]
    assert len(wanted) > 5000
    assert set(wanted["sub_id"]) <= set(layers["substations"].table["substation_id"])


def test_nearest_of_the_whole_country_is_the_true_nearest(hifld):
    """Against every geodesic, for 200 points and 62,957 stations."""
    generator = np.random.default_rng(11)
    lat, lon = generator.uniform(26, 48, 200), generator.uniform(-120, -70, 200)
    index, km = nearest(lat, lon, hifld["lat"].to_numpy(), hifld["lon"].to_numpy())
    for place in range(200):
        every = distance_km(
            np.full(len(hifld), lat[place]), np.full(len(hifld), lon[place]),
            hifld["lat"].to_numpy(), hifld["lon"].to_numpy(),
        )  # fmt: skip
        assert index[place] == every.argmin()
        assert km[place] == pytest.approx(every.min(), abs=1e-9)


def test_inside_the_coverage_no_operating_gas_plant_is_missing(test_data, layers):
    """EIA-860M, December 2025: each has an embedded plant within 2 km (points differ a little)."""
    eia = gpd.read_file(test_data / "power_plants/eia860m_dec2025_plants.geojson")
    eia = eia[eia["fuel_type"].str.contains("Natural Gas") & (eia["status"] != "retired")]
    inside = shapely.contains_xy(layers["gas_plants"].coverage, eia["longitude"], eia["latitude"])
    eia = eia[inside]
    plants = layers["gas_plants"].table.dropna(subset=["lat"])
    _, km = nearest(
        eia["latitude"].to_numpy(),
        eia["longitude"].to_numpy(),
        plants["lat"].to_numpy(),
        plants["lon"].to_numpy(),
    )
    assert len(eia) > 300
    assert eia["plant_name"][km > 2].tolist() == []


def test_points_lie_in_the_county_they_state(test_data, layers):
    """Town points are good to 8 km, site points to 2 km."""
    counties = gpd.read_file(
        test_data / "counties/us_atlas_counties_10m.topojson", layer="counties"
    ).set_crs(4326, allow_override=True)
    names = pd.read_csv(test_data / "hazard/fema_nri_counties.csv", dtype=str)
    names["id"] = names["STCOFIPS"].str.zfill(5)
    counties = counties.merge(names[["id", "COUNTY", "STATEABBRV"]], on="id").to_crs(5070)
    for layer in ("miner_sites", "campuses", "gas_plants"):
        table = layers[layer].table.dropna(subset=["lat", "county"])
        points = table.geometry.to_crs(5070)
        for place, row in table.iterrows():
            if row.get("country", "US") != "US":
                continue
            named = {one.strip().casefold() for one in row["county"].replace("/", ",").split(",")}
            named = {one.replace("st. ", "saint ") for one in named} | named
            mine = counties[
                (counties["STATEABBRV"] == row["state"])
                & counties["COUNTY"].str.casefold().isin(named)
            ]
            assert len(mine), (layer, row["county"], row["state"])
            tolerance = {"site": 2000, "town": 8000, "county": 0}[row["coord_precision"]]
            assert mine.distance(points[place]).min() <= tolerance, row.iloc[0]


def test_regions_hold_what_the_readme_of_the_data_says(hifld):
    """449, 1,958 and 116 stations in the three boxes."""
    found = []
    for name in ("northern_indiana", "louisiana", "childress"):
        west, south, east, north = REGIONS[name].box
        found.append((hifld["lat"].between(south, north) & hifld["lon"].between(west, east)).sum())
    assert found == [449, 1958, 116]


def test_in_the_regions_no_line_of_220_kv_is_missing(test_data, layers):
    """HIFLD of 2025: every piece in the boxes runs within 0.5 km of an embedded one."""
    name = "transmission/hifld_transmission_us_voltclass.parquet"
    pieces = gpd.read_parquet(test_data / name)
    wanted = pieces["VOLT_CLASS"].isin(["220-287", "345", "500", "735 AND ABOVE"])
    inside = pieces[wanted].clip(layers["transmission_lines"].coverage).to_crs(5070)
    lines = layers["transmission_lines"].table.to_crs(5070)
    near = shapely.buffer(shapely.union_all(lines.geometry.to_numpy()), 500)
    missing = shapely.length(shapely.difference(inside.geometry.to_numpy(), near))
    assert inside.length.sum() > 5e6
    assert missing.sum() == 0


def test_the_nearest_pipeline_of_the_whole_country(test_data, sites):
    """EIA's pipelines: no geodesic to any vertex is shorter, and the peer's plane agrees to 1 %."""
    from geo.lines import nearest_line

    pipes = gpd.read_parquet(test_data / "gas_pipelines/eia_ngpipelines.parquet").to_crs(4326)
    pipes = pipes[~pipes.geometry.is_empty]
    located = sites[sites["coord_precision"].isin(["site", "town"]) & (sites["country"] == "US")]
    lat, lon = located["lat"].to_numpy(), located["lon"].to_numpy()
    _, km, _, _ = nearest_line(lat, lon, pipes.geometry.to_numpy())
    vertices = shapely.get_coordinates(pipes.geometry.to_numpy())
    _, to_vertex = nearest(lat, lon, vertices[:, 1].copy(), vertices[:, 0].copy())
    assert (km <= to_vertex + 1e-6).all()
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4326).to_crs(5070)
    plane = pipes.to_crs(5070).union_all()
    assert km == pytest.approx(points.distance(plane).to_numpy() / 1000, rel=0.02, abs=0.2)
