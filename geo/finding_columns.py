"""The dictionary of what stands behind the metrics: connection, cost, years, constraint, gas."""

from __future__ import annotations

from geo.binding import CODES
from geo.firm_power import STATUSES
from geo.parameters import cited
from geo.timeline import YEAR_ENDS
from layers import gas_plants

UPPER_BOUND = (
    "an upper bound on delivery: existing load, transformers and everything upstream are not in it"
)

Described = tuple[str, str, str, str]
"""Name, unit, kind (``text`` or ``number``) and meaning."""

_KM = {one: f"{cited(f'{one}_search_radius_km').value:g}" for one in ("poi", "line")}

_POI: tuple[Described, ...] = (
    ("poi_id", "", "text", "point of interconnection: HIFLD id of station or line; blank: none"),
    ("poi_kind", "", "text", "station, or new switching station on a line that passes"),
    ("poi_name", "", "text", "its name; blank: HIFLD gives none"),
    ("poi_kv", "kV", "number", "its highest voltage"),
    ("poi_kv_evidence", "", "text", "what stands behind that voltage (data/README.md)"),
    ("poi_circuits", "", "number", "lines of that voltage that end there; blank: not known"),
    ("poi_lat", "degrees", "number", "its latitude, WGS 84"),
    ("poi_lon", "degrees", "number", "its longitude, WGS 84"),
    ("poi_distance_km", "km", "number", "geodesic distance from the site's point"),
    (
        "poi_role",
        "",
        "text",
        "own connection (perhaps too weak for the target), or else the cheapest option: a candidate"
        " station or a new switching station",
    ),
    ("poi_note", "", "text", "where the energised MW exceed the limit of its lines; blank: fine"),
    (
        "firm_mw_low",
        "MW",
        "number",
        f"N-1 limit of its lines, lower bound of the estimate; {UPPER_BOUND}",
    ),
    (
        "firm_mw_high",
        "MW",
        "number",
        f"N-1 limit of its lines, upper bound; blank: not known; {UPPER_BOUND}",
    ),
    ("poi_2_id", "", "text", "the cheapest other option that can or might carry the target"),
    ("poi_2_kind", "", "text", "station, or new switching station"),
    ("poi_2_name", "", "text", "its name"),
    ("poi_2_kv", "kV", "number", "its highest voltage"),
    ("poi_2_distance_km", "km", "number", "geodesic distance from the site's point"),
    (
        "poi_2_extra_usd",
        "USD",
        "number",
        "what it costs more than the POI, mid estimates; below 0 where it costs less; blank: the"
        " POI cannot carry the target, or nothing has to be built",
    ),
    (
        "grid_data",
        "",
        "text",
        f"whether the substation table holds every station within {_KM['poi']} km: complete,"
        " partial, or"
        " none (then the grid metrics are unknown)",
    ),
    (
        "line_data",
        "",
        "text",
        f"whether the line table holds every line within {_KM['line']} km: the same",
    ),
)
_CARRIER: tuple[Described, ...] = (
    (
        "carrier_id",
        "",
        "text",
        "the cheapest option that can or might carry the target: what cost and years rest on;"
        " blank: no single one can",
    ),
    ("carrier_kind", "", "text", "station, or new switching station"),
    ("carrier_name", "", "text", "its name"),
    ("carrier_kv", "kV", "number", "its highest voltage"),
    (
        "carrier_distance_km",
        "km",
        "number",
        "geodesic distance to it, or to the farthest point of a split target",
    ),
    ("carrier_firm_mw_low", "MW", "number", f"N-1 limit, lower bound; {UPPER_BOUND}"),
    ("carrier_firm_mw_high", "MW", "number", f"N-1 limit, upper bound; {UPPER_BOUND}"),
    (
        "carrier_can",
        "",
        "text",
        "can: its lower bound reaches the target; might: its circuits or voltage are in doubt, or"
        " the target is split (lines between two points count at both, so nothing is proven);"
        " blank: none here can",
    ),
    (
        "split_parts",
        "",
        "number",
        "points over which the target is split, since no single one can or might carry it;"
        " blank: not split. The carrier is then the point that carries most",
    ),
    (
        "all_pois_mw",
        "MW",
        "number",
        f"what the {cited('most_split_pois').value:g} strongest options might carry together;"
        " lines between them count twice",
    ),
)
_COST: tuple[Described, ...] = (
    ("connect_mw", "MW", "number", "target less energised MW: what has to be connected"),
    (
        "interconnection_usd_low",
        "USD",
        "number",
        "cost of the cheapest option (or of the split) to connect what the target lacks, dollars"
        " of the as-of year: published unit"
        " costs; 0 where the energised MW reach the target; blank: no cost table for the place;"
        " where the energised MW are not known, of the whole target",
    ),
    (
        "interconnection_usd_mid",
        "USD",
        "number",
        "the same with contingency and funds used during construction",
    ),
    (
        "interconnection_usd_high",
        "USD",
        "number",
        "the same with the overrun seen on a whole project",
    ),
)
_TIME: tuple[Described, ...] = (
    ("agreed_mw", "MW", "number", "contracted beyond the energised; a blank agreement counts 0"),
    (
        "growth_mw",
        "MW",
        "number",
        "contracted and announced beyond the energised, what is only announced up to what a single"
        " station or line here surely carries",
    ),
    (
        "beyond_mw",
        "MW",
        "number",
        "what then lacks to the target, up to what a single station or line here surely carries:"
        " nobody has announced it",
    ),
    (
        "time_to_target_years_p50",
        "years",
        "number",
        "until the target is ready for AI, P50: through the cheapest option, or else another that"
        " surely can; blank: it is neither energised nor contracted, and nothing here surely can",
    ),
    (
        "time_to_target_years_p90",
        "years",
        "number",
        "the same at P90: nine in ten of what is built are sooner",
    ),
    (
        "mw_in_2_years",
        "MW",
        "number",
        "MW ready for AI two years from the as-of date, P50, as far as they are proven: energised,"
        " growth_mw and beyond_mw; blank: not known",
    ),
    ("mw_in_5_years", "MW", "number", "the same in five years"),
    *(
        (
            f"mw_{name}_year_end_{year}",
            "MW",
            "number",
            f"the same at the end of the as-of year + {year}, {name.upper()}",
        )
        for name in ("p50", "p90")
        for year in range(YEAR_ENDS)
    ),
)
_BINDING: tuple[Described, ...] = (
    (
        "binding_constraint",
        "",
        "text",
        "what limits MW by date: "
        + "; ".join(f"{code}: {meaning}" for code, meaning in CODES.items()),
    ),
    ("binding_reason", "", "text", "the same for this site in words"),
    ("binding_relief", "", "text", "what relieving it would bring"),
)
_GAS: tuple[Described, ...] = (
    *(
        (
            f"gas_mw_50km_{status}",
            "MW",
            "number",
            f"gas plants within 50 km, {status.replace('_', ' ')}; see gas_data",
        )
        for status in STATUSES
    ),
    *(
        (
            f"gas_mw_50km_{technology.lower()}",
            "MW",
            "number",
            f"gas plants within 50 km, {technology}, operating or being built; see gas_data",
        )
        for technology in gas_plants.GAS_TECHNOLOGIES
    ),
    (
        "gas_room_name",
        "",
        "text",
        "nearest gas plant within 50 km that may have room: it retires, is being built or is"
        " planned; whether its output is sold is not known; blank: none in the table",
    ),
    ("gas_room_km", "km", "number", "geodesic distance to it"),
    ("gas_room_mw", "MW", "number", "its capacity"),
    ("gas_room_why", "", "text", "why it may have room"),
    (
        "gas_data",
        "",
        "text",
        "whether the gas table holds every plant within 50 km: complete, partial (the MW are lower"
        " bounds) or none",
    ),
)

_GROUND: tuple[Described, ...] = (
    (
        "slope_source",
        "",
        "text",
        "what the ground's slope was read from, and of which date; blank: none was fetched there",
    ),
)

FINDINGS: tuple[Described, ...] = (
    *_POI, *_CARRIER, *_COST, *_TIME, *_BINDING, *_GAS, *_GROUND,
)  # fmt: skip
"""Every column, in its order."""
