"""The options that commands share, each described once."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_type_hints

import typer

if TYPE_CHECKING:
    from typer.models import CommandInfo

DATA_VARIABLE = "REWATT_DATA"
"""What `layers` calls it; written again, since naming it there would load tables for `--help`."""


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


Data = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        file_okay=False,
        help=f"Where fetched data are.  \\[default: {DATA_VARIABLE}, or the user's cache]",
    ),
]


def commands_of(group: typer.Typer) -> Iterator[CommandInfo]:
    """Give the commands of an application and of the groups inside it."""
    yield from group.registered_commands
    for part in group.registered_groups:
        if part.typer_instance is not None:
            yield from commands_of(part.typer_instance)


def with_data_option(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take `--data`, as every one does that reads what was fetched.

    The folder is told to this process, and to those it starts, through the environment.
    """

    @functools.wraps(command)
    def told(*args: object, data: Path | None = None, **options: object) -> None:
        if data is not None:
            os.environ[DATA_VARIABLE] = str(data)
        command(*args, **options)

    hints = get_type_hints(command, include_extras=True)
    own = [
        one.replace(annotation=hints[one.name])
        for one in inspect.signature(command).parameters.values()
    ]
    extra = inspect.Parameter("data", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Data)
    told.__signature__ = inspect.Signature([*own, extra])  # type: ignore[attr-defined]
    told.__annotations__ = {**hints, "data": Data}
    return told
