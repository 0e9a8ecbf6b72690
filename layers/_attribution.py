"""The lines that whoever passes data on must pass on with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layers._base import Layers

OPENSTREETMAP = "© OpenStreetMap contributors, ODbL 1.0 (openstreetmap.org/copyright)"

IN_ROWS = {
    "OpenStreetMap": OPENSTREETMAP,
    "OSM": OPENSTREETMAP,
    "Epoch AI": "Epoch AI, Frontier Data Centers, CC BY 4.0 (epoch.ai/data)",
    "WRI": "Global Power Plant Database, World Resources Institute, CC BY 4.0",
}
"""What rows say in their column `source` when they rest on data that ask for a line."""


def attributions(layers: Layers) -> tuple[str, ...]:
    """Give the lines that belong to whatever is made from some layers.

    Parameters
    ----------
    layers
        The layers by id. Every one counts whole: a score may rest on any row of it.

    Returns
    -------
    lines
        Those that the datasets ask for, then those that single rows ask for; none twice.
    """
    lines = [
        one.source.attribution
        for layer in layers.values()
        for one in layer.provenance
        if one.source.attribution
    ]
    for layer in layers.values():
        if "source" in layer.table:
            said = layer.table["source"].dropna().astype(str)
            lines += [line for mark, line in IN_ROWS.items() if said.str.contains(mark).any()]
    return tuple(dict.fromkeys(lines))
