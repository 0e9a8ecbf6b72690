"""Rows that a user imported take the place of those with the same key; the others are added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers._base import Built, Provenance, Source

if TYPE_CHECKING:
    from layers._store import Store


def source_of(layer_id: str) -> Source:
    """Describe the tables that a user imported into a layer."""
    return Source(
        id=f"import_{layer_id}",
        title="Imported by the user",
        publisher="the user",
        url="rewatt import",
        licence="the user's own terms",
        vintage="",
    )


def with_imported(built: Built | None, layer_id: str, store: Store) -> Built | None:
    """Add what was imported into a layer to what was built without it.

    Parameters
    ----------
    built
        The layer without imports; ``None`` where it has nothing else.
    layer_id
        The layer, whose first column is the key.
    store
        Where imports are.

    Returns
    -------
    built
        The same where nothing was imported. An import promises no completeness, so the coverage
        stays.
    """
    import geopandas as gpd
    import pandas as pd

    version = store.version(f"import_{layer_id}")
    if version is None:
        return built
    own = gpd.GeoDataFrame(version.table(layer_id))
    provenance = Provenance(
        source_of(layer_id), version.manifest.vintage, len(own), version.manifest.version
    )
    if built is None:
        return Built(own, (provenance,), checked=True)
    key = own.columns[0]
    rest = built.table[~built.table[key].isin(own[key])]
    table = pd.concat([rest, own], ignore_index=True)
    return Built(
        gpd.GeoDataFrame(table, geometry="geometry", crs=built.table.crs),
        (provenance, *built.provenance),
        built.coverage,
        built.checked,
        built.complete_for,
    )
