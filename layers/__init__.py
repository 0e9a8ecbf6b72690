"""The evidence: what the world looks like. Nothing here has heard of scores or of Streamlit."""

from __future__ import annotations

from layers import (
    campuses,
    data_centers,
    facilities,
    gas_pipelines,
    gas_plants,
    miner_sites,
    substations,
    terrain,
    transmission_lines,
)
from layers._attribution import attributions
from layers._base import (
    STORAGE_CRS,
    Cited,
    Column,
    Layer,
    LayerError,
    Layers,
    LoadedLayer,
    Provenance,
    Source,
    data_folder,
    load_layer,
)
from layers._store import Store, default_store
from layers.sources.rewatt_curated import (
    PLACE_CREDIT,
    read_conversions,
    read_cost_regions,
    read_parameters,
    read_places,
    read_states,
)

LAYERS: tuple[Layer, ...] = (
    miner_sites.LAYER,
    campuses.LAYER,
    substations.LAYER,
    transmission_lines.LAYER,
    gas_plants.LAYER,
    gas_pipelines.LAYER,
    data_centers.LAYER,
    facilities.LAYER,
    terrain.LAYER,
)
"""Every layer, in the order of the map's legend."""


def load_layers(
    ids: tuple[str, ...] | None = None, store: Store | None = None
) -> dict[str, LoadedLayer]:
    """Load layers by id, all of them by default; one whose data are not there is left out.

    Parameters
    ----------
    ids
        The layers.
    store
        What was fetched and imported; the user's own by default. `Store.embedded()` gives the
        tables that come with the project and nothing else.

    Raises
    ------
    LayerError
        If a table breaks its layer's promise.
    """
    source = default_store() if store is None else store
    loaded = {
        layer.id: load_layer(layer, source) for layer in LAYERS if ids is None or layer.id in ids
    }
    return {key: layer for key, layer in loaded.items() if layer is not None}


__all__ = [
    "LAYERS",
    "PLACE_CREDIT",
    "STORAGE_CRS",
    "Cited",
    "Column",
    "Layer",
    "LayerError",
    "Layers",
    "LoadedLayer",
    "Provenance",
    "Source",
    "Store",
    "attributions",
    "data_folder",
    "default_store",
    "load_layer",
    "load_layers",
    "read_conversions",
    "read_cost_regions",
    "read_parameters",
    "read_places",
    "read_states",
]
