"""A target larger than any single point of interconnection can take, split over several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.parameters import cited

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geo.crs import Floats
    from geo.nearest import Indices
    from geo.options import Options

    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Split:
    """How a target would be divided, site by site.

    Attributes
    ----------
    option, mw, paid_mw
        Positions of the options used, by site and from the strongest, the MW of each, and those
        of them that are not energised yet and need a tie.
    total_mw
        What the strongest options of each site together might carry, as many as a target is
        split over at most, shape ``(n,)``: lines between two of them count at both ends, so it is
        an upper bound; infinite where nothing bounds one.
    farthest_km
        Distance to the farthest part; NaN where there is no split.
    usd_low, usd_mid, usd_high
        What the parts cost together; NaN where a part's cost is unknown or there is no split.
    """

    option: Indices
    mw: Floats
    paid_mw: Floats
    total_mw: Floats
    farthest_km: Floats
    usd_low: Floats
    usd_mid: Floats
    usd_high: Floats


def split_target(
    options: Options, sites: pd.DataFrame, target_mw: float, wanted: Flags, year: int
) -> Split:
    """Fill the options of each wanted site from the strongest on until the target is met.

    The order does not depend on the target, and the first is what the largest target of a single
    point would go to: so a larger target never costs less. Of the lines that pass, one counts,
    the strongest and nearest, since a second switching station on the same line adds nothing.

    Parameters
    ----------
    options
        Of all sites.
    sites
        The sites; energised MW need no connection and are taken off the first parts.
    target_mw
        What is to be placed.
    wanted
        Which sites to split for, shape ``(n,)``.
    year
        Dollars of which year.
    """
    usable = _one_line_each(options) & (options.km <= options.radius_km)
    full = np.minimum(options.reach, target_mw)
    whole = options.cost(sites, full, year, np.zeros(len(options.km))).usd_mid
    order = np.lexsort((options.km, np.nan_to_num(whole, nan=np.inf), -options.reach, options.site))
    order = order[usable[order]]
    sites_of = options.site[order]
    place = np.arange(len(order)) - np.searchsorted(sites_of, sites_of)
    order = order[place < cited("most_split_pois").value]
    ranked = options.take(order)
    start = np.searchsorted(ranked.site, np.arange(options.n))
    total = np.zeros(options.n)
    np.add.at(total, ranked.site, ranked.reach)
    reach = np.minimum(ranked.reach, target_mw)
    filled = np.cumsum(reach)
    before = filled - reach - np.append(0.0, filled)[start][ranked.site]
    mw = np.clip(target_mw - before, 0.0, reach)
    energised = np.nan_to_num(sites["energised_mw"].to_numpy(float))[ranked.site]
    paid = np.clip(before + mw - energised, 0.0, mw)
    used = (mw > 0) & (wanted & (total >= target_mw))[ranked.site]
    part = ranked.take(used)
    cost = part.cost(sites, paid[used], year, np.zeros(int(used.sum())))

    farthest = np.full(options.n, -np.inf)
    np.maximum.at(farthest, part.site, part.km)

    def together(usd: Floats) -> Floats:
        sums = np.bincount(part.site, usd, minlength=options.n).astype(float)
        return np.where(np.bincount(part.site, minlength=options.n) > 0, sums, np.nan)

    return Split(
        option=order[used],
        mw=mw[used],
        paid_mw=paid[used],
        total_mw=total,
        farthest_km=np.where(np.isinf(farthest), np.nan, farthest),
        usd_low=together(cost.usd_low),
        usd_mid=together(cost.usd_mid),
        usd_high=together(cost.usd_high),
    )


def _one_line_each(options: Options) -> Flags:
    """Leave one line per site: the one that carries most, then the nearest."""
    within = options.km <= options.radius_km
    kept = options.first(options.is_new & within, by=-options.reach)
    usable = ~options.is_new
    usable[kept[kept >= 0]] = True
    return usable
