"""One map that needs no network: a folium map, with Leaflet, our script and the data inside."""

from __future__ import annotations

import base64
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import folium
from branca.element import Figure
from folium.template import Template

from geo.basemaps import basemaps
from geo.mapdata import map_data
from geo.mapfiles import as_json, write_once

if TYPE_CHECKING:
    from pathlib import Path

    from geo.assess import Assessment
    from layers import Layers

_LEAFLET = "js_lib_leaflet"
"""The installed package that carries Leaflet itself, looked up at run time."""

_SCRIPTS = ("_marks", "_ground", "_still", "_sites", "_tools", "")
"""The parts of the script, in the order in which they need each other."""

_ALONE = (
    "const dark = matchMedia('(prefers-color-scheme: dark)');"
    "const drawn = rewattMap(foliumMap(), window.data, {"
    " dark: dark.matches, tools: {}, tell() {}, bring: null });"
    "window.map = drawn.map;"
    "dark.addEventListener('change', (event) => drawn.darken(event.matches));"
)


class _Map(folium.Map):  # type: ignore[misc] # folium ships no types
    """folium's map under a name that never changes, with nothing to fetch."""

    default_js = ()
    default_css = ()

    def get_name(self) -> str:
        return "map_of_sites"


class _Page(Figure):  # type: ignore[misc] # branca ships no types
    """folium's page with a language, a heading and a line that says what is going on.

    Leaflet, our script and the data are put in as they are: branca takes whatever is added to a
    page for a template, and a name in a table may look like one.
    """

    _template = Template(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>rewatt</title>\n'
        "{{ this.header.render(**kwargs) }}\n"
        "<style>{{ this.style }}</style>\n{{ this.library }}\n"
        '</head>\n<body>\n<main>\n<h1 class="rw-unseen" id="title">{{ this.title }}</h1>\n'
        "{{ this.html.render(**kwargs) }}\n"
        '<p id="status" role="status"></p>\n</main>\n'
        "<script>\nfunction foliumMap() {\n{{ this.script.render(**kwargs) }}\n"
        "return {{ this.map.get_name() }};\n}\n{{ this.start }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, library: str, start: str) -> None:
        super().__init__(title="Map of the ranked sites and the grid around them")
        self.library = library
        self.start = start
        self.style = _style()
        self.map = _Map(
            location=(39, -96),
            zoom_start=4,
            tiles=None,
            control_scale=True,
            prefer_canvas=True,
            zoom_snap=0.25,
            track_resize=False,
            minZoom=2,  # folium's own `min_zoom` is of its tiles alone
        ).add_to(self)

    def text(self) -> str:
        """Write the page, such that a reader may enlarge it, which folium forbids."""
        viewport = r'(?<=<meta name="viewport" content=")[^"]*'
        return re.sub(viewport, "width=device-width, initial-scale=1", self.render(), count=1)


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
    start = f"window.data={as_json(data)};{_ALONE}"
    return _Page(f"<script>{_library()}</script>", start).text()


def component_folder(folder: Path) -> None:
    """Write the page that the app frames: it draws what the app sends it.

    Parameters
    ----------
    folder
        Where to. The page is `index.html`, which Streamlit has a browser ask twice and keep not
        at all; so what is large in it is a file of its own.
    """
    library = f'<script src="{write_once(_library(), "js", folder)}"></script>'
    start = (files("geo") / "webmap_component.js").read_text(encoding="utf-8")
    (folder / "index.html").write_text(_Page(library, start).text(), encoding="utf-8")


def _library() -> str:
    leaflet = (_leaflet() / "leaflet.js").read_text(encoding="utf-8")
    parts = [(files("geo") / f"webmap{one}.js").read_text(encoding="utf-8") for one in _SCRIPTS]
    return "\n".join([re.sub(r"//# sourceMappingURL=.*", "", leaflet), *parts])


def _leaflet() -> Any:  # noqa: ANN401
    return files(_LEAFLET) / "static" / _LEAFLET


def _style() -> str:
    def embedded(match: re.Match[str]) -> str:
        image = (_leaflet() / "images" / match[1]).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(image).decode()})"

    leaflet = (_leaflet() / "leaflet.css").read_text(encoding="utf-8")
    own = (files("geo") / "webmap.css").read_text(encoding="utf-8")
    return re.sub(r"url\(images/([\w.-]+)\)", embedded, leaflet) + own
