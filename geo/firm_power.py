"""Gas-fired plants and pipelines around a site: generation nearby, not power for sale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.coverage import covers, depth_km, misses
from geo.nearest import pairs_within
from geo.parameters import cited
from geo.precision import POINT_PRECISIONS, is_located, radius_km
from geo.surroundings import mw_within
from layers import gas_plants

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.arrays import Floats
    from geo.question import Question
    from layers import Layers, LoadedLayer

COUNTED = ("operating", "under_construction")
"""Statuses whose MW count as generation nearby; planned ones are shown beside them."""
STATUSES = (*COUNTED, "planned")

GAS_COLUMNS = (
    *(f"gas_mw_50km_{status}" for status in STATUSES),
    *(f"gas_mw_50km_{technology.lower()}" for technology in gas_plants.GAS_TECHNOLOGIES),
    "gas_room_name",
    "gas_room_km",
    "gas_room_mw",
    "gas_room_why",
    "gas_data",
)
GAS_TEXTS = {"gas_room_name", "gas_room_why", "gas_data"}

ON_SITE = {
    "combined cycle": "generation_usd_per_kw_combined_cycle",
    "combustion turbines": "generation_usd_per_kw_combustion_turbine",
    "aeroderivative turbines": "generation_usd_per_kw_aeroderivative",
}
"""Gas-fired plants that could stand on a site, and what each costs."""
_NEEDED = ("status", "technology", "capacity_mw", "coord_precision")


def on_site_usd(mw: float) -> dict[str, float]:
    """Give what a gas-fired plant of some MW on the site would cost, by kind, USD.

    Overnight cost in the source's own dollars (the escalation of data/parameters.csv is one of
    transmission): without fuel, gas connection, interest, regional factors or a spare unit.
    """
    return {name: mw * 1000 * cited(parameter).value for name, parameter in ON_SITE.items()}


def gas_layer(layers: Layers) -> LoadedLayer | None:
    """Give the layer of gas plants, or nothing where it or a column that is needed is absent."""
    layer = layers.get("gas_plants")
    if layer is None or set(_NEEDED) & set(layer.missing):
        return None
    return layer


def gas_mw(sites: pd.DataFrame, layer: LoadedLayer) -> pd.DataFrame:
    """Sum the MW of gas plants within 50 km: value, low and high on the sites' index.

    Plants of 50 MW and more that burn gas (CC, CT, ST, RICE) count; coal and closed ones do not.
    Outside the area where the table is complete the sum is a lower bound.
    """
    table = layer.table
    gas = table["technology"].isin(gas_plants.GAS_TECHNOLOGIES)
    table = table[table["status"].isin(COUNTED) & gas]
    mw = table["capacity_mw"].to_numpy(float)
    return mw_within(sites, table, cited("gas_radius_km").value, (mw, mw), layer.coverage)


def firm_power(sites: pd.DataFrame, layers: Layers, question: Question) -> pd.DataFrame:
    """Give the gas plants around each site by status and technology, and the nearest with room.

    A plant may have room where it retires by EIA's plan (its connection falls free), is being
    built, or is planned. Whether its output is sold nobody publishes, of operating ones least.

    Parameters
    ----------
    sites
        Index `site_id`; columns `lat`, `lon`, `coord_precision`, `radius_km`.
    layers
        `gas_plants` is asked.
    question
        The date: a retirement planned before it is one that may not have come.

    Returns
    -------
    gas
        Columns `GAS_COLUMNS`; MW by technology are those operating or being built. `gas_data` is
        ``complete`` where the table holds every plant of 50 MW and more within 50 km, at a point
        that tells on which side it is; ``partial`` where the sums are lower bounds; ``none``
        where the table says nothing, and then they are NaN.
    """
    columns = {
        name: np.full(len(sites), None, dtype=object) if name in GAS_TEXTS else np.nan
        for name in GAS_COLUMNS
    }
    table = pd.DataFrame(columns, index=sites.index)
    table["gas_data"] = "none"
    layer = gas_layer(layers)
    rows = np.flatnonzero(is_located(sites).to_numpy())
    if layer is None or not len(rows):
        return table
    part = sites.iloc[rows]
    plants = layer.table
    plants = plants[plants["technology"].isin(gas_plants.GAS_TECHNOLOGIES) & plants["lat"].notna()]
    around = _Around(part, plants[plants["status"] != "closed"], layer.coverage, question)
    for name, values in around.columns().items():
        cells = table[name].to_numpy(copy=True)
        cells[rows] = values
        table[name] = cells
    return table


class _Around:
    """The plants within 50 km of each site, the nearest first."""

    def __init__(
        self,
        sites: pd.DataFrame,
        plants: pd.DataFrame,
        coverage: BaseGeometry | None,
        question: Question,
    ) -> None:
        self.as_of = question.as_of
        within_km = cited("gas_radius_km").value
        lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
        slack = radius_km(plants)
        pointlike = plants["coord_precision"].isin(POINT_PRECISIONS).to_numpy()
        slack = np.where(pointlike, 0.0, slack)
        site, plant, km = pairs_within(
            lat,
            lon,
            plants["lat"].to_numpy(float),
            plants["lon"].to_numpy(float),
            within_km + slack.max(initial=0.0),
        )
        inside = km + slack[plant] <= within_km
        # a plant known only to its county may stand on either side of 50 km
        doubt = ~pointlike[plant] & ~inside & (km - slack[plant] <= within_km)
        doubtful = np.bincount(site[doubt], minlength=len(sites)) > 0
        depth = depth_km(lat, lon, coverage)
        self.n = len(sites)
        self.complete = covers(depth, within_km) & ~doubtful
        self.none = misses(depth, within_km)
        self.site, self.km = site[inside], km[inside]
        self.plants = plants.iloc[plant[inside]]

    def columns(self) -> dict[str, NDArray[Any]]:
        """Give the columns `GAS_COLUMNS`."""
        status, technology = self.plants["status"], self.plants["technology"]
        counted = status.isin(COUNTED)
        sums = {f"gas_mw_50km_{one}": self._mw(status == one) for one in STATUSES} | {
            f"gas_mw_50km_{one.lower()}": self._mw(counted & (technology == one))
            for one in gas_plants.GAS_TECHNOLOGIES
        }
        data = np.where(self.complete, "complete", np.where(self.none, "none", "partial"))
        return {**sums, **self._room(), "gas_data": data.astype(object)}

    def _mw(self, wanted: pd.Series) -> Floats:
        chosen = wanted.to_numpy(bool)
        mw = self.plants["capacity_mw"].to_numpy(float)[chosen]
        sums = np.bincount(self.site[chosen], mw, minlength=self.n).astype(float)
        return np.where(self.none & (sums == 0), np.nan, sums)

    def _room(self) -> dict[str, NDArray[Any]]:
        """Give each site's nearest plant that may have room."""
        retires = self.plants["planned_retirement"].notna()
        operating = (self.plants["status"] == "operating").to_numpy()
        rows = np.flatnonzero(~operating | retires.to_numpy())
        sites, index = np.unique(self.site[rows], return_index=True)
        first = rows[index]
        plant = self.plants.iloc[first]
        retirement = plant["planned_retirement"].astype(str)
        why = np.where(
            operating[first],
            np.where(retirement <= self.as_of, "was to retire ", "retires ") + retirement,
            plant["status"].str.replace("_", " ") + ", perhaps sold",
        )
        columns: dict[str, NDArray[Any]] = {}
        for name, values in (
            ("name", plant["name"].to_numpy(object)),
            ("km", self.km[first]),
            ("mw", plant["capacity_mw"].to_numpy(float)),
            ("why", why.astype(object)),
        ):
            text = f"gas_room_{name}" in GAS_TEXTS
            cells = np.full(self.n, None if text else np.nan, dtype=object if text else float)
            cells[sites] = values
            columns[f"gas_room_{name}"] = cells
        return columns
