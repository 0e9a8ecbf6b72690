"""What is stored is there whole, is what was stored, and is made anew when its inputs change."""

from __future__ import annotations

import errno
import json
import os
import re
import time

import geopandas as gpd
import pytest
import shapely

from layers import LayerError, Store, default_store
from layers._manifest import Manifest, Pointer
from layers._staging import RESUMABLE_SECONDS, BusyError, Raw, commit, staged

TABLE = gpd.GeoDataFrame({"key": ["a"]}, geometry=[shapely.Point(-100, 34)], crs=4326)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "data")


@pytest.fixture
def made():
    """Count how often a table is made."""

    class Maker:
        times = 0

        def __call__(self):
            self.times += 1
            return TABLE

    return Maker()


def draft():
    return Manifest("s", 1, 1, (), "public domain", "2026-11")


def put(store, key="k", content=b"bytes"):
    with staged(store, "s", key) as folder:
        Raw(folder).save("one.json", content, "http://x")
        return commit(store, folder, draft(), {"t": TABLE}, {"f.npy": b"array"})


def test_a_merged_table_is_made_once_and_read_after(store, made):
    first = store.derived("stations", "k1", made)
    again = store.derived("stations", "k1", made)
    assert made.times == 1
    assert again.equals(first)
    assert again.crs == first.crs


def test_other_inputs_make_another_table(store, made):
    store.derived("stations", "k1", made)
    store.derived("stations", "k2", made)
    store.derived("lines", "k1", made)
    assert made.times == 3


def test_a_merged_table_that_was_changed_is_made_anew(store, made):
    store.derived("stations", "k1", made)
    (path,) = (store.folder / "derived").glob("*.parquet")
    path.write_bytes(path.read_bytes()[:-1])
    store.derived("stations", "k1", made)
    assert made.times == 2


def test_a_full_disk_leaves_nothing_behind(store):
    """A table that writes its first bytes and then finds the disk full."""

    class Full(gpd.GeoDataFrame):
        def to_parquet(self, path, **_):
            path.write_bytes(b"PAR1")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert store.derived("stations", "k", lambda: Full(TABLE)).equals(TABLE)
    assert list((store.folder / "derived").iterdir()) == []


def test_what_a_killed_run_left_goes_and_what_another_writes_stays(store, made):
    store.derived("stations", "k0", made)
    folder = store.folder / "derived"
    old, new, other = (folder / f"{name}.123" for name in ("stations-a", "stations-b", "lines-a"))
    for path in (old, new, other, folder / ".tmp-x"):
        path.write_bytes(b"PAR1")
        if path != new:
            os.utime(path, (time.time() - 7200,) * 2)
    store.derived("stations", "k1", made)
    assert not old.exists()
    assert not (folder / ".tmp-x").exists()
    assert new.exists()
    assert other.exists()
    assert made.times == 2
    store.derived("stations", "k0", made)
    assert made.times == 2


def test_old_merged_tables_go(store, made):
    for key in range(9):
        store.derived("stations", str(key), made)
    assert len(list((store.folder / "derived").glob("*.parquet"))) == 4
    assert len(list((store.folder / "derived").glob("*.sha256"))) == 4


def test_a_folder_that_cannot_be_written_costs_no_answer(tmp_path, made):
    (tmp_path / "file").write_text("not a folder")
    assert Store(tmp_path / "file").derived("stations", "k", made).equals(TABLE)
    assert Store.embedded().derived("stations", "k", made).equals(TABLE)


def test_the_current_version_changes_in_one_step_and_the_one_before_stays(store):
    one, two = put(store), put(store, content=b"more")
    assert store.version("s").manifest == two.manifest
    assert store.ids("s") == (two.manifest.version, one.manifest.version)
    pinned = Store(store.folder, {"s": one.manifest.version})
    assert (pinned.version("s").folder / "raw/one.json").read_bytes() == b"bytes"
    assert Store(store.folder, {"s": None}).version("s") is None
    assert store.sources() == ["s"]


