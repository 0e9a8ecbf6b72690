"""Gas-fired plants, planned and closed ones included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from layers import _columns as shared
from layers._base import Built, Column, Layer, Provenance, data_folder, sha256_of, with_points
from layers._imported import with_imported
from layers.sources import eia_860m, rewatt_curated

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

    from layers._store import Store, Version

GAS_TECHNOLOGIES = ("CC", "CT", "ST", "RICE")
"""Combined cycle, combustion turbine, steam turbine, reciprocating engine: what counts as gas."""

COLUMNS = (
    Column("gas_plant_id", "text", "key", required=True, nullable=False, unique=True),
    Column("eia_plant_code", "integer", "EIA's plant code; blank: not known", minimum=1),
    Column("name", "text", "what it is called", nullable=False),
    Column("operator", "text", "who runs it"),
    shared.COUNTY,
    shared.STATE,
    shared.LAT,
    shared.LON,
    shared.COORD_PRECISION,
    shared.COORD_RADIUS_KM,
    Column(
        "status",
        "text",
        "where the plant stands",
        nullable=False,
        allowed=("operating", "under_construction", "planned", "closed"),
    ),
    Column(
        "technology",
        "text",
        "CC, CT, ST and RICE burn gas; OTHER and COAL are shown and never counted as gas",
        nullable=False,
        allowed=(*GAS_TECHNOLOGIES, "OTHER", "COAL"),
    ),
    Column("capacity_mw", "number", "nameplate MW", nullable=False, minimum=0, maximum=20_000),
    Column("online_year", "integer", "year of operation", minimum=1900, maximum=2050),
    shared.SOURCE_TEXT,
    shared.EVIDENCE,
    shared.AS_OF,
    shared.CONFIDENCE,
    Column("planned_retirement", "text", "EIA's planned retirement; blank: none given"),
    Column("region", "text", "named region of a row without a point"),
)


COMPLETE_FOR = "50 MW and more"
EIA_COMPLETE_FOR = "1 MW and more"
"""What the coverage promises, of the embedded plants and of EIA's inventory."""
_MERGE = "1"
"""Raised where the rules of the merge change, so that what is on disk is made anew."""


def build(store: Store) -> Built | None:
    """Give every plant, EPSG:4326; an empty point where no location is public.

    EIA's inventory, once fetched, takes the place of the embedded plants that it lists, and is
    complete for the plants that stand in the states, from 1 MW of nameplate. What a user imported
    wins over both, by its key and by EIA's plant code.
    """
    return with_imported(_without(_imported_codes(store), _built(store)), "gas_plants", store)


def _built(store: Store) -> Built | None:
    embedded = rewatt_curated.is_embedded(rewatt_curated.TABLES["gas_plants"])
    own = with_points(rewatt_curated.read("gas_plants", COLUMNS)) if embedded else None
    version = store.version(eia_860m.SOURCE.id)
    if version is not None:
        return _with_eia(own, store, version)
    if own is None:
        return None
    area = rewatt_curated.read_coverage("gas")
    return rewatt_curated.built("gas_plants", own, area, COMPLETE_FOR)


def _with_eia(own: GeoDataFrame | None, store: Store, version: Version) -> Built:
    """Give EIA's plants, and those embedded ones that it does not list."""
    manifest = version.manifest
    table = store.derived("gas_plants", _key(version), lambda: _merged(own, version)[0])
    eia = int((table["source"].str.startswith(eia_860m.source_text(manifest.vintage))).sum())
    provenance = [Provenance(eia_860m.SOURCE, manifest.vintage, eia, manifest.version)]
    if own is not None:
        curated = rewatt_curated.TABLES["gas_plants"]
        provenance.append(Provenance(curated, curated.vintage, len(table) - eia))
    area = rewatt_curated.complete_in(manifest)
    return Built(table, tuple(provenance), area, checked=True, complete_for=EIA_COMPLETE_FOR)


def quarantine(store: Store) -> pd.DataFrame | None:
    """List the embedded plants that may be one of EIA's: set aside, in neither's name.

    Returns
    -------
    pairs
        Columns `layers._plant_match.DOUBTFUL_COLUMNS`; ``None`` where nothing was merged.
    """
    version = store.version(eia_860m.SOURCE.id)
    if version is None or not rewatt_curated.is_embedded(rewatt_curated.TABLES["gas_plants"]):
        return None
    own = with_points(rewatt_curated.read("gas_plants", COLUMNS))
    found: pd.DataFrame = store.derived(
        "doubtful_gas_plants", _key(version), lambda: _merged(own, version)[1]
    )
    return found


def _merged(own: GeoDataFrame | None, version: Version) -> tuple[GeoDataFrame, pd.DataFrame]:
    import pandas as pd

    from layers._plant_match import merge

    if own is None:
        own = with_points(pd.DataFrame(columns=[column.name for column in COLUMNS]))
    return merge(own, version.table("units"), version.manifest.vintage)


def _key(version: Version) -> str:
    """Name what the merge is made of."""
    tables = [data_folder() / f"{name}.csv" for name in ("gas_plants", "parameters")]
    hashes = [sha256_of(path) for path in tables if path.is_file()]
    return "|".join([_MERGE, version.manifest.version, *hashes])


def _imported_codes(store: Store) -> set[float]:
    """Give the plant codes of what a user imported."""
    version = store.version("import_gas_plants")
    if version is None:
        return set()
    own = version.table("gas_plants")
    return set(own["eia_plant_code"].dropna()) if "eia_plant_code" in own else set()


def _without(codes: set[float], built: Built | None) -> Built | None:
    """Leave out the plants of these codes."""
    if built is None or not codes:
        return built
    table = built.table
    return replace(built, table=table[~table["eia_plant_code"].isin(codes)].reset_index(drop=True))


LAYER = Layer(
    id="gas_plants",
    title="Gas-fired power plants",
    geometry="point",
    columns=COLUMNS,
    sources=(rewatt_curated.TABLES["gas_plants"], eia_860m.SOURCE),
    build=build,
)
