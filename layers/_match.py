"""Which rows of two sources are the same station: by place, name and voltage.

Every clue multiplies the odds that a pair is one station (I. P. Fellegi and A. B. Sunter, A theory
for record linkage, J. Am. Stat. Assoc. 64, 1969). Place is weighed as astronomers weigh it: how
densely true partners lie at that distance over how densely any stations lie around (W. Sutherland
and W. Saunders, On the likelihood ratio for source identification, MNRAS 259, 1992). So 300 m are
little in the country and much in a city. An unknown name or voltage says nothing. The factors are
judgements and stand in data/parameters.csv with their reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from layers import _names
from layers._places import pairs_within, xyz_km
from layers.sources.rewatt_curated import read_parameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers._places import Floats

VERDICTS = ("same", "doubtful", "different")


@dataclass(frozen=True, slots=True)
class _Rules:
    """The judgements behind a verdict, `match_*` of the parameters without the prefix."""

    radius_km: float
    prior: float
    copy_share: float
    copy_sd_km: float
    outlier_share: float
    outlier_sd_km: float
    name_same_odds: float
    name_different_odds: float
    kv_same_odds: float
    kv_shared_odds: float
    kv_different_odds: float
    kind_different_odds: float
    kv_tolerance: float
    same_odds: float
    different_odds: float
    rival_odds: float


@cache
def _rules() -> _Rules:
    values = read_parameters()
    return _Rules(**{name: values[f"match_{name}"].value for name in _Rules.__slots__})


def match(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Judge every pair of stations of two tables that lie within a few kilometres.

    Parameters
    ----------
    left, right
        `key` (unique), `name`, `lat`, `lon`, `max_kv`, `min_kv`, `sd_km` (how far a point lies
        from the middle of the station, standard deviation per axis), and, if known, `operator`
        and `connects` (False for a tap and the like).
        A row without a place pairs with nothing.

    Returns
    -------
    pairs
        `left`, `right` (positions), `left_key`, `right_key`, `distance_km`, `name_said`,
        `kv_said`, `kind_said`, `odds` (log10), `verdict` and `reason`. Each row of either table
        is the same as at most one of the other. ``doubtful``: the odds are open, or an unmatched
        row of either table fits nearly as well. The order of the rows does not matter, nor which
        table is left.
    """
    pairs = _candidates(left, right)
    names = [_plain(table)[pairs[side]] for table, side in ((left, "left"), (right, "right"))]
    pairs["name_said"] = _names.compare_names(names[0].tolist(), names[1].tolist())
    pairs["kv_said"] = _compare_kv(left, right, pairs)
    pairs["kind_said"] = _compare_kind(left, right, pairs)
    pairs["odds"] = _odds(left, right, pairs)
    pairs["taken"] = _assign(pairs)
    return _judged(pairs).drop(columns=["taken", "density"])


