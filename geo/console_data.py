"""What there is, whether it is whole and what changed, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.console import grid, number
from geo.layer_status import OTHER
from geo.rows import rows_of
from geo.store_words import ABSENT

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from geo.layer_status import LayerStatus
    from geo.store_status import SourceStatus, Status
    from geo.store_verify import Verdict


def status_parts(found: Status) -> list[Table | str]:
    """Show layers and what they are made of, their voltages, sources, and what is not there."""
    parts: list[Table | str] = [
        f"Fetched and imported data: {found.folder or 'nowhere'}",
        "",
        grid("", _LAYER_HEADS, [_layer_row(one) for one in found.layers]),
        "",
        *origin_lines(found),
        "",
        *voltage_lines(found),
    ]
    there = [one for one in found.sources if one.state != ABSENT]
    if there:
        parts += ["", grid("", _SOURCE_HEADS, [_source_row(one) for one in there])]
    lines = refused_lines(found) + problem_lines(found) + absent_lines(found)
    return [*parts, *(["", *lines] if lines else [])]


_LAYER_HEADS = [
    ("layer", "left"), ("state", "left"), ("rows", "right"), ("days old", "right"),
    ("kV known", "right"), ("refused", "right"), ("MB", "right"),
]  # fmt: skip


def _layer_row(one: LayerStatus) -> tuple[str, ...]:
    return (
        one.layer,
        one.state,
        number(one.rows),
        number(one.age_days).replace("?", "-"),
        "" if one.voltages is None else f"{one.voltages.share:.0%}",
        number(one.refused),
        number(one.disk_mb, 1),
    )


_SOURCE_HEADS = [
    ("source", "left"), ("state", "left"), ("rows in", "right"), ("kept", "right"),
    ("retrieved", "left"), ("days old", "right"), ("MB", "right"), ("feeds", "left"),
]  # fmt: skip


def _source_row(one: SourceStatus) -> tuple[str, ...]:
    return (
        one.source,
        one.state,
        number(one.rows_in),
        number(one.rows_kept),
        (one.retrieved_at or "")[:10],
        number(one.age_days),
        number(one.disk_mb, 1),
        feeds(one),
    )


def feeds(one: SourceStatus) -> str:
    """Name the layers that a source is built into."""
    return ", ".join(one.feeds) or "no layer"


def origin_lines(found: Status) -> list[str]:
    """Say of each dataset in use what it gave, of which date, for where, on what terms."""
    lines = [
        f"{one.layer}: {origin.rows:,} rows of {origin.source} ({origin.title}), vintage"
        f" {origin.vintage}, {origin.area}; licence: {origin.licence}"
        for one in found.layers
        for origin in one.origins
    ]
    return lines + [
        f"in no layer: {one.source} ({one.title}), vintage {one.vintage}, {one.area}; licence:"
        f" {one.licence}"
        for one in found.sources
        if one.version is not None and not one.feeds
    ]


def voltage_lines(found: Status) -> list[str]:
    """Say what is known of voltages, and what a merge left apart or out."""
    lines = []
    for one in found.layers:
        if one.voltages is not None:
            known = one.voltages
            classes = ", ".join(f"{kv} kV {n:,}" for kv, n in known.by_class.items())
            classes = classes.replace(f"{OTHER} kV", OTHER)
            evidence = ", ".join(f"{name} {n:,}" for name, n in known.by_evidence.items())
            lines.append(
                f"{one.layer}: {known.share:.1%} of the rows have a voltage; by HIFLD's class:"
                f" {classes}" + (f"; by evidence: {evidence}." if evidence else ".")
            )
        if one.quarantined:  # neither none nor not asked
            lines.append(
                f"{one.layer}: {one.quarantined:,} in quarantine, since it is doubtful whether two"
                f" rows are one: `rewatt data quarantine {one.layer}` lists them."
            )
        lines += [
            f"{one.layer}: {n:,} rows of its sources left out: {why}"
            for why, n in one.left_out.items()
        ]
    return lines


def refused_lines(found: Status) -> list[str]:
    """Say which rows of the sources were refused and why, and what else was noted."""
    lines = []
    for one in found.sources:
        lines += [
            f"{one.source}: {n:,} rows refused: {reason} (such as {example})"
            for reason, n, example in one.refused
        ]
        lines += [f"{one.source}: {note}" for note in one.notes]
    return lines


def problem_lines(found: Status) -> list[str]:
    """Say what cannot be read."""
    lines = [f"{one.layer}: {one.problem}" for one in found.layers if one.problem]
    return lines + [f"{one.source}: {one.problem}" for one in found.sources if one.problem]


def absent_lines(found: Status) -> list[str]:
    """Name what is not there, with the command that brings it."""
    lines = [
        f"Absent: the layer {one.layer}. `{one.hint}` brings it."
        for one in found.layers
        if one.state == ABSENT
    ]
    return lines + [
        f"Not fetched: {one.source} ({one.title}). `{one.hint}` brings it."
        for one in found.sources
        if one.state == ABSENT
    ]


def verdict_lines(found: Verdict) -> list[str]:
    """Say whether all is well, what is wrong, what is left over and what was checked."""
    n = len(found.problems)
    return [
        f"{n} problem{'' if n == 1 else 's'}." if n else "All is well.",
        *(f"problem: {one}" for one in found.problems),
        *(f"left over, harmless: {one}" for one in found.harmless),
        *(f"checked: {one}" for one in found.checked),
    ]


def pairs_table(pairs: pd.DataFrame) -> Table:
    """Show the pairs of a quarantine, one row each, without the places."""
    from pandas.api.types import is_numeric_dtype

    names = [str(name) for name in pairs]
    shown = pairs[[name for name in names if not name.endswith(("_lat", "_lon", "odds"))]]
    heads = [
        (str(name).replace("_", " "), "right" if is_numeric_dtype(shown[name]) else "left")
        for name in shown
    ]
    cells = [
        [number(cell, 2) if isinstance(cell, float) else str(cell or "") for cell in row.values()]
        for row in rows_of(shown)
    ]
    return grid("", heads, cells)
