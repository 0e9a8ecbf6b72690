"""What is known of a station that several sources describe: each field from who knows it best.

====================  ==========================================================================
field                 from
====================  ==========================================================================
id                    embedded, HIFLD, OpenStreetMap, import: the first that has the station
place                 import, HIFLD, embedded, OpenStreetMap
name                  import, embedded, HIFLD, OpenStreetMap; UNKNOWN and a number is no name
state                 embedded, HIFLD, import
voltages              a claim that the lines bear out before one that they do not; among equals
                      import, HIFLD, embedded, OpenStreetMap, then what HIFLD inferred, then what
                      the embedded table inferred or took from lines, then the class of the lines
circuits              import; else the larger of what OpenStreetMap's lines and HIFLD's give, since
                      both are rather low. HIFLD's: counted, and not known where only pieces of the
                      yard end; embedded, where none ends and the voltage is of the same class
evidence              by the lines where there are any, else as the source of the voltage says;
                      ``conflict`` too where sources report different voltages and lines do not
                      settle it
====================  ==========================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers import _topology
from layers._members import EMBEDDED, HIFLD, IMPORT, OSM, first_known, number_of
from layers.sources.hifld_lines import class_of
from layers.sources.rewatt_curated import read_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers._places import Floats

_PLACE = (IMPORT, HIFLD, EMBEDDED, OSM)
BEST = {
    "lat": _PLACE,
    "lon": _PLACE,
    "sd_km": _PLACE,
    "name": (IMPORT, EMBEDDED, HIFLD, OSM),
    "state": (EMBEDDED, HIFLD, IMPORT, OSM),
    "max_kv": _PLACE,
    "min_kv": _PLACE,
}
"""The sources of a field, the preferred one first."""

_GUESSED = ("inferred", "line_class")


def settle(
    members: pd.DataFrame,
    hifld_lines: GeoDataFrame | None,
    osm_lines: GeoDataFrame | None,
    areas: Mapping[str, BaseGeometry | None],
) -> pd.DataFrame:
    """Give one row per station.

    Parameters
    ----------
    members
        As `layers._members.members_of` gives them, with `station`, 0..n-1.
    hifld_lines, osm_lines
        As their sources promise them; None where none were fetched.
    areas
        Where they were fetched, by `HIFLD` and `OSM`; None or not there: everywhere. At a station
        outside, or at the edge, some of its lines may be missing, so they say nothing of it.

    Returns
    -------
    stations
        Index station: `name`, `state`, `lat`, `lon`, `max_kv`, `min_kv`, `circuits`,
        `line_pieces_near`, `kv_evidence` and `origin`.
    """
    stations = pd.DataFrame(
        {name: first_known(members, name, BEST[name]) for name in ("name", "state", "lat", "lon")}
    )
    lat, lon = stations["lat"].to_numpy(float), stations["lon"].to_numpy(float)
    drawn = {
        source: _Lines(lat, lon, lines, areas.get(source), joined=source == OSM)
        for source, lines in (
            (HIFLD, None if hifld_lines is None else _topology.of_hifld(hifld_lines)),
            (OSM, None if osm_lines is None else _topology.of_osm(osm_lines)),
        )
        if lines is not None
    }
    near = pd.concat([_NONE_NEAR, *(one.near for one in drawn.values())], ignore_index=True)
    ending = np.full(len(stations), np.nan)
    for one in drawn.values():
        ending = np.fmax(ending, one.ending)
    stations = stations.join(_voltages(members, ending, near))
    max_kv = stations["max_kv"].to_numpy(float)
    counted = {source: one.circuits(max_kv) for source, one in drawn.items()}
    pieces = np.full(len(stations), np.nan)
    for one in drawn.values():
        pieces = np.where(np.isnan(pieces), one.pieces, pieces)
    old = number_of(members, "line_pieces_near", (IMPORT, EMBEDDED, HIFLD, OSM))
    stations["circuits"] = _circuits(members, max_kv, counted)
    stations["line_pieces_near"] = np.where(np.isnan(pieces), old, pieces)
    stations["origin"] = _origins(members)
    return stations


_NONE_NEAR = pd.DataFrame({"station": pd.Series(dtype=np.intp), "kv_class": pd.Series(dtype=float)})


class _Lines:
    """What the lines of one source say of the stations.

    Attributes
    ----------
    ending, near
        As `layers._topology` gives them.
    pieces
        How many lines are near, shape ``(n,)``; NaN where none is.
    """

    def __init__(
        self,
        lat: Floats,
        lon: Floats,
        lines: GeoDataFrame,
        area: BaseGeometry | None,
        *,
        joined: bool,
    ) -> None:
        inside = _topology.inside(lat, lon, area)
        self._lat, self._lon = np.where(inside, lat, np.nan), np.where(inside, lon, np.nan)
        self._ends = _topology.line_ends(lines, joined=joined)
        self.ending = _topology.ending_class(self._lat, self._lon, self._ends)
        near = _topology.lines_near(self._lat, self._lon, lines)
        self.near = near[["station", "kv_class"]]
        pieces = np.bincount(self.near["station"], minlength=len(lat)).astype(float)
        self.pieces = np.where(pieces > 0, pieces, np.nan)

    def circuits(self, max_kv: Floats) -> Floats:
        """Count the circuits of each station's top class, given its voltage."""
        return _topology.circuits_at(self._lat, self._lon, max_kv, self._ends)


