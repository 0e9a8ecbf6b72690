"""Which of our columns a column of somebody else's table is."""

from __future__ import annotations

import difflib
import re

from layers import miner_sites

ALIASES: dict[str, tuple[str, ...]] = {
    "site_id": ("site_id", "id", "siteid", "site_code", "code", "fid"),
    "name": ("name", "site_name", "site", "title", "label", "project", "project_name"),
    "lat": ("lat", "latitude", "y", "lat_dd", "latitude_deg", "y_coord", "point_y"),
    "lon": (
        "lon",
        "longitude",
        "lng",
        "long",
        "x",
        "lon_dd",
        "longitude_deg",
        "x_coord",
        "point_x",
    ),
    "wkt": ("wkt", "geometry", "geom", "wkt_geom", "the_geom"),
    "energised_mw": (
        "energised_mw",
        "energized_mw",
        "mw",
        "power_mw",
        "capacity_mw",
        "site_mw",
        "load_mw",
        "mw_energised",
        "mw_energized",
        "capacity",
        "power",
    ),
    "contracted_mw": ("contracted_mw", "mw_contracted", "agreement_mw"),
    "announced_mw": ("announced_mw", "mw_announced", "planned_mw", "expansion_mw"),
    "interconnection_kv": ("interconnection_kv", "kv", "voltage_kv", "voltage"),
    "land_acres": ("land_acres", "acres", "acreage", "land"),
    "operator": ("operator", "owner", "company"),
    "utility_or_tso": ("utility_or_tso", "utility", "tso"),
    "iso": ("iso", "rto", "market"),
    "status": ("status", "site_status"),
    "state": ("state", "state_code", "province"),
    "county": ("county", "parish", "county_name"),
}
"""Names under which people keep each column, the likeliest first; an exact name always wins."""


VALUE_ALIASES = {
    "usa": "US",
    "united_states": "US",
    "united_states_of_america": "US",
    "canada": "CA",
    "operational": "operating",
    "active": "operating",
    "online": "operating",
    "construction": "under_construction",
    "building": "under_construction",
    "proposed": "planned",
    "announced": "planned",
    "retired": "closed",
    "decommissioned": "closed",
    "btm": "behind-the-meter",
}
"""Words that people use for ours, in small letters with underscores."""


def plain(name: object) -> str:
    """Give a column's name in small letters with underscores: ``Power (MW)`` is ``power_mw``."""
    return re.sub(r"[^a-z0-9]+", "_", str(name).strip().lower()).strip("_")


def map_columns(found: list[str]) -> tuple[dict[str, str], list[str]]:
    """Match the columns of a table to ours.

    Returns
    -------
    mapping
        Their name to ours, each of ours at most once.
    notes
        What was mapped under another name, and what is not used, in words.
    """
    ours = [column.name for column in miner_sites.COLUMNS]
    theirs: dict[str, str] = {}
    for name in found:
        theirs.setdefault(plain(name), name)
    mapping: dict[str, str] = {}
    for target in [*ours, "wkt"]:
        names = (target, *ALIASES.get(target, ()))
        match = next(
            (theirs[one] for one in names if one in theirs and theirs[one] not in mapping), None
        )
        if match is not None:
            mapping[match] = target
    renamed = [f"{name!r} as {target}" for name, target in mapping.items() if name != target]
    unused = [name for name in found if name not in mapping]
    notes = [f"Read {', '.join(renamed)}."] if renamed else []
    if unused:
        hints = []
        for name in unused[:10]:
            near = difflib.get_close_matches(plain(name), ours, n=1, cutoff=0.75)
            hints.append(f"{name!r} (near {near[0]})" if near else repr(name))
        more = f" and {len(unused) - 10} more" if len(unused) > 10 else ""
        notes.append(f"Not used: {', '.join(hints)}{more}.")
    return mapping, notes