@pytest.mark.parametrize("inside", ["raw/one.json", "tables/t.parquet", "files/f.npy"])
def test_every_change_is_seen(store, inside):
    version = put(store)
    assert version.problems() == []
    path = version.folder / inside
    kept = path.read_bytes()
    path.write_bytes(kept + b"x")
    assert version.problems() == [f"{inside} was changed since it was stored"]
    path.unlink()
    assert version.problems() == [f"{inside} is missing"]
    path.write_bytes(kept)
    (version.folder / "raw/extra").write_bytes(b"")
    assert version.problems() == ["raw/extra is not in the manifest"]


def test_a_manifest_that_cannot_be_read_is_told(store):
    version = put(store)
    (version.folder / "manifest.json").write_text("{")
    with pytest.raises(LayerError, match=r"stored of s cannot be read .*rewatt data clear s"):
        store.version("s")


def test_what_was_begun_is_taken_up_again_where_the_same_is_asked(store):
    with staged(store, "s", "k") as folder:
        Raw(folder).save("one.json", b"bytes", "http://x")
    with staged(store, "s", "k") as folder:
        assert Raw(folder).has("one.json")
    with staged(store, "s", "other") as folder:
        assert not Raw(folder).has("one.json")


def test_what_was_begun_long_ago_is_begun_again(store):
    with staged(store, "s", "k") as folder:
        Raw(folder).save("one.json", b"bytes", "http://x")
    long_ago = time.time() - RESUMABLE_SECONDS - 60
    os.utime(folder, (long_ago, long_ago))
    with staged(store, "s", "k") as folder:
        assert not Raw(folder).has("one.json")


@pytest.mark.parametrize("spoil", ["same length", "cut", "not in the journal", "journal cut"])
def test_of_what_was_begun_only_what_is_whole_counts(store, spoil):
    with staged(store, "s", "k") as folder:
        Raw(folder).save("one.json", b"bytes", "http://x")
        Raw(folder).save("two.json", b"bytes", "http://x")
    path, journal = folder / "raw/one.json", folder / "journal.jsonl"
    if spoil == "same length":
        path.write_bytes(b"BYTES")
    elif spoil == "cut":
        path.write_bytes(b"by")
    elif spoil == "not in the journal":
        (folder / "raw/three.json").write_bytes(b"bytes")
    else:
        journal.write_text(journal.read_text()[:-20])
    with staged(store, "s", "k") as folder:
        names = Raw(folder).names()
    expected = {
        "not in the journal": ["one.json", "two.json"],
        "journal cut": ["one.json"],
    }.get(spoil, ["two.json"])
    assert names == expected
    assert sorted(one.name for one in (folder / "raw").iterdir()) == expected


def test_only_one_at_a_time(store):
    with (
        staged(store, "s", "k"),
        pytest.raises(BusyError, match="being fetched by another process"),
        staged(store, "s", "k"),
    ):
        pass


@pytest.mark.parametrize(
    "text",
    ["[]", "{}", "null", "5", '{"current": 5}', "garbage", '{"current": "../x", "previous": null}'],
)
def test_a_pointer_that_cannot_be_read_is_told_and_nothing_is_lost(store, text):
    version = put(store)
    (store.source_folder("s") / "current").write_text(text)
    with pytest.raises(LayerError, match=r"stored of s cannot be read .*rewatt data clear s"):
        store.version("s")
    with staged(store, "s", "k"):
        assert version.problems() == []


@pytest.mark.parametrize("name", ["../x", "", 5, None])
def test_a_pointer_names_versions_and_no_paths(name):
    pointer = {"current": name, "previous": None, "sha256": {str(name): "0"}}
    with pytest.raises(ValueError, match=f"^{re.escape(repr(name))} is no version"):
        Pointer.from_json(json.dumps(pointer))


@pytest.mark.parametrize("drop", ["current", "previous"])
def test_a_pointer_without_the_hash_of_a_manifest_is_told(store, drop):
    put(store)
    put(store, content=b"more")
    path = store.source_folder("s") / "current"
    pointer = json.loads(path.read_text())
    del pointer["sha256"][pointer[drop]]
    path.write_text(json.dumps(pointer))
    with pytest.raises(LayerError, match="expected the SHA-256 of the manifest of each"):
        store.version("s")


