"""`rewatt data`: what there is, whether it is whole, and its removal, through the command line."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
from shapely import box
from stored import pipelines, put, put_pipelines

from geo import store_status
from geo.store_status import status
from geo.store_verify import verify
from geo.store_words import area_words
from layers import LAYERS, Store, substations
from layers._base import data_folder
from layers.sources import fetched, rewatt_curated
from tests.conftest import REPO

WEST = ("west", [(-100.05, 33.0), (-100.05, 36.0)])
EAST = ("east", [(-84.0, 30.0), (-84.0, 45.0)])
SOURCE = "eia_pipelines"


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Give a store of its own; the variable is set so that `--data` is undone afterwards."""
    monkeypatch.setenv("REWATT_DATA", str(tmp_path / "unused"))
    return Store(tmp_path / "data")


@pytest.fixture
def data(rewatt, store):
    """Run `rewatt data ...` on the store."""

    def run(*arguments):
        return rewatt("data", *arguments, "--data", store.folder)

    return run


def document(outcome, exit_status=0):
    assert outcome.status == exit_status, outcome.err
    return json.loads(outcome.out)


def of(found, kind, name):
    return next(one for one in found[f"{kind}s"] if one[kind] == name)


# end to end


def test_fetched_twice_listed_verified_and_compared(web, rewatt, data, store, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(f'[sources.{SOURCE}]\nendpoints = ["{web.endpoint(SOURCE)}"]\n')
    fetch = ("fetch", SOURCE, "--region", "childress", "--data", store.folder, "--config", config)
    assert rewatt(*fetch).status == 0
    first = document(data("status", "--json"))
    rows = of(first, "source", SOURCE)["rows_kept"]
    assert rows > 0
    layer = of(first, "layer", "gas_pipelines")
    assert (layer["state"], layer["rows"]) == ("fetched", rows)
    assert layer["origins"][0]["area"] == "box -101.5,33.4,-98.9,35.2"
    assert of(first, "source", SOURCE)["feeds"] == ["gas_pipelines"]
    web.drift(SOURCE_PATH, "half_gone")
    assert rewatt(*fetch, "--accept-drift").status == 0
    assert data("verify").status == 0
    found = document(data("diff", "--json", "--region", "childress"))
    table = found["tables"][0]
    assert table["rows_before"] == rows
    assert table["removed"] == rows - table["rows_after"] > 0
    assert table["rows_before"] + table["added"] - table["removed"] == table["rows_after"]


SOURCE_PATH = "Natural_Gas_Interstate_and_Intrastate_Pipelines_1"


# status


def test_what_is_absent_names_the_command_that_brings_it(data, store):
    found = document(data("status", "--json"))
    assert [one["layer"] for one in found["layers"]] == [one.id for one in LAYERS]
    assert [one["source"] for one in found["sources"]] == list(fetched())
    absent = of(found, "layer", "gas_pipelines")
    assert (absent["state"], absent["hint"]) == ("absent", f"rewatt fetch {SOURCE}")
    assert of(found, "layer", "substations")["state"] == "embedded"
    told = data("status").out
    for name in fetched():
        assert f"Not fetched: {name}" in told
    assert not store.folder.exists()


def test_age_rows_refusals_area_and_size(store):
    refused = [("7", "no place"), ("9", "no place"), ("8", "kind: expected one of these")]
    version = put_pipelines(store, WEST, EAST, area=box(-101, 30, -80, 45), refused=refused)
    day = date.fromisoformat(version.manifest.retrieved_at[:10])
    found = status(store, date.fromordinal(day.toordinal() + 400))
    source = next(one for one in found.sources if one.source == SOURCE)
    assert (source.rows_in, source.rows_kept, source.age_days) == (5, 2, 400)
    assert source.refused == (("kind: expected one of these", 1, "8"), ("no place", 2, "7"))
    assert (source.area, source.licence) == ("box -101,30,-80,45", "a licence")
    home = store.source_folder(SOURCE)
    size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    assert source.disk_mb == pytest.approx(size / 1e6)
    layer = next(one for one in found.layers if one.layer == "gas_pipelines")
    assert (layer.rows, layer.age_days, layer.refused) == (2, 400, 3)
    assert layer.origins[0].area == source.area
    long_ago = status(store, date(2000, 1, 1)).sources
    assert next(one.age_days for one in long_ago if one.source == SOURCE) == 0


def test_an_extract_is_not_the_nation(store):
    manifest = put_pipelines(store, WEST).manifest
    assert area_words(manifest) == "nationwide"
    assert area_words(replace(manifest, source_id="osm_power")) == "what the file covers"


def test_a_source_of_two_files_feeds_its_layer_once(store, monkeypatch):
    origin = SimpleNamespace(source=SOURCE)
    layer = SimpleNamespace(layer="gas_pipelines", origins=(origin, origin))
    monkeypatch.setattr(store_status, "layer_status", lambda *_: layer)
    put_pipelines(store, WEST)
    found = {one.source: one.feeds for one in status(store, date(2026, 1, 1)).sources}
    assert found[SOURCE] == ("gas_pipelines",)


def test_voltages_are_counted_as_the_file_has_them(data):
    found = of(document(data("status", "--json")), "layer", "substations")["voltages"]
    plain = pd.read_csv(data_folder() / "substations.csv")
    assert found["share"] == plain["max_kv"].notna().mean()
    assert found["by_evidence"] == plain["kv_evidence"].value_counts().to_dict()
    kv = plain["max_kv"]
    assert found["by_class"]["138"] == ((kv >= 100) & (kv <= 161)).sum()
    assert found["by_class"]["345"] == (kv == 345).sum()
    assert sum(found["by_class"].values()) == kv.notna().sum()


def test_an_import_is_listed_with_its_layer(data, store, layers):
    own = layers["campuses"].table.head(3).copy()
    own["campus_id"] = [f"own-{i}" for i in range(3)]
    put(store, "import_campuses", own)
    found = document(data("status", "--json"))
    layer = of(found, "layer", "campuses")
    assert layer["state"] == "imported + embedded"
    assert layer["rows"] == len(layers["campuses"].table) + 3
    assert of(found, "source", "import_campuses")["feeds"] == ["campuses"]
    assert data("verify").status == 0


def test_a_source_that_no_layer_takes_is_listed_too(data, store):
    other = "hifld_lines"
    folder = store.source_folder(SOURCE)
    put_pipelines(store, WEST)
    found = document(data("status", "--json"))
    assert of(found, "source", other)["state"] == "absent"
    (folder / "current").write_text("{broken")
    found = document(data("status", "--json"), exit_status=1)
    assert of(found, "source", SOURCE)["state"] == "broken"
    assert of(found, "layer", "gas_pipelines")["state"] == "broken"
    assert "rewatt data verify" in of(found, "layer", "gas_pipelines")["problem"]


def test_what_a_merge_kept_apart_and_left_out_is_counted(data, store, layers, monkeypatch):
    """A layer that merges says so by two functions; here they are given by hand."""
    pairs = pd.DataFrame({"left_key": ["1", "2"], "right_key": ["a", "b"]})
    refused = pd.DataFrame({"key": ["3", "4", "5"], "reason": ["a tap", "a tap", "no voltage"]})
    monkeypatch.setattr(substations, "quarantine", lambda _: pairs, raising=False)
    monkeypatch.setattr(substations, "refused", lambda _: refused, raising=False)
    assert of(document(data("status", "--json")), "layer", "substations")["quarantined"] is None
    put(store, "import_substations", layers["substations"].table.head(3))
    found = of(document(data("status", "--json")), "layer", "substations")
    assert found["quarantined"] == 2
    assert found["left_out"] == {"a tap": 2, "no voltage": 1}
    told = data("status").out
    assert "substations: 2 in quarantine" in told
    assert "substations: 2 rows of its sources left out: a tap" in told
    monkeypatch.setattr(substations, "quarantine", lambda _: pairs.head(0), raising=False)
    assert of(document(data("status", "--json")), "layer", "substations")["quarantined"] == 0
    assert "in quarantine, since" not in data("status").out


# verify


def test_all_is_well(data, store):
    put_pipelines(store, WEST)
    put_pipelines(store, WEST, EAST)
    outcome = data("verify")
    assert outcome.status == 0
    assert outcome.out.startswith("All is well.")
    found = verify(store)
    assert len(found.checked) == len(rewatt_curated.TABLES) + 2
    assert found.harmless == ()


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


DAMAGES = {
    "a table changed": (
        lambda folder: flip(folder / "tables" / "pipelines.parquet"),
        "tables/pipelines.parquet was changed",
    ),
    "a raw file gone": (
        lambda folder: (folder / "raw" / "page.csv").unlink(),
        "raw/page.csv is missing",
    ),
    "a file too many": (
        lambda folder: (folder / "files.txt").write_text("?"),
        "files.txt is not in the manifest",
    ),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "cannot be read"),
    "half a manifest": (
        lambda folder: (folder / "manifest.json").write_text('{"source_id":'),
        "cannot be read",
    ),
    "the version gone": (shutil.rmtree, "cannot be read"),
}


