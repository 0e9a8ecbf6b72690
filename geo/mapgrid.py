"""The grid on the map: stations, lines and pipelines, per class and area, as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geo.capability import firm_capability_mw
from geo.finding_columns import UPPER_BOUND
from geo.mapcolumns import areas, coded, frame, paths, points, simplified
from geo.maplegend import KV_CLASSES, OTHER_KV, PIPELINE
from geo.mapsites import amount, span
from geo.rows import Row

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from layers import Layers, LoadedLayer

Box = tuple[float, float, float, float]
Classes = list[Row]

_ROWS = 4_000
"""So many stations are sent at once: about 0.3 MB."""
_VERTICES = 60_000
"""So many points of lines are sent at once: about 0.4 MB."""

# from which zoom a class is drawn on a map of the whole country, how wide a line, how large a
# station: the higher the voltage, the earlier, the wider and the larger
_LOOKS = {500: (0, 3.0, 4.5), 345: (0, 2.4, 4.0), 220: (6, 2.0, 3.5), 100: (7, 1.5, 3.0)}
_SMALL = (8.5, 1.0, 2.5)
_PIPELINES_ZOOM = 7


def sources_of(layer: LoadedLayer) -> str:
    """Name the datasets that a layer was built from."""
    return "; ".join(f"{one.source.title} ({one.vintage})" for one in layer.provenance)


def grid(layers: Layers, window: Box, *, whole_country: bool) -> Classes:
    """Give lines, stations and pipelines; what is absent is left out.

    Parameters
    ----------
    layers
        By id.
    window
        West, south, east, north: what lies outside is left out.
    whole_country
        Whether lower voltages wait until the user zooms in.
    """
    classes = []
    if "transmission_lines" in layers:
        classes += _lines(layers["transmission_lines"], window)
    if "substations" in layers:
        classes += _stations(layers["substations"], window)
    if "gas_pipelines" in layers:
        classes += _pipelines(layers["gas_pipelines"], window)
    for one in classes:
        one["minZoom"] = one["minZoom"] if whole_country else 0
    return classes


def inside(table: GeoDataFrame, window: Box) -> GeoDataFrame:
    """Keep the points of a window."""
    west, south, east, north = window
    return table[table["lat"].between(south, north) & table["lon"].between(west, east)]


def _by_class(kv: pd.Series) -> list[tuple[int, str, str, NDArray[np.intp], float]]:
    """Give per class its lowest kV, title and colour, its rows, and the kV that it ends below."""
    known = kv.fillna(0.0).to_numpy()
    found = []
    upper = np.inf
    for lowest, title, code in (*KV_CLASSES, OTHER_KV):
        rows = np.flatnonzero((known >= lowest) & (known < upper))
        if len(rows):
            found.append((lowest, title, code, rows, upper))
        upper = lowest
    return found


def _lines(layer: LoadedLayer, window: Box) -> Classes:
    table = layer.table[layer.table.intersects(shapely.box(*window))]
    source = sources_of(layer)
    classes = []
    for lowest, title, code, rows, upper in _by_class(table["kv_class"]):
        zoom, width, _ = _LOOKS.get(lowest, _SMALL)
        part = table.iloc[rows]
        classes.append(
            {
                "id": f"lines-{lowest}",
                "title": f"Lines {title}",
                "word": "lines",
                "below": None if np.isinf(upper) else f"{upper:g} kV",
                "kind": "paths",
                "minZoom": zoom,
                "mark": {"colour": code, "width": width},
                "count": len(part),
                "chunks": _path_chunks(
                    part,
                    "Transmission line",
                    pd.Series(title, index=part.index),
                    [
                        ["Voltage class", title],
                        ["Line", part["line_id"].astype(str).tolist()],
                        ["Source", source],
                    ],
                ),
            }
        )
    return classes


def _path_chunks(
    table: GeoDataFrame, name: str, hint: pd.Series, fields: list[list[object]]
) -> list[Row]:
    lines, rows = simplified(table.geometry)
    middle = shapely.bounds(lines)
    x, y = (middle[:, 0] + middle[:, 2]) / 2, (middle[:, 1] + middle[:, 3]) / 2
    chunks = []
    for part in areas(x, y, shapely.get_num_coordinates(lines), _VERTICES):
        west, south, east, north = shapely.total_bounds(lines[part])
        columns = {
            **paths(lines[part]),
            "name": name,
            "hint": coded(hint.iloc[rows[part]]),
            "fields": [[label, _cells(cells, rows[part])] for label, cells in fields],
        }
        box = frame(np.array([west, east]), np.array([south, north]))
        chunks.append({"box": box, "rows": len(part), "columns": columns})
    return chunks


def _cells(cells: object, rows: NDArray[np.intp]) -> object:
    """Give the cells of some rows: a text is the same for all, texts are coded."""
    return cells if isinstance(cells, str) else coded(np.asarray(cells, dtype=object)[rows])


def point_chunks(
    table: pd.DataFrame,
    names: list[str],
    hints: list[str],
    fields: list[list[object]],
    **more: list[Any],
) -> list[Row]:
    """Give points by area, with what their popups say.

    Parameters
    ----------
    table
        `lat` and `lon`, one row per point.
    names, hints
        Of each point.
    fields
        A label and its cells: one text for all points, or one (or ``None``) per point.
    **more
        Further columns, numbers, of each point.
    """
    lat, lon = table["lat"].to_numpy(dtype=float), table["lon"].to_numpy(dtype=float)
    chunks = []
    for rows in areas(lon, lat, np.ones(len(lat), dtype=np.int64), _ROWS):
        columns = {
            **points(lat[rows], lon[rows]),
            "name": [names[row] for row in rows],
            "hint": coded([hints[row] for row in rows]),
            "fields": [[label, _cells(cells, rows)] for label, cells in fields],
            **{key: [cells[row] for row in rows] for key, cells in more.items()},
        }
        chunks.append({"box": frame(lon[rows], lat[rows]), "rows": len(rows), "columns": columns})
    return chunks


def _stations(layer: LoadedLayer, window: Box) -> Classes:
    table = inside(layer.table, window)
    low, high = firm_capability_mw(table)
    limit = np.array(
        [span(first, last, "MW") for first, last in zip(low, high, strict=True)], dtype=object
    )
    source = sources_of(layer)
    classes = []
    for lowest, title, code, rows, upper in _by_class(table["max_kv"]):
        zoom, _, radius = _LOOKS.get(lowest, _SMALL)
        part = table.iloc[rows]
        volts = [amount(kv, "kV") for kv in part["max_kv"]]
        classes.append(
            {
                "id": f"stations-{lowest}",
                "title": f"Substations {title}",
                "word": "stations",
                "below": None if np.isinf(upper) else f"{upper:g} kV",
                "kind": "points",
                "minZoom": zoom,
                "mark": {"colour": code, "shape": "square", "radius": radius},
                "count": len(part),
                "chunks": point_chunks(
                    part,
                    _names(part, "substation_id", "Substation"),
                    volts,
                    [
                        ["Station id", part["substation_id"].astype(str).tolist()],
                        ["Highest voltage", volts],
                        ["Evidence for it", texts(part["kv_evidence"])],
                        ["Circuits of that voltage", [amount(n, "") for n in part["circuits"]]],
                        ["N-1 limit of its lines", limit[rows].tolist()],
                        ["Which is", UPPER_BOUND],
                        ["Source", source],
                    ],
                ),
            }
        )
    return classes


def texts(cells: pd.Series) -> list[str | None]:
    """Give texts, ``None`` where there is none."""
    return [None if pd.isna(cell) else str(cell) for cell in cells]


def _names(table: pd.DataFrame, key: str, kind: str) -> list[str]:
    return [
        f"{kind} {one}" if pd.isna(name) else str(name)
        for name, one in zip(table["name"], table[key], strict=True)
    ]


def _pipelines(layer: LoadedLayer, window: Box) -> Classes:
    table = layer.table[layer.table.intersects(shapely.box(*window))]
    if table.empty:
        return []
    kind = table["kind"].fillna("kind not known")
    return [
        {
            "id": "pipelines",
            "title": "Gas pipelines",
            "word": "gas pipelines",
            "below": None,
            "kind": "paths",
            "minZoom": _PIPELINES_ZOOM,
            "mark": {"colour": PIPELINE, "width": 1.4, "dash": [5, 3]},
            "count": len(table),
            "chunks": _path_chunks(
                table,
                "Gas pipeline",
                kind,
                [
                    ["Operator", texts(table["operator"])],
                    ["Kind", kind.tolist()],
                    ["Source", sources_of(layer)],
                ],
            ),
        }
    ]
