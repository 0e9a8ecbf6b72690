"""Data centres that stand: shown on the map, never scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers import _columns as shared
from layers._base import Built, Column, Layer, Provenance
from layers._imported import with_imported
from layers.sources import osm_power

if TYPE_CHECKING:
    from layers._store import Store

COLUMNS = (
    Column(
        "data_center_id",
        "text",
        "key: OpenStreetMap's kind and number, for instance way/123",
        required=True,
        nullable=False,
        unique=True,
    ),
    Column("name", "text", "as on the map; blank: none is given"),
    Column("operator", "text", "who runs it; blank: not known"),
    shared.LAT,
    shared.LON,
    Column(
        "footprint_m2",
        "number",
        "ground that it covers, m2; blank: it is mapped as a point",
        minimum=0,
    ),
)


def build(store: Store) -> Built | None:
    """Give every data centre that was fetched or imported, EPSG:4326; None where none was.

    OpenStreetMap promises no completeness, so there is no coverage: where none is shown, there
    may be one.
    """
    version = store.version(osm_power.SOURCE.id)
    table = osm_power.read(store, "data_centers")
    if version is None or table is None:
        return with_imported(None, "data_centers", store)
    manifest = version.manifest
    provenance = Provenance(osm_power.SOURCE, manifest.vintage, len(table), manifest.version)
    named = table.rename(columns={"osm_id": "data_center_id"})
    return with_imported(Built(named, (provenance,), checked=True), "data_centers", store)


LAYER = Layer(
    id="data_centers",
    title="Data centres",
    geometry="point",
    columns=COLUMNS,
    sources=(osm_power.SOURCE,),
    build=build,
)
