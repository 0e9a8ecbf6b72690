"""Delivered cost: ties worked by hand from the published rows, and what a decision relies on."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cost import KM_PER_MILE, cheapest_tie_usd, proxies, tie_cost, weighted_miles
from geo.parameters import cited
from geo.poi import find_pois
from geo.question import Question
from layers import read_cost_regions

NAN = np.nan


def tie(kv, km, mw, state, *, new=False, site_kv=NAN, year=2026):
    """Give one tie's cost as plain numbers."""
    one = tie_cost(
        new_station=np.array([new]),
        kv=np.array([float(kv)]),
        km=np.array([float(km)]),
        mw=np.array([float(mw)]),
        site_kv=np.array([site_kv]),
        state=np.array([state], dtype=object),
        year=year,
    )
    names = ("circuits", "line_usd", "station_usd", "transformer_usd")
    usd = ("usd_low", "usd_mid", "usd_high")
    return {name: float(getattr(one, name)[0]) for name in (*names, *usd)}


# Route miles = km / 1.609344 x 1.3; seven years at 4 % are x 1.315931779, two are x 1.0816.
# 345 kV lies 115/270 of the way from 230 to 500 kV: MISO line 1,694,747 + 115/270 x 1,092,556 =
# 2,160,094.93, position 2,200,000 + 115/270 x 3,100,000 = 3,520,370.37 (2019 USD).
TIES = [
    # 2.37771 mi x 1.5 x 2,842,537.56 = 10,138,138; position 4,632,567
    pytest.param(
        (345, 2.943515, 300, "TX"), {}, 1, 10_138_137.83, 4_632_567.25, 0, id="Tesla, 345 kV"
    ),
    # 2.52671 mi x 1.5 x 4,056,410 x 1.31593 = 20,231,185; station 20,300,000 x 1.31593
    pytest.param(
        (500, 3.127954, 300, "LA"), {"new": True}, 1, 20_231_184.56, 26_713_415.12, 0,
        id="Holly Ridge, new on 500 kV",
    ),
    # 410 MW need two circuits of 205; 16.15565 mi x 1,446,469 x 1.31593 x 2; two positions
    pytest.param(
        (138, 20, 410, "IN"), {}, 2, 61_503_093.99, 4_210_981.69, 0, id="two circuits of 138 kV"
    ),
    # 6.46226 mi x 1.2 x 1,579,572 x 1.31593; 300 MVA x 4,970 x 1.31593
    pytest.param(
        (230, 8, 300, "WA"), {"site_kv": 138.0}, 1, 16_119_015.09, 2_895_049.91, 1_962_054.28,
        id="West, with a transformer",
    ),
    # 0.80778 mi x 1.5 x 2,842,537.56; MISO's four-position ring of 2024: 15,800,000 x 1.0816
    pytest.param(
        (345, 1, 600, "IL"), {"new": True}, 1, 3_444_228.36, 17_089_280.00, 0,
        id="new ring bus at 345 kV",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "more", "circuits", "line", "station", "transformer"), TIES)
def test_ties_by_hand(asked, more, circuits, line, station, transformer):
    """Mid = base x 1.2 x 1.075, high = base x 3.3; a slip of units by 1,000 is far outside."""
    found = tie(*asked, **more)
    assert found["circuits"] == circuits
    assert found["line_usd"] == pytest.approx(line, abs=1)
    assert found["station_usd"] == pytest.approx(station, abs=1)
    assert found["transformer_usd"] == pytest.approx(transformer, abs=1)
    base = line + station + transformer
    assert found["usd_low"] == pytest.approx(base, abs=3)
    assert found["usd_mid"] == pytest.approx(base * 1.2 * 1.075, abs=3)
    assert found["usd_high"] == pytest.approx(base * 3.3, abs=10)


