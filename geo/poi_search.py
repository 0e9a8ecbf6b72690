"""The search around a block of sites: what there is, what it costs, what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.coverage import covers, depth_km, misses
from geo.durations import end_of
from geo.options import Options, find_options
from geo.parameters import cited
from geo.split import split_target

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geo.nearest import Indices
    from geo.question import Question
    from layers import LoadedLayer

    Flags = NDArray[np.bool_]

_NEXT_TO_NOTHING_MW = 1e-9


class Search:
    """One block of sites with all their options, priced, and what is chosen among them.

    Attributes
    ----------
    options, cost
        Every site with every station and line within reach, and what each tie costs.
    within, possible, proven
        Which options are within their radius, which of them can or might carry the target, and
        which surely can.
    near_usd, far_usd
        Base cost from the near end of the site's point, and overrun cost from the far end.
    cheapest_perhaps
        Which might be the cheapest, wherever within its precision the site stands.
    preferred
        What the options are ordered by, the least first.
    own, carrier, poi, second
        Positions of the own connection, the cheapest option (of a divided target its main part),
        the point of interconnection and the cheapest other option of each site; -1 where there
        is none.
    divided, split
        Where no single option carries the target and several together might, and how it is
        divided.
    seen, complete, lines_seen, lines_complete
        How far the tables tell what is around.
    """

    def __init__(
        self,
        sites: pd.DataFrame,
        tables: tuple[pd.DataFrame, pd.DataFrame],
        layers: tuple[LoadedLayer, LoadedLayer | None],
        question: Question,
    ) -> None:
        self.sites, self.target = sites, question.target_mw
        self.year = end_of(question.as_of).year
        found = find_options(sites, *tables)
        self._look(found, *layers)
        self.options = found.take(self.seen[found.site] | found.is_new)
        options = self.options
        self.within = options.km <= options.radius_km
        might = options.reach >= self.target
        self.possible = might & self.within
        self.proven = self.within & (np.nan_to_num(options.firm_low, nan=-1.0) >= self.target)
        self.slack = sites["radius_km"].to_numpy(float)[options.site]
        self.reachable = might & (options.km - self.slack <= options.radius_km)
        self.energised = sites["energised_mw"].to_numpy(float)
        self.connect = np.clip(self.target - np.nan_to_num(self.energised), 0, None)
        self._price()
        self._choose()

    def _look(self, found: Options, stations: LoadedLayer, lines: LoadedLayer | None) -> None:
        """See how far around each site the tables are complete."""
        sites = self.sites
        lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
        has_station = found.count(~found.is_new & (found.km <= found.radius_km)) > 0
        connected = (sites["status"] == "operating").to_numpy() & ~has_station
        small = self.target <= cited("thermal_mw_69kv").value
        depth = depth_km(lat, lon, stations.coverage)
        self.depth = np.where(connected | small, np.minimum(depth, 0.0), depth)
        radius = cited("poi_search_radius_km").value
        self.seen = ~misses(self.depth, radius)
        self.complete = covers(self.depth, radius)
        within = cited("line_search_radius_km").value
        line_depth = depth_km(lat, lon, None if lines is None else lines.coverage)
        self.lines_seen = ~misses(line_depth, within)
        self.lines_complete = covers(line_depth, within)

    def _price(self) -> None:
        """Price every option: as stated, and from the near and far end of the site's point."""
        options, sites, year = self.options, self.sites, self.year
        mw = self.connect[options.site]
        # of MW not published the least to connect is next to nothing: one circuit
        least_mw = np.where(np.isnan(self.energised[options.site]), _NEXT_TO_NOTHING_MW, mw)
        self.cost = options.cost(sites, mw, year, np.zeros(len(mw)))
        self.near_usd = options.cost(sites, least_mw, year, -self.slack).usd_low
        far = options.cost(sites, mw, year, self.slack)
        self.far_usd = far.usd_high
        # the cheapest of all, wherever the site stands, costs no more than the cheapest proven
        # from the far end; where no cost is known the distance decides
        near = np.where(np.isnan(self.near_usd), options.km - self.slack, self.near_usd)
        beyond = np.where(np.isnan(far.usd_low), options.km + self.slack, far.usd_low)
        limit = np.nan_to_num(options.lowest(beyond, self.proven), nan=np.inf)
        self.cheapest_perhaps = self.reachable & (near <= limit[options.site])

    def _choose(self) -> None:
        options, possible = self.options, self.possible
        self.own = options.first(self._same_voltage())
        is_own = np.arange(len(options.km)) == self.own[options.site]
        # where nothing is to be built there is nothing to choose by cost: the own connection,
        # then stations before lines, then the nearest
        order = np.where(is_own, 0.0, np.where(options.is_new, 2.0, 1.0))
        self.preferred = np.where(self.connect[options.site] > 0, self.cost.usd_mid, order)
        single = options.first(possible, by=self.preferred)
        wanted = (single < 0) & (self.connect > 0)
        self.split = split_target(options, self.sites, self.target, wanted, self.year)
        self.divided = self.split.parts > 0
        self.carrier = np.where(self.divided, self._main_part(), single)
        self.poi = np.where(self.own >= 0, self.own, self.carrier)
        other = np.arange(len(options.km)) != self.poi[options.site]
        self.second = options.first(possible & other, by=self.preferred)

    def _main_part(self) -> Indices:
        """Give the position of the part that carries most of each divided target."""
        main = np.full(self.options.n, -1, dtype=np.intp)
        order = np.lexsort((-self.split.mw, self.split.site))
        sites, first = np.unique(self.split.site[order], return_index=True)
        main[sites] = self.split.option[order[first]]
        return main

    def _same_voltage(self) -> Flags:
        """Tell which stations have the voltage of the site's connection.

        Below 100 kV the tables do not hold the stations themselves, so none can be named.
        """
        options = self.options
        kv = self.sites["interconnection_kv"].to_numpy(float)[options.site]
        same = ((options.kv == kv) | (options.min_kv == kv)) & ~options.is_new & self.within
        return np.asarray(same & (kv >= cited("bes_threshold_kv").value))
