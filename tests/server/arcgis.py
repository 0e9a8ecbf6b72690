"""ArcGIS FeatureServer: the description of a layer and its paged query.

As hosted layers of ArcGIS Online answer: errors come as HTTP 200 with an `error` in the body,
a page is cut at `maxRecordCount`, and GeoJSON says `exceededTransferLimit` in its `properties`
(some versions beside `features`, some in both places).
"""

from __future__ import annotations

import json
import operator as op
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from .messages import of_json, of_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .messages import Asked, Reply

LAYER_PATH = re.compile(r"/(?P<service>.+)/FeatureServer/(?P<number>\d+)(?P<query>/query)?/?")
WHERE = re.compile(r"\s*(?P<field>\w+)\s*(?P<sign>>=?|<=?|=)\s*(?P<number>\d+)\s*")
SIGNS = {">": op.gt, ">=": op.ge, "<": op.lt, "<=": op.le, "=": op.eq}
LAST_EDIT = 1_735_689_600_000
"""2025-01-01 in milliseconds, as `editingInfo` counts."""


class BadQueryError(Exception):
    """What the layer cannot answer: becomes an error in HTTP 200."""


@dataclass(frozen=True)
class FeatureLayer:
    """One layer that is served.

    Attributes
    ----------
    fields
        Name to ArcGIS type without its prefix (``String``, ``Double``, ``Date`` ...); the object
        id first.
    rows
        One column per field, the object id ascending; geometry in EPSG:4326.
    flag
        Where GeoJSON carries `exceededTransferLimit`: ``properties``, ``top`` or ``both``.
    measured, listed
        The columns that drift by default: of numbers or a key, and of an enumeration.
    """

    name: str
    fields: Mapping[str, str]
    rows: gpd.GeoDataFrame
    max_records: int
    measured: str
    listed: str
    flag: str = "properties"

    @property
    def object_id(self) -> str:
        return next(iter(self.fields))


def dialect(layers: Mapping[str, Callable[[], FeatureLayer]]) -> Callable[[Asked], Reply | None]:
    """Answer for these services, by path without the slash before it; others are dead."""
    by_path = {path.lower(): make for path, make in layers.items()}

    def answer(asked: Asked) -> Reply | None:
        found = LAYER_PATH.fullmatch(asked.path)
        if found is None:
            return None
        make = by_path.get(found["service"].lower())
        if make is None or found["number"] != "0":
            return _error("Invalid URL")
        given = {**asked.query, **asked.form}
        if given.get("f", "html") not in {"json", "pjson", "geojson"}:
            return of_text("<html><body>ArcGIS Directory</body></html>", 200, "text/html")
        layer = _drifted(make(), asked.drift)
        try:
            return _query(layer, given, asked.drift) if found["query"] else _described(layer)
        except BadQueryError as wrong:
            return _error("Cannot perform query. Invalid query parameters.", str(wrong))

    return answer


def _error(message: str, *details: str) -> Reply:
    return of_json({"error": {"code": 400, "message": message, "details": details}})


def _described(layer: FeatureLayer) -> Reply:
    points = bool((layer.rows.geom_type == "Point").all())
    west, south, east, north = layer.rows.total_bounds.tolist()
    return of_json(
        {
            "currentVersion": 11.5,
            "id": 0,
            "name": layer.name,
            "type": "Feature Layer",
            "geometryType": "esriGeometryPoint" if points else "esriGeometryPolyline",
            "editingInfo": {"lastEditDate": LAST_EDIT, "dataLastEditDate": LAST_EDIT},
            "advancedQueryCapabilities": {
                "supportsPagination": True,
                "supportsOrderBy": True,
                "supportsReturningQueryExtent": True,
            },
            "extent": {
                "xmin": west,
                "ymin": south,
                "xmax": east,
                "ymax": north,
                "spatialReference": {"wkid": 4326, "latestWkid": 4326},
            },
            "objectIdField": layer.object_id,
            "fields": [
                {"name": name, "type": f"esriFieldType{kind}", "alias": name, "nullable": True}
                for name, kind in layer.fields.items()
            ],
            "maxRecordCount": layer.max_records,
            "standardMaxRecordCount": 32000,
            "maxRecordCountFactor": 1,
            "supportedQueryFormats": "JSON, geoJSON, PBF",
            "capabilities": "Query,Extract",
        }
    )


def _query(layer: FeatureLayer, given: Mapping[str, str], drift: Mapping[str, Any]) -> Reply:
    rows = _chosen(layer, given)
    if given.get("returnCountOnly") == "true":
        return of_json({"count": len(rows)})
    if given.get("returnIdsOnly") == "true":
        ids = rows[layer.object_id].tolist()
        return of_json({"objectIdFieldName": layer.object_id, "objectIds": ids})
    if given["f"] != "geojson":
        raise BadQueryError("this server pages in f=geojson alone")
    rows = _ordered(layer, rows, given.get("orderByFields", ""))
    page, more = _paged(layer, rows, given, drift)
    document: dict[str, Any] = {"type": "FeatureCollection"}
    if more and layer.flag in {"top", "both"}:
        document["exceededTransferLimit"] = True
    if more and layer.flag in {"properties", "both"}:
        document["properties"] = {"exceededTransferLimit": True}
    bare = given.get("returnGeometry") == "false"
    document["features"] = _features(layer, page, _out_fields(layer, given), bare=bare)
    return of_json(document)


