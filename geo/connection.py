"""All that is known of how a place connects: options, cost, years, constraint, firm power."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.cost import proxies
from geo.durations import MARKETS, conversions, end_of, queue_parameter, transformer_years
from geo.finding_columns import UPPER_BOUND
from geo.firm_power import ON_SITE, STATUSES, on_site_usd
from geo.parameters import cited
from geo.rows import Row, rows_of
from geo.timeline import YEAR_ENDS
from layers import gas_plants

if TYPE_CHECKING:
    import pandas as pd

    from geo.question import Question

HEADROOM = "unknown: it takes a power-flow study"
FIRM_MEANS = f"N-1 limit of the lines that end there, {UPPER_BOUND}"
_POI_KEYS = (
    "poi_id", "poi_kind", "poi_name", "poi_kv", "poi_kv_evidence", "poi_circuits", "poi_lat",
    "poi_lon", "poi_distance_km", "poi_role", "poi_note", "firm_mw_low", "firm_mw_high", "poi_2_id",
    "poi_2_kind", "poi_2_name", "poi_2_kv", "poi_2_distance_km", "poi_2_extra_usd", "grid_data",
    "line_data",
)  # fmt: skip
_TERMS = (
    "tie_circuits", "route_miles", "short_line_factor", "usd_per_mile", "line_usd", "station_usd",
    "transformer_usd", "usd_low", "usd_mid", "usd_high",
)  # fmt: skip


def connection(
    findings: pd.DataFrame,
    options: pd.DataFrame,
    question: Question,
    iso: str | None,
    pipeline_km: float | None,
) -> Row:
    """Give a site's connection as plain values, None where unknown.

    Parameters
    ----------
    findings
        One row of `geo.metrics.Metrics.findings`.
    options
        The site's rows of `geo.metrics.Metrics.options`.
    question
        Target and date.
    iso
        The site's grid area, None where not known.
    pipeline_km
        Distance to the nearest gas pipeline, if that is known.

    Returns
    -------
    connection
        `poi`, `options` (the cheapest first, with every term of their cost), `split`, `cost`,
        `time`, `binding_constraint` and `firm_power`.
    """
    row = _finite(rows_of(findings)[0])
    listed = [_finite(one) for one in rows_of(options)]
    return {
        "poi": {
            **{name: row[name] for name in _POI_KEYS},
            "firm_mw_means": FIRM_MEANS,
            "headroom": HEADROOM,
        },
        "options": _options([one for one in listed if one["part_mw"] is None], question),
        "split": _options([one for one in listed if one["part_mw"] is not None], question),
        "cost": _cost(row, question),
        "time": _time(row, question, iso),
        "binding_constraint": {
            "code": row["binding_constraint"],
            "reason": row["binding_reason"],
            "relief": row["binding_relief"],
        },
        "firm_power": _firm_power(row, question, pipeline_km),
    }


_TOO_WEAK = "too weak alone"


def _finite(row: Row) -> Row:
    return {
        name: None if isinstance(value, float) and not np.isfinite(value) else value
        for name, value in row.items()
    }


def _options(rows: list[Row], question: Question) -> list[Row]:
    shown = []
    able = [one for one in rows if _can(one) != _TOO_WEAK]
    for one in rows:
        weak = one not in able and one["part_mw"] is None
        one = {**one, **dict.fromkeys(_TERMS if weak else ())}  # noqa: PLW2901 - it carries less
        kv = np.nan if one["kv"] is None else one["kv"]
        site_kv = np.nan if one["site_kv"] is None else one["site_kv"]
        first, mid = (able or rows)[0]["usd_mid"], one["usd_mid"]
        shown.append(
            {
                "kind": one["kind"],
                "id": one["id"],
                "name": one["name"],
                "own_connection": one["own"],
                "kv": one["kv"],
                "kv_evidence": one["kv_evidence"],
                "circuits": one["circuits"],
                "lat": one["lat"],
                "lon": one["lon"],
                "distance_km": one["km"],
                "firm_mw_low": one["firm_low"],
                "firm_mw_high": one["firm_high"],
                "can": _can(one),
                "part_mw": one["part_mw"],
                **{name: one[name] for name in _TERMS},
                "usd_per_kw_mid": None if mid is None else per_kw(mid, question),
                "extra_usd": None if mid is None or first is None else mid - first,
                "proxies": proxies(kv, one["state"], site_kv),
            }
        )
    return shown


def _can(one: Row) -> str:
    if one["can"]:
        return "can"
    return "might" if one["might"] else _TOO_WEAK


def per_kw(usd: float, question: Question) -> float:
    """Give dollars per kW of the target."""
    return usd / (question.target_mw * 1000)


def _cost(row: Row, question: Question) -> Row:
    parts = {name: row[f"interconnection_usd_{name}"] for name in ("low", "mid", "high")}
    return {
        "connect_mw": row["connect_mw"],
        "connect_mw_at_most": question.target_mw,
        "dollar_year": end_of(question.as_of).year,
        **{f"usd_{name}": usd for name, usd in parts.items()},
        **{
            f"usd_per_kw_{name}": None if usd is None else per_kw(usd, question)
            for name, usd in parts.items()
        },
        "mid_over_low": (1 + cited("cost_contingency").value) * (1 + cited("cost_afudc").value),
        "high_over_low": cited("cost_overrun_high").value,
        "second_costs_more_usd": row["poi_2_extra_usd"],
    }


def _time(row: Row, question: Question, iso: str | None) -> Row:
    evidence = conversions(question.as_of)
    done = evidence.intervals[evidence.intervals["event"]]
    first_year = end_of(question.as_of).year
    names = (
        "agreed_mw", "growth_mw", "beyond_mw", "conversion_years_p50", "conversion_years_p90",
        "growth_years_p50", "growth_years_p90", "time_to_target_years_p50",
        "time_to_target_years_p90", "mw_in_2_years", "mw_in_5_years",
    )  # fmt: skip
    return {
        "as_of": question.as_of,
        "queue_times_of": MARKETS.get(iso or "", "national"),
        "queue_times_are": cited(queue_parameter(iso, "p50")).meaning,
        **{name: row[name] for name in names},
        "mw_by_year_end": [
            {
                "year": first_year + year,
                "p50_mw": row[f"mw_p50_year_end_{year}"],
                "p90_mw": row[f"mw_p90_year_end_{year}"],
            }
            for year in range(YEAR_ENDS)
        ],
        "transformer_years": transformer_years(),
        "conversions_delivered": len(done),
        "conversions_still_running": int((~evidence.intervals["event"]).sum()),
        "conversion_years_fastest": float(done["years"].min()) if len(done) else None,
        "conversion_years_slowest": float(done["years"].max()) if len(done) else None,
    }


def _firm_power(row: Row, question: Question, pipeline_km: float | None) -> dict[str, Any]:
    lacking = row["connect_mw"]
    mw = question.target_mw if lacking is None else lacking
    return {
        "gas_mw_50km_by_status": {one: row[f"gas_mw_50km_{one}"] for one in STATUSES},
        "gas_mw_50km_by_technology": {
            one: row[f"gas_mw_50km_{one.lower()}"] for one in gas_plants.GAS_TECHNOLOGIES
        },
        "nearest_with_room": {
            name: row[f"gas_room_{name}"] for name in ("name", "km", "mw", "why")
        },
        "gas_data": row["gas_data"],
        "pipeline_km": pipeline_km,
        "on_site_generation": {
            "mw": mw,
            "usd": on_site_usd(mw),
            "dollars": cited(ON_SITE["combined cycle"]).unit,
            "source": cited(ON_SITE["combined cycle"]).source,
            "not_in_it": "fuel, gas connection, interest, regional factors, a spare unit",
        },
    }
