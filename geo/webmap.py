"""One map that needs no network: folium, with Leaflet and all data inside the file."""

from __future__ import annotations

import base64
import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import folium
import xyzservices.providers
from branca.element import MacroElement
from jinja2 import Template

from geo.mapdata import map_data

if TYPE_CHECKING:
    from geo.assess import Assessment
    from layers import Layers

_LEAFLET = "js_lib_leaflet"
"""The installed package that carries Leaflet itself, looked up at run time."""

_BASEMAP = xyzservices.providers.USGS.USTopo
"""The national map: public domain, no key, and it answers pages opened from a file."""


_DATA = "REWATT_DATA"
"""Stands for the data until folium has rendered: it takes what it renders for templates."""


class _Drawing(MacroElement):  # type: ignore[misc] # folium ships no types
    """Our own script, called once folium has made the map."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        f"rewattMap({{{{ this._parent.get_name() }}}}, {_DATA});"
        "{% endmacro %}"
    )


def _as_script(data: dict[str, Any]) -> str:
    """Write data as a script holds it: nothing in it can end the script."""
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
    keep: str | None = None,
    focus: str | None = None,
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
    keep
        Under which name the page remembers its view and its open layers for the browser
        session; ``None``: it does not.
    focus
        A site to fly to.

    Returns
    -------
    html
        The same bytes for the same input. With a network a basemap shows; without, state
        outlines stand in.
    """
    data = map_data(assessment, layers, box)
    data |= {"keep": keep, "focus": focus, "basemap": _basemap()}
    drawn = folium.Map(
        tiles=None,
        control_scale=True,
        prefer_canvas=True,
        zoom_start=4,
        location=(39, -96),
        zoom_snap=0.5,
    )
    _Drawing().add_to(drawn)
    page = drawn.get_root()
    page.title = "rewatt"
    html = _inlined(_fixed_names(page.render()))
    before, after = html.rsplit(_DATA, 1)
    return before + _as_script(data) + after


def _basemap() -> dict[str, str | int]:
    url = _BASEMAP.build_url()
    probe = url.replace("{s}", "a").replace("{z}", "0").replace("{x}", "0").replace("{y}", "0")
    return {
        "url": url,
        "probe": probe,
        "attribution": _BASEMAP.html_attribution,
        "maxZoom": _BASEMAP.max_zoom,
    }


def _inlined(html: str) -> str:
    """Put Leaflet, our script and our style in the place of every file that folium links to."""
    html = re.sub(r'\s*<script src="[^"]*"></script>', "", html)
    html = re.sub(r'\s*<link rel="stylesheet" href="[^"]*"\s*/?>', "", html)
    own = files("geo")
    style = _leaflet_style() + (own / "webmap.css").read_text(encoding="utf-8")
    leaflet = (_leaflet() / "leaflet.js").read_text(encoding="utf-8")
    leaflet = re.sub(r"//# sourceMappingURL=.*", "", leaflet)
    script = leaflet + "\n" + (own / "webmap.js").read_text(encoding="utf-8")
    head = f"<style>{style}</style>\n<script>{script}</script>\n</head>"
    html = html.replace("<html>", '<html lang="en">', 1)
    return html.replace("</head>", head, 1)


def _leaflet() -> Any:  # noqa: ANN401
    return files(_LEAFLET) / "static" / _LEAFLET


def _leaflet_style() -> str:
    def embedded(match: re.Match[str]) -> str:
        image = (_leaflet() / "images" / match[1]).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(image).decode()})"

    style = (_leaflet() / "leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\(images/([\w.-]+)\)", embedded, style)


def _fixed_names(html: str) -> str:
    """Replace the random names that folium gives by numbers, so that the bytes never change."""
    names = {
        name: str(place)
        for place, name in enumerate(dict.fromkeys(re.findall(r"(?<=_)[0-9a-f]{32}", html)))
    }
    return re.sub(r"(?<=_)[0-9a-f]{32}", lambda match: names[match[0]], html)
