"""The stations that a store gives: merged once from all there is, then kept on disk."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from layers._base import Built, Provenance, data_folder, sha256_of, with_points
from layers._imported import source_of
from layers._members import EMBEDDED, HIFLD, IMPORT, OSM
from layers.sources import hifld_lines, hifld_substations, osm_power, rewatt_curated
from layers.sources.rewatt_curated import complete_in

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from layers._base import Layer, Source
    from layers._merge import Merged
    from layers._store import Store, Version

LAYER_ID = "substations"
_STATIONS = hifld_substations.SOURCE.id
_LINES = hifld_lines.SOURCE.id
_OSM = osm_power.SOURCE.id
_IMPORTED = source_of(LAYER_ID).id
COMPLETE_FOR = "100 kV and more"
"""What the coverage promises, of the embedded stations and of HIFLD's; lower ones come as well."""


def build(store: Store, layer: Layer) -> Built | None:
    """Build the layer of stations; None where nothing is embedded, fetched or imported."""
    used = _versions(store)
    if not used:
        embedded = _embedded(layer)
        if embedded is None:
            return None
        around = rewatt_curated.read_coverage("grid")
        return rewatt_curated.built(LAYER_ID, embedded, around, COMPLETE_FOR)
    table = _part(store, layer, "table")
    if not len(table):
        return None
    area, said = _coverage(used), _provenance(table, used)
    return Built(with_points(table), said, area, checked=True, complete_for=COMPLETE_FOR)


def quarantine(store: Store, layer: Layer) -> pd.DataFrame:
    """Give the doubtful pairs that were kept apart, `layers._merge.QUARANTINE_COLUMNS`."""
    return _part(store, layer, "quarantine")


def refused(store: Store, layer: Layer) -> pd.DataFrame:
    """Give the rows that are no station of the layer: `source`, `key`, `reason`."""
    return _part(store, layer, "refused")


def _part(store: Store, layer: Layer, name: str) -> pd.DataFrame:
    """Give one table of the merge from disk, or merge and keep all three."""
    used = _versions(store)
    key = _key(used)

    @cache
    def merged() -> Merged:
        return _merged(used, layer)

    def kept(one: str) -> pd.DataFrame:
        table: pd.DataFrame = store.derived(
            f"{LAYER_ID}_{one}", key, lambda: getattr(merged(), one)
        )
        return table

    found = kept(name)
    if merged.cache_info().currsize:
        for other in ("table", "quarantine", "refused"):
            kept(other)
    return found


def _versions(store: Store) -> dict[str, Version]:
    """Give the versions in use of every source that has a word in it."""
    found = {name: store.version(name) for name in (_STATIONS, _LINES, _OSM, _IMPORTED)}
    return {name: version for name, version in found.items() if version is not None}


def _key(used: dict[str, Version]) -> str:
    """Say what the merge is made of: versions, embedded files, judgements and rules."""
    from layers import _merge

    files = (data_folder() / f"{name}.csv" for name in (LAYER_ID, "parameters"))
    made_of = {
        "versions": {name: version.manifest.version for name, version in used.items()},
        "embedded": [sha256_of(path) if path.is_file() else "" for path in files],
        "rules": _merge.RULES,
    }
    return json.dumps(made_of, sort_keys=True)


def _merged(used: dict[str, Version], layer: Layer) -> Merged:
    from layers._merge import merge

    embedded = _embedded(layer)
    tables = {} if embedded is None else {EMBEDDED: embedded}
    for source, version_of, name in (
        (HIFLD, _STATIONS, "substations"),
        (OSM, _OSM, "substations"),
        (IMPORT, _IMPORTED, LAYER_ID),
    ):
        if version_of in used:
            tables[source] = used[version_of].table(name)
    lines = {name: used[name].table("lines") for name in (_LINES, _OSM) if name in used}
    areas = {
        source: None if used[name].manifest.area is None else complete_in(used[name].manifest)
        for source, name in ((HIFLD, _LINES), (OSM, _OSM))
        if name in used
    }
    return merge(tables, lines.get(_LINES), lines.get(_OSM), areas)


def _embedded(layer: Layer) -> GeoDataFrame | None:
    """Give the embedded table, checked where it is not the one whose hash is pinned."""
    source = rewatt_curated.TABLES[LAYER_ID]
    if not rewatt_curated.is_embedded(source):
        return None
    table = rewatt_curated.read(LAYER_ID, layer.columns)
    if "substation_id" in table:
        table["origin"] = f"{EMBEDDED} " + table["substation_id"]
    table = with_points(table)
    if not rewatt_curated.is_pinned(source):
        from layers._check import check_table

        check_table(table, layer)
    return table


def _coverage(used: dict[str, Version]) -> BaseGeometry | None:
    """Give where every station of 100 kV and more is: OpenStreetMap and imports promise none."""
    embedded = rewatt_curated.is_embedded(rewatt_curated.TABLES[LAYER_ID])
    areas = [rewatt_curated.read_coverage("grid")] if embedded else []
    if _STATIONS in used:
        areas.append(complete_in(used[_STATIONS].manifest))
    import shapely

    return shapely.union_all(areas) if areas else None


def _provenance(table: pd.DataFrame, used: dict[str, Version]) -> tuple[Provenance, ...]:
    """Say how many stations each source has a part in, the weightiest first."""
    embedded = rewatt_curated.TABLES[LAYER_ID]
    said = [Provenance(embedded, embedded.vintage, _rows(table, EMBEDDED))]
    for name, version in used.items():
        source, label = _described(name)
        rows = int(table["circuits"].notna().sum()) if label is None else _rows(table, label)
        manifest = version.manifest
        said.append(Provenance(source, manifest.vintage, rows, manifest.version))
    return tuple(sorted((one for one in said if one.rows), key=lambda one: -one.rows))


def _described(name: str) -> tuple[Source, str | None]:
    """Give a source and what it is called in `origin`; lines are behind circuits, not rows."""
    if name == _STATIONS:
        return hifld_substations.SOURCE, HIFLD
    if name == _LINES:
        return hifld_lines.SOURCE, None
    if name == _IMPORTED:
        return source_of(LAYER_ID), IMPORT
    return osm_power.SOURCE, OSM


def _rows(table: pd.DataFrame, label: str) -> int:
    return int(table["origin"].str.contains(rf"(?:^|; ){label} ").sum())
