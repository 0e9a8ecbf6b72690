"""The command line that makes a dossier again."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.rows import Row


def made_by(one: Row, scenario: str, sites: Path | None = None) -> str:
    """Say which command makes the dossier of an explanation again.

    Parameters
    ----------
    one
        What `geo.explain.explain` gives.
    scenario
        A scenario's name, or its file, of which only the name is told.
    sites
        The file that the site is from, of which only the name is told.
    """
    words = ["rewatt", "dossier", one["site_id"]]
    if sites is not None:
        words += ["--sites", sites.name]
    words += ["--scenario", Path(scenario).name, "--target-mw", f"{one['target_mw']:g}"]
    words += ["--by", one["by"], "--out", "dossier.pdf"]
    return f"Made by: {shlex.join(words)}"
