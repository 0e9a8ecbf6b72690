"""The command line: `rewatt rank | explain | map | balance | layers | columns | app`.

Each command imports what it needs when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from geo.cli_inputs import assessed, chosen, load
from geo.cli_options import (
    Area,
    AsJson,
    Available,
    Bbox,
    By,
    ByOption,
    Grouping,
    Near,
    Operator,
    Region,
    Scenario,
    Sites,
    State,
    Status,
    TargetMw,
)
from geo.errors import AskedWronglyError, CannotDoError

app = typer.Typer(
    name="rewatt",
    help="Rank power sites, above all bitcoin mines, by how well they can become AI data centres.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


SLOW_MAP_MB = 5.0
"""From about here a page with everything inside it opens slowly."""


@app.command()
def rank(
    region: Region = None,
    bbox: Bbox = None,
    area: Area = None,
    near: Near = 0.0,
    operator: Operator = None,
    state: State = None,
    status: Status = None,
    available: Available = False,
    sites: Sites = None,
    scenario: Scenario = "balanced",
    target_mw: TargetMw = None,
    top: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Keep the N best, here and in the files.")
    ] = None,
    by: ByOption = By.score,
    out: Annotated[
        list[Path] | None,
        typer.Option(help="Write .csv, .geojson, .gpkg, .parquet or .json; may be given again."),
    ] = None,
) -> None:
    """Rank sites by how well they can become AI data centres.

    Example: rewatt rank --region childress --near 50 --target-mw 300 --out ranked.csv
    """
    from geo.console import RANKED_LEGEND, SHOWN, ranked, say, show
    from geo.export import check_targets, write_tables
    from geo.report import ranked_table, summary
    from geo.selection import select

    check_targets(out or [], inputs=[sites])
    wanted = chosen(
        region,
        bbox,
        area,
        near,
        operator,
        state,
        status,
        available=available,
        brought=sites is not None,
    )
    assessment = assessed(load(), sites, scenario, target_mw, by)
    assessment = assessment.only(select(assessment.sites, wanted))
    table = ranked_table(assessment)
    kept = table if top is None else table.head(top)
    if out:
        write_tables(kept, out)
    show(ranked(kept if top else kept.head(SHOWN)))
    say(*summary(assessment, len(table) - len(kept)), RANKED_LEGEND)
    if top is None and len(kept) > SHOWN:
        say(f"Shown: the first {SHOWN} of {len(kept)}; --top N shows N, --out FILE holds all.")
    if out:
        say(f"Wrote {len(kept)} rows to {', '.join(map(str, out))}.")


@app.command()
def explain(
    site: Annotated[str, typer.Argument(help="A site_id, or a name.")],
    sites: Sites = None,
    scenario: Scenario = "balanced",
    target_mw: TargetMw = None,
    by: ByOption = By.score,
    as_json: AsJson = False,
) -> None:
    """Say why a site stands where it stands.

    Example: rewatt explain iren-childress --target-mw 300
    """
    import json

    from geo.console import explained, show
    from geo.explain import explain as explain_site
    from geo.selection import Selection, select
    from geo.sites import find_site

    assessment = assessed(load(), sites, scenario, target_mw, by)
    key = find_site(assessment.sites, site)
    us = assessment.sites.at[key, "country"] == "US"
    among = select(assessment.sites, Selection("us" if us and sites is None else "all"))
    one = explain_site(assessment.only(among), key)
    if as_json:
        typer.echo(json.dumps(one, ensure_ascii=False, indent=1, allow_nan=False))
        return
    show(*(piece for part in explained(one) for piece in (part, "")))


@app.command("map")
def map_(
    out: Annotated[Path, typer.Option(help="The .html file to write.")] = Path("map.html"),
    region: Region = None,
    bbox: Bbox = None,
    area: Area = None,
    near: Near = 0.0,
    operator: Operator = None,
    state: State = None,
    status: Status = None,
    available: Available = False,
    sites: Sites = None,
    scenario: Scenario = "balanced",
    target_mw: TargetMw = None,
    by: ByOption = By.score,
) -> None:
    """Draw the ranked sites, the grid and the campuses on one map that needs no network.

    Example: rewatt map --region louisiana --near 100 --out map.html
    """
    from geo.console import say
    from geo.export import check_targets, whole_files
    from geo.regions import REGIONS
    from geo.report import summary
    from geo.selection import select
    from geo.webmap import map_html

    check_targets([out], (".html", ".htm"), inputs=[sites])
    wanted = chosen(
        region,
        bbox,
        area,
        near,
        operator,
        state,
        status,
        available=available,
        brought=sites is not None,
    )
    layers = load(for_map=True)
    assessment = assessed(layers, sites, scenario, target_mw, by)
    assessment = assessment.only(select(assessment.sites, wanted))
    box = None if wanted.area is not None else REGIONS[wanted.region].box
    html = map_html(assessment, layers, box=box)
    with whole_files([out]) as (part,):
        part.write_text(html, encoding="utf-8")
    megabytes = len(html.encode()) / 1e6
    say(*summary(assessment), f"Wrote {out} ({megabytes:.1f} MB).")
    if megabytes > SLOW_MAP_MB:
        say("A browser will be slow with so much: select fewer sites, or map their region.")


@app.command()
def balance(
    by: Annotated[Grouping, typer.Option(help="What to add up by.")] = Grouping.region,
    as_json: AsJson = False,
) -> None:
    """Add up the MW that miners hold, AI takes, campuses want and gas plants make.

    Example: rewatt balance --by state
    """
    import json

    from geo import balance as reckoning
    from geo.console import balanced, say, show

    layers = load()
    table = reckoning.balance(layers, by.value)
    claims = reckoning.claims(layers)
    if as_json:
        document = [{by.value: key, **row} for key, row in table.to_dict("index").items()]
        typer.echo(
            json.dumps({"balance": document, "claims": claims}, ensure_ascii=False, indent=1)
        )
        return
    show(*(piece for part in balanced(table, by.value) for piece in (part, "")))
    show(*claims)
    say(
        "MW, but for counts of sites, campuses and blanks; a blank is not published and adds"
        " nothing. Contracted more: beyond the energised. Campuses on mining sites stand apart,"
        " since their MW are the site's. Gas plants are those within"
        " 80 km of a mining site or in a region, not the nation's; they carry no ISO and no owner"
        " group."
    )


@app.command("layers")
def layers_(as_json: AsJson = False) -> None:
    """List the layers: rows, geometry, source, vintage, licence, and whether each is there.

    Example: rewatt layers --json
    """
    import json

    from geo.console import grid, show
    from layers import LAYERS

    loaded = load(for_map=True)
    rows: list[dict[str, str | int]] = [
        {
            "layer": layer.id,
            "title": layer.title,
            "state": "embedded" if layer.id in loaded else "absent",
            "rows": len(loaded[layer.id].table) if layer.id in loaded else 0,
            "geometry": layer.geometry,
            "source": "; ".join(source.title for source in layer.sources),
            "vintage": "; ".join(source.vintage for source in layer.sources),
            "licence": "; ".join(source.licence for source in layer.sources),
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


@app.command()
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


@app.command()
def assumptions(as_json: AsJson = False) -> None:
    """List every published number and every anchor that the model uses, with its source.

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


@app.command("app")
def app_(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8501,
    host: Annotated[str, typer.Option(help="Address to bind to.")] = "localhost",
) -> None:
    """Start the Streamlit app.

    Example: rewatt app --port 8600
    """
    from geo.launch import launch

    raise typer.Exit(launch(host, port))


def main() -> None:
    """Run the command line; turn the user's mistakes into one clear message."""
    if sys.stdout is None:  # closed by the caller (`>&-`)
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    # a polite kill ends like Ctrl-C: half-written files are removed on the way out
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        app()
    except (AskedWronglyError, CannotDoError) as error:
        typer.echo(f"rewatt: {error}", err=True)
        sys.exit(2 if isinstance(error, AskedWronglyError) else 1)
    except BrokenPipeError:
        # the reader went away (`rewatt rank | head`): not an error of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        typer.echo(f"rewatt: {error}", err=True)
        sys.exit(1)
