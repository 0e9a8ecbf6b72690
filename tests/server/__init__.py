"""A real local HTTP server that speaks the dialects of the sources which `rewatt fetch` asks.

It serves real rows where the environment variable REWATT_TEST_DATA names the folder of public
data, else the embedded tables and what is labelled synthetic here. It can misbehave: see
`Server.misbehave`. It is part of the tests and never of the package.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from . import arcgis, arcgis_rows, osm_elements, overpass, peeringdb, ranges, workbook
from .serving import Server

EMBEDDED = Path(__file__).parents[2] / "data"
PATHS = {
    "hifld_substations": (
        "/HDRa0B57OVrv2E1q/ArcGIS/rest/services/Electric_Substations/FeatureServer/0"
    ),
    "hifld_substations_text": (
        "/PMShNXB1carltgVf/arcgis/rest/services/Electric_Substations/FeatureServer/0"
    ),
    "hifld_lines": (
        "/FiaPA4ga0iQKduv3/arcgis/rest/services/US_Electric_Power_Transmission_Lines"
        "/FeatureServer/0"
    ),
    "eia_pipelines": (
        "/FiaPA4ga0iQKduv3/arcgis/rest/services/Natural_Gas_Interstate_and_Intrastate_Pipelines_1"
        "/FeatureServer/0"
    ),
    "osm_power": "/api",
    "eia_860m": "/electricity/data/eia860m/xls/{month}_generator{YYYY}.xlsx",
    "terrain": "/copernicus",
    "peeringdb": "/api/fac",
    "dead": "/gone/ArcGIS/rest/services/Electric_Substations/FeatureServer/0",
}
"""Where each source is on the server: the paths of the real services behind another host."""


def data_folder() -> Path | None:
    """Give the folder of public data; None where this machine has none."""
    folder = os.environ.get("REWATT_TEST_DATA")
    return Path(folder) if folder and Path(folder).is_dir() else None


def start(
    data: Path | None = None,
    *,
    port: int = 0,
    boxes: tuple[arcgis_rows.Box, ...] | None = arcgis_rows.REGIONS,
    limit: int | None = None,
) -> Server:
    """Start the server.

    Parameters
    ----------
    data
        The folder of public data; None: the embedded tables.
    boxes
        West, south, east, north: where ArcGIS rows are served; None: nationwide.
    limit
        At most so many rows per ArcGIS layer.
    """
    elements = cache(lambda: [*osm_elements.power(), *osm_elements.data_centres(data)])
    dialects = [
        arcgis.dialect(_arcgis_layers(data, boxes, limit)),
        overpass.dialect(elements),
        ranges.dialect(data, EMBEDDED),
        workbook.dialect(EMBEDDED),
        peeringdb.answer,
    ]
    return Server(dialects, PATHS, port).start()


def _arcgis_layers(data, boxes, limit):
    """Give the layers by the path of their service, each made when it is first asked for."""

    def kept(rows, fields):
        return arcgis_rows.numbered(arcgis_rows.within(rows, boxes)[:limit], fields)

    @cache
    def substations():
        rows = arcgis_rows.substation_rows(data, EMBEDDED)
        return kept(rows, arcgis_rows.SUBSTATION_FIELDS)

    @cache
    def lines():
        rows = arcgis_rows.line_rows(data, EMBEDDED)
        return arcgis_rows.lines(kept(rows, arcgis_rows.LINE_FIELDS))

    @cache
    def pipelines():
        rows = arcgis_rows.pipeline_rows(data)
        return arcgis_rows.pipelines(kept(rows, arcgis_rows.PIPELINE_FIELDS))

    made = {
        "hifld_substations": cache(lambda: arcgis_rows.substations(substations(), as_text=False)),
        "hifld_substations_text": cache(
            lambda: arcgis_rows.substations(substations(), as_text=True)
        ),
        "hifld_lines": lines,
        "eia_pipelines": pipelines,
    }
    return {PATHS[name].removesuffix("/FeatureServer/0")[1:]: make for name, make in made.items()}
