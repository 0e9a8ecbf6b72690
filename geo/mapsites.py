"""What the map says of a site and of its tie, as plain rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.finding_columns import UPPER_BOUND
from geo.gates import FAIL, GATES, UNKNOWN
from geo.maplegend import colour

if TYPE_CHECKING:
    from geo.rows import Row

COLUMNS = (
    "ai_hpc_status", "announced_mw", "as_of", "binding_constraint", "binding_reason",
    "binding_relief", "carrier_id", "carrier_kv", "carrier_name", "contracted_mw",
    "coord_precision", "coverage", "energised_mw", "firm_mw_high", "firm_mw_low", "gas_data",
    "gas_mw_50km_operating", "gas_mw_50km_under_construction", "grid_data",
    "interconnection_usd_high", "interconnection_usd_low", "interconnection_usd_mid", "lat", "lon",
    "mw_in_2_years", "mw_in_5_years", "name", "operator", "poi_2_extra_usd", "poi_distance_km",
    "poi_id", "poi_kv", "poi_kv_evidence", "poi_lat", "poi_lon", "poi_name", "potential", "rank",
    "score", "site_id", "source", "split_parts", "status", "time_to_target_years_p50",
    "time_to_target_years_p90", "uncommitted_mw", "unranked_reason",
    *(f"gate_{one.id}" for one in GATES),
)  # fmt: skip
"""What of the ranked table the map speaks of."""


def amount(value: float | None, unit: str, digits: int = 0) -> str:
    """Write a number with its unit; in words where it is not known."""
    if value is None or pd.isna(value):
        return "not known"
    return f"{value:,.{digits}f} {unit}".strip()


def span(low: float | None, high: float | None, unit: str) -> str:
    """Write a range; one number where both ends are the same."""
    first, last = amount(low, unit), amount(high, unit)
    return first if first == last else f"{first} to {last}"


def marker_radius(mw: float | None, smallest: float, growth: float = 0.42) -> float:
    """Give a marker's radius in pixels: its area grows with the MW."""
    if mw is None or pd.isna(mw):
        return smallest
    return round(smallest + growth * float(np.sqrt(mw)), 1)


def site_popup(row: Row, *, own: bool = False) -> Row:
    """Give a site's marker and what its popup says; one that the user brought has its own shape."""
    gates = {
        name[5:].replace("_", " "): value for name, value in row.items() if name.startswith("gate_")
    }
    failed = [name for name, verdict in gates.items() if verdict == FAIL]
    open_ = [name for name, verdict in gates.items() if verdict == UNKNOWN]
    rank = row["rank"]
    energised = amount(row["energised_mw"], "MW")
    sure = f"potential {row['potential']:.3f}, coverage {row['coverage']:.0%}"
    return {
        "id": row["site_id"],
        "rank": int(rank) if rank else None,
        "shape": "pentagon" if own else "circle",
        "name": row["name"],
        "lat": round(row["lat"], 5),
        "lon": round(row["lon"], 5),
        "hollow": not rank or bool(failed) or row["coord_precision"] == "county",
        "colour": colour(row["score"]),
        "radius": marker_radius(row["energised_mw"], 5),
        "hint": f"rank {rank}, score {row['score']:.2f}, {energised} energised",
        "rows": [
            ["Rank", str(rank) if rank else f"none: {row['unranked_reason']}"],
            ["Score", f"{row['score']:.3f} ({sure})"],
            ["Operator", row["operator"]],
            ["Status", row["status"]],
            ["Energised", energised],
            ["Contracted in all", amount(row["contracted_mw"], "MW")],
            ["Announced on top", amount(row["announced_mw"], "MW")],
            ["Free of AI contracts", amount(row["uncommitted_mw"], "MW")],
            *_connection(row),
            *_poi(row),
            ["Grid data", row["grid_data"]],
            ["Gas within 50 km", _gas_nearby(row)],
            ["Fails", ", ".join(failed) or None],
            ["Open", ", ".join(open_) or None],
            ["AI status (never scored)", row["ai_hpc_status"]],
            ["Place", f"good to the {row['coord_precision']}" if row["coord_precision"] else None],
            ["Source", row["source"] and f"{row['source']} ({row['as_of']})"],
        ],
    }  # fmt: skip


def _poi(row: Row) -> list[list[str | None]]:
    if not row["poi_id"]:
        return [["POI", "none found"]]
    return [
        ["POI", row["poi_name"] or f"unnamed, {row['poi_id']}"],
        ["POI voltage", f"{amount(row['poi_kv'], 'kV')} ({row['poi_kv_evidence']})"],
        ["POI distance", amount(row["poi_distance_km"], "km", 1)],
        ["N-1 limit of its lines", span(row["firm_mw_low"], row["firm_mw_high"], "MW")],
        ["Which is", UPPER_BOUND],
    ]


def _connection(row: Row) -> list[list[str | None]]:
    """Give cost, years, MW by date and the binding constraint."""
    low, mid, high = (row[f"interconnection_usd_{one}"] for one in ("low", "mid", "high"))
    cost = (
        "not known"
        if mid is None
        else f"{mid / 1e6:,.0f} M$ ({low / 1e6:,.0f} to {high / 1e6:,.0f})"
    )
    p50, p90 = row["time_to_target_years_p50"], row["time_to_target_years_p90"]
    years = "not known" if p50 is None else f"{p50:.1f} years (P90 {p90:.1f})"
    second = row["poi_2_extra_usd"]
    return [
        ["Ready in 2, in 5 years", " and ".join(amount(row[name], "MW") for name in _SOON)],
        ["Time to the target", years],
        ["Cost to connect", cost],
        ["Second-best, more", None if second is None else f"{second / 1e6:,.1f} M$"],
        ["Binds", f"{row['binding_constraint'].replace('_', ' ')}: {row['binding_reason']}"],
        ["Relief", row["binding_relief"]],
        ["Through", _through(row)],
    ]


_SOON = ("mw_in_2_years", "mw_in_5_years")


def _through(row: Row) -> str | None:
    """Name the cheapest option where it is not the POI itself."""
    if row["split_parts"]:
        return f"{row['split_parts']:.0f} points together"
    if row["carrier_id"] is None or row["carrier_id"] == row["poi_id"]:
        return None
    return f"{row['carrier_name'] or row['carrier_id']}, {amount(row['carrier_kv'], 'kV')}"


def _gas_nearby(row: Row) -> str:
    parts = [row[f"gas_mw_50km_{one}"] for one in ("operating", "under_construction")]
    if None in parts:
        return "not known"
    least = "" if row["gas_data"] == "complete" else "at least "
    return f"{least}{sum(parts):,.0f} MW operating or being built"


def tie_popup(row: Row) -> Row:
    """Give the line from a site to its point of interconnection, and what it says."""
    km = f"{row['poi_distance_km']:.1f} km"
    name = row["poi_name"] or f"unnamed station {row['poi_id']}"
    return {
        "path": [[round(row["lat"], 5), round(row["lon"], 5)], [row["poi_lat"], row["poi_lon"]]],
        "hint": km,
        "site": row["name"],
        "poi": f"{name}, {amount(row['poi_kv'], 'kV')}",
        "distance": km,
    }
