"""The command that holds the ranking against what then happened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli_inputs import load
from geo.cli_options import AsJson, Scenario, TargetMw
from geo.errors import CannotDoError


def backtest(
    as_of: Annotated[
        list[str] | None,
        typer.Option(
            metavar="YYYY-MM",
            help="Look back to the first day of this month; may be given again."
            " Otherwise 2024-06, 2025-01, 2025-06 and 2026-01.",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM",
            help="Count wins up to the end of this month; otherwise to the last of the tables.",
        ),
    ] = None,
    scenario: Scenario = "balanced",
    target_mw: TargetMw = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Decides the resamples and shuffles, where there are any.")
    ] = 0,
    as_json: AsJson = False,
    out: Annotated[
        Path | None, typer.Option(help="Write every site at every date to a .csv file.")
    ] = None,
) -> None:
    """Rank at past dates and hold the ranks against who then won AI contracts.

    Example: rewatt backtest --as-of 2025-01
    """
    import json

    from geo.backtest import backtest as look_back
    from geo.backtest_cohort import windows
    from geo.backtest_report import document, site_table
    from geo.console import say, show
    from geo.console_backtest import looked_back
    from geo.export import check_targets, write_tables
    from geo.scenario import load_scenario, scenario_origin
    from geo.sites import embedded_sites
    from layers import attributions, read_conversions
    from layers.sources.rewatt_curated import SOURCE

    targets = [] if out is None else [out]
    check_targets(targets, (".csv",))
    vintage = SOURCE.vintage
    asked = windows(as_of or [], vintage if until is None else until, vintage)
    weighed = load_scenario(scenario)
    layers = load()
    if "miner_sites" not in layers:
        msg = "The table of mining sites is not there, and it is what is looked back on: reinstall."
        raise CannotDoError(msg)
    result = look_back(
        embedded_sites(layers),
        layers,
        read_conversions(),
        weighed,
        origin=scenario_origin(scenario),
        target_mw=weighed.target_mw if target_mw is None else target_mw,
        windows=asked,
        seed=seed,
    )
    table = site_table(result)
    if targets:
        write_tables(table, targets, attributions(layers))
    if as_json:
        typer.echo(json.dumps(document(result), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        show(*looked_back(result))
    if targets:
        say(f"Wrote {len(table)} rows to {out}: the caveats first, then every site at every date.")
