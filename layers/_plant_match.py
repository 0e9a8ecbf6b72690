"""Which embedded plants EIA's inventory lists too: by code, else by place and name.

A plant that is surely the same gives way to EIA's row; one that is surely not listed stays. What
is neither is set aside, so that no megawatt counts twice, and listed with the reason, so that
nothing is lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from pyproj import Geod

from layers._plants import COMING, STANDING, classed, plants
from layers.sources.eia_860m import source_text
from layers.sources.rewatt_curated import read_parameters

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from geopandas import GeoDataFrame

_GENERIC = frozenset(
    {
        "a", "and", "at", "center", "centre", "co", "cogen", "cogeneration", "company", "complex",
        "corp", "ctr", "electric", "energy", "facility", "gas", "generating", "generation",
        "generator", "inc", "llc", "lp", "natural", "of", "plant", "power", "project", "site",
        "station", "the", "unit", "units",
    }
)  # fmt: skip
"""Words that many names share and that tell no plant from another."""

_GEOD = Geod(ellps="WGS84")
_KM_PER_DEGREE = 110.5
"""A degree of latitude is never shorter than this (110.57 km at the equator, WGS 84)."""

_EQUAL = 2.0

DOUBTFUL_COLUMNS = (
    "gas_plant_id", "name", "state", "status", "technology", "capacity_mw", "plant_code",
    "plant_name", "km", "reason",
)  # fmt: skip


class Found(NamedTuple):
    """What the inventory has for one embedded plant."""

    verdict: str
    """``same``, ``doubtful`` or ``none``."""
    plant: int
    """EIA's plant code; 0 for none."""
    km: float
    reason: str


NOTHING = Found("none", 0, np.nan, "")


def words(name: str) -> frozenset[str]:
    """Give the words of a name, without what stands in brackets: compilers put remarks there."""
    plain = re.sub(r"\([^)]*\)", " ", name.lower()).replace("'", "").replace(".", "")
    return frozenset(re.findall(r"[a-z0-9]+", plain))


def tokens(name: str) -> frozenset[str]:
    """Give the words of a name that tell it from others; all of them where all are generic."""
    all_words = words(name)
    return all_words - _GENERIC or all_words


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Give the share of the shorter name's words that the other has too; 2 where they are equal."""
    if one == other:
        return _EQUAL
    return len(one & other) / max(min(len(one), len(other)), 1)


def listed(units: pd.DataFrame) -> pd.DataFrame:
    """Give one row per plant of EIA: what it is called, where it is, what it has.

    Returns
    -------
    listed
        Index plant code; `name`, `state`, `lat`, `lon`, `tokens`, `mws` (its megawatts by where
        they stand, of the layer's classes and altogether), `stood`, `comes`, `cancelled` (whether
        it has such units of any kind), and `newest` (the last start of an operating unit).
    """
    stands = units["stands"]
    flags = units.assign(
        stood=stands.isin(STANDING),
        comes=stands.isin(COMING),
        cancelled=stands == "cancelled",
        newest=units["online"].where(stands == "operating").fillna(""),
    )
    table = flags.groupby("plant_code").agg(
        name=("plant_name", "first"),
        state=("state", "first"),
        lat=("lat", "first"),
        lon=("lon", "first"),
        stood=("stood", "any"),
        comes=("comes", "any"),
        cancelled=("cancelled", "any"),
        newest=("newest", "max"),
    )
    sums = [
        part.groupby(["plant_code", "stands"])["capacity_mw"].sum()
        for part in (units, units[units["class"].notna()])
    ]
    table["mws"] = pd.concat(sums).groupby("plant_code").agg(tuple)
    table["tokens"] = table["name"].map(tokens)
    return table


def find(row: Mapping[Hashable, Any], eia: pd.DataFrame) -> Found:
    """Find an embedded plant in the inventory.

    Parameters
    ----------
    row
        A row of the embedded table.
    eia
        As `listed` gives them.
    """
    code = row["eia_plant_code"]
    if pd.notna(code) and code in eia.index:
        return Found("same", int(code), 0.0, "by EIA's plant code")
    state = eia[(eia["state"] == row["state"]).to_numpy()]
    if row["coord_precision"] not in ("site", "town"):
        return _by_name_alone(str(row["name"]), state)
    return _by_place(row, state)


def _by_name_alone(name: str, state: pd.DataFrame) -> Found:
    """Find a plant without a point of its own: the one of the state that is called the same."""
    own = tokens(name)
    equal = state[[one == own for one in state["tokens"]]]
    if equal.empty:
        return NOTHING
    verdict = "same" if len(equal) == 1 else "doubtful"
    reason = "no point; called the same in the same state"
    return Found(verdict, int(equal.index[0]), np.nan, reason)


def _by_place(row: Mapping[Hashable, Any], state: pd.DataFrame) -> Found:
    limit = {name: cited.value for name, cited in read_parameters().items()
             if name.startswith(("plant_match_", "coord_radius_"))}  # fmt: skip
    near_km = limit["plant_match_near_km"]
    slack = limit["coord_radius_town_km"] if row["coord_precision"] == "town" else 0.0
    part = _around(row, state, limit["plant_match_far_km"] + slack)
    if part.empty:
        return NOTHING
    mw, km = float(row["capacity_mw"]), part["km"]
    as_large = _as_large(part["mws"], mw, limit["plant_match_mw_share"])
    exactly = _as_large(part["mws"], mw, limit["plant_match_exact_mw_share"])
    equal, called = part["share"] == _EQUAL, part["share"] >= limit["plant_match_name_share"]
    here, near = km <= limit["plant_match_km"] + slack, km <= near_km
    at_point = km <= limit["plant_match_point_km"]
    sure = (equal & here) | (called & near & as_large) | (at_point & exactly)
    if sure.any():
        return _best(part[sure].assign(as_large=as_large), str(row["name"]), near_km)
    doubt = (called & here) | (near & as_large)
    if doubt.any():
        one = part[doubt].sort_values("km").iloc[0]
        return _found("doubtful", one, "stands there, under another name or of another size")
    if equal.any():
        return _found("doubtful", part[equal].iloc[0], "called the same, and stands farther off")
    return NOTHING


