"""The questions asked of each site, one file each."""

from __future__ import annotations

from geo.criteria import (
    alternative_pois,
    campus_competition,
    campus_proximity,
    energised_capacity,
    expansion_capacity,
    firm_capability,
    gas_generation,
    gas_pipeline_distance,
    interconnection_cost,
    land,
    network_latency,
    poi_distance,
    slope,
    supply_firmness,
    time_to_target,
)
from geo.criteria._base import Criterion, PiecewiseLinear

CRITERIA: tuple[Criterion, ...] = (
    energised_capacity.CRITERION,
    expansion_capacity.CRITERION,
    firm_capability.CRITERION,
    poi_distance.CRITERION,
    alternative_pois.CRITERION,
    interconnection_cost.CRITERION,
    time_to_target.CRITERION,
    gas_generation.CRITERION,
    gas_pipeline_distance.CRITERION,
    supply_firmness.CRITERION,
    campus_proximity.CRITERION,
    campus_competition.CRITERION,
    land.CRITERION,
    slope.CRITERION,
    network_latency.CRITERION,
)
"""Every criterion, in the order of the columns."""

__all__ = ["CRITERIA", "Criterion", "PiecewiseLinear"]
