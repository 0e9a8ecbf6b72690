"""Slope of the ground, in patches of a tenth of a degree: unknown until it is fetched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from layers import _tiles
from layers._base import Built, Column, Layer, Provenance
from layers._patches import Patches
from layers.sources import terrain

if TYPE_CHECKING:
    import pandas as pd

    from layers._base import Source
    from layers._store import Store

COLUMNS = (*terrain.COLUMNS, Column("file", "text", "the array of its slopes", nullable=False))


def build(store: Store) -> Built | None:
    """Give every patch, EPSG:4326; None until slope is fetched.

    What it was made from is named by label: of elevations from a user's own file, nothing is
    owed to the publishers of the Copernicus model.
    """
    version = store.version(terrain.SOURCE.id)
    table = terrain.read(store)
    if version is None or table is None:
        return None
    table["file"] = str(version.file(terrain.MEDIANS))
    provenance = tuple(
        Provenance(
            _source(str(label)), version.manifest.vintage, int(rows), version.manifest.version
        )
        for label, rows in table["label"].value_counts().items()
    )
    return Built(table, provenance, checked=True)


def slopes(table: pd.DataFrame) -> Patches:
    """Give the slopes behind the layer's table, for look-ups; its rows are the arrays'."""
    south, west = (table[name].to_numpy(np.int64) for name in ("south", "west"))
    return Patches.open(Path(table["file"].iloc[0]), south, west)


def _source(label: str) -> Source:
    if label.startswith(_tiles.LABEL):
        return terrain.SOURCE
    return replace(
        terrain.SOURCE,
        title=f"Slope of the ground, from {label}",
        publisher="a file of the user's",
        licence="the file's own",
        attribution="",
    )


LAYER = Layer(
    id="terrain",
    title="Slope of the ground",
    geometry="area",
    columns=COLUMNS,
    sources=(terrain.SOURCE,),
    build=build,
)
