"""Gas transmission pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers._base import STORAGE_CRS, Column, Layer
from layers.sources import eia_gas_pipelines

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

COLUMNS = (
    Column("pipeline_id", "text", "key", required=True, nullable=False, unique=True),
    Column("operator", "text", "who runs it"),
    Column(
        "kind",
        "text",
        "interstate, intrastate or gathering",
        allowed=("interstate", "intrastate", "gathering"),
    ),
)


def build() -> GeoDataFrame:
    """Give every run of pipeline, EPSG:4326."""
    import geopandas as gpd
    import shapely

    table = eia_gas_pipelines.read(COLUMNS)
    return gpd.GeoDataFrame(
        table.drop(columns="wkt"), geometry=shapely.from_wkt(table["wkt"]), crs=STORAGE_CRS
    )


LAYER = Layer(
    id="gas_pipelines",
    title="Gas transmission pipelines",
    geometry="line",
    columns=COLUMNS,
    sources=(eia_gas_pipelines.SOURCE,),
    build=build,
)
