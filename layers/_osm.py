"""Elements of OpenStreetMap to tables: stations, lines and data centres, each once.

An element counts once however often it came. Two elements for one thing are one row:

- a relation and the way that is its outer ring, both tagged alike: the relation stays;
- a node inside an area of the same kind that contradicts it in nothing (name, reference, kind of
  station, voltage, for data centres the operator): the area stays, and takes from the node what
  it does not say itself. An area inside an area is left alone: stations stand beside each other.

Areas become a point inside them. What is not kept is refused, with its reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers._base import STORAGE_CRS
from layers._osm_read import SITE_KINDS, Feature, kinds_of
from layers._printable import printable
from layers._voltage import Voltage, read_voltage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

KINDS = ("substations", "lines", "data_centers")
"""The tables."""

_TAKEN = {
    "substations": ("name", "operator", "ref", "substation", "voltage"),
    "data_centers": ("name", "operator"),
}
"""What an area takes from the node or ring that says the same, where it does not say it."""
_TELLING = {
    "substations": ("name", "ref", "substation"),
    "data_centers": ("name", "operator"),
}
"""In what two elements for one thing must not contradict each other, beside the voltage."""
_GONE = ("disused", "abandoned", "demolished", "razed")
_THREE_PHASE_HZ = ("", "50", "60")
_COUNT = re.compile(r"[1-9][0-9]?")


@dataclass(slots=True)
class Refusals:
    """Rows that are not kept, with the reason."""

    rows: list[tuple[str, str]] = field(default_factory=list)

    def add(self, feature: Feature, reason: str) -> None:
        """Refuse an element."""
        self.rows.append((feature.osm_id, reason))

    def table(self) -> pd.DataFrame:
        """Give columns `row` and `reason`."""
        return pd.DataFrame(self.rows, columns=["row", "reason"], dtype=str)


def tables(
    features: Iterable[Feature], area: BaseGeometry | None
) -> tuple[dict[str, GeoDataFrame], int, pd.DataFrame]:
    """Give the tables.

    Parameters
    ----------
    features
        Each element once.
    area
        Only what meets it is kept, whole, EPSG:4326; ``None``: everything.

    Returns
    -------
    tables
        `substations`, `lines` and `data_centers`, EPSG:4326, index 0..n-1.
    rows_in
        Elements that are for a table; one for two tables counts twice.
    refused
        Columns `row` and `reason`: all others of them.
    """
    every = list(features)
    refused = Refusals()
    found: dict[str, GeoDataFrame] = {}
    rows_in = 0
    if area is not None:
        shapely.prepare(area)
    make = {"substations": _substations, "lines": _lines, "data_centers": _data_centers}
    for kind in KINDS:
        mine = [one for one in every if kind in kinds_of(one.tags)]
        rows_in += len(mine)
        reasons = [_why_not(one, kind, area) for one in mine]
        refused.rows += [(one.osm_id, why) for one, why in zip(mine, reasons, strict=True) if why]
        kept = [one for one, why in zip(mine, reasons, strict=True) if not why]
        if kind in SITE_KINDS:
            kept = _without_nodes(_without_rings(kept, kind, refused), kind, refused)
        found[kind] = make[kind](kept)
    return found, rows_in, refused.table()


def _why_not(feature: Feature, kind: str, area: BaseGeometry | None) -> str | None:
    """Say why an element is no row; None where it is one."""
    power, shape = feature.tags.get("power"), feature.geometry
    gone = [key for key in _GONE if feature.tags.get(key) == "yes"]
    is_line = shape.geom_type in ("LineString", "MultiLineString")
    reasons = {
        "power=minor_line: distribution": kind == "lines" and power == "minor_line",
        "power=station: used for substations and for power stations alike": (
            kind == "substations" and power == "station"
        ),
        f"{''.join(gone[:1])}=yes: no longer in use": bool(gone),
        "no shape: parts are missing, or they make none": shape.is_empty,
        "a line must be a way": kind == "lines" and not is_line,
        "outside the area asked for": area is not None and not shapely.intersects(area, shape),
    }
    return next((reason for reason, is_so in reasons.items() if is_so), None)


def _without_rings(features: list[Feature], kind: str, refused: Refusals) -> list[Feature]:
    """Merge ways into the relations whose outer rings they are."""
    by_id = {one.osm_id: one for one in features}
    for relation in features:
        for ring in relation.outer:
            way = by_id.get(ring)
            if way is not None and _agree(relation, way, kind):
                by_id[relation.osm_id] = _with_tags_of(by_id[relation.osm_id], way, kind)
                refused.add(by_id.pop(ring), "the same as the relation whose outer ring it is")
    return list(by_id.values())


def _without_nodes(features: list[Feature], kind: str, refused: Refusals) -> list[Feature]:
    """Merge nodes into the areas that they lie in and say the same of."""
    areas = [i for i, one in enumerate(features) if one.geometry.area > 0]
    nodes = [i for i, one in enumerate(features) if one.osm_id.startswith("node/")]
    tree = shapely.STRtree([features[i].geometry for i in areas])
    places = np.array([features[i].geometry for i in nodes], dtype=object)
    pairs = tree.query(places, predicate="intersects").T
    gone: set[int] = set()
    for node, area in sorted((nodes[i], areas[k]) for i, k in pairs.tolist()):
        if node not in gone and _agree(features[area], features[node], kind):
            gone.add(node)
            features[area] = _with_tags_of(features[area], features[node], kind)
            refused.add(features[node], "the same as the area that it lies in")
    return [one for i, one in enumerate(features) if i not in gone]


def _agree(one: Feature, other: Feature, kind: str) -> bool:
    """Tell whether two elements contradict each other in nothing."""
    said = [(one.tags.get(key), other.tags.get(key)) for key in _TELLING[kind]]
    if any(a and b and a.strip().casefold() != b.strip().casefold() for a, b in said):
        return False
    levels = [set(read_voltage(each.tags.get("voltage")).levels_kv) for each in (one, other)]
    return not all(levels) or bool(levels[0] & levels[1])


def _with_tags_of(one: Feature, other: Feature, kind: str) -> Feature:
    taken = {key: other.tags[key] for key in _TAKEN[kind] if other.tags.get(key)}
    return replace(one, tags={**taken, **one.tags})


def _columns(features: list[Feature], *keys: str) -> dict[str, pd.Series]:
    """Give the id and these tags as columns; missing where the tag is not there or is blank."""
    found = {"osm_id": pd.Series([one.osm_id for one in features], dtype=object)}
    for key in keys:
        cells = [printable(one.tags.get(key) or "").strip() or None for one in features]
        found[key] = pd.Series(cells, dtype=object)
    return found


def _points(features: list[Feature], table: dict[str, pd.Series]) -> GeoDataFrame:
    """Give a table with a point of each element: a node's own, else one inside the area."""
    import geopandas as gpd

    shapes = np.array([one.geometry for one in features], dtype=object)
    points = shapely.point_on_surface(shapes)
    table["lat"] = pd.Series(shapely.get_y(points), dtype=float)
    table["lon"] = pd.Series(shapely.get_x(points), dtype=float)
    return gpd.GeoDataFrame(table, geometry=points, crs=STORAGE_CRS)


