"""Transmission lines of 220 kV and more: where a switching station could be cut in.

Lower ones are fetched too and counted at the stations that they end at, but are no layer: a
station cut into a 138 kV line carries too little to be looked for along every street.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from layers._base import STORAGE_CRS, Built, Column, Layer, Provenance, data_folder, sha256_of
from layers._imported import with_imported
from layers.sources import hifld_lines, osm_power, rewatt_curated

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from layers._store import Store, Version

RULES = 1
"""The edition of the rules by which lines are put together."""

COLUMNS = (
    Column("line_id", "text", "key", required=True, nullable=False, unique=True),
    Column(
        "region",
        "text",
        "the region that an embedded run lies in; blank: fetched or imported",
        allowed=("northern_indiana", "louisiana", "childress"),
    ),
    Column(
        "kv_class",
        "integer",
        "HIFLD's class by its usual voltage, kV: 230 is 220 to 287, 765 is 735 and more",
        minimum=1,
        maximum=1200,
    ),
)

_EMBEDDED = rewatt_curated.TABLES["transmission_lines"]
_LEAST_CLASS_KV = 230
COMPLETE_FOR = "220 kV and more"
"""What the coverage promises, and all that the layer holds: HIFLD's class 230 begins there."""
_OSM = osm_power.SOURCE.id


def build(store: Store) -> Built | None:
    """Give every run of line, EPSG:4326.

    Where HIFLD's lines were fetched they take the place of the embedded ones, which were made of
    them; of OpenStreetMap's lines those are added that run where no line of the class is drawn.
    """
    found = {name: store.version(name) for name in (hifld_lines.SOURCE.id, _OSM)}
    used = {name: version for name, version in found.items() if version is not None}
    return with_imported(_built(store, used), "transmission_lines", store)


def _built(store: Store, used: dict[str, Version]) -> Built | None:
    """Build the layer without imports."""
    import shapely

    embedded = _embedded()
    if not used:
        if embedded is None:
            return None
        line_area = rewatt_curated.read_coverage("line")
        return rewatt_curated.built("transmission_lines", embedded, line_area, COMPLETE_FOR)
    areas = [] if embedded is None else [rewatt_curated.read_coverage("line")]
    if hifld := used.get(hifld_lines.SOURCE.id):
        areas.append(rewatt_curated.complete_in(hifld.manifest))
    made_of = {name: version.manifest.version for name, version in used.items()}
    file = data_folder() / "transmission_lines.csv"
    embedded_hash = sha256_of(file) if file.is_file() else ""
    key = json.dumps([made_of, embedded_hash, RULES], sort_keys=True)
    table = store.derived("transmission_lines", key, lambda: _put_together(embedded, used))
    area = shapely.union_all(areas) if areas else None
    checked = rewatt_curated.is_pinned(_EMBEDDED) if embedded is not None else True
    said = _provenance(table, used)
    return Built(table, said, area, checked=checked, complete_for=COMPLETE_FOR)


def _embedded() -> GeoDataFrame | None:
    import geopandas as gpd
    import shapely

    if not rewatt_curated.is_embedded(_EMBEDDED):
        return None
    table = rewatt_curated.read("transmission_lines", COLUMNS)
    return gpd.GeoDataFrame(
        table.drop(columns="wkt"), geometry=shapely.from_wkt(table["wkt"]), crs=STORAGE_CRS
    )


def _put_together(embedded: GeoDataFrame | None, used: dict[str, Version]) -> GeoDataFrame:
    """Give the embedded lines outside what was fetched, HIFLD's, and OpenStreetMap's new ones."""
    import geopandas as gpd
    import pandas as pd

    from layers._drawn import already_drawn
    from layers._topology import of_osm

    parts = [] if embedded is None else [embedded]
    if hifld := used.get(hifld_lines.SOURCE.id):
        lines = hifld.table("lines")
        lines = lines.loc[lines["kv_class"] >= _LEAST_CLASS_KV, list(_KEPT)]
        area = rewatt_curated.complete_in(hifld.manifest)
        left = [_outside(one, area) for one in parts]
        # lines come whole, so one that leaves the area is drawn outside it too
        parts = [*(one[~already_drawn(one, lines)] for one in left), lines]
    if osm := used.get(_OSM):
        lines = osm.table("lines")
        lines = lines.assign(line_id=lines["osm_id"], kv_class=of_osm(lines)["kv_class"].to_numpy())
        lines = lines.loc[lines["kv_class"] >= _LEAST_CLASS_KV, list(_KEPT)]
        drawn = pd.concat([one[list(_KEPT)] for one in parts]) if parts else lines.iloc[:0]
        parts.append(lines[~already_drawn(lines, drawn)])
    table = pd.concat([one for one in parts if len(one)] or parts[:1], ignore_index=True)
    if "region" not in table:
        table["region"] = None
    order = [column.name for column in COLUMNS]
    return gpd.GeoDataFrame(table[[*order, "geometry"]], geometry="geometry", crs=STORAGE_CRS)


_KEPT = ("line_id", "kv_class", "geometry")


def _outside(lines: GeoDataFrame, area: BaseGeometry) -> GeoDataFrame:
    """Give the lines, or what is left of them, outside an area."""
    import shapely

    shapely.prepare(area)
    touched = shapely.intersects(area, lines.geometry.to_numpy())
    geometry = lines.geometry.to_numpy().copy()
    geometry[touched] = shapely.difference(geometry[touched], area)
    left = lines.set_geometry(geometry, crs=STORAGE_CRS)
    return left[~left.geometry.is_empty]


def _provenance(table: GeoDataFrame, used: dict[str, Version]) -> tuple[Provenance, ...]:
    """Say how many lines came from each source, the weightiest first."""
    embedded = table["region"].notna()
    osm = table["line_id"].str.startswith("way/") & ~embedded
    rows = {hifld_lines.SOURCE.id: int((~embedded & ~osm).sum()), _OSM: int(osm.sum())}
    said = [Provenance(_EMBEDDED, _EMBEDDED.vintage, int(embedded.sum()))]
    for name, version in used.items():
        source = osm_power.SOURCE if name == _OSM else hifld_lines.SOURCE
        manifest = version.manifest
        said.append(Provenance(source, manifest.vintage, rows[name], manifest.version))
    return tuple(sorted((one for one in said if one.rows), key=lambda one: -one.rows))


LAYER = Layer(
    id="transmission_lines",
    title=f"Transmission lines of {COMPLETE_FOR}",
    geometry="line",
    columns=COLUMNS,
    sources=(_EMBEDDED, hifld_lines.SOURCE, osm_power.SOURCE),
    build=build,
)
