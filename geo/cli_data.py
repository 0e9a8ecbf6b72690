"""The commands that tell what data there are, whether they are whole, and what changed."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli_options import AsJson, Region, Scenario, TargetMw
from geo.errors import AskedWronglyError, CannotDoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.assess import Assessment
    from geo.data_diff import DataDiff
    from layers import Layers

app = typer.Typer(
    help="Say what data there are, whether they are whole, and what changed.",
    no_args_is_help=True,
)

_SUFFIXES = (".csv", ".json")


class Against(StrEnum):
    """What the data are compared with."""

    previous = "previous"
    embedded = "embedded"


Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SOURCE]...", help="Which sources; all of them by default."),
]


@app.command()
def status(as_json: AsJson = False) -> None:
    """List every layer and source: from where, how old, how large, on what terms, how complete.

    Exit status 1 if anything that is stored cannot be read.

    Example: rewatt data status
    """
    import json
    from dataclasses import asdict
    from datetime import UTC, datetime

    from geo.console import show
    from geo.console_data import problem_lines, status_parts
    from geo.store_status import status as found_in
    from layers import default_store

    found = found_in(default_store(), datetime.now(UTC).date())
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        show(*status_parts(found))
    if problem_lines(found):
        raise typer.Exit(1)


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Check hashes and columns of everything stored; exit status 1 if anything is wrong.

    Example: rewatt data verify
    """
    import json
    from dataclasses import asdict

    from geo.console import show
    from geo.console_data import verdict_lines
    from geo.store_verify import verify as check
    from layers import default_store

    found = check(default_store())
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        show(*verdict_lines(found))
    if found.problems:
        raise typer.Exit(1)


@app.command()
def quarantine(
    layer: Annotated[str, typer.Argument(help="substations or gas_plants.")],
    out: Annotated[Path | None, typer.Option(help="Write the list: .csv or .json.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the pairs of rows that may be one and are kept apart, since it is doubtful.

    Example: rewatt data quarantine substations --out doubtful.csv
    """
    import json

    from geo.cli_inputs import load
    from geo.console import say, show
    from geo.console_data import pairs_table
    from geo.export import check_targets, write_tables
    from geo.layer_status import quarantine as kept_apart
    from geo.rows import rows_of
    from layers import LAYERS, attributions, default_store

    if layer not in [one.id for one in LAYERS]:
        msg = f"There is no layer {layer!r}: expected one of {[one.id for one in LAYERS]}."
        raise AskedWronglyError(msg)
    check_targets([out] if out else [], _SUFFIXES)
    pairs = kept_apart(layer, default_store())
    if pairs is None or pairs.empty:
        say(f"{layer}: no doubtful pairs.")
        return
    if out:
        write_tables(pairs, [out], attributions(load(for_map=True)))
        say(f"Wrote {len(pairs)} pairs to {out}.")
    if as_json:
        typer.echo(json.dumps(rows_of(pairs), ensure_ascii=False, indent=1, allow_nan=False))
    elif not out:
        show(pairs_table(pairs))


@app.command()
def clear(
    sources: Sources = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove what was fetched and imported of some sources, or of all.

    Example: rewatt data clear hifld_lines --yes
    """
    from geo.console import say
    from geo.store_clear import clear as remove
    from geo.store_clear import clearable
    from layers import default_store

    store = default_store()
    names = _known(sources)
    found = clearable(store, names)
    if not found:
        say(f"Nothing of {', '.join(sources or ['any source'])} is in {store.folder}.")
        return
    listed = "\n".join(f"  {name}: {size:,.1f} MB" for name, size in found.items())
    if not yes:
        if not sys.stdin.isatty():
            msg = f"This would remove from {store.folder}:\n{listed}\nSay so with --yes."
            raise AskedWronglyError(msg)
        typer.confirm(f"Remove from {store.folder}:\n{listed}\n?", abort=True)
    removed = remove(store, names)
    say(f"Removed from {store.folder}, {sum(removed.values()):,.1f} MB in all:", listed)


@app.command()
def diff(
    sources: Sources = None,
    against: Annotated[
        Against, typer.Option(help="The versions before, or nothing but what is embedded.")
    ] = Against.previous,
    region: Region = None,
    scenario: Scenario = "balanced",
    target_mw: TargetMw = None,
    out: Annotated[
        Path | None, typer.Option(help="Write every change and every reason: .csv or .json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed since the previous fetch or import, which ranks moved, and why.

    Example: rewatt data diff --region childress --target-mw 300
    """
    import json

    from geo.console import say, show
    from geo.console_diff import diff_document, diff_parts
    from geo.data_diff import changes_table
    from geo.export import check_targets, write_tables

    check_targets([out] if out else [], _SUFFIXES, inputs=[Path(scenario)])
    names: dict[str, str] = {}
    found = _compared(sources, against, _judge(region, scenario, target_mw, names))
    if out:
        write_tables(changes_table(found), [out], found.attribution)
    if as_json:
        document = diff_document(found)
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False))
    elif not found.sources:
        say("Nothing was fetched or imported, so nothing can have changed: `rewatt fetch` first.")
    else:
        show(*diff_parts(found, names))
    if out:
        say(f"Wrote every change to {out}.")


def _compared(
    sources: list[str] | None, against: Against, judged: Callable[[Layers], Assessment]
) -> DataDiff:
    from geo.data_diff import data_diff, store_before
    from layers import LayerError, default_store

    store = default_store()
    names = _known(sources)
    try:
        return data_diff(store_before(store, names, against.value), store, names, judged)
    except LayerError as error:
        raise CannotDoError(str(error)) from error


def _judge(
    region: str | None, scenario: str, target_mw: float | None, names: dict[str, str]
) -> Callable[[Layers], Assessment]:
    """Give what assesses the sites of a region with given layers, and notes their names."""
    from geo.cli_inputs import assessed
    from geo.cli_options import By
    from geo.regions import find_region
    from geo.selection import Selection, select

    wanted = Selection(find_region(region or "us").id)

    def judged(layers: Layers) -> Assessment:
        assessment = assessed(dict(layers), None, scenario, target_mw, By.score)
        known = assessment.sites["name"].dropna()
        names.update({str(site): str(name) for site, name in known.items()})
        return assessment.only(select(assessment.sites, wanted))

    return judged


def _known(sources: list[str] | None) -> list[str]:
    """Give the named sources, or every one there may be."""
    from geo.cli_inputs import named_sources
    from geo.store_words import IMPORT_PREFIX
    from layers import LAYERS
    from layers.sources import fetched

    known = [*fetched(), *(f"{IMPORT_PREFIX}{layer.id}" for layer in LAYERS)]
    return named_sources(sources, known)
