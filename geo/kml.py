"""Writes rows as KML, for Google Earth: the same bytes every time, nothing of a row read as markup.

GDAL's drivers write one field as the description, and leave it to the caller to make that a table.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.rows import Row

_NAMESPACE = "http://www.opengis.net/kml/2.2"
_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""What XML 1.0 cannot hold (section 2.2)."""
_DESCRIBED = (
    "rank", "rank_low", "rank_high", "site_id", "operator", "state", "status", "score",
    "potential", "coverage", "energised_mw", "poi_name", "poi_kv", "poi_distance_km",
    "firm_mw_low", "firm_mw_high", "interconnection_usd_mid", "time_to_target_years_p50",
    "time_to_target_years_p90", "binding_constraint", "binding_reason", "source",
)  # fmt: skip
"""Columns of the balloon; the data of the placemark hold them all."""


def kml_text(rows: Iterable[Row], attribution: tuple[str, ...] = ()) -> str:
    """Give rows as a KML document.

    Parameters
    ----------
    rows
        With `lat` and `lon` in degrees, None where unknown: such a row has no point. `name`, or
        else `site_id`, is what the placemark is called; every other value that is known goes into
        its data, and some into its description, a table.
    attribution
        Whose data it rests on: the description of the document.
    """
    root = ET.Element("kml", xmlns=_NAMESPACE)
    document = ET.SubElement(root, "Document")
    _add(document, "name", "rewatt")
    if attribution:
        _add(document, "description", html.escape("\n".join(attribution)))
    for row in rows:
        _placemark(document, row)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _placemark(document: ET.Element, row: Row) -> None:
    mark = ET.SubElement(document, "Placemark")
    _add(mark, "name", row.get("name") or row.get("site_id") or "")
    lines = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{html.escape(_text(row[name]))}</td></tr>"
        for name in _DESCRIBED
        if row.get(name) is not None
    )
    # the description is HTML inside XML: escaped for the one here, for the other by the writer
    _add(mark, "description", f"<table>{lines}</table>")
    data = ET.SubElement(mark, "ExtendedData")
    for name, value in row.items():
        if value is not None and name != "name":  # a placemark is called so already
            _add(ET.SubElement(data, "Data", name=_clean(str(name))), "value", _text(value))
    if row.get("lat") is not None and row.get("lon") is not None:
        point = ET.SubElement(mark, "Point")
        _add(point, "coordinates", f"{_text(row['lon'])},{_text(row['lat'])}")


def _add(parent: ET.Element, tag: str, text: object) -> None:
    ET.SubElement(parent, tag).text = _clean(str(text))


def _text(value: object) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _clean(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
