"""Speaks to ArcGIS feature services: page by page, in one order, until every row is there.

ArcGIS REST API, "Query (Feature Service/Layer)": pages by `resultOffset` and
`resultRecordCount` up to the layer's `maxRecordCount`, in the order of the object ids, as
GeoJSON in EPSG:4326. A service that is gone answers 200 with `error` in the body.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers._answer import DeadServiceError
from layers._fetch import check_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from typing import TypeGuard

    from geopandas import GeoDataFrame

    from layers._fetch import Job
    from layers._staging import Raw

_MOST_PER_PAGE = 2_000
_USUAL_PER_PAGE = 1_000
"""Where a layer states no `maxRecordCount`: the default of older servers (ArcGIS REST API)."""
_PAGE = re.compile(r"page-(\d+)-(\d+)\.json")
"""A page's file name: the offset that was asked for, and the rows that came."""
_TRIES = 4
"""How often a page is asked for that brings nothing new."""
_SENTINELS = ("", "NOT AVAILABLE", "UNKNOWN", "N/A", "NULL", "-999999")
"""How HIFLD writes that something is not known."""


def download(job: Job, fields: tuple[str, ...]) -> None:
    """Bring every row of a layer that meets the area's box.

    Parameters
    ----------
    job
        Its endpoint is the layer's address, ``.../FeatureServer/0``.
    fields
        The columns that must be there; missing ones are an error before anything is paged.

    Raises
    ------
    DeadServiceError
        If the service is gone, or does not give every row.
    DriftError
        If a column is missing.
    """
    begun = _state(job.raw)
    layer = _ask(job, "layer.json", job.endpoint, {"f": "json"})
    stated = layer.get("fields")
    if not isinstance(stated, list) or not all(
        isinstance(one, dict) and "name" in one for one in stated
    ):
        msg = f"{job.endpoint}: found {stated!r:.80} as the fields, expected a list with names."
        raise DeadServiceError(msg)
    check_columns([str(one["name"]) for one in stated], fields, job.endpoint)
    key = str(layer.get("objectIdField") or "OBJECTID")
    where = _where(job)
    counted = _ask(
        job,
        "count.json",
        f"{job.endpoint}/query",
        {**where, "returnCountOnly": "true", "f": "json"},
    )
    total = counted.get("count")
    if not _is_whole(total) or total < 0:
        msg = f"{job.endpoint}: found {total!r:.40} as the count of rows, expected a whole number."
        raise DeadServiceError(msg)
    if begun != _state(job.raw):  # pages of before it changed do not go with those of after
        _drop_pages(job.raw)
    most = layer.get("maxRecordCount")
    per_page = min(most if _is_whole(most) and most > 0 else _USUAL_PER_PAGE, _MOST_PER_PAGE)
    seen = {one for page in _pages(job.raw) for one in _ids(page, key)}
    asked = {
        **where,
        "outFields": ",".join(dict.fromkeys([key, *fields])),
        "outSR": "4326",
        "orderByFields": key,
        "f": "geojson",
    }
    while len(seen) < total:
        job.progress(len(seen), total, "rows")
        seen |= _next_page(job, asked, key, seen, min(per_page, total - len(seen)))
    job.progress(total, total, "rows")


def _state(raw: Raw) -> tuple[object, ...]:
    """Give what tells whether the service is as it was: its columns, its last edit, its count."""
    there = [json.loads(raw.read(one)) for one in ("layer.json", "count.json") if raw.has(one)]
    told = {key: value for one in there for key, value in one.items()}
    return tuple(told.get(key) for key in ("objectIdField", "fields", "editingInfo", "count"))


def _drop_pages(raw: Raw) -> None:
    for name in raw.names():
        if _PAGE.fullmatch(name):
            raw.path(name).unlink()


def _is_whole(found: object) -> TypeGuard[int]:
    return isinstance(found, int) and not isinstance(found, bool)


def _where(job: Job) -> dict[str, str]:
    """Say which rows are meant: all, or those that meet a box."""
    if job.area is None:
        return {"where": "1=1"}
    return {
        "where": "1=1",
        "geometry": ",".join(f"{edge:.10g}" for edge in job.area.bounds),
        "geometryType": "esriGeometryEnvelope",
        "inSR": "4326",
        "spatialRel": "esriSpatialRelIntersects",
    }


def _ask(job: Job, name: str, url: str, params: Mapping[str, str]) -> dict[str, Any]:
    """Ask, keep what comes, and read the error that may be in it."""
    reply = job.http.get(url, params, expect="json")
    found = _read(reply.content, url)
    job.raw.save(name, reply.content, reply.url)
    return found


