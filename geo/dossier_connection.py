"""Tables of a site's dossier: how it connects, what it costs, when, and firm power."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.document import NOT_KNOWN, Cell, Head, Table, Value, span, value
from geo.dossier_figures import MILLION, meaning, million
from geo.finding_columns import UPPER_BOUND

if TYPE_CHECKING:
    from geo.rows import Row

_THING = (Head("figure", width=3), Head("value", right=True, width=1.6), Head("meaning", width=5))


def options_table(one: Row, name: str) -> Table:
    """Compare points of interconnection; `name` is ``options``, or ``split`` for parts."""
    heads = (
        Head("option", width=3.0),
        Head("kV", "its highest voltage", right=True),
        Head("evidence", "what stands behind the voltage", width=1.5),
        Head("circuits", "lines of that voltage that end there", right=True, width=1.2),
        Head("km", "geodesic, from the site's point", right=True),
        Head("firm MW", f"N-1 limit of its lines, {UPPER_BOUND}", right=True, width=2.0),
        Head("can", "whether it can carry the target, or its part of it", width=1.5),
        Head("M USD low", "published unit costs", right=True, width=1.3),
        Head("mid", "with contingency and interest", right=True, width=1.2),
        Head("high", "with the overrun seen", right=True, width=1.3),
        Head("USD/kW", "mid, over the target", right=True, width=1.5),
        Head("more, M USD", "than the first that can or might, mid", right=True, width=1.3),
    )
    rows = []
    for place, item in enumerate(one[name]):
        at = f"{name}.{place}"
        can: Cell = item["can"]
        if item["part_mw"] is not None:
            can = value(one, f"{at}.part_mw", "MW of it")
        rows.append(
            (
                option_name(item),
                value(one, f"{at}.kv"),
                item["kv_evidence"] or NOT_KNOWN,
                value(one, f"{at}.circuits"),
                value(one, f"{at}.distance_km", digits=1),
                span(one, f"{at}.firm_mw_low", f"{at}.firm_mw_high"),
                can,
                *(_bare(one, f"{at}.usd_{end}") for end in ("low", "mid", "high")),
                value(one, f"{at}.usd_per_kw_mid", digits=1),
                _bare(one, f"{at}.extra_usd"),
            )
        )
    caption = "Points compared" if name == "options" else "The target split over several points"
    return Table(f"{caption}; firm MW is an upper bound", heads, tuple(rows))


def terms_table(one: Row, name: str) -> Table:
    """Show every term of what the options cost."""
    heads = (
        Head("option", width=3.0),
        Head("latitude", "degrees, WGS 84", right=True, width=1.4),
        Head("longitude", "degrees, WGS 84", right=True, width=1.5),
        Head("route miles", "straight distance x route-length factor", right=True, width=1.2),
        Head("x factor", "short lines cost more a mile", right=True),
        Head("x M USD a mile", "of one circuit", right=True, width=1.3),
        Head("x circuits", "of the tie, none to spare", right=True, width=1.2),
        Head("= line, M USD", "", right=True, width=1.3),
        Head("+ station", "M USD", right=True, width=1.3),
        Head("+ transformer", "M USD, where the voltages differ", right=True, width=1.5),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            option_name(item),
            value(one, f"{name}.{place}.lat", digits=4),
            value(one, f"{name}.{place}.lon", digits=4),
            value(one, f"{name}.{place}.route_miles", digits=2),
            value(one, f"{name}.{place}.short_line_factor", digits=3),
            _bare(one, f"{name}.{place}.usd_per_mile", 3),
            value(one, f"{name}.{place}.tie_circuits"),
            *(
                _bare(one, f"{name}.{place}.{term}_usd", 2)
                for term in ("line", "station", "transformer")
            ),
        )
        for place, item in enumerate(one[name])
    )
    return Table("What the low estimate is made of", heads, rows)


def _bare(one: Row, path: str, digits: int = 1) -> Value:
    return value(one, path, digits=digits, over=MILLION)


def option_name(item: Row) -> str:
    """Name an option; say where it is the site's own connection, or a line."""
    name = item["name"] or f"unnamed {item['id']}"
    kind = "" if item["kind"] == "station" else f" ({item['kind']})"
    return f"{name}{kind} (own connection)" if item["own_connection"] else f"{name}{kind}"


