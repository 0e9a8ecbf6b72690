"""EIA's map of natural gas pipelines: not embedded, unknown until it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers._base import Column, Source
from layers.sources import rewatt_curated

if TYPE_CHECKING:
    import pandas as pd

SOURCE = Source(
    id="eia/gas_pipelines",
    title="Natural gas interstate and intrastate pipelines",
    publisher="US Energy Information Administration",
    url="https://atlas.eia.gov/",
    licence="US-government public domain",
    vintage="none embedded",
    sha256="",
)


def read(columns: tuple[Column, ...]) -> pd.DataFrame:
    """Read the table `gas_pipelines.csv` of the data folder, with a column `wkt`.

    Raises
    ------
    LayerError
        If it is not there: the project embeds none.
    """
    return rewatt_curated.read("gas_pipelines", columns)
