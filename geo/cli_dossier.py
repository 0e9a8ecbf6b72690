"""The command that writes a site's dossier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli_inputs import explanation, load
from geo.cli_options import By, ByOption, Scenario, Sites, TargetMw

if TYPE_CHECKING:
    from geo.document import Document


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
    from geo.dossier import dossier as put_together
    from geo.export import check_targets, whole_files

    check_targets(out, (".html", ".htm", ".pdf"), inputs=[sites])
    layers = load(for_map=True)
    one = explanation(layers, site, sites, scenario, target_mw, by)
    document = put_together(one, layers, _command(one["site_id"], sites, scenario, target_mw, by))
    with whole_files(out) as files:
        for file in files:
            file.write_bytes(rendered(document, file.suffix))
    say(f"Wrote {', '.join(map(str, out))}.")


def rendered(document: Document, suffix: str) -> bytes:
    """Give a document as the bytes of a file, by the suffix in lower case."""
    if suffix == ".pdf":
        from geo.document_pdf import pdf

        return pdf(document)
    from geo.document_html import html

    return html(document).encode()


def _command(
    site_id: str, sites: Path | None, scenario: str, target_mw: float | None, by: By
) -> str:
    """Give the command line that makes the same again; of files only their names."""
    import shlex

    words = ["rewatt", "dossier", site_id]
    if sites is not None:
        words += ["--sites", sites.name]
    words += ["--scenario", Path(scenario).name if scenario.endswith(".toml") else scenario]
    if target_mw is not None:
        words += ["--target-mw", f"{target_mw:g}"]
    words += ["--by", by.value, "--out", "dossier.pdf"]
    return f"Made by: {shlex.join(words)}"
