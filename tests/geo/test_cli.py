"""The command line as a user meets it: what it prints, writes, imports and promises."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from geo.columns import COLUMNS
from geo.criteria import CRITERIA
from geo.gates import GATES
from tests.conftest import REPO

NAMED_IN_THE_ISSUE = {
    "rank",
    "site_id",
    "name",
    "operator",
    "county",
    "state",
    "region",
    "lat",
    "lon",
    "coord_precision",
    "status",
    "score",
    "potential",
    "coverage",
    "energised_mw",
    "contracted_mw",
    "announced_mw",
    "uncommitted_mw",
    "poi_id",
    "poi_name",
    "poi_kv",
    "poi_kv_evidence",
    "poi_lat",
    "poi_lon",
    "poi_distance_km",
    "firm_mw_low",
    "firm_mw_high",
    "grid_data",
    "ai_hpc_status",
    "evidence",
    "source",
    "as_of",
}


def python(code, **options):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=REPO,
        **options,
    )


def imported(*arguments):
    """Give the modules that a run of the command line has loaded at its end."""
    code = (
        "import sys; sys.argv = ['rewatt', *sys.argv[1:]]\n"
        "from geo.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('MODULES', *sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPO,
    )
    return set(run.stdout.rpartition("MODULES ")[2].split())


@pytest.mark.parametrize("arguments", [["--help"], ["rank", "--help"]])
def test_help_imports_no_geopandas(arguments):
    assert not {"geopandas", "pandas", "numpy", "shapely", "pyproj"} & imported(*arguments)


def test_rank_imports_only_what_it_needs(tmp_path):
    heavy = {"streamlit", "osmnx", "rasterio", "folium", "pandera", "scipy", "matplotlib"}
    assert not heavy & imported("rank", "--out", str(tmp_path / "x.csv"))


@pytest.mark.parametrize(
    "command", ["rank", "explain", "map", "balance", "layers", "columns", "app"]
)
def test_help_shows_an_example(rewatt, command):
    outcome = rewatt(command, "--help")
    assert outcome.status == 0
    assert f"Example: rewatt {command}" in outcome.out


def test_every_us_site_is_accounted_for(rewatt, tmp_path):
    out = tmp_path / "r.csv"
    outcome = rewatt("rank", "--region", "us", "--out", out)
    table = pd.read_csv(out)
    assert outcome.status == 0
    assert len(table) == 129
    unranked = table[table["rank"].isna()]
    assert (unranked["unranked_reason"] == "no public location").all()
    assert (table["unranked_reason"].notna() == table["rank"].isna()).all()
    for key in unranked["site_id"]:
        assert f"({key})" in outcome.err
    assert sorted(table["rank"].dropna()) == table["rank"].dropna().tolist()


def test_two_runs_give_the_same_bytes(rewatt, tmp_path):
    files = [
        [tmp_path / f"{run}.{suffix}" for suffix in ("csv", "geojson", "gpkg", "parquet", "json")]
        for run in "ab"
    ]
    for paths in files:
        options = [word for path in paths for word in ("--out", path)]
        assert rewatt("rank", "--region", "us", *options).status == 0
        time.sleep(1.1)  # a stamp of the time of writing would differ
    for one, two in zip(*files, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.suffix


def test_every_format_says_the_same(rewatt, tmp_path):
    paths = {
        suffix: tmp_path / f"r.{suffix}" for suffix in ("csv", "geojson", "gpkg", "parquet", "json")
    }
    rewatt("rank", "--region", "us", *[word for path in paths.values() for word in ("--out", path)])
    csv = pd.read_csv(paths["csv"])
    others = {
        "geojson": gpd.read_file(paths["geojson"]),
        "gpkg": gpd.read_file(paths["gpkg"]),
        "parquet": gpd.read_parquet(paths["parquet"]),
        "json": pd.DataFrame(json.loads(paths["json"].read_text())),
    }
    assert pyogrio.list_layers(paths["gpkg"]).tolist() == [["sites", "Point"]]
    for name, other in others.items():
        assert other["site_id"].tolist() == csv["site_id"].tolist(), name
        assert other["score"].to_numpy(float) == pytest.approx(csv["score"].to_numpy(), abs=1e-11)
        assert other["rank"].astype(float).to_numpy() == pytest.approx(
            csv["rank"].to_numpy(), nan_ok=True
        )
        assert other["poi_name"].isna().tolist() == csv["poi_name"].isna().tolist()
        if name != "json":
            assert other.crs == "EPSG:4326"
            assert (other.geometry.isna() | other.geometry.is_empty).sum() == 7


def test_columns_are_those_promised_and_documented(rewatt, tmp_path):
    out = tmp_path / "r.csv"
    rewatt("rank", "--region", "childress", "--out", out)
    table = pd.read_csv(out)
    assert table.columns.tolist() == [one.name for one in COLUMNS]
    assert set(table.columns) >= NAMED_IN_THE_ISSUE
    for one in CRITERIA:
        assert {f"metric_{one.id}", f"utility_{one.id}", f"contribution_{one.id}"} <= set(
            table.columns
        )
    assert {f"gate_{gate.id}" for gate in GATES} <= set(table.columns)
    documented = json.loads(rewatt("columns", "--json").out)
    assert [one["name"] for one in documented] == table.columns.tolist()
    assert all(one["meaning"] for one in documented)


def test_written_contributions_add_up_to_the_written_score(rewatt, tmp_path):
    out = tmp_path / "r.csv"
    rewatt("rank", "--region", "us", "--out", out)
    table = pd.read_csv(out)
    total = table[[f"contribution_{one.id}" for one in CRITERIA]].sum(axis=1)
    assert np.abs(total - table["score"]).max() < 1e-9


def test_an_unknown_column_is_answered_with_the_nearest(rewatt):
    outcome = rewatt("columns", "poi_distnce_km")
    assert outcome.status == 2
    assert "'poi_distance_km'" in outcome.err


def test_childress_names_tesla(rewatt):
    outcome = rewatt("rank", "--region", "childress")
    line = next(line for line in outcome.out.splitlines() if " Childress " in line)
    assert "Tesla" in line
    assert "345" in line
    assert "3.0" in line


def test_eighty_columns_are_enough_and_nothing_is_cut(rewatt, monkeypatch):
    monkeypatch.setattr("geo.console._PIPED_WIDTH", 80)
    outcome = rewatt("rank", "--region", "us")
    assert outcome.status == 0
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "…" not in outcome.out
    assert "0.838" in outcome.out


def test_only_results_on_stdout(rewatt):
    outcome = rewatt("rank", "--region", "childress")
    assert "sites for 200 MW" in outcome.err
    assert "sites for 200 MW" not in outcome.out
    assert len(outcome.out.strip().splitlines()) == 4


def test_top_keeps_the_best_and_says_what_is_left_out(rewatt, tmp_path):
    out = tmp_path / "r.csv"
    outcome = rewatt("rank", "--top", "5", "--out", out)
    assert pd.read_csv(out)["rank"].tolist() == [1, 2, 3, 4, 5]
    assert "124 further sites are left out by --top" in outcome.err


def test_a_small_target_says_what_the_table_lacks(rewatt):
    small, large = (rewatt("rank", "--target-mw", mw).err for mw in ("50", "103"))
    assert "stations below 100 kV would do" in small
    assert "stations below 100 kV would do" not in large


def scores(rewatt, path, *options):
    assert rewatt("rank", "--region", "us", "--out", path, *options).status == 0
    return pd.read_csv(path).set_index("site_id")


def test_available_leaves_out_what_is_sold_and_moves_no_score(rewatt, tmp_path):
    whole = scores(rewatt, tmp_path / "a.csv")
    free = scores(rewatt, tmp_path / "b.csv", "--available")
    gone = whole.index.difference(free.index)
    assert {"terawulf-lake-mariner", "cipher-barber-lake"} <= set(gone)
    assert (whole.loc[gone, "uncommitted_mw"] == 0).all()
    assert "iren-childress" in free.index
    assert free["score"].to_dict() == whole.loc[free.index, "score"].to_dict()


def test_potential_orders_by_what_might_be(rewatt, tmp_path):
    table = scores(rewatt, tmp_path / "a.csv", "--by", "potential").dropna(subset=["rank"])
    assert table["potential"].is_monotonic_decreasing


def test_filters(rewatt, tmp_path):
    def chosen(*options):
        path = tmp_path / "f.csv"
        assert rewatt("rank", "--out", path, *options).status == 0
        return pd.read_csv(path)

    assert set(chosen("--state", "Indiana")["state"]) == {"IN"}
    assert set(chosen("--operator", "riot")["operator"]) == {
        "Riot Platforms",
        "Riot Platforms (Block Mining)",
    }
    assert set(chosen("--status", "closed")["status"]) == {"closed"}
    assert len(chosen("--region", "all")) == 133
    assert chosen("--region", "northern_indiana")["site_id"].tolist() == ["grissom-peru"]
    assert len(chosen("--region", "northern_indiana", "--near", "100")) > 1
    assert set(chosen("--region", "louisiana")["state"]) == {"LA", "MS"}
    assert len(chosen("--bbox=-101.5,33.4,-98.9,35.2")) == len(chosen("--region", "childress"))


def test_explain_adds_up(rewatt):
    one = json.loads(rewatt("explain", "iren-childress", "--json").out)
    assert abs(sum(item["contribution"] for item in one["criteria"]) - one["score"]) < 1e-9
    assert abs(sum(item["share"] for item in one["criteria"]) - 1) < 1e-9
    could = sum(item["could_add"] for item in one["criteria"])
    assert abs(one["score"] + could - one["potential"]) < 1e-9
    for item in one["criteria"]:
        assert item["unit"]
        assert item["reference"]
        assert item["evidence"]
    assert one["poi"]["poi_name"] == "Tesla"
    assert "upper bound" in one["poi"]["firm_mw_means"]
    assert set(one["gates"]) == {gate.id for gate in GATES}


def test_explain_agrees_with_rank(rewatt, tmp_path):
    table = scores(rewatt, tmp_path / "a.csv")
    one = json.loads(rewatt("explain", "riot-corsicana", "--json").out)
    assert one["rank"] == table.at["riot-corsicana", "rank"]
    assert one["score"] == pytest.approx(table.at["riot-corsicana", "score"], abs=1e-11)


def test_explain_in_words(rewatt):
    outcome = rewatt("explain", "Lake Mariner")
    assert outcome.status == 0
    for words in (
        "rank 2 of 122",
        "Headroom unknown",
        "Firm service: unknown",
        "never scored",
        "Source",
    ):
        assert words in " ".join(outcome.out.split())


def test_explain_a_site_without_a_place(rewatt):
    outcome = rewatt("explain", "iren-oklahoma")
    assert outcome.status == 0
    assert "not ranked (no public location)" in outcome.out


def test_explain_an_unknown_site(rewatt):
    outcome = rewatt("explain", "iren-childres")
    assert outcome.status == 2
    assert "Did you mean 'iren-childress'" in outcome.err


def test_layers_tell_what_is_there(rewatt):
    rows = {row["layer"]: row for row in json.loads(rewatt("layers", "--json").out)}
    assert {key: row["rows"] for key, row in rows.items()} == {
        "miner_sites": 133,
        "campuses": 118,
        "substations": 5658,
        "transmission_lines": 1138,
        "gas_plants": 644,
        "gas_pipelines": 0,
        "data_centers": 0,
        "facilities": 0,
        "terrain": 0,
    }
    absent = {key for key, row in rows.items() if row["state"] == "absent"}
    assert absent == {"gas_pipelines", "data_centers", "facilities", "terrain"}
    assert all(row["licence"] and row["vintage"] and row["source"] for row in rows.values())
    assert "substations" in rewatt("layers").out


def test_python_m_geo_is_the_same_command():
    run = subprocess.run(
        [sys.executable, "-m", "geo", "rank", "--region", "childress"],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPO,
    )
    assert "Tesla" in run.stdout


def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m geo columns | head -1"
    run = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=True, cwd=REPO
    )
    assert "Traceback" not in run.stderr


def test_ctrl_c_leaves_no_half_file(tmp_path):
    """The writer is made slow, so that the signal comes while it writes."""
    code = (
        "import signal, sys, time\nfrom geo import export\n"
        # a shell that runs the tests in the background has them inherit an ignored Ctrl-C
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def slow(table, path, attribution):\n"
        "    path.write_text('half'); print('writing', flush=True); time.sleep(60)\n"
        "export.WRITERS['.csv'] = slow\n"
        f"sys.argv = ['rewatt', 'rank', '--out', {str(tmp_path / 'r.csv')!r}]\n"
        "from geo.cli import main\nmain()\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPO,
    )
    assert run.stdout is not None
    assert run.stdout.readline().strip() == "writing"
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=30)
    assert run.returncode in {1, 130}
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_nothing_reaches_the_network():
    """With every socket refused, the ranking still comes."""
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\nsocket.getaddrinfo = refuse\n"
        "sys.argv = ['rewatt', 'rank', '--region', 'us']\n"
        "from geo.cli import main\nmain()\n"
    )
    run = python(code, env={**os.environ})
    assert run.returncode == 0, run.stderr
