"""The map on a page: it stays while the script runs again, and tells what was clicked."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from geo.mapdata import sites_data, still_data
from geo.mapfiles import write_parts
from geo.mapfolder import MapFolder, sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from streamlit.components.v1.custom_component import CustomComponent

    from geo.assess import Assessment
    from layers import Layers, LoadedLayer

Box = tuple[float, float, float, float]
Ring = list[tuple[float, float]]


def show_map(  # noqa: PLR0913 - keyword only, and each is one thing a page may want
    assessment: Assessment,
    layers: Layers,
    *,
    key: str,
    table: pd.DataFrame | None = None,
    height: int = 560,
    box: Box | None = None,
    area: Ring | None = None,
    selected: str | None = None,
    own: frozenset[str] = frozenset(),
    follows: bool = False,
    on_site: Callable[[str], None] | None = None,
    on_point: Callable[[float, float], None] | None = None,
    on_area: Callable[[Ring | None], None] | None = None,
) -> None:
    """Draw the map.

    Parameters
    ----------
    assessment, layers
        The sites, and what to draw around them.
    key
        Names this map: its view and its open layers are kept under it. A page that keeps its
        key while the sites change keeps its frame, and nothing else than the sites is sent.
    table
        The ranked table of the assessment, for a page that has it already.
    height
        In pixels.
    box, area
        A region to outline: west, south, east, north; or a drawn ring of (lon, lat).
    selected
        The site to mark, and to fly to when it changes.
    own
        Sites that the user brought, drawn apart.
    follows
        Whether the view goes with the sites: where there are others, all are brought into sight.
        Without it a filter moves nothing.
    on_site, on_point, on_area
        Called once for each click on a site, for a point (lat, lon) that the user sets, and for
        an area that the user draws (``None``: takes away), before the script runs again. Without
        a function the tool is not offered.
    """
    shown = sites_data(assessment, layers, table=table, box=box, own=own)
    tools = {"site": on_site, "point": on_point, "area": on_area}
    # what the user did is answered even where nothing came of it: an area refused goes again
    event = cast("Any", st.session_state.get(key))
    answers = event.get("told") if isinstance(event, dict) else None
    kept = {"area": area, "selected": selected, "follows": follows, "keep": key}
    # the folder is part of what the others are kept under: a new one is filled and served anew
    folder = str(_folder().path)
    _component(folder)(
        key=key,
        height=height,
        still=_still(_made_of(layers), folder, layers),
        tools={name: one is not None for name, one in tools.items()},
        sites={**shown, **kept, "answers": answers},
        on_change=partial(_told, key, on_site, on_point, on_area),
    )


def _told(
    key: str,
    on_site: Callable[[str], None] | None,
    on_point: Callable[[float, float], None] | None,
    on_area: Callable[[Ring | None], None] | None,
) -> None:
    """Pass on what the user did; what a browser says is checked, and nonsense is left."""
    event = cast("Any", st.session_state.get(key))
    if not isinstance(event, dict):
        return
    match event:
        case {"type": "site", "id": str(site)} if on_site:
            on_site(site)
        case {"type": "point", "lat": float() | int() as lat, "lon": float() | int() as lon} if (
            on_point and _is_place(lon, lat)
        ):
            on_point(float(lat), float(lon))
        case {"type": "area", "ring": None} if on_area:
            on_area(None)
        case {"type": "area", "ring": [_, _, _, *_] as ring} if on_area and _is_ring(ring):
            on_area([(float(lon), float(lat)) for lon, lat in ring])


def _is_place(lon: float, lat: float) -> bool:
    return abs(lon) <= 180 and abs(lat) <= 90


def _is_ring(ring: list[Any]) -> bool:
    return all(
        isinstance(corner, list)
        and len(corner) == 2
        and all(isinstance(one, int | float) for one in corner)
        and _is_place(*corner)
        for corner in ring
    )


@st.cache_resource(show_spinner=False, validate=MapFolder.is_whole)
def _folder() -> MapFolder:
    # here and not above: folium costs what no other page and no command should wait for
    from geo.webmap import component_folder

    sweep()
    made = MapFolder()
    component_folder(made.path)
    made.hold()
    return made


@st.cache_resource(show_spinner=False)
def _component(folder: str) -> CustomComponent:
    # inside a run of the script, since Streamlit serves what is declared there and nothing else
    return st.components.v1.declare_component("map_of_sites", path=folder)


def _made_of(layers: Layers) -> str:
    """Name the data of some layers, by what they were built from."""

    def named(layer: LoadedLayer) -> str:
        return " ".join(f"{one.source.id}@{one.version}:{one.rows}" for one in layer.provenance)

    return "; ".join(f"{key}={named(one)}" for key, one in layers.items())


@st.cache_resource(show_spinner="Drawing the map", max_entries=3)
def _still(made_of: str, folder: str, _layers: Layers) -> str:
    """Write what no scenario moves; give the name of the file that names the parts."""
    del made_of
    name = write_parts(still_data(_layers), Path(folder))
    _folder().hold()
    return name