def _voltages(members: pd.DataFrame, ending: Floats, near: pd.DataFrame) -> pd.DataFrame:
    """Choose each station's voltages and say what stands behind them. Index station."""
    claims = members[members["max_kv"].notna()]
    station = claims["station"].to_numpy(np.intp)
    kv = claims["max_kv"].to_numpy(float)
    borne_out = _topology.confirmed(station, kv, ending, near)
    guessed = claims["said"].isin(_GUESSED).to_numpy(bool) | _copies_a_guess(claims)
    place = claims["source"].map({source: i for i, source in enumerate(_PLACE)}).to_numpy(int)
    order = np.lexsort((place, guessed, ~borne_out, station))
    ranked = claims.assign(borne_out=borne_out, guessed=guessed).iloc[order]
    chosen = ranked.drop_duplicates("station").set_index("station").reindex(range(len(ending)))
    lines_kv = _topology.top_class(ending, near)
    evidence = _evidence(chosen, ~np.isnan(lines_kv), _disagree(ranked, chosen))
    max_kv, min_kv = chosen["max_kv"].to_numpy(float), chosen["min_kv"].to_numpy(float)
    by_class = np.isnan(max_kv) & (lines_kv >= _topology.LEAST_CLASS_KV)
    return pd.DataFrame(
        {
            "max_kv": np.where(by_class, lines_kv, max_kv),
            "min_kv": np.where(min_kv <= max_kv, min_kv, np.nan),
            "kv_evidence": np.where(by_class, "line_class", evidence),
        },
        index=chosen.index,
    )


def _copies_a_guess(claims: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which claims of the embedded table, made from HIFLD, are what HIFLD says it inferred."""
    said = claims[(claims["source"] == HIFLD) & (claims["said"] == "inferred")]
    inferred = pd.MultiIndex.from_frame(said[["station", "max_kv"]])
    same = pd.MultiIndex.from_frame(claims[["station", "max_kv"]]).isin(inferred)
    return np.asarray(same & (claims["source"] == EMBEDDED).to_numpy(bool), dtype=bool)


def _evidence(
    chosen: pd.DataFrame, lines_there: NDArray[np.bool_], disagree: NDArray[np.bool_]
) -> NDArray[np.object_]:
    """Say what stands behind the chosen voltages.

    What was inferred and agrees with the lines rests on the lines: their class is what is known.
    """
    said = chosen["said"].to_numpy(object)
    borne_out = chosen["borne_out"].eq(other=True).to_numpy(bool)
    guessed = chosen["guessed"].eq(other=True).to_numpy(bool)
    return np.select(
        [chosen["max_kv"].isna(), disagree, borne_out & guessed, borne_out, lines_there],
        ["reported", "conflict", "line_class", "confirmed", "conflict"],
        said,
    )


def _disagree(ranked: pd.DataFrame, chosen: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell where sources report different highest voltages, and the lines do not settle it.

    The embedded table was made from HIFLD, so it contradicts only where HIFLD says nothing; and
    lines tell classes apart, not voltages of one class.
    """
    tolerance = read_parameters()["match_kv_tolerance"].value
    mine = chosen.reindex(ranked["station"])
    counts = ~ranked["said"].isin(_GUESSED).to_numpy(bool)
    counts &= (ranked["source"] != EMBEDDED).to_numpy(bool) | (mine["source"] == EMBEDDED).to_numpy(
        bool
    )
    one_class = class_of(ranked["max_kv"]).to_numpy() == class_of(mine["max_kv"]).to_numpy()
    counts &= ~mine["borne_out"].eq(other=True).to_numpy(bool) | one_class
    kv, own = ranked["max_kv"].to_numpy(float), mine["max_kv"].to_numpy(float)
    against = counts & (np.abs(kv - own) > tolerance * np.maximum(kv, own))
    found = np.zeros(len(chosen), dtype=bool)
    found[ranked["station"].to_numpy(np.intp)[against]] = True
    return found


def _circuits(members: pd.DataFrame, max_kv: Floats, counted: Mapping[str, Floats]) -> Floats:
    """Choose the circuits: the user's, or the larger of what HIFLD and OpenStreetMap draw.

    The embedded count was made from HIFLD's lines: it stands for them where they are not there.
    """
    own = members.where(members["source"] == IMPORT)
    brought = number_of(members.assign(circuits=own["circuits"]), "circuits", (IMPORT,))
    old = members.where(members["source"] == EMBEDDED)
    before = members.assign(circuits=old["circuits"], max_kv=old["max_kv"])
    embedded = number_of(before, "circuits", (EMBEDDED,))
    was = class_of(pd.Series(number_of(before, "max_kv", (EMBEDDED,)))).to_numpy(float)
    embedded = np.where(was == class_of(pd.Series(max_kv)).to_numpy(float), embedded, np.nan)
    nowhere = np.full(len(max_kv), np.nan)
    hifld, osm = counted.get(HIFLD, nowhere), counted.get(OSM, nowhere)
    hifld = np.where(np.isnan(hifld), embedded, hifld)
    largest = np.fmax(hifld, osm)
    return np.where(np.isnan(brought), np.where(largest > 0, largest, np.nan), brought)


def _origins(members: pd.DataFrame) -> pd.Series:
    """Name the rows behind each station, ``hifld 107839; osm way/123``. Index station."""
    named: dict[int, list[str]] = {}
    for station, source, key in zip(
        members["station"], members["source"], members["key"], strict=True
    ):
        named.setdefault(station, []).append(f"{source} {key}")
    return pd.Series({station: "; ".join(rows) for station, rows in named.items()}, dtype=object)
