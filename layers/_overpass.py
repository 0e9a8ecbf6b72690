"""Asks Overpass for a region, cell by cell, and takes up again what was begun.

**osmnx** builds features out of the answers (`layers._osm_read`), but does not ask. Its own
requests meet 429 and 504 by sleeping 55 seconds and trying again without end, whatever
`Retry-After` says; they follow redirects to any host, have no limit of size, look names up with a
third party, and keep a re-written copy of an answer where the bytes as they came are wanted. So
the query is sent with our own client, which has these rules for every source.

A cell of one degree is one request and one raw file per kind of element. Overpass says that a
query is too much for it now by 504, and that it was too much altogether by a `remark` of a
runtime error in a 200, with the elements so far. The cell is then cut into four, down to a
sixteenth of a degree; at a 504 the client has waited and asked several times before.

Where nothing at all comes, the endpoint is dead and the next is tried. Where some cells do not
come, the fetch is refused with their names, what was there before stays, and what came is kept
for the next run: a map with holes would pass for one without stations.

The query language: wiki.openstreetmap.org/wiki/Overpass_API/Overpass_QL. What is fair to ask,
10,000 requests and 1 GB a day: dev.overpass-api.de/overpass-doc/en/preface/commons.html; the
nation is for an extract.
"""

from __future__ import annotations

import json
import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from layers._answer import DeadServiceError, FetchError, NotThereError
from layers._osm_read import LINE_TAGS, SUBSTATION_TAGS

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from layers._fetch import Job
    from layers._staging import Raw

