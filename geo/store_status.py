"""What there is to rank with: every layer and every source, how old, how large, how complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.layer_status import LayerStatus, layer_status
from geo.store_words import (
    ABSENT,
    BROKEN,
    FETCHED,
    IMPORT_PREFIX,
    IMPORTED,
    age_days,
    area_words,
    disk_mb,
    fetch_command,
    stored_ids,
)
from layers import LAYERS, LayerError
from layers.sources import fetched

if TYPE_CHECKING:
    from datetime import date

    from layers import Store
    from layers._store import Version


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
    layers = tuple(layer_status(layer, store, today) for layer in LAYERS)
    feeds: dict[str, list[str]] = {}
    for one in layers:
        for origin in one.origins:
            feeds.setdefault(origin.source, []).append(one.layer)
    sources = tuple(
        _source_status(name, store, today, tuple(dict.fromkeys(feeds.get(name, ()))))
        for name in stored_ids(store)
    )
    return Status(None if store.folder is None else str(store.folder), layers, sources)


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
    manifest = version.manifest
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
        "no promise of completeness" if imported else area_words(manifest),
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