def _read(content: bytes, url: str) -> dict[str, Any]:
    found = json.loads(content)
    if not isinstance(found, dict) or "error" in found:
        error = found.get("error") if isinstance(found, dict) else None
        told = error.get("message") if isinstance(error, dict) else error
        msg = f"{url} answers 200 with the error {told!r}: the service is gone, or moved."
        raise DeadServiceError(msg)
    return found


def _next_page(
    job: Job, asked: Mapping[str, str], key: str, seen: set[object], expected: int
) -> set[object]:
    """Bring the page after the rows that are there, and give its object ids.

    A page with fewer rows than asked for is taken as it is, and the next begins behind it; one
    without a new row, or with an old one, is asked for again.
    """
    url, offset = f"{job.endpoint}/query", len(seen)
    params = {**asked, "resultOffset": str(offset), "resultRecordCount": str(expected)}
    found = "no rows"
    for _ in range(_TRIES):
        reply = job.http.get(url, params, expect="json")
        page = _read(reply.content, url)
        ids = _ids(page, key)
        new = set(ids)
        if len(new) == len(ids) > 0 and not new & seen:
            job.raw.save(f"page-{offset:07d}-{len(ids)}.json", reply.content, reply.url)
            return new
        found = f"{len(ids)} rows, {len(new - seen)} of them new" if ids else "no rows"
    msg = (
        f"{url}: {found} at offset {offset:,} of what should be {offset + expected:,} or more,"
        f" {_TRIES} times: the service repeats or loses rows. Try again later."
    )
    raise DeadServiceError(msg)


def _ids(page: Mapping[str, Any], key: str) -> list[object]:
    """Give the object ids of a page's rows."""
    features = page.get("features")
    if not isinstance(features, list):
        msg = f"a page has no list `features` but {sorted(page)}: expected GeoJSON."
        raise DeadServiceError(msg)
    odd = [one for one in features if not isinstance(one, dict)]
    odd += [one for one in features if not odd and not isinstance(_cells(one), dict)]
    if odd:
        msg = f"a page has the row {odd[0]!r:.80}: expected GeoJSON features."
        raise DeadServiceError(msg)
    ids = [one.get("id", _cells(one).get(key)) for one in features]
    if not all(isinstance(one, str | int | float) for one in ids):
        msg = f"a page has rows without an id that is a number or a text: found {ids[:3]!r:.80}."
        raise DeadServiceError(msg)
    return ids


def _cells(feature: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what a service sends
    return feature.get("properties") or {}


def _pages(raw: Raw) -> Iterator[dict[str, Any]]:
    """Give the pages that are there, in order."""
    for name in raw.names():
        if _PAGE.fullmatch(name):
            yield json.loads(raw.read(name))


def features(raw: Raw, fields: tuple[str, ...]) -> GeoDataFrame:
    """Give every row of the pages as it stands, texts that say nothing as missing.

    Parameters
    ----------
    raw
        What `download` kept.
    fields
        The columns to give.

    Returns
    -------
    table
        One row per feature, index 0..n-1, in EPSG:4326, with its `object_id`; geometry missing
        where there is none that can be read.

    Raises
    ------
    DriftError
        If a column is on no row.
    """
    import geopandas as gpd
    import pandas as pd

    pages = list(_pages(raw))
    found = [feature for page in pages for feature in page["features"]]
    cells = pd.DataFrame([_cells(one) for one in found], dtype=object)
    if len(cells):
        check_columns(cells.columns, fields, "the pages")
    cells = cells.reindex(columns=list(fields))
    key = str(json.loads(raw.read("layer.json")).get("objectIdField") or "OBJECTID")
    cells["object_id"] = pd.Series([one for page in pages for one in _ids(page, key)], dtype=object)
    texts = [json.dumps(one["geometry"]) if one.get("geometry") else None for one in found]
    with np.errstate(all="ignore"):  # of numbers that are none: the row is refused later
        shapes = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore")
    shapes[shapely.is_empty(shapes)] = None
    return gpd.GeoDataFrame(cells.map(_known), geometry=shapes, crs="EPSG:4326")


def _known(cell: object) -> object:
    """Give a cell, or None where it says that nothing is known."""
    if isinstance(cell, str):
        cell = cell.strip()
        return None if cell.upper() in _SENTINELS else cell
    return None if cell == -999_999 else cell


def vintage(raw: Raw, retrieved: date) -> str:
    """Give when the service says its rows were last edited, else when they were retrieved."""
    from datetime import UTC, datetime

    layer = json.loads(raw.read("layer.json"))
    edited = (layer.get("editingInfo") or {}).get("dataLastEditDate") or (
        layer.get("editingInfo") or {}
    ).get("lastEditDate")
    if not isinstance(edited, int | float):
        return f"retrieved {retrieved.isoformat()}"
    return datetime.fromtimestamp(edited / 1000, UTC).date().isoformat()