def _chosen(layer: FeatureLayer, given: Mapping[str, str]) -> gpd.GeoDataFrame:
    where = given.get("where", "1=1" if "geometry" in given else "").strip()
    rows = layer.rows
    if where.replace(" ", "") != "1=1":
        found = WHERE.fullmatch(where)
        if found is None or found["field"] != layer.object_id:
            raise BadQueryError(f"'where' clause is not understood: {where!r}")
        rows = rows[SIGNS[found["sign"]](rows[layer.object_id], int(found["number"]))]
    if "geometry" not in given:
        return rows
    return rows[shapely.intersects(rows.geometry.array, _envelope(given))]


def _envelope(given: Mapping[str, str]) -> shapely.Polygon:
    """Give the box that is asked for; without `inSR` it is in the layer's own metres."""
    if given.get("geometryType", "esriGeometryEnvelope") != "esriGeometryEnvelope":
        raise BadQueryError("'geometryType' must be esriGeometryEnvelope here")
    text = given["geometry"].strip()
    try:
        if text.startswith("{"):
            parts = json.loads(text)
            corners = [float(parts[name]) for name in ("xmin", "ymin", "xmax", "ymax")]
        else:
            west, south, east, north = map(float, text.split(","))
            corners = [west, south, east, north]
    except (KeyError, ValueError):
        raise BadQueryError("'geometry' parameter is invalid") from None
    box = gpd.GeoSeries([shapely.box(*corners)], crs=int(given.get("inSR", 3857)))
    return box.to_crs(4326).iloc[0]


def _ordered(layer: FeatureLayer, rows: gpd.GeoDataFrame, by: str) -> gpd.GeoDataFrame:
    if not by:
        return rows
    name, _, way = by.strip().partition(" ")
    if name not in layer.fields:
        raise BadQueryError(f"'Invalid field: {name}' parameter is invalid")
    return rows.sort_values(name, ascending=way.strip().upper() != "DESC", kind="stable")


def _paged(
    layer: FeatureLayer, rows: gpd.GeoDataFrame, given: Mapping[str, str], drift: Mapping[str, Any]
) -> tuple[gpd.GeoDataFrame, bool]:
    """Give the page and whether more follow; the faults of paging belong here."""
    start = int(given.get("resultOffset", 0))
    size = min(int(given.get("resultRecordCount", layer.max_records)), layer.max_records)
    more = start + size < len(rows)
    if "duplicate_page" in drift:
        start = max(start - size, 0)
    page = rows.iloc[start : start + size]
    if "shrunk_page" in drift:
        return page.iloc[: len(page) // 2], False
    if "short_page" in drift:
        return page.iloc[: len(page) // 2], True
    return page, more


def _out_fields(layer: FeatureLayer, given: Mapping[str, str]) -> list[str]:
    names = [name.strip() for name in given.get("outFields", layer.object_id).split(",")]
    if "*" in names:
        return list(layer.fields)
    wrong = [name for name in names if name not in layer.fields]
    if wrong:
        raise BadQueryError(f"'Invalid field: {wrong[0]}' parameter is invalid")
    return names


def _features(
    layer: FeatureLayer, page: gpd.GeoDataFrame, names: list[str], *, bare: bool
) -> list[dict[str, Any]]:
    table = pd.DataFrame(page[names]).astype(object)
    told = table.where(table.notna(), None).to_dict("records")
    shapes = [json.loads(text) for text in shapely.to_geojson(page.geometry.array)]
    ids = page[layer.object_id].tolist()
    return [
        {
            "type": "Feature",
            "id": number,
            "geometry": None if bare else shape,
            "properties": row,
        }
        for number, shape, row in zip(ids, shapes, told, strict=True)
    ]


def _drifted(layer: FeatureLayer, drift: Mapping[str, Mapping[str, Any]]) -> FeatureLayer:
    """Give the layer as it is after its schema or its rows have changed."""
    for kind, change in _CHANGES.items():
        if kind in drift:
            layer = change(layer, **drift[kind])
    return layer


def _half_gone(layer: FeatureLayer) -> FeatureLayer:
    return replace(layer, rows=layer.rows.iloc[::2])


def _column_missing(layer: FeatureLayer, column: str | None = None) -> FeatureLayer:
    gone = column or layer.measured
    fields = {name: kind for name, kind in layer.fields.items() if name != gone}
    return replace(layer, fields=fields, rows=layer.rows.drop(columns=gone))


def _column_renamed(
    layer: FeatureLayer, column: str | None = None, to: str | None = None
) -> FeatureLayer:
    old = column or layer.measured
    new = to or f"{old}_NEW"
    fields = {new if name == old else name: kind for name, kind in layer.fields.items()}
    return replace(layer, fields=fields, rows=layer.rows.rename(columns={old: new}))


def _column_retyped(layer: FeatureLayer, column: str | None = None) -> FeatureLayer:
    """Numbers become text with a unit, text becomes numbers."""
    name = column or layer.measured
    cells = layer.rows[name]
    if pd.api.types.is_numeric_dtype(cells):
        kind, retyped = "String", cells.map(lambda value: f"{value:g} kV")
    else:
        kind, retyped = "Double", pd.Series(pd.factorize(cells)[0] + 0.5, index=cells.index)
    return replace(
        layer, fields={**layer.fields, name: kind}, rows=layer.rows.assign(**{name: retyped})
    )


def _unknown_value(
    layer: FeatureLayer, column: str | None = None, value: str = "SOMETHING NEW", every: int = 10
) -> FeatureLayer:
    name = column or layer.listed
    cells = layer.rows[name].astype(object).copy()
    cells.iloc[::every] = value
    return replace(layer, rows=layer.rows.assign(**{name: cells}))


_CHANGES: dict[str, Callable[..., FeatureLayer]] = {
    "half_gone": _half_gone,
    "column_missing": _column_missing,
    "column_renamed": _column_renamed,
    "column_retyped": _column_retyped,
    "unknown_value": _unknown_value,
}
