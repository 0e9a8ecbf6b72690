"""What was fetched and imported, on disk: versions with manifests, whole or not at all.

::

    <data>/sources/<source>/current           the current and the previous version, with hashes
                           /versions/<id>/manifest.json
                                         /raw/<name>             the bytes as they came
                                         /tables/<name>.parquet  what was read from them
                                         /files/<name>           what else is kept, as arrays
                           /.part-<key>/                         a download that can be resumed
    <data>/derived/<name>-<key>.parquet       merged layers, built anew when an input changes
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from layers._base import STORAGE_CRS, LayerError, sha256_of
from layers._manifest import Manifest, Pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geopandas import GeoDataFrame

VARIABLE = "REWATT_DATA"
"""The environment variable that names the folder."""

_KEPT_DERIVED = 4
"""Merged tables of one name that are kept: those of the current and the previous inputs."""
_LEFT_SECONDS = 3600
"""A table that was begun longer ago is written by nobody any more."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one source.

    Attributes
    ----------
    folder
        Where it is.
    manifest
        What it says of itself.
    """

    folder: Path
    manifest: Manifest

    def has(self, name: str) -> bool:
        """Tell whether it holds a table."""
        return name in self.manifest.tables

    def table(self, name: str) -> GeoDataFrame:
        """Read a table, its hash checked; in EPSG:4326 where it has places.

        Raises
        ------
        LayerError
            If the file is not the one that the manifest names.
        """
        inside = f"tables/{name}.parquet"
        path = self.folder / inside
        if not path.is_file() or sha256_of(path) != self.manifest.files.get(inside):
            msg = (
                f"The table {name!r} of {self.manifest.source_id} ({path}) is not the one that was"
                " stored: run `rewatt data verify`, then fetch or import it again."
            )
            raise LayerError(msg)
        return read_parquet(path)

    def file(self, name: str) -> Path:
        """Give the path of a further file; its hash is not checked."""
        return self.folder / "files" / name

    def problems(self) -> list[str]:
        """Hold every file to the manifest.

        Returns
        -------
        problems
            One sentence each: missing, changed, or not in the manifest.
        """
        found = []
        for inside, digest in self.manifest.files.items():
            path = self.folder / inside
            if not path.is_file():
                found.append(f"{inside} is missing")
            elif sha256_of(path) != digest:
                found.append(f"{inside} was changed since it was stored")
        there = {
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file()
        }
        extra = sorted(there - set(self.manifest.files) - {"manifest.json"})
        return found + [f"{inside} is not in the manifest" for inside in extra]


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of what was fetched and imported.

    Attributes
    ----------
    folder
        Where it is; ``None`` for nothing but the embedded tables.
    pinned
        Versions to use instead of the current ones, by source; ``None`` for none at all.
    """

    folder: Path | None
    pinned: Mapping[str, str | None] = field(default_factory=dict)

    @classmethod
    def embedded(cls) -> Store:
        """Give the store that holds nothing."""
        return cls(None)

    def source_folder(self, source_id: str) -> Path:
        """Give the folder of a source; it may not exist."""
        if self.folder is None:
            msg = "this store holds nothing"
            raise ValueError(msg)
        return self.folder / "sources" / source_id

    def sources(self) -> list[str]:
        """Name the sources of which there is a version."""
        if self.folder is None:
            return []
        found = (self.folder / "sources").glob("*/current")
        return sorted(one.parent.name for one in found if self.version(one.parent.name))

    def pointer(self, source_id: str) -> Pointer:
        """Give which versions of a source there are.

        Raises
        ------
        LayerError
            If what is there cannot be read.
        """
        if self.folder is None:
            return Pointer()
        try:
            return Pointer.from_json((self.source_folder(source_id) / "current").read_text("utf-8"))
        except FileNotFoundError:
            return Pointer()
        except (OSError, ValueError) as error:
            raise LayerError(_broken(source_id, error)) from error

    def ids(self, source_id: str) -> tuple[str | None, str | None]:
        """Give the ids of the current and the previous version of a source."""
        found = self.pointer(source_id)
        return found.current, found.previous

    def version(self, source_id: str) -> Version | None:
        """Give the version of a source in use; ``None`` where there is none.

        Raises
        ------
        LayerError
            If what is there cannot be read.
        """
        pinned = source_id in self.pinned
        version = self.pinned[source_id] if pinned else self.ids(source_id)[0]
        return None if version is None else self.numbered(source_id, version)

    def numbered(self, source_id: str, version: str) -> Version:
        """Give a version by its id.

        Raises
        ------
        LayerError
            If it is not there, cannot be read, or is not as it was stored.
        """
        folder = self.source_folder(source_id) / "versions" / version
        stored = self.pointer(source_id).sha256.get(version)
        try:
            content = (folder / "manifest.json").read_bytes()
            manifest = Manifest.from_json(content.decode())
        except (OSError, ValueError) as error:
            raise LayerError(_broken(source_id, error)) from error
        if stored is not None and hashlib.sha256(content).hexdigest() != stored:
            changed = ValueError("the manifest was changed since it was stored")
            raise LayerError(_broken(source_id, changed))
        return Version(folder, manifest)

    def derived(self, name: str, key: str, build: Callable[[], GeoDataFrame]) -> GeoDataFrame:
        """Give a table made from others, from disk where it was made of the same before.

        Parameters
        ----------
        name
            The table.
        key
            What it is made of; another key is another table.
        build
            Makes it.
        """
        if self.folder is None:
            return build()
        folder = self.folder / "derived"
        path = folder / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.parquet"
        seal = path.with_suffix(".sha256")
        if path.is_file() and seal.is_file() and seal.read_text("utf-8") == sha256_of(path):
            return read_parquet(path)
        table = build()
        part = path.with_suffix(f".{os.getpid()}")
        with suppress(OSError):  # a folder that cannot be written costs time, never the answer
            folder.mkdir(parents=True, exist_ok=True)
            try:
                table.to_parquet(part, index=False)
                digest = sha256_of(part)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
            write_whole(seal, digest.encode())
            _prune(folder, name)
        return table