def _with_meaning(label: str, shown: Cell, name: str) -> tuple[Cell, ...]:
    return label, shown, meaning(name, shown)


def poi_table(one: Row) -> Table:
    """Show what is known of the POI, of the runner-up and of the tables here."""
    poi = one["poi"]
    name = poi["poi_name"] or (f"unnamed {poi['poi_id']}" if poi["poi_id"] else NOT_KNOWN)
    evidence = f"evidence: {poi['poi_kv_evidence'] or 'none'}"
    second = poi["poi_2_name"] or (f"unnamed {poi['poi_2_id']}" if poi["poi_2_id"] else NOT_KNOWN)
    rows: list[tuple[Cell, ...]] = [
        ("Point of interconnection", str(name), "where the site is, or would be, connected"),
        _with_meaning("Its role", poi["poi_role"] or NOT_KNOWN, "poi_role"),
        *([("Note", poi["poi_note"], meaning("poi_note"))] if poi["poi_note"] else []),
        ("Voltage", value(one, "poi.poi_kv", "kV"), evidence),
        _with_meaning("Circuits", value(one, "poi.poi_circuits"), "poi_circuits"),
        _with_meaning("Latitude", value(one, "poi.poi_lat", "degrees", digits=4), "poi_lat"),
        _with_meaning("Longitude", value(one, "poi.poi_lon", "degrees", digits=4), "poi_lon"),
        ("Headroom", "not known", str(poi["headroom"])),
        _with_meaning("Runner-up", str(second), "poi_2_id"),
        _with_meaning("Its voltage", value(one, "poi.poi_2_kv", "kV"), "poi_2_kv"),
        _with_meaning(
            "Its distance",
            value(one, "poi.poi_2_distance_km", "km", digits=1),
            "poi_2_distance_km",
        ),
        _with_meaning("It costs more", million(one, "poi.poi_2_extra_usd"), "poi_2_extra_usd"),
        ("Station data here", poi["grid_data"], meaning("grid_data")),
        ("Line data here", poi["line_data"], meaning("line_data")),
    ]  # fmt: skip
    return Table("The point of interconnection", _THING, tuple(rows))


def years_table(one: Row) -> Table:
    """Show MW by year-end."""
    heads = (
        Head("by the end of"),
        Head("P50, MW", meaning("mw_p50_year_end_0"), right=True),
        Head("P90, MW", meaning("mw_p90_year_end_0"), right=True),
    )
    rows = tuple(
        (
            Value(str(end["year"]), float(end["year"]), f"time.mw_by_year_end.{place}.year"),
            value(one, f"time.mw_by_year_end.{place}.p50_mw"),
            value(one, f"time.mw_by_year_end.{place}.p90_mw"),
        )
        for place, end in enumerate(one["time"]["mw_by_year_end"])
    )
    return Table("MW ready for AI", heads, rows)


def waits_table(one: Row) -> Table:
    """Show what the years are made of, and on how little they rest."""
    time = one["time"]

    def years(name: str) -> Value:
        return value(one, f"time.{name}", "years", digits=1)

    said = "Kaplan-Meier estimate from contract to first delivered capacity"
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Conversion of energised MW, P50", years("conversion_years_p50"), said),
        ("The same, P90", years("conversion_years_p90"), said),
        ("Fastest conversion delivered", years("conversion_years_fastest"), "data/conversions.csv"),
        ("Slowest conversion delivered", years("conversion_years_slowest"), "data/conversions.csv"),
        ("Conversions delivered", value(one, "time.conversions_delivered"), "few: no more certain"),
        ("Still running", value(one, "time.conversions_still_running"), "counted as not yet done"),
        (
            "Further MW, P50",
            years("growth_years_p50"),
            f"{time['queue_times_are']} ({time['queue_times_of']}); transformer and conversion,"
            " whichever is longest, if it is built at all",
        ),
        ("The same, P90", years("growth_years_p90"), "nine in ten of what is built are sooner"),
        ("Transformer", years("transformer_years"), "lead time of a large power transformer"),
        _with_meaning(
            "Agreed beyond the energised", value(one, "time.agreed_mw", "MW"), "agreed_mw"
        ),
        _with_meaning("Growth", value(one, "time.growth_mw", "MW"), "growth_mw"),
        _with_meaning("Beyond what is on paper", value(one, "time.beyond_mw", "MW"), "beyond_mw"),
    )
    return Table("What the years rest on", _THING, rows)