def _around(row: Mapping[Hashable, Any], state: pd.DataFrame, reach_km: float) -> pd.DataFrame:
    """Give the plants around a point with `km` and `share`, the name most alike first."""
    lat, lon = float(row["lat"]), float(row["lon"])
    part = state[((state["lat"] - lat).abs() * _KM_PER_DEGREE <= reach_km).to_numpy()]
    n = len(part)
    _, _, metres = _GEOD.inv(np.full(n, lon), np.full(n, lat), part["lon"], part["lat"])
    own = tokens(str(row["name"]))
    part = part.assign(
        km=np.asarray(metres) / 1000, share=[alike(own, one) for one in part["tokens"]]
    )
    part = part[part["km"] <= reach_km]
    return part.sort_values(["share", "km"], ascending=[False, True], kind="stable")


def _as_large(mws: pd.Series, mw: float, share: float) -> pd.Series:
    """Tell which plants have the megawatts, in any status, of the layer's classes or in all."""
    return mws.map(lambda sums: any(abs(one - mw) <= share * mw for one in sums)).astype(bool)


def _best(sure: pd.DataFrame, name: str, near_km: float) -> Found:
    """Give the plant whose name is most alike; of several, the one of as many megawatts.

    In doubt where that leaves more than one.
    """
    best = sure.iloc[0]
    rivals = sure[(sure["share"] == best["share"]) & (sure["km"] <= best["km"] + near_km)]
    own = words(name)
    for told in (rivals["name"].map(words) == own, rivals["as_large"]):
        if len(rivals) > 1 and told.sum() == 1:
            return _found("same", rivals[told].iloc[0], "by place, name and megawatts")
    if len(rivals) > 1:
        return _found("doubtful", best, f"{len(rivals)} plants are called alike there")
    return _found("same", best, "by place and name")


def _found(verdict: str, plant: pd.Series, reason: str) -> Found:
    return Found(verdict, int(str(plant.name)), float(plant["km"]), reason)


def judged(row: Mapping[Hashable, Any], eia: pd.DataFrame) -> Found:
    """Find an embedded plant among those of EIA that say the same of it.

    What is to come is looked for where EIA has something to come, or begun since the row was
    written, or cancelled: an extension is not the older units of its plant, and may have another
    code than they.
    """
    if row["status"] in STANDING:
        found = find(row, eia)
        if found.verdict == "same" and not eia.at[found.plant, "stood"]:
            return found._replace(verdict="doubtful", reason="EIA lists it as still to come")
        return found
    begun = eia["newest"] >= str(row["as_of"])
    found = find(row, eia[eia["comes"] | eia["cancelled"] | begun])
    if found.verdict == "same" and not (eia.at[found.plant, "comes"] or begun[found.plant]):
        return found._replace(verdict="doubtful", reason="EIA lists it as cancelled or postponed")
    return found


def merge(
    own: GeoDataFrame, units: pd.DataFrame, vintage: str
) -> tuple[GeoDataFrame, pd.DataFrame]:
    """Put EIA's plants in the place of the embedded ones that they are.

    Parameters
    ----------
    own
        The embedded table.
    units
        EIA's units.
    vintage
        Their month, YYYY-MM.

    Returns
    -------
    plants
        EIA's rows of gas, those of coal of the plants that the embedded table lists, and the
        embedded rows that EIA does not list, which say so in `source`.
    doubtful
        The embedded rows that are in neither, columns `DOUBTFUL_COLUMNS`, with EIA's plant that
        each may be and why it is in doubt.
    """
    import geopandas as gpd

    table = classed(units)
    eia = listed(table)
    found = [judged(row, eia) for row in own.to_dict("records")]
    verdict = np.array([one.verdict for one in found], dtype=object)
    ours = {one.plant for one in found if one.verdict != "none"}
    theirs = table[(table["class"] != "COAL") | table["plant_code"].isin(ours)]
    rest = own[verdict == "none"].copy()
    rest["source"] = rest["source"] + f"; not in {source_text(vintage)}"
    merged = pd.concat([plants(theirs, vintage), rest], ignore_index=True)
    kinds = own.drop(columns="geometry").dtypes.to_dict()
    merged = merged.astype(kinds)  # blanks as a table from a file has them
    merged = gpd.GeoDataFrame(merged[list(own.columns)], geometry="geometry", crs=own.crs)
    return merged, _doubtful(own, found, eia)


def _doubtful(own: pd.DataFrame, found: list[Found], eia: pd.DataFrame) -> pd.DataFrame:
    rows = [number for number, one in enumerate(found) if one.verdict == "doubtful"]
    of = [found[number] for number in rows]
    table = own.iloc[rows].assign(
        plant_code=[one.plant for one in of],
        plant_name=eia["name"].reindex([one.plant for one in of]).to_list(),
        km=[one.km for one in of],
        reason=[one.reason for one in of],
    )
    return pd.DataFrame(table[list(DOUBTFUL_COLUMNS)]).reset_index(drop=True)
