"""What there is of one layer: from where, how old, how large, what is known of its voltages."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from geo.store_words import (
    ABSENT,
    BROKEN,
    EMBEDDED,
    FETCHED,
    IMPORT_PREFIX,
    IMPORTED,
    age_days,
    area_words,
    disk_mb,
    fetch_command,
)
from layers import LayerError, data_folder, load_layer
from layers.sources.hifld_lines import class_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

    from layers import Layer, LoadedLayer, Provenance, Store

OTHER = "other"
"""Voltages that lie between HIFLD's classes."""
_VOLTAGES = {"substations": "max_kv", "transmission_lines": "kv_class"}
"""The layers whose rows have a voltage, and the column it stands in."""


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
        Rows or pairs that may be one; ``None`` where nothing is merged.
    left_out
        Rows of its sources that the layer does not take, by reason.
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
    left_out: Mapping[str, int] = field(default_factory=dict)
    disk_mb: float = 0.0
    hint: str | None = None
    problem: str | None = None

    @property
    def age_days(self) -> int | None:
        """Give the days since the oldest of what was fetched or imported came."""
        return max((one.age_days for one in self.origins if one.age_days is not None), default=None)

    @property
    def refused(self) -> int:
        """Count the rows that came with its datasets and could not be used."""
        return sum(n for one in self.origins for _, n, _ in one.refused)


def layer_status(layer: Layer, store: Store, today: date) -> LayerStatus:
    """Say what there is of one layer; one that cannot be read is ``broken``, and says why."""
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
    state = state_of(loaded)
    quarantined, left_out = (None, {}) if state == EMBEDDED else _merged(layer, store)
    return LayerStatus(
        layer.id,
        layer.title,
        state,
        len(loaded.table),
        origins,
        _voltages(loaded),
        quarantined,
        left_out,
        sum(_origin_mb(one, store) for one in loaded.provenance),
    )


def state_of(loaded: LoadedLayer) -> str:
    """Say from where a layer is: ``embedded``, ``fetched``, ``imported``, joined by ``+``."""
    return " + ".join(dict.fromkeys(_kind(one) for one in loaded.provenance))


def _kind(provenance: Provenance) -> str:
    if provenance.version == EMBEDDED:
        return EMBEDDED
    return IMPORTED if provenance.source.id.startswith(IMPORT_PREFIX) else FETCHED


def _origin(one: Provenance, loaded: LoadedLayer, store: Store, today: date) -> Origin:
    kind = _kind(one)
    version = None if kind == EMBEDDED else store.numbered(one.source.id, one.version)
    manifest = None if version is None else version.manifest
    if kind == FETCHED and manifest is not None:
        area = area_words(manifest)
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
        return path.stat().st_size / 1e6 if path.is_file() else 0.0
    return disk_mb(store.source_folder(one.source.id))


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
            **({OTHER: other} if (other := int((kv.notna() & classes.isna()).sum())) else {}),
        },
        {} if evidence is None else _counted(evidence),
    )


def _counted(cells: pd.Series) -> dict[str, int]:
    return {str(key): int(n) for key, n in cells.value_counts().sort_index().items()}


def quarantine(layer_id: str, store: Store) -> pd.DataFrame | None:
    """Give the doubtful pairs of a merged layer, kept apart; None where it merges nothing.

    Such a layer has a function `quarantine` beside its `build`.
    """
    pairs_of = getattr(import_module(f"layers.{layer_id}"), "quarantine", None)
    pairs: pd.DataFrame | None = None if pairs_of is None else pairs_of(store)
    return pairs


def _merged(layer: Layer, store: Store) -> tuple[int | None, dict[str, int]]:
    """Count what a merged layer has in quarantine, and the rows it does not take, by reason.

    The reasons come from a function `refused` beside its `build`.
    """
    pairs = quarantine(layer.id, store)
    refused = getattr(import_module(f"layers.{layer.id}"), "refused", None)
    left_out = {} if refused is None else _counted(refused(store)["reason"])
    return None if pairs is None else len(pairs), left_out