_STATEMENTS = {
    "substations": tuple(("nwr", "power", value) for value in SUBSTATION_TAGS),
    "lines": tuple(("way", "power", value) for value in LINE_TAGS),
    "data_centers": (("nwr", "telecom", "data_center"), ("nwr", "building", "data_center")),
}
_DEEPEST = 4
"""How often a cell is halved: 1 degree to 1/16, about 7 km."""
_SERVER_SECONDS = 170
"""What Overpass may spend on a query: less than the client waits for the answer."""
_SERVER_BYTES = 512 * 1024 * 1024
"""Overpass's own usual limit of memory, stated so that it stays so."""
_MOST_FAILURES = 8
"""Requests that fail one after the other before the rest is not asked: more than cells are cut."""
_MOST_AT_FIRST = 3
"""The same where nothing has come yet: such an endpoint is dead."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of the map.

    Attributes
    ----------
    west, south
        Its corner, whole degrees.
    path
        The quarters that were taken of it, a digit each: 0 south-west, 1 south-east, 2 north-west,
        3 north-east; empty: the whole degree.
    """

    west: int
    south: int
    path: str = ""

    @property
    def name(self) -> str:
        """Give a name for files."""
        quarter = f"-q{self.path}" if self.path else ""
        return f"lat{self.south:+03d}lon{self.west:+04d}{quarter}"

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Give west, south, east, north."""
        west, south, size = float(self.west), float(self.south), 1.0
        for digit in self.path:
            size /= 2
            west += size * (int(digit) % 2)
            south += size * (int(digit) // 2)
        return west, south, west + size, south + size

    def quarters(self) -> list[Cell]:
        """Cut it into four."""
        return [Cell(self.west, self.south, f"{self.path}{digit}") for digit in range(4)]


def cells_of(area: BaseGeometry) -> list[Cell]:
    """Give the whole-degree cells that an area in EPSG:4326 meets, from the south-west."""
    west, south, east, north = area.bounds
    grid = [
        Cell(lon, lat)
        for lat in range(math.floor(south), math.ceil(north))
        for lon in range(math.floor(west), math.ceil(east))
    ]
    return [cell for cell in grid if shapely.intersects(area, shapely.box(*cell.bounds))]


def query(kind: str, bounds: tuple[float, float, float, float]) -> str:
    """Write the query for one kind of element in a box, with all parts of what it finds.

    Parameters
    ----------
    kind
        `substations`, `lines` or `data_centers`.
    bounds
        West, south, east, north.
    """
    west, south, east, north = bounds
    box = f"{south:.6f},{west:.6f},{north:.6f},{east:.6f}"
    wanted = "".join(f'{what}["{key}"="{value}"]({box});' for what, key, value in _STATEMENTS[kind])
    limits = f"[timeout:{_SERVER_SECONDS}][maxsize:{_SERVER_BYTES}]"
    return f"[out:json]{limits};({wanted});(._;>;);out;"


def download(job: Job) -> None:
    """Bring every cell of the area, for every kind.

    Raises
    ------
    DeadServiceError
        If nothing comes from the endpoint.
    FetchError
        If some cells do not come; it says which.
    """
    if job.area is None:
        msg = "Overpass is asked for an area: give --region or --bbox, or --file with an extract."
        raise FetchError(msg)
    shapely.prepare(job.area)
    waiting = deque((kind, cell) for cell in cells_of(job.area) for kind in _STATEMENTS)
    if missing := _bring(job, job.area, waiting):
        _refuse(job, missing)


def _bring(job: Job, area: BaseGeometry, waiting: deque[tuple[str, Cell]]) -> list[tuple[str, str]]:
    """Bring what waits; give the files that did not come, each with the reason."""
    missing: list[tuple[str, str]] = []
    total, done, failures = len(waiting), 0.0, 0
    while waiting:
        kind, cell = waiting.popleft()
        job.progress(done, total, "cells")
        wanted = shapely.intersection(area, shapely.box(*cell.bounds))
        if wanted.is_empty or job.raw.has(_file(kind, cell)):
            done += 0.25 ** len(cell.path)
            continue
        cut = _has_quarters(job.raw, kind, cell)
        if not cut:
            problem = _ask(job, kind, cell, wanted)
            failures = failures + 1 if isinstance(problem, DeadServiceError) else 0
            if problem is None:
                done += 0.25 ** len(cell.path)
                continue
            if failures >= (_MOST_FAILURES if job.raw.names() else _MOST_AT_FIRST):
                missing.append((_file(kind, cell), str(problem)))
                return missing + [(_file(*one), "not asked") for one in waiting]
        if cut or len(cell.path) < _DEEPEST:
            waiting.extendleft((kind, quarter) for quarter in reversed(cell.quarters()))
        else:
            missing.append((_file(kind, cell), str(problem)))
    job.progress(total, total, "cells")
    return missing


def _file(kind: str, cell: Cell) -> str:
    return f"{kind}-{cell.name}.json"


def _has_quarters(raw: Raw, kind: str, cell: Cell) -> bool:
    """Tell whether a part of a cell is there already, so that it was cut before."""
    stem = _file(kind, Cell(cell.west, cell.south, f"{cell.path}0")).removesuffix("0.json")
    return any(name.startswith(stem) for name in raw.names())


def _ask(job: Job, kind: str, cell: Cell, wanted: BaseGeometry) -> FetchError | None:
    """Ask for the box around what is wanted of a cell and keep the answer.

    Returns
    -------
    problem
        ``None`` where the answer came whole.
    """
    try:
        reply = job.http.post(
            f"{job.endpoint}/interpreter", {"data": query(kind, wanted.bounds)}, expect="json"
        )
    except NotThereError:
        raise
    except DeadServiceError as error:
        return error
    found = json.loads(reply.content)
    if not isinstance(found, dict) or not isinstance(found.get("elements"), list):
        return DeadServiceError(f"{job.endpoint} answers without `elements`: it is no Overpass")
    if remark := found.get("remark"):
        return FetchError(f"{job.endpoint} remarks: {remark}")
    job.raw.save(_file(kind, cell), reply.content, reply.url)
    return None


def _refuse(job: Job, missing: list[tuple[str, str]]) -> None:
    """Say which cells are missing and what to do."""
    there = len(job.raw.names())
    reason = missing[0][1].rstrip(".")
    if there == 0:
        raise DeadServiceError(reason)
    names = [name.removesuffix(".json") for name, _ in missing if not job.raw.has(name)]
    shown = ", ".join(names[:8]) + (f" and {len(names) - 8:,} more" if len(names) > 8 else "")
    msg = (
        f"{len(names):,} cells are missing, {there:,} came: {shown}. {reason}. What came is kept:"
        " run the same command again within a day to fetch the rest; what was there before stays."
    )
    raise FetchError(msg)
