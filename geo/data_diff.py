"""What changed in the data between two states of the store, and which ranks that moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geo.rank_moves import RankMoves, rank_moves
from geo.store_verify import promised_columns
from geo.store_words import area_words
from geo.table_diff import CHANGE_COLUMNS, TableChange, table_diff
from layers import LAYERS, Store, attributions, load_layers
from layers.sources import fetched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geo.assess import Assessment
    from layers import Layers
    from layers._store import Version

PREVIOUS = "previous"
EMBEDDED = "embedded"
LAYER = "layer"
"""Stands for the source where a layer's own table is compared."""


@dataclass(frozen=True, slots=True)
class SourceChange:
    """Which versions of a source are compared.

    Attributes
    ----------
    source
        Which.
    version_before, version_after
        Ids; ``None`` where it was not there.
    retrieved_before, retrieved_after
        When they came, ISO 8601.
    vintage_before, vintage_after
        Of which date they are by their own account.
    area_before, area_after
        Where they were asked for, in words.
    """

    source: str
    version_before: str | None
    version_after: str | None
    retrieved_before: str | None
    retrieved_after: str | None
    vintage_before: str | None
    vintage_after: str | None
    area_before: str | None
    area_after: str | None


@dataclass(frozen=True, slots=True)
class DataDiff:
    """What changed.

    Attributes
    ----------
    sources
        The versions that are compared.
    tables
        Counts by table: those of the sources, then those of the layers that were built otherwise.
    changes
        Every row that was added or removed and every cell that changed, `CHANGE_COLUMNS`.
    ranks
        Which ranks moved, and why.
    attribution
        The lines that whatever is made of this must carry.
    """

    sources: tuple[SourceChange, ...]
    tables: tuple[TableChange, ...]
    changes: pd.DataFrame
    ranks: RankMoves
    attribution: tuple[str, ...] = ()


def store_before(store: Store, names: Sequence[str], against: str) -> Store:
    """Give the store as it was before the latest fetch or import of the named sources.

    Parameters
    ----------
    store
        As it is.
    names
        The sources; of all others the version in use stays.
    against
        ``previous``: their versions before, none where there is but one; ``embedded``: none.
    """
    pinned = {name: store.ids(name)[1] if against == PREVIOUS else None for name in names}
    return Store(store.folder, {**store.pinned, **pinned})


def data_diff(
    before: Store, after: Store, names: Sequence[str], judged: Callable[[Layers], Assessment]
) -> DataDiff:
    """Compare two states of the store.

    Parameters
    ----------
    before, after
        The states, as `store_before` gives the first.
    names
        The sources to compare.
    judged
        Assesses the sites with given layers.

    Raises
    ------
    LayerError
        If what is stored cannot be read.
    """
    versions = {name: (before.version(name), after.version(name)) for name in names}
    versions = {name: pair for name, pair in versions.items() if any(pair)}
    compared = [part for name, pair in versions.items() for part in _source_tables(name, *pair)]
    then, now = load_layers(store=before), load_layers(store=after)
    compared += _layer_tables(then, now)
    empty = pd.DataFrame(columns=list(CHANGE_COLUMNS), dtype=object)
    changes = [rows for _, rows in compared if len(rows)]
    return DataDiff(
        tuple(_source_change(name, *pair) for name, pair in versions.items()),
        tuple(change for change, _ in compared),
        pd.concat(changes, ignore_index=True) if changes else empty,
        rank_moves(judged(then), judged(now), then, now),
        _attribution(list(versions), then, now),
    )


def _attribution(names: list[str], then: Layers, now: Layers) -> tuple[str, ...]:
    known = fetched()
    own = [known[name].SOURCE.attribution for name in names if name in known]
    lines = [*attributions(now), *attributions(then), *filter(None, own)]
    return tuple(dict.fromkeys(lines))


def _source_change(name: str, before: Version | None, after: Version | None) -> SourceChange:
    told = [
        (None,) * 4
        if one is None
        else (
            one.manifest.version,
            one.manifest.retrieved_at,
            one.manifest.vintage,
            area_words(one.manifest),
        )
        for one in (before, after)
    ]
    return SourceChange(name, *(cell for pair in zip(*told, strict=True) for cell in pair))


def _source_tables(
    name: str, before: Version | None, after: Version | None
) -> list[tuple[TableChange, pd.DataFrame]]:
    found = []
    for table, columns in promised_columns(name).items():
        then, now = (
            one.table(table) if one is not None and one.has(table) else None
            for one in (before, after)
        )
        found.append(table_diff(name, table, columns[0].name, then, now))
    return found


def _layer_tables(before: Layers, after: Layers) -> list[tuple[TableChange, pd.DataFrame]]:
    """Compare the layers that are built from something else than before."""
    found = []
    for layer in LAYERS:
        then, now = before.get(layer.id), after.get(layer.id)
        origins = [None if one is None else one.provenance for one in (then, now)]
        if origins[0] != origins[1]:
            tables = (None if one is None else one.table for one in (then, now))
            found.append(table_diff(LAYER, layer.id, layer.columns[0].name, *tables))
    return found


def changes_table(diff: DataDiff) -> pd.DataFrame:
    """Give everything that changed as one table, for a file.

    Returns
    -------
    table
        Columns `CHANGE_COLUMNS` and `why`, texts: first every rank or score that moved and
        every contribution behind it (source ``ranking``, key the site), then `diff.changes`.
    """
    rows: list[tuple[object, ...]] = []
    for move in (*diff.ranks.moves, *diff.ranks.rescored):
        ranks = (move.rank_before, move.rank_after)
        rows.append((move.site_id, "rank", *ranks, _overtaken(move.passed_by, move.passed)))
        rows.append((move.site_id, "score", move.score_before, move.score_after, None))
        rows.append((move.site_id, "coverage", move.coverage_before, move.coverage_after, None))
        rows += [
            (move.site_id, f"metric_{one.criterion}", one.before[0], one.after[0],
             "; ".join((f"contribution {one.delta:+.12g}", *one.because)))
            for one in move.reasons
        ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["key", "column", "old", "new", "why"], dtype=object)
    for end in ("old", "new"):
        table[end] = [None if pd.isna(one) else f"{one:.12g}" for one in table[end]]
    table = table.assign(source="ranking", table="sites", change="changed")
    parts = [part for part in (table, diff.changes.assign(why=None)) if len(part)]
    columns = [*CHANGE_COLUMNS, "why"]
    return pd.concat(parts or [table], ignore_index=True)[columns].astype(object)


def _overtaken(passed_by: Sequence[str], passed: Sequence[str]) -> str:
    told = [f"passed by {', '.join(passed_by)}"] if passed_by else []
    told += [f"passed {', '.join(passed)}"] if passed else []
    return "; ".join(told)
