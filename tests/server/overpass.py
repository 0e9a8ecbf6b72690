"""Overpass interpreter: as much of Overpass QL as osmnx and short hand-written queries use.

Understood: ``node``, ``way``, ``relation``, ``nwr`` with ``["key"]``, ``[!"key"]``,
``["key"="value"]``, ``!=``, ``~`` and ``!~`` filters within ``(poly:"lat lon ...")`` or
``(south,west,north,east)``, a global ``[bbox:...]``, the recursion ``>``, and ``out`` with
``center``. Anything else is the error page that Overpass gives.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import shapely

from .messages import of_json, of_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .messages import Asked, Reply

    Element = dict[str, Any]

QUOTED = r"(?:'[^']*'|\"[^\"]*\"|[\w:]+)"
FILTER = re.compile(
    rf"\[\s*(?P<no>!)?\s*(?P<key>{QUOTED})\s*(?:(?P<sign>!=|=|!~|~)\s*(?P<value>{QUOTED}))?\s*\]"
)
STATEMENT = re.compile(
    r"\b(?P<kind>node|way|relation|rel|nwr)\s*"
    r"(?P<filters>(?:\[[^\]]*\]\s*)+)(?P<area>\([^)]*\))?"
)
BOX = re.compile(r"\[bbox:([^\]]+)\]")
KINDS = {"nwr": ("node", "way", "relation"), "rel": ("relation",)}
STAMP = "2026-09-01T00:00:00Z"
ERROR_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<html><head><title>OSM3S Response</title></head><body>
<p><strong>Error</strong>: line 1: parse error: {what}</p></body></html>
"""


class BadQueryError(Exception):
    """What this interpreter cannot parse: becomes HTTP 400."""


def dialect(elements: Callable[[], list[Element]]) -> Callable[[Asked], Reply | None]:
    """Answer `/api/interpreter` and `/api/status` from these elements."""

    def answer(asked: Asked) -> Reply | None:
        if asked.path == "/api/status":
            return of_text(_status(asked.drift.get("no_slots")))
        if asked.path != "/api/interpreter":
            return None
        try:
            return _interpreted({**asked.query, **asked.form}, _Store(elements()), asked.drift)
        except BadQueryError as wrong:
            return of_text(ERROR_PAGE.format(what=wrong), 400, "text/html")

    return answer


