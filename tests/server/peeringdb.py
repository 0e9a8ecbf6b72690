"""PeeringDB: facilities, with the field names of its interface.

The rows are made by hand around real cities; every name starts with "Synthetic".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .messages import of_json

if TYPE_CHECKING:
    from .messages import Asked, Reply

PLACES = (
    # city, state, country, lat, lon, networks, exchanges, carriers, status
    ("Dallas", "TX", "US", 32.80081, -96.81948, 310, 9, 60, "ok"),
    ("Dallas", "TX", "US", 32.78420, -96.80340, 44, 2, 20, "ok"),
    ("Lubbock", "TX", "US", 33.57790, -101.85520, 6, 0, 3, "ok"),
    ("Amarillo", "TX", "US", 35.20710, -101.83380, 3, 0, 2, "ok"),
    ("Oklahoma City", "OK", "US", 35.46760, -97.51640, 27, 1, 9, "ok"),
    ("South Bend", "IN", "US", 41.67640, -86.25200, 12, 1, 6, "ok"),
    ("Chicago", "IL", "US", 41.85390, -87.61800, 420, 12, 80, "ok"),
    ("Indianapolis", "IN", "US", 39.76840, -86.15810, 61, 3, 18, "ok"),
    ("New Orleans", "LA", "US", 29.95110, -90.07150, 14, 1, 7, "ok"),
    ("Baton Rouge", "LA", "US", 30.45150, -91.18710, 8, 0, 4, "ok"),
    ("Shreveport", "LA", "US", None, None, 5, 0, 2, "ok"),
    ("Ashburn", "VA", "US", 39.01640, -77.45910, 480, 15, 95, "ok"),
    ("Wichita Falls", "TX", "US", None, None, 0, 0, 0, "ok"),
    ("Houston", "TX", "US", 29.76040, -95.36980, 0, 0, 0, "ok"),
    ("Toronto", "ON", "CA", 43.64480, -79.38410, 260, 8, 50, "ok"),
)

BLANK = [
    "aka",
    "name_long",
    "website",
    "clli",
    "rencode",
    "npanxx",
    "notes",
    "sales_email",
    "sales_phone",
    "tech_email",
    "tech_phone",
    "address2",
    "floor",
    "suite",
    "zipcode",
]


def _facility(at: int, place: tuple[Any, ...]) -> dict[str, Any]:
    city, state, country, lat, lon, networks, exchanges, carriers, status = place
    name = f"Synthetic {city} {at}"
    return {
        **dict.fromkeys(BLANK, ""),
        "id": 90_000 + at,
        "org_id": 80_000 + at % 4,
        "org_name": f"Synthetic Colocation {at % 4}",
        "campus_id": None,
        "name": name,
        "social_media": [],
        "net_count": networks,
        "ix_count": exchanges,
        "carrier_count": carriers,
        "available_voltage_services": [],
        "diverse_serving_substations": None,
        "property": None,
        "region_continent": "North America",
        "status_dashboard": None,
        "created": "2014-03-20T00:00:00Z",
        "updated": "2026-08-30T00:00:00Z",
        "status": status,
        "address1": "1 Synthetic Street",
        "city": city,
        "state": state,
        "country": country,
        "latitude": lat,
        "longitude": lon,
    }


FACILITIES = tuple(_facility(at, place) for at, place in enumerate(PLACES, 1))


def answer(asked: Asked) -> Reply | None:
    """Answer `/api/fac`, filtered by any field, with `limit` and `skip`."""
    if asked.path.rstrip("/") != "/api/fac":
        return None
    wanted = {key: value for key, value in asked.query.items() if key in FACILITIES[0]}
    rows = [
        one for one in FACILITIES if all(str(one[key]) == value for key, value in wanted.items())
    ]
    rows = rows[int(asked.query.get("skip", 0)) :]
    limit = int(asked.query.get("limit", 0))
    return of_json({"data": rows[:limit] if limit else rows, "meta": {}})
