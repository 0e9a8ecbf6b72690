"""What a source tells about how it is fetched, and what its readers share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from layers._answer import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from layers._base import Column
    from layers._http import Client
    from layers._staging import Raw
    from layers._store import Version


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
    before
        The version in use, if there is one: a source that adds to it takes it over from there.
    """

    endpoint: str
    area: BaseGeometry | None
    points: pd.DataFrame | None
    file: Path | None
    http: Client
    raw: Raw
    progress: Callable[[float, float | None, str], None]
    before: Version | None = None


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
        Whether it is asked for around sites where no area is given, and adds to what is there.
    takes_file
        Suffixes of local files that may stand in for the service.
    newest
        Whether the service is searched for its newest issue: one that is older than what is
        stored then means that the newer was not found. The vintage is ``YYYY-MM``.
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
    newest: bool = False


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
