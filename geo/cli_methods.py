"""The commands that hold the ranking against other methods, and its weights against other ways."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from geo.cli_inputs import assessed, chosen, load, selected
from geo.cli_options import (
    Area,
    AsJson,
    Available,
    Bbox,
    By,
    ByOption,
    Near,
    Operator,
    Region,
    Scenario,
    Sites,
    State,
    Status,
    TargetMw,
)
from geo.errors import AskedWronglyError


class Way(StrEnum):
    """How weights are found."""

    ahp = "ahp"
    entropy = "entropy"
    critic = "critic"


def methods(
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
        int | None, typer.Option(min=1, metavar="N", help="Keep the N best, here and in the file.")
    ] = None,
    by: ByOption = By.score,
    as_json: AsJson = False,
    out: Annotated[Path | None, typer.Option(help="Write the ranks and reasons as .csv.")] = None,
) -> None:
    """Rank sites by six methods, and say where they disagree and why.

    Example: rewatt methods --region us --top 20 --out methods.csv
    """
    from geo.console import SHOWN, say, show
    from geo.console_methods import compared, compared_json, explained_most, legend
    from geo.export import check_targets, write_tables
    from geo.method_reasons import methods_table, notes, with_reasons
    from geo.methods import compare_methods
    from geo.report import summary

    targets = [out] if out else []
    check_targets(targets, (".csv",), inputs=[sites, area, Path(scenario)])
    assessment = selected(
        region, bbox, area, near, operator, state, status, sites, scenario, target_mw, by,
        available=available,
    )  # fmt: skip
    comparison = compare_methods(assessment)
    table = methods_table(comparison)
    kept = table if top is None else table.head(top)
    if targets:
        write_tables(with_reasons(comparison, kept), targets, assessment.attribution)
    if as_json:
        typer.echo(compared_json(assessment, comparison, kept))
    else:
        parts = compared(comparison, kept if top else kept.head(SHOWN))
        show(*parts, *explained_most(comparison, kept))
    say(*summary(assessment, len(table) - len(kept)), *notes(comparison), legend())
    if top is None and len(kept) > SHOWN and not as_json:
        say(f"Shown: the first {SHOWN} of {len(kept)}; --top N shows N, --out FILE holds all.")
    if out:
        say(f"Wrote {len(kept)} rows to {out}.")


def weights(
    pairwise: Annotated[
        Path | None,
        typer.Option(help="A CSV of judgements: a square of criterion ids, 1 to 9 or 1/2 to 1/9."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Take judgements that contradict each other.")
    ] = False,
    method: Annotated[
        Way | None,
        typer.Option(help="Whose weights --out writes.  \\[default: ahp with --pairwise]"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write a scenario, .toml, for `rewatt rank --scenario`.")
    ] = None,
    region: Region = None,
    sites: Sites = None,
    scenario: Scenario = "balanced",
    target_mw: TargetMw = None,
    as_json: AsJson = False,
) -> None:
    """Weigh criteria by pairwise judgements, entropy and CRITIC, beside the scenario's weights.

    Example: rewatt weights --pairwise judgements.csv --out mine.toml
    """
    from geo.console import say, show
    from geo.console_methods import weighed, weighed_json
    from geo.export import check_targets, whole_files
    from geo.pairwise import read_judgements
    from geo.selection import select
    from geo.weighting import notes, scenario_text, weigh

    way = _way(pairwise, method, out, force=force)
    targets = [out] if out else []
    check_targets(targets, (".toml",), inputs=[pairwise, sites, Path(scenario)])
    judgements = read_judgements(pairwise, force=force) if pairwise else None
    wanted = chosen(
        region, None, None, 0.0, None, None, None, available=False, brought=sites is not None
    )
    assessment = assessed(load(), sites, scenario, target_mw, By.score)
    assessment = assessment.only(select(assessment.sites, wanted))
    weighting = weigh(assessment, judgements)
    if out and way:
        mw = assessment.question.target_mw
        source = str(pairwise.name) if way == "ahp" and pairwise else wanted.region
        text = scenario_text(weighting, way, assessment.scenario, mw, source)
        with whole_files(targets) as (part,):
            part.write_text(text, encoding="utf-8")
    if as_json:
        typer.echo(weighed_json(assessment, weighting))
    else:
        show(weighed(weighting))
    say(*notes(weighting))
    if out:
        say(f"Wrote the weights by {way} to {out}: rewatt rank --scenario {out}")


def _way(pairwise: Path | None, method: Way | None, out: Path | None, *, force: bool) -> str | None:
    """Say whose weights are written; refuse options that contradict each other."""
    found = []
    if method is Way.ahp and pairwise is None:
        found.append("--method ahp rests on judgements: give them with --pairwise")
    if force and pairwise is None:
        found.append("--force takes judgements as they are: give them with --pairwise")
    if out is not None and method is None and pairwise is None:
        found.append("--out writes one set of weights: say which with --method, or --pairwise")
    if method is not None and out is None:
        found.append("--method says what --out writes: give --out, too; all ways are shown anyway")
    if found:
        msg = "Cannot weigh:\n  " + "\n  ".join(found)
        raise AskedWronglyError(msg)
    return method.value if method else "ahp" if out else None
