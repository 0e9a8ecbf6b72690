"""What a version says of itself, and which version is in use; both are held to their form."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_VERSION = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")
"""How versions are named: a time and the beginning of a hash, and no path."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version is, where it came from and what was made of it.

    Attributes
    ----------
    source_id, version
        Whose and which.
    urls
        What was asked of the network, or the path of the file that was read.
    retrieved_at
        When the last of it came, ISO 8601, UTC.
    bytes
        Size of what came.
    files
        SHA-256 of every file of the version, by its path inside it.
    rows_in, rows_kept
        Rows that were found, and of them those in the tables.
    refused
        Why the others are not: reason, how many, an example.
    licence, vintage
        On what terms, and of which date by its own account.
    area
        Where it was asked for, WKT in EPSG:4326; ``None``: everywhere.
    notes
        What else a reader should know.
    tables
        Rows of each table.
    asked
        SHA-256 of the area and the places that were asked for: versions that share it are compared.
    """

    source_id: str
    rows_in: int
    rows_kept: int
    refused: tuple[tuple[str, int, str], ...]
    licence: str
    vintage: str
    area: str | None = None
    notes: tuple[str, ...] = ()
    version: str = ""
    urls: tuple[str, ...] = ()
    retrieved_at: str = ""
    bytes: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, int] = field(default_factory=dict)
    asked: str = ""

    def to_json(self) -> str:
        """Give the text of the manifest file."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read the text of a manifest file.

        Raises
        ------
        ValueError
            If it is not what `to_json` writes, with everything that is wrong.
        """
        found = json.loads(text)
        if not isinstance(found, dict) or set(found) != set(_EXPECTED):
            msg = f"expected an object of {', '.join(_EXPECTED)}"
            raise ValueError(msg)
        wrong = [
            f"{name} is {found[name]!r:.60}, expected {expected}"
            for name, (expected, fits) in _EXPECTED.items()
            if not fits(found[name])
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        found["urls"], found["notes"] = tuple(found["urls"]), tuple(found["notes"])
        found["refused"] = tuple(tuple(one) for one in found["refused"])
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which versions of a source there are.

    Attributes
    ----------
    current, previous
        Ids; ``None`` where there is none.
    sha256
        Of the manifest of each of them, by id.
    """

    current: str | None = None
    previous: str | None = None
    sha256: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Give the text of the file `current`."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Pointer:
        """Read the text of the file `current`.

        Raises
        ------
        ValueError
            If it is not what `to_json` writes.
        """
        found = json.loads(text)
        if not isinstance(found, dict) or set(found) != {"current", "previous", "sha256"}:
            msg = "expected an object of current, previous and sha256"
            raise ValueError(msg)
        ids = [found["current"], *([] if found["previous"] is None else [found["previous"]])]
        for one in ids:
            if not isinstance(one, str) or not _VERSION.fullmatch(one):
                msg = f"{one!r} is no version"
                raise ValueError(msg)
        if not _texts_by_name(found["sha256"]) or set(found["sha256"]) != set(ids):
            msg = f"expected the SHA-256 of the manifest of each of {ids}"
            raise ValueError(msg)
        return cls(**found)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _texts_by_name(value: object) -> bool:
    return isinstance(value, dict) and all(map(_text, value.values()))


def _count(value: object) -> bool:
    return type(value) is int and value >= 0


def _counts_by_name(value: object) -> bool:
    return isinstance(value, dict) and all(map(_count, value.values()))


def _refusals(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, list)
        and len(one) == len(("reason", "rows", "example"))
        and all(fits(part) for fits, part in zip((_text, _count, _text), one, strict=True))
        for one in value
    )


def _moment(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _area(value: object) -> bool:
    import shapely

    if not isinstance(value, str):
        return value is None
    try:
        return not shapely.from_wkt(value).is_empty
    except shapely.errors.ShapelyError:
        return False


_EXPECTED: dict[str, tuple[str, Callable[[object], bool]]] = {
    "source_id": ("a text", _text),
    "rows_in": ("a count", _count),
    "rows_kept": ("a count", _count),
    "refused": ("a list of reason, count and example", _refusals),
    "licence": ("a text", _text),
    "vintage": ("a text", _text),
    "area": ("nothing, or WKT of an area", _area),
    "notes": ("a list of texts", _texts),
    "version": ("a text", _text),
    "urls": ("a list of texts", _texts),
    "retrieved_at": ("a moment, ISO 8601 with its offset from UTC", _moment),
    "bytes": ("a count", _count),
    "files": ("texts by name", _texts_by_name),
    "tables": ("counts by name", _counts_by_name),
    "asked": ("a text", _text),
}
"""What a manifest file has, and how each is told from anything else."""
