"""Elements of OpenStreetMap with their tags and shapes, from Overpass JSON or from a PBF extract.

Overpass JSON carries nodes, ways and relations apart; **osmnx** puts them together. It reads
files through its public `features_from_xml`, so the elements are handed to it as OSM XML, each
once, however many answers it came in. A PBF extract is put together by **pyosmium**'s area
handler. Both know what a multipolygon is.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from osmium.osm.types import OSMEntity
    from shapely.geometry.base import BaseGeometry

SUBSTATION_TAGS = ("substation", "sub_station", "station")
"""Values of `power` for a station: today's, the one before it, and one that was used for power
stations as well (wiki.openstreetmap.org/wiki/Tag:power=sub_station)."""

LINE_TAGS = ("line", "cable")
"""Values of `power` for a line of the grid; `minor_line` is distribution."""

SITE_KINDS = ("substations", "data_centers")
"""What stands on a piece of ground: a closed way of it is an area."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Feature:
    """One tagged element.

    Attributes
    ----------
    osm_id
        Kind and number, for instance ``way/123``.
    tags
        Every tag as it stands.
    geometry
        Point, line or area in EPSG:4326; empty where it could not be put together.
    outer
        The ways that are the outer rings of a relation.
    """

    osm_id: str
    tags: Mapping[str, str]
    geometry: BaseGeometry
    outer: tuple[str, ...] = ()


