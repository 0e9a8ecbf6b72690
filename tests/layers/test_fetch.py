"""Sources come whole from a real web server, or what was there before stays as it was."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
import shapely

from layers import Store
from layers.sources import fetched
from tests.conftest import REPO

ARCGIS = ("hifld_substations", "hifld_lines", "eia_pipelines")
CHILDRESS = "-101.5,33.4,-98.9,35.2"


@pytest.fixture(scope="session")
def awake(local_server):
    """Let the server make its rows, so that the first request is not the slow one."""
    import httpx

    for source in ARCGIS:
        query = {"where": "1=1", "returnCountOnly": "true", "f": "json"}
        httpx.get(f"{local_server.endpoint(source)}/query", params=query, timeout=60)


@pytest.fixture
def config(awake, web, tmp_path):  # noqa: ARG001 - the rows are made before the clock runs
    """Name the local server's addresses as a user would, with little patience."""

    def write(name="config.toml", **endpoints):
        named = {source: [web.endpoint(source)] for source in ARCGIS} | endpoints
        lines = ["[limits]", "attempts = 3", "first_wait_seconds = 0.05", "request_seconds = 2"]
        lines += ["most_wait_seconds = 4"]
        for source, urls in named.items():
            lines += [f"[sources.{source}]", f"endpoints = {json.dumps(urls)}"]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return tmp_path / name

    return write


