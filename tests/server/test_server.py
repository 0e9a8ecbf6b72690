"""The server is held against clients that know nothing of it."""

from __future__ import annotations

import time

import geopandas as gpd
import httpx
import pytest
import requests

from .serving import Server

CHILDRESS = "-101.5,33.4,-98.9,35.2"
ENVELOPE = {"geometryType": "esriGeometryEnvelope", "inSR": 4326, "geometry": CHILDRESS}
WHOLE = {"f": "geojson", "where": "1=1", "outFields": "*", "outSR": 4326}
LAYERS = ("hifld_substations", "hifld_substations_text", "hifld_lines", "eia_pipelines")


def pages(url, **more):
    """Page as a careful client does."""
    described = requests.get(url, params={"f": "json"}, timeout=30).json()
    got, offset = [], 0
    while True:
        asked = {
            **WHOLE,
            **more,
            "resultOffset": offset,
            "orderByFields": described["objectIdField"],
        }
        page = requests.get(f"{url}/query", params=asked, timeout=30).json()
        got.append(page)
        offset += len(page["features"])
        if not (page.get("exceededTransferLimit") or page.get("properties")):
            return described, got


@pytest.mark.parametrize("name", LAYERS)
def test_pages_hold_every_object_once_in_order(web, name):
    url = web.endpoint(name)
    described, got = pages(url)
    count = {"f": "json", "where": "1=1", "returnCountOnly": "true"}
    told = requests.get(f"{url}/query", params=count, timeout=30).json()["count"]
    ids = [one["id"] for page in got for one in page["features"]]
    assert ids == sorted(set(ids))
    assert len(ids) == told
    assert max(len(page["features"]) for page in got) <= described["maxRecordCount"]
    assert set(got[0]["features"][0]["properties"]) == {one["name"] for one in described["fields"]}


@pytest.mark.parametrize("name", LAYERS)
def test_a_page_is_never_longer_than_the_layer_says(web, name):
    url = web.endpoint(name)
    most = requests.get(url, params={"f": "json"}, timeout=30).json()["maxRecordCount"]
    asked = {**WHOLE, "resultRecordCount": 99_999}
    page = requests.get(f"{url}/query", params=asked, timeout=30).json()
    assert 0 < len(page["features"]) <= most


@pytest.mark.parametrize("name", LAYERS)
def test_an_envelope_keeps_what_touches_it_as_geopandas_says(web, name):
    url = web.endpoint(name)
    _, everything = pages(url)
    whole = gpd.GeoDataFrame.from_features(one for page in everything for one in page["features"])
    west, south, east, north = map(float, CHILDRESS.split(","))
    _, inside = pages(url, **ENVELOPE)
    part = gpd.GeoDataFrame.from_features(one for page in inside for one in page["features"])
    assert len(part) == len(whole.cx[west:east, south:north]) > 0


def test_one_copy_has_voltages_as_text(web):
    types = {}
    for name in LAYERS[:2]:
        url = web.endpoint(name)
        fields = requests.get(url, params={"f": "json"}, timeout=30).json()["fields"]
        types[name] = next(one["type"] for one in fields if one["name"] == "MAX_VOLT")
        page = requests.get(f"{url}/query", params={**WHOLE, **ENVELOPE}, timeout=30).json()
        value = page["features"][0]["properties"]["MAX_VOLT"]
        assert isinstance(value, str) == (types[name] == "esriFieldTypeString")
    assert list(types.values()) == ["esriFieldTypeDouble", "esriFieldTypeString"]


@pytest.mark.parametrize(
    ("path", "asked", "message"),
    [
        ("dead", {"f": "json"}, "Invalid URL"),
        ("hifld_lines", {"outFields": "NO_SUCH"}, "Invalid query parameters"),
        ("hifld_lines", {"where": "1=1; drop table"}, "Invalid query parameters"),
        ("eia_pipelines", {"orderByFields": "OBJECTID"}, "Invalid query parameters"),
    ],
)
def test_errors_come_with_status_200(web, path, asked, message):
    url = web.endpoint(path) + ("" if path == "dead" else "/query")
    reply = requests.get(url, params={**WHOLE, **asked}, timeout=30)
    assert reply.status_code == 200
    assert message in reply.json()["error"]["message"]


def test_requests_are_recorded_with_their_query_and_agent(web):
    headers = {"User-Agent": "a tester"}
    params = {"f": "json", "where": "1=1"}
    requests.get(web.endpoint("hifld_lines"), params=params, headers=headers, timeout=30)
    (one,) = web.asked("US_Electric")
    assert (one.method, one.query["f"], one.headers["user-agent"]) == ("GET", "json", "a tester")


@pytest.mark.parametrize(
    ("kind", "status"), [("429", 429), ("429_date", 429), ("500", 500), ("504", 504)]
)
def test_faults_strike_when_told_and_pass(web, kind, status):
    url = web.endpoint("dead")
    web.misbehave("/gone/", kind, times=2, after=1)
    got = [requests.get(url, params={"f": "json"}, timeout=30) for _ in range(4)]
    assert [one.status_code for one in got] == [200, status, status, 200]
    assert ("Retry-After" in got[1].headers) == (status == 429)