@pytest.mark.parametrize(
    ("site_kv", "kv", "usd_2019"),
    [
        (138.0, 345, 5790), (138.0, 230, 4970), (230.0, 345, 6100), (138.0, 500, 7110),
        (230.0, 500, 7490), (345.0, 500, 7490), (34.5, 500, 7110), (115.0, 138, 4970),
        (500.0, 138, 7110),
    ],
)  # fmt: skip
def test_each_pair_of_voltages_takes_its_own_row(site_kv, kv, usd_2019):
    """USD per MVA of the table; below 100 kV as 138, within a class as 138/230, 345/500 as 230."""
    found = tie(kv, 5, 100, "IN", site_kv=site_kv, year=2019)["transformer_usd"]
    assert found == pytest.approx(usd_2019 * 100)


def test_further_circuits_of_a_new_station_need_positions():
    """1,500 MW on 345 kV: two circuits, the ring bus of 2024 and one position of 3.52 M$ (2019)."""
    found = tie(345, 1, 1500, "IL", new=True)
    assert found["circuits"] == 2
    position = 3_520_370.37 * 1.04**7
    assert found["station_usd"] == pytest.approx(15_800_000 * 1.04**2 + position, abs=1)


def test_costs_are_of_the_size_that_projects_paid():
    """LBNL: projects built in PJM paid 84 USD/kW in the mean. Entergy's 100 miles: 1.2 B USD."""
    ordinary = tie(345, 5, 300, "IN")["usd_mid"] / 300_000
    assert 84 / 10 < ordinary < 84 * 10
    hundred_miles = 100 * KM_PER_MILE / cited("route_length_factor").value
    assert tie(500, hundred_miles, 1000, "LA")["usd_high"] == pytest.approx(1.2e9, rel=0.6)


def test_dollars_are_escalated_once_from_their_own_year():
    """In 2019 nothing is added to a 2019 row: 10 km of 230 kV in Georgia."""
    miles = 10 / 1.609344 * 1.3
    assert tie(230, 10, 100, "GA", year=2019)["line_usd"] == pytest.approx(
        1_567_655 * max(1.2 * miles, 4.5)
    )
    ring = {year: tie(345, 0, 100, "IN", new=True, year=year)["station_usd"] for year in (2024, 25)}
    assert ring[2024] == pytest.approx(15_800_000)


def test_the_short_line_factor_never_makes_a_longer_line_cheaper():
    """By hand: 2 mi x 1.5 = 3; 3.5 mi would be 4.2, less than 3 x 1.5; 9 x 1.2; 11 against 12."""
    miles = np.array([0.0, 2.0, 3.5, 9.0, 11.0, 20.0])
    assert weighted_miles(miles).tolist() == pytest.approx([0, 3, 4.5, 10.8, 12, 20])
    assert (np.diff(weighted_miles(np.linspace(0, 40, 40_001))) >= 0).all()


KVS = st.sampled_from([69.0, 115.0, 138.0, 161.0, 230.0, 287.0, 345.0, 500.0, 765.0])
STATES = st.sampled_from(sorted(read_cost_regions().index))
KM, MW = st.floats(0, 200), st.floats(0, 20_000)


@given(KVS, KM, KM, MW, MW, STATES, st.booleans(), st.sampled_from([NAN, 34.5, 138.0, 345.0]))
@settings(max_examples=300, deadline=None)
def test_more_megawatts_or_more_kilometres_never_cost_less(
    kv, km_a, km_b, mw_a, mw_b, state, new, site_kv
):
    (near, far), (less, more) = sorted((km_a, km_b)), sorted((mw_a, mw_b))
    one = tie(kv, near, less, state, new=new, site_kv=site_kv)
    for other in (
        tie(kv, far, less, state, new=new, site_kv=site_kv),
        tie(kv, near, more, state, new=new, site_kv=site_kv),
    ):
        for name in ("usd_low", "usd_mid", "usd_high"):
            assert other[name] >= one[name] - 1e-6
    assert 0 <= one["usd_low"] <= one["usd_mid"] <= one["usd_high"]


def test_nothing_to_connect_costs_nothing():
    assert tie(345, 10, 0, "TX")["usd_high"] == 0


