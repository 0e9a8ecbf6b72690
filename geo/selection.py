"""Which of the sites are asked about."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geo.commitments import is_available
from geo.errors import AskedWronglyError, CannotDoError
from geo.gates import PASS, UNKNOWN
from geo.regions import find_region, in_region, within
from geo.sites import STATUSES
from layers import miner_sites, read_states

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

NEAR_HINT_KM = 100.0
MAX_NEAR_KM = 20_004.0
"""Half the circumference of the earth along a meridian: nothing lies farther."""

GATE_FILTERS = {PASS: (PASS,), f"{PASS} or {UNKNOWN}": (PASS, UNKNOWN)}
"""What may be asked of a gate, and the verdicts that pass."""

_ALLOWED = {one.name: one.allowed for one in miner_sites.COLUMNS}
EVIDENCE, MARKETS = _ALLOWED["evidence"], _ALLOWED["iso"]


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
    operator_names
        Any of these, each the whole name of an operator; empty: no matter. A name that no site
        has finds nothing.
    available
        Only sites with MW that no AI contract takes.
    markets, evidence
        Any of these grid operators' areas (`iso`), and kinds of document; empty: no matter.
    min_mw
        MW that must be energised; a site of which that is not known passes only 0.
    gates
        Pairs of a gate's id and one of `GATE_FILTERS`.
    """

    region: str = "all"
    area: BaseGeometry | None = None
    near_km: float = 0.0
    operators: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    available: bool = False
    markets: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    min_mw: float = 0.0
    gates: tuple[tuple[str, str], ...] = ()
    operator_names: tuple[str, ...] = ()


def select(
    sites: pd.DataFrame, selection: Selection, judged: Mapping[str, pd.DataFrame] | None = None
) -> pd.Index:
    """Give the ids of the sites that pass every filter, in the sites' order.

    Parameters
    ----------
    sites
        As `geo.sites` gives them.
    selection
        The filters.
    judged
        `verdict` by gate id, on the sites' index: `geo.assess.Assessment.gates`; needed where
        the selection asks for gates.

    Raises
    ------
    AskedWronglyError
        If a name is unknown, with the nearest valid ones.
    CannotDoError
        If no site passes, with what lies near.
    """
    rest = _rest(sites, selection, judged)
    chosen = sites.index[_place(sites, selection, selection.near_km) & rest]
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


def count_within(
    sites: pd.DataFrame,
    selection: Selection,
    near_km: float,
    judged: Mapping[str, pd.DataFrame] | None = None,
) -> int:
    """Count the sites that pass the filters if sites so far outside may, too; as `select`."""
    rest = _rest(sites, selection, judged)
    return int((_place(sites, selection, near_km) & rest).sum())


def _rest(
    sites: pd.DataFrame, selection: Selection, judged: Mapping[str, pd.DataFrame] | None
) -> pd.Series:
    """Tell which sites pass every filter but that of the place."""
    if not 0 <= selection.near_km <= MAX_NEAR_KM:
        msg = f"--near is {selection.near_km:g} km, expected 0 or more, at most {MAX_NEAR_KM:g}."
        raise AskedWronglyError(msg)
    keep = _attributes(sites, selection)
    for gate, wanted in selection.gates:
        if wanted not in GATE_FILTERS:
            raise AskedWronglyError(_nearest("filter of a gate", wanted, list(GATE_FILTERS)))
        if gate not in (judged or {}):
            raise AskedWronglyError(_nearest("judged gate", gate, sorted(judged or {})))
        keep &= (judged or {})[gate]["verdict"].isin(GATE_FILTERS[wanted])
    return keep


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
    if selection.operator_names:
        keep &= sites["operator"].isin(selection.operator_names)
    if selection.states:
        keep &= sites["state"].isin([_state(name, sites) for name in selection.states])
    for column, words, asked, known in (
        ("status", "status", selection.statuses, STATUSES),
        ("evidence", "kind of evidence", selection.evidence, EVIDENCE),
        ("iso", "market", selection.markets, MARKETS),
    ):
        if asked:
            for name in asked:
                if name not in known:
                    raise AskedWronglyError(_nearest(words, name, list(known)))
            keep &= sites[column].isin(asked)
    if selection.min_mw > 0:
        keep &= sites["energised_mw"] >= selection.min_mw
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
