"""The command that brings a user's own file into a layer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from geo.errors import AskedWronglyError, CannotDoError

if TYPE_CHECKING:
    from layers import Layer
    from layers._files import Contents
    from layers._import import Imported, Plan
    from layers._store import Version

_REASONS_SHOWN = 12
_LOOKED_AT = 1000
"""Cells looked at for one that shows what a column holds."""


def import_(
    layer: Annotated[
        str, typer.Argument(help="The layer, such as substations; see `rewatt layers`.")
    ],
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="CSV, GeoPackage, Shapefile, GeoJSON, Parquet, KML, FlatGeobuf; a KMZ, or a zip"
            " of one of these.",
        ),
    ],
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="THEIRS=OURS",
            help="Take their column as ours; THEIRS= leaves it out. May be given again.",
        ),
    ] = None,
    layer_name: Annotated[
        str | None,
        typer.Option("--layer", metavar="NAME", help="Which layer of a file that has several."),
    ] = None,
    crs: Annotated[
        str | None,
        typer.Option(metavar="EPSG:XXXX", help="The CRS of a file that does not say it."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask whether the columns are right.")
    ] = False,
) -> None:
    """Bring your own file into a layer; its rows replace those with the same key.

    Stations are matched by place, name and voltage instead. Importing again replaces the import.
    Columns are matched by name, shown, and can be named with --map. Every row is kept, or
    refused with its reason.

    Example: rewatt import substations stations.csv --map Umspannwerk=name
    """
    from geo.console import say
    from layers._archive import FileError
    from layers._files import local_file, read_file
    from layers._import import plan, take_in
    from layers._mapping import MappingError

    wanted = _layer(layer)
    try:
        path = local_file(file)
        contents = read_file(path, layer_name)
        how = plan(contents, wanted, map_ or [])
        _show_plan(contents, how)
        if not yes and sys.stdin is not None and sys.stdin.isatty():
            _confirm()
        imported = take_in(contents, how, path, crs)
    except (FileError, MappingError) as error:
        raise AskedWronglyError(str(error)) from error
    say(*_told(wanted.id, imported))
    version = _store(how, contents, imported)
    say(*imported.notes)
    if len(imported.refused):
        say(f"All refused rows, with their reasons: {version.file('refused.csv')}")


def _layer(name: str) -> Layer:
    import difflib

    from layers import LAYERS

    takes = {one.id: one for one in LAYERS if one.geometry in {"point", "line"}}
    if name not in takes:
        near = difflib.get_close_matches(name, takes, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        msg = f"There is no layer {name!r} to import into.{hint} Expected one of {list(takes)}."
        raise AskedWronglyError(msg)
    return takes[name]


def _show_plan(contents: Contents, how: Plan) -> None:
    """Show which column is which, with a value of each."""
    from geo.console import grid, say, show
    from layers._values import to_texts

    rows = []
    for match in how.matches:
        values = to_texts(contents.cells[match.theirs].dropna().head(_LOOKED_AT))
        example = next((value for value in values if value), "")
        unit = f", x {match.factor:g}" if match.factor != 1 else ""
        rows.append((match.theirs, match.ours, f"{match.why}{unit}", example[:40]))
    if contents.shapes is not None:
        rows.append(("(geometry)", how.layer.geometry, "of the file", ""))
    heads = [(name, "left") for name in ("theirs", "ours", "why", "for instance")]
    show(grid("", heads, rows))
    say(*how.notes)


def _confirm() -> None:
    if not typer.confirm("Import it so?", default=True, err=True):
        msg = "Nothing was stored: name the columns with --map THEIRS=OURS."
        raise CannotDoError(msg)


def _told(layer: str, imported: Imported) -> list[str]:
    """Say how many rows were kept and refused, and why."""
    from layers._staging import refused_by_reason

    lines = [
        f"{layer}: {imported.rows_in:,} rows in, {len(imported.table):,} kept,"
        f" {len(imported.refused):,} refused."
    ]
    reasons = sorted(refused_by_reason(imported.refused), key=lambda one: -one[1])
    breaches = imported.refused.groupby("reason")["breaches"].first()
    lines += [
        f"  refused: {count:,}, {reason} (row {row}{breaches[reason].removeprefix(reason)})"
        for reason, count, row in reasons[:_REASONS_SHOWN]
    ]
    if len(reasons) > _REASONS_SHOWN:
        lines.append(f"  and {len(reasons) - _REASONS_SHOWN} more reasons")
    return lines


def _store(how: Plan, contents: Contents, imported: Imported) -> Version:
    from geo.export import csv_text
    from layers import LayerError, default_store
    from layers._archive import FileError
    from layers._import import store_import
    from layers._staging import BusyError

    refused = csv_text(imported.refused).encode()
    try:
        return store_import(default_store(), how, contents, imported, refused)
    except (FileError, BusyError, LayerError) as error:
        raise CannotDoError(str(error)) from error
