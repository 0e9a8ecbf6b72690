"""One file per published dataset: `SOURCE`, `read`, and how it is fetched where it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def fetched() -> dict[str, ModuleType]:
    """Give the sources that can be fetched, by id, in the order of the list."""
    from layers.sources import (
        eia_860m,
        eia_pipelines,
        hifld_lines,
        hifld_substations,
        osm_power,
        peeringdb,
        terrain,
    )

    modules = (
        hifld_substations,
        hifld_lines,
        eia_pipelines,
        eia_860m,
        peeringdb,
        osm_power,
        terrain,
    )
    return {module.SOURCE.id: module for module in modules}