def _status(no_slots: Mapping[str, Any] | None) -> str:
    """Give the status page; its fifth line says when to come back."""
    now = datetime.now(UTC)
    slots = ["2 slots available now."]
    if no_slots is not None:
        seconds = int(no_slots.get("seconds", 1))
        free = (now + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        slots = [f"Slot available after: {free}, in {seconds} seconds."] * 2
    return "\n".join(
        [
            "Connected as: 2130706433",
            f"Current time: {now:%Y-%m-%dT%H:%M:%SZ}",
            "Announced endpoint: none",
            "Rate limit: 2",
            *slots,
            "Currently running queries (pid, space limit, time limit, start time):\n",
        ]
    )


def _interpreted(given: Mapping[str, str], store: _Store, drift: Mapping[str, Any]) -> Reply:
    query = given.get("data", "")
    if "[out:json]" not in query.replace(" ", ""):
        raise BadQueryError("this server answers [out:json] alone")
    found = store.chosen(query)
    if re.search(r"[>;(]\s*>\s*;", query):
        found = store.recursed(found)
    elements = [store.by_id[key] for key in sorted(found, key=_order)]
    if re.search(r"\bout\b[^;]*\bcenter\b", query):
        elements = [store.centred(one) for one in elements]
    document = {
        "version": 0.6,
        "generator": "Overpass API 0.7.62.11 87bfad18",
        "osm3s": {
            "timestamp_osm_base": STAMP,
            "copyright": "The data included in this document is from www.openstreetmap.org. "
            "The data is made available under ODbL.",
        },
        "elements": elements,
    }
    if "remark" in drift:
        document["elements"] = elements[: len(elements) // 2]
        document["remark"] = (
            'runtime error: Query timed out in "query" at line 1 after 180 seconds.'
        )
    return of_json(document)


def _order(key: tuple[str, int]) -> tuple[int, int]:
    return ("node", "way", "relation").index(key[0]), key[1]


class _Store:
    """Elements with their shapes."""

    def __init__(self, elements: Iterable[Element]) -> None:
        self.by_id = {(one["type"], one["id"]): one for one in elements}
        self.tagged = [one for one in self.by_id.values() if one.get("tags")]

    def chosen(self, query: str) -> set[tuple[str, int]]:
        """Give the elements that the statements of a query name."""
        statements = list(STATEMENT.finditer(query))
        if not statements:
            raise BadQueryError("no statement that asks for elements")
        whole = BOX.search(query)
        found = set()
        for one in statements:
            area = _area(one["area"] or (f"({whole[1]})" if whole else ""))
            kinds = KINDS.get(one["kind"], (one["kind"],))
            tests = [_test(part) for part in re.findall(r"\[[^\]]*\]", one["filters"])]
            found |= {
                (element["type"], element["id"])
                for element in self.tagged
                if element["type"] in kinds
                and all(test(element["tags"]) for test in tests)
                and shapely.intersects(area, self.shape(element))
            }
        return found

    def recursed(self, found: set[tuple[str, int]]) -> set[tuple[str, int]]:
        """Add the members of relations and the nodes of ways."""
        ways = found | {
            (member["type"], member["ref"])
            for kind, number in found
            if kind == "relation"
            for member in self.by_id[kind, number]["members"]
        }
        nodes = (
            ("node", ref)
            for kind, number in ways
            if kind == "way"
            for ref in self.by_id[kind, number]["nodes"]
        )
        return ways | set(nodes)

    def shape(self, element: Element) -> shapely.Geometry:
        """Give a point, the line of a way, or the lines of a relation's ways."""
        if element["type"] == "node":
            return shapely.Point(element["lon"], element["lat"])
        if element["type"] == "way":
            nodes = [self.by_id["node", ref] for ref in element["nodes"]]
            return shapely.LineString([(one["lon"], one["lat"]) for one in nodes])
        parts = [self.by_id[one["type"], one["ref"]] for one in element["members"]]
        return shapely.GeometryCollection([self.shape(part) for part in parts])

    def centred(self, element: Element) -> Element:
        """Add the centre of the bounding box, as `out center` does."""
        if element["type"] == "node":
            return element
        west, south, east, north = self.shape(element).bounds
        centre = {"lat": round((south + north) / 2, 7), "lon": round((west + east) / 2, 7)}
        return {**element, "center": centre}


def _bare(text: str) -> str:
    return text[1:-1] if text[0] in "'\"" else text


def _test(text: str) -> Callable[[Mapping[str, str]], bool]:
    part = FILTER.fullmatch(text)
    if part is None:
        raise BadQueryError(f"filter not understood: {text}")
    key, sign, value = _bare(part["key"]), part["sign"], _bare(part["value"] or "''")
    if part["no"]:
        return lambda tags: key not in tags
    tests: dict[str | None, Callable[[Mapping[str, str]], bool]] = {
        None: lambda tags: key in tags,
        "=": lambda tags: tags.get(key) == value,
        "!=": lambda tags: tags.get(key) != value,
        "~": lambda tags: re.search(value, tags.get(key, "\0")) is not None,
        "!~": lambda tags: re.search(value, tags.get(key, "\0")) is None,
    }
    return tests[sign]


def _area(text: str) -> shapely.Polygon:
    """Give the polygon or box of a statement; the whole world may not be asked for."""
    inner = text.strip("() ")
    try:
        if inner.startswith("poly:"):
            numbers = [float(one) for one in inner[5:].strip("'\" ").split()]
            return shapely.Polygon(zip(numbers[1::2], numbers[::2], strict=True))
        south, west, north, east = map(float, inner.split(","))
    except ValueError:
        raise BadQueryError(f"area not understood: {text[:40]!r}") from None
    return shapely.box(west, south, east, north)
