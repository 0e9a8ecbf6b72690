"""Brings a source into the store: asked, read, held to its promise, and only then swapped in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import shapely

from layers._answer import DeadServiceError, ElsewhereError, FetchError
from layers._base import STORAGE_CRS, LayerError
from layers._fetch import Asked, DriftError, Fetch, Job, Parsed
from layers._http import Client, Limits
from layers._manifest import Manifest
from layers._placed import TYPES, place_faults
from layers._staging import Raw, area_text, commit, refused_by_reason, staged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from layers._base import Source
    from layers._fetch import Table
    from layers._store import Store, Version

_LEAST_KEPT = 0.6
"""Where fewer than this share of last time's rows come, something broke at the other end: half
of them gone is a failure even where the half is not exact; what closes in a month is a few."""

_UNREADABLE = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What reading raises where something else came than what the source used to give."""

_SAME_AREA = 1e-6
"""Square degrees: areas are written to a centimetre, and read back they differ by less."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the configuration and the command line say about one source.

    Attributes
    ----------
    endpoints
        Instead of the source's own; empty: those.
    limits
        Instead of the usual ones, by name of the limit.
    accept_drift
        Whether far fewer rows than last time are taken all the same.
    """

    endpoints: tuple[str, ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)
    accept_drift: bool = False


@dataclass(frozen=True, slots=True)
class Ears:
    """Who is told what happens: progress, and waits with their reasons."""

    progress: Callable[[float, float | None, str], None] = lambda _done, _total, _unit: None
    waiting: Callable[[float, str], None] = lambda _seconds, _why: None


def fetch(  # noqa: PLR0913, PLR0917 - a source, where it goes, what is asked and how
    source: Source,
    how: Fetch,
    store: Store,
    asked: Asked,
    settings: Settings,
    ears: Ears,
) -> Version:
    """Bring a source into the store.

    Returns
    -------
    version
        The new current version.

    Raises
    ------
    FetchError
        If no endpoint gives it, or what it gives is not what it should be; what was in the
        store is as it was.
    BusyError
        If another process is at the same source.
    """
    limits = Limits(how.attempts, most_mb=how.most_mb, most_minutes=how.most_minutes)
    limits = replace(limits, **settings.limits)  # type: ignore[arg-type]
    dead = []
    for endpoint in settings.endpoints or how.endpoints:
        with (
            staged(store, source.id, f"{endpoint}|{asked.key}") as folder,
            Client(limits, ears.waiting) as http,
        ):
            raw, before = Raw(folder, asked.area, asked.points), store.version(source.id)
            job = Job(
                endpoint, asked.area, asked.points, asked.file, http, raw, ears.progress, before
            )  # fmt: skip
            try:
                how.download(job)
            except (DeadServiceError, ElsewhereError) as error:
                dead.append(str(error))
                continue
            except LayerError:  # of the store, which the source cannot help
                raise
            except _UNREADABLE as error:
                _forget(raw)
                dead.append(f"{endpoint}: what came is unusable ({type(error).__name__}: {error})")
                continue
            return _store(source, how, store, (asked, raw, before), settings)
    tried = "\n  ".join(dead)
    msg = (
        f"{source.id} cannot be fetched; what was there before is kept. Tried:\n  {tried}\n"
        f"Other addresses can be named in the configuration, under [sources.{source.id}]."
    )
    raise FetchError(msg)


def _store(
    source: Source,
    how: Fetch,
    store: Store,
    got: tuple[Asked, Raw, Version | None],
    settings: Settings,
) -> Version:
    """Read the raw files, hold the tables to their promise and make them current."""
    asked, raw, before = got
    try:
        parsed = how.parse(raw)
        _hold_to_promise(source, how, parsed)
        _compare(source, how, before, parsed, asked, settings)
    except FetchError:
        _forget(raw)  # asked again, the answer may be another
        raise
    except _UNREADABLE as error:
        _forget(raw)
        msg = (
            f"{source.id}: what came cannot be read ({type(error).__name__}: {error}); what was"
            " there before is kept. The source has changed, or the file is another."
        )
        raise DriftError(msg) from error
    kept = sum(map(len, parsed.tables.values()))
    draft = Manifest(
        source_id=source.id,
        rows_in=parsed.rows_in,
        rows_kept=kept,
        refused=refused_by_reason(parsed.refused),
        licence=source.licence,
        vintage=parsed.vintage,
        area=area_text(raw.area),
        notes=(*([] if how.takes_points else _smaller(before, raw)), *parsed.notes),
        asked=asked.digest,
    )
    return commit(store, raw.folder, draft, parsed.tables, parsed.files)