def _prune(folder: Path, name: str) -> None:
    """Keep the newest merged tables of a name, and nothing of runs that were cut short."""
    tables = sorted(folder.glob(f"{name}-*.parquet"), key=lambda path: path.stat().st_mtime)
    for path in tables[:-_KEPT_DERIVED]:
        path.unlink(missing_ok=True)
        path.with_suffix(".sha256").unlink(missing_ok=True)
    for left in (*folder.glob(f"{name}-*.[0-9]*"), *folder.glob(".tmp-*")):
        if time.time() - left.stat().st_mtime > _LEFT_SECONDS:
            left.unlink(missing_ok=True)


def _broken(source_id: str, error: Exception) -> str:
    return (
        f"What is stored of {source_id} cannot be read ({type(error).__name__}: {error}): run"
        f" `rewatt data verify`, or `rewatt data clear {source_id}` and fetch it again."
    )


def default_store() -> Store:
    """Give the user's store: where `REWATT_DATA` says, else in the user's cache folder.

    Raises
    ------
    LayerError
        If a file is there instead of a folder.
    """
    if named := os.environ.get(VARIABLE):
        folder = Path(named)
    else:
        from platformdirs import user_cache_path

        folder = user_cache_path("rewatt", appauthor=False)
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not there.is_dir():
        msg = (
            f"Fetched and imported data are kept in {folder}: found a file, {there}, expected a"
            f" folder or nothing. Name another by --data or {VARIABLE}."
        )
        raise LayerError(msg)
    return Store(folder)


def read_parquet(path: Path) -> GeoDataFrame:
    """Read a table, with its places where it has any."""
    import geopandas as gpd
    import pandas as pd
    import pyarrow.parquet as pq

    if b"geo" in (pq.read_schema(path).metadata or {}):
        table = gpd.read_parquet(path)
        # the file spells the CRS out: it is given its name where it is that one
        same = table.crs == STORAGE_CRS
        return table.set_crs(STORAGE_CRS, allow_override=True) if same else table
    return gpd.GeoDataFrame(pd.read_parquet(path))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, whatever happens."""
    with NamedTemporaryFile(dir=path.parent, prefix=".tmp-", delete=False) as part:
        try:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
    Path(part.name).replace(path)
