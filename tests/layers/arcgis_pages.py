"""Pages of an ArcGIS layer as `download` keeps them, for the tests of what reads them."""

from __future__ import annotations

import json

from layers._staging import Raw

LINE = {"type": "LineString", "coordinates": [[-100, 34], [-101, 35]]}
POINT = {"type": "Point", "coordinates": [-100, 34]}


def kept(folder, rows, fields):
    """Give raw files with one page of rows."""
    raw = Raw(folder)
    layer = {"objectIdField": "OBJECTID", "fields": [{"name": one} for one in fields]}
    raw.save("layer.json", json.dumps(layer).encode(), "u")
    raw.save(f"page-0000000-{len(rows)}.json", json.dumps({"features": rows}).encode(), "u")
    return raw


def row(number, cells, geometry):
    """Give one GeoJSON feature."""
    return {"type": "Feature", "id": number, "properties": cells, "geometry": geometry}


def pipeline(number, geometry=LINE, **cells):
    """Give a row as EIA's layer of pipelines has them."""
    told = {"TYPEPIPE": "Interstate", "Operator": "x", "Status": "y", **cells}
    return row(number, told, geometry)