@pytest.mark.parametrize(("kv", "state"), [(345, "BC"), (345, None), (NAN, "TX"), (230, "HI")])
def test_outside_the_tables_the_cost_is_unknown(kv, state):
    assert np.isnan(tie(kv, 5, 100, state)["usd_low"])
    assert "not known" in proxies(kv, state, NAN)[0]


def test_what_stands_in_is_named():
    assert any("ERCOT" in text for text in proxies(138, "TX", NAN))
    assert any("SPP" in text for text in proxies(138, "OK", NAN))
    assert any("interpolated" in text for text in proxies(345, "IN", NAN))
    assert any("765 kV costs more" in text for text in proxies(765, "IN", NAN))
    assert any("25/345" in text for text in proxies(345, "IN", 25.0))
    assert proxies(138, "IN", NAN) == []


def test_the_cheapest_tie_is_the_cheapest_of_all_voltages():
    state, mw, km = np.array(["LA"], dtype=object), np.array([300.0]), np.array([12.0])
    each = [tie(kv, 12, 300, "LA")["usd_low"] for kv in (69, 138, 230, 345, 500)]
    assert cheapest_tie_usd(state, mw, km, 2026)[0] == pytest.approx(min(each))


TARGETS = (50, 103, 171, 172, 205, 206, 300, 343, 500, 751, 1000, 1501, 2500, 4000, 7500, 20_000)


def test_raising_the_target_never_lowers_the_cost_of_a_real_site(sites, layers):
    """New stations, splits and own connections come into play on the way: none is a way down."""
    before = None
    splits = 0
    for target in TARGETS:
        table = find_pois(sites, layers, Question(target, "2026-10")).table
        usd = table[[f"interconnection_usd_{name}" for name in ("low", "mid", "high")]]
        splits += table["split_parts"].notna().sum()
        assert not (usd < 0).any(axis=None)
        assert not (usd.diff(axis="columns") < 0).any(axis=None)
        if before is not None:
            assert not (usd < before - 1e-6).any(axis=None), target
        before = usd
    assert splits > 20


def test_a_site_pays_nothing_for_what_it_has(sites, layers):
    pois = find_pois(sites, layers, Question(200, "2026-10")).table
    has = sites["energised_mw"] >= 200
    assert has.sum() > 15
    assert (pois.loc[has, "interconnection_usd_high"] == 0).all()
    assert (pois.loc[has, "connect_mw"] == 0).all()


def test_every_term_is_visible_in_explain(rewatt):
    """Keel's Panther Creek: the terms that explain prints make up the cost in the ranking."""
    one = json.loads(rewatt("explain", "keel-panther-creek", "--json").out)
    first = one["options"][0]
    line = first["route_miles"] * first["short_line_factor"] * first["usd_per_mile"]
    assert first["line_usd"] == pytest.approx(line * first["tie_circuits"])
    base = first["line_usd"] + first["station_usd"] + first["transformer_usd"]
    assert first["usd_low"] == pytest.approx(base)
    assert one["cost"]["usd_mid"] == pytest.approx(base * 1.2 * 1.075)
    assert first["proxies"]
    text = " ".join(rewatt("explain", "keel-panther-creek").out.split())
    for word in (
        "route miles",
        "x factor",
        "x circuits",
        "+ station",
        "+ transformer",
        "Stand-ins",
    ):
        assert word in text


def test_explain_gives_the_second_best_and_what_it_costs_more(rewatt):
    one = json.loads(rewatt("explain", "keel-panther-creek", "--json").out)
    first, second = one["options"][:2]
    extra = second["usd_mid"] - first["usd_mid"]
    assert one["poi"]["poi_2_id"] == second["id"]
    assert one["poi"]["poi_2_extra_usd"] == pytest.approx(extra)
    assert extra > 0


def test_the_criterion_names_the_source_of_its_anchors():
    from geo.criteria import interconnection_cost

    assert re.search("LBNL", interconnection_cost.CRITERION.reference)
