"""Versions put into a store as a fetch or an import puts them, from tables made by hand."""

from __future__ import annotations

from io import BytesIO

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers._manifest import Manifest
from layers._staging import Raw, commit, refused_by_reason, staged


def put(
    store, source_id, table, *, name=None, area=None, refused=(), vintage="2026-01-02", files=()
):
    """Make a table the current version of a source; give the version."""
    lost = pd.DataFrame(list(refused), columns=["row", "reason"])
    draft = Manifest(
        source_id=source_id,
        rows_in=len(table) + len(lost),
        rows_kept=len(table),
        refused=refused_by_reason(lost),
        licence="a licence",
        vintage=vintage,
        area=None if area is None else area.wkt,
    )
    with staged(store, source_id, "by hand") as folder:
        raw = table.drop(columns="geometry", errors="ignore").to_csv().encode()
        Raw(folder).save("page.csv", raw, "https://example.org/rows")
        tables = {name or source_id.removeprefix("import_"): table}
        return commit(store, folder, draft, tables, dict(files))


def pipelines(*runs, kind="interstate"):
    """Give pipelines by id and the points of their run."""
    return gpd.GeoDataFrame(
        {
            "pipeline_id": [key for key, _ in runs],
            "operator": "Operator",
            "kind": kind,
            "status": "Operating",
        },
        geometry=[shapely.LineString(points) for _, points in runs],
        crs="EPSG:4326",
    )


def put_pipelines(store, *runs, **options):
    """Make pipelines the current version of their source."""
    return put(store, "eia_pipelines", pipelines(*runs), name="pipelines", **options)


def put_slopes(store):
    """Make level ground of the patch around Childress, Texas, the current slopes."""
    patch = gpd.GeoDataFrame(
        {
            "patch_id": ["n343w1001"],
            "south": [343],
            "west": [-1001],
            "label": ["a plane, synthetic"],
            "vintage": ["2026"],
            "resolution_m": [30.0],
            "known_share": [1.0],
        },
        geometry=[shapely.box(-100.1, 34.3, -100, 34.4)],
        crs="EPSG:4326",
    )
    medians = BytesIO()
    np.save(medians, np.zeros((1, 100, 100), dtype=np.uint16))
    return put(store, "terrain", patch, name="patches", files={"medians.npy": medians.getvalue()})
