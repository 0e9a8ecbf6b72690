"""Finds a place by its name: a campus, a substation or a city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.precision import is_located
from layers import read_places

if TYPE_CHECKING:
    from layers import Layers

_KINDS = ("campus", "substation", "city")
_COLUMNS = ["name", "kind", "state", "lat", "lon", "coord_precision", "max_kv"]


def gazetteer(layers: Layers) -> pd.DataFrame:
    """Give every campus, substation and larger city that has a name and a point.

    Parameters
    ----------
    layers
        By id; of `campuses` and `substations` one that is absent is left out.

    Returns
    -------
    places
        `name`, `kind` (campus, substation, city), `state`, `lat` and `lon` in degrees (EPSG:4326),
        `coord_precision` (site; town: the point stands for a whole town) and `max_kv` (of
        substations; NaN where not known).
    """
    tables = {"city": read_places().assign(coord_precision="town")}
    if "campuses" in layers:
        campuses = layers["campuses"].table
        tables["campus"] = campuses[is_located(campuses)]
    if "substations" in layers:
        stations = layers["substations"].table
        tables["substation"] = stations[stations["name"].notna()].assign(coord_precision="site")
    rows = [
        pd.DataFrame(tables[kind]).assign(kind=kind).reindex(columns=_COLUMNS)
        for kind in _KINDS
        if kind in tables
    ]
    return pd.concat([one.astype({"max_kv": float}) for one in rows], ignore_index=True)


def named(places: pd.DataFrame, text: str) -> pd.DataFrame:
    """Give the places whose name holds every word of a text, whatever its case.

    Parameters
    ----------
    places
        As `gazetteer` gives them.
    text
        A name, or a part of one.

    Returns
    -------
    found
        Rows of `places`: those that are called so first, then those that begin so; campuses
        before substations before cities, and by name. None for a text without a word.
    """
    words = text.casefold().split()
    if not words:
        return places.iloc[:0]
    names = places["name"].str.casefold()
    for word in words:
        names = names[names.str.contains(word, regex=False)]
    found, asked = places.loc[names.index], " ".join(words)
    order = pd.DataFrame(
        {
            "nearness": 2 - names.str.startswith(asked).astype(int) - (names == asked).astype(int),
            "kind": found["kind"].map(_KINDS.index),
            "name": names,
            "state": found["state"].fillna(""),
        }
    )
    by = ["nearness", "kind", "name", "state"]
    return found.loc[order.sort_values(by, kind="stable").index]
