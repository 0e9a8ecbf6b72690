"""The evidence: what the world looks like. Nothing here has heard of scores or of Streamlit."""

from __future__ import annotations

from layers import (
    campuses,
    gas_pipelines,
    gas_plants,
    miner_sites,
    substations,
    transmission_lines,
)
from layers._base import (
    STORAGE_CRS,
    Cited,
    Column,
    Layer,
    LayerError,
    Layers,
    LoadedLayer,
    Source,
    data_folder,
    load_layer,
)
from layers.sources.rewatt_curated import (
    is_embedded,
    read_conversions,
    read_cost_regions,
    read_parameters,
    read_states,
)

LAYERS: tuple[Layer, ...] = (
    miner_sites.LAYER,
    campuses.LAYER,
    substations.LAYER,
    transmission_lines.LAYER,
    gas_plants.LAYER,
    gas_pipelines.LAYER,
)
"""Every layer, in the order of the map's legend."""


def load_layers(ids: tuple[str, ...] | None = None) -> dict[str, LoadedLayer]:
    """Load layers by id, all of them by default; one whose data are not there is left out."""
    return {
        layer.id: load_layer(layer)
        for layer in LAYERS
        if (ids is None or layer.id in ids) and all(map(is_embedded, layer.sources))
    }


__all__ = [
    "LAYERS",
    "STORAGE_CRS",
    "Cited",
    "Column",
    "Layer",
    "LayerError",
    "Layers",
    "LoadedLayer",
    "Source",
    "data_folder",
    "load_layer",
    "load_layers",
    "read_conversions",
    "read_cost_regions",
    "read_parameters",
    "read_states",
]
