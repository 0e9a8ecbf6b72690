"""Which of the sites are asked about."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geo.commitments import is_available
from geo.errors import AskedWronglyError, CannotDoError
from geo.regions import find_region, in_region, within
from geo.sites import STATUSES
from layers import read_states

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

NEAR_HINT_KM = 100.0
MAX_NEAR_KM = 20_004.0
"""Half the circumference of the earth along a meridian: nothing lies farther."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters, all of which a site must pass.

    Attributes
    ----------
    region
        Name of a region; ``all`` for every site. Not looked at where `area` is given.
    area
        A polygon in EPSG:4326 instead of a region.
    near_km
        How far outside the region or area a site may lie.
    operators, states, statuses
        Any of these; empty: no matter. An operator matches by a part of its name.
    available
        Only sites with MW that no AI contract takes.
    """

    region: str = "all"
    area: BaseGeometry | None = None
    near_km: float = 0.0
    operators: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    available: bool = False


def select(sites: pd.DataFrame, selection: Selection) -> pd.Index:
    """Give the ids of the sites that pass every filter, in the sites' order.

    Raises
    ------
    AskedWronglyError
        If a name is unknown, with the nearest valid ones.
    CannotDoError
        If no site passes, with what lies near.
    """
    if not 0 <= selection.near_km <= MAX_NEAR_KM:
        msg = f"--near is {selection.near_km:g} km, expected 0 or more, at most {MAX_NEAR_KM:g}."
        raise AskedWronglyError(msg)
    place = _place(sites, selection, selection.near_km)
    rest = _attributes(sites, selection)
    chosen = sites.index[place & rest]
    if len(chosen):
        return chosen
    wider = max(selection.near_km, NEAR_HINT_KM)
    near = int((_place(sites, selection, wider) & rest).sum())
    where = "the area" if selection.area is not None else f"the region {selection.region!r}"
    hint = (
        f"{near} lie within {wider:g} km of it: add --near {wider:g}."
        if near
        else "Loosen the filters; `rewatt rank --region all` lists every site."
    )
    msg = f"No site in {where} passes the filters. {hint}"
    raise CannotDoError(msg)


def _place(sites: pd.DataFrame, selection: Selection, near_km: float) -> pd.Series:
    if selection.area is not None:
        return within(sites, selection.area, near_km)
    return in_region(sites, find_region(selection.region), near_km)


def _attributes(sites: pd.DataFrame, selection: Selection) -> pd.Series:
    keep = pd.Series(data=True, index=sites.index)
    if selection.operators:
        operator = sites["operator"].fillna("").str.casefold()
        names = sorted(set(sites["operator"].dropna()))
        matches = pd.Series(data=False, index=sites.index)
        for name in selection.operators:
            match = operator.str.contains(name.casefold(), regex=False)
            if not name.strip() or not match.any():
                raise AskedWronglyError(_nearest("operator", name, names))
            matches |= match
        keep &= matches
    if selection.states:
        keep &= sites["state"].isin([_state(name, sites) for name in selection.states])
    if selection.statuses:
        for status in selection.statuses:
            if status not in STATUSES:
                raise AskedWronglyError(_nearest("status", status, list(STATUSES)))
        keep &= sites["status"].isin(selection.statuses)
    if selection.available:
        keep &= is_available(sites)
    return keep


def _state(name: str, sites: pd.DataFrame) -> str:
    outlines = read_states()
    codes = {*outlines.index, *sites["state"].dropna()}
    if name.upper() in codes:
        return name.upper()
    by_name = {full.casefold(): code for code, full in outlines["name"].items()}
    if name.casefold() in by_name:
        return str(by_name[name.casefold()])
    raise AskedWronglyError(_nearest("state", name, sorted(codes) + sorted(outlines["name"])))


def _nearest(what: str, name: str, known: list[str]) -> str:
    folded = {one.casefold(): one for one in known}
    near = [
        folded[one] for one in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.4)
    ]
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    listed = f" Known: {', '.join(known)}." if len(known) <= 12 else ""
    return f"There is no {what} {name!r}.{hint}{listed}"
