"""A version is whole before it is pointed to, and what was cut short does not stay."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from layers import Store
from layers._staging import Raw, commit, staged
from layers._store import Manifest, write_whole


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "data")


def keep(store, keys):
    with staged(store, "s", "k") as folder:
        Raw(folder).save("one.json", repr(keys).encode(), "http://x")
        tables = {"t": pd.DataFrame({"key": keys})}
        return commit(store, folder, Manifest("s", 2, 2, (), "", "2026"), tables, {})


def test_the_pointer_never_names_what_is_not_there(store, monkeypatch):
    keep(store, ["a", "b"])
    whole = Path.replace

    def cut(self, target):
        if self.name.startswith(".part-"):
            raise OSError(28, "No space left on device")
        return whole(self, target)

    monkeypatch.setattr(Path, "replace", cut)
    with pytest.raises(OSError, match="No space"):
        keep(store, ["c", "d"])
    assert store.version("s").problems() == []
    assert store.version("s").table("t")["key"].tolist() == ["a", "b"]


def test_tables_of_a_parse_that_was_cut_short_go(store):
    with staged(store, "s", "k") as folder:
        (folder / "tables").mkdir()
        (folder / "tables/old.parquet").write_bytes(b"half")
    with staged(store, "s", "k") as folder:
        assert not (folder / "tables").exists()


def test_old_parts_and_temporary_files_of_other_questions_go(store):
    with staged(store, "s", "k") as part:
        pass
    os.utime(part, (0, 0))
    left = store.source_folder("s") / ".tmp-left"
    left.write_bytes(b"")
    with staged(store, "s", "other"):
        pass
    assert not part.exists()
    assert not left.exists()


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "current"
    path.write_bytes(b"old")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["current"]
