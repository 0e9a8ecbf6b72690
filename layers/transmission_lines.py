"""Transmission lines of 220 kV and more in the three regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers._base import STORAGE_CRS, Column, Layer
from layers._imported import with_imported
from layers.sources import rewatt_curated

if TYPE_CHECKING:
    from layers._base import Built
    from layers._store import Store

COLUMNS = (
    Column("line_id", "text", "key", required=True, nullable=False, unique=True),
    Column(
        "region",
        "text",
        "the region that the run lies in",
        nullable=False,
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


def build(store: Store) -> Built | None:
    """Give every run of line, EPSG:4326."""
    if not rewatt_curated.is_embedded(rewatt_curated.TABLES["transmission_lines"]):
        return with_imported(None, "transmission_lines", store)
    import geopandas as gpd
    import shapely

    table = rewatt_curated.read("transmission_lines", COLUMNS)
    lines = gpd.GeoDataFrame(
        table.drop(columns="wkt"), geometry=shapely.from_wkt(table["wkt"]), crs=STORAGE_CRS
    )
    built = rewatt_curated.built("transmission_lines", lines, rewatt_curated.read_coverage("line"))
    return with_imported(built, "transmission_lines", store)


LAYER = Layer(
    id="transmission_lines",
    title="Transmission lines of 220 kV and more",
    geometry="line",
    columns=COLUMNS,
    sources=(rewatt_curated.TABLES["transmission_lines"],),
    build=build,
)
