"""The command that writes a site's dossier."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo.cli_inputs import explanation, load
from geo.cli_options import By, ByOption, Scenario, Sites, TargetMw


def dossier(
    site: Annotated[str, typer.Argument(help="A site_id, or a name.")],
    out: Annotated[
        list[Path], typer.Option(help="The .html or .pdf file to write; may be given again.")
    ],
    sites: Sites = None,
    scenario: Scenario = "balanced",
    target_mw: TargetMw = None,
    by: ByOption = By.score,
) -> None:
    """Write all that is known of a site: figures, charts, map, news, what is open, sources.

    Example: rewatt dossier iren-childress --target-mw 300 --out childress.pdf
    """
    from geo.console import say
    from geo.document_file import SUFFIXES, rendered
    from geo.dossier import dossier as put_together
    from geo.dossier_command import made_by
    from geo.export import check_targets, whole_files

    check_targets(out, SUFFIXES, inputs=[sites])
    layers = load()
    one = explanation(layers, site, sites, scenario, target_mw, by)
    document = put_together(one, layers, made_by(one, scenario, sites))
    with whole_files(out) as files:
        for file in files:
            file.write_bytes(rendered(document, file.suffix))
    say(f"Wrote {', '.join(map(str, out))}.")
