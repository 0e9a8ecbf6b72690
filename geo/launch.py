"""Starts the Streamlit app in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_COLOURS = {"theme.light.textColor": "#141312", "theme.dark.primaryColor": "#e6606c"}
"""Where Streamlit's own colours are too faint to be read: captions on light, sliders on dark."""


def app_file() -> Path:
    """Give the app's entry file, in a checkout or inside an installed wheel."""
    here = Path(__file__).parent
    packaged = here / "ui" / "_app.py"
    return packaged if packaged.is_file() else here.parent / "app.py"


def launch(host: str, port: int) -> int:
    """Serve the app until it is stopped, and give the exit status.

    It binds to the address it is told, sends no usage statistics and keeps XSRF protection on.
    """
    settings = {
        "server.address": host,
        "server.port": port,
        "server.headless": "true",
        "server.enableXsrfProtection": "true",
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.toolbarMode": "viewer",
        **_COLOURS,
    }
    flags = [f"--{name}={value}" for name, value in settings.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(app_file()), *flags]
    try:
        return subprocess.call(command)  # noqa: S603 - our own arguments, no shell
    except KeyboardInterrupt:
        return 0