def _forget(raw: Raw) -> None:
    import shutil

    shutil.rmtree(raw.folder, ignore_errors=True)


def _hold_to_promise(source: Source, how: Fetch, parsed: Parsed) -> None:
    from layers._check import breaches

    kept = sum(map(len, parsed.tables.values()))
    found = []
    if parsed.rows_in != kept + len(parsed.refused):
        found.append(
            f"{parsed.rows_in:,} rows came, {kept:,} were kept and {len(parsed.refused):,} refused,"
            " expected these to add up"
        )
    if set(parsed.tables) != set(how.tables):
        found.append(f"tables {sorted(parsed.tables)}, expected {sorted(how.tables)}")
    for name in sorted(set(parsed.tables) & set(how.tables)):
        table, promise = parsed.tables[name], how.tables[name]
        wrong = breaches(table, promise.columns, strict=True) + _place_breaches(table, promise)
        found += [f"table {name}: {one}" for one in wrong]
    if found:
        shown = "\n  ".join(found[:20])
        msg = f"{source.id} breaks its promise; what was there before is kept:\n  {shown}"
        raise DriftError(msg)


def _place_breaches(table: pd.DataFrame, promise: Table) -> list[str]:
    import geopandas as gpd

    if promise.geometry is None:
        return ["places nobody declared"] if "geometry" in table else []
    if not isinstance(table, gpd.GeoDataFrame):
        return [f"found no places, expected {' or '.join(TYPES[promise.geometry])}"]
    found = [] if table.crs == STORAGE_CRS else [f"CRS is {table.crs}, expected {STORAGE_CRS}"]
    faults = place_faults(table.geometry, promise.geometry).value_counts()
    return found + [f"{count:,} rows, {reason}" for reason, count in faults.items()]


def _compare(  # noqa: PLR0913, PLR0917 - what came, what was there, and what was asked for
    source: Source,
    how: Fetch,
    before: Version | None,
    parsed: Parsed,
    asked: Asked,
    settings: Settings,
) -> None:
    """Refuse nothing at all, an older issue, and a great part lost since the same was asked."""
    kept = sum(map(len, parsed.tables.values()))
    if settings.accept_drift:
        return
    if kept == 0:
        msg = (
            f"{source.id}: no rows came that can be used, expected some; what was there before is"
            " kept. Ask for a larger area; if there is nothing there, fetch with --accept-drift."
        )
        raise DriftError(msg)
    if before is None:
        return
    last = before.manifest
    if how.newest and asked.file is None and parsed.vintage < last.vintage:
        msg = (
            f"{source.id}: what came is of {parsed.vintage}, expected {last.vintage} or later,"
            " which is stored and is kept. Try again later; to go back all the same, fetch with"
            " --accept-drift."
        )
        raise DriftError(msg)
    if asked.digest == last.asked and kept < _LEAST_KEPT * last.rows_kept:
        msg = (
            f"{source.id}: {kept:,} rows came, {last.rows_kept:,} last time (retrieved"
            f" {last.retrieved_at}), expected at least {_LEAST_KEPT:.0%}; what was there before"
            " is kept. If this is right, fetch with --accept-drift."
        )
        raise DriftError(msg)


def _smaller(before: Version | None, raw: Raw) -> tuple[str, ...]:
    """Say so where the area before took in what the new one does not."""
    if before is None or raw.area is None:
        return ()
    old = before.manifest.area
    if old is not None and shapely.from_wkt(old).difference(raw.area).area < _SAME_AREA:
        return ()
    what = "the whole nation" if old is None else "places outside the area asked for now"
    return (f"what this replaces took in {what}; it is kept as the previous version",)
