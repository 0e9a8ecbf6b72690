"""Every source fetched through the real command, ranked with, listed and explained.

The server gives real rows where the machine has them. Elevations are of a synthetic tile, labelled
as such, since no fine model of the place is at hand.
"""

from __future__ import annotations

import json

import pandas as pd
import pytest

from geo.cli import main
from layers.sources import fetched

SOURCES = (
    "hifld_substations",
    "hifld_lines",
    "eia_pipelines",
    "osm_power",
    "eia_860m",
    "terrain",
    "peeringdb",
)


@pytest.fixture(scope="module")
def everything(local_server, tmp_path_factory):
    """Fetch every source for the region of Childress, as a user would, into one store."""
    local_server.reset()
    folder = tmp_path_factory.mktemp("everything")
    config = folder / "config.toml"
    lines = ["[limits]", "request_seconds = 120", "first_wait_seconds = 0.1"]
    for name in SOURCES:
        lines += [f"[sources.{name}]", f'endpoints = ["{local_server.endpoint(name)}"]']
    config.write_text("\n".join(lines) + "\n")
    site = folder / "site.csv"
    site.write_text("site_id,name,latitude,longitude\niren-childress,Childress,34.3833,-100.0569\n")
    arguments = ["--region", "childress", "--sites", str(site), "--config", str(config)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["rewatt", "fetch", *arguments])
        patch.setenv("REWATT_DATA", str(folder / "store"))
        try:
            main()
        except SystemExit as end:
            assert not end.code  # noqa: PT017 - the command's own way to end
    return folder / "store"


def test_these_are_all_the_sources():
    assert set(fetched()) == set(SOURCES)


def test_each_is_listed_with_its_rows_and_terms(everything, rewatt):
    document = json.loads(rewatt("data", "status", "--json", "--data", everything).out)
    rows = {row["source"]: row for row in document["sources"]}
    for name in SOURCES:
        assert rows[name]["state"] == "fetched"
        assert rows[name]["rows_in"] > 0
        refused = sum(count for _, count, _ in rows[name]["refused"])
        assert rows[name]["rows_in"] == rows[name]["rows_kept"] + refused
        assert rows[name]["licence"]
        assert rows[name]["vintage"]


def test_what_is_stored_verifies(everything, rewatt):
    assert rewatt("data", "verify", "--data", everything).status == 0


def test_coverage_is_better_than_with_the_embedded_tables(everything, rewatt, tmp_path):
    tables = {}
    for name, store in (("embedded", tmp_path / "none"), ("fetched", everything)):
        path = tmp_path / f"{name}.csv"
        done = rewatt("rank", "--region", "childress", "--data", store, "--out", path)
        assert done.status == 0, done.err
        tables[name] = pd.read_csv(path).set_index("site_id")
    both = tables["embedded"].merge(
        tables["fetched"], left_index=True, right_index=True, suffixes=("_was", "_is")
    )
    assert (both["coverage_is"] >= both["coverage_was"]).all()
    assert (both["coverage_is"] > both["coverage_was"]).any()
    assert both.loc["iren-childress", "coverage_is"] > both.loc["iren-childress", "coverage_was"]
    assert (both["grid_data_is"] == "complete").all()


def test_the_synthetic_tile_says_so_wherever_its_slope_is_shown(everything, rewatt):
    one = json.loads(rewatt("explain", "iren-childress", "--json", "--data", everything).out)
    slope = next(item for item in one["criteria"] if item["id"] == "slope")
    assert slope["metric"] == pytest.approx(2, abs=0.1)
    assert "synthetic" in slope["evidence"]


def test_every_moved_rank_is_explained(everything, rewatt):
    """Nationwide, so that ranks do move: the deltas of a site add up to that of its score."""
    done = rewatt("data", "diff", "--against", "embedded", "--json", "--data", everything)
    assert done.status == 0, done.err
    moves = json.loads(done.out)["ranks"]["moves"]
    ranks = {one["site_id"]: (one["rank_before"], one["rank_after"]) for one in moves}
    moved = [one for one in moves if one["rank_before"] != one["rank_after"]]
    assert moved
    for one in moves:
        told = sum(reason["delta"] for reason in one["reasons"])
        assert told == pytest.approx(one["score_after"] - one["score_before"], abs=1e-9)
    for one in moved:
        before, after = ranks[one["site_id"]]
        assert after - before == len(one["passed_by"]) - len(one["passed"])


def test_licences_travel_with_what_is_made_of_it(everything, rewatt, tmp_path):
    path = tmp_path / "ranked.csv"
    rewatt("rank", "--region", "childress", "--data", everything, "--out", path)
    told = path.with_name("ranked.csv.attribution.txt").read_text(encoding="utf-8")
    for words in ("OpenStreetMap contributors, ODbL", "PeeringDB", "Airbus", "CC BY 4.0"):
        assert words in told


def test_doubtful_pairs_are_listed(everything, rewatt, tmp_path):
    path = tmp_path / "pairs.csv"
    counted = json.loads(rewatt("data", "status", "--json", "--data", everything).out)["layers"]
    expected = {one["layer"]: one["quarantined"] for one in counted}
    done = rewatt("data", "quarantine", "substations", "--data", everything, "--out", path)
    assert done.status == 0
    assert len(pd.read_csv(path)) == expected["substations"] >= 1
    assert "no doubtful pairs" in rewatt("data", "quarantine", "campuses", "--data", everything).err
    assert rewatt("data", "quarantine", "stations", "--data", everything).status == 2


def test_a_scenario_of_its_own_ranks_by_latency(everything, rewatt):
    asked = ("iren-childress", "--scenario", "latency_first", "--data", everything)
    one = json.loads(rewatt("explain", *asked, "--json").out)
    latency = next(item for item in one["criteria"] if item["id"] == "network_latency")
    assert latency["contribution"] > 0
