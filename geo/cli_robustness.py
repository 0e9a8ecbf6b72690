"""The commands that ask how far the ranking stands up: robustness, information."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli_inputs import selected
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

if TYPE_CHECKING:
    import pandas as pd

    from geo.scenario import Scenario as Weighed
    from geo.weight_draws import Interval

_SUFFIXES = (".csv", ".json")
_MOST_DRAWS = 1_000_000
_MOST_SEED = 2**63 - 1
WITHIN = "within"


class Ways(StrEnum):
    """How weights are drawn."""

    around = "around"
    uniform = "uniform"


class Varied(StrEnum):
    """What varies."""

    weights = "weights"
    metrics = "metrics"
    anchors = "anchors"


Out = Annotated[list[Path] | None, typer.Option(help="Write .csv or .json; may be given again.")]
TopK = Annotated[int, typer.Option(min=1, metavar="K", help="Count who is among the K best.")]


def robustness(
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
    draws: Annotated[
        int | None,
        typer.Option(min=8, max=_MOST_DRAWS, metavar="N", help="Draws.  \\[default: 10,000]"),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=_MOST_SEED, help="The same seed gives the same bytes.")
    ] = 0,
    weights: Annotated[
        Ways, typer.Option(help="Draw weights around the scenario's, or uniformly.")
    ] = Ways.around,
    concentration: Annotated[
        float | None,
        typer.Option(
            min=0.1, max=1e6, help="How close weights stay to the scenario's.  \\[default: 30]"
        ),
    ] = None,
    intervals: Annotated[
        Path | None,
        typer.Option(
            help="TOML with \\[intervals], criterion = \\[least, most] share of the weight."
        ),
    ] = None,
    vary: Annotated[
        list[Varied] | None, typer.Option(help="What varies; may be given again.  \\[default: all]")
    ] = None,
    top: TopK = 10,
    out: Out = None,
    acceptability: Annotated[
        Path | None, typer.Option(help="Write the probability of every rank of every site: .csv.")
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="Write the probability that one site beats another: .csv.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how sure the ranking is: rank intervals when weights, metrics and anchors vary.

    Example: rewatt robustness --region us --weights uniform --out robust.csv
    """
    import json

    from geo.console import say, show
    from geo.console_robustness import LEGEND, robust_table
    from geo.export import check_targets, write_all
    from geo.report import summary
    from geo.robustness import Uncertainty, usual_draws, win_probability
    from geo.robustness import robustness as stand
    from geo.rows import rows_of
    from geo.scenario import load_scenario
    from geo.verdicts import how_sure, robust_rows, ties, what_varied

    matrices = [one for one in (acceptability, pairs) if one is not None]
    read = [sites, area, intervals, Path(scenario)]
    check_targets([*(out or []), *matrices], _SUFFIXES, inputs=read)
    within = None if intervals is None else read_intervals(intervals, load_scenario(scenario))
    _check(within, weights, concentration, vary)
    assessment = selected(
        region, bbox, area, near, operator, state, status, sites, scenario, target_mw, by,
        available=available,
    )  # fmt: skip
    _check_number(int(assessment.rank.notna().sum()), acceptability, pairs)
    usual = Uncertainty()
    uncertainty = Uncertainty(
        draws=usual_draws() if draws is None else draws,
        seed=seed,
        weights=weights.value if within is None else WITHIN,
        concentration=usual.concentration if concentration is None else concentration,
        intervals=within,
        vary=usual.vary if vary is None else tuple(one.value for one in vary),
        top=top,
    )
    robust = stand(assessment, uncertainty)
    table = robust_rows(assessment, robust)
    files = [(table, path) for path in out or []]
    if acceptability is not None:
        files.append((robust.acceptability().reset_index(), acceptability))
    if pairs is not None:
        won = win_probability(assessment, robust.sites, uncertainty)
        files.append((won.reset_index(), pairs))
    write_all(files, assessment.attribution)
    answers = [*how_sure(assessment, robust), *ties(assessment, uncertainty)]
    if as_json:
        document = {
            "varied": what_varied(uncertainty), "answers": answers, "sites": rows_of(table)
        }  # fmt: skip
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False))
        return
    show(robust_table(table, top), "", *answers)
    say(*summary(assessment), what_varied(uncertainty), LEGEND, *written(files))


