"""Sums and distances around a site, with the ranges that imprecise points leave."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.coverage import depth_km
from geo.demand import hosts, mw_to_come, places
from geo.surroundings import mw_within, nearest_other, not_its_own

KM_PER_DEGREE = 110.922  # meridian, around 34 N (Rapp, Geometric Geodesy I)
AREA = shapely.box(-130, 20, -60, 55)


def rows(*at, precision="site", **columns):
    """Give rows so many km north of 34 N, 100 W."""
    n = len(at)
    table = pd.DataFrame(
        {
            "lat": [34 + km / KM_PER_DEGREE for km in at],
            "lon": [-100.0] * n,
            "coord_precision": precision,
        }
    )
    return table.assign(**columns)


@pytest.fixture
def site(make_sites):
    return make_sites(lat=[34.0], lon=[-100.0])


def total(site, table, mw, **options):
    bounds = np.array(mw, dtype=float)
    return mw_within(site, table, 50, (bounds, bounds), **options).iloc[0].tolist()


def test_inside_counts_outside_does_not(site):
    assert total(site, rows(10, 30, 60), [100, 20, 5], coverage=AREA) == [120, 120, 120]


def test_near_the_edge_the_precision_of_both_points_makes_a_range(site):
    """Two points good to 2 km each: at 47 km maybe outside, at 53 km maybe inside."""
    assert total(site, rows(47, 53), [100, 20], coverage=AREA) == [100, 0, 120]


def test_where_the_table_is_not_complete_there_is_a_lower_bound_only(site):
    edge = shapely.box(-100.3, 33, -99, 35)
    assert total(site, rows(10), [100], coverage=edge) == pytest.approx(
        [np.nan, 100, np.nan], nan_ok=True
    )
    assert total(site, rows(60), [100], coverage=edge) == pytest.approx([np.nan] * 3, nan_ok=True)


def test_an_unknown_amount_leaves_bounds(site):
    table = rows(10, 20)
    metric = mw_within(
        site,
        table,
        50,
        (np.array([100.0, 0.0]), np.array([100.0, np.inf])),
        complete_everywhere=True,
    )
    assert metric.iloc[0].tolist() == pytest.approx([np.nan, 100, np.nan], nan_ok=True)


def test_a_county_centroid_that_may_be_on_either_side_makes_a_range(site):
    table = rows(30, precision="county", coord_radius_km=40.0)
    assert total(site, table, [500], complete_everywhere=True) == pytest.approx(
        [np.nan, 0, 500], nan_ok=True
    )
    surely = rows(5, precision="county", coord_radius_km=20.0)
    assert total(site, surely, [500], complete_everywhere=True) == [500, 500, 500]


def test_nearest_carries_the_precision_of_both_points(site):
    value, low, high = nearest_other(site, rows(20, 30))
    assert value[0] == pytest.approx(20, abs=0.01)
    assert (low[0], high[0]) == pytest.approx((16, 24), abs=0.01)


def test_a_county_campus_can_narrow_the_range_never_set_the_value(site):
    table = pd.concat(
        [rows(100), rows(60, precision="county", coord_radius_km=30.0)], ignore_index=True
    )
    value, low, high = nearest_other(site, table)
    assert np.isnan(value[0])  # the county campus is surely nearer: at most 60 + 30 + 2 km
    assert (low[0], high[0]) == pytest.approx((28, 92), abs=0.01)


def campus(**columns):
    base = {
        "campus_id": "c",
        "lat": 34.0,
        "lon": -100.0,
        "coord_precision": "site",
        "status": "planned",
        "power_mw_current": 0.0,
        "power_mw_planned": 500.0,
        "host_site_id": None,
        "overlap_group": None,
    }
    return base | columns


def table_of(*campuses):
    return pd.DataFrame(list(campuses))


def test_rows_of_one_place_count_once_with_the_larger_plan():
    table = table_of(
        campus(
            campus_id="a", overlap_group="g", power_mw_planned=2262.0, status="under_construction"
        ),
        campus(campus_id="b", overlap_group="g", power_mw_planned=5000.0),
        campus(campus_id="c", power_mw_planned=300.0, power_mw_current=100.0),
    )
    assert len(places(table)) == 2
    assert mw_to_come(table)["mw_low"].tolist() == [5000, 200]


def test_rejected_paused_and_stalled_want_nothing():
    table = table_of(*(campus(campus_id=s, status=s) for s in ("rejected", "paused", "stalled")))
    assert len(mw_to_come(table)) == 0


def test_a_blank_makes_a_range():
    coming = mw_to_come(
        table_of(
            campus(campus_id="a", power_mw_current=np.nan),
            campus(campus_id="b", power_mw_planned=np.nan),
        )
    )
    assert coming["mw_low"].tolist() == [0, 0]
    assert coming["mw_high"].tolist() == [500, np.inf]


def test_a_host_is_shared_by_overlapping_rows():
    table = table_of(
        campus(campus_id="a", overlap_group="g", host_site_id="mine"),
        campus(campus_id="b", overlap_group="g"),
        campus(campus_id="c"),
    )
    assert hosts(table).tolist() == [("mine",), ("mine",), ()]


def test_its_own_campus_is_neither_neighbour_nor_competitor(make_sites):
    mine = make_sites(lat=[34.0], lon=[-100.0]).rename(index={"s0": "mine"})
    mine["brought"] = False
    table = table_of(
        campus(campus_id="own", host_site_id="mine"), campus(campus_id="other", lat=34.2)
    )
    value, _, _ = nearest_other(mine, table, not_its_own(mine, table))
    assert value[0] == pytest.approx(22.18, abs=0.02)


@pytest.mark.parametrize(("km", "expected"), [(1.9, np.nan), (2.1, 2.1)])
def test_for_a_point_that_a_user_brings_two_km_is_on_it(site, km, expected):
    table = table_of(campus(lat=34 + km / KM_PER_DEGREE))
    value, _, _ = nearest_other(site, table, not_its_own(site, table))
    assert value[0] == pytest.approx(expected, abs=0.01, nan_ok=True)


def test_all_rows_of_the_place_that_a_point_stands_on_are_its_own(site):
    """One row lies 1.5 km away, another row of the same place 2.5 km."""
    table = table_of(
        campus(campus_id="a", overlap_group="g", lat=34 + 1.5 / KM_PER_DEGREE),
        campus(campus_id="b", overlap_group="g", lat=34 + 2.5 / KM_PER_DEGREE),
        campus(campus_id="c", lat=34 + 30 / KM_PER_DEGREE),
    )
    value, _, _ = nearest_other(site, table, not_its_own(site, table))
    assert value[0] == pytest.approx(30, abs=0.01)


def test_nothing_around_is_no_error(site):
    assert total(site, rows(300), [100], coverage=AREA) == [0, 0, 0]


@pytest.mark.parametrize(("km", "counted"), [(49.9, True), (50.1, False)])
def test_gas_and_competition_end_at_50_km(site, layers, km, counted):
    """One plant and one campus of 500 MW, at a distance that tells 50 km from 49 or 51."""
    from dataclasses import replace

    from geo.criteria import campus_competition, campus_proximity, gas_generation
    from geo.question import Question

    plant = rows(km, status="operating", technology="CC", capacity_mw=500.0)
    one = table_of(campus(lat=34 + km / KM_PER_DEGREE, status="planned"))
    here = {
        "gas_plants": replace(layers["gas_plants"], table=plant, coverage=AREA),
        "campuses": replace(layers["campuses"], table=one),
    }
    question = Question(200, "2026-10")
    for criterion in (gas_generation, campus_competition):
        found = criterion.measure(site, here, question)["value"].iloc[0]
        assert found == (500 if counted else 0)
    # a planned campus competes, and is no neighbour yet
    assert campus_proximity.measure(site, here, question)["value"].isna().all()


def test_the_upper_bound_needs_the_table_to_reach_past_the_precision(make_sites):
    """The table ends 51 km off: the sum at 50 km is known, what a town point might see is not."""
    town = make_sites(lat=[34.0], lon=[-100.0], coord_precision=["town"])
    edge = shapely.box(-100.553, 30, -90, 40)
    assert total(town, rows(10), [100], coverage=edge) == pytest.approx(
        [100, 100, np.nan], nan_ok=True
    )


def test_a_disc_well_past_the_edge_is_not_covered():
    from geo.coverage import covers, misses

    depth = np.array([39.0, 38.9, -39.0, -38.9])
    assert covers(depth, 40).tolist() == [True, False, False, False]
    assert misses(depth, 40).tolist() == [False, False, True, False]


def test_the_depth_is_measured_anew_for_other_points_and_other_areas():
    lat, lon = np.array([33.0]), np.array([-100.0])
    area = shapely.box(-101, 32, -99, 34)
    deep = depth_km(lat, lon, area)[0]
    assert deep == pytest.approx(93.5, abs=1.5)  # one degree of longitude at 33 degrees
    assert depth_km(lat, lon + 0.5, area)[0] == pytest.approx(deep / 2, rel=0.02)
    assert depth_km(lat + 2, lon, area)[0] < 0
    assert depth_km(lat, lon, shapely.box(-100.5, 32, -99, 34))[0] == pytest.approx(
        deep / 2, rel=0.02
    )
    found = depth_km(lat, lon, area)
    found[:] = 0
    assert depth_km(lat, lon, area)[0] == deep
