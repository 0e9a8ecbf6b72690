"""Why a site stands where it stands, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.console import HELD, grid, number, rank_range, span
from geo.console_connection import connected

if TYPE_CHECKING:
    from rich.table import Table

    from geo.rows import Row


def explained(one: Row) -> list[Table | str]:
    """Show an explanation."""
    place = f"rank {one['rank']} of {one['of']} by {one['by']}"
    if one["rank_low"] is not None:
        place += f" ({HELD} of the draws: {rank_range(one)})"
    rank = place if one["rank"] else "not ranked (no public location)"
    county = one["county"] or f"county not {'stated' if one['brought'] else 'public'}"
    head = (
        f"{one['name']} ({one['site_id']}), {one['operator'] or 'operator not stated'},"
        f" {county}, {one['state'] or '?'}: {one['status'] or '?'}\n"
        f"{rank} for {one['target_mw']:g} MW ({one['scenario']}): score"
        f" {one['score']:.3f}, potential {one['potential']:.3f}, coverage {one['coverage']:.0%}\n"
        f"MW: {number(one['energised_mw'])} energised, {number(one['contracted_mw'])} contracted,"
        f" {number(one['announced_mw'])} announced, {number(one['uncommitted_mw'])} uncommitted"
    )
    parts: list[Table | str] = [head, _criteria_table(one["criteria"])]
    parts += connected(one, one["target_mw"])
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
    if one["attribution"]:
        parts.append(f"Data: {'; '.join(one['attribution'])}.")
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
