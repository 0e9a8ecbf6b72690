"""What changed in the data and which ranks that moved, for a terminal."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from geo.console import grid, number
from geo.rank_reasons import shown
from geo.rows import rows_of
from geo.table_diff import ADDED, CHANGED, REMOVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from rich.table import Table

    from geo.data_diff import DataDiff, SourceChange
    from geo.rank_moves import Move, RankMoves
    from geo.rank_reasons import Answer, Reason
    from geo.rows import Row
    from geo.table_diff import TableChange

MOST_MOVES = 15
"""Sites whose moves are told in words."""
MOST_CHANGES = 10
"""Changed cells that are listed of each table."""
LEAST_TOLD = 0.0001
"""Smaller changes of a contribution are named without their figures, which would look alike."""
_MOST_NAMED = 8


def diff_parts(diff: DataDiff, names: Mapping[str, str]) -> list[Table | str]:
    """Show what changed: versions, counts, the first rows, and the ranks that moved with why.

    Parameters
    ----------
    diff
        What changed.
    names
        Names of the sites by id, to name who passed whom.
    """
    parts: list[Table | str] = [source_line(one) for one in diff.sources]
    parts += ["", grid("", _TABLE_HEADS, [_table_row(one) for one in diff.tables])]
    for one in diff.tables:
        rows = diff.changes[
            (diff.changes["source"] == one.source) & (diff.changes["table"] == one.table)
        ]
        parts += _changes_of(one, rows)
    parts += ["", *rank_lines(diff.ranks)]
    told = [*diff.ranks.moves, *diff.ranks.rescored]
    if told:
        parts.append(grid("", _MOVE_HEADS, [_move_row(one) for one in told]))
    for move in told[:MOST_MOVES]:
        parts += ["", *move_lines(move, names)]
    if len(told) > MOST_MOVES:
        parts += ["", f"Why of {len(told) - MOST_MOVES} more: --json, or --out FILE, tells of all."]
    if diff.attribution:
        parts += ["", f"Data: {'; '.join(diff.attribution)}."]
    return parts


def source_line(one: SourceChange) -> str:
    """Say which versions of a source are compared."""
    ends = [
        f"retrieved {retrieved[:10]}, vintage {vintage}, {area}" if retrieved else "nothing"
        for retrieved, vintage, area in (
            (one.retrieved_before, one.vintage_before, one.area_before),
            (one.retrieved_after, one.vintage_after, one.area_after),
        )
    ]
    if one.version_before == one.version_after:
        return f"{one.source}: the same version, {ends[1]}"
    return f"{one.source}: {ends[0]} -> {ends[1]}"


_TABLE_HEADS = [
    ("of", "left"), ("table", "left"), ("rows before", "right"), ("now", "right"),
    ("added", "right"), ("removed", "right"), ("changed", "right"), ("changed in", "left"),
]  # fmt: skip


def _table_row(one: TableChange) -> tuple[str, ...]:
    """Give the counts of a table as cells."""
    return (
        one.source,
        one.table,
        "-" if one.rows_before is None else number(one.rows_before),
        "-" if one.rows_after is None else number(one.rows_after),
        number(one.added),
        number(one.removed),
        number(one.changed),
        changed_in(one),
    )


def changed_in(one: TableChange) -> str:
    """Name the columns that changed, with the rows they changed in."""
    return ", ".join(f"{column} {n:,}" for column, n in one.columns.items())


def _changes_of(one: TableChange, rows: pd.DataFrame) -> list[Table | str]:
    """Name the rows that came and went, and show the first cells that changed."""
    if not one.rows_before or not one.rows_after or rows.empty:
        return []  # a table that came or went whole says nothing row by row
    lines: list[Table | str] = [
        f"{one.source} {one.table}, {change}: {few(keys)}"
        for change in (ADDED, REMOVED)
        if len(keys := rows.loc[rows["change"] == change, "key"])
    ]
    cells = rows[rows["change"] == CHANGED]
    if len(cells):
        first = rows_of(cells.head(MOST_CHANGES))
        heads = [("key", "left"), ("column", "left"), ("old", "left"), ("new", "left")]
        shown_cells = [tuple(str(row[head] or "blank") for head, _ in heads) for row in first]
        counted = f"the first {len(first)} of {len(cells):,} changed cells"
        if len(first) == len(cells):
            counted = "every changed cell"
        lines += [f"{one.source} {one.table}, {counted}:", grid("", heads, shown_cells)]
    return ["", *lines]


def rank_lines(ranks: RankMoves) -> list[str]:
    """Say how many ranks moved, and how much more rests on evidence."""
    lines = [
        f"{len(ranks.moves)} of {ranks.sites} sites moved; {len(ranks.rescored)} kept their rank"
        " with another score."
    ]
    if ranks.sites:
        lines.append(
            "Coverage, the share of the weight that rests on evidence, in the mean:"
            f" {ranks.coverage_before:.1%} -> {ranks.coverage_after:.1%}."
        )
    if ranks.entered:
        lines.append(f"New sites: {few(ranks.entered)}.")
    if ranks.left:
        lines.append(f"Sites no longer there: {few(ranks.left)}.")
    return lines


_MOVE_HEADS = [
    ("was", "right"), ("is", "right"), ("site", "left"), ("score was", "right"), ("is", "right"),
    ("coverage was", "right"), ("is", "right"), ("most by", "left"),
]  # fmt: skip


def _move_row(one: Move) -> tuple[str, ...]:
    """Give a move as cells."""
    return (
        number(one.rank_before).replace("?", "-"),
        number(one.rank_after).replace("?", "-"),
        one.name,
        number(one.score_before, 4),
        number(one.score_after, 4),
        f"{one.coverage_before:.0%}",
        f"{one.coverage_after:.0%}",
        most_by(one),
    )


def most_by(one: Move) -> str:
    """Name the criterion that changed a site's score most."""
    changed = [reason.title for reason in one.reasons if reason.delta]
    return changed[0] if changed else "others: its own score is the same"


