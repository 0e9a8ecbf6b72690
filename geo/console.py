"""Tables for a terminal: nothing cut off, at any width."""

from __future__ import annotations

import sys
from io import StringIO
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from geo.columns import UPPER_BOUND
from geo.gates import FAIL, GATES, UNKNOWN
from geo.rows import Row, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN = 25
_PIPED_WIDTH = 240


def show(*parts: Table | str) -> None:
    """Write results to stdout: as wide as the terminal, wide and plain when piped."""
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    text = StringIO()
    page = Console(width=width, file=text, highlight=False, markup=False)
    for part in parts:
        page.print(Text(part) if isinstance(part, str) else part)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines()))
    sys.stdout.flush()


def say(*lines: str) -> None:
    """Write messages to stderr."""
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    for line in lines:
        console.print(Text(line))


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
        table.add_row(*(Text(cell) for cell in row))
    return table


def ranked(table: pd.DataFrame) -> Table:
    """Show a ranked table in the columns that fit 80 characters."""
    heads = [
        ("#", "right"), ("site", "left"), ("st", "left"), ("MW", "right"), ("score", "right"),
        ("pot.", "right"), ("POI", "left"), ("kV", "right"), ("km", "right"),
        ("firm MW", "right"), ("gates", "left"),
    ]  # fmt: skip
    rows = [
        (
            number(row["rank"]).replace("?", "-"),
            f"{row['name']}",
            row["state"] or "?",
            number(row["energised_mw"]),
            number(row["score"], 3),
            number(row["potential"], 3),
            (row["poi_name"] or row["poi_id"] or "?"),
            number(row["poi_kv"]),
            number(row["poi_distance_km"], 1),
            span(row["firm_mw_low"], row["firm_mw_high"]) if row["poi_id"] else "?",
            _gates(row),
        )
        for row in rows_of(table)
    ]
    return grid("", heads, rows)


def _gates(row: Row) -> str:
    """Write what fails in words, and how many are open."""
    if not any(row[f"gate_{gate.id}"] for gate in GATES):
        return "not judged"
    failed = [gate.title.lower() for gate in GATES if row[f"gate_{gate.id}"] == FAIL]
    open_ = sum(row[f"gate_{gate.id}"] == UNKNOWN for gate in GATES)
    words = [f"fail: {', '.join(failed)}"] if failed else []
    return "; ".join([*words, *([f"{open_} open"] if open_ else [])]) or "pass"


RANKED_LEGEND = (
    "MW: energised. pot.: potential. firm MW: N-1 limit of the POI's lines, " + UPPER_BOUND + "."
    " ?: not known. gates: pass, what fails, how many are open."
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


def explained(one: Row) -> list[Table | str]:
    """Show an explanation."""
    place = f"rank {one['rank']} of {one['of']} by {one['by']}"
    rank = place if one["rank"] else "not ranked (no public location)"
    head = (
        f"{one['name']} ({one['site_id']}), {one['operator'] or 'operator not stated'},"
        f" {one['county'] or 'county not public'}, {one['state'] or '?'}: {one['status'] or '?'}\n"
        f"{rank} for {one['target_mw']:g} MW ({one['scenario']}): score"
        f" {one['score']:.3f}, potential {one['potential']:.3f}, coverage {one['coverage']:.0%}\n"
        f"MW: {number(one['energised_mw'])} energised, {number(one['contracted_mw'])} contracted,"
        f" {number(one['announced_mw'])} announced, {number(one['uncommitted_mw'])} uncommitted"
    )
    parts: list[Table | str] = [head, _criteria_table(one["criteria"]), _poi_lines(one["poi"])]
    parts.append(
        grid(
            "",
            [("gate", "left"), ("", "left"), ("why", "left")],
            [(gate["title"], gate["verdict"], gate["reason"]) for gate in one["gates"].values()],
        )
    )
    if one["unknowns"]:
        parts.append(
            "Open, and what it could add at best: "
            + "; ".join(
                f"{item['title'].lower()} +{item['could_add']:.3f}" for item in one["unknowns"]
            )
            + "."
        )
    parts.append(f"Firm service: {one['firm_service']}.")
    parts.append(
        f"AI: {one['ai_hpc_status'] or 'not stated'}{_tenant(one)} (an outcome, never scored)."
    )
    if one["source"]:
        parts.append(f"Source ({one['evidence']}, {one['as_of']}): {one['source']}")
    parts.append(
        "Anchors: " + " ".join(f"[{item['title']}] {item['reference']}" for item in one["criteria"])
    )
    return parts


def _tenant(one: Row) -> str:
    return f", {one['ai_counterparty']}" if one["ai_counterparty"] else ""


def _criteria_table(criteria: list[Row]) -> Table:
    rows = [
        (
            item["title"],
            number(item["metric"], 1),
            _bounds(item),
            item["unit"],
            number(item["utility"], 2),
            f"{item['share']:.1%}",
            f"{item['contribution']:.4f}",
            item["evidence"],
        )
        for item in criteria
    ]
    total = sum(item["contribution"] for item in criteria)
    rows.append(("score", "", "", "", "", "", f"{total:.4f}", ""))
    return grid(
        "",
        [
            ("criterion", "left"), ("metric", "right"), ("range", "right"), ("unit", "left"),
            ("worth", "right"), ("share", "right"), ("adds", "right"), ("evidence", "left"),
        ],
        rows,
    )  # fmt: skip


def _bounds(item: Row) -> str:
    if item["beyond_reach"]:
        return f">{number(item['low'], 1)}"
    if item["low"] is None and item["high"] is None:
        return "?"
    return span(item["low"], item["high"], 1)


def _poi_lines(poi: Row) -> str:
    if poi["poi_id"] is None:
        return f"POI: none found; grid data here: {poi['grid_data']}."
    second = (
        f" Second: {poi['poi_2_name'] or poi['poi_2_id']}, {number(poi['poi_2_kv'])} kV,"
        f" {number(poi['poi_2_distance_km'], 1)} km."
        if poi["poi_2_id"]
        else ""
    )
    return (
        f"POI ({poi['poi_role']}): {poi['poi_name'] or 'unnamed'} ({poi['poi_id']}),"
        f" {number(poi['poi_kv'])} kV ({poi['poi_kv_evidence']}), {number(poi['poi_circuits'])}"
        f" circuits, {number(poi['poi_distance_km'], 1)} km; firm"
        f" {span(poi['firm_mw_low'], poi['firm_mw_high'])} MW: {poi['firm_mw_means']}. Headroom"
        f" {poi['headroom']}. Grid data here: {poi['grid_data']}.{second}"
    )
