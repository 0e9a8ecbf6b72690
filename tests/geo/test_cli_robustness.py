"""The commands robustness and information, as a user runs them."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from geo.report import ranked_table
from geo.robustness import Uncertainty, robustness

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


def test_the_table_shows_what_the_file_holds(rewatt, tmp_path):
    out = tmp_path / "robust.csv"
    run = rewatt("robustness", "--region", "us", "--draws", "800", "--top", "5", "--out", out)
    table = pd.read_csv(out)
    assert run.out.splitlines()[0].split()[:7] == [
        "#",
        "range",
        "mean",
        "first",
        "top",
        "5",
        "site",
    ]
    for line, (_, row) in zip(run.out.splitlines()[1:], table.iterrows(), strict=False):
        rank, held, mean, first, top = line.split()[:5]
        assert int(rank) == row["rank"]
        low, high = int(row["rank_low"]), int(row["rank_high"])
        assert held == (f"{low}-{high}" if low < high else f"{low}")
        assert float(mean) == pytest.approx(row["rank_expected"], abs=0.051)
        for shown, share in ((first, row["p_first"]), (top, row["p_top5"])):
            assert shown == ("<1%" if 0 < share < 0.005 else f"{share:.0%}")
        assert line.split()[-2:] == [f"{row['score']:.3f}", f"{row['potential']:.3f}"]
    assert "hold 90% of the draws" in run.err
    assert f"Wrote 122 rows to {out}." in run.err


def test_what_to_find_out_is_shown_as_the_file_holds_it(rewatt, tmp_path):
    out = tmp_path / "information.csv"
    run = rewatt("information", "--region", "us", "--top", "5", "--show", "30", "--out", out)
    table = pd.read_csv(out)
    lines = run.out.splitlines()[1:]
    assert len(lines) == 30
    for place, (line, (_, row)) in enumerate(zip(lines, table.iterrows(), strict=False), start=1):
        shown = line.split()[:8]
        share = row["p_changes_top"]
        assert shown == [
            f"{place}", "<1%" if 0 < share < 0.005 else f"{share:.0%}", f"{row['ranks_mean']:.1f}",
            f"{row['rank']}", f"{row['rank_best']}", f"{row['rank_worst']}",
            f"{row['could_gain']:.3f}", f"{row['could_lose']:.3f}",
        ]  # fmt: skip
    matter = int((table["p_changes_top"] > 0).sum())
    assert 0 < matter < len(table)
    assert f"{matter} of them could change the 5 best on their own" in run.err
    run = rewatt("information", "--region", "us", "--top", "5", "--json")
    assert [row["site_id"] for row in json.loads(run.out)] == table["site_id"].tolist()


def test_options_say_how_weights_are_drawn(rewatt):
    def shares(*options):
        return json.loads(rewatt("robustness", "--region", "childress", "--near", "50", "--draws",
                                 "800", "--vary", "weights", "--json", *options).out)  # fmt: skip

    loose, tight = shares("--concentration", "1"), shares("--concentration", "100000")
    assert "concentration 1)" in loose["varied"]
    assert "concentration 100000)" in tight["varied"]
    assert [row["p_first"] for row in tight["sites"]] == [1, 0, 0, 0]
    assert loose["sites"][0]["p_first"] < 1
    uniform = shares("--weights", "uniform")
    assert "weights uniform on the simplex" in uniform["varied"]
    assert uniform["sites"] != shares()["sites"]


def test_files_that_are_read_are_not_written(rewatt, tmp_path):
    sites, within = tmp_path / "sites.csv", tmp_path / "intervals.json"
    sites.write_text("site_id,name,lat,lon,energised_mw\na,A,34.38,-100.06,100\n")
    within.write_text("[intervals]\nland = [0.0, 1.0]\n")
    for command in (
        ("robustness", "--sites", sites, "--out", sites),
        ("robustness", "--sites", sites, "--pairs", sites),
        ("robustness", "--sites", sites, "--intervals", within, "--acceptability", within),
        ("information", "--sites", sites, "--out", sites),
    ):
        before = sites.read_bytes(), within.read_bytes()
        run = rewatt(*command)
        assert run.status == 2
        assert "this file is read" in run.err
        assert (sites.read_bytes(), within.read_bytes()) == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--weights", "uniform"), "--intervals and --weights uniform: give one of them"),
        (("--vary", "metrics"), "add --vary weights"),
        (("--concentration", "5"), "--concentration says how weights"),
    ],
)
def test_intervals_and_what_contradicts_them(rewatt, tmp_path, options, message):
    file = tmp_path / "intervals.toml"
    file.write_text("[intervals]\nland = [0.0, 1.0]\n")
    run = rewatt("robustness", "--region", "childress", "--intervals", file, *options)
    assert run.status == 2
    assert message in run.err


def test_a_file_of_intervals_may_have_a_mark_and_holds_nothing_else(rewatt, tmp_path):
    file = tmp_path / "intervals.toml"
    ask = ("robustness", "--region", "childress", "--draws", "80", "--intervals", file)
    file.write_text("\ufeff[intervals]\nland = [0.0, 1.0]\n", encoding="utf-8")
    assert rewatt(*ask).status == 0
    file.write_text("[intervals]\nland = [0.0, 1.0]\n[weights]\nland = 1\n")
    run = rewatt(*ask)
    assert run.status == 2
    assert "found ['intervals', 'weights']. Expected TOML with a table" in run.err
    run = rewatt(*ask[:-1], tmp_path / "none.toml")
    assert run.status == 2
    assert "none.toml cannot be read" in run.err


def test_pairs_are_of_the_same_draws_and_the_row_beats_the_column(rewatt, tmp_path):
    pairs, table = tmp_path / "pairs.csv", tmp_path / "table.csv"
    run = rewatt("robustness", "--region", "childress", "--near", "50", "--draws", "800",
                 "--seed", "9", "--pairs", pairs, "--out", table)  # fmt: skip
    won, table = pd.read_csv(pairs, index_col="site_id"), pd.read_csv(table).set_index("site_id")
    # the mean rank is one and as many as beat the site on average
    assert 1 + won.sum(axis=0).to_numpy() - 0.5 == pytest.approx(
        table.loc[won.index, "rank_expected"].to_numpy(), abs=1e-9
    )
    assert run.out.splitlines()[-1].startswith(("Really tied among", "Among the 10 best no two"))


def test_by_potential_is_not_called_proven(rewatt):
    run = rewatt("robustness", "--region", "us", "--draws", "80", "--by", "potential")
    assert "proven" not in run.out + run.err
    assert "goes by what is possible" in run.out


def test_an_interval_of_one_criterion_leaves_the_others_free(rewatt, tmp_path):
    file = tmp_path / "intervals.toml"
    file.write_text("[intervals]\nland = [0.1, 0.2]\n")
    run = rewatt("robustness", "--region", "childress", "--draws", "80", "--intervals", file)
    assert run.status == 0, run.err


@pytest.mark.parametrize("option", ["--acceptability", "--pairs"])
def test_squares_of_too_many_sites_are_refused(rewatt, tmp_path, option):
    file, out = tmp_path / "sites.csv", tmp_path / "shares.csv"
    rows = [f"s{i},{31 + i / 400},-100.5" for i in range(1030)]
    file.write_text("\n".join(["id,lat,lon", *rows]) + "\n")
    run = rewatt("robustness", "--sites", file, "--draws", "8", option, out)
    assert run.status == 2
    assert f"{option} hold at most 1,024 sites, and 1,030 are ranked" in run.err
    assert not out.exists()


def test_a_table_of_the_ten_best_takes_no_other_number(assessment):
    robust = robustness(assessment, Uncertainty(draws=80, top=5))
    with pytest.raises(ValueError, match="shows the 10 best; found draws that count 5"):
        ranked_table(assessment, robust)
