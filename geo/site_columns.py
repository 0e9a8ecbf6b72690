"""Which of the columns of the layer miner_sites a column of somebody else's table is."""

from __future__ import annotations

from layers import miner_sites
from layers._mapping import match_columns, unused


def map_columns(found: list[str]) -> tuple[dict[str, str], list[str]]:
    """Match the columns of a table to ours.

    Returns
    -------
    mapping
        Their name to ours, each of ours at most once.
    notes
        What was mapped under another name, and what is not used, in words.
    """
    ours = [column.name for column in miner_sites.COLUMNS]
    matches = match_columns(found, "miner_sites", [*ours, "wkt"], units=False)
    mapping = {match.theirs: match.ours for match in matches}
    renamed = [f"{name!r} as {target}" for name, target in mapping.items() if name != target]
    notes = [f"Read {', '.join(renamed)}."] if renamed else []
    return mapping, notes + [note for note in [unused(found, list(mapping), ours)] if note]
