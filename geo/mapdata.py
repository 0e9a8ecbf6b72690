"""What the map shows, as plain columns and rows for its script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.capability import firm_capability_mw
from geo.finding_columns import UPPER_BOUND
from geo.maplegend import KV_CLASSES, OTHER_KV, legend
from geo.mapsites import amount, marker_radius, site_popup, span, tie_popup
from geo.report import ranked_table
from geo.rows import Row, rows_of
from layers import attributions, read_states

if TYPE_CHECKING:
    from geo.assess import Assessment
    from layers import Layers

Box = tuple[float, float, float, float]

_AROUND_DEGREES = 0.75
"""How far around a selection the grid is drawn: past the 40 km in which a POI is sought."""
_WHOLE_DEGREES = 20.0
"""A selection wider than this is the whole country."""

_ALWAYS_SHOWN_KV = 345
"""On a map of the whole country lower voltages wait to be switched on."""

_PUBLIC_DOMAIN = "HIFLD, EIA, Census (public domain)"


def _credits(lines: tuple[str, ...]) -> str:
    """Give the map's footer, HTML: one line that is always read, the others on a click."""
    first, *others = [*lines, _PUBLIC_DOMAIN]
    if not others:
        return escape(first)
    rest = "".join(f"<br>{escape(line)}" for line in others)
    more = f"and {len(others)} more"
    return f"<details><summary>{escape(first)} {more}</summary>{rest[4:]}</details>"


def map_data(assessment: Assessment, layers: Layers, box: Box | None) -> Row:
    """Give everything that the map's script draws.

    Parameters
    ----------
    assessment
        The sites; those without a point are not drawn.
    layers
        By id; one that is absent is left out.
    box
        A region to outline.
    """
    table = ranked_table(assessment)
    table = table[table["lat"].notna() & table["lon"].notna()]
    bounds = _bounds(table, box)
    window = _window(bounds)
    centres = _data_centers(layers, window)
    explained = legend(assessment)
    if centres:
        dot = {"border-radius": "50%", "background": "#56b4e9"}
        explained["rows"].append([dot, "data centre"])
    stations = _station_classes(layers, window)
    if stations and stations[-1]["columns"]["lat"]:
        mark = {"background": OTHER_KV[2], "transform": "scale(.7)"}
        explained["rows"].append([mark, f"station, {OTHER_KV[1]}"])
    sources = {
        key: "; ".join(one.source.title for one in layer.provenance)
        for key, layer in layers.items()
    }
    return {
        "sites": [site_popup(row) for row in reversed(rows_of(table))],
        "ties": [tie_popup(row) for row in rows_of(table) if row["poi_id"]],
        "campuses": _campuses(layers, window),
        "dataCenters": centres,
        "gas": _gas(layers, window),
        "lineClasses": _line_classes(layers, window),
        "stationClasses": stations,
        "showGas": window != _EVERYWHERE,
        "outlines": _outlines(window),
        "stateNames": _state_names(window),
        "box": box,
        "bounds": [[bounds[1], bounds[0]], [bounds[3], bounds[2]]],
        "legend": explained,
        "sources": sources,
        "upperBound": UPPER_BOUND,
        "attribution": _credits(attributions(layers)),
    }


_EVERYWHERE: Box = (-180.0, -90.0, 180.0, 90.0)


def _bounds(table: pd.DataFrame, box: Box | None) -> Box:
    west, south, east, north = [], [], [], []
    if len(table):
        west, east = [table["lon"].min()], [table["lon"].max()]
        south, north = [table["lat"].min()], [table["lat"].max()]
    if box is not None:
        west, south, east, north = (
            [*west, box[0]],
            [*south, box[1]],
            [*east, box[2]],
            [*north, box[3]],
        )
    if not west:
        return (-125.0, 24.0, -66.0, 50.0)
    slack = 0.05
    return (min(west) - slack, min(south) - slack, max(east) + slack, max(north) + slack)


def _window(bounds: Box) -> Box:
    if bounds[2] - bounds[0] > _WHOLE_DEGREES:
        return _EVERYWHERE
    return (
        bounds[0] - _AROUND_DEGREES,
        bounds[1] - _AROUND_DEGREES,
        bounds[2] + _AROUND_DEGREES,
        bounds[3] + _AROUND_DEGREES,
    )


def _inside(table: pd.DataFrame, window: Box) -> pd.DataFrame:
    west, south, east, north = window
    return table[table["lat"].between(south, north) & table["lon"].between(west, east)]


def _text(value: str | None) -> str | None:
    return None if value is None or pd.isna(value) else str(value)


def _campuses(layers: Layers, window: Box) -> list[Row]:
    if "campuses" not in layers:
        return []
    return [
        {
            "lat": round(row["lat"], 5),
            "lon": round(row["lon"], 5),
            "name": row["name"],
            "hint": f"campus, {row['status']}, {amount(row['power_mw_planned'], 'MW')} planned",
            "live": row["status"] == "operating",
            "radius": marker_radius(row["power_mw_planned"], 3.5, 0.24),
            "rows": [
                ["Campus of", _text(row["operator"])],
                ["Status", row["status"]],
                ["Now", amount(row["power_mw_current"], "MW")],
                ["Planned, the current included", amount(row["power_mw_planned"], "MW")],
                ["First power", amount(row["first_power_year"], "").replace(",", "")],
                ["Utility", _text(row["utility"])],
                ["Stands on", _text(row["host_site_id"])],
                ["Place", f"good to the {row['coord_precision']}"],
                ["Source", f"{row['source']} ({row['as_of']})"],
            ],
        }
        for row in rows_of(_inside(layers["campuses"].table, window))
    ]