def judge_pairs(pairs: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Give the verdicts on chosen pairs, as they stand when the whole tables are matched.

    Parameters
    ----------
    pairs
        `left_key` and `right_key`.
    left, right
        As in `match`: all the rows of both sources.

    Returns
    -------
    judged
        `pairs` with the columns of `match`, in their order. A pair too far apart to be looked at
        is ``different``.

    Raises
    ------
    KeyError
        If a key is in neither table.
    """
    for side, table in (("left_key", left), ("right_key", right)):
        if lost := sorted(set(pairs[side]) - set(table["key"])):
            msg = f"{side}: not in the table: {lost[:5]}"
            raise KeyError(msg)
    found = match(left, right)
    judged = pairs[["left_key", "right_key"]].merge(found, how="left", validate="many_to_one")
    far = judged["verdict"].isna()
    judged.loc[far, "verdict"] = "different"
    judged.loc[far, "reason"] = f"more than {_rules().radius_km:g} km apart"
    return judged.set_index(pairs.index)


def _plain(table: pd.DataFrame) -> NDArray[np.object_]:
    run_by = table["operator"] if "operator" in table else [None] * len(table)
    names = map(_names.plain_name, table["name"], run_by)
    return np.array(list(names), dtype=object)


def _candidates(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Give the pairs within the radius, and how densely stations lie around each, per km2."""
    radius = _rules().radius_km
    rows, places = [], []
    for table in (left, right):
        lat, lon = table["lat"].to_numpy(float), table["lon"].to_numpy(float)
        rows.append(np.flatnonzero(np.isfinite(lat) & np.isfinite(lon)))
        places.append(xyz_km(lat[rows[-1]], lon[rows[-1]]))
    i, j, km = pairs_within(places[0], places[1], radius)
    around = [_count_around(one, radius) for one in places]
    density = np.maximum(around[0][i], around[1][j]) / (np.pi * radius**2)
    position = rows[0][i], rows[1][j]
    return pd.DataFrame(
        {
            "left": position[0],
            "right": position[1],
            "left_key": left["key"].to_numpy(object)[position[0]],
            "right_key": right["key"].to_numpy(object)[position[1]],
            "distance_km": km,
            "density": density,
        }
    )


def _count_around(places: Floats, radius_km: float) -> Floats:
    """Count the stations of one table within the radius, itself included."""
    from scipy.spatial import cKDTree

    if not len(places):
        return np.empty(0)
    counts = cKDTree(places).query_ball_point(places, radius_km, return_length=True)
    return np.asarray(counts, dtype=float)


def _compare_kv(left: pd.DataFrame, right: pd.DataFrame, pairs: pd.DataFrame) -> Floats:
    """Give the factor of the voltages: the highest agree, another does, none does, or unknown."""
    rules = _rules()
    one = left[["max_kv", "min_kv"]].to_numpy(float)[pairs["left"]]
    other = right[["max_kv", "min_kv"]].to_numpy(float)[pairs["right"]]
    larger = np.fmax(one[:, :, None], other[:, None, :])
    near = np.abs(one[:, :, None] - other[:, None, :]) <= rules.kv_tolerance * larger
    known = np.isfinite(one[:, 0]) & np.isfinite(other[:, 0])
    factor = np.select(
        [~known, near[:, 0, 0], near.any(axis=(1, 2))],
        [1.0, rules.kv_same_odds, rules.kv_shared_odds],
        rules.kv_different_odds,
    )
    return cast("Floats", factor)


def _compare_kind(left: pd.DataFrame, right: pd.DataFrame, pairs: pd.DataFrame) -> Floats:
    """Give the factor of the kinds: a station is hardly what another source calls a tap."""
    if "connects" not in left or "connects" not in right:
        return np.ones(len(pairs))
    one = left["connects"].to_numpy(bool)[pairs["left"]]
    other = right["connects"].to_numpy(bool)[pairs["right"]]
    return np.where(one == other, 1.0, _rules().kind_different_odds)


def _odds(left: pd.DataFrame, right: pd.DataFrame, pairs: pd.DataFrame) -> Floats:
    """Give log10 of the odds that each pair is one station."""
    rules = _rules()
    sd = np.hypot(
        left["sd_km"].to_numpy(float)[pairs["left"]],
        right["sd_km"].to_numpy(float)[pairs["right"]],
    )
    km = pairs["distance_km"].to_numpy(float)
    partners = (
        rules.copy_share * _bell(km, rules.copy_sd_km)
        + rules.outlier_share * _bell(km, rules.outlier_sd_km)
        + (1 - rules.copy_share - rules.outlier_share) * _bell(km, sd)
    )
    said = pairs["name_said"].to_numpy()
    name = np.select(
        [said == _names.SAME, said == _names.DIFFERENT],
        [rules.name_same_odds, rules.name_different_odds],
        1.0,
    )
    place = rules.prior * partners / pairs["density"].to_numpy(float)
    rest = pairs["kv_said"].to_numpy(float) * pairs["kind_said"].to_numpy(float)
    with np.errstate(divide="ignore"):
        return cast("Floats", np.log10(place * name * rest).round(9))


def _bell(km: Floats, sd_km: Floats | float) -> Floats:
    """Give the density at a distance of points scattered normally in the plane, per km2."""
    return np.exp(-0.5 * (km / sd_km) ** 2) / (2 * np.pi * np.square(sd_km))


def _assign(pairs: pd.DataFrame) -> NDArray[np.bool_]:
    """Pair off the rows one to one, the likeliest first; ties by the keys, whichever is left."""
    possible = pairs[pairs["odds"] > np.log10(_rules().different_odds)]
    keys = np.sort(possible[["left_key", "right_key"]].to_numpy(str), axis=1)
    order = np.lexsort((keys[:, 1], keys[:, 0], possible["distance_km"], -possible["odds"]))
    taken = np.zeros(len(pairs), dtype=bool)
    used: tuple[set[int], set[int]] = (set(), set())
    columns = (possible.index.to_numpy(), possible["left"].to_numpy(), possible["right"].to_numpy())
    for at, one, other in zip(*(column[order].tolist() for column in columns), strict=True):
        if one not in used[0] and other not in used[1]:
            taken[at] = True
            used[0].add(one)
            used[1].add(other)
    return taken


def _judged(pairs: pd.DataFrame) -> pd.DataFrame:
    """Turn odds and assignment into verdicts, each with its reason."""
    rules = _rules()
    odds, taken = pairs["odds"].to_numpy(float), pairs["taken"].to_numpy(bool)
    likely = taken & (odds >= np.log10(rules.same_odds))
    possible = odds > np.log10(rules.different_odds)
    settled = np.zeros(len(pairs), dtype=bool)
    rival = np.full(len(pairs), -np.inf)
    for side, across in (("left", "right"), ("right", "left")):
        here = pairs[side].to_numpy()
        spoken_for = np.isin(pairs[across], pairs.loc[likely, across])
        settled |= np.isin(here, here[likely])
        best = pd.Series(np.where(possible & ~taken & ~spoken_for, odds, -np.inf))
        rival = np.maximum(rival, best.groupby(here).transform("max").to_numpy(float))
    contested = likely & (rival >= odds - np.log10(rules.rival_odds))
    same = likely & ~contested
    for side in ("left", "right"):
        settled &= ~np.isin(pairs[side], pairs.loc[contested, side])
    elsewhere = possible & ~taken & settled
    verdict = np.select([same, ~possible | elsewhere], ["same", "different"], "doubtful")
    clues = _clues(pairs)
    why = np.select(
        [elsewhere, contested], ["; matched elsewhere", "; another fits nearly as well"], ""
    )
    return pairs.assign(verdict=verdict, reason=clues + why)


def _clues(pairs: pd.DataFrame) -> NDArray[np.object_]:
    """Say in words what speaks for and against each pair."""
    rules = _rules()
    name = {_names.SAME: "names agree", _names.DIFFERENT: "names differ", _names.OPEN: ""}
    kv = {
        rules.kv_same_odds: "voltages agree",
        rules.kv_shared_odds: "a lower voltage agrees",
        rules.kv_different_odds: "voltages differ",
        1.0: "",
    }
    parts = (
        [f"{km * 1000:.0f} m apart" for km in pairs["distance_km"]],
        [name[one] for one in pairs["name_said"]],
        [kv[one] for one in pairs["kv_said"]],
        ["one is no station" if one < 1 else "" for one in pairs["kind_said"]],
    )
    return np.array(["; ".join(filter(None, one)) for one in zip(*parts, strict=True)], object)