@pytest.mark.parametrize("kind", ["reset", "length_long"])
def test_a_body_that_stops_early_is_an_error_of_the_connection(web, kind):
    web.misbehave("Electric", kind)
    with pytest.raises(httpx.TransportError, match=r"reset by peer|peer closed|incomplete"):
        httpx.get(web.endpoint("hifld_substations"), params={"f": "json"})


@pytest.mark.parametrize("kind", ["truncated", "length_short", "html"])
def test_a_body_that_is_no_json_still_arrives(web, kind):
    web.misbehave("Electric", kind)
    reply = httpx.get(web.endpoint("hifld_substations"), params={"f": "json"})
    assert reply.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
        reply.json()


def test_a_trickle_outlasts_a_client_with_a_limit(web):
    web.misbehave("Electric", "trickle", interval_s=0.02)
    url, limit = web.endpoint("hifld_substations"), 0.3
    with httpx.stream("GET", url, params={"f": "json"}) as reply:
        start, got = time.monotonic(), 0
        for piece in reply.iter_raw():
            got += len(piece)
            if time.monotonic() - start > limit:
                break
    assert 0 < got < int(reply.headers["Content-Length"])


def test_a_redirect_names_another_host(web):
    web.misbehave("Electric", "redirect")
    reply = httpx.get(web.endpoint("hifld_substations"), params={"f": "json"})
    assert reply.status_code == 302
    assert httpx.URL(reply.headers["Location"]).host == "localhost"


def test_a_small_bomb_unpacks_to_what_it_says(web):
    web.misbehave("Electric", "gzip_bomb", mb=20)
    with httpx.stream("GET", web.endpoint("hifld_substations"), params={"f": "json"}) as reply:
        unpacked = sum(len(piece) for piece in reply.iter_bytes())
    assert int(reply.headers["Content-Length"]) < 100_000
    assert unpacked > 20_000_000


def page_ids(web, **asked):
    url = web.endpoint("hifld_substations") + "/query"
    params = {**WHOLE, "orderByFields": "OBJECTID", "resultRecordCount": 10, **asked}
    page = requests.get(url, params=params, timeout=30).json()
    return [one["id"] for one in page["features"]], page.get("properties")


def test_pages_repeat_or_shrink_when_told(web):
    honest, more = page_ids(web, resultOffset=0)
    assert more == {"exceededTransferLimit": True}
    web.misbehave("resultOffset=10", "duplicate_page")
    assert page_ids(web, resultOffset=10) == (honest, more)
    web.misbehave("resultOffset=0", "shrunk_page")
    assert page_ids(web, resultOffset=0) == (honest[:5], None)
    web.misbehave("resultOffset=0", "short_page")
    assert page_ids(web, resultOffset=0) == (honest[:5], more)


def test_a_schema_drifts_when_told(web):
    url = web.endpoint("hifld_substations")
    asked = {"f": "json"}
    before = requests.get(url, params=asked, timeout=30).json()["fields"]
    web.drift("Electric_Substations", "column_renamed", column="MAX_VOLT", to="MAX_KV")
    web.drift("Electric_Substations", "column_retyped", column="MIN_VOLT")
    web.drift("Electric_Substations", "unknown_value", column="TYPE", value="WORMHOLE", every=1)
    after = requests.get(url, params=asked, timeout=30).json()["fields"]
    changed = [
        (a["name"], b["name"], b["type"]) for a, b in zip(before, after, strict=True) if a != b
    ]
    assert [one[:2] for one in changed] == [("MAX_VOLT", "MAX_KV"), ("MIN_VOLT", "MIN_VOLT")]
    assert changed[1][2] == "esriFieldTypeString"
    page = requests.get(f"{url}/query", params={**WHOLE, **ENVELOPE}, timeout=30).json()
    assert {one["properties"]["TYPE"] for one in page["features"]} == {"WORMHOLE"}


def test_half_the_rows_go(web):
    asked = {"f": "json", "where": "1=1", "returnCountOnly": "true"}
    url = web.endpoint("eia_pipelines") + "/query"
    before = requests.get(url, params=asked, timeout=30).json()["count"]
    web.drift("Pipelines", "half_gone")
    assert requests.get(url, params=asked, timeout=30).json()["count"] == (before + 1) // 2


def test_another_process_tells_it_over_http(web):
    url = web.endpoint("dead")
    told = {"path_part": "/gone/", "kind": "429", "times": None, "options": {"seconds": 7}}
    requests.post(f"{web.url}/__misbehave", json=told, timeout=30)
    assert requests.get(url, timeout=30).headers["Retry-After"] == "7"
    (one,) = requests.get(f"{web.url}/__requests", timeout=30).json()
    assert one["path"] == web.paths["dead"]
    requests.post(f"{web.url}/__reset", timeout=30)
    assert requests.get(url, params={"f": "json"}, timeout=30).status_code == 200


def test_a_fault_that_does_not_exist_is_refused(web):
    with pytest.raises(ValueError, match="no fault 'slow'"):
        web.misbehave("/", "slow")


def test_a_mistake_of_its_own_is_kept_and_never_looks_like_an_answer():
    def mistaken(asked):
        raise LookupError(asked.path)

    server = Server([mistaken], {}).start()
    reply = httpx.get(f"{server.url}/anything")
    server.stop()
    assert reply.status_code == 500
    assert "LookupError: /anything" in server.broken[0]
