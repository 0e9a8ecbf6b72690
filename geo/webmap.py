"""One map that needs no network: Leaflet, our script and the data, in one file or in the app."""

from __future__ import annotations

import base64
import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import xyzservices.providers

from geo.mapdata import map_data

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.rows import Row
    from layers import Layers

_LEAFLET = "js_lib_leaflet"
"""The installed package that carries Leaflet itself, looked up at run time."""

_USGS = xyzservices.providers.USGS
_BASEMAPS = (
    ("Light: USGS topographic map", _USGS.USTopo, True, False),
    ("Dark: the same, darkened", _USGS.USTopo, True, True),
    ("Satellite: USGS imagery with names", _USGS.USImageryTopo, False, False),
)
"""The national map: public domain, no key, no limit stated, and it answers pages from a file."""

_SCRIPTS = ("_marks", "_ground", "_still", "_sites", "_tools", "")
"""The parts of the script, in the order in which they need each other."""

_TITLE = "Map of the ranked sites and the grid around them"
_ALONE = (
    'rewattMap(document.getElementById("map"), window.data, {'
    'dark: matchMedia("(prefers-color-scheme: dark)").matches,'
    " tools: {}, tell() {}, bring: null})"
)


def as_json(data: Row) -> str:
    """Write data as a script may hold it: nothing in it can end the script."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # a "<" could end the script element, and the others are line ends to old engines
    for sign in ("<", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def map_html(
    assessment: Assessment,
    layers: Layers,
    *,
    box: tuple[float, float, float, float] | None = None,
) -> str:
    """Draw an assessment as one HTML page that asks no other file.

    Parameters
    ----------
    assessment
        The sites to show; those without a point cannot be.
    layers
        What to draw around them, by id; a layer that is absent is left out.
    box
        West, south, east, north of a region to outline.

    Returns
    -------
    html
        The same bytes for the same input. With a network a basemap shows; without, state
        outlines and names stand in.
    """
    data = map_data(assessment, layers, box) | {"basemaps": basemaps()}
    watch = (
        'matchMedia("(prefers-color-scheme: dark)")'
        '.addEventListener("change", (event) => drawn.darken(event.matches));'
    )
    start = f"window.data={as_json(data)};const drawn={_ALONE};window.map=drawn.map;{watch}"
    return _page(start)


def component_html() -> str:
    """Give the page that the app frames: it draws what the app sends it."""
    return _page((files("geo") / "webmap_component.js").read_text(encoding="utf-8"))


def basemaps() -> list[Row]:
    """Give the basemaps that the map offers where a network answers."""
    return [
        {
            "title": title,
            "url": one.build_url(),
            "probe": one.build_url(z=0, x=0, y=0),
            "attribution": one.html_attribution,
            "maxZoom": one.max_zoom,
            "usual": usual,
            "darkened": darkened,
        }
        for title, one, usual, darkened in _BASEMAPS
    ]


def _page(start: str) -> str:
    own = files("geo")
    leaflet = (_leaflet() / "leaflet.js").read_text(encoding="utf-8")
    leaflet = re.sub(r"//# sourceMappingURL=.*", "", leaflet)
    parts = [(own / f"webmap{one}.js").read_text(encoding="utf-8") for one in _SCRIPTS]
    style = _leaflet_style() + (own / "webmap.css").read_text(encoding="utf-8")
    script = "\n".join([leaflet, *parts, start])
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>rewatt</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
        f'<h1 class="rw-unseen">{_TITLE}</h1>\n'
        f'<div id="map" role="region" aria-label="{_TITLE}"></div>\n'
        '<p id="status" role="status"></p>\n'
        f"</main>\n<script>{script}</script>\n</body>\n</html>\n"
    )


def _leaflet() -> Any:  # noqa: ANN401
    return files(_LEAFLET) / "static" / _LEAFLET


def _leaflet_style() -> str:
    def embedded(match: re.Match[str]) -> str:
        image = (_leaflet() / "images" / match[1]).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(image).decode()})"

    style = (_leaflet() / "leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\(images/([\w.-]+)\)", embedded, style)
