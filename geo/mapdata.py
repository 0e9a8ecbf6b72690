"""What the map shows, as plain columns and rows for its script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from geo.maparound import around
from geo.mapgrid import grid, sources_of
from geo.mapground import ground
from geo.maplegend import DARK, around_rows, legend
from geo.mapsites import COLUMNS, site_popup, tie_popup
from geo.report import ranked_table
from geo.rows import Row, rows_of
from layers import PLACE_CREDIT, attributions

if TYPE_CHECKING:
    import pandas as pd

    from geo.assess import Assessment
    from geo.mapgrid import Box
    from layers import Layers

_AROUND_DEGREES = 0.75
"""How far around a selection the grid is drawn: past the 40 km in which a POI is sought."""
_WHOLE_DEGREES = 20.0
"""A selection wider than this is the whole country."""

_PUBLIC_DOMAIN = "HIFLD, EIA, Census (public domain)"
EVERYWHERE: Box = (-180.0, -90.0, 180.0, 90.0)


def _credits(lines: tuple[str, ...]) -> str:
    """Give the map's footer, HTML: one line that is always read, the others on a click."""
    every: list[str] = [*lines, PLACE_CREDIT, _PUBLIC_DOMAIN]
    first, others = every[0], every[1:]
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
    shown = sites_data(assessment, layers, box=box)
    (south, west), (north, east) = shown["bounds"]
    return shown | {"still": still_data(layers, _window((west, south, east, north)))}


def still_data(layers: Layers, window: Box = EVERYWHERE) -> Row:
    """Give what no scenario moves: the ground, and what stands around the sites.

    Parameters
    ----------
    layers
        By id; one that is absent is left out.
    window
        West, south, east, north: what lies outside is left out.
    """
    whole = window == EVERYWHERE
    classes = [
        *grid(layers, window, whole_country=whole),
        *around(layers, window, whole_country=whole),
    ]
    return {
        "ground": ground(window, whole_country=whole),
        "classes": classes,
        "attribution": _credits(attributions(layers)),
        "legend": around_rows(classes, own=False),
        "dark": DARK,
    }


def sites_data(
    assessment: Assessment,
    layers: Layers,
    *,
    table: pd.DataFrame | None = None,
    box: Box | None = None,
    own: frozenset[str] = frozenset(),
) -> Row:
    """Give what moves with a scenario: the sites, their ties and the legend.

    Parameters
    ----------
    assessment
        The sites; those without a point are not drawn.
    layers
        By id: what the ties rest on.
    table
        The ranked table with at least the columns of `geo.mapsites.COLUMNS`, for whoever has it.
    box
        A region to outline: west, south, east, north.
    own
        Sites that the user brought.
    """
    if table is None:
        table = ranked_table(assessment, names=COLUMNS)
    table = table.loc[:, list(COLUMNS)]
    table = table[table["lat"].notna() & table["lon"].notna()]
    bounds = _bounds(table, box)
    rows = rows_of(table)
    stations = layers.get("substations")
    return {
        "sites": [site_popup(row, own=row["site_id"] in own) for row in reversed(rows)],
        "ties": [tie_popup(row) for row in rows if row["poi_id"]],
        "tieSource": None if stations is None else sources_of(stations),
        "box": box,
        "bounds": [[bounds[1], bounds[0]], [bounds[3], bounds[2]]],
        "legend": legend(assessment),
        "ownLegend": around_rows([], own=True) if own else [],
    }


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
        return EVERYWHERE
    return (
        bounds[0] - _AROUND_DEGREES,
        bounds[1] - _AROUND_DEGREES,
        bounds[2] + _AROUND_DEGREES,
        bounds[3] + _AROUND_DEGREES,
    )
