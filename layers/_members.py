"""The rows of each source of stations, brought to one shape before they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers._names import plain_name
from layers.sources.rewatt_curated import read_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers._places import Floats

EMBEDDED, HIFLD, OSM, IMPORT = "embedded", "hifld", "osm", "import"

COLUMNS = (
    "source", "key", "name", "operator", "state", "lat", "lon", "sd_km", "max_kv", "min_kv",
    "circuits", "line_pieces_near", "said", "connects",
)  # fmt: skip
"""What a member has: `said` is the evidence that its source gives for its voltage (``reported``,
``inferred``, or what the embedded table says); `connects` whether one can connect there."""

_NO_STATION = ("transition", "traction")
"""OpenStreetMap's `substation` where a line goes underground, or that feeds a railway."""
_NOT_IN_SERVICE = ("INACTIVE", "RETIRED", "DECOMMISSIONED")


def members_of(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Stack the tables of the sources.

    Parameters
    ----------
    tables
        By `EMBEDDED`, `HIFLD`, `OSM` and `IMPORT`: the embedded table, those that the sources
        `hifld_substations` and `osm_power` promise, and what was imported, columns of the layer.

    Returns
    -------
    members
        `COLUMNS`, one row per row of the tables, sources in the order above.
    """
    parts = [_SHAPED[source](tables[source]) for source in _SHAPED if source in tables]
    empty = pd.DataFrame(columns=pd.Index(COLUMNS))
    return pd.concat(parts, ignore_index=True) if parts else empty


def _of_layer(table: pd.DataFrame, source: str, sd_km: float) -> pd.DataFrame:
    plain = pd.DataFrame(index=range(len(table)))
    for column in COLUMNS:
        there = table[column].to_numpy() if column in table else np.nan
        plain[column] = there
    said = table["kv_evidence"].to_numpy(object) if "kv_evidence" in table else "reported"
    return plain.assign(
        source=source,
        key=table["substation_id"].astype(str).to_numpy(object),
        sd_km=sd_km,
        said=said,
        connects=True,
    )


def _of_embedded(table: pd.DataFrame) -> pd.DataFrame:
    return _of_layer(table, EMBEDDED, _sd_km(HIFLD))


def _of_import(table: pd.DataFrame) -> pd.DataFrame:
    return _of_layer(table, IMPORT, _sd_km(IMPORT))


def _of_hifld(table: pd.DataFrame) -> pd.DataFrame:
    """HIFLD calls a station without a name UNKNOWN and its number: that is no name."""
    status = table["status"].astype("string").str.upper()
    plain = _of_layer(table, HIFLD, _sd_km(HIFLD))
    return plain.assign(
        name=table["name"].where(table["name"].map(plain_name) != "", None).to_numpy(object),
        said=np.where(table["kv_inferred"].eq("yes"), "inferred", "reported"),
        connects=(
            table["type"].isin(["substation", "other"]) & ~status.isin(_NOT_IN_SERVICE)
        ).to_numpy(bool, na_value=False),
    )


def _of_osm(table: pd.DataFrame) -> pd.DataFrame:
    plain = _of_layer(table.rename(columns={"osm_id": "substation_id"}), OSM, _sd_km(OSM))
    return plain.assign(connects=~table["substation"].isin(_NO_STATION).to_numpy(bool))


def _sd_km(source: str) -> float:
    return read_parameters()[f"match_sd_km_{source}"].value


_SHAPED: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    EMBEDDED: _of_embedded,
    HIFLD: _of_hifld,
    OSM: _of_osm,
    IMPORT: _of_import,
}


def first_known(members: pd.DataFrame, column: str, order: tuple[str, ...]) -> pd.Series:
    """Give one column of each station from the first source that knows it.

    Parameters
    ----------
    members
        With `station`, and at most one row per station and source.
    column
        Which.
    order
        The sources, the preferred one first.

    Returns
    -------
    values
        Index station, every station of `members`; missing where no source knows.
    """
    place = members["source"].map({source: i for i, source in enumerate(order)})
    ordered = members.assign(place=place).sort_values(["station", "place"], kind="stable")
    return ordered.groupby("station")[column].first()


def number_of(members: pd.DataFrame, column: str, order: tuple[str, ...]) -> Floats:
    """Give a numeric column of each station, 0..n-1, as in `first_known`."""
    return first_known(members, column, order).to_numpy(float)
