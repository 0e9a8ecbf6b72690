"""The command line of rewatt.

Each command imports what it needs when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from geo import (
    cli_app,
    cli_backtest,
    cli_data,
    cli_dossier,
    cli_fetch,
    cli_import,
    cli_methods,
    cli_reference,
    cli_robustness,
)
from geo.cli_inputs import assessed, chosen, load, selected
from geo.cli_options import (
    Area,
    AsJson,
    Available,
    Bbox,
    By,
    ByOption,
    Grouping,
    Iso,
    Near,
    Operator,
    Region,
    Scenario,
    Sites,
    State,
    Status,
    TargetMw,
    commands_of,
    with_data_option,
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
        typer.Option(
            help="Write .csv, .geojson, .gpkg, .parquet, .kml, .json; may be given again."
        ),
    ] = None,
) -> None:
    """Rank sites by how well they can become AI data centres.

    Example: rewatt rank --region childress --near 50 --target-mw 300 --out ranked.csv
    """
    from geo.console import RANKED_LEGEND, SHOWN, ranked, say, show
    from geo.export import check_targets, write_tables
    from geo.report import ranked_table, summary
    from geo.robustness import Uncertainty, robustness, usual_draws

    check_targets(out or [], inputs=[sites])
    assessment = selected(
        region, bbox, area, near, operator, state, status, sites, scenario, target_mw, by,
        available=available,
    )  # fmt: skip
    robust = robustness(assessment, Uncertainty(draws=usual_draws(len(assessment.sites))))
    table = ranked_table(assessment, robust)
    kept = table if top is None else table.head(top)
    if out:
        write_tables(kept, out, assessment.attribution)
    show(ranked(kept if top else kept.head(SHOWN)))
    say(*summary(assessment, len(table) - len(kept)), RANKED_LEGEND)
    say(f"Ranges rest on {robust.counts.draws:,} draws.")
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

    from geo.cli_inputs import explanation
    from geo.console import show
    from geo.console_explain import explained

    one = explanation(load(), site, sites, scenario, target_mw, by)
    if as_json:
        typer.echo(json.dumps(one, ensure_ascii=False, indent=1, allow_nan=False))
        return
    show(*(piece for part in explained(one) for piece in (part, "")))


@app.command()
def poi(
    lat: Annotated[float, typer.Option(help="Degrees north.")],
    lon: Annotated[float, typer.Option(help="Degrees east: below 0 in America.")],
    target_mw: Annotated[float, typer.Option(metavar="MW", help="MW to place.")] = 200,
    iso: Iso = None,
    as_json: AsJson = False,
) -> None:
    """Say for any point which substation, how many MW, at what cost and when.

    Example: rewatt poi --lat 34.383 --lon -100.057 --target-mw 300
    """
    import json

    from geo.console import say, show
    from geo.console_connection import LEGEND, connected
    from geo.point import at_point
    from geo.question import Question
    from layers.sources.rewatt_curated import SOURCE

    question = Question(target_mw, SOURCE.vintage)
    one = at_point(lat, lon, None if iso is None else iso.value, load(), question)
    if as_json:
        typer.echo(json.dumps(one, ensure_ascii=False, indent=1, allow_nan=False))
        return
    show(*(piece for part in connected(one, target_mw) for piece in (part, "")))
    say(LEGEND, *([f"Data: {'; '.join(one['attribution'])}."] if one["attribution"] else []))


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


app.command()(cli_dossier.dossier)
app.command()(cli_robustness.robustness)
app.command()(cli_robustness.information)
app.command()(cli_methods.methods)
app.command()(cli_methods.weights)
app.command()(cli_reference.layers)
app.command()(cli_reference.columns)
app.command()(cli_reference.assumptions)
app.command()(cli_backtest.backtest)
app.command()(cli_fetch.fetch)
app.add_typer(cli_data.app, name="data")
app.command("import")(cli_import.import_)
app.command("app")(cli_app.app)


for _one in commands_of(app):
    if _one.callback is not None:
        _one.callback = with_data_option(_one.callback)


def main() -> None:
    """Run the command line; turn the user's mistakes into one clear message."""
    if sys.stdout is None:  # closed by the caller (`>&-`)
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    # a polite kill ends like Ctrl-C: half-written files are removed on the way out
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        app()
    except (AskedWronglyError, CannotDoError) as error:
        _fail(error, 2 if isinstance(error, AskedWronglyError) else 1)
    except BrokenPipeError:
        # the reader went away (`rewatt rank | head`): not an error of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _fail(error, 1)
    except ValueError as error:
        from layers import LayerError  # here: `--help` answers without the layers

        if not isinstance(error, LayerError):
            raise
        _fail(error, 1)


def _fail(error: Exception, status: int) -> NoReturn:
    """Say what is wrong, without what would steer the terminal, and end."""
    from layers._printable import printable

    typer.echo(f"rewatt: {printable(str(error), layout=True)}", err=True)
    sys.exit(status)