def move_lines(one: Move, names: Mapping[str, str]) -> list[str]:
    """Say why a rank moved: the site's own criteria, what the data say now, who passed whom."""
    was, is_ = (number(rank).replace("?", "none") for rank in (one.rank_before, one.rank_after))
    lines = [
        f"{one.name} ({one.site_id}): rank {was} -> {is_}, score {one.score_before:.4f} ->"
        f" {one.score_after:.4f}"
    ]
    lines += [
        f"  {reason_text(reason)}" for reason in one.reasons if abs(reason.delta) >= LEAST_TOLD
    ]
    small = [reason.title for reason in one.reasons if 0 < abs(reason.delta) < LEAST_TOLD]
    if small:
        lines.append(f"  by less than {LEAST_TOLD:g} each: {'; '.join(small)}")
    lines += [f"  worth nothing: {_was_is(reason)}" for reason in one.reasons if not reason.delta]
    facts = dict.fromkeys(fact for reason in one.reasons for fact in reason.because)
    if facts:
        lines.append(f"  since {'; '.join(facts)}")
    if one.passed_by:
        lines.append(f"  passed by {few([names.get(site, site) for site in one.passed_by])}")
    if one.passed:
        lines.append(f"  passed {few([names.get(site, site) for site in one.passed])}")
    return lines


def reason_text(one: Reason) -> str:
    """Say what a criterion was, what it is, and what that adds."""
    return f"{one.delta:+.4f} {_was_is(one)}"


def _was_is(one: Reason) -> str:
    was, is_ = (answer_text(answer, one.unit) for answer in (one.before, one.after))
    return f"{one.title}: {was} -> {is_}"


def answer_text(answer: Answer, unit: str) -> str:
    """Write a metric: the estimate, or what bounds it, or that nothing is known."""
    value, low, high = answer
    in_unit = f" {unit}" if unit else ""
    if not math.isnan(value):
        return f"{shown(value)}{in_unit}"
    if math.isinf(high):
        return f"more than {shown(low)}{in_unit}"
    if math.isnan(low) and math.isnan(high):
        return "unknown"
    if math.isnan(high):
        return f"at least {shown(low)}{in_unit}"
    if math.isnan(low):
        return f"at most {shown(high)}{in_unit}"
    return f"{shown(low)} to {shown(high)}{in_unit}"


def few(names: Iterable[str]) -> str:
    """Name the first of some, and count the rest."""
    listed = list(names)
    more = f" and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    return ", ".join(listed[:_MOST_NAMED]) + more


def diff_document(diff: DataDiff) -> Row:
    """Give what changed as JSON holds it; unknown is None, beyond reach too."""
    document = {
        "sources": [asdict(one) for one in diff.sources],
        "tables": [asdict(one) for one in diff.tables],
        "changes": rows_of(diff.changes.head(MOST_CHANGES)),
        "changes_in_all": len(diff.changes),
        "ranks": asdict(diff.ranks),
        "attribution": list(diff.attribution),
    }
    plain: Row = _plain(document)
    return plain


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