def _substations(features: list[Feature]) -> GeoDataFrame:
    voltages = [read_voltage(one.tags.get("voltage")) for one in features]
    table = _columns(features, "name", "operator", "ref", "substation", "voltage")
    table["max_kv"] = pd.Series([one.max_kv for one in voltages], dtype=float)
    table["min_kv"] = pd.Series([one.min_kv for one in voltages], dtype=float)
    return _points(features, table)


def _data_centers(features: list[Feature]) -> GeoDataFrame:
    table = _columns(features, "name", "operator")
    sizes = [footprint_m2(one.geometry) for one in features]
    table["footprint_m2"] = pd.Series(sizes, dtype=float)
    return _points(features, table)


def footprint_m2(shape: BaseGeometry) -> float:
    """Give the area of a shape on the WGS84 ellipsoid, m2, holes left out; NaN if it has none.

    Geodesic polygon area after Karney (2013), Algorithms for geodesics, as PROJ reckons it.
    """
    from pyproj import Geod

    if not shape.area:
        return float("nan")
    return abs(
        float(Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(shape))[0])
    )


def _lines(features: list[Feature]) -> GeoDataFrame:
    import geopandas as gpd

    voltages = [read_voltage(one.tags.get("voltage")) for one in features]
    table = _columns(features, "voltage", "cables", "operator", "name")
    table["kv"] = pd.Series([one.max_kv for one in voltages], dtype=float)
    counts = [circuits(one.tags, kv) for one, kv in zip(features, voltages, strict=True)]
    table["circuits"] = pd.Series(counts, dtype=float)
    table["location"] = pd.Series([_location(one) for one in features], dtype=object)
    shapes = np.array([one.geometry for one in features], dtype=object)
    return gpd.GeoDataFrame(table, geometry=shapes, crs=STORAGE_CRS)


def _location(feature: Feature) -> str | None:
    """Say where a line runs: `power=line` is overhead; a cable is underground unless it is told."""
    if feature.tags.get("power") == "line":
        return "overhead"
    return "underground" if feature.tags.get("location", "underground") == "underground" else None


def circuits(tags: Mapping[str, str], voltage: Voltage) -> float:
    """Count the circuits of a line at its highest voltage, as far as the tags say.

    `circuits` counts before `cables`; three cables are one circuit of a three-phase line
    (wiki.openstreetmap.org/wiki/Key:cables), so other frequencies are not reckoned. On a line with
    several voltages a count is of use only where it is listed by voltage (``cables=6;3``), or
    where the voltages are listed by circuit (``voltage=110000;110000;66000`` with `circuits=3`).

    Returns
    -------
    circuits
        NaN: not known.
    """
    counts = _counts(tags.get("circuits"))
    if counts is None and tags.get("frequency", "") in _THREE_PHASE_HZ:
        cables = _counts(tags.get("cables"))
        if cables is not None and all(one % 3 == 0 for one in cables):
            counts = [one // 3 for one in cables]
    if counts is None:
        return float("nan")
    entries = voltage.entries_kv
    if len(voltage.levels_kv) < 2 and (voltage.whole or not entries):
        return float(sum(counts))
    if len(counts) == 1 and counts[0] == len(entries):
        counts = [1] * len(entries)
    if len(counts) != len(entries) or not voltage.whole:
        return float("nan")
    top = max(entries)
    return float(sum(n for n, kv in zip(counts, entries, strict=True) if kv == top))


def _counts(tag: str | None) -> list[int] | None:
    """Read a list of small whole numbers; None where it is anything else."""
    parts = [part.strip() for part in (tag or "").split(";")]
    return [int(part) for part in parts] if all(map(_COUNT.fullmatch, parts)) else None
