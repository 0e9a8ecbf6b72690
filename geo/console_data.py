"""What there is, whether it is whole and what changed, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.console import grid, number
from geo.store_words import ABSENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from geo.layer_status import LayerStatus
    from geo.store_status import SourceStatus, Status
    from geo.store_verify import Verdict


def status_parts(found: Status) -> list[Table | str]:
    """Show layers, their voltages, sources, and what is not there."""
    parts: list[Table | str] = [
        f"Fetched and imported data: {found.folder or 'nowhere'}",
        "",
        grid("", _LAYER_HEADS, [layer_row(one) for one in found.layers]),
    ]
    parts += voltage_lines(found)
    there = [one for one in found.sources if one.state != ABSENT]
    if there:
        parts += ["", grid("", _SOURCE_HEADS, [source_row(one) for one in there])]
    parts += refused_lines(found)
    lines = [f"{one.layer}: {one.problem}" for one in found.layers if one.problem]
    lines += [f"{one.source}: {one.problem}" for one in found.sources if one.problem]
    lines += absent_lines(found)
    return [*parts, *(["", *lines] if lines else [])]


_LAYER_HEADS = [
    ("layer", "left"), ("state", "left"), ("rows", "right"), ("from", "left"), ("vintage", "left"),
    ("days old", "right"), ("area", "left"), ("kV known", "right"), ("refused", "right"),
    ("MB", "right"), ("licence", "left"),
]  # fmt: skip


def layer_row(one: LayerStatus) -> tuple[str, ...]:
    """Give a layer as cells, one line per dataset that it was built from."""
    origins = one.origins
    refused = sum(n for origin in origins for _, n, _ in origin.refused)
    return (
        one.layer,
        one.state,
        number(one.rows),
        "\n".join(f"{origin.source} ({origin.rows:,})" for origin in origins),
        "\n".join(origin.vintage for origin in origins),
        "\n".join("-" if origin.age_days is None else f"{origin.age_days:,}" for origin in origins),
        "\n".join(origin.area for origin in origins),
        "" if one.voltages is None else f"{one.voltages.share:.0%}",
        number(refused),
        number(one.disk_mb, 1),
        "\n".join(origin.licence for origin in origins),
    )


_SOURCE_HEADS = [
    ("source", "left"), ("state", "left"), ("rows in", "right"), ("kept", "right"),
    ("vintage", "left"), ("retrieved", "left"), ("days old", "right"), ("area", "left"),
    ("feeds", "left"), ("MB", "right"), ("licence", "left"),
]  # fmt: skip


def source_row(one: SourceStatus) -> tuple[str, ...]:
    """Give a source as cells."""
    return (
        one.source,
        one.state,
        number(one.rows_in),
        number(one.rows_kept),
        one.vintage,
        (one.retrieved_at or "")[:10],
        number(one.age_days),
        one.area,
        ", ".join(one.feeds) or "no layer yet",
        number(one.disk_mb, 1),
        one.licence,
    )


def voltage_lines(found: Status) -> list[str]:
    """Say what is known of voltages, and how many doubtful pairs were kept apart."""
    lines = []
    for one in found.layers:
        if one.voltages is not None:
            classes = _counts(one.voltages.by_class, " kV")
            lines.append(
                f"{one.layer}: {one.voltages.share:.1%} of the rows have a voltage; by HIFLD's"
                f" class: {classes}."
            )
            if one.voltages.by_evidence:
                lines.append(f"  evidence for it: {_counts(one.voltages.by_evidence)}.")
        if one.quarantined is not None:
            lines.append(f"  {one.quarantined:,} doubtful pairs were kept apart.")
        lines += [f"  {n:,} rows of its sources left out: {why}" for why, n in one.left_out.items()]
    return ["", *lines] if lines else []


def _counts(counted: Mapping[str, int], unit: str = "") -> str:
    return ", ".join(f"{key}{unit} {n:,}" for key, n in counted.items())


def refused_lines(found: Status) -> list[str]:
    """Say which rows of the sources were refused and why, and what else was noted."""
    lines = []
    for one in found.sources:
        lines += [
            f"{one.source}: {n:,} rows refused: {reason} (such as {example})"
            for reason, n, example in one.refused
        ]
        lines += [f"{one.source}: {note}" for note in one.notes]
    return ["", *lines] if lines else []


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
    """Say what was checked and what is wrong."""
    lines = [f"checked: {one}" for one in found.checked]
    lines += [f"left over, harmless: {one}" for one in found.harmless]
    lines += [f"PROBLEM: {one}" for one in found.problems]
    n = len(found.problems)
    return [*lines, f"{n} problem{'' if n == 1 else 's'}." if n else "All is well."]
