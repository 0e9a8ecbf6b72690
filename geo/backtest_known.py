"""What was known at a date, as far as the tables tell, and what leaks from after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.assess import assess
from geo.coverage import depth_km
from geo.demand import hosts
from geo.durations import conversions
from geo.metrics import Metrics, measure_sites
from geo.nearest import nearest
from geo.precision import is_located
from geo.question import Question

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.backtest_cohort import Window
    from geo.scenario import Scenario
    from layers import Layers, LoadedLayer


@dataclass(frozen=True, slots=True)
class Leak:
    """What a criterion rests on in a back-test.

    Attributes
    ----------
    criterion
        Its id.
    known
        ``at the date``, ``in part`` or ``today``.
    why
        What is as it was, and what is not.
    direction
        Whom the part that leaks helps.
    """

    criterion: str
    known: str
    why: str
    direction: str


AT_DATE, IN_PART, TODAY = "at the date", "in part", "today"
_FLATTERS = "flatters this ranking"
_FOR_BOTH = "flatters this ranking and energised MW alone"
_EITHER = "either way, little"

LEAKS = (
    Leak(
        "energised_capacity",
        TODAY,
        "MW energised by now: growth after the date is in it, and what was built for the tenant",
        _FOR_BOTH,
    ),
    Leak(
        "expansion_capacity",
        TODAY,
        "contracted and announced MW of now: winners announce more once they have won",
        _FLATTERS,
    ),
    Leak(
        "firm_capability",
        IN_PART,
        "stations of 2020, their line classes of 2025; at least the MW energised by now",
        _FOR_BOTH,
    ),
    Leak(
        "poi_distance",
        IN_PART,
        "stations of 2020; 0 where the MW energised by now reach the target",
        _FOR_BOTH,
    ),
    Leak(
        "alternative_pois",
        IN_PART,
        "stations of 2020, their line classes of 2025; none built since 2020",
        _EITHER,
    ),
    Leak(
        "interconnection_cost",
        IN_PART,
        "unit costs of now, taken back to the dollars of the date; nothing to connect where the MW"
        " energised by now reach the target",
        _FOR_BOTH,
    ),
    Leak(
        "time_to_target",
        IN_PART,
        "conversions delivered before the date, and unknown where too few were; queue times"
        " published in 2024, the transformer's lead time of 2026, MW of now",
        _FLATTERS,
    ),
    Leak(
        "gas_generation",
        IN_PART,
        "plants operating now that began before the date's year, or whose year is not known; those"
        " closed since, or then being built, are missing",
        _EITHER,
    ),
    Leak(
        "gas_pipeline_distance",
        TODAY,
        "no pipelines are embedded: unknown, or those of now where fetched",
        _EITHER,
    ),
    Leak(
        "supply_firmness",
        TODAY,
        "the way of supply of now: better documented at winners",
        _FLATTERS,
    ),
    Leak(
        "campus_proximity",
        AT_DATE,
        "campuses operating before the date's year (year of first power) that stand on no listed"
        " site; those then being built are missing",
        "against this ranking, little",
    ),
    Leak(
        "campus_competition",
        IN_PART,
        "the same campuses, with plans and MW of now",
        _EITHER,
    ),
    Leak(
        "land",
        TODAY,
        "acres of now: land bought for a tenant is in them, and they are better documented at"
        " winners",
        _FLATTERS,
    ),
    Leak(
        "slope",
        TODAY,
        "no slopes are embedded: unknown, or of one survey of 2010 to 2015 where fetched, with"
        " the halls built before it",
        _EITHER,
    ),
    Leak(
        "network_latency",
        TODAY,
        "no facilities are embedded: unknown, or those of now where fetched",
        _EITHER,
    ),
)
"""What is known, criterion by criterion."""


def layers_before(layers: Layers, window: Window) -> dict[str, LoadedLayer]:
    """Give the layers with only the campuses and gas plants that operated before the date.

    What began in the date's own year is undecided and does not count; a gas plant whose year is
    not known does, since nearly all are older. A campus that stands on a listed site never
    counts, whoever won: so no label can move a score.
    """
    known = dict(layers)
    if "campuses" in known:
        table = known["campuses"].table
        own = hosts(table).map(len) > 0
        known["campuses"] = _only(
            known["campuses"],
            (table["status"] == "operating") & (table["first_power_year"] < window.year) & ~own,
        )
    if "gas_plants" in known:
        table = known["gas_plants"].table
        began = ~(table["online_year"] >= window.year)
        running = table["status"] == "operating"
        known["gas_plants"] = _only(known["gas_plants"], running & began)
    return known


def _only(layer: LoadedLayer, rows: pd.Series) -> LoadedLayer:
    return replace(layer, table=layer.table[rows].reset_index(drop=True))


def assess_before(
    sites: pd.DataFrame, layers: Layers, scenario: Scenario, target_mw: float, window: Window
) -> Assessment:
    """Assess sites with what was known at the date, as far as the tables tell.

    The question is asked at the end of the month before the date: costs are in dollars of its
    year, and conversions are those delivered by then.
    """
    question = Question(target_mw, window.last_known)
    known = layers_before(layers, window)
    metrics = _no_time_without_evidence(measure_sites(sites, known, question))
    return assess(sites, known, scenario, question, metrics=metrics)


def _no_time_without_evidence(metrics: Metrics) -> Metrics:
    """Make years unknown where the estimate does not reach that far.

    Before enough conversions are delivered the curve ends above the share that is asked for.
    That reads as infinite, and would be taken for "never".
    """
    name = "time_to_target"
    value, low = (
        table.assign(**{name: table[name].where(~np.isinf(table[name]))})
        for table in (metrics.value, metrics.low)
    )
    never = ~np.isinf(metrics.high[name]) | low[name].notna()
    high = metrics.high.assign(**{name: metrics.high[name].where(never)})
    return replace(metrics, value=value, low=low, high=high)


def deliveries_before(window: Window) -> int:
    """Count the conversions that were delivered before the date."""
    return int(conversions(window.last_known).intervals["event"].sum())


def nearest_substation_km(sites: pd.DataFrame, layers: Layers) -> pd.Series:
    """Give the geodesic distance to the nearest station of 100 kV or more.

    NaN where the site has no point good enough, and where a nearer one may be missing from the
    table.
    """
    km = pd.Series(np.nan, index=sites.index)
    layer = layers.get("substations")
    near = sites[is_located(sites)]
    if layer is None or near.empty:
        return km
    lat, lon = near["lat"].to_numpy(float), near["lon"].to_numpy(float)
    stations = layer.table
    _, found = nearest(lat, lon, stations["lat"].to_numpy(float), stations["lon"].to_numpy(float))
    sure = found <= depth_km(lat, lon, layer.coverage)
    km[near.index] = np.where(sure, found, np.nan)
    return km