JUNK = {
    "source_id": 5,
    "rows_in": "12",
    "rows_kept": -1,
    "refused": [["why", "many", "x"]],
    "licence": None,
    "vintage": 2026,
    "area": "everywhere",
    "notes": "a note",
    "version": ["v"],
    "urls": [5],
    "retrieved_at": "yesterday",
    "bytes": True,
    "files": ["raw/one.json"],
    "tables": None,
    "asked": {},
}


@pytest.mark.parametrize("name", JUNK)
def test_a_manifest_with_a_field_of_another_kind_is_told(store, name):
    written = json.loads(put(store).manifest.to_json())
    assert Manifest.from_json(json.dumps(written)).to_json() == Manifest(**written).to_json()
    with pytest.raises(ValueError, match=f"^{name} is .*, expected "):
        Manifest.from_json(json.dumps(written | {name: JUNK[name]}))


@pytest.mark.parametrize(
    "junk",
    [("retrieved_at", "2026-01-02"), ("refused", [["why", 1]]), ("area", "POLYGON EMPTY")],
)
def test_what_only_looks_right_is_told_too(store, junk):
    written = json.loads(put(store).manifest.to_json())
    with pytest.raises(ValueError, match=f"^{junk[0]} is .*, expected "):
        Manifest.from_json(json.dumps(written | dict([junk])))


def test_every_field_that_is_wrong_is_told_at_once(store):
    written = json.loads(put(store).manifest.to_json())
    with pytest.raises(ValueError, match=r"rows_in is .*; area is .*; files is "):
        Manifest.from_json(
            json.dumps(written | {name: JUNK[name] for name in ("rows_in", "area", "files")})
        )
    for text in ("[]", "null", json.dumps(written | {"more": 1}), json.dumps({"bytes": 1})):
        with pytest.raises(ValueError, match="expected an object of source_id, rows_in"):
            Manifest.from_json(text)


def test_a_manifest_that_was_changed_is_told(store):
    path = put(store).folder / "manifest.json"
    path.write_text(path.read_text().replace('"rows_kept": 1', '"rows_kept": 2'))
    with pytest.raises(LayerError, match="the manifest was changed since it was stored"):
        store.version("s")


def test_versions_that_nothing_points_to_go_once_there_is_another(store):
    version = put(store)
    orphan = version.folder.parent / "orphan"
    orphan.mkdir()
    with staged(store, "s", "k"):
        assert orphan.exists()
    put(store)
    assert not orphan.exists()
    assert version.folder.exists()


def test_a_pointer_that_is_lost_does_not_lose_the_version(store):
    version = put(store)
    (store.source_folder("s") / "current").unlink()
    with staged(store, "s", "k"):
        pass  # a fetch that brought nothing
    assert version.problems() == []


def test_the_manifest_says_where_everything_came_from(store):
    written = json.loads((put(store).folder / "manifest.json").read_text())
    assert written["urls"] == ["http://x"]
    assert written["bytes"] == 5
    assert set(written["files"]) == {"raw/one.json", "tables/t.parquet", "files/f.npy"}


@pytest.mark.parametrize("inside", [".", "deeper/still"])
def test_a_file_where_the_folder_should_be_is_told(monkeypatch, tmp_path, rewatt, inside):
    path = tmp_path / "file"
    path.write_text("not a folder")
    monkeypatch.setenv("REWATT_DATA", str(path / inside))
    with pytest.raises(LayerError, match=r"found a file, .*file, expected a folder"):
        default_store()
    for command in (("data", "verify"), ("rank",)):
        outcome = rewatt(*command)
        assert outcome.status == 1
        assert "found a file" in outcome.err


def test_the_variable_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("REWATT_DATA", str(tmp_path))
    assert default_store().folder == tmp_path
    monkeypatch.delenv("REWATT_DATA")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_store().folder == tmp_path / "rewatt"
