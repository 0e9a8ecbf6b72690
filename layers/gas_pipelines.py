"""Gas transmission pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers._base import Built, Column, Layer, Provenance
from layers._imported import with_imported
from layers.sources import eia_pipelines
from layers.sources.rewatt_curated import complete_in

if TYPE_CHECKING:
    from layers._store import Store

COLUMNS = (
    Column("pipeline_id", "text", "key", required=True, nullable=False, unique=True),
    Column("operator", "text", "who runs it"),
    Column(
        "kind",
        "text",
        "interstate, intrastate or gathering",
        allowed=("interstate", "intrastate", "gathering"),
    ),
)


def build(store: Store) -> Built | None:
    """Give every run of pipeline, EPSG:4326; None until they are fetched or imported."""
    version = store.version(eia_pipelines.SOURCE.id)
    table = eia_pipelines.read(store)
    if version is None or table is None:
        return with_imported(None, "gas_pipelines", store)
    manifest = version.manifest
    provenance = Provenance(eia_pipelines.SOURCE, manifest.vintage, len(table), manifest.version)
    table = table.drop(columns="status")
    built = Built(table, (provenance,), complete_in(manifest), checked=True)
    return with_imported(built, "gas_pipelines", store)


LAYER = Layer(
    id="gas_pipelines",
    title="Gas transmission pipelines",
    geometry="line",
    columns=COLUMNS,
    sources=(eia_pipelines.SOURCE,),
    build=build,
)