def information(
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
    top: TopK = 10,
    show_: Annotated[
        int, typer.Option("--show", min=1, metavar="N", help="Show the N most valuable.")
    ] = 10,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Say what to find out first: what is not known, and might change the best K.

    Example: rewatt information --region us --out find_out.csv
    """
    import json

    from geo.console import say, show
    from geo.console_robustness import INFORMATION_LEGEND, information_table
    from geo.export import check_targets, write_tables
    from geo.information import places, value_of_information
    from geo.report import summary
    from geo.rows import rows_of

    check_targets(out or [], _SUFFIXES, inputs=[sites, area, Path(scenario)])
    assessment = selected(
        region, bbox, area, near, operator, state, status, sites, scenario, target_mw, by,
        available=available,
    )  # fmt: skip
    top = places(assessment, top)
    table = value_of_information(assessment, top)
    if out:
        write_tables(table, out, assessment.attribution)
    if as_json:
        typer.echo(json.dumps(rows_of(table), ensure_ascii=False, indent=1, allow_nan=False))
        return
    show(information_table(table.head(show_), top))
    say(*summary(assessment))
    matter = int((table["p_changes_top"] > 0).sum())
    say(
        f"{len(table)} things are unknown or a range; {matter} of them could change the {top} best"
        " on their own. Shown: the first"
        f" {min(show_, len(table))}; --show N shows N, --out FILE holds all.",
        INFORMATION_LEGEND,
        *written([(table, path) for path in out or []]),
    )


def _check_number(ranked: int, acceptability: Path | None, pairs: Path | None) -> None:
    """Refuse squares of very many sites before any work is done."""
    from geo.rank_counts import MOST_BINS

    asked = {"--acceptability": acceptability, "--pairs": pairs}
    names = [name for name, path in asked.items() if path is not None]
    if names and ranked > MOST_BINS:
        msg = (
            f"{' and '.join(names)} hold at most {MOST_BINS:,} sites, and {ranked:,} are ranked:"
            " select fewer, for instance by --region or --state."
        )
        raise AskedWronglyError(msg)


def read_intervals(path: Path, scenario: Weighed) -> dict[str, Interval]:
    """Read intervals of shares from a TOML file.

    Raises
    ------
    AskedWronglyError
        If it cannot be read, or with all its breaches at once.
    """
    import tomllib

    from geo.criteria import CRITERIA
    from geo.weight_draws import check_intervals

    expected = "Expected TOML with a table [intervals], criterion = [least, most]."
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        msg = f"File of intervals {path} cannot be read: {error}. {expected}"
        raise AskedWronglyError(msg) from error
    given = document.get("intervals")
    if not isinstance(given, dict) or not given or set(document) != {"intervals"}:
        msg = f"File of intervals {path}: found {sorted(document)}. {expected}"
        raise AskedWronglyError(msg)
    weighed = [name for name, share in scenario.shares.items() if share > 0]
    return check_intervals(given, tuple(one.id for one in CRITERIA), weighed)


def _check(
    within: dict[str, Interval] | None,
    weights: Ways,
    concentration: float | None,
    vary: list[Varied] | None,
) -> None:
    """Refuse options that contradict each other."""
    found = []
    drawn = vary is None or Varied.weights in vary
    around = within is None and weights is Ways.around
    if within is not None and weights is not Ways.around:
        found.append("--intervals and --weights uniform: give one of them")
    if within is not None and not drawn:
        found.append("--intervals is given and --vary leaves out weights: add --vary weights")
    if concentration is not None and not (around and drawn):
        found.append("--concentration says how weights are drawn around the scenario's, and they"
                     " are not drawn so")  # fmt: skip
    if found:
        raise AskedWronglyError("Options contradict each other:\n  " + "\n  ".join(found))


def written(files: list[tuple[pd.DataFrame, Path]]) -> list[str]:
    """Say what was written."""
    return [f"Wrote {len(table)} rows to {path}." for table, path in files]
