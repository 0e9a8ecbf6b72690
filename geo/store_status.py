"""What there is to rank with: every layer and every source, how old, how large, how complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import shapely

from layers import LAYERS, LayerError, data_folder, load_layer
from layers.sources import fetched
from layers.sources.hifld_lines import class_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from layers import Layer, LoadedLayer, Provenance, Store
    from layers._store import Manifest, Version

ABSENT = "absent"
BROKEN = "broken"
EMBEDDED = "embedded"
FETCHED = "fetched"
IMPORTED = "imported"
IMPORT_PREFIX = "import_"

_VOLTAGES = {"substations": "max_kv", "transmission_lines": "kv_class"}
"""The layers whose rows have a voltage, and the column it stands in."""
_MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Voltages:
    """How much is known of the voltages of a layer.

    Attributes
    ----------
    share
        Of the rows that have one, [0, 1].
    by_class
        Rows by HIFLD's class, named by its usual voltage in kV: 69 is below 100, 138 is 100 to
        161, 230 is 220 to 287, 765 is 735 and more; ``other`` lies between them.
    by_evidence
        Rows by what stands behind their voltage; empty where the layer does not say.
    """

    share: float
    by_class: Mapping[str, int]
    by_evidence: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Origin:
    """One dataset, as it is used.

    Attributes
    ----------
    source, title, licence
        Which, and on what terms.
    state
        ``embedded``, ``fetched`` or ``imported``.
    vintage
        The date of its data, as it states it.
    retrieved_at, age_days
        When it came, ISO 8601, and how long ago; ``None`` for what is embedded.
    rows
        How many rows of the layer it gave.
    area
        Where it is complete, in words.
    refused
        Rows that came with it and could not be used: reason, how many, an example.
    """

    source: str
    title: str
    licence: str
    state: str
    vintage: str
    retrieved_at: str | None
    age_days: int | None
    rows: int
    area: str
    refused: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class LayerStatus:
    """What there is of one layer.

    Attributes
    ----------
    layer, title
        Which.
    state
        ``embedded``, ``fetched``, ``imported``, several of them joined by ``+``, ``absent`` or
        ``broken``.
    rows
        Of its table.
    origins
        What it was built from, the weightiest first.
    voltages
        ``None`` where its rows have none.
    quarantined
        Pairs that may be one station and were kept apart; ``None`` where nothing is merged.
    disk_mb
        What its tables take, raw files and previous versions included.
    hint
        The command that brings it, or mends it; ``None`` where nothing has to be done.
    problem
        Why it cannot be read; ``None`` where it can.
    """

    layer: str
    title: str
    state: str
    rows: int = 0
    origins: tuple[Origin, ...] = ()
    voltages: Voltages | None = None
    quarantined: int | None = None
    disk_mb: float = 0.0
    hint: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What there is of one source that can be fetched or was imported.

    Attributes
    ----------
    source, title, licence
        Which, and on what terms.
    state
        ``fetched``, ``imported``, ``absent`` or ``broken``.
    version, previous
        Ids; ``None`` where there is none.
    vintage, retrieved_at, age_days
        As in `Origin`.
    rows_in, rows_kept, refused
        What came, what is in the tables, and why the rest is not.
    area
        Where it was asked for, in words.
    notes
        What else was said when it came.
    feeds
        The layers built from it; empty where it is there and no layer takes it.
    disk_mb
        Raw files, the previous version and what is half fetched included.
    hint, problem
        As in `LayerStatus`.
    """

    source: str
    title: str
    licence: str
    state: str
    version: str | None = None
    previous: str | None = None
    vintage: str = ""
    retrieved_at: str | None = None
    age_days: int | None = None
    rows_in: int = 0
    rows_kept: int = 0
    refused: tuple[tuple[str, int, str], ...] = ()
    area: str = ""
    notes: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    disk_mb: float = 0.0
    hint: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What there is.

    Attributes
    ----------
    folder
        Where fetched and imported data are; ``None`` for the embedded tables alone.
    layers
        Every layer, in the order of the map's legend.
    sources
        Every source that can be fetched, then the imports.
    """

    folder: str | None
    layers: tuple[LayerStatus, ...]
    sources: tuple[SourceStatus, ...]


def status(store: Store, today: date) -> Status:
    """Say what there is of every layer and every source.

    Parameters
    ----------
    store
        What was fetched and imported.
    today
        What ages are reckoned against.

    Returns
    -------
    status
        A layer or a source that cannot be read is ``broken``, and says why; nothing is raised.
    """
    layers = tuple(_layer_status(layer, store, today) for layer in LAYERS)
    feeds: dict[str, list[str]] = {}
    for one in layers:
        for origin in one.origins:
            feeds.setdefault(origin.source, []).append(one.layer)
    sources = tuple(
        _source_status(name, store, today, tuple(feeds.get(name, ()))) for name in stored_ids(store)
    )
    return Status(None if store.folder is None else str(store.folder), layers, sources)


def stored_ids(store: Store) -> list[str]:
    """Name every source that can be fetched, and what was imported."""
    imports = [f"{IMPORT_PREFIX}{layer.id}" for layer in LAYERS]
    return [*fetched(), *(name for name in imports if is_stored(store, name))]


def is_stored(store: Store, source_id: str) -> bool:
    """Tell whether anything was ever stored of a source, readable or not."""
    return store.folder is not None and (store.source_folder(source_id) / "current").is_file()


def fetch_command(sources: Iterable[str]) -> str | None:
    """Give the command that fetches those of the sources that can be fetched."""
    known = fetched()
    names = [name for name in sources if name in known]
    where = " --region REGION" if any(known[name].FETCH.needs_area for name in names) else ""
    return f"rewatt fetch {' '.join(names)}{where}" if names else None


def disk_mb(folder: Path) -> float:
    """Give the size of everything in a folder; 0 where it does not exist."""
    return sum(one.lstat().st_size for one in folder.rglob("*") if one.is_file()) / _MEGABYTE


def _layer_status(layer: Layer, store: Store, today: date) -> LayerStatus:
    try:
        loaded = load_layer(layer, store)
    except LayerError as error:
        return LayerStatus(
            layer.id, layer.title, BROKEN, hint="rewatt data verify", problem=str(error)
        )
    if loaded is None:
        names = [source.id for source in layer.sources]
        hint = fetch_command(names) or f"rewatt import {layer.id} FILE"
        return LayerStatus(layer.id, layer.title, ABSENT, hint=hint)
    origins = tuple(_origin(one, loaded, store, today) for one in loaded.provenance)
    states = dict.fromkeys(one.state for one in origins)
    return LayerStatus(
        layer.id,
        layer.title,
        " + ".join(states),
        len(loaded.table),
        origins,
        _voltages(loaded),
        _quarantined(layer, store),
        sum(_origin_mb(one, store) for one in loaded.provenance),
    )


def _kind(provenance: Provenance) -> str:
    if provenance.version == EMBEDDED:
        return EMBEDDED
    return IMPORTED if provenance.source.id.startswith(IMPORT_PREFIX) else FETCHED


def _origin(one: Provenance, loaded: LoadedLayer, store: Store, today: date) -> Origin:
    kind = _kind(one)
    version = None if kind == EMBEDDED else store.numbered(one.source.id, one.version)
    manifest = None if version is None else version.manifest
    if kind == FETCHED and manifest is not None:
        area = area_words(manifest.area)
    elif kind == EMBEDDED and loaded.coverage is not None:
        area = "where the embedded table is complete"
    else:
        area = "no promise of completeness"
    return Origin(
        one.source.id,
        one.source.title,
        one.source.licence,
        kind,
        one.vintage,
        None if manifest is None else manifest.retrieved_at,
        None if manifest is None else age_days(manifest.retrieved_at, today),
        one.rows,
        area,
        () if manifest is None else manifest.refused,
    )


def _origin_mb(one: Provenance, store: Store) -> float:
    if one.version == EMBEDDED:
        path = data_folder() / f"{one.source.id.rpartition('/')[2]}.csv"
        return path.stat().st_size / _MEGABYTE if path.is_file() else 0.0
    return disk_mb(store.source_folder(one.source.id))


def _source_status(
    source_id: str, store: Store, today: date, feeds: tuple[str, ...]
) -> SourceStatus:
    title, licence = _described(source_id)
    try:
        version = store.version(source_id)
        previous = store.ids(source_id)[1]
    except LayerError as error:
        return SourceStatus(
            source_id, title, licence, BROKEN, hint="rewatt data verify", problem=str(error)
        )
    if version is None:
        left = 0.0 if store.folder is None else disk_mb(store.source_folder(source_id))
        return SourceStatus(
            source_id, title, licence, ABSENT, disk_mb=left, hint=fetch_command([source_id])
        )
    return _stored_status(version, previous, today, title, feeds)


def _stored_status(
    version: Version, previous: str | None, today: date, title: str, feeds: tuple[str, ...]
) -> SourceStatus:
    manifest: Manifest = version.manifest
    imported = manifest.source_id.startswith(IMPORT_PREFIX)
    return SourceStatus(
        manifest.source_id,
        title,
        manifest.licence,
        IMPORTED if imported else FETCHED,
        manifest.version,
        previous,
        manifest.vintage,
        manifest.retrieved_at,
        age_days(manifest.retrieved_at, today),
        manifest.rows_in,
        manifest.rows_kept,
        manifest.refused,
        "no promise of completeness" if imported else area_words(manifest.area),
        manifest.notes,
        feeds,
        disk_mb(version.folder.parent.parent),
    )


def _described(source_id: str) -> tuple[str, str]:
    from layers._imported import source_of

    known = fetched()
    if source_id in known:
        source = known[source_id].SOURCE
    else:
        source = source_of(source_id.removeprefix(IMPORT_PREFIX))
    return source.title, source.licence


def age_days(retrieved_at: str, today: date) -> int:
    """Give the days since a moment, ISO 8601; never below 0."""
    return max((today - datetime.fromisoformat(retrieved_at).date()).days, 0)


def area_words(wkt: str | None) -> str:
    """Say where a source was asked for: everywhere, a box, or inside a box."""
    if wkt is None:
        return "nationwide"
    area = shapely.from_wkt(wkt)
    west, south, east, north = area.bounds
    box = f"{west:g},{south:g},{east:g},{north:g}"
    return f"box {box}" if area.equals(shapely.box(*area.bounds)) else f"polygon inside {box}"


def _voltages(loaded: LoadedLayer) -> Voltages | None:
    column = _VOLTAGES.get(loaded.layer.id)
    if column is None or not len(loaded.table):
        return None
    kv = loaded.table[column].astype(float)
    classes = kv if column == "kv_class" else class_of(kv)
    evidence = loaded.table.get("kv_evidence")
    return Voltages(
        float(kv.notna().mean()),
        {
            **{f"{float(key):g}": n for key, n in _counted(classes).items()},
            **({"other": other} if (other := int((kv.notna() & classes.isna()).sum())) else {}),
        },
        {} if evidence is None else _counted(evidence),
    )


def _counted(cells: pd.Series) -> dict[str, int]:
    return {str(key): int(n) for key, n in cells.value_counts().sort_index().items()}


def _quarantined(layer: Layer, store: Store) -> int | None:
    """Count the doubtful pairs of a merged layer."""
    del layer, store
    return None
