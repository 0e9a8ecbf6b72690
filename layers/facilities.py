"""Interconnection facilities: where networks meet, and a site's traffic can leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers._base import Built, Layer, Provenance
from layers._imported import with_imported
from layers.sources import peeringdb

if TYPE_CHECKING:
    from layers._store import Store

COLUMNS = peeringdb.COLUMNS


def build(store: Store) -> Built | None:
    """Give every facility, EPSG:4326; None until they are fetched or imported.

    Facilities are listed by whoever runs them: nothing says that the list is complete anywhere,
    so the layer has no coverage, and none has to be near where none is listed.
    """
    version, table = store.version(peeringdb.SOURCE.id), peeringdb.read(store)
    built = None
    if version is not None and table is not None:
        manifest = version.manifest
        provenance = Provenance(peeringdb.SOURCE, manifest.vintage, len(table), manifest.version)
        built = Built(table, (provenance,), checked=True)
    return with_imported(built, "facilities", store)


LAYER = Layer(
    id="facilities",
    title="Interconnection facilities",
    geometry="point",
    columns=COLUMNS,
    sources=(peeringdb.SOURCE,),
    build=build,
)