def _data_centers(layers: Layers, window: Box) -> list[Row]:
    if "data_centers" not in layers:
        return []
    loaded = layers["data_centers"]
    sources = "; ".join(f"{one.source.title} ({one.vintage})" for one in loaded.provenance)
    return [
        {
            "lat": round(row["lat"], 5),
            "lon": round(row["lon"], 5),
            "name": _text(row["name"]) or f"Data centre {row['data_center_id']}",
            "rows": [
                ["Data centre of", _text(row["operator"])],
                ["Ground that it covers", amount(row["footprint_m2"], "m2")],
                ["Id", row["data_center_id"]],
                ["Source", sources],
            ],
        }
        for row in rows_of(_inside(loaded.table, window))
    ]


def _gas(layers: Layers, window: Box) -> list[Row]:
    if "gas_plants" not in layers:
        return []
    table = layers["gas_plants"].table
    return [
        {
            "lat": round(row["lat"], 5),
            "lon": round(row["lon"], 5),
            "name": row["name"],
            "hint": f"{row['technology']}, {row['status']}, {amount(row['capacity_mw'], 'MW')}",
            "live": row["status"] == "operating",
            "radius": marker_radius(row["capacity_mw"], 2, 0.21),
            "rows": [
                ["Technology", row["technology"]],
                ["Status", row["status"]],
                ["Nameplate", amount(row["capacity_mw"], "MW")],
                ["Operator", _text(row["operator"])],
                ["Planned retirement", _text(row["planned_retirement"])],
                ["Source", f"{row['source']} ({row['as_of']})"],
            ],
        }
        for row in rows_of(_inside(table[table["status"] != "closed"], window))
    ]


def _line_classes(layers: Layers, window: Box) -> list[Row]:
    if "transmission_lines" not in layers:
        return []
    table = layers["transmission_lines"].table
    table = table[table.intersects(shapely.box(*window))]
    classes = []
    upper = np.inf
    for lowest, title, code in KV_CLASSES:
        rows = table[(table["kv_class"] >= lowest) & (table["kv_class"] < upper)]
        upper = lowest
        paths = [
            np.round(shapely.get_coordinates(part)[:, ::-1], 4).tolist()
            for shape in rows.geometry
            for part in shapely.get_parts(shape)
        ]
        if paths:
            classes.append({"title": title, "colour": code, "paths": paths})
    return classes


def _station_classes(layers: Layers, window: Box) -> list[Row]:
    if "substations" not in layers:
        return []
    table = _inside(layers["substations"].table, window)
    low, high = firm_capability_mw(table)
    table = pd.DataFrame(table.drop(columns="geometry")).assign(
        firm=[span(first, last, "MW") for first, last in zip(low, high, strict=True)]
    )
    classes = []
    upper = np.inf
    kv = table["max_kv"].fillna(0.0)
    for lowest, title, code in (*KV_CLASSES, OTHER_KV):
        rows = table[(kv >= lowest) & (kv < upper)]
        upper = lowest
        columns = {
            "lat": rows["lat"].tolist(),
            "lon": rows["lon"].tolist(),
            "id": rows["substation_id"].tolist(),
            "name": [_text(name) for name in rows["name"]],
            "kv": [amount(kv, "kV") for kv in rows["max_kv"]],
            "evidence": [_text(evidence) for evidence in rows["kv_evidence"]],
            "circuits": [None if pd.isna(n) else int(n) for n in rows["circuits"]],
            "firm": rows["firm"].tolist(),
        }
        shown = lowest >= _ALWAYS_SHOWN_KV or window != _EVERYWHERE
        classes.append({"title": title, "colour": code, "columns": columns, "shown": shown})
    return classes


def _state_names(window: Box) -> list[Row]:
    """Give a name per state at a point inside it: all that stands in for a basemap's labels.

    On a map of the whole country the postal code: the names would cover each other.
    """
    frame = shapely.box(*window)
    return [
        {
            "name": row.Index if window == _EVERYWHERE else row.name,
            "lat": round(point.y, 2),
            "lon": round(point.x, 2),
        }
        for row in read_states().itertuples()
        if row.geometry.intersects(frame)
        for point in [row.geometry.intersection(frame).representative_point()]
    ]


def _outlines(window: Box) -> list[list[list[float]]]:
    rings = []
    frame = shapely.box(*window)
    for shape in read_states().geometry:
        if not shape.intersects(frame):
            continue
        for part in shapely.get_parts(shapely.simplify(shape, 0.004)):
            rings += [
                np.round(shapely.get_coordinates(ring)[:, ::-1], 3).tolist()
                for ring in (part.exterior, *part.interiors)
            ]
    return rings
