"""The map on a page: it stays while the script runs again, and tells what was clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.webmap import map_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.assess import Assessment
    from layers import Layers

Box = tuple[float, float, float, float]
Ring = list[tuple[float, float]]


def show_map(  # noqa: PLR0913 - keyword only, and each is one thing a page may want
    assessment: Assessment,
    layers: Layers,
    *,
    key: str,
    height: int = 560,
    box: Box | None = None,
    area: Ring | None = None,
    selected: str | None = None,
    own: frozenset[str] = frozenset(),
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
        Names this map: its view and its open layers are kept under it.
    height
        In pixels.
    box, area
        A region to outline: west, south, east, north; or a drawn ring of (lon, lat).
    selected
        The site to mark, and to fly to when it changes.
    own
        Sites that the user brought, drawn apart.
    on_site, on_point, on_area
        Called once for each click on a site, for a point (lat, lon) that the user sets, and for
        an area that the user draws (``None``: takes away), before the script runs again. Without
        a function the tool is not offered.
    """
    del area, own, on_site, on_point, on_area
    html = map_html(assessment, layers, box=box, keep=key, focus=selected)
    st.iframe(html, height=height, alt="Map of the ranked sites and the grid around them")
