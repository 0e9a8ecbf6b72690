"""The names and words under which people and publishers keep what our columns hold.

Names are in small letters with underscores, the likeliest first; an exact name always wins.
HIFLD's, EIA's, OpenStreetMap's and Global Energy Monitor's own headings are among them, and
German, French, Spanish and Italian ones, without their accents.
"""

from __future__ import annotations

_PLACE: dict[str, tuple[str, ...]] = {
    "lat": (
        "lat", "latitude", "y", "lat_dd", "latitude_deg", "y_coord", "point_y", "breite",
        "breitengrad", "geogr_breite", "geografische_breite", "latitud", "latitudine",
    ),
    "lon": (
        "lon", "longitude", "lng", "long", "x", "lon_dd", "longitude_deg", "x_coord", "point_x",
        "lange", "laenge", "langengrad", "laengengrad", "geogr_lange", "geografische_lange",
        "longitud", "longitudine",
    ),
    "wkt": ("wkt", "geometry", "geom", "wkt_geom", "the_geom"),
    "state": ("state", "state_code", "province"),
    "county": ("county", "parish", "county_name"),
}  # fmt: skip
_MORE_WKT = ("wkt_srid_4326", "geometry_wkt", "shape", "wkb", "geoshape")

COORDINATES = frozenset({*_PLACE["lat"], *_PLACE["lon"], *_PLACE["wkt"]})
"""Headings under which a place is kept."""

SITE_NAMES: dict[str, tuple[str, ...]] = {
    "site_id": ("site_id", "id", "siteid", "site_code", "code", "fid"),
    "name": ("name", "site_name", "site", "title", "label", "project", "project_name"),
    **_PLACE,
    "energised_mw": (
        "energised_mw", "energized_mw", "mw", "power_mw", "capacity_mw", "site_mw", "load_mw",
        "mw_energised", "mw_energized", "capacity", "power",
    ),
    "contracted_mw": ("contracted_mw", "mw_contracted", "agreement_mw"),
    "announced_mw": ("announced_mw", "mw_announced", "planned_mw", "expansion_mw"),
    "interconnection_kv": ("interconnection_kv", "kv", "voltage_kv", "voltage"),
    "land_acres": ("land_acres", "acres", "acreage", "land"),
    "operator": ("operator", "owner", "company"),
    "utility_or_tso": ("utility_or_tso", "utility", "tso"),
    "iso": ("iso", "rto", "market"),
    "status": ("status", "site_status"),
}  # fmt: skip
"""Of mining sites: `--sites` and `rewatt import` read the same."""