def power_table(one: Row) -> Table:
    """Show gas plants and pipelines nearby, and what a plant on the site would cost."""
    power = one["firm_power"]
    plant = power["on_site_generation"]
    around = f"gas plants within 50 km; data here: {power['gas_data']}"
    rows: list[tuple[Cell, ...]] = [
        (
            f"Gas, {name.replace('_', ' ')}",
            value(one, f"firm_power.gas_mw_50km_by_status.{name}", "MW"),
            around,
        )
        for name in power["gas_mw_50km_by_status"]
    ]
    rows += [
        (
            f"Of that, {name}",
            value(one, f"firm_power.gas_mw_50km_by_technology.{name}", "MW"),
            "operating or being built",
        )
        for name in power["gas_mw_50km_by_technology"]
    ]
    room = power["nearest_with_room"]
    rows += [
        (
            "Nearest plant with room",
            room["name"] or "none known",
            room["why"] or meaning("gas_room_name", NOT_KNOWN),
        ),
        ("Its capacity", value(one, "firm_power.nearest_with_room.mw", "MW"), "nameplate"),
        ("Its distance", value(one, "firm_power.nearest_with_room.km", "km", digits=1), "geodesic"),
        (
            "Nearest gas pipeline",
            value(one, "firm_power.pipeline_km", "km", digits=1),
            "not known where no pipeline layer is there (`rewatt fetch` brings it)",
        ),
        (
            "Generation on the site instead",
            value(one, "firm_power.on_site_generation.mw", "MW"),
            "what the target lacks",
        ),
    ]
    rows += [
        (
            f"Its cost, {name}",
            million(one, f"firm_power.on_site_generation.usd.{name}"),
            f"{plant['dollars']}, overnight, without {plant['not_in_it']}; {plant['source']}",
        )
        for name in plant["usd"]
    ]
    return Table("Gas nearby, and generation on the site", _THING, tuple(rows))


def cost_table(one: Row) -> Table:
    """Show what connecting costs, and how the three estimates are made."""
    rows: list[tuple[Cell, ...]] = [
        _with_meaning("MW to connect", value(one, "cost.connect_mw", "MW"), "connect_mw"),
        ("At most", value(one, "cost.connect_mw_at_most", "MW"), "the target"),
    ]
    for name in ("low", "mid", "high"):
        said = meaning(f"interconnection_usd_{name}")
        per_kw = value(one, f"cost.usd_per_kw_{name}", "USD/kW", digits=1)
        rows += [
            (f"Cost, {name}", million(one, f"cost.usd_{name}"), said),
            (f"Cost over the target, {name}", per_kw, "the same over the target"),
        ]
    second = million(one, "cost.second_costs_more_usd")
    dollars = value(one, "cost.dollar_year")
    rows += [
        _with_meaning("The second-best costs more", second, "poi_2_extra_usd"),
        (
            "Mid over low",
            value(one, "cost.mid_over_low", "times", digits=2),
            "contingency, and funds used during construction",
        ),
        ("High over low", value(one, "cost.high_over_low", "times", digits=1), "overrun seen"),
        (
            "Dollars of",
            Value(dollars.text.replace(",", ""), dollars.number, dollars.of),
            "every cost is escalated to this year",
        ),
    ]
    return Table("What connecting costs", _THING, tuple(rows))