@pytest.mark.parametrize("role", ["current", "previous"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found(data, store, role, damage):
    put_pipelines(store, WEST)
    put_pipelines(store, EAST)
    version = dict(zip(("current", "previous"), store.ids(SOURCE), strict=True))[role]
    strike, told = DAMAGES[damage]
    strike(store.source_folder(SOURCE) / "versions" / version)
    outcome = data("verify", "--json")
    assert outcome.status == 1
    problems = json.loads(outcome.out)["problems"]
    assert len(problems) == 1
    assert f"{SOURCE}, {role} version {version}" in problems[0]
    assert told in problems[0]


def test_a_table_that_breaks_its_columns_is_found_though_its_hash_is_right(store):
    put(store, SOURCE, pipelines(WEST, kind="canal").drop(columns="operator"), name="pipelines")
    told = " ".join(verify(store).problems)
    assert "kind: found 'canal'" in told
    put(store, SOURCE, pipelines(WEST).to_crs("EPSG:3857"), name="pipelines")
    assert "expected EPSG:4326" in verify(store).problems[0]
    put(store, SOURCE, pipelines(WEST).assign(colour="red"), name="pipelines")
    assert "columns nobody declared: ['colour']" in verify(store).problems[0]
    put(store, SOURCE, pipelines(WEST), name="canals")
    assert any("table canals: not one of ['pipelines']" in one for one in verify(store).problems)


def test_a_table_that_was_changed_ends_the_status_with_1(data, store):
    flip(put_pipelines(store, WEST).folder / "tables" / "pipelines.parquet")
    outcome = data("status")
    assert outcome.status == 1
    assert "is not the one that was stored" in " ".join(outcome.out.split())
    assert "substations" in outcome.out


@pytest.mark.parametrize("text", ["[]", "null", '{"current": 5}', "garbage"])
@pytest.mark.parametrize("command", ["verify", "diff", "status"])
def test_a_broken_pointer_is_one_message(data, store, command, text):
    put_pipelines(store, WEST)
    (store.source_folder(SOURCE) / "current").write_text(text)
    outcome = data(command)
    assert outcome.status == 1
    told = " ".join((outcome.out + outcome.err).split())
    assert f"What is stored of {SOURCE} cannot be read" in told


def test_a_version_whose_pointer_is_lost_is_named_and_kept(data, store):
    version = put_pipelines(store, WEST)
    (store.source_folder(SOURCE) / "current").unlink()
    outcome = data("verify")
    assert outcome.status == 0
    assert f"version {version.manifest.version}, which nothing points to" in outcome.out
    assert version.problems() == []


@pytest.mark.parametrize(
    ("field", "junk"),
    [("area", "everywhere"), ("files", ["raw"]), ("tables", None), ("rows_kept", "1")],
)
def test_a_manifest_that_cannot_be_right_is_one_message(rewatt, data, store, field, junk):
    path = put_pipelines(store, WEST).folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: junk}))
    for outcome in (data("verify"), rewatt("rank", "--data", store.folder)):
        assert outcome.status == 1
        assert f"{field} is {junk!r}, expected " in " ".join((outcome.out + outcome.err).split())


