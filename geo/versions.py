"""Which rewatt and which data a result rests on."""

from __future__ import annotations

from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.rows import Row
    from layers import Layers


def versions(layers: Layers) -> Row:
    """Give the version of rewatt, and of every layer's datasets source, vintage and version.

    Returns
    -------
    versions
        `rewatt`, and `data`: rows of `layer`, `source`, `vintage`, `version` (``embedded``: the
        tables that come with the project), `licence`.
    """
    return {
        "rewatt": _rewatt(),
        "data": [
            {
                "layer": name,
                "source": one.source.title,
                "vintage": one.vintage,
                "version": one.version,
                "licence": one.source.licence,
            }
            for name, layer in layers.items()
            for one in layer.provenance
        ],
    }


@cache
def _rewatt() -> str:
    return metadata.version("rewatt")  # reads a file
