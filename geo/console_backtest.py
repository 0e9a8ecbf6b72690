"""A back-test for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.backtest import METHODS, ORDERED
from geo.backtest_known import LEAKS
from geo.backtest_metrics import MEASURES
from geo.backtest_report import (
    caveats,
    conversions_note,
    interval_rows,
    left_out,
    no_auc,
    verdict,
    winners,
)
from geo.console import grid, number
from geo.durations import curve, end_of
from geo.rows import rows_of

if TYPE_CHECKING:
    from rich.table import Table

    from geo.backtest import Backtest, DateResult

HEADS = {
    "score": "score",
    "potential": "potential",
    "energised_mw": "MW alone",
    "substation_km": "km alone",
    "name": "alphabet",
    "random": "chance",
}
"""Short names of the methods, as column heads."""
MEASURE_HEADS = {
    "auc": "AUC",
    "average_precision": "average precision",
    "precision_at_k": "precision at k",
    "recall_at_k": "recall at k",
    "mean_reciprocal_rank": "mean reciprocal rank",
}


def looked_back(result: Backtest) -> list[Table | str]:
    """Lay out a back-test: the verdict, each date, what leaks, the caveats, the time."""
    parts: list[Table | str] = [verdict(result), ""]
    for one in result.dates:
        parts += [*_date(one, result), ""]
    parts += [_leaks(), ""]
    parts += ["What has to be known:", *(f"- {line}" for line in caveats(result)), ""]
    return [*parts, *_time(result)]


def _date(one: DateResult, result: Backtest) -> list[Table | str]:
    head = (
        f"{one.window.as_of}: {one.n_winners + one.n_others} sites energised before"
        f" {one.window.as_of}-01; {one.n_winners} won between then and {end_of(result.until)},"
        f" {one.n_others} did not. Target {result.target_mw:g} MW, scenario {result.scenario.name}."
    )
    parts: list[Table | str] = [head]
    if one.n_winners:
        parts += ["Rank of each winner among them all, by method:", _winners(one)]
    parts.append(_measures(one) if one.headline else no_auc(one))
    counts = sum(len(names) for _, names in left_out(one))
    parts.append(f"Left out: {counts}.")
    parts += [f"- {why} ({len(names)}): {', '.join(names)}." for why, names in left_out(one)]
    return parts


def _winners(one: DateResult) -> Table:
    heads = [("winner", "left"), ("operator", "left"), ("won", "right"), ("evidence", "left")]
    heads += [(HEADS[name], "right") for name in METHODS]
    lines = [
        [
            *(str(row[name] or "?") for name in ("name", "operator", "won", "won_evidence")),
            *(_rank(row[f"rank_{name}"]) for name in METHODS),
        ]
        for row in rows_of(winners(one))
    ]
    means = [number(mean, 1) for mean in one.methods["mean_rank"].to_numpy(float)]
    return grid("", heads, [*lines, ["mean rank", "", "", "", *means]])


def _rank(value: float) -> str:
    return number(value, 0 if value == int(value) else 1)


def _measures(one: DateResult) -> Table:
    heads = [("method", "left"), *((MEASURE_HEADS[name], "right") for name in MEASURES)]
    heads += [("p of AUC", "right"), ("winners", "right"), ("others", "right")]
    lines = []
    for name, row in zip(one.methods.index, rows_of(one.methods), strict=True):
        cells = [str(row["title"])]
        for measure in MEASURES:
            low, high = row[f"{measure}_low"], row[f"{measure}_high"]
            ends = "" if name not in ORDERED else f" ({number(low, 2)}-{number(high, 2)})"
            cells.append(number(row[measure], 2) + ends)
        p = "" if row["p_value"] is None else number(row["p_value"], 4)
        lines.append([*cells, p, str(one.n_winners), str(one.n_others)])
    return grid("", heads, lines)


def _leaks() -> Table:
    heads = [("leaks: criterion", "left"), ("known", "left"), ("rests on", "left")]
    return grid(
        "",
        [*heads, ("direction", "left")],
        [(one.criterion, one.known, one.why, one.direction) for one in LEAKS],
    )


def _time(result: Backtest) -> list[Table | str]:
    heads = [("conversion", "left"), ("won", "left"), ("delivered", "left"), ("years", "right")]
    intervals = [
        (row["site_id"], row["won"], row["delivered"], number(row["years"], 2))
        for row in interval_rows(result)
    ]
    one = curve(result.conversions)
    steps = [
        (number(years, 2), str(risk), str(done), number(share, 3))
        for years, share, risk, done in zip(
            one.years, one.survival, one.at_risk, one.delivered, strict=True
        )
    ]
    curve_heads = [("years", "right"), ("at risk", "right"), ("delivered", "right")]
    return [
        "Time from the first contract to the first delivered capacity, as it is on record:",
        grid("", heads, intervals),
        "",
        "Kaplan-Meier: share that takes longer.",
        grid("", [*curve_heads, ("share", "right")], steps),
        conversions_note(result),
    ]
