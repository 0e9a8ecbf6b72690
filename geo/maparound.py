"""What else stands around the sites on the map: campuses, data centres and gas plants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.mapgrid import inside, point_chunks, sources_of, texts
from geo.maplegend import CAMPUS, DATA_CENTRE, GAS_PLANT
from geo.mapsites import amount, marker_radius

if TYPE_CHECKING:
    import pandas as pd

    from geo.mapgrid import Box, Classes
    from geo.rows import Row
    from layers import Layers

_GAS_ZOOM = 6
_DATA_CENTRES_ZOOM = 5


def around(layers: Layers, window: Box, *, whole_country: bool) -> Classes:
    """Give what there is; a layer that is absent is left out.

    Parameters
    ----------
    layers
        By id.
    window
        West, south, east, north: what lies outside is left out.
    whole_country
        Whether what is many waits until the user zooms in.
    """
    found = [
        make(layers, window)
        for name, make in _MAKERS.items()
        if name in layers and len(layers[name].table)
    ]
    for one in found:
        one["minZoom"] = one["minZoom"] if whole_country else 0
    return [one for one in found if one["count"]]


def _class(name: str, title: str, zoom: float, mark: Row, chunks: list[Row]) -> Row:
    return {
        "id": name,
        "title": title,
        "word": title.removesuffix(" by MW").lower(),
        "below": None,
        "kind": "points",
        "minZoom": zoom,
        "mark": mark,
        "count": sum(chunk["rows"] for chunk in chunks),
        "chunks": chunks,
    }


def _campuses(layers: Layers, window: Box) -> Row:
    table = inside(layers["campuses"].table, window)
    planned = [amount(mw, "MW") for mw in table["power_mw_planned"]]
    chunks = point_chunks(
        table,
        table["name"].tolist(),
        [
            f"campus, {status}, {mw} planned"
            for status, mw in zip(table["status"], planned, strict=True)
        ],
        [
            ["Campus of", texts(table["operator"])],
            ["Status", table["status"].tolist()],
            ["Now", [amount(mw, "MW") for mw in table["power_mw_current"]]],
            ["Planned, the current included", planned],
            ["First power", [_year(year) for year in table["first_power_year"]]],
            ["Utility", texts(table["utility"])],
            ["Stands on", texts(table["host_site_id"])],
            ["Place", [f"good to the {one}" for one in table["coord_precision"]]],
            ["Source", _cited(table)],
        ],
        radius=[marker_radius(mw, 3.5, 0.24) for mw in table["power_mw_planned"]],
        live=_live(table),
    )
    return _class("campuses", "Campuses", 0, {"colour": CAMPUS, "shape": "diamond"}, chunks)


def _year(year: float) -> str:
    return amount(year, "").replace(",", "")


def _live(table: pd.DataFrame) -> list[int]:
    return (table["status"] == "operating").astype(int).tolist()


def _cited(table: pd.DataFrame) -> list[str]:
    return [f"{one} ({day})" for one, day in zip(table["source"], table["as_of"], strict=True)]


def _data_centres(layers: Layers, window: Box) -> Row:
    layer = layers["data_centers"]
    table = inside(layer.table, window)
    ids = table["data_center_id"].astype(str)
    chunks = point_chunks(
        table,
        [name or f"Data centre {one}" for name, one in zip(texts(table["name"]), ids, strict=True)],
        ["data centre"] * len(table),
        [
            ["Data centre of", texts(table["operator"])],
            ["Ground that it covers", [amount(m2, "m2") for m2 in table["footprint_m2"]]],
            ["Id", ids.tolist()],
            ["Source", sources_of(layer)],
        ],
    )
    mark = {"colour": DATA_CENTRE, "shape": "circle", "radius": 3}
    return _class("data-centres", "Data centres", _DATA_CENTRES_ZOOM, mark, chunks)


def _gas(layers: Layers, window: Box) -> Row:
    every = layers["gas_plants"].table
    table = inside(every[every["status"] != "closed"], window)
    capacity = [amount(mw, "MW") for mw in table["capacity_mw"]]
    chunks = point_chunks(
        table,
        table["name"].tolist(),
        [
            f"{technology}, {status}, {mw}"
            for technology, status, mw in zip(
                table["technology"], table["status"], capacity, strict=True
            )
        ],
        [
            ["Technology", texts(table["technology"])],
            ["Status", table["status"].tolist()],
            ["Nameplate", capacity],
            ["Operator", texts(table["operator"])],
            ["Planned retirement", texts(table["planned_retirement"])],
            ["Source", _cited(table)],
        ],
        radius=[marker_radius(mw, 2, 0.21) for mw in table["capacity_mw"]],
        live=_live(table),
    )
    mark = {"colour": GAS_PLANT, "shape": "triangle"}
    return _class("gas", "Gas plants by MW", _GAS_ZOOM, mark, chunks)


_MAKERS = {"gas_plants": _gas, "data_centers": _data_centres, "campuses": _campuses}