@pytest.fixture
def fetch(rewatt, config, tmp_path):
    """Fetch the pipelines around Childress into a store of this test, as a user would."""

    def run(*more, source="eia_pipelines", area=("--bbox", CHILDRESS), named=None):
        arguments = ("--config", named or config(), "--data", tmp_path / "store")
        return rewatt("fetch", source, *area, *arguments, *more)

    return run


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def contents(folder):
    """Give the hash of every file of every version that is pointed to."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (path.name == "current" or "versions" in path.parts)
    }


@pytest.mark.parametrize("source", ARCGIS)
def test_what_came_is_what_the_service_has_inside_the_box(fetch, store, web, source):
    done = fetch(source=source)
    assert done.status == 0, done.err
    version = store.version(source)
    (name,) = version.manifest.tables
    table = version.table(name)
    west, south, east, north = map(float, CHILDRESS.split(","))
    assert shapely.intersects(table.geometry, shapely.box(west, south, east, north)).all()
    asked = web.asked("returnCountOnly")
    served = json.loads((version.folder / "raw/count.json").read_text())["count"]
    assert len(asked) == 1
    assert (
        version.manifest.rows_in
        == served
        == len(table) + sum(count for _, count, _ in version.manifest.refused)
    )
    assert version.problems() == []
    assert all(one.headers["user-agent"].startswith("rewatt/") for one in web.asked())


def test_the_nation_comes_page_by_page(fetch, store, web):
    assert fetch(source="hifld_lines", area=("--all",)).status == 0
    version = store.version("hifld_lines")
    pages = web.asked("resultOffset")
    most = json.loads((version.folder / "raw/layer.json").read_text())["maxRecordCount"]
    assert len(pages) == -(-version.manifest.rows_in // most) > 1
    assert version.manifest.area is None


def test_unknown_voltages_stay_unknown(fetch, store):
    fetch(source="hifld_lines", area=("--all",))
    version = store.version("hifld_lines")
    published = [
        feature["properties"]["VOLTAGE"]
        for path in sorted((version.folder / "raw").glob("page-*"))
        for feature in json.loads(path.read_text())["features"]
    ]
    table = version.table("lines")
    assert table["kv"].isna().sum() == sum(one in (-999_999, None) for one in published)
    assert not (table["kv"] < 0).any()


def test_voltages_written_as_text_are_numbers(fetch, store, config, web):
    fetch(source="hifld_substations")
    numbers = store.version("hifld_substations").table("substations")
    as_text = config("text.toml", hifld_substations=[web.endpoint("hifld_substations_text")])
    assert fetch(source="hifld_substations", named=as_text).status == 0
    texts = store.version("hifld_substations").table("substations")
    pd.testing.assert_frame_equal(
        pd.DataFrame(numbers.drop(columns="geometry")), pd.DataFrame(texts.drop(columns="geometry"))
    )


def test_the_next_address_is_tried_where_one_is_dead(fetch, store, config, web):
    named = config(hifld_substations=[web.endpoint("dead"), web.endpoint("hifld_substations")])
    assert fetch(source="hifld_substations", named=named).status == 0
    assert web.asked("/gone/")
    assert "Electric_Substations" in store.version("hifld_substations").manifest.urls[0]


MENDED = {
    "429": {"seconds": 1},
    "429_date": {"seconds": 2},
    "500": {},
    "504": {},
    "reset": {},
    "truncated": {},
    "trickle": {},
    "length_long": {},
    "length_short": {},
    "duplicate_page": {},
    "shrunk_page": {},
    "html": {},
}
"""What goes away when asked again, or is worked around: the data come all the same."""

REFUSED = {
    "redirect": "redirects to another host, localhost:",
    "gzip_bomb": "MB came, the limit",
    "error_in_200": "answers 200 with the error 'Invalid URL'",
    "column_renamed": "columns missing: ",
    "column_missing": "columns missing: ",
    "half_gone": "rows came, .* last time .* expected at least 60%",
}
"""What never comes right: refused, and what was there before stays."""


@pytest.mark.parametrize("kind", MENDED)
def test_what_passes_is_waited_out(fetch, store, web, kind):
    """The misbehaviour strikes once, in the middle of paging; every row comes all the same."""
    whole = ("--all",)
    assert fetch(area=whole).status == 0
    before = store.version("eia_pipelines").table("pipelines")
    web.reset()
    web.misbehave("resultOffset", kind, times=1, after=1, **MENDED[kind])
    began = time.monotonic()
    done = fetch(area=whole)
    assert done.status == 0, done.err
    after = store.version("eia_pipelines")
    assert set(after.table("pipelines")["pipeline_id"]) == set(before["pipeline_id"])
    assert len(after.table("pipelines")) == len(before)
    assert after.problems() == []
    if kind == "429":
        assert time.monotonic() - began >= 1.0, "Retry-After was not honoured"


STUBBORN = [kind for kind in MENDED if kind != "shrunk_page"]


@pytest.mark.parametrize("kind", STUBBORN)
def test_what_does_not_pass_leaves_the_data_as_they_were(fetch, store, web, tmp_path, kind):
    whole = ("--all",)
    assert fetch(area=whole).status == 0
    before = contents(tmp_path / "store")
    web.misbehave("query", kind, times=None, **MENDED[kind])
    failed = fetch(area=whole)
    assert failed.status == 1
    assert "eia_pipelines cannot be fetched; what was there before is kept" in failed.err
    assert "Traceback" not in failed.err
    assert contents(tmp_path / "store") == before
    assert store.version("eia_pipelines").problems() == []
    web.reset()
    assert fetch().status == 0


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_wrong_is_refused_and_the_data_stay(fetch, web, tmp_path, config, kind):
    assert fetch().status == 0
    before = contents(tmp_path / "store")
    small = config("small.toml")
    small.write_text(small.read_text().replace("[limits]", "[limits]\nmost_mb = 50"))
    web.drift("FeatureServer", kind)
    failed = fetch(named=small)
    assert failed.status == 1
    assert pd.Series([failed.err]).str.contains(REFUSED[kind], regex=True).all(), failed.err
    assert "Traceback" not in failed.err
    assert contents(tmp_path / "store") == before


def test_a_type_not_known_before_is_a_note_and_not_a_loss(fetch, web):
    web.drift("FeatureServer", "unknown_value")
    done = fetch(source="hifld_substations")
    assert done.status == 0
    assert "types not known before, taken as other" in done.err


def test_kinds_that_became_numbers_are_a_loss_and_refused(fetch, web, tmp_path):
    """Else each tap would count as a station of a kind that is not known."""
    assert fetch(source="hifld_substations").status == 0
    before = contents(tmp_path / "store")
    web.drift("FeatureServer", "column_retyped", column="TYPE")
    failed = fetch(source="hifld_substations")
    assert failed.status == 1
    assert "column TYPE: " in failed.err
    assert "cells are no text, for instance 0.5" in failed.err
    assert contents(tmp_path / "store") == before


def test_half_the_rows_are_taken_where_the_user_says_so(fetch, store, web):
    assert fetch().status == 0
    rows = store.version("eia_pipelines").manifest.rows_kept
    web.drift("FeatureServer", "half_gone")
    assert fetch("--accept-drift").status == 0
    assert store.version("eia_pipelines").manifest.rows_kept < rows


def test_a_wait_longer_than_the_patience_is_told_and_not_waited(fetch, web):
    web.misbehave("query", "429", times=None, seconds=3000)
    began = time.monotonic()
    failed = fetch()
    assert failed.status == 1
    assert "asks to wait 3000 s" in failed.err
    assert time.monotonic() - began < 60


def test_only_what_is_missing_is_asked_for_again(fetch, web):
    web.misbehave("resultOffset", "500", times=None, after=2)
    assert fetch(area=("--all",)).status == 1
    web.reset()
    assert fetch(area=("--all",)).status == 0
    offsets = [int(one.query["resultOffset"]) for one in web.asked("resultOffset")]
    assert min(offsets) > 0
    assert len(set(offsets)) == len(offsets)


def test_an_old_version_is_kept_and_older_ones_go(fetch, store):
    for _ in range(3):
        assert fetch().status == 0
    current, previous = store.ids("eia_pipelines")
    there = {path.name for path in (store.source_folder("eia_pipelines") / "versions").iterdir()}
    assert there == {current, previous}
    assert current != previous


def test_the_same_bytes_are_hashed_as_other_tools_hash_them(fetch, store):
    fetch()
    version = store.version("eia_pipelines")
    for inside, digest in version.manifest.files.items():
        told = subprocess.run(
            ["sha256sum", version.folder / inside], capture_output=True, text=True, check=True
        )
        assert told.stdout.split()[0] == digest


def test_a_changed_table_is_not_read(fetch, rewatt, store, tmp_path):
    fetch()
    path = store.version("eia_pipelines").folder / "tables/pipelines.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    failed = rewatt("rank", "--top", 1, "--data", tmp_path / "store")
    assert failed.status == 1
    assert "is not the one that was stored: run `rewatt data verify`" in failed.err


def test_fetched_pipelines_bring_their_criterion_to_life(fetch, rewatt, tmp_path):
    fetch(area=("--all",))
    command = ("explain", "iren-childress", "--json")
    embedded = json.loads(rewatt(*command, "--data", tmp_path / "none").out)
    now = json.loads(rewatt(*command, "--data", tmp_path / "store").out)
    assert now["coverage"] > embedded["coverage"]


def test_what_is_asked_wrongly_is_said_before_anything_is_asked(rewatt, web, tmp_path):
    store = ("--data", tmp_path / "store")
    wrong = [
        (("eia_pipeline",), "Did you mean eia_pipelines"),
        (("eia_pipelines", "--all", "--region", "childress"), "were given together"),
        (("eia_pipelines", "--file", "x.pbf"), "--file stands in for one source"),
        (("eia_pipelines", "--config", tmp_path / "no.toml"), "cannot be read"),
    ]
    for arguments, words in wrong:
        failed = rewatt("fetch", *arguments, *store)
        assert (failed.status, words in failed.err) == (2, True), failed.err
    bad = tmp_path / "bad.toml"
    bad.write_text(
        '[limits]\nattempts = 0\n[sources.eia]\n[sources.hifld_lines]\nendpoints = "x"\n'
    )
    failed = rewatt("fetch", "eia_pipelines", "--config", bad, *store)
    assert failed.status == 2
    assert failed.err.count("\n  ") == 3
    assert web.asked() == []
    assert not (tmp_path / "store").exists()


def test_what_cannot_be_written_names_the_source_and_the_folder(fetch, store):
    store.source_folder("eia_pipelines").parent.mkdir(parents=True)
    store.source_folder("eia_pipelines").write_text("a file where a folder should be")
    failed = fetch()
    assert failed.status == 1
    assert "rewatt: eia_pipelines: [Errno" in failed.err
    assert f"The data are kept in {store.folder}" in failed.err


def test_the_real_addresses_are_the_defaults():
    """The published addresses, as HIFLD's and EIA's copies have them."""
    services = {
        "hifld_substations": "services5.arcgis.com/HDRa0B57OVrv2E1q/",
        "hifld_lines": "services2.arcgis.com/FiaPA4ga0iQKduv3/",
        "eia_pipelines": "services2.arcgis.com/FiaPA4ga0iQKduv3/",
    }
    for name, start in services.items():
        assert fetched()[name].FETCH.endpoints[0].startswith(f"https://{start}")


def test_two_fetches_of_one_source_do_not_mix(fetch, store):
    from filelock import FileLock

    home = store.source_folder("eia_pipelines")
    home.mkdir(parents=True)
    with FileLock(home / ".lock"):
        failed = fetch()
    assert failed.status == 1
    assert "is being fetched by another process" in failed.err
    assert fetch().status == 0


def test_killed_at_any_moment_the_store_verifies_and_the_next_run_completes(
    config, tmp_path, store
):
    """SIGKILL at twenty random moments of a run; seeded, so that a failure can be repeated."""
    command = [
        sys.executable, "-m", "geo", "fetch", "eia_pipelines", "--all",
        "--config", str(config()), "--data", str(tmp_path / "store"),
    ]  # fmt: skip
    began = time.monotonic()
    subprocess.run(command, cwd=REPO, check=True, capture_output=True)
    whole = time.monotonic() - began
    ids = set(store.version("eia_pipelines").table("pipelines")["pipeline_id"])
    moments = random.Random(5)  # noqa: S311 - moments, not secrets
    killed = 0
    for _ in range(20):
        process = subprocess.Popen(
            command, cwd=REPO, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        # most of a run is start-up: the last part is where files are written
        time.sleep(whole * moments.uniform(0.4, 1.0))
        alive = process.poll() is None
        killed += alive
        whole *= 1 if alive else 0.9  # the first run warmed the caches of the machine
        process.send_signal(signal.SIGKILL)
        process.wait()
        version = store.version("eia_pipelines")
        assert version.problems() == []
        assert set(version.table("pipelines")["pipeline_id"]) == ids
    assert killed >= 10
    subprocess.run(command, cwd=REPO, check=True, capture_output=True)
    assert store.version("eia_pipelines").problems() == []
    left = [path.name for path in store.source_folder("eia_pipelines").iterdir()]
    assert not [name for name in left if name.startswith((".part", ".tmp"))]
