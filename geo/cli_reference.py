"""The commands that tell what the tool rests on: layers, columns, assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli_inputs import load
from geo.cli_options import AsJson
from geo.errors import AskedWronglyError

if TYPE_CHECKING:
    from layers import Layer, LoadedLayer, Provenance


def layers(as_json: AsJson = False) -> None:
    """List the layers: rows, geometry, source, vintage, licence, and whether each is there.

    Example: rewatt layers --json
    """
    import json

    from geo.console import grid, show
    from geo.layer_status import state_of
    from geo.store_words import ABSENT
    from layers import LAYERS

    loaded = load(for_map=True)
    rows: list[dict[str, str | int]] = [
        {
            "layer": layer.id,
            "title": layer.title,
            "state": state_of(loaded[layer.id]) if layer.id in loaded else ABSENT,
            "rows": len(loaded[layer.id].table) if layer.id in loaded else 0,
            "geometry": layer.geometry,
            "source": "; ".join(one.source.title for one in _origins(layer, loaded)),
            "vintage": "; ".join(one.vintage for one in _origins(layer, loaded)),
            "licence": "; ".join(one.source.licence for one in _origins(layer, loaded)),
        }
        for layer in LAYERS
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    heads = [(name, "right" if name == "rows" else "left") for name in rows[0] if name != "title"]
    show(
        grid(
            "",
            heads,
            [
                [f"{row[name]:,}" if name == "rows" else str(row[name]) for name, _ in heads]
                for row in rows
            ],
        )
    )


def _origins(layer: Layer, loaded: dict[str, LoadedLayer]) -> tuple[Provenance, ...]:
    """Give what a layer was built from, or what it could be built from."""
    if layer.id in loaded:
        return loaded[layer.id].provenance
    from layers import Provenance

    return tuple(Provenance(source, source.vintage, 0) for source in layer.sources)


def columns(
    names: Annotated[list[str] | None, typer.Argument(help="Only these columns.")] = None,
    as_json: AsJson = False,
) -> None:
    """Document every column of the ranked table.

    Example: rewatt columns firm_mw_high gate_located
    """
    import difflib
    import json
    from dataclasses import asdict

    from geo.columns import COLUMNS
    from geo.console import grid, show

    known = {one.name: one for one in COLUMNS}
    if unknown := [name for name in names or [] if name not in known]:
        near = [
            repr(one)
            for name in unknown
            for one in difflib.get_close_matches(name, known, n=2, cutoff=0.4)
        ]
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        msg = f"There is no column {' or '.join(map(repr, unknown))}.{hint} See `rewatt columns`."
        raise AskedWronglyError(msg)
    listed = [known[name] for name in names] if names else list(COLUMNS)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in listed], ensure_ascii=False, indent=1))
        return
    heads = [("column", "left"), ("unit", "left"), ("meaning", "left")]
    show(grid("", heads, [(one.name, one.unit, one.meaning) for one in listed]))


def assumptions(as_json: AsJson = False) -> None:
    """List every number of data/parameters.csv and every anchor, with its source.

    Example: rewatt assumptions --json
    """
    import json

    from geo.console import grid, number, show
    from geo.report import assumption_table
    from geo.rows import rows_of

    rows = rows_of(assumption_table())
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    heads = [("value", "right"), ("unit", "left"), ("meaning", "left"), ("source", "left")]
    lines = [
        (
            number(row["value"], 3).rstrip("0").rstrip("."),
            row["unit"],
            row["meaning"],
            f"{row['source']}; {row['locator']}" if row["locator"] else row["source"],
        )
        for row in rows
    ]
    show(grid("", heads, lines))
