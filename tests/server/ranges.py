"""Files by range, as an object store serves them: terrain tiles and other rasters.

A Copernicus tile is made when it is first asked for, at 3 arc-seconds instead of 1, and is
tagged as synthetic. Its surface rises to the north alone, by so many metres per metre of
meridian on the WGS84 ellipsoid, so its slope is known everywhere: `slope_percent`.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from .messages import Reply, not_found, of_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .messages import Asked

CELLS = 1200
SLOPES = {"N34_00_W101": 2.0, "N34_00_W100": 6.0, "N33_00_W101": 0.5, "N33_00_W100": 12.0}
"""Percent; other tiles on land have 1."""
TILE = re.compile(
    r"/copernicus/(?P<name>Copernicus_DSM_COG_10_(?P<cell>[NS]\d\d_00_[EW]\d{3})_00_DEM)/(?P=name)\.tif"
)
RASTER = re.compile(r"/rasters/(?P<name>[\w.-]+\.tif)")
SPAN = re.compile(r"bytes=(\d*)-(\d*)")
MISSING = """<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"""


def slope_percent(lat: float, lon: float) -> float:
    """Give the slope that the tile under a point has."""
    south, west = int(np.floor(lat)), int(np.floor(lon))
    return SLOPES.get(_cell(south, west), 1.0)


def _cell(south: int, west: int) -> str:
    ns, ew = "N" if south >= 0 else "S", "E" if west >= 0 else "W"
    return f"{ns}{abs(south):02d}_00_{ew}{abs(west):03d}"


def dialect(data: Path | None, embedded: Path) -> Callable[[Asked], Reply | None]:
    """Answer for tiles on land in the United States and for the public rasters."""

    @cache
    def land() -> shapely.Geometry:
        return gpd.read_file(embedded / "us_states.geojson").union_all()

    def answer(asked: Asked) -> Reply | None:
        if found := TILE.fullmatch(asked.path):
            south, west = _corner(found["cell"])
            box = shapely.box(west, south, west + 1, south + 1)
            if not shapely.intersects(land(), box):
                return of_text(MISSING, 404, "application/xml")
            return ranged(asked, _tile(south, west))
        if asked.path.startswith("/copernicus/"):
            return of_text(MISSING, 404, "application/xml")
        if (found := RASTER.fullmatch(asked.path)) is None:
            return None
        path = data / "rasters" / found["name"] if data else None
        return ranged(asked, path.read_bytes()) if path and path.is_file() else not_found()

    return answer


def ranged(asked: Asked, content: bytes) -> Reply:
    """Answer with all of a file or the part that is asked for."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"Content-Type": "image/tiff", "Accept-Ranges": "bytes", "ETag": tag}
    span = SPAN.fullmatch(asked.headers.get("range", ""))
    if span is None or span[0] == "bytes=-" or asked.headers.get("if-range", tag) != tag:
        return Reply(200, headers, content)
    size = len(content)
    if span[1]:
        start, end = int(span[1]), min(int(span[2] or size), size - 1)
    else:
        start, end = max(size - int(span[2]), 0), size - 1
    if start > end:
        return Reply(416, {**headers, "Content-Range": f"bytes */{size}"}, b"")
    part = {**headers, "Content-Range": f"bytes {start}-{end}/{size}"}
    return Reply(206, part, content[start : end + 1])


def _corner(cell: str) -> tuple[int, int]:
    lat, lon = int(cell[1:3]), int(cell[-3:])
    return (lat if cell[0] == "N" else -lat), (lon if cell[-4] == "E" else -lon)


@lru_cache(maxsize=64)
def _tile(south: int, west: int) -> bytes:
    """Give a tile as a cloud-optimised GeoTIFF; its first pixel is centred on the corner."""
    from pyproj import Geod
    from rasterio import Affine
    from rasterio.io import MemoryFile
    from rasterio.shutil import copy

    step = 1 / CELLS
    lats = south + 1 - step * np.arange(CELLS)
    still = np.full(CELLS, float(west))
    _, _, north_m = Geod(ellps="WGS84").inv(still, np.full(CELLS, float(south)), still, lats)
    heights = 100 + SLOPES.get(_cell(south, west), 1.0) / 100 * north_m
    band = np.repeat(heights.astype("float32")[:, None], CELLS, axis=1)
    shape = {
        "driver": "GTiff",
        "width": CELLS,
        "height": CELLS,
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:4326",
        "transform": Affine(step, 0, west - step / 2, 0, -step, south + 1 + step / 2),
    }
    with MemoryFile() as plain, MemoryFile() as cog:
        with plain.open(**shape) as drawn:
            drawn.write(band, 1)
            drawn.update_tags(TIFFTAG_IMAGEDESCRIPTION="synthetic tile", AREA_OR_POINT="Point")
        with plain.open() as drawn:
            copy(drawn, cog.name, driver="COG", compress="DEFLATE", predictor="YES", blocksize=512)
        return bytes(cog.getbuffer())
