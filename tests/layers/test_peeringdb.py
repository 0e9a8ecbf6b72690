"""PeeringDB's facilities: those with a point, on its terms; or the message that it sent instead."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from layers import Store, facilities
from layers._answer import FetchError
from layers._bring import Ears, Settings, fetch
from layers._fetch import Asked, DriftError
from layers._staging import Raw
from layers.sources import peeringdb


def facility(number, **cells):
    """Give a facility with the fields of PeeringDB's interface that are read, and one more."""
    usual = {
        "id": number, "org_name": "Some Colocation", "name": f"Hall {number}", "aka": "",
        "city": "Dallas", "state": "TX", "country": "US", "latitude": 32.8, "longitude": -96.8,
        "net_count": 12, "status": "ok",
    }  # fmt: skip
    return {**usual, **cells}


def parsed(tmp_path, rows, **envelope):
    raw = Raw(tmp_path)
    document = {"data": rows, "meta": {}, **envelope}
    raw.save("facilities.json", json.dumps(document).encode(), "https://example.org")
    return peeringdb.parse(raw)


def test_a_facility_without_a_point_or_no_longer_listed_is_refused_with_the_reason(tmp_path):
    found = parsed(
        tmp_path,
        [
            facility(1),
            facility(2, latitude=None),
            facility(3, longitude=None, latitude=None),
            facility(4, status="deleted"),
            facility(5, latitude=132.8),
            facility(6, net_count=None),
            facility(7, state=""),
            facility(8, networks=0),
        ],
    )
    table = found.tables["facilities"]
    assert table["facility_id"].tolist() == ["1", "6", "7", "8"]
    assert pd.isna(table["networks"].iloc[1])
    assert (table.geometry.x[0], table.geometry.y[0], table.crs) == (-96.8, 32.8, "EPSG:4326")
    assert found.rows_in == 8
    assert found.refused.to_numpy().tolist() == [
        ["2", "no coordinates"],
        ["3", "no coordinates"],
        ["4", "status is not ok: no longer listed"],
        ["5", "lat: expected -90 or more and 90 or less"],
    ]


def test_the_terms_travel_with_the_manifest_and_the_exports(tmp_path):
    assert any("no passing on in bulk" in note for note in parsed(tmp_path, [facility(1)]).notes)
    assert "PeeringDB" in peeringdb.SOURCE.attribution
    assert "no other commercial application" in peeringdb.SOURCE.licence


def test_the_day_is_the_one_that_the_answer_states(tmp_path):
    found = parsed(tmp_path, [facility(1)], meta={"generated": 1790000000.5})
    assert found.vintage == "2026-09-21"


def test_a_field_that_is_gone_is_named(tmp_path):
    rows = [{key: cell for key, cell in facility(1).items() if key != "net_count"}]
    with pytest.raises(DriftError, match="peeringdb: columns missing: net_count"):
        parsed(tmp_path, rows)


def test_facilities_most_of_which_cannot_be_used_are_a_change_of_the_source(tmp_path):
    rows = [facility(one, latitude=None if one > 1 else 30.0) for one in range(1, 9)]
    with pytest.raises(DriftError, match=r"7 of 8 facilities cannot be used: \{'no coordinates'"):
        parsed(tmp_path, rows)


# over the network


@pytest.fixture
def fetched(tmp_path):
    store = Store(tmp_path)

    def bring(endpoint):
        settings = Settings((endpoint,), {"attempts": 2, "first_wait_seconds": 0.01})
        return fetch(peeringdb.SOURCE, peeringdb.FETCH, store, Asked(), settings, Ears())

    return bring


def test_the_countrys_facilities_become_a_layer(web, fetched, tmp_path):
    version = fetched(web.endpoint("peeringdb"))
    assert [one.query for one in web.asked("/api/fac")] == [{"country": "US"}]
    assert version.manifest.refused[0][:2] == ("no coordinates", 2)
    built = facilities.build(Store(tmp_path))
    assert len(built.table) == version.manifest.rows_kept == 12
    assert built.coverage is None
    assert built.provenance[0].source.attribution


def test_an_error_in_place_of_facilities_is_told_and_what_was_there_stays(web, fetched, tmp_path):
    before = fetched(web.endpoint("peeringdb")).manifest
    web.misbehave("/api/fac", "error_in_200", None)
    with pytest.raises(FetchError, match="found no list of facilities in `data`; `meta` says"):
        fetched(web.endpoint("peeringdb"))
    assert Store(tmp_path).version("peeringdb").manifest == before


def test_nothing_is_there_until_it_is_fetched():
    assert facilities.build(Store.embedded()) is None
    assert peeringdb.read(Store.embedded()) is None
