"""How a place connects, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.console import grid, number, span
from geo.finding_columns import UPPER_BOUND
from geo.parameters import cited

if TYPE_CHECKING:
    from rich.table import Table

    from geo.rows import Row

_MILLION = 1e6


def connected(one: Row, target_mw: float) -> list[Table | str]:
    """Show what `geo.connection.connection` gives."""
    parts: list[Table | str] = [poi_text(one, target_mw)]
    if one["options"]:
        parts += [_options(one["options"]), *_costs(one["options"], one["cost"])]
    if one["split"]:
        together = f"No single point carries {target_mw:,.0f} MW; split over {len(one['split'])}:"
        parts += [together, _options(one["split"]), *_costs(one["split"], one["cost"])]
    return [
        *parts,
        *_years(one["time"], target_mw),
        _binding(one),
        firm_power_text(one["firm_power"]),
    ]


def _money(usd: float | None) -> str:
    return number(None if usd is None else usd / _MILLION, 1)


def poi_text(one: Row, target_mw: float) -> str:
    """Say which point of interconnection, and what it carries."""
    poi = one["poi"]
    data = f"Grid data here: {poi['grid_data']}; lines: {poi['line_data']}."
    if poi["poi_id"] is None:
        said = {
            "none": "the tables hold no stations around this place, so nothing is known of its"
            " grid: that is a gap in the tables, not an absence of stations; `rewatt fetch"
            " hifld_substations hifld_lines` brings the nation's",
            "partial": f"no station in the tables carries {target_mw:,.0f} MW, and the tables are"
            " not complete here",
            "complete": f"no single station within {cited('poi_search_radius_km').value:g} km"
            f" carries {target_mw:,.0f} MW, and no line that passes within"
            f" {cited('line_search_radius_km').value:g} km does",
        }[poi["grid_data"]]
        return f"POI: none found: {said}. {data}"
    low, reach = poi["firm_mw_low"], poi["firm_mw_high"]
    if reach is not None:
        upto = f"up to {number(reach)} MW at the line terminals (firm {span(low, reach)} MW)"
    elif low is not None:
        upto = f"at least {number(low)} MW at the line terminals, the most is not known"
    else:
        upto = "what its lines carry is not known"
    note = f" But {poi['poi_note']}." if poi["poi_note"] else ""
    circuits = f", {number(poi['poi_circuits'])} circuits" if poi["poi_kind"] == "station" else ""
    return (
        f"POI ({poi['poi_role']}): {poi['poi_name'] or 'unnamed'} ({poi['poi_id']}),"
        f" {number(poi['poi_kv'])} kV ({poi['poi_kv_evidence']}){circuits},"
        f" {number(poi['poi_distance_km'], 1)} km; {upto}: {poi['firm_mw_means']}.{note} Headroom"
        f" {poi['headroom']}. {data}"
    )


def _options(options: list[Row]) -> Table:
    heads = [
        ("option", "left"), ("kV", "right"), ("evidence", "left"), ("circuits", "right"),
        ("km", "right"), ("firm MW", "right"), ("target", "left"), ("M$ low", "right"),
        ("mid", "right"), ("high", "right"), ("$/kW", "right"), ("more M$", "right"),
    ]  # fmt: skip
    rows = [
        (
            _name(item),
            number(item["kv"]),
            item["kv_evidence"] or "?",
            number(item["circuits"]),
            number(item["distance_km"], 1),
            span(item["firm_mw_low"], item["firm_mw_high"]),
            item["can"] if item["part_mw"] is None else f"{number(item['part_mw'])} MW of it",
            _money(item["usd_low"]),
            _money(item["usd_mid"]),
            _money(item["usd_high"]),
            number(item["usd_per_kw_mid"], 1),
            _money(item["extra_usd"]) if item["part_mw"] is None else "",
        )
        for item in options
    ]
    return grid("", heads, rows)


def _name(item: Row) -> str:
    name = item["name"] or f"unnamed {item['id']}"
    return f"{name} (own connection)" if item["own_connection"] else name


def _costs(options: list[Row], cost: Row) -> list[Table | str]:
    if _nothing_to_build(cost):
        return [cost_note(options, cost)]
    heads = [
        ("cost of", "left"), ("route miles", "right"), ("x factor", "right"),
        ("x M$/mile", "right"), ("x circuits", "right"), ("= line M$", "right"),
        ("+ station", "right"), ("+ transformer", "right"), ("= low M$", "right"),
    ]  # fmt: skip
    rows = [
        (
            _name(item),
            number(item["route_miles"], 2),
            number(item["short_line_factor"], 3),
            number(None if item["usd_per_mile"] is None else item["usd_per_mile"] / _MILLION, 3),
            number(item["tie_circuits"]),
            *(
                number(None if item[name] is None else item[name] / _MILLION, 2)
                for name in ("line_usd", "station_usd", "transformer_usd", "usd_low")
            ),
        )
        for item in options
    ]
    return [grid("", heads, rows), cost_note(options, cost)]


def _nothing_to_build(cost: Row) -> bool:
    return cost["connect_mw"] is not None and not cost["connect_mw"]


def cost_note(options: list[Row], cost: Row) -> str:
    """Say how the three estimates are made, and which rows stand in for others."""
    if _nothing_to_build(cost):
        return "The energised MW reach the target: nothing has to be built."
    said = list(dict.fromkeys(text for item in options for text in item["proxies"]))
    stand_ins = f" Stand-ins: {'; '.join(said)}." if said else ""
    lacking = cost["connect_mw"]
    mw = number(cost["connect_mw_at_most"] if lacking is None else lacking)
    return (
        f"USD of {cost['dollar_year']} for {'at most ' if lacking is None else ''}{mw} MW to"
        f" connect; mid = low x"
        f" {cost['mid_over_low']:.3g} (contingency, AFUDC), high = low x {cost['high_over_low']:g}"
        " (overrun seen); the tie has no spare circuit; a transformer is counted where the"
        f" site's own voltage is known to differ.{stand_ins}"
    )


def _years(time: Row, target_mw: float) -> list[Table | str]:
    ends = time["mw_by_year_end"]
    table = grid(
        "",
        [("MW by year-end", "left"), *((str(item["year"]), "right") for item in ends)],
        [
            ("P50", *(number(item["p50_mw"]) for item in ends)),
            ("P90", *(number(item["p90_mw"]) for item in ends)),
        ],
    )
    return [years_text(time, target_mw), table]


def years_text(time: Row, target_mw: float) -> str:
    """Say how long it takes, and on how little that rests."""
    target = (
        f"{number(time['time_to_target_years_p50'], 1)} years"
        f" (P90 {number(time['time_to_target_years_p90'], 1)})"
        if time["time_to_target_years_p50"] is not None
        else "not known"
    )
    return (
        f"Time to {target_mw:,.0f} MW, from {time['as_of']}: {target}. Conversion of energised MW:"
        f" {number(time['conversion_years_p50'], 1)} years"
        f" (P90 {number(time['conversion_years_p90'], 1)}), Kaplan-Meier of only"
        f" {time['conversions_delivered']} delivered and {time['conversions_still_running']} still"
        f" running, {number(time['conversion_years_fastest'], 1)} to"
        f" {number(time['conversion_years_slowest'], 1)} years. Further MW:"
        f" {number(time['growth_years_p50'], 1)} years (P90 {number(time['growth_years_p90'], 1)}):"
        f" queue to operation ({time['queue_times_of']}: {time['queue_times_are']}), the"
        f" transformer's {number(time['transformer_years'], 1)} years and the conversion, whichever"
        " is longest, if they are built at all."
    )


def _binding(one: Row) -> str:
    binding = one["binding_constraint"]
    return f"Binding: {binding['code']}: {binding['reason']}. Relief: {binding['relief']}."


def firm_power_text(power: Row) -> str:
    """Say which gas plants and pipelines are nearby."""
    status = "; ".join(
        f"{number(mw)} {name.replace('_', ' ')}"
        for name, mw in power["gas_mw_50km_by_status"].items()
    )
    technology = ", ".join(
        f"{name} {number(mw)}" for name, mw in power["gas_mw_50km_by_technology"].items()
    )
    room = power["nearest_with_room"]
    nearest = (
        f"{room['name']}, {number(room['mw'])} MW, {number(room['km'], 1)} km ({room['why']})"
        if room["name"]
        else "none known within 50 km"
    )
    pipeline = (
        "unknown (no pipeline layer)"
        if power["pipeline_km"] is None
        else f"{number(power['pipeline_km'], 1)} km"
    )
    return (
        f"Gas within 50 km, MW: {status} ({technology}, operating or being built). Nearest plant"
        f" with room: {nearest}. Gas data here: {power['gas_data']}. Pipeline: {pipeline}."
        f" {_on_site(power['on_site_generation'])}"
    )


def _on_site(plant: Row) -> str:
    """Say what a plant on the site would cost instead."""
    if not plant["mw"]:
        return "On-site generation: none is needed for the target."
    kinds = ", ".join(f"{name} {_money(usd)}" for name, usd in plant["usd"].items())
    return (
        f"On-site generation of {number(plant['mw'])} MW instead, M$: {kinds} ({plant['dollars']},"
        f" overnight, without {plant['not_in_it']}; {plant['source']})."
    )


LEGEND = (
    f"firm MW: N-1 limit, {UPPER_BOUND}. can: the lower bound reaches the target; might: circuits"
    " or voltage are in doubt. ?: not known. more M$: than the first option, mid estimates. Queue"
    " times: the nation's, unless --iso names an area that has its own."
)
