"""What is asked of the server and what it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came.

    Attributes
    ----------
    method, path, query
        ``GET`` or ``POST`` or ``HEAD``; the path without the query; the query as a mapping.
    text, form
        The body that was posted, as it stands and as the fields of a form.
    headers
        By lower-case name.
    at
        Seconds on the monotonic clock of the server, to measure waits with.
    target
        Path, query and body, decoded: the text that `Fault.path_part` is sought in.
    drift
        The faults that the dialect itself must act out, by kind.
    """

    method: str
    path: str
    query: Mapping[str, str]
    text: str
    form: Mapping[str, str]
    headers: Mapping[str, str]
    at: float
    target: str
    drift: dict[str, dict[str, Any]] = field(default_factory=dict)


def asked(method: str, target: str, headers: dict[str, str], body: bytes, at: float) -> Asked:
    """Give the request that a line, its headers and its body make."""
    parts = urlsplit(target)
    text = body.decode("utf-8", "replace")
    whole = unquote_plus(target) + ("\n" + unquote_plus(text) if text else "")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    form = dict(parse_qsl(text, keep_blank_values=True))
    return Asked(method, unquote_plus(parts.path), query, text, form, headers, at, whole)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, and how it goes over the wire.

    Attributes
    ----------
    declared
        The Content-Length that is claimed; None: the true one.
    sent
        So many bytes of the body go out; None: all.
    reset
        The connection is then reset (RST), not closed.
    interval_s
        The body goes out one byte at a time, so many seconds apart; 0: at once.
    wait_s
        Nothing goes out for so long.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    declared: int | None = None
    sent: int | None = None
    reset: bool = False
    interval_s: float = 0.0
    wait_s: float = 0.0


def of_json(document: object, status: int = 200) -> Reply:
    """Answer with JSON, as small as it goes."""
    body = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
    return Reply(status, {"Content-Type": "application/json; charset=utf-8"}, body)


def of_text(text: str, status: int = 200, kind: str = "text/plain") -> Reply:
    """Answer with text or HTML."""
    return Reply(status, {"Content-Type": f"{kind}; charset=utf-8"}, text.encode())


def not_found() -> Reply:
    """Answer as a web server does where there is nothing."""
    page = "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>"
    return of_text(page, 404, "text/html")