def test_a_broken_pointer_keeps_no_other_source_from_coming(web, rewatt, store, tmp_path):
    config = tmp_path / "config.toml"
    addresses = (
        f'[sources.{one}]\nendpoints = ["{web.endpoint(one)}"]\n' for one in (SOURCE, OTHER)
    )
    config.write_text("".join(addresses))
    put_pipelines(store, WEST)
    (store.source_folder(SOURCE) / "current").write_text("garbage")
    where = ("--region", "childress", "--data", store.folder, "--config", config)
    outcome = rewatt("fetch", SOURCE, OTHER, *where)
    assert outcome.status == 1
    assert f"What is stored of {SOURCE} cannot be read" in outcome.err
    assert store.version(OTHER).manifest.rows_kept > 0


OTHER = "hifld_substations"


def test_every_problem_is_told_at_once(data, store):
    put_pipelines(store, WEST)
    home = store.source_folder(SOURCE)
    version = home / "versions" / store.ids(SOURCE)[0]
    flip(version / "tables" / "pipelines.parquet")
    (version / "raw" / "page.csv").unlink()
    (version / "more.txt").write_text("?")
    outcome = data("verify")
    assert outcome.status == 1
    assert outcome.out.startswith("3 problems.")
    assert f"rewatt data clear {SOURCE}" in outcome.out


