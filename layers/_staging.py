"""Where a version is put together: raw bytes that survive interruption, then one rename."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import shapely

from layers._base import sha256_of
from layers._manifest import Manifest, Pointer
from layers._store import Store, Version, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

RESUMABLE_SECONDS = 24 * 3600
"""A download begun longer ago is begun again: what it asked of may have changed since."""


class BusyError(RuntimeError):
    """Another process is at work on the same source."""


@dataclass(frozen=True, slots=True)
class Raw:
    """The raw files of a version in the making.

    Attributes
    ----------
    folder
        The folder of the version in the making.
    area
        Where it was asked for, EPSG:4326; ``None``: everywhere.
    points
        The places that were asked for, columns `lat`, `lon`, `radius_km`; ``None``: an area.
    """

    folder: Path
    area: BaseGeometry | None = None
    points: pd.DataFrame | None = None

    def path(self, name: str) -> Path:
        """Give where a raw file is."""
        return self.folder / "raw" / name

    def has(self, name: str) -> bool:
        """Tell whether a raw file is there, as it was saved."""
        return name in self.journal()

    def names(self) -> list[str]:
        """Name the raw files, sorted."""
        return sorted(self.journal())

    def read(self, name: str) -> bytes:
        """Give the bytes of a raw file."""
        return self.path(name).read_bytes()

    def save(self, name: str, content: bytes, url: str) -> None:
        """Keep bytes under a name, whole or not at all; a later call replaces them."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path(name), content)
        entry = {
            "name": name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            "url": url,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with (self.folder / "journal.jsonl").open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(entry) + "\n")
            journal.flush()
            os.fsync(journal.fileno())

    def journal(self) -> dict[str, dict[str, object]]:
        """Give what was saved, by name; a line that was cut short does not count."""
        found: dict[str, dict[str, object]] = {}
        path = self.folder / "journal.jsonl"
        for line in path.read_text("utf-8").splitlines() if path.is_file() else []:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            found[entry["name"]] = entry
        return {
            name: entry
            for name, entry in found.items()
            if self.path(name).is_file() and self.path(name).stat().st_size == entry["bytes"]
        }


@contextmanager
def staged(store: Store, source_id: str, key: str) -> Iterator[Path]:
    """Give the folder of a version in the making, alone; what was begun before is in it.

    Parameters
    ----------
    store
        Where it will go.
    source_id
        Whose version.
    key
        What is asked for: only what was begun for the same is taken up again.

    Raises
    ------
    BusyError
        If another process is at it.
    """
    with locked(store, source_id) as home:
        _sweep_begun(home)
        digest = hashlib.sha256(key.encode()).hexdigest()[:12]
        part = home / f".part-{digest}"
        (part / "raw").mkdir(parents=True, exist_ok=True)
        _verify_resumed(Raw(part))
        yield part


@contextmanager
def locked(store: Store, source_id: str) -> Iterator[Path]:
    """Give the folder of a source, alone.

    Raises
    ------
    BusyError
        If another process is at it.
    """
    from filelock import FileLock, Timeout

    home = store.source_folder(source_id)
    home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        msg = f"{source_id} is being fetched by another process: wait for it, or stop it."
        raise BusyError(msg) from error
    try:
        yield home
    finally:
        lock.release()


def _sweep_begun(home: Path) -> None:
    """Remove what was begun too long ago, and files that a run that was cut short left."""
    for part in home.glob(".part-*"):
        if time.time() - part.stat().st_mtime > RESUMABLE_SECONDS:
            shutil.rmtree(part)
    for left in home.glob(".tmp-*"):
        left.unlink()


def _verify_resumed(raw: Raw) -> None:
    """Drop what is not as it was saved, and what a parse that was cut short left behind."""
    journal = raw.journal()
    for path in (raw.folder / "raw").rglob("*"):
        name = path.relative_to(raw.folder / "raw").as_posix()
        if path.is_file() and (name not in journal or sha256_of(path) != journal[name]["sha256"]):
            path.unlink()
    for made in ("tables", "files"):
        shutil.rmtree(raw.folder / made, ignore_errors=True)


def commit(
    store: Store,
    folder: Path,
    draft: Manifest,
    tables: Mapping[str, pd.DataFrame],
    files: Mapping[str, bytes],
) -> Version:
    """Turn the folder of a version in the making into the current version.

    Until the last step the version in use is the old one; after it, the new one. The one before
    is kept, older ones are removed.

    Parameters
    ----------
    store
        Where it goes.
    folder
        As `staged` gave it, with its raw files.
    draft
        What is known of the version; id, time, bytes and hashes are filled in here.
    tables, files
        What to keep beside the raw files.
    """
    for name, table in tables.items():
        (folder / "tables").mkdir(exist_ok=True)
        table.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    for name, content in files.items():
        (folder / "files").mkdir(exist_ok=True)
        (folder / "files" / name).write_bytes(content)
    journal = Raw(folder).journal()
    now = datetime.now(UTC)
    hashes = {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", "journal.jsonl")
    }
    digest = hashlib.sha256("".join(hashes.values()).encode()).hexdigest()[:8]
    times = [str(entry["at"]) for entry in journal.values()]
    manifest = replace(
        draft,
        version=f"{now:%Y%m%dT%H%M%S%f}-{digest}",
        urls=tuple(dict.fromkeys(str(entry["url"]) for entry in journal.values())),
        retrieved_at=max(times, default=now.isoformat(timespec="seconds")),
        bytes=sum(int(str(entry["bytes"])) for entry in journal.values()),
        files=hashes,
        tables={name: len(table) for name, table in tables.items()},
    )
    (folder / "journal.jsonl").unlink(missing_ok=True)
    told = manifest.to_json().encode()
    write_whole(folder / "manifest.json", told)
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    home = store.source_folder(draft.source_id)
    target = home / "versions" / manifest.version
    target.parent.mkdir(exist_ok=True)
    folder.replace(target)
    _point(home, store.pointer(draft.source_id), manifest.version, told)
    return Version(target, manifest)


def _point(home: Path, before: Pointer, version: str, manifest: bytes) -> None:
    """Make a version the current one; only then remove those that nothing points to now."""
    hashes = {version: hashlib.sha256(manifest).hexdigest()}
    if before.current is not None:
        hashes[before.current] = before.sha256[before.current]
    pointer = Pointer(version, before.current, hashes)
    write_whole(home / "current", pointer.to_json().encode())
    for folder in home.glob("versions/*"):
        if folder.name not in hashes:
            shutil.rmtree(folder)


def refused_by_reason(refused: pd.DataFrame) -> tuple[tuple[str, int, str], ...]:
    """Count refused rows by reason, each with an example.

    Parameters
    ----------
    refused
        Columns `row` and `reason`, one row per refused row.
    """
    return tuple(
        (str(reason), len(part), str(part["row"].iloc[0]))
        for reason, part in refused.groupby("reason", sort=True)
    )


def area_text(area: BaseGeometry | None) -> str | None:
    """Write an area as a manifest does: WKT to a centimetre."""
    return None if area is None else str(shapely.to_wkt(area, rounding_precision=7))