_VOLTAGE = (
    "voltage",
    "kv",
    "voltage_kv",
    "nominal_voltage",
    "nominal_kv",
    "volt",
    "volts",
    "spannung",
    "spannung_in",
    "nennspannung",
    "tension",
    "voltaje",
)
_HERE = {
    **_PLACE,
    "wkt": (*_PLACE["wkt"], *_MORE_WKT),
    "state": (*_PLACE["state"], "st", "stusps", "state_abb", "state_abbr"),
}
NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "miner_sites": SITE_NAMES,
    "campuses": {
        **_HERE,
        "campus_id": ("id", "campus", "site_id", "facility_id"),
        "name": ("campus_name", "site_name", "site", "title", "label", "project", "facility"),
        "operator": ("user", "users", "tenant", "company"),
        "owner_developer": ("owner", "developer", "owner_name"),
        "power_mw_current": ("current_power_mw", "current_mw", "capacity_mw", "power_mw", "mw"),
        "power_mw_planned": ("planned_power_mw", "planned_mw", "total_mw", "announced_mw"),
        "first_power_year": ("first_power", "start_year", "online_year", "year"),
        "status": ("campus_status", "project_status"),
    },
    "substations": {
        **_HERE,
        "substation_id": (
            "id", "sub_id", "hifld_id", "station_id", "osm_id", "full_id", "v_id",
            "nummer", "kennung", "code", "codigo",
        ),
        "name": (
            "sub_name", "substation_name", "station_name", "substation", "station", "title",
            "umspannwerk", "bezeichnung", "nom", "nom_du_poste", "poste", "nombre", "subestacion",
            "nombre_de_la_subestacion", "nome",
        ),
        "max_kv": (
            "max_volt", "max_kv_est", "max_voltage", "voltage_max", "kv_max", "highest_voltage",
            "hochste_spannung", "hoechste_spannung", "tension_max", "tension_maxima", *_VOLTAGE,
        ),
        "min_kv": (
            "min_volt", "min_kv_est", "min_voltage", "voltage_min", "kv_min", "lowest_voltage",
        ),
        "circuits": ("n_circuits", "circuit_count"),
        "line_pieces_near": ("hifld_line_pieces_200m",),
        "kv_evidence": ("kv_source", "voltage_evidence"),
    },
    "transmission_lines": {
        "wkt": _HERE["wkt"],
        "line_id": ("id", "hifld_id", "osm_id", "full_id", "l_id"),
        "kv_class": ("volt_class", "voltage_class", *_VOLTAGE),
        "kv": _VOLTAGE,
        "owner": ("operator", "owner_name"),
        "status": ("line_status",),
    },
    "gas_plants": {
        **_HERE,
        "gas_plant_id": ("plant_id", "gppd_idnr", "id"),
        "eia_plant_code": ("plant_code", "eia_plant_id", "eia_id", "orispl", "orispl_code"),
        "name": ("plant_name", "plant", "project", "station_name", "title"),
        "operator": ("utility_name", "operator_name", "entity_name", "owner", "owner_name"),
        "status": ("operating_status", "plant_status", "status_code"),
        "technology": ("tech", "technology_description", "prime_mover", "prime_mover_code"),
        "capacity_mw": (
            "nameplate_capacity_mw", "total_capacity_mw", "nameplate_mw", "nameplate_capacity",
            "capacity", "power_mw", "mw",
        ),
        "online_year": ("operating_year", "start_year", "commissioning_year", "year_online"),
        "planned_retirement": ("planned_retirement_date", "planned_retirement_year"),
    },
    "gas_pipelines": {
        "wkt": _HERE["wkt"],
        "pipeline_id": ("id", "pipe_id", "project_id"),
        "operator": ("owner", "company", "operator_name"),
        "kind": ("typepipe", "type", "pipe_type", "pipeline_type"),
    },
}  # fmt: skip
"""By layer and by our column."""

SITE_WORDS = {
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

WORDS: dict[tuple[str, str], dict[str, str]] = {
    ("substations", "kv_evidence"): {
        "confirmed_by_line": "confirmed",
        "line_class_only": "line_class",
        "exact_line_conflict": "conflict",
        "pair_mean_line_conflict": "conflict",
        "neighbour_mean": "inferred",
        "exact": "reported",
        "pair_mean": "reported",
        "missing": "",
    },
    ("transmission_lines", "kv_class"): {
        "under_100": "69",
        "100_161": "138",
        "220_287": "230",
        "735_and_above": "765",
        "not_available": "",
        "dc": "",
    },
    ("gas_plants", "status"): {
        "op": "operating",
        "sb": "operating",
        "re": "closed",
        "u": "under_construction",
        "v": "under_construction",
        "ts": "under_construction",
        "p": "planned",
        "l": "planned",
        "t": "planned",
        "pre_construction": "planned",
    },
    ("gas_plants", "technology"): {
        "natural_gas_fired_combined_cycle": "CC",
        "combined_cycle": "CC",
        "natural_gas_fired_combustion_turbine": "CT",
        "combustion_turbine": "CT",
        "gas_turbine": "CT",
        "natural_gas_steam_turbine": "ST",
        "steam_turbine": "ST",
        "natural_gas_internal_combustion_engine": "RICE",
        "internal_combustion": "RICE",
        "other_natural_gas": "OTHER",
        "natural_gas_with_compressed_air_storage": "OTHER",
        "conventional_steam_coal": "COAL",
    },
}
"""Words of publishers for our fixed ones, by layer and column; HIFLD's VOLT_CLASS as the embedded
table codes it (a direct-current line states no class); EIA-860 status codes (instructions,
schedule 3, part B); EIA-860M technologies. What is not here and not ours is not guessed."""

DEFAULTS = {
    "kv_evidence": "reported",
    "evidence": "uncited",
    "confidence": "low",
    "operator": "not stated",
}
"""What a column that may not be blank says where a file is silent: that nobody vouches for it."""


def names_of(layer: str, column: str) -> tuple[str, ...]:
    """Give the names under which a column of a layer may stand, its own first."""
    own = NAMES.get(layer, _HERE)
    return (column, *own.get(column, ()))
