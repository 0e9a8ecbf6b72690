"""Starts the Streamlit app: bound to one address, closed to other sites, asking nothing outside."""

from __future__ import annotations

import re
import runpy
import socket
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from geo.errors import AskedWronglyError, CannotDoError

MOST_UPLOAD_MB = 50
"""Largest file that the app takes; Streamlit counts in megabytes, too."""

_COLOURS = {"theme.light.textColor": "#141312", "theme.dark.primaryColor": "#e6606c"}
"""Where Streamlit's own colours are too faint to be read: captions on light, sliders on dark."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ANY = ("0.0.0.0", "::")  # noqa: S104 - recognised, and warned of
_USUAL_PORTS = {"http": 80, "https": 443}
_URL = re.compile(r"(https?)://([\w.-]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?((?:/[\w.~-]+)*)/?")
"""Scheme, host, port and path of an address as users type it."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the app listens, and where its users find it.

    Attributes
    ----------
    host, port
        Bound to.
    url
        What users type, where a reverse proxy stands in front; ``None``: host and port.
    """

    host: str
    port: int
    url: str | None = None


def app_file() -> Path:
    """Give the app's entry file, in a checkout or inside an installed wheel."""
    here = Path(__file__).parent
    packaged = here / "ui" / "_app.py"
    return packaged if packaged.is_file() else here.parent / "app.py"


def flags(address: Address) -> list[str]:
    """Give Streamlit's flags: they take precedence over its files and variables.

    Raises
    ------
    AskedWronglyError
        If the address of users is none.
    """
    settings = {
        "server.address": address.host,
        "server.port": address.port,
        "server.headless": "true",
        "server.enableCORS": "true",  # Streamlit's name for protection against other origins
        "server.enableXsrfProtection": "true",
        "server.maxUploadSize": MOST_UPLOAD_MB,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        "client.toolbarMode": "viewer",
        "runner.magicEnabled": "false",
        **_COLOURS,
        **_seen_from_outside(address),
    }
    told = [f"--{name}={value}" for name, value in settings.items()]
    return told + [f"--server.allowedHosts={name}" for name in _hosts(address)]


def _seen_from_outside(address: Address) -> dict[str, str | int]:
    """Say where browsers find the app; told, Streamlit need not ask the internet for it."""
    if address.url is None:
        host = "localhost" if address.host in _ANY else address.host
        return {"browser.serverAddress": host, "browser.serverPort": address.port}
    scheme, host, port, path = _parts(address.url)
    return {
        "browser.serverAddress": host,
        "browser.serverPort": port or _USUAL_PORTS[scheme],
        "server.baseUrlPath": path.strip("/"),
    }


def _parts(url: str) -> tuple[str, str, str, str]:
    found = _URL.fullmatch(url)
    if found is None:
        msg = (
            f"`--url` is {url!r}; expected the address that users type, such as"
            " https://sites.example.com or https://example.com/rewatt."
        )
        raise AskedWronglyError(msg)
    scheme, host, port, path = found.groups(default="")
    return scheme, host, port, path


def _hosts(address: Address) -> list[str]:
    """Give the names that a request may call the app by; none: any.

    On this machine alone they are known, and a page that points a name of its own here is shut
    out. Elsewhere the names are the network's business.
    """
    if address.host not in _LOOPBACK:
        return []
    outside = [] if address.url is None else [_parts(address.url)[1].strip("[]")]
    return [*_LOOPBACK, *outside]


def warning(address: Address) -> str | None:
    """Say what it means to listen beyond this machine; ``None`` where the app does not."""
    if address.host in _LOOPBACK:
        return None
    return (
        f"Whoever reaches {address.host} port {address.port} can use the app: it has no accounts"
        " and no limits per user. To serve a team, let a reverse proxy that signs people in stand"
        " before it, and let nothing else reach this port."
    )


def launch(address: Address) -> int:
    """Serve the app in this process until it is stopped, and give the exit status.

    Raises
    ------
    AskedWronglyError
        If the host or the address of users is none.
    CannotDoError
        If Streamlit is missing or the port cannot be had.
    """
    arguments = ["run", str(app_file()), *flags(address)]
    if find_spec("streamlit") is None:
        raise CannotDoError("Streamlit is not installed: install rewatt again, or `streamlit`.")
    _check_free(address)
    sys.argv = ["streamlit", *arguments]
    try:
        runpy.run_module("geo.ui.serve", run_name="__main__")
    except SystemExit as end:
        return int(end.code or 0)
    except KeyboardInterrupt:
        return 0
    return 0


def _check_free(address: Address) -> None:
    """Find out in time, and in words, whether the port can be had."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((address.host, address.port))
        except socket.gaierror as error:
            msg = f"`--host` is {address.host!r}, which names no address; expected this machine's."
            raise AskedWronglyError(msg) from error
        except OSError as error:
            msg = (
                f"Cannot listen on {address.host} port {address.port}: {error.strerror}. Stop what"
                " listens there, or choose another with --port or --host."
            )
            raise CannotDoError(msg) from error