def kinds_of(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Tell which tables an element is for: `substations`, `lines`, `data_centers`, or none.

    A data centre is `telecom=data_center`, the approved tag, or `building=data_center`.
    """
    power = tags.get("power")
    site = "data_center" in (tags.get("telecom"), tags.get("building"))
    found = {
        "substations": power in SUBSTATION_TAGS,
        "lines": power in (*LINE_TAGS, "minor_line"),
        "data_centers": site,
    }
    return tuple(kind for kind, is_one in found.items() if is_one)


def read_overpass(documents: Iterable[Mapping[str, Any]]) -> list[Feature]:
    """Read the answers of an Overpass server.

    Parameters
    ----------
    documents
        Parsed JSON with `elements`, with nodes (``out;``) or with centres (``out center;``). An
        element in several answers counts once, as it came last.

    Returns
    -------
    features
        Every element that is for a table, by kind and number.
    """
    elements = {
        f"{one['type']}/{one['id']}": one
        for document in documents
        for one in document["elements"]
        if one["type"] in ("node", "way", "relation")
    }
    tagged = {key: one for key, one in elements.items() if kinds_of(one.get("tags", {}))}
    shapes = _shapes_by_osmnx(elements, tagged) if tagged else {}
    return [
        Feature(key, one["tags"], shapes.get(key) or _centre(one), _outer_rings(one))
        for key, one in sorted(tagged.items(), key=_by_number)
    ]


def _by_number(item: tuple[str, object]) -> tuple[str, int]:
    kind, _, number = item[0].partition("/")
    return kind, int(number)


def _centre(element: Mapping[str, Any]) -> BaseGeometry:
    """Give the centre that Overpass states of an element, where it gives nothing more."""
    centre = element.get("center")
    return shapely.Point(centre["lon"], centre["lat"]) if centre else shapely.Point()


def _outer_rings(element: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"way/{member['ref']}"
        for member in element.get("members", [])
        if member["type"] == "way" and member["role"] in ("outer", "")
    )


def _shapes_by_osmnx(
    elements: Mapping[str, Mapping[str, Any]], tagged: Mapping[str, Mapping[str, Any]]
) -> dict[str, BaseGeometry]:
    """Let osmnx put the tagged elements together; what it cannot is not in the answer."""
    import osmnx

    root = ET.Element("osm", version="0.6")
    for key, one in elements.items():
        if one["type"] == "way" and "nodes" not in one:
            continue  # it came with a centre alone
        root.append(_to_xml(one, tagged=key in tagged))
    asked: dict[str, bool | str | list[str]] = {"power": True, "telecom": True, "building": True}
    with TemporaryDirectory(prefix="rewatt-") as folder:
        path = Path(folder) / "elements.osm"
        ET.ElementTree(root).write(path, encoding="utf-8")
        try:
            found = osmnx.features.features_from_xml(path, tags=asked)
        except ValueError as error:  # osmnx says so where no element has a shape
            _LOG.debug("osmnx put nothing together: %s", error)
            return {}
    return {f"{kind}/{number}": shape for (kind, number), shape in found.geometry.items()}


def _to_xml(element: Mapping[str, Any], *, tagged: bool) -> ET.Element:
    """Give one element with the tags that decide about its shape, and no others.

    A closed way of a site is an area, which osmnx knows of `power=substation` and of buildings
    only: it is told so by `area=yes`.
    """
    attributes = {key: str(element[key]) for key in ("id", "lat", "lon") if key in element}
    found = ET.Element(element["type"], attributes)
    for node in element.get("nodes", []):
        ET.SubElement(found, "nd", ref=str(node))
    for member in element.get("members", []):
        ET.SubElement(found, "member", {key: str(member[key]) for key in ("type", "ref", "role")})
    tags = element.get("tags", {})
    kept = {key: tags[key] for key in ("type", "area") if key in tags}
    if tagged:
        kept = {"power": "mapped", **({"area": "yes"} if _is_site(tags) else {}), **kept}
    for key, value in kept.items():
        ET.SubElement(found, "tag", k=key, v=value)
    return found


def read_pbf(path: Path) -> list[Feature]:
    """Read a PBF extract.

    Parameters
    ----------
    path
        The file; nodes before ways before relations, as extracts are.

    Returns
    -------
    features
        Every element that is for a table, by kind and number. A way or relation whose parts are
        not in the file, or make no shape, has an empty geometry.

    Raises
    ------
    ValueError
        If the file is no PBF extract, or is cut short.
    """
    import osmium

    found: dict[str, Feature] = {}
    areas: dict[str, BaseGeometry] = {}
    tags = osmium.filter.KeyFilter("power", "telecom", "building")
    reader = osmium.FileProcessor(path).with_locations().with_areas(tags).with_filter(tags)
    try:
        for one in reader:
            if isinstance(one, osmium.osm.Area):
                kind = "way" if one.from_way() else "relation"
                areas[f"{kind}/{one.orig_id()}"] = _shape(one)
            elif kinds_of(dict(one.tags)):
                feature = _feature(one)
                found[feature.osm_id] = feature
    except RuntimeError as error:  # how pyosmium says that a file is broken
        msg = f"{path.name} cannot be read as an OpenStreetMap extract: {error}"
        raise ValueError(msg) from error
    return [
        replace(one, geometry=areas[key]) if key in areas and _is_site(one.tags) else one
        for key, one in sorted(found.items(), key=_by_number)
    ]


def _is_site(tags: Mapping[str, str]) -> bool:
    """Tell whether a closed way of it is an area: it stands on a piece of ground."""
    return any(kind in SITE_KINDS for kind in kinds_of(tags))


def _feature(one: OSMEntity) -> Feature:
    """Give a node, way or relation as a feature; a relation without its shape."""
    import osmium.osm

    kind = {"n": "node", "w": "way", "r": "relation"}[one.type_str()]
    outer = tuple(
        f"way/{member.ref}"
        for member in (one.members if isinstance(one, osmium.osm.Relation) else ())
        if member.type == "w" and member.role in ("outer", "")
    )
    return Feature(f"{kind}/{one.id}", dict(one.tags), _shape(one), outer)


def _shape(one: OSMEntity) -> BaseGeometry:
    """Give the shape of a node, way or area; empty where there is none."""
    import osmium

    factory = osmium.geom.WKBFactory()
    make: Mapping[str, Callable[[Any], str]] = {
        "n": factory.create_point,
        "w": factory.create_linestring,
        "a": factory.create_multipolygon,
    }
    try:
        kind = one.type_str()
        return _from_wkb(make[kind](one)) if kind in make else shapely.Point()
    except (osmium.InvalidLocationError, RuntimeError, ValueError):  # nodes missing, or all at one
        return shapely.Point()


def _from_wkb(text: str) -> BaseGeometry:
    shape: BaseGeometry = shapely.from_wkb(text)
    return shape
