"""What a user imports replaces the rows of its key, and is named among the sources."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from layers import Store
from layers._base import Built, Provenance, Source
from layers._imported import source_of, with_imported
from layers._staging import commit, staged
from layers._store import Manifest

SOURCE = Source("s", "t", "p", "u", "public domain", "as fetched")
BOX = shapely.box(-101, 34, -100, 35)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "data")


def table(keys, lon):
    return gpd.GeoDataFrame({"key": keys}, geometry=[shapely.Point(lon, 34)] * len(keys), crs=4326)


def test_what_was_imported_replaces_rows_of_its_key(store):
    with staged(store, source_of("l").id, "k") as folder:
        draft = Manifest(source_of("l").id, 2, 2, (), "", "2026")
        commit(store, folder, draft, {"l": table(["b", "c"], -90)}, {})
    built = Built(table(["a", "b"], -100), (Provenance(SOURCE, "2025", 2),), BOX, checked=True)
    found = with_imported(built, "l", store)
    places = dict(zip(found.table["key"], found.table.geometry.x, strict=True))
    assert places == {"a": -100, "b": -90, "c": -90}
    assert len(found.table) == 3
    assert found.coverage.equals(BOX)
    assert [one.source.id for one in found.provenance] == ["import_l", "s"]
