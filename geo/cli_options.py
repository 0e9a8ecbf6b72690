"""The options that commands share, each described once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class By(StrEnum):
    """What a ranking goes by."""

    score = "score"
    potential = "potential"


class Grouping(StrEnum):
    """What `balance` adds up by."""

    region = "region"
    iso = "iso"
    state = "state"
    operator = "operator"


class Market(StrEnum):
    """Grid areas of the table of sites; those whose queue times differ have their own."""

    ercot = "ERCOT"
    miso = "MISO"
    nyiso = "NYISO"
    pjm = "PJM"
    serc_tva = "SERC/TVA"
    soco = "SOCO"
    spp = "SPP"
    wecc = "WECC"


Region = Annotated[
    str | None,
    typer.Option(
        help="northern_indiana, louisiana, childress, us or all.  \\[default: us; all with --sites]"
    ),
]
Bbox = Annotated[
    str | None, typer.Option(metavar="W,S,E,N", help="A box in degrees instead of a region.")
]
Area = Annotated[
    Path | None, typer.Option(help="A file of polygons, any CRS, instead of a region.")
]
Near = Annotated[
    float, typer.Option(metavar="KM", help="Take in sites up to so far outside the region.")
]
Operator = Annotated[
    list[str] | None, typer.Option(help="Only this operator, or part of its name.")
]
State = Annotated[list[str] | None, typer.Option(help="Only this state: TX or Texas.")]
Status = Annotated[
    list[str] | None, typer.Option(help="Only operating, under_construction, planned or closed.")
]
Available = Annotated[
    bool, typer.Option("--available", help="Only sites with MW that no AI contract takes.")
]
Sites = Annotated[
    Path | None,
    typer.Option(help="Your own sites instead: CSV, GeoJSON, GPKG, Parquet, Shapefile of points."),
]
Scenario = Annotated[str, typer.Option(help="Name of a scenario, or a TOML file.")]
TargetMw = Annotated[
    float | None,
    typer.Option(metavar="MW", help="MW of AI load to place.  \\[default: the scenario's, 200]"),
]
ByOption = Annotated[By, typer.Option(help="Rank by what is proven, or by what is possible.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Iso = Annotated[
    Market | None, typer.Option(help="Grid area, for its queue times.  \\[default: the nation's]")
]
