"""What comes is held to its promise before it replaces what was there."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from layers import Store
from layers._answer import DeadServiceError, FetchError
from layers._base import Column, LayerError, Source
from layers._bring import Ears, Settings, fetch
from layers._fetch import Asked, DriftError, Fetch, Parsed, Table, no_rows
from layers.sources import eia_pipelines
from tests.layers.arcgis_pages import pipeline
from tests.layers.raw_server import of_json, plain, serving

BOX = shapely.box(-101, 34, -100, 35)
KEY = Column("key", "text", "key", required=True, nullable=False, unique=True)
SOURCE = Source("s", "t", "p", "u", "public domain", "as fetched")
PLACE = shapely.Point(-100, 34)


def how(keys=("a", "b"), rows_in=None, tables=("t",), places=None, crs="EPSG:4326"):
    """Give how a source is fetched without network: staging, promise and commit are real."""

    def download(job):
        job.raw.save("one.json", json.dumps([job.endpoint, *keys]).encode(), job.endpoint)

    def parse(_raw):
        shapes = [PLACE] * len(keys) if places is None else places
        table = gpd.GeoDataFrame({"key": list(keys)}, geometry=shapes, crs=crs)
        came = len(keys) if rows_in is None else rows_in
        return Parsed(dict.fromkeys(tables, table), came, no_rows(), "2026-11")

    return Fetch(("http://x",), download, parse, {"t": Table((KEY,), "point")}, 1, 1)


def bring(store, fetched, area=None, **settings):
    return fetch(SOURCE, fetched, store, Asked(area), Settings(**settings), Ears())


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "data")


def test_the_area_that_was_asked_for_is_in_the_manifest(store):
    version = bring(store, how(), BOX)
    assert shapely.from_wkt(version.manifest.area).equals(BOX)
    assert bring(store, how()).manifest.area is None


@pytest.mark.parametrize("rows_in", [1, 3])
def test_rows_that_do_not_add_up_are_not_taken(store, rows_in):
    with pytest.raises(DriftError, match="expected these to add up"):
        bring(store, how(rows_in=rows_in))
    assert store.version("s") is None


def test_tables_are_held_to_their_columns(store):
    with pytest.raises(DriftError, match="a value that occurs once"):
        bring(store, how(keys=("a", "a")))
    assert store.version("s") is None


PLACES = {
    "a line": ({"places": [PLACE, shapely.LineString([(0, 0), (1, 1)])]}, "found LineString"),
    "metres": ({"places": [PLACE, shapely.Point(-11_131_949, 4_028_802)]}, "1 rows, coordinates"),
    "another crs": ({"crs": "EPSG:5070"}, "CRS is EPSG:5070, expected EPSG:4326"),
    "no crs": ({"crs": None}, "CRS is None, expected EPSG:4326"),
}


@pytest.mark.parametrize("kind", PLACES)
def test_tables_are_held_to_their_places(store, kind):
    changed, words = PLACES[kind]
    with pytest.raises(DriftError, match=words):
        bring(store, how(**changed))
    assert store.version("s") is None


def test_places_nobody_declared_and_places_that_are_not_there_are_seen(store):
    bare = replace(how(), tables={"t": Table((KEY,), None)})
    with pytest.raises(DriftError, match="places nobody declared"):
        bring(store, bare)

    def parse(raw):
        parsed = how().parse(raw)
        return replace(parsed, tables={"t": parsed.tables["t"][["key"]]})

    with pytest.raises(DriftError, match="found no places, expected Point"):
        bring(store, replace(how(), parse=parse))


def test_a_row_without_a_place_may_be_in_a_table(store):
    assert bring(store, how(places=[PLACE, shapely.Point()])).manifest.rows_kept == 2


@pytest.mark.parametrize("tables", [("t",), ("t", "u", "v")])
def test_the_tables_are_those_that_were_promised(store, tables):
    promised = {"t": Table((KEY,), "point"), "u": Table((KEY,), None)}
    with pytest.raises(DriftError, match=r"tables \[.*\], expected \['t', 'u'\]"):
        bring(store, replace(how(tables=tables, rows_in=2 * len(tables)), tables=promised))
    assert store.version("s") is None


def test_a_smaller_area_is_no_loss_of_rows(store):
    bring(store, how([str(number) for number in range(10)]))
    assert bring(store, how(["1"]), BOX).manifest.rows_kept == 1


def test_nothing_at_all_replaces_nothing_unless_the_user_says_so(store):
    before = bring(store, how())
    with pytest.raises(DriftError, match=r"no rows came .* what was there before is kept"):
        bring(store, how(()), BOX)
    assert store.version("s") == before
    assert bring(store, how(()), BOX, accept_drift=True).manifest.rows_kept == 0


def test_what_was_begun_for_one_area_is_not_taken_for_another(store):
    def breaks(job):
        job.raw.save("begun.json", b"[]", "http://x")
        msg = "gone"
        raise DeadServiceError(msg)

    with pytest.raises(FetchError, match="cannot be fetched"):
        bring(store, replace(how(), download=breaks), BOX)
    version = bring(store, how(), shapely.box(-90, 30, -89, 31))
    assert set(version.manifest.files) == {"raw/one.json", "tables/t.parquet"}


def test_what_could_not_be_used_is_asked_for_again(store):
    with pytest.raises(DriftError, match="breaks its promise"):
        bring(store, how(rows_in=9))
    assert not list(store.source_folder("s").glob(".part-*"))


@pytest.mark.parametrize("error", [KeyError("features"), RecursionError("deep"), OverflowError()])
def test_what_cannot_be_read_is_said_and_nothing_is_stored(store, error):
    def parse(_raw):
        raise error

    with pytest.raises(DriftError, match=rf"what came cannot be read \({type(error).__name__}"):
        bring(store, replace(how(), parse=parse))
    assert store.version("s") is None


def test_a_broken_store_is_not_blamed_on_the_source(store):
    bring(store, how())
    (store.source_folder("s") / "current").write_text("{")
    with pytest.raises(LayerError, match="What is stored of s cannot be read"):
        bring(store, how())


def test_a_store_that_breaks_while_it_is_added_to_is_not_blamed_on_the_source(store):
    version = bring(store, how())

    def adds(job):
        job.before.table("t")

    (version.folder / "tables/t.parquet").write_bytes(b"")
    with pytest.raises(LayerError, match="not the one that was stored"):
        bring(store, replace(how(), download=adds))


def test_a_smaller_area_than_before_is_noted(store):
    bring(store, how())
    assert "the whole nation" in " ".join(bring(store, how(), BOX).manifest.notes)
    assert bring(store, how(), BOX).manifest.notes == ()
    smaller = bring(store, how(), BOX.buffer(-0.2))
    assert "outside the area" in " ".join(smaller.manifest.notes)


def test_limits_of_the_configuration_count(store):
    seen = []

    def download(job):
        seen.append(job.http.limits)
        how().download(job)

    bring(store, replace(how(), download=download), limits={"attempts": 2, "most_mb": 7.0})
    assert (seen[0].attempts, seen[0].most_mb) == (2, 7.0)


LAYER = {
    "objectIdField": "OBJECTID",
    "fields": [{"name": one} for one in eia_pipelines.FIELDS],
    "maxRecordCount": 2000,
}
GOOD = {"layer": LAYER, "count": {"count": 2}, "page": {"features": [pipeline(1), pipeline(2)]}}


def service(told):
    """Answer as an ArcGIS layer would, with these documents or raw answers."""

    def answer(request):
        line = request.split(b"\r\n")[0]
        kind = "count" if b"returnCountOnly" in line else "page" if b"/query" in line else "layer"
        given = told[kind]
        return given if isinstance(given, bytes) else of_json(given)

    return answer


def pipelines(store, *endpoints, area=None, **settings):
    limits = {"attempts": 1, "first_wait_seconds": 0.01, "request_seconds": 5.0}
    chosen = Settings(endpoints, limits, **settings)
    source, fetched = eia_pipelines.SOURCE, eia_pipelines.FETCH
    return fetch(source, fetched, store, Asked(area), chosen, Ears())


def page(**changed):
    return {"features": [pipeline(1), {**pipeline(2), **changed}]}


HOSTILE = {
    **{f"count {one!r}": ("count", {"count": one}) for one in ("abc", None, [], -5, 1.5, True)},
    "count 1e999": ("count", plain(b'{"count": 1e999}')),
    "no count": ("count", {}),
    "fields of numbers": ("layer", {**LAYER, "fields": [1, 2]}),
    "fields without names": ("layer", {**LAYER, "fields": [{"nm": 1}]}),
    "fields a number": ("layer", {**LAYER, "fields": 3}),
    "no fields": ("layer", {"objectIdField": "OBJECTID"}),
    "a row that is a number": ("page", {"features": [1, pipeline(2)]}),
    "an id that is a list": ("page", page(id=[1])),
    "an id that is not there": ("page", page(id=None)),
    "properties that are a list": ("page", page(properties=[1])),
    "features that are a number": ("page", {"features": 3}),
    "JSON nested too deep": ("page", plain(b"[" * 200_000)),
    "a wait in other digits": ("page", plain(b"", "429 Too Many", Retry_After="²")),
    "a port that is none": ("page", plain(b"", "302 Found", Location="http://127.0.0.1:99999/")),
    "a script": ("layer", plain(b"", "302 Found", Location="javascript:alert(1)")),
    "a host that is none": ("count", plain(b"", "302 Found", Location="http://xn--/")),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_service_costs_its_endpoint_and_no_more(store, kind):
    where, told = HOSTILE[kind]
    with serving(service({**GOOD, where: told})) as (bad, _), serving(service(GOOD)) as (good, _):
        with pytest.raises(FetchError, match="eia_pipelines cannot be fetched") as failed:
            pipelines(store, bad)
        assert "unusable" not in str(failed.value), "each of these is met by name"
        version = pipelines(store, bad, good)
    assert version.manifest.rows_kept == 2
    assert all(url.startswith(good) for url in version.manifest.urls)


@pytest.mark.parametrize("most", ["abc", 1.5, -5, 0, None, [], True])
def test_a_page_size_that_is_none_is_passed_over(store, most):
    layer = {**LAYER, "maxRecordCount": most}
    with serving(service({**GOOD, "layer": layer})) as (url, asked):
        assert pipelines(store, url).manifest.rows_kept == 2
    assert b"resultRecordCount=2 " in asked[-1]


@pytest.mark.parametrize("changed", [False, True])
def test_pages_of_before_a_service_changed_are_not_mixed_with_those_of_after(store, changed):
    """The service is loaded anew, in another order, while a download waits to go on."""
    rows = [pipeline(1, Operator="a"), pipeline(2, Operator="b")]
    told = {"edit": 1, "rows": rows, "broken": True}

    def answer(request):
        line = request.split(b"\r\n")[0]
        if b"resultOffset=1&" in line and told["broken"]:
            return plain(b"", "500 Internal Server Error")
        offset = int(b"resultOffset=1&" in line)
        layer = {**LAYER, "maxRecordCount": 1, "editingInfo": {"lastEditDate": told["edit"]}}
        page = {"features": told["rows"][offset : offset + 1]}
        return service({"layer": layer, "count": {"count": 2}, "page": page})(request)

    with serving(answer) as (url, asked):
        with pytest.raises(FetchError, match="answers 500"):
            pipelines(store, url)
        told["broken"] = False
        if changed:
            told.update(edit=2, rows=[pipeline(1, Operator="b"), pipeline(2, Operator="a")])
        asked.clear()
        found = pipelines(store, url).table("pipelines")
    assert sorted(found["operator"]) == ["a", "b"]
    assert sum(b"resultOffset=" in one for one in asked) == 1 + changed


def test_what_no_reader_expects_costs_the_endpoint_too(store):
    def download(job):
        if job.endpoint == "http://bad":
            return {}["rows"]
        return how().download(job)

    both = replace(how(), download=download, endpoints=("http://bad", "http://good"))
    assert bring(store, both).manifest.urls == ("http://good",)
    with pytest.raises(FetchError, match=r"http://bad: what came is unusable \(KeyError: 'rows'"):
        bring(store, replace(both, endpoints=("http://bad",)))


def test_a_service_that_has_nothing_replaces_nothing(store):
    nothing = {**GOOD, "count": {"count": 0}, "page": {"features": []}}
    with serving(service(GOOD)) as (good, _), serving(service(nothing)) as (empty, _):
        before = pipelines(store, good)
        with pytest.raises(DriftError, match=r"no rows came .* --accept-drift"):
            pipelines(store, empty, area=BOX)
        assert store.version("eia_pipelines") == before
        assert pipelines(store, empty, accept_drift=True).manifest.rows_kept == 0


def test_a_page_is_asked_for_in_one_order_and_in_degrees(store, web):
    area = shapely.box(-101.5, 33.4, -98.9, 35.2)
    pipelines(store, web.endpoint("eia_pipelines"), area=area)
    (asked, *_) = web.asked("resultOffset")
    assert asked.query["orderByFields"]
    assert (asked.query["outSR"], asked.query["inSR"]) == ("4326", "4326")
    assert asked.query["geometry"] == "-101.5,33.4,-98.9,35.2"


def test_numbers_past_the_range_of_floats_are_a_missing_place(store):
    """JSON has no bounds (RFC 8259, section 6); Python reads 1e999 as infinity."""
    rows = [pipeline(number) for number in range(19)]
    text = json.dumps({"features": [*rows, pipeline(19, {"type": "Point"})]})
    text = text.replace('{"type": "Point"}', '{"type": "LineString", "coordinates": [[1e999, 1]]}')
    told = {**GOOD, "count": {"count": 20}, "page": plain(text.encode())}
    with serving(service(told)) as (url, _):
        refused = pipelines(store, url).manifest.refused
    assert refused == (("no place that can be read", 1, "19"),)
