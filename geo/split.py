"""A target divided over several points of interconnection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.parameters import cited

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geo.arrays import Floats
    from geo.nearest import Indices
    from geo.options import Options

    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Split:
    """How a target is divided, site by site.

    Attributes
    ----------
    site, option, mw, paid_mw
        The parts, by site: position of the site and of the option, the MW of each, and those of
        them that are not energised yet and need a tie.
    parts
        How many parts each site has, shape ``(n,)``: 0 where no division meets the target.
    usd_low, usd_mid, usd_high
        What the parts cost together; NaN where a part's cost is unknown or there is no division.
    total_mw
        What the strongest options might carry together, as many as a target is divided over at
        most: lines between two of them count at both ends, so it is an upper bound.
    """

    site: Indices
    option: Indices
    mw: Floats
    paid_mw: Floats
    parts: Indices
    usd_low: Floats
    usd_mid: Floats
    usd_high: Floats
    total_mw: Floats

    def only(self, wanted: Flags) -> Split:
        """Give the divisions of some sites alone."""
        keep = wanted[self.site]
        blank = np.where(wanted, 0.0, np.nan)
        return Split(
            site=self.site[keep],
            option=self.option[keep],
            mw=self.mw[keep],
            paid_mw=self.paid_mw[keep],
            parts=np.where(wanted, self.parts, 0),
            usd_low=self.usd_low + blank,
            usd_mid=self.usd_mid + blank,
            usd_high=self.usd_high + blank,
            total_mw=self.total_mw,
        )


def split_target(
    options: Options, sites: pd.DataFrame, target_mw: float, wanted: Flags, year: int
) -> Split:
    """Divide the target of each wanted site over up to four options.

    The strongest comes first, and then the others from the strongest or from the cheapest per MW
    on, whichever costs less. A single point carries the largest target that any can through the
    strongest, and neither order depends on the target: so a larger target never costs less. Of
    the lines that pass, one counts, since a second switching station on the same line adds
    nothing.

    Parameters
    ----------
    options
        Of all sites.
    sites
        The sites; energised MW need no tie and are taken off the first parts.
    target_mw
        What is to be placed: more than any option of a wanted site might carry.
    wanted
        Which sites to divide for, shape ``(n,)``.
    year
        Dollars of which year.
    """
    capability = options.reach
    usable = _one_line_each(options) & (options.km <= options.radius_km) & (capability > 0)
    whole = options.cost(sites, capability, year, np.zeros(len(capability))).usd_mid
    whole = np.nan_to_num(whole, nan=np.inf)
    strong = np.lexsort((options.km, whole, -capability, options.site))
    strong = strong[usable[strong]]
    first = np.diff(options.site[strong], prepend=-1) != 0
    per_mw = whole[strong] / capability[strong]
    cheap = strong[np.lexsort((per_mw, ~first, options.site[strong]))]
    found = [_filled(options, sites, one, capability, target_mw, year) for one in (strong, cheap)]
    cost = np.array([np.nan_to_num(one.usd_low, nan=np.inf) for one in found])
    # the four strongest reach as far as any four
    best = np.where(cost[1] < cost[0], 1, 0)
    return _joined(
        [one.only((best == place) & wanted) for place, one in enumerate(found)],
        found[0].total_mw,
    )


def _filled(  # noqa: PLR0913, PLR0917 - the options, in which order, and what each carries
    options: Options,
    sites: pd.DataFrame,
    order: Indices,
    capability: Floats,
    target_mw: float,
    year: int,
) -> Split:
    """Fill the options of each site in an order, up to four, until the target is met."""
    n, site = options.n, options.site[order]
    place = np.arange(len(order)) - np.searchsorted(site, site)
    order = order[place < cited("most_split_pois").value]
    site, carries = options.site[order], capability[order]
    total = np.bincount(site, carries, minlength=n).astype(float)
    filled = np.cumsum(carries)
    start = np.append(0.0, filled)[np.searchsorted(site, np.arange(n))]
    before = filled - carries - start[site]
    mw = np.clip(target_mw - before, 0.0, carries)
    energised = np.nan_to_num(sites["energised_mw"].to_numpy(float))[site]
    paid = np.clip(before + mw - energised, 0.0, mw)
    used = (mw > 0) & (total >= target_mw)[site]
    part = options.take(order[used])
    cost = part.cost(sites, paid[used], year, np.zeros(int(used.sum())))
    parts = np.bincount(part.site, minlength=n)

    def together(usd: Floats) -> Floats:
        return np.where(parts > 0, np.bincount(part.site, usd, minlength=n), np.nan)

    return Split(
        site=part.site,
        option=order[used],
        mw=mw[used],
        paid_mw=paid[used],
        parts=parts,
        usd_low=together(cost.usd_low),
        usd_mid=together(cost.usd_mid),
        usd_high=together(cost.usd_high),
        total_mw=total,
    )


def _joined(splits: list[Split], total_mw: Floats) -> Split:
    """Put together divisions of different sites."""
    site = np.concatenate([one.site for one in splits])
    order = np.argsort(site, kind="stable")

    def parts(name: str) -> NDArray[np.float64]:
        return np.concatenate([getattr(one, name) for one in splits])[order]

    def known(name: str) -> Floats:
        values = np.array([getattr(one, name) for one in splits])
        return np.where(np.isnan(values).all(axis=0), np.nan, np.nansum(values, axis=0))

    return Split(
        site=site[order],
        option=parts("option").astype(np.intp),
        mw=parts("mw"),
        paid_mw=parts("paid_mw"),
        parts=np.sum([one.parts for one in splits], axis=0),
        usd_low=known("usd_low"),
        usd_mid=known("usd_mid"),
        usd_high=known("usd_high"),
        total_mw=total_mw,
    )


def _one_line_each(options: Options) -> Flags:
    """Leave one line per site: the one that carries most, then the nearest."""
    within = options.km <= options.radius_km
    kept = options.first(options.is_new & within, by=-options.reach)
    usable = ~options.is_new
    usable[kept[kept >= 0]] = True
    return usable
