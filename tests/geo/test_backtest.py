"""The back-test: who is compared, what counts as won, what was known, what it says of itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from sklearn.metrics import roc_auc_score
from streamlit.testing.v1 import AppTest

from geo.backtest import METHODS, backtest, look_back, mean_ranks, rank_by
from geo.backtest_cohort import (
    CLOSED,
    DATES,
    HOSTS_UNDATED,
    LATER,
    NO_POINT,
    NO_YEAR,
    ONLY_PLANNED,
    SAME_YEAR,
    WON_BEFORE,
    BacktestError,
    Window,
    cohort,
    company,
    outcomes,
    windows,
)
from geo.backtest_known import LEAKS, assess_before, layers_before, nearest_substation_km
from geo.backtest_metrics import auc, group, shuffles
from geo.backtest_report import caveats, conversions_note, document, site_table, verdict
from geo.criteria import CRITERIA
from geo.durations import curve
from geo.metrics import measure_sites
from geo.question import Question
from geo.scenario import Origin, load_scenario, scenario_origin
from layers import read_conversions
from layers._base import with_points

UNTIL = "2026-10"
JUNE, JANUARY = Window("2024-06", UNTIL), Window("2025-01", UNTIL)
AI = ["ai_hpc_status", "ai_counterparty", "ai_contract_mw", "ai_contract_basis"]
BALANCED = load_scenario("balanced")
ORIGIN = Origin("data/scenarios/balanced.toml", "0" * 64)


@pytest.fixture(scope="module")
def claims():
    return read_conversions()


def run(sites, layers, claims, *dates, seed=0):
    return backtest(
        sites, layers, claims, BALANCED, origin=ORIGIN, target_mw=200.0,
        windows=windows(dates, UNTIL, UNTIL), seed=seed,
    )  # fmt: skip


@pytest.fixture(scope="module")
def real(sites, layers, claims):
    return run(sites, layers, claims)


def wins(*pairs, kind="won"):
    """Give claims from pairs of a site and a date."""
    rows = [
        {"claim_id": f"T{i:03}", "site_id": site, "kind": kind, "date": date, "evidence": "filing"}
        for i, (site, date) in enumerate(pairs)
    ]
    return pd.DataFrame(rows, columns=["claim_id", "site_id", "kind", "date", "evidence"])


def add_rows(layers, name, *rows):
    """Give the layers with more rows in one."""
    layer = layers[name]
    added = pd.DataFrame(list(rows)).reindex(columns=layer.table.columns.drop("geometry"))
    plain = pd.DataFrame(layer.table.drop(columns="geometry"))
    table = with_points(pd.concat([plain.astype(object), added.astype(object)], ignore_index=True))
    for column in layer.table.columns.drop("geometry"):
        if layer.table[column].dtype.kind == "f":
            table[column] = table[column].astype(float)
    return {**layers, name: replace(layer, table=table)}


# who is compared


@pytest.mark.parametrize(
    ("year", "date", "reason"),
    [
        (2023, "2024-06", None),
        (2024, "2024-06", SAME_YEAR),
        (2025, "2024-06", LATER),
        (2024, "2025-01", None),
        (2025, "2025-01", LATER),
        (2024, "2025-06", None),
        (2025, "2025-06", SAME_YEAR),
        (None, "2025-06", NO_YEAR),
    ],
)
def test_a_year_lies_before_the_date_behind_it_or_is_undecided(make_sites, year, date, reason):
    sites = make_sites(
        lat=[35.0], lon=[-100.0], country="US", status="operating", energised_year=[year]
    )
    assert cohort(sites, Window(date, UNTIL))["s0"] == reason


@pytest.mark.parametrize(
    ("status", "energised_mw", "reason"),
    [
        ("under_construction", 0.0, ONLY_PLANNED),
        ("planned", None, ONLY_PLANNED),
        ("under_construction", 13.0, None),
        ("operating", None, None),
        ("closed", 0.0, None),
    ],
)
def test_a_year_may_be_a_plan(make_sites, status, energised_mw, reason):
    sites = make_sites(
        lat=[35.0], lon=[-100.0], country="US", status=status, energised_year=2020,
        energised_mw=[energised_mw],
    )  # fmt: skip
    assert cohort(sites, JUNE)["s0"] == reason


def test_a_site_without_a_public_location_is_named_not_compared(make_sites):
    sites = make_sites(
        lat=[None], lon=[None], country="US", status="operating", energised_year=2020
    )
    assert cohort(sites, JUNE)["s0"] == NO_POINT


def test_the_cohort_does_not_depend_on_who_won(sites):
    """Whatever the columns on AI say, the same sites are compared; claims are not even asked."""
    order = np.random.default_rng(1).permutation(len(sites))
    shuffled = sites.copy()
    shuffled[AI] = sites[AI].to_numpy()[order]
    for date in DATES:
        before, after = (cohort(table, Window(date, UNTIL)) for table in (sites, shuffled))
        assert before.equals(after)


def test_every_site_is_a_winner_another_or_left_out_with_a_reason(real, sites):
    for one in real.dates:
        assert set(one.sites.index) == set(sites.index)
        left = one.sites["label"] == "left_out"
        assert one.sites.loc[left, "reason"].notna().all()
        assert one.sites.loc[~left, "reason"].isna().all()
        assert one.n_winners + one.n_others + left.sum() == len(sites)
        assert one.sites.loc[~left, [f"rank_{name}" for name in METHODS]].notna().all(axis=None)
        assert one.sites.loc[left, [f"rank_{name}" for name in METHODS]].isna().all(axis=None)


# what counts as won


@pytest.mark.parametrize(
    ("date", "label", "reason"),
    [
        ("2024-05-31", "left_out", WON_BEFORE),
        ("2024-05", "left_out", WON_BEFORE),
        ("2024-06-01", "positive", None),
        ("2024-06-03", "positive", None),
        ("2024-06", "positive", None),
        ("2026-10-31", "positive", None),
        ("2026-10", "positive", None),
        ("2026-11-01", "negative", None),
        ("2026-11", "negative", None),
    ],
)
def test_a_win_counts_from_the_first_day_of_the_date_to_the_last_of_the_cut_off(
    make_sites, layers, date, label, reason
):
    sites = make_sites(name=["a"], status="operating", ai_hpc_status="none")
    found = outcomes(sites, wins(("s0", date)), layers["campuses"].table, JUNE).loc["s0"]
    assert (found["label"], found["reason"], found["won"]) == (label, reason, date)


def test_only_the_first_win_counts(make_sites, layers):
    sites = make_sites(name=["a", "b"], status="operating", ai_hpc_status="operating")
    claims = wins(("s0", "2025-03"), ("s0", "2023-01"), ("s1", "2026-02-01"), ("s1", "2025-08-14"))
    found = outcomes(sites, claims, layers["campuses"].table, JUNE)
    assert found["label"].tolist() == ["left_out", "positive"]
    assert found["won"].tolist() == ["2023-01", "2025-08-14"]


@pytest.mark.parametrize("kind", ["delivered", "extended", "replaced", "sold", "status"])
def test_a_claim_that_tells_of_hosting_without_a_win_leaves_the_site_out(make_sites, layers, kind):
    sites = make_sites(name=["a"], status="operating", ai_hpc_status="none")
    claims = wins(("s0", "2026-05-06"), kind=kind)
    found = outcomes(sites, claims, layers["campuses"].table, JUNE)
    assert found.at["s0", "reason"] == HOSTS_UNDATED


@pytest.mark.parametrize("kind", ["not_won", "pending", "approved", "blocked", "opinion"])
def test_a_letter_of_intent_or_an_approval_is_no_win(make_sites, layers, kind):
    sites = make_sites(name=["a"], status="operating", ai_hpc_status="announced")
    claims = wins(("s0", "2026-05-06"), kind=kind)
    assert outcomes(sites, claims, layers["campuses"].table, JUNE).at["s0", "label"] == "negative"


@pytest.mark.parametrize("status", ["operating", "contracted"])
def test_hosting_ai_without_a_dated_win_leaves_the_site_out(make_sites, layers, status):
    sites = make_sites(name=["a"], status="operating", ai_hpc_status=status)
    found = outcomes(sites, wins(), layers["campuses"].table, JUNE)
    assert found.at["s0", "reason"] == HOSTS_UNDATED
    dated = outcomes(sites, wins(("s0", "2025-01")), layers["campuses"].table, JUNE)
    assert dated.at["s0", "label"] == "positive"


def test_an_operating_campus_on_the_site_shows_that_it_hosts_ai(make_sites, layers):
    sites = make_sites(name=["a", "b"], status="operating", ai_hpc_status="none")
    rows = [
        {"campus_id": "x", "status": "operating", "overlap_group": "there"},
        {"campus_id": "y", "status": "planned", "overlap_group": "there", "host_site_id": "s0"},
        {"campus_id": "z", "status": "planned", "host_site_id": "s1"},
    ]
    campuses = add_rows(layers, "campuses", *rows)["campuses"].table
    found = outcomes(sites, wins(), campuses, JUNE)
    assert found["label"].tolist() == ["left_out", "negative"]


def test_a_closed_site_is_left_out_unless_it_won(make_sites, layers):
    sites = make_sites(name=["a", "b"], status="closed", ai_hpc_status="none")
    found = outcomes(sites, wins(("s1", "2025-03")), layers["campuses"].table, JUNE)
    assert found["reason"].tolist() == [CLOSED, None]
    assert found.at["s1", "label"] == "positive"


def test_the_winners_of_june_2024_as_the_press_reported_them(real):
    """CoreWeave at Denton (2024-06-03), Core42, CoreWeave at Helios, Microsoft, AMD, and others."""
    one = real.dates[0]
    assert set(one.sites.index[one.sites["label"] == "positive"]) == {
        "core-denton", "terawulf-lake-mariner", "galaxy-helios", "iren-childress",
        "riot-rockdale", "hyperscale-dowagiac", "core-pecos", "cleanspark-sandersville",
    }  # fmt: skip


def test_operators_are_one_company_whatever_stands_in_brackets(make_sites):
    sites = make_sites(operator=["CleanSpark", "CleanSpark (ex-GRIID)", None])
    assert company(sites).tolist() == ["CleanSpark", "CleanSpark", "s2"]


# what was known


def test_no_label_and_no_column_on_ai_moves_a_score(real, sites, layers, claims):
    """Wins are dealt out anew among the sites, and the columns on AI shuffled."""
    rng = np.random.default_rng(2)
    named = claims["site_id"].notna()
    dealt = claims.copy()
    mapping = dict(zip(sites.index, rng.permutation(sites.index), strict=True))
    dealt.loc[named, "site_id"] = claims.loc[named, "site_id"].map(mapping)
    shuffled = sites.copy()
    shuffled[AI] = sites[AI].to_numpy()[rng.permutation(len(sites))]
    for before, after in zip(real.dates, run(shuffled, layers, dealt).dates, strict=True):
        columns = ["score", "potential", "energised_mw", "substation_km"]
        pd.testing.assert_frame_equal(before.sites[columns], after.sites[columns])
        assert not before.sites["label"].equals(after.sites["label"])


def test_a_campus_counts_only_if_it_operated_before_the_date(layers):
    for window in (JUNE, JANUARY):
        table = layers_before(layers, window)["campuses"].table
        assert (table["status"] == "operating").all()
        assert (table["first_power_year"] < window.year).all()
    assert len(layers_before(layers, JANUARY)["campuses"].table) == 18


def test_a_gas_plant_counts_only_if_it_operated_before_the_date(layers):
    table = layers_before(layers, JANUARY)["gas_plants"].table
    assert (table["status"] == "operating").all()
    assert table["online_year"].max() == 2024 or table["online_year"].max() < 2025
    assert "xai-southaven-turbines-ms" not in set(table["gas_plant_id"])


@pytest.mark.parametrize(
    ("host", "counts"), [("iren-childress", False), ("core-denton", False), (None, True)]
)
def test_a_campus_on_a_listed_site_counts_for_nobody(sites, layers, host, counts):
    """A campus 1 km from Childress since 2020: the same row counts where nobody hosts it.

    On Childress itself it would count through an overlapping row; on Denton for its neighbour.
    """
    campus = {
        "campus_id": "x", "status": "operating", "lat": 34.39, "lon": -100.06,
        "coord_precision": "site", "first_power_year": 2020, "power_mw_current": 10,
        "power_mw_planned": 900, "overlap_group": "there",
    }  # fmt: skip
    other = {**campus, "campus_id": "y", "status": "planned", "host_site_id": host}
    with_it = add_rows(layers, "campuses", campus, other)
    chosen = sites.loc[["iren-childress", "galaxy-helios"]]
    names = ["campus_proximity", "campus_competition"]
    before, after = (
        assess_before(chosen, given, BALANCED, 200, JANUARY).metrics.value[names]
        for given in (layers, with_it)
    )
    assert before.equals(after) is not counts
    if counts:
        assert after.at["iren-childress", "campus_proximity"] < 2


def test_before_the_first_delivery_the_years_are_unknown_not_endless(sites, layers):
    known = layers_before(layers, JUNE)
    plain = measure_sites(sites, known, Question(200, JUNE.last_known))
    assert np.isinf(plain.value["time_to_target"]).any()
    found = assess_before(sites, layers, BALANCED, 200, JUNE)
    assert found.metrics.value["time_to_target"].isna().all()
    assert found.scores.utilities["time_to_target"].isna().all()
    assert (found.scores.contributions["time_to_target"] == 0).all()
    share = BALANCED.shares["time_to_target"]
    worst = replace(BALANCED, weights={**BALANCED.weights, "time_to_target": 0.0})
    without = assess_before(sites, layers, worst, 200, JUNE).scores.potential * (1 - share)
    assert (found.scores.potential - without).to_numpy() == pytest.approx(share)


def test_the_years_of_today_are_left_as_they_are(sites, layers):
    now = Window("2026-11", "2026-11")
    found = assess_before(sites, layers, BALANCED, 200, now).metrics.value["time_to_target"]
    plain = measure_sites(sites, layers, Question(200, "2026-10")).value["time_to_target"]
    assert found.equals(plain)


def test_the_nearest_substation_is_the_nearest_of_all_on_the_ellipsoid(sites, layers):
    stations = layers["substations"].table
    found = nearest_substation_km(sites, layers)
    geod = Geod(ellps="WGS84")
    for key in ("iren-childress", "riot-rockdale", "hyperscale-dowagiac", "ionic-cedarvale"):
        here = np.full((2, len(stations)), sites.loc[key, ["lon", "lat"]].to_numpy(float)[:, None])
        metres = geod.inv(*here, stations["lon"].to_numpy(), stations["lat"].to_numpy())[2]
        assert found[key] == pytest.approx(metres.min() / 1000, abs=1e-6)
    assert found[sites["coord_precision"] == "county"].isna().all()


def test_every_criterion_says_what_leaks():
    assert [one.criterion for one in LEAKS] == [one.id for one in CRITERIA]
    assert {one.known for one in LEAKS} == {"at the date", "in part", "today"}


# ranks and figures


def test_unknowns_come_last_and_share_a_rank():
    worth = pd.DataFrame(
        {
            "score": [0.5, 0.7, 0.7, 0.1],
            "potential": [0.9, 0.8, 0.7, 0.6],
            "energised_mw": [np.nan, 10.0, 20.0, np.nan],
            "substation_km": [3.0, np.nan, 1.0, 2.0],
            "name": ["b", "A", "c", "a"],
        },
        index=["w", "x", "y", "z"],
    )
    ranks = rank_by(worth)
    assert ranks["score"].tolist() == [3, 1, 1, 4]
    assert ranks["energised_mw"].tolist() == [3, 2, 1, 3]
    assert ranks["substation_km"].tolist() == [3, 4, 1, 2]
    assert ranks["name"].tolist() == [3, 1, 4, 1]
    assert ranks["random"].tolist() == [2.5] * 4
    won = pd.Series([False, True, False, False], index=worth.index)
    assert mean_ranks(ranks, won)["mean_rank"].tolist() == [1.5, 2, 2, 4, 1.5, 2.5]


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=40))
@settings(max_examples=150, deadline=None)
def test_the_mean_rank_says_what_the_auc_of_scikit_learn_says(rows):
    """AUC = 1 - (mean rank - (winners + 1)/2)/others, with the middle of ties."""
    worth, won = np.array([one for one, _ in rows]), pd.Series([flag for _, flag in rows])
    if won.all() or not won.any():
        return
    ranks = pd.DataFrame(dict.fromkeys(METHODS, pd.Series(worth).rank(ascending=False)))
    mean = mean_ranks(ranks, won).at["score", "mean_rank"]
    expected = 1 - (mean - (won.sum() + 1) / 2) / (~won).sum()
    assert roc_auc_score(won, worth) == pytest.approx(expected)


def test_fewer_than_ten_winners_give_no_auc_anywhere(real, rewatt):
    assert [one.n_winners for one in real.dates] == [8, 7, 6, 4]
    for one in real.dates:
        assert list(one.methods.columns) == ["title", "mean_rank"]
    shown = rewatt("backtest").out
    lines = [line for line in shown.splitlines() if "AUC" in line]
    assert len([one for one in lines if one.startswith("No AUC and no other headline")]) == 4
    assert all(one.startswith(("No AUC", "- No AUC is given below 10 winners")) for one in lines)
    told = json.dumps(document(real))
    assert "auc" not in told.replace("why_no_auc", "")


def test_labels_that_mean_nothing_give_an_auc_of_one_half(real):
    for one in real.dates:
        compared = one.sites[one.sites["label"] != "left_out"]
        won = (compared["label"] == "positive").to_numpy()
        shuffled = shuffles(won, 1000, np.random.default_rng(4))
        for name in ("score", "potential"):
            found = auc(group(compared[name].to_numpy(float), shuffled))
            assert found.mean() == pytest.approx(0.5, abs=0.02)


@pytest.fixture(scope="module")
def planted(real, sites, layers):
    """Wins for the twelve best scores among those that could win, dated after the date."""
    could = real.dates[1].sites
    could = could[could["label"] != "left_out"].sort_values("score", ascending=False)
    pairs = [(key, "2026-02-03") for key in could.index[:12]]
    hosting = sites.assign(ai_hpc_status="none")
    return run(hosting, layers, wins(*pairs), "2025-01", seed=7)


def test_a_planted_signal_is_found(planted):
    one = planted.dates[0]
    assert one.headline
    assert one.n_winners == 12
    score, chance = one.methods.loc["score"], one.methods.loc["random"]
    assert score["auc"] > 0.98
    assert score["auc_low"] > 0.9
    assert score["p_value"] == pytest.approx(1 / 2001)
    assert score["precision_at_k"] == 1
    assert score["auc"] == pytest.approx(
        roc_auc_score(*one.sites.loc[one.sites["label"] != "left_out"].pipe(_labels_and_scores))
    )
    assert chance["auc"] == 0.5
    assert one.methods.at["name", "p_value"] > 0.01
    assert "No baseline beats this ranking by score" in verdict(planted)
    assert "too few" not in verdict(planted)


def test_the_seed_decides_every_draw(planted, sites, layers):
    rows = planted.dates[0].sites
    pairs = [(key, "2026-02-03") for key in rows.index[rows["label"] == "positive"]]
    hosting = sites.assign(ai_hpc_status="none")
    same, other = (
        document(run(hosting, layers, wins(*pairs), "2025-01", seed=seed)) for seed in (7, 8)
    )
    assert json.dumps(same) == json.dumps(document(planted))
    assert same["dates"] != other["dates"]


def _labels_and_scores(table):
    return table["label"] == "positive", table["score"]


def test_with_winners_enough_every_figure_has_its_interval_and_numbers(planted):
    told = document(planted)["dates"][0]
    assert told["why_no_auc"] is None
    assert (told["n_winners"], told["n_others"]) == (12, 50)
    for row in told["methods"]:
        if row["method"] != "random":
            assert row["auc_low"] <= row["auc"] <= row["auc_high"]
    assert any("whole companies" in line for line in caveats(planted))
    from geo.console import show
    from geo.console_backtest import looked_back

    stdout, sys.stdout = sys.stdout, StringIO()
    try:
        show(*looked_back(planted))
        text = sys.stdout.getvalue()
    finally:
        sys.stdout = stdout
    assert "No AUC" not in text
    line = next(one for one in text.splitlines() if one.startswith("this ranking by score"))
    assert "0.0005" in line
    assert line.endswith("12     50")


def test_a_baseline_that_beats_the_ranking_is_named_first(sites, layers):
    """Who comes first in the alphabet wins: the alphabet beats the score, and the rest too."""
    hosting = sites.assign(ai_hpc_status="none")
    compared = hosting[cohort(hosting, JANUARY).isna() & (hosting["status"] == "operating")]
    first = compared["name"].str.casefold().sort_values().index
    for count, figure in ((5, "mean_rank"), (12, "auc")):
        result = run(hosting, layers, wins(*((key, "2025-07") for key in first[:count])), "2025-01")
        said = verdict(result)
        assert said.startswith(("A baseline beats this ranking", "Baselines beat this ranking"))
        assert "alphabet at 2025-01" in said.split(".")[0]
        assert figure in result.dates[0].methods
        assert ("too few to conclude" in said) is (count == 5)


def test_the_first_sentence_is_that_a_baseline_beats_us_wherever_one_does(real):
    """Energised MW alone do better than the potential, and nothing does better than the score."""
    means = [one.methods["mean_rank"] for one in real.dates]
    assert all(one["energised_mw"] < one["potential"] for one in means)
    assert all(one["score"] < one.drop(["score", "potential"]).min() for one in means)
    first, second = verdict(real).split(". ")[:2]
    assert first.startswith("A baseline beats this ranking by potential: energised MW alone at")
    assert second.startswith("No baseline beats this ranking by score, but that hangs on single")


def test_without_a_winner_nothing_is_said(sites, layers):
    result = run(sites.assign(ai_hpc_status="none"), layers, wins(("x", "2025-07")), "2015-01")
    assert verdict(result) == "Nothing can be said: no site of the cohort won after the date."
    json.dumps(document(result), allow_nan=False)
    assert result.dates[0].n_others == 0


def test_the_figures_of_a_date_do_not_depend_on_the_other_dates(real, sites, layers, claims):
    alone = look_back(
        sites, layers, claims, BALANCED, target_mw=200.0, window=real.dates[2].window, seed=0
    )
    pd.testing.assert_frame_equal(alone.sites, real.dates[2].sites)


def test_a_layer_that_is_absent_leaves_unknowns_and_stops_nothing(sites, layers, claims):
    alone = {"miner_sites": layers["miner_sites"]}
    one = run(sites, alone, claims, "2025-01").dates[0]
    assert one.n_winners == 7
    assert one.sites["substation_km"].isna().all()
    assert one.methods.at["substation_km", "mean_rank"] == one.methods.at["random", "mean_rank"]


# what it says of itself


def test_the_same_bytes_whatever_the_order_of_the_claims(real, planted, sites, layers, claims):
    for table in (claims, claims.iloc[::-1], claims.sample(frac=1, random_state=9)):
        again = run(sites, layers, table.reset_index(drop=True))
        assert json.dumps(document(again)) == json.dumps(document(real))
        assert site_table(again).equals(site_table(real))
    assert json.dumps(document(planted)).count("p_value") == len(METHODS)


def test_the_command_gives_the_same_bytes_in_another_process(rewatt, tmp_path):
    here, there = tmp_path / "here.csv", tmp_path / "there.csv"
    first = rewatt("backtest", "--json", "--out", here)
    second = subprocess.run(
        [sys.executable, "-m", "geo", "backtest", "--json", "--out", str(there)],
        env={**os.environ, "PYTHONHASHSEED": "12345"}, capture_output=True, check=True,
    )  # fmt: skip
    assert first.status == 0
    assert first.out.encode() == second.stdout
    assert here.read_bytes() == there.read_bytes()


def test_every_caveat_stands_in_every_output(real, rewatt, tmp_path):
    out = tmp_path / "sites.csv"
    run_ = rewatt("backtest", "--out", out)
    origin = scenario_origin("balanced")
    wanted = [line.replace("0" * 64, origin.sha256) for line in caveats(real)]
    wanted += [verdict(real), conversions_note(real), *(one.why for one in LEAKS)]
    flat = " ".join(run_.out.split())
    notes = " ".join(pd.read_csv(out)["note"].dropna())
    told = rewatt("backtest", "--json").out
    for line in wanted:
        assert " ".join(line.split()) in flat
        assert line in notes
        assert json.dumps(line, ensure_ascii=False)[1:-1] in told
    assert run_.out.startswith(verdict(real)[:100])
    assert "never fitted to these labels" in flat
    assert origin.sha256 in flat


def test_the_file_holds_every_site_at_every_date(real, sites):
    table = site_table(real)
    rows = table[table["label"] != "caveat"]
    assert len(rows) == len(sites) * len(DATES)
    assert not rows.duplicated(["as_of", "site_id"]).any()
    assert rows.loc[rows["label"] == "left_out", "note"].notna().all()


def test_the_scenario_is_named_with_the_hash_of_its_file(tmp_path):
    import hashlib

    from layers import data_folder

    own = scenario_origin("grid_first")
    path = data_folder() / "scenarios" / "grid_first.toml"
    assert own.file == "data/scenarios/grid_first.toml"
    assert own.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    copy = tmp_path / "mine.toml"
    copy.write_bytes(path.read_bytes())
    assert scenario_origin(str(copy)) == Origin(str(copy), own.sha256)


def test_the_conversion_times_are_printed_as_they_are_on_record(real):
    told = document(real)["conversions"]
    found = {row["site_id"]: row for row in told["intervals"]}
    assert found["galaxy-helios"]["won"] == "2025-03"
    assert found["galaxy-helios"]["delivered"] == "2026-07-06"
    assert found["terawulf-lake-mariner"]["delivered"] == "running"
    assert told["curve"]["at_risk"] == (13, 12, 4, 3, 1)
    assert told["curve"]["delivered"] == (1, 1, 1, 1, 1)


def test_the_number_of_events_is_counted(sites, layers, claims):
    fewer = claims[claims["claim_id"] != "C005"]
    result = run(sites, layers, fewer, "2026-01")
    assert "No coverage is claimed from 4 events" in conversions_note(result)
    assert conversions_note(result).startswith("4 conversions were delivered and 20 were running")
    assert len(curve(result.conversions).years) == 4


# mistakes


def test_mistakes_are_named_all_at_once():
    with pytest.raises(BacktestError, match=r"(?s)'2024-13', expected a month.*'x', expected"):
        windows(["2024-13"], "x", UNTIL)
    with pytest.raises(BacktestError, match="--until is 2027-01, and the tables end with 2026-10"):
        windows([], "2027-01", UNTIL)
    with pytest.raises(BacktestError, match=r"--as-of is 2026-01, expected a month before"):
        windows([], "2025-12", UNTIL)


def test_dates_are_asked_once_each_and_in_order():
    assert [one.as_of for one in windows(["2025-06", "2024-06", "2025-06"], UNTIL, UNTIL)] == [
        "2024-06",
        "2025-06",
    ]


@pytest.mark.parametrize(
    ("as_of", "last"), [("2025-01", "2024-12"), ("2024-06", "2024-05"), ("2024-11", "2024-10")]
)
def test_what_is_dated_in_the_month_before_was_known(as_of, last):
    assert Window(as_of, UNTIL).last_known == last


def test_the_command_refuses_what_it_cannot_do(rewatt, tmp_path):
    for arguments in (
        ("--as-of", "2024"),
        ("--until", "2030-01"),
        ("--scenario", "nobody"),
        ("--out", tmp_path / "sites.txt"),
    ):
        assert rewatt("backtest", *arguments).status == 2


def shown():
    from geo.ui import cached
    from geo.ui.backtest_view import show_backtest

    show_backtest(cached.backtest("balanced", 200.0), ("© A contributor",))


def test_the_view_begins_with_the_verdict_and_holds_every_caveat(real):
    app = AppTest.from_function(shown, default_timeout=60).run()
    assert not app.exception
    texts = [one.value for one in app.text]
    assert texts[0] == verdict(real)
    sha256 = scenario_origin("balanced").sha256
    assert {f"- {line.replace('0' * 64, sha256)}" for line in caveats(real)} <= set(texts)
    assert conversions_note(real) in texts
    assert len(app.dataframe[0].value) == 9
    assert "Pass on with it: © A contributor." in [one.value for one in app.caption]


def test_the_first_day_of_a_month_is_the_month():
    assert windows(["2025-01-01", "2025-01"], "2026-10", "2026-10") == [
        Window("2025-01", "2026-10")
    ]
    with pytest.raises(BacktestError, match="'2025-01-15', expected a month such as 2025-01"):
        windows(["2025-01-15"], "2026-10", "2026-10")


def test_a_verdict_that_hangs_on_one_winner_says_so(real):
    """By the ranks of the table itself: without Dowagiac those of MW alone are lower."""
    for one in real.dates:
        won = one.sites[one.sites["label"] == "positive"].drop("hyperscale-dowagiac")
        assert won["rank_energised_mw"].mean() < won["rank_score"].mean()
        assert "energised_mw" in one.hangs_on("score")["Dowagiac (Michigan campus)"]
    said = "hangs on single winners: without Dowagiac (Michigan campus) energised MW alone does"
    assert said in verdict(real)
