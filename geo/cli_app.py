"""The command that starts the app."""

from __future__ import annotations

from typing import Annotated

import typer


def app(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8501,
    host: Annotated[
        str, typer.Option(help="Address to listen on; unless told, this machine alone.")
    ] = "localhost",
    url: Annotated[
        str | None,
        typer.Option(help="What users type, where a reverse proxy stands before the app."),
    ] = None,
) -> None:
    """Start the Streamlit app.

    Example: rewatt app --port 8600
    """
    from geo.launch import Address, launch, warning

    address = Address(host, port, url)
    if told := warning(address):
        typer.echo(f"rewatt: {told}", err=True)
    raise typer.Exit(launch(address))
