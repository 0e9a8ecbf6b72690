"""Brings a source into the store: asked, read, held to its promise, and only then swapped in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from layers._http import Client, DeadServiceError, FetchError, Limits
from layers._staging import Raw, area_text, commit, refused_by_reason, staged
from layers._store import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from layers._base import Column, Source
    from layers._store import Store, Version

_LEAST_KEPT = 0.6
"""Where fewer than this share of last time's rows come, something broke at the other end: half
of them gone is a failure even where the half is not exact; what closes in a month is a few."""


_SAME_AREA = 1e-6
"""Square degrees: areas are written to a centimetre, and read back they differ by less."""


class DriftError(FetchError):
    """What came is not what the source used to give."""


@dataclass(frozen=True, slots=True)
class Table:
    """What one parsed table promises.

    Attributes
    ----------
    columns
        Its columns; the first is the key.
    geometry
        ``point``, ``line`` or ``area``; ``None`` where it has no places.
    """

    columns: tuple[Column, ...]
    geometry: str | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was read from the raw files.

    Attributes
    ----------
    tables
        By name; GeoDataFrames in EPSG:4326 where they have places.
    rows_in
        Rows found in the raw files: those in the tables and the refused ones.
    refused
        Columns `row` (how a person finds it) and `reason`.
    vintage
        The date of the data by their own account, else of their retrieval, ISO 8601.
    files
        What else is kept, by name.
    notes
        Harmless changes and other things a reader should know.
    """

    tables: Mapping[str, pd.DataFrame]
    rows_in: int
    refused: pd.DataFrame
    vintage: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a source.

    Attributes
    ----------
    area
        Polygon in EPSG:4326; ``None``: everywhere, or around `points`.
    points
        Places, columns `lat`, `lon`, `radius_km`.
    file
        A local file that stands in for the service.
    """

    area: BaseGeometry | None = None
    points: pd.DataFrame | None = None
    file: Path | None = None

    @property
    def key(self) -> str:
        """Give a text that is the same for the same question."""
        from layers._base import sha256_of

        parts = ["" if self.area is None else shapely.to_wkt(self.area)]
        parts.append("" if self.points is None else self.points.to_csv(index=False))
        parts.append("" if self.file is None else sha256_of(self.file))
        return "|".join(parts)

    @property
    def digest(self) -> str:
        """Give the same, short; a file's content is not part of it, since that is what changes."""
        import hashlib

        return hashlib.sha256(replace(self, file=None).key.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Job:
    """What a source's `download` gets.

    Attributes
    ----------
    endpoint
        Where to ask.
    area, points, file
        As in `Asked`.
    http
        Asks.
    raw
        Keeps what comes.
    progress
        Is told how much is done, of how much (``None``: not known), and in what unit.
    """

    endpoint: str
    area: BaseGeometry | None
    points: pd.DataFrame | None
    file: Path | None
    http: Client
    raw: Raw
    progress: Callable[[float, float | None, str], None]


@dataclass(frozen=True, slots=True)
class Fetch:
    """How a source is brought here.

    Attributes
    ----------
    endpoints
        Where it is published, tried in order; the configuration replaces them.
    download
        Brings the raw files.
    parse
        Reads them, without network.
    tables
        What the parsed tables promise, by name.
    most_mb, most_minutes
        Above these something is wrong.
    attempts
        How often one request is made before it is given up: a service that turns people away
        all day takes more.
    takes_area
        Whether a part can be asked for; else it always comes whole.
    needs_area
        Whether it is too large to be asked for whole.
    takes_points
        Whether it is asked for around sites where no area is given.
    takes_file
        Suffixes of local files that may stand in for the service.
    """

    endpoints: tuple[str, ...]
    download: Callable[[Job], None]
    parse: Callable[[Raw], Parsed]
    tables: Mapping[str, Table]
    most_mb: float
    most_minutes: float
    attempts: int = 6
    takes_area: bool = True
    needs_area: bool = False
    takes_points: bool = False
    takes_file: tuple[str, ...] = ()


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
            raw = Raw(folder, asked.area, asked.points)
            job = Job(endpoint, asked.area, asked.points, asked.file, http, raw, ears.progress)
            try:
                how.download(job)
            except DeadServiceError as error:
                dead.append(str(error))
                continue
            return _store(source, how, store, (asked, raw), settings)
    tried = "\n  ".join(dead)
    msg = (
        f"{source.id} cannot be fetched; what was there before is kept. Tried:\n  {tried}\n"
        f"Other addresses can be named in the configuration, under [sources.{source.id}]."
    )
    raise FetchError(msg)


def _store(
    source: Source, how: Fetch, store: Store, got: tuple[Asked, Raw], settings: Settings
) -> Version:
    """Read the raw files, hold the tables to their promise and make them current."""
    asked, raw = got
    try:
        parsed = how.parse(raw)
        _hold_to_promise(source, how, parsed)
        _compare(source, store, parsed, asked, settings)
    except FetchError:
        _forget(raw)  # asked again, the answer may be another
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
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
        notes=(*_smaller(store, source, raw), *parsed.notes),
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
    for name, table in parsed.tables.items():
        wrong = breaches(table, how.tables[name].columns, strict=True)
        found += [f"table {name}: {one}" for one in wrong]
    if found:
        shown = "\n  ".join(found[:20])
        msg = f"{source.id} breaks its promise; what was there before is kept:\n  {shown}"
        raise DriftError(msg)


def _compare(
    source: Source, store: Store, parsed: Parsed, asked: Asked, settings: Settings
) -> None:
    """Refuse what has lost a great part of its rows since the same was asked for last time."""
    before = store.version(source.id)
    kept = sum(map(len, parsed.tables.values()))
    if before is None or settings.accept_drift:
        return
    last = before.manifest
    if asked.digest == last.asked and kept < _LEAST_KEPT * last.rows_kept:
        msg = (
            f"{source.id}: {kept:,} rows came, {last.rows_kept:,} last time (retrieved"
            f" {last.retrieved_at}), expected at least {_LEAST_KEPT:.0%}; what was there before"
            " is kept. If this is right, fetch with --accept-drift."
        )
        raise DriftError(msg)


def _smaller(store: Store, source: Source, raw: Raw) -> tuple[str, ...]:
    """Say so where the area before took in what the new one does not."""
    before = store.version(source.id)
    if before is None or raw.area is None:
        return ()
    old = before.manifest.area
    if old is not None and shapely.from_wkt(old).difference(raw.area).area < _SAME_AREA:
        return ()
    what = "the whole nation" if old is None else "places outside the area asked for now"
    return (f"what this replaces took in {what}; it is kept as the previous version",)


def check_columns(found: Iterable[str], expected: Iterable[str], where: str) -> None:
    """Refuse a table that has lost or renamed columns.

    Raises
    ------
    DriftError
        With every column that is not there, and what looks like it.
    """
    import difflib

    have = list(map(str, found))
    lost = [name for name in expected if name not in have]
    if lost:
        near = {name: difflib.get_close_matches(name, have, n=1, cutoff=0.6) for name in lost}
        told = ", ".join(
            f"{name} (renamed to {near[name][0]}?)" if near[name] else name for name in lost
        )
        msg = f"{where}: columns missing: {told}; found {sorted(have)}. The source has changed."
        raise DriftError(msg)


def no_rows() -> pd.DataFrame:
    """Give an empty table of refused rows."""
    return pd.DataFrame({"row": pd.Series(dtype=str), "reason": pd.Series(dtype=str)})
