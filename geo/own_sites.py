"""Sites that a user makes up or brings: points, copies of listed sites, edited rows."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pandas as pd

from geo.site_files import BroughtSites, sites_of_cells
from geo.site_tables import RawTable, SiteFileError
from layers import miner_sites

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from geo.rows import Row

PREFIX = "own-"
"""Begins the id of every site of a user's own: no listed site can have it."""
EDITABLE = (
    "name", "status", "energised_mw", "contracted_mw", "announced_mw", "interconnection_kv",
    "land_acres", "iso", "lat", "lon",
)  # fmt: skip
"""What a user may ask "what if" about."""

_COLUMNS = [column.name for column in miner_sites.COLUMNS]
_LONGEST = 60


class OwnSiteError(SiteFileError):
    """A site that cannot be as it was asked for."""


def new_point(lat: float, lon: float, name: str, taken: Collection[str], **known: object) -> Row:
    """Give a row for a point where nothing stands yet.

    Parameters
    ----------
    lat, lon
        Degrees, WGS 84.
    name
        What to call it; by its coordinates if blank.
    taken
        Ids in use.
    **known
        Other columns of the layer miner_sites.

    Returns
    -------
    row
        With nothing energised, planned and good to a site, unless `known` says otherwise.
    """
    called = name.strip() or f"Point {lat:.4f}, {lon:.4f}"
    row = dict.fromkeys(_COLUMNS) | {"status": "planned", "energised_mw": 0.0} | known
    row |= {"lat": lat, "lon": lon, "site_id": free_id(called, taken), "name": called}
    row["coord_precision"] = row["coord_precision"] or "site"
    return row


def copy_of(sites: pd.DataFrame, site_id: str, taken: Collection[str]) -> Row:
    """Give a row like that of a listed site, under an id and a name of its own."""
    row = {str(name): value for name, value in sites.loc[site_id].items() if name in _COLUMNS}
    copied = free_id(str(site_id), taken)
    return row | {"site_id": copied, "name": f"{row['name']} (what if)"}


def origin_of(site_id: str, listed: Collection[str]) -> str | None:
    """Give the listed site that a site of one's own is a copy of, if it is one."""
    base = site_id.removeprefix(PREFIX)
    for one in (base, re.sub(r"-\d+$", "", base)):
        if site_id.startswith(PREFIX) and one in listed:
            return one
    return None


def free_id(text: str, taken: Collection[str]) -> str:
    """Make an id of plain letters from any text; a number makes it one that is not in use."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.removeprefix(PREFIX)).strip("-")[:_LONGEST]
    first = f"{PREFIX}{slug or 'site'}"
    site_id, number = first, 2
    while site_id in taken:
        site_id, number = f"{first}-{number}", number + 1
    return site_id


def owned(sites: pd.DataFrame, file: str) -> pd.DataFrame:
    """Give brought sites ids of their own; a second upload of the same rows gets the same ids.

    Parameters
    ----------
    sites
        As `geo.sites.complete` gives them.
    file
        Where they come from: rows without an id are called after it.
    """
    ids: dict[str, None] = {}  # in order like a list, and not searched from its start
    for site_id in map(str, sites.index):
        numbered = re.fullmatch(r"row-\d+", site_id)
        text = f"{file.rsplit('.', 1)[0]}-{site_id}" if numbered else site_id
        ids[free_id(text, ids)] = None
    named = sites.index.to_series().astype(object).to_numpy()
    table = sites.reset_index(drop=True).assign(site_id=list(ids))
    table["name"] = table["name"].where(table["name"].notna(), pd.Series(named)).astype(object)
    return table


def checked(rows: list[Row], listed: pd.DataFrame) -> BroughtSites:
    """Check rows as a file of sites is checked.

    Raises
    ------
    OwnSiteError
        With every breach at once.
    """
    cells = pd.DataFrame(
        [{name: row.get(name) for name in _COLUMNS} for row in rows],
        index=[row["site_id"] for row in rows],
        dtype=object,
    )
    texts = cells.map(lambda cell: "" if _unknown(cell) else _text(cell))
    numbered = texts.set_axis(range(1, len(texts) + 1), axis="index")
    try:
        return sites_of_cells(RawTable(numbered, semicolons=False, notes=[]), "This", listed)
    except SiteFileError as error:
        said = [re.sub(r"^row \d+(, |: )", "", one) for one in error.breaches]
        msg = f"This cannot be used as a site: {'; '.join(said)}."
        raise OwnSiteError(msg, said) from error


def _unknown(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and cell != cell)  # noqa: PLR0124 - NaN


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) else repr(float(cell))  # type: ignore[arg-type]


def edited(sites: pd.DataFrame, site_id: str, changes: Mapping[str, object]) -> Row:
    """Give the row of a site with some of its columns changed; ``None``: not known.

    A site that is moved has its state and country found anew.
    """
    row = {str(name): value for name, value in sites.loc[site_id].items() if name in _COLUMNS}
    changed = row | {"site_id": site_id} | dict(changes)
    moved = [name for name in ("lat", "lon") if not _same(row[name], changed[name])]
    if moved:
        changed |= dict.fromkeys(("county", "state", "country", "coord_radius_km"))
        changed |= {"coord_precision": "site"}
    return changed


def _same(one: object, other: object) -> bool:
    return (_unknown(one) and _unknown(other)) or one == other


def as_brought(sites: pd.DataFrame) -> pd.DataFrame:
    """Give sites as a table that `rewatt rank --sites` takes back.

    Columns that say nothing are left out, but for the place: files of points want one.
    """
    table = sites.rename_axis("site_id").reset_index()
    place = ("lat", "lon")
    return table[[name for name in _COLUMNS if name in place or table[name].notna().any()]]
