"""The commands robustness and information, as a user runs them."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

FEW = ("robustness", "--region", "childress", "--near", "50", "--draws", "800")


def test_every_ranked_site_has_its_interval(rewatt, tmp_path):
    out = tmp_path / "robust.csv"
    run = rewatt("robustness", "--region", "us", "--draws", "800", "--out", out)
    assert run.status == 0
    table = pd.read_csv(out)
    assert len(table) == 122
    assert (table["rank_low"] <= table["rank_high"]).all()
    assert table["p_first"].sum() == pytest.approx(1, abs=0.01)
    assert table["p_top10"].sum() == pytest.approx(10, abs=0.05)
    assert table["rank_expected"].sum() == pytest.approx(122 * 123 / 2, rel=1e-3)
    assert len(run.out.splitlines()) >= 122 + 3
    assert "Rank 1, " in run.out
    assert "800 draws, seed 0: weights around" in run.err


def test_the_ranking_carries_the_same_intervals(rewatt, tmp_path):
    one, two = tmp_path / "rank.csv", tmp_path / "robust.csv"
    rewatt("rank", "--region", "louisiana", "--near", "200", "--out", one)
    rewatt("robustness", "--region", "louisiana", "--near", "200", "--out", two)
    ranked, robust = pd.read_csv(one), pd.read_csv(two)
    both = ranked.merge(robust, on="site_id", suffixes=("", "_robust"))
    assert len(both) == len(robust) > 3
    for name in ("rank", "rank_low", "rank_high", "p_top10"):
        assert (both[name] == both[f"{name}_robust"]).all()


def test_an_unranked_site_has_no_interval(rewatt, tmp_path):
    out = tmp_path / "rank.csv"
    rewatt("rank", "--region", "us", "--out", out)
    table = pd.read_csv(out)
    columns = ["rank_low", "rank_high", "p_top10"]
    assert table.loc[table["rank"].isna(), columns].isna().all(axis=None)
    assert table.loc[table["rank"].notna(), columns].notna().all(axis=None)
    assert "rank_low,rank_high" in out.read_text().splitlines()[0]


def test_the_same_seed_gives_the_same_bytes(rewatt, tmp_path):
    files = [tmp_path / f"{i}.csv" for i in range(3)]
    for file, seed in zip(files, ("5", "5", "6"), strict=True):
        assert rewatt(*FEW, "--seed", seed, "--out", file).status == 0
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()


def test_the_matrices_are_written_with_the_table_or_not_at_all(rewatt, tmp_path):
    shares, pairs, table = (tmp_path / f"{name}.csv" for name in ("shares", "pairs", "table"))
    run = rewatt(*FEW, "--acceptability", shares, "--pairs", pairs, "--out", table)
    assert run.status == 0
    by_rank = pd.read_csv(shares, index_col="site_id")
    assert by_rank.columns.tolist() == ["1", "2", "3", "4"]
    assert by_rank.sum(axis=1).tolist() == pytest.approx([1] * 4)
    won = pd.read_csv(pairs, index_col="site_id")
    assert (won + won.T).to_numpy() == pytest.approx(1)
    shares.unlink()
    run = rewatt(*FEW, "--acceptability", shares, "--pairs", tmp_path / "no" / "pairs.csv")
    assert run.status == 2
    assert "does not exist" in run.err
    assert not shares.exists()


def test_weights_within_intervals(rewatt, tmp_path):
    file = tmp_path / "intervals.toml"
    file.write_text("[intervals]\nenergised_capacity = [0.9, 1.0]\n")
    run = rewatt(*FEW, "--intervals", file, "--vary", "weights", "--json")
    document = json.loads(run.out)
    assert document["sites"][0]["name"] == "Helios"
    assert document["sites"][0]["p_first"] > 0.9
    assert document["sites"][0]["central_energised_capacity"] > 0.9
    assert "weights uniform within the intervals" in document["varied"]
    assert "not varied: metrics, anchors" in document["varied"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("energised_capacity = [0, 1]", r"found \['energised_capacity'\]. Expected TOML with a"),
        ("[intervals]\nnope = [0, 1]\nland = [1, 0]", "(?s)'nope' is not a criterion.*land: found"),
        ("[intervals]\nland = [0.2, 0.3]\npoi_distance = [0.9, 1]", "shares add up to 1"),
        ("[intervals", "cannot be read"),
        ("[intervals]", "Expected TOML with a table"),
    ],
)
def test_intervals_that_cannot_be_used(rewatt, tmp_path, text, message):
    file = tmp_path / "intervals.toml"
    file.write_text(text)
    run = rewatt(*FEW, "--intervals", file)
    assert run.status == 2
    assert run.out == ""
    assert re.search(message, run.err), run.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--weights", "uniform", "--concentration", "5"), "--concentration says how weights"),
        (("--vary", "metrics", "--concentration", "5"), "--concentration says how weights"),
        (("--draws", "3"), "Invalid value for '--draws'"),
        (("--seed", "-1"), "Invalid value for '--seed'"),
        (("--out", "x.gpkg"), "expected one of .csv, .json"),
        (("--region", "nowhere"), "nowhere"),
    ],
)
def test_options_that_contradict_each_other(rewatt, options, message):
    run = rewatt(*FEW, *options)
    assert run.status == 2
    assert message in run.err


def test_one_site_is_sure_of_its_rank(rewatt):
    run = rewatt("robustness", "--operator", "Galaxy", "--draws", "80", "--top", "3")
    assert run.status == 0
    assert "first in 100% of 80 draws, among the 3 best in 100%" in run.out


def test_brought_sites_without_locations_have_nothing_to_be_sure_of(rewatt, tmp_path):
    file = tmp_path / "sites.csv"
    file.write_text("site_id,name,lat,lon,energised_mw\na,A,,,100\n")
    run = rewatt("robustness", "--sites", file)
    assert run.status == 0
    assert "No site has a rank" in run.out
    assert rewatt("rank", "--sites", file).status == 0
    assert rewatt("information", "--sites", file).status == 0


def test_ten_things_to_find_out_first(rewatt, tmp_path):
    out = tmp_path / "information.csv"
    run = rewatt("information", "--region", "us", "--out", out)
    assert run.status == 0
    assert len(run.out.splitlines()) == 11
    table = pd.read_csv(out)
    assert table["p_changes_top"].is_monotonic_decreasing
    assert table["ask"].notna().all()
    assert f"{len(table)} things are unknown or a range" in run.err
    shown = rewatt("information", "--region", "us", "--show", "3", "--top", "5").out
    assert len(shown.splitlines()) == 4
    assert "top 5" in shown


def test_explain_gives_the_same_range(rewatt, tmp_path):
    out = tmp_path / "rank.csv"
    rewatt("rank", "--region", "us", "--out", out)
    row = pd.read_csv(out).set_index("site_id").loc["iren-childress"]
    one = json.loads(rewatt("explain", "iren-childress", "--json").out)
    for name in ("rank", "rank_low", "rank_high", "p_top10"):
        assert one[name] == row[name]
    low, high = int(row["rank_low"]), int(row["rank_high"])
    assert f"(90% of the draws: {low}-{high})" in rewatt("explain", "iren-childress").out
    nowhere = json.loads(rewatt("explain", "iren-oklahoma", "--json").out)
    assert nowhere["rank_low"] is None
