"""Holds everything that is stored to its hashes and to the columns it promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd

from geo.store_words import IMPORT_PREFIX
from layers import LAYERS, STORAGE_CRS, LayerError
from layers._base import sha256_of
from layers._check import breaches
from layers._store import read_parquet
from layers.sources import fetched, rewatt_curated

if TYPE_CHECKING:
    from pathlib import Path

    from layers import Column, Store
    from layers._store import Version

_MOST_BREACHES = 20
"""Of one table; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of everything found.

    Attributes
    ----------
    checked
        What was looked at, one line each.
    problems
        What is not as it should be, and what to do; empty when all is well.
    harmless
        What is left over and does no harm: downloads that can be resumed, versions that nothing
        points to, merged tables that are built anew.
    """

    checked: tuple[str, ...]
    problems: tuple[str, ...]
    harmless: tuple[str, ...]


def verify(store: Store) -> Verdict:
    """Check every version that is pointed to, the pointers, and the embedded tables."""
    checked: list[str] = []
    problems: list[str] = []
    harmless: list[str] = []
    _embedded(checked, problems)
    if store.folder is not None:
        for home in sorted((store.folder / "sources").glob("*/")):
            _source(store, home, checked, problems, harmless)
        harmless += _derived(store.folder / "derived")
    return Verdict(tuple(checked), tuple(problems), tuple(harmless))


def _embedded(checked: list[str], problems: list[str]) -> None:
    for name, source in rewatt_curated.TABLES.items():
        if not rewatt_curated.is_embedded(source):
            problems.append(f"embedded {name}: the file is missing: reinstall rewatt")
        elif not rewatt_curated.is_pinned(source):
            problems.append(
                f"embedded {name}: the file is not the one that came with rewatt (its SHA-256"
                " differs): reinstall rewatt, or keep your own rows by `rewatt import`"
            )
        else:
            checked.append(f"embedded {name}: the pinned hash")


def _source(
    store: Store, home: Path, checked: list[str], problems: list[str], harmless: list[str]
) -> None:
    name = home.name
    if not promised_columns(name):
        harmless.append(f"{name}: no source of this version of rewatt; it is never read")
        return
    try:
        ids = store.ids(name)
    except LayerError as error:
        problems.append(f"{name}: {error}")
        return
    for role, version in zip(("current", "previous"), ids, strict=True):
        if version is None:
            continue
        try:
            found = store.numbered(name, version)
        except LayerError as error:
            problems.append(f"{name}, {role} version {version}: {error}")
            continue
        wrong = _version(found, name, version)
        problems += [f"{name}, {role} version {version}: {one}" for one in wrong]
        if not wrong:
            files = len(found.manifest.files)
            checked.append(f"{name}, {role} version {version}: {files} files and their columns")
    harmless += _leftovers(home, ids)


def _version(version: Version, source_id: str, version_id: str) -> list[str]:
    """Hold a version to its manifest, and its tables to their columns."""
    manifest = version.manifest
    found = version.problems()
    if (manifest.source_id, manifest.version) != (source_id, version_id):
        found.append(f"the manifest is of {manifest.source_id} {manifest.version}")
    if manifest.rows_in != manifest.rows_kept + sum(n for _, n, _ in manifest.refused):
        found.append(
            f"{manifest.rows_in:,} rows came, {manifest.rows_kept:,} were kept and"
            f" {sum(n for _, n, _ in manifest.refused):,} refused, expected these to add up"
        )
    promised = promised_columns(source_id)
    for name, rows in manifest.tables.items():
        inside = f"tables/{name}.parquet"
        if any(one.startswith(f"{inside} ") for one in found) or inside not in manifest.files:
            continue  # what is not the stored file cannot be held to its columns
        found += _table(version.folder / inside, name, rows, promised)
    if found:
        found[-1] += f". Fetch or import it again, or `rewatt data clear {source_id}`"
    return found


def _table(path: Path, name: str, rows: int, promised: dict[str, tuple[Column, ...]]) -> list[str]:
    if name not in promised:
        return [f"table {name}: not one of {sorted(promised)}"]
    table = read_parquet(path)
    found = []
    if len(table) != rows:
        found.append(f"table {name}: {len(table):,} rows, expected {rows:,} by the manifest")
    if "geometry" in table:
        crs = gpd.read_parquet(
            path, columns=["geometry"]
        ).crs  # as the file says, not as it is read
        if crs != STORAGE_CRS:
            found.append(f"table {name}: CRS is {crs and crs.name}, expected {STORAGE_CRS}")
    wrong = breaches(table, promised[name], strict=True)
    found += [f"table {name}: {one}" for one in wrong[:_MOST_BREACHES]]
    if len(wrong) > _MOST_BREACHES:
        found.append(f"table {name}: and {len(wrong) - _MOST_BREACHES:,} more breaches")
    return found


def promised_columns(source_id: str) -> dict[str, tuple[Column, ...]]:
    """Give the columns of every table that a source promises; empty for one that is not known."""
    if source_id.startswith(IMPORT_PREFIX):
        layers = {layer.id: layer.columns for layer in LAYERS}
        name = source_id.removeprefix(IMPORT_PREFIX)
        return {name: layers[name]} if name in layers else {}
    module = fetched().get(source_id)
    tables = {} if module is None else module.FETCH.tables
    return {name: table.columns for name, table in tables.items()}


def _leftovers(home: Path, ids: tuple[str | None, str | None]) -> list[str]:
    """Name what an interrupted run left behind."""
    found = [
        f"{home.name}: {part.name}, a download that was begun; the same fetch takes it up within"
        " a day"
        for part in sorted(home.glob(".part-*"))
    ]
    found += [
        f"{home.name}: version {folder.name}, which nothing points to; the next fetch removes it"
        for folder in sorted(home.glob("versions/*"))
        if folder.name not in ids
    ]
    return found + [
        f"{home.name}: {left.name}, a file that was begun; the next fetch removes it"
        for left in sorted(home.glob(".tmp-*"))
    ]


def _derived(folder: Path) -> list[str]:
    """Name merged tables that are not as they were written: they are built anew when asked for."""
    found = []
    for path in sorted(folder.glob("*.parquet")):
        seal = path.with_suffix(".sha256")
        if not seal.is_file() or seal.read_text("utf-8") != sha256_of(path):
            found.append(f"derived: {path.name} is not as it was written; it is built anew")
    return found
