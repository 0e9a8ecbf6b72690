"""Rows for the ArcGIS layers: real ones where the machine has them, else the embedded tables.

What the public files lack is filled in as HIFLD writes it where it does not know: NOT AVAILABLE
and -999999. Pipelines are not embedded: without the real file a handful are drawn, and their
operator says that they are synthetic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .arcgis import FeatureLayer

if TYPE_CHECKING:
    from pathlib import Path

    Box = tuple[float, float, float, float]

UNKNOWN = -999999
SAMPLED = 1_447_113_600_000
"""2015-11-10 in milliseconds: a SOURCEDATE such as HIFLD has many of."""

REGIONS: tuple[Box, ...] = (
    (-87.6, 40.4, -84.8, 41.8),
    (-94.1, 28.9, -88.8, 33.1),
    (-101.5, 33.4, -98.9, 35.2),
)
"""Northern Indiana, Louisiana and Childress: a few thousand rows, which is quick."""

SUBSTATION_FIELDS = {
    "OBJECTID": "OID",
    "ID": "String",
    "NAME": "String",
    "CITY": "String",
    "STATE": "String",
    "ZIP": "String",
    "TYPE": "String",
    "STATUS": "String",
    "COUNTY": "String",
    "COUNTYFIPS": "String",
    "COUNTRY": "String",
    "LATITUDE": "Double",
    "LONGITUDE": "Double",
    "SOURCE": "String",
    "SOURCEDATE": "Date",
    "LINES": "Integer",
    "MAX_VOLT": "Double",
    "MIN_VOLT": "Double",
    "MAX_INFER": "String",
    "MIN_INFER": "String",
}
LINE_FIELDS = {
    "OBJECTID": "OID",
    "ID": "String",
    "TYPE": "String",
    "STATUS": "String",
    "NAICS_CODE": "String",
    "NAICS_DESC": "String",
    "SOURCE": "String",
    "SOURCEDATE": "Date",
    "VAL_METHOD": "String",
    "VAL_DATE": "Date",
    "OWNER": "String",
    "VOLTAGE": "Double",
    "VOLT_CLASS": "String",
    "INFERRED": "String",
    "SUB_1": "String",
    "SUB_2": "String",
}
PIPELINE_FIELDS = {
    "FID": "OID",
    "TYPEPIPE": "String",
    "Operator": "String",
    "Status": "String",
    "Shape_Leng": "Double",
}
VOLT_CLASSES = {69: "UNDER 100", 138: "100-161", 230: "220-287", 765: "735 AND ABOVE"}


def substations(rows: gpd.GeoDataFrame, *, as_text: bool) -> FeatureLayer:
    """Give HIFLD substations; `as_text`: the copy in which MAX_VOLT and MIN_VOLT are text."""
    fields = dict(SUBSTATION_FIELDS)
    if as_text:
        text = {name: rows[name].map("{:g}".format) for name in ("MAX_VOLT", "MIN_VOLT")}
        rows = rows.assign(**text)
        fields |= dict.fromkeys(text, "String")
    flag = "both" if as_text else "properties"
    limit = per_page(rows, 1000 if as_text else 2000)
    return FeatureLayer("Electric_Substations", fields, rows, limit, "MAX_VOLT", "TYPE", flag)


def lines(rows: gpd.GeoDataFrame) -> FeatureLayer:
    """Give HIFLD transmission lines."""
    name = "US_Electric_Power_Transmission_Lines"
    return FeatureLayer(name, LINE_FIELDS, rows, per_page(rows, 2000), "VOLTAGE", "STATUS")


def pipelines(rows: gpd.GeoDataFrame) -> FeatureLayer:
    """Give EIA gas pipelines; their object id is called FID."""
    name = "Natural_Gas_Interstate_and_Intrastate_Pipelines_1"
    most = per_page(rows, 1000)
    return FeatureLayer(name, PIPELINE_FIELDS, rows, most, "Operator", "TYPEPIPE", "top")


def per_page(rows: gpd.GeoDataFrame, usual: int) -> int:
    """Give the usual page, or a third of a table that is smaller: there is always paging."""
    return usual if len(rows) > usual else max(1, len(rows) // 3)


def within(table: gpd.GeoDataFrame, boxes: tuple[Box, ...] | None) -> gpd.GeoDataFrame:
    """Keep what touches one of the boxes; None: everything."""
    if boxes is None:
        return table
    area = shapely.union_all([shapely.box(*box) for box in boxes])
    return table[shapely.intersects(table.geometry.array, area)]


def numbered(table: gpd.GeoDataFrame, fields: dict[str, str]) -> gpd.GeoDataFrame:
    """Give every row its object id, and the columns in the order of the fields."""
    first = next(iter(fields))
    table = table.assign(**{first: np.arange(1, len(table) + 1)}).reset_index(drop=True)
    return table[[*fields, "geometry"]]


def substation_rows(data: Path | None, embedded: Path) -> gpd.GeoDataFrame:
    """Give the substations of the public file, or the embedded ones."""
    if data is None:
        ours = pd.read_csv(embedded / "substations.csv", dtype={"substation_id": str})
        names = {"substation_id": "sub_id", "name": "sub_name", "max_kv": "max_kv_est"}
        table = ours.rename(columns={**names, "min_kv": "min_kv_est"})
        table = table.assign(type="SUBSTATION", hifld_line_pieces_200m=table["line_pieces_near"])
        inferred = table["kv_evidence"] != "confirmed"
    else:
        path = data / "substations/hifld_substations_us_2020_derived_kv.parquet"
        table = pd.read_parquet(path)
        inferred = table["kv_source"] != "confirmed_by_line"
    told = inferred.map({True: "Y", False: "N"})
    made = pd.DataFrame(
        {
            "ID": table["sub_id"].astype(str),
            "NAME": table["sub_name"].fillna("UNKNOWN" + table["sub_id"].astype(str)),
            "STATE": table["state"],
            "TYPE": table["type"],
            "STATUS": "IN SERVICE",
            "LATITUDE": table["lat"],
            "LONGITUDE": table["lon"],
            "SOURCEDATE": SAMPLED,
            "LINES": table["hifld_line_pieces_200m"].fillna(UNKNOWN).astype(int),
            "MAX_VOLT": table["max_kv_est"].fillna(UNKNOWN),
            "MIN_VOLT": table["min_kv_est"].fillna(UNKNOWN),
            "MAX_INFER": told,
            "MIN_INFER": told,
            "COUNTRY": "USA",
        }
    )
    blank = ("CITY", "ZIP", "COUNTY", "COUNTYFIPS", "SOURCE")
    made = made.assign(**dict.fromkeys(blank, "NOT AVAILABLE"))
    points = gpd.points_from_xy(made["LONGITUDE"], made["LATITUDE"])
    return gpd.GeoDataFrame(made, geometry=points, crs=4326)


def line_rows(data: Path | None, embedded: Path) -> gpd.GeoDataFrame:
    """Give the lines of the public files, or the embedded ones.

    Lines with all their attributes come first; the pieces of the nationwide file, which has
    classes of voltage alone, follow where no such line runs.
    """
    if data is None:
        ours = pd.read_csv(embedded / "transmission_lines.csv")
        classes = ours["kv_class"].map(lambda kv: VOLT_CLASSES.get(kv, f"{kv:g}"))
        shapes = gpd.GeoSeries.from_wkt(ours["wkt"], crs=4326)
        pieces = gpd.GeoDataFrame({"VOLT_CLASS": classes}, geometry=shapes)
        full = None
    else:
        folder = data / "transmission"
        full = gpd.read_file(folder / "hifld_transmission_partial_full_attributes.geojson")
        pieces = gpd.read_parquet(folder / "hifld_transmission_us_voltclass.parquet")
        beside = gpd.GeoSeries(shapely.buffer(full.geometry.array, 0.001), crs=4326)
        drawn, _ = beside.sindex.query(pieces.geometry.array, predicate="within")
        pieces = pieces.drop(pieces.index[np.unique(drawn)])
    blank = dict.fromkeys(LINE_FIELDS, "NOT AVAILABLE") | {
        "ID": (900_000 + np.arange(len(pieces))).astype(str),
        "STATUS": "IN SERVICE",
        "SOURCEDATE": SAMPLED,
        "VAL_DATE": SAMPLED,
        "VOLTAGE": float(UNKNOWN),
        "INFERRED": "N",
        "VOLT_CLASS": pieces["VOLT_CLASS"],
    }
    made = gpd.GeoDataFrame(pieces.assign(**blank), crs=4326)
    return made if full is None else gpd.GeoDataFrame(pd.concat([full, made]), crs=4326)


def pipeline_rows(data: Path | None) -> gpd.GeoDataFrame:
    """Give EIA's pipelines, or four synthetic ones through the three regions."""
    if data is not None:
        return gpd.read_parquet(data / "gas_pipelines/eia_ngpipelines.parquet").to_crs(4326)
    drawn = {
        "Interstate": ["LINESTRING (-101.4 34.3, -99 34.5)", "LINESTRING (-87.5 41.2, -84.9 41.3)"],
        "Intrastate": [
            "LINESTRING (-93.9 30.2, -90.1 30.0)",
            "LINESTRING (-100.3 33.5, -100.2 35)",
        ],
    }
    rows = [
        {
            "TYPEPIPE": kind,
            "Operator": f"Synthetic {kind} {number}",
            "Status": "Operating",
            "wkt": wkt,
        }
        for kind, texts in drawn.items()
        for number, wkt in enumerate(texts, 1)
    ]
    table = pd.DataFrame(rows)
    shapes = gpd.GeoSeries.from_wkt(table.pop("wkt"), crs=4326)
    return gpd.GeoDataFrame(table.assign(Shape_Leng=shapely.length(shapes.array)), geometry=shapes)
