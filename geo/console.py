"""Tables for a terminal: nothing cut off, at any width."""

from __future__ import annotations

import sys
from io import StringIO
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from geo.finding_columns import UPPER_BOUND
from geo.gates import FAIL, GATES, UNKNOWN
from geo.parameters import cited
from geo.rows import Row, rows_of
from layers._printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SHOWN = 25
_PIPED_WIDTH = 240
_WIDE = 120
_WIDE_ONLY = ("range", "st", "pot.", "kV", "km", "gates")
_MILLION = 1e6


def show(*parts: Table | str) -> None:
    """Write results to stdout: as wide as the terminal, wide and plain when piped."""
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    text = StringIO()
    page = Console(width=width, file=text, highlight=False, markup=False)
    for part in parts:
        page.print(Text(printable(part, layout=True)) if isinstance(part, str) else part)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines()))
    sys.stdout.flush()


def say(*lines: str) -> None:
    """Write messages to stderr."""
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    for line in lines:
        console.print(Text(printable(line, layout=True)))


def number(value: float | None, digits: int = 0) -> str:
    """Write a number for people; ``?`` where it is unknown."""
    if value is None or pd.isna(value):
        return "?"
    return f"{value:,.{digits}f}"


def span(low: float | None, high: float | None, digits: int = 0) -> str:
    """Write a range; ``?`` for the end that is unknown."""
    first, last = number(low, digits), number(high, digits)
    return first if first == last else f"{first}-{last}"


def grid(title: str, heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> Table:
    """Lay out a table; heads are pairs of a title and ``left`` or ``right``."""
    table = Table(
        title=title or None, title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0)
    )
    for head, justify in heads:
        text = justify == "left"
        table.add_column(
            head, justify="left" if text else "right", overflow="fold", no_wrap=not text
        )
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def ranked(table: pd.DataFrame) -> Table:
    """Show a ranked table; a narrow terminal gets the columns that fit 80 characters."""
    width = Console().width if sys.stdout.isatty() else _PIPED_WIDTH
    columns: list[tuple[str, str, Callable[[Row], str]]] = [
        ("#", "right", lambda row: number(row["rank"]).replace("?", "-")),
        ("range", "right", lambda row: rank_range(row).replace("?", "-")),
        ("site", "left", lambda row: f"{row['name']}"),
        ("st", "left", lambda row: row["state"] or "?"),
        ("MW", "right", lambda row: number(row["energised_mw"])),
        ("score", "right", lambda row: number(row["score"], 3)),
        ("pot.", "right", lambda row: number(row["potential"], 3)),
        ("POI", "left", _poi),
        ("kV", "right", lambda row: number(row["poi_kv"])),
        ("km", "right", lambda row: number(row["poi_distance_km"], 1)),
        ("firm MW", "right", _firm),
        ("M$", "right", _cost),
        ("years", "right", _years),
        ("binds", "left", lambda row: row["binding_constraint"].replace("_", " ")),
        ("gates", "left", _gates),
    ]
    shown = [one for one in columns if width >= _WIDE or one[0] not in _WIDE_ONLY]
    heads = [(head, justify) for head, justify, _ in shown]
    return grid("", heads, [tuple(cell(row) for _, _, cell in shown) for row in rows_of(table)])


def rank_range(row: Row) -> str:
    """Write the ranks between which most of the draws lie."""
    return span(row["rank_low"], row["rank_high"])


def _poi(row: Row) -> str:
    """Name the POI, and what the cost is of where that is another."""
    name = row["poi_name"] or row["poi_id"] or "?"
    through = row["carrier_name"] or row["carrier_id"]
    if through is None or row["carrier_id"] == row["poi_id"] or not row["connect_mw"]:
        return str(name)
    return f"{name} (M$ via {through})"


def _firm(row: Row) -> str:
    return span(row["firm_mw_low"], row["firm_mw_high"]) if row["poi_id"] else "?"


def _cost(row: Row) -> str:
    low, high = row["interconnection_usd_low"], row["interconnection_usd_high"]
    return "?" if low is None else span(low / _MILLION, high / _MILLION)


def _years(row: Row) -> str:
    p50, p90 = row["time_to_target_years_p50"], row["time_to_target_years_p90"]
    return "?" if p50 is None else f"{p50:.1f}/{p90:.1f}"


def _gates(row: Row) -> str:
    """Write what fails in words, and how many are open."""
    if not any(row[f"gate_{gate.id}"] for gate in GATES):
        return "not judged"
    failed = [gate.title.lower() for gate in GATES if row[f"gate_{gate.id}"] == FAIL]
    open_ = sum(row[f"gate_{gate.id}"] == UNKNOWN for gate in GATES)
    words = [f"fail: {', '.join(failed)}"] if failed else []
    return "; ".join([*words, *([f"{open_} open"] if open_ else [])]) or "pass"


HELD = f"{cited('robustness_interval_share').value:.0%}"
RANKED_LEGEND = (
    f"range: ranks that hold {HELD} of the draws (`rewatt robustness`). MW: energised."
    " pot.: potential. firm MW: N-1 limit of the POI's lines, " + UPPER_BOUND + "."
    " M$: cost of the cheapest way to connect what the target lacks, low to high. years: to the"
    " target, P50/P90. binds: what limits MW by date. ?: not known. gates: pass, what fails, how"
    " many are open."
)


def balanced(table: pd.DataFrame, by: str) -> list[Table]:
    """Show a balance: what mining sites, campuses and gas plants come to, and the totals."""
    tables = []
    for prefix, title in (
        ("mining", "Mining sites"),
        ("campus", "Campuses"),
        ("gas", "Gas plants"),
    ):
        part = table[[name for name in table.columns if str(name).startswith(prefix)]]
        if part.empty or not len(part.columns):
            continue
        heads = [(name.removesuffix("_mw").replace("_", " "), "right") for name in part.columns]
        rows = [
            (str(key), *map(number, row))
            for key, row in zip(part.index, part.to_numpy(), strict=True)
        ]
        rows.append(("total", *map(number, part.sum())))
        tables.append(grid(title, [(by, "left"), *heads], rows))
    return tables
