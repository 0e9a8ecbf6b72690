"""What a source, a layer and a cited number are, and how a layer is held to its promise."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from layers._store import Store

STORAGE_CRS = "EPSG:4326"
_HERE = Path(__file__).parent


class LayerError(ValueError):
    """A table breaks the promise that its layer or its reader makes."""


@cache
def data_folder() -> Path:
    """Give the folder of the embedded tables, in a checkout or inside an installed wheel."""
    packaged = _HERE / "_data"
    return packaged if packaged.is_dir() else _HERE.parent / "data"


@dataclass(frozen=True, slots=True)
class Cited:
    """One published number, with where it was published.

    Attributes
    ----------
    value
        The number, in `unit`.
    unit
        Its unit, for instance ``MW``.
    meaning
        What it measures, in words.
    source
        Who published it.
    locator
        Where in the source it stands; empty where the source is one page.
    """

    value: float
    unit: str
    meaning: str
    source: str
    locator: str


@dataclass(frozen=True, slots=True)
class Source:
    """One published dataset.

    Attributes
    ----------
    id, title, publisher, url, licence, vintage
        What it is, whose it is, where it comes from, on what terms, and of which date.
    sha256
        Hash of the embedded file that holds it; empty where nothing is embedded.
    attribution
        The line that whoever passes its rows on must pass on too; empty where none is asked for.
    """

    id: str
    title: str
    publisher: str
    url: str
    licence: str
    vintage: str
    sha256: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One promised column of a table.

    Attributes
    ----------
    name
        The column's name, its unit at the end.
    kind
        ``text``, ``number`` or ``integer``.
    meaning
        What it holds, and what a blank means.
    required
        Whether the table is refused without it; any other column that is not there is unknown
        throughout.
    nullable
        Whether a cell may be blank (unknown).
    minimum, maximum
        Inclusive bounds of a number.
    allowed
        The values that a text may take; empty where any may stand.
    unique
        Whether no value may occur twice.
    """

    name: str
    kind: str
    meaning: str
    required: bool = False
    nullable: bool = True
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """One of the datasets that a layer's table was built from.

    Attributes
    ----------
    source
        The dataset.
    vintage
        The date of what was taken from it, as it states it.
    rows
        How many rows of the table it gave, alone or with others.
    version
        Which fetched version, ``embedded`` for the tables that come with the project.
    """

    source: Source
    vintage: str
    rows: int
    version: str = "embedded"


@dataclass(frozen=True, slots=True)
class Built:
    """What a layer's `build` gives.

    Attributes
    ----------
    table
        Every row, in EPSG:4326, indexed 0..n-1, no row of the sources lost.
    provenance
        What it was built from, the weightiest first.
    coverage
        The area, in EPSG:4326, where the table is complete, so that absence in it means absence
        on the ground; ``None`` where nothing promises that.
    checked
        Whether the rows were held to the layer's columns before: the embedded file carries its
        pinned hash, or the table was checked when it was stored.
    complete_for
        Which rows the coverage promises, as ``100 kV and more``; empty: every one.
    """

    table: GeoDataFrame
    provenance: tuple[Provenance, ...]
    coverage: BaseGeometry | None = None
    checked: bool = False
    complete_for: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """One map layer, built from one or more sources.

    Attributes
    ----------
    id, title
        Its name in code and in words.
    geometry
        ``point``, ``line`` or ``area``.
    columns
        What its table promises; the first column is the key.
    sources
        The datasets it may be built from.
    build
        Gives the table from what is embedded and what the store holds; ``None`` where neither
        has anything.
    """

    id: str
    title: str
    geometry: str
    columns: tuple[Column, ...]
    sources: tuple[Source, ...]
    build: Callable[[Store], Built | None]


@dataclass(frozen=True, slots=True)
class LoadedLayer:
    """A layer's table, checked or trusted by its hash, with the area where it is complete.

    Attributes
    ----------
    layer
        The layer that the table belongs to.
    table
        Its rows, in EPSG:4326; a row without a location has an empty point.
    coverage
        Where the table is complete, in EPSG:4326; ``None`` if nowhere by promise.
    missing
        Declared columns that the table did not have; they are blank throughout.
    provenance
        What the table was built from.
    complete_for
        Which rows the coverage promises, as ``100 kV and more``; empty: every one.
    """

    layer: Layer
    table: GeoDataFrame
    coverage: BaseGeometry | None = field(default=None)
    missing: tuple[str, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    complete_for: str = ""


Layers = Mapping[str, LoadedLayer]


def sha256_of(path: Path) -> str:
    """Give the hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_layer(layer: Layer, store: Store) -> LoadedLayer | None:
    """Build a layer and hold it to its promise.

    A table whose embedded files carry the pinned hashes was checked when they were pinned
    (the test-suite does it), and a fetched one when it was stored, so they are trusted; any
    other one is checked row by row.

    Returns
    -------
    loaded
        The table and where it is complete; ``None`` where there are no data.

    Raises
    ------
    LayerError
        With every breach at once, if the table does not keep the promise.
    """
    built = layer.build(store)
    if built is None:
        return None
    table = built.table
    if not built.checked:
        from layers._check import check_table

        check_table(table, layer)
    missing = [column for column in layer.columns if column.name not in table]
    for column in missing:
        table[column.name] = None if column.kind == "text" else np.nan
    names = tuple(column.name for column in missing)
    return LoadedLayer(layer, table, built.coverage, names, built.provenance, built.complete_for)


def with_points(table: pd.DataFrame) -> GeoDataFrame:
    """Give a table its points, from `lat` and `lon`; an empty point where either is blank."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    if missing := sorted({"lat", "lon"} - set(table)):
        msg = f"columns missing: {missing}, have {sorted(map(str, table))}"
        raise LayerError(msg)
    lat = pd.to_numeric(table["lat"], errors="coerce").to_numpy(float)
    lon = pd.to_numeric(table["lon"], errors="coerce").to_numpy(float)
    points = np.asarray(shapely.points(lon, lat), dtype=object)
    points[~(np.isfinite(lat) & np.isfinite(lon))] = shapely.Point()
    return gpd.GeoDataFrame(table, geometry=points, crs=STORAGE_CRS)