def test_what_an_interrupted_run_leaves_is_harmless(store):
    put_pipelines(store, WEST)
    home = store.source_folder(SOURCE)
    shutil.copytree(home / "versions" / store.ids(SOURCE)[0], home / "versions" / "unswapped")
    (home / ".part-0123" / "raw").mkdir(parents=True)
    (home / ".tmp-abc").write_text("{")
    (store.folder / "derived").mkdir()
    (store.folder / "derived" / "substations-0.parquet").write_text("half")
    (store.folder / "sources" / "another").mkdir()
    found = verify(store)
    assert found.problems == ()
    told = " ".join(found.harmless)
    assert all(one in told for one in ("unswapped", ".part-0123", ".tmp-abc", "-0.parquet"))
    assert "another: no source" in told


def test_a_changed_embedded_table_is_found(tmp_path, monkeypatch):
    changed = tmp_path / "tables"
    shutil.copytree(data_folder(), changed)
    flip(changed / "gas_plants.csv")
    (changed / "campuses.csv").unlink()
    monkeypatch.setattr(rewatt_curated, "data_folder", lambda: changed)
    told = verify(Store.embedded()).problems
    assert [one.split(":")[0] for one in told] == ["embedded campuses", "embedded gas_plants"]


# clear


def everything(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


@pytest.fixture
def three(store, layers):
    """Put two sources, a merged table and other people's files into the store."""
    put_pipelines(store, WEST)
    put(store, "import_gas_plants", layers["gas_plants"].table.head(3))
    (store.folder / "derived").mkdir()
    (store.folder / "derived" / "x-0.parquet").write_text("merged")
    (store.folder / "mine.txt").write_text("mine")
    (store.folder / "sources" / "mine").mkdir()
    (store.folder / "sources" / "mine" / "file.txt").write_text("mine")
    return store


def test_one_source_and_what_was_merged_from_it(data, three):
    before = everything(three.folder)
    outcome = data("clear", SOURCE, "--yes")
    assert outcome.status == 0
    left = everything(three.folder)
    gone = (f"sources/{SOURCE}/", "derived/")
    assert left == {name: one for name, one in before.items() if not name.startswith(gone)}
    removed = sum(len(one) for name, one in before.items() if name.startswith(gone))
    assert f"{removed / 1e6:,.1f} MB in all" in outcome.err
    assert three.version(SOURCE) is None
    assert data("verify").status == 0
    put_pipelines(three, EAST)
    assert three.version(SOURCE) is not None


def test_all_of_it_but_nothing_of_others(data, three):
    assert data("clear", "--yes").status == 0
    assert set(everything(three.folder)) == {"mine.txt", "sources/mine/file.txt"}
    again = data("clear", "--yes")
    assert again.status == 0
    assert "Nothing of" in again.err


@pytest.mark.parametrize("name", ["mine", "../data", "eia_pipeline", "", ".", "derived"])
def test_unknown_names_are_refused(data, three, name):
    before = everything(three.folder)
    outcome = data("clear", SOURCE, name, "--yes")
    assert outcome.status == 2
    assert "There is no source" in outcome.err
    assert everything(three.folder) == before


def test_piped_it_wants_a_yes(data, three, monkeypatch):
    before = everything(three.folder)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    outcome = data("clear")
    assert outcome.status == 2
    assert "--yes" in outcome.err
    assert SOURCE in outcome.err
    assert everything(three.folder) == before


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("answer", ["y", "n", ""])
def test_on_a_terminal_it_asks(data, three, monkeypatch, answer):
    monkeypatch.setattr(sys, "stdin", Terminal(f"{answer}\n"))
    outcome = data("clear", SOURCE)
    assert (outcome.status == 0) == (answer == "y")
    assert (three.version(SOURCE) is None) == (answer == "y")


def test_a_link_is_not_followed(data, three, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    shutil.move(three.source_folder(SOURCE), elsewhere)
    three.source_folder(SOURCE).symlink_to(elsewhere)
    before = everything(elsewhere)
    outcome = data("clear", "--yes")
    assert outcome.status == 2
    assert "is a link" in outcome.err
    assert everything(elsewhere) == before
    assert three.version("import_gas_plants") is not None


def test_a_link_inside_goes_and_its_target_stays(data, three, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file.txt").write_text("mine")
    (three.source_folder(SOURCE) / "versions" / "link").symlink_to(kept)
    (three.source_folder(SOURCE) / "link").symlink_to(kept)
    assert data("clear", "--yes").status == 0
    assert (kept / "file.txt").read_text() == "mine"


HOLD = """
import sys
from pathlib import Path
from layers import Store
from layers._staging import staged
with staged(Store(Path(sys.argv[1])), "eia_pipelines", "x"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_it_cannot_run_during_a_fetch(data, three):
    fetching = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(three.folder)],
        cwd=REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert fetching.stdout.readline() == "held\n"
        before = everything(three.folder)
        outcome = data("clear", "--yes")
        assert outcome.status == 1
        assert "another process" in outcome.err
        assert everything(three.folder) == before
    finally:
        fetching.communicate("")
    assert data("clear", "--yes").status == 0


def test_what_cannot_be_read_can_be_cleared(data, three):
    (three.source_folder(SOURCE) / "current").write_text("{broken")
    assert data("verify").status == 1
    assert data("clear", SOURCE, "--yes").status == 0
    assert data("verify").status == 0


# diff


def test_diff_in_words_and_in_a_file(data, store, tmp_path):
    put_pipelines(store, WEST, EAST)
    put_pipelines(store, WEST)
    out = tmp_path / "changes.csv"
    outcome = data("diff", SOURCE, "--out", out)
    assert outcome.status == 0
    assert "of 129 sites moved" in outcome.out
    assert "rests on evidence, in the mean" in outcome.out
    assert "eia_pipelines,pipelines,removed,east" in out.read_text()
    lines = (tmp_path / "changes.csv.attribution.txt").read_text().splitlines()
    assert any("OpenStreetMap" in one for one in lines)  # as rows of miner_sites say
    assert "; ".join(lines) in outcome.out
    assert data("diff", "--out", tmp_path / "changes.gpkg").status == 2


def test_nothing_fetched_nothing_changed(data):
    outcome = data("diff")
    assert outcome.status == 0
    assert "nothing can have changed" in outcome.err


def test_a_previous_version_that_is_damaged_is_one_clear_error(data, store):
    put_pipelines(store, WEST, EAST)
    put_pipelines(store, WEST)
    previous = store.source_folder(SOURCE) / "versions" / store.ids(SOURCE)[1]
    flip(previous / "tables" / "pipelines.parquet")
    outcome = data("diff")
    assert outcome.status == 1
    assert "rewatt data verify" in outcome.err
    assert "Traceback" not in outcome.err


def test_help_has_an_example_each(rewatt):
    for command in ("status", "verify", "clear", "diff"):
        outcome = rewatt("data", command, "--help")
        assert f"Example: rewatt data {command}" in outcome.out
        assert "--data" in outcome.out
