"""How the server misbehaves: every fault turns an honest reply into another."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .messages import Reply, of_json, of_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .messages import Asked

DRIFTS = (
    "duplicate_page",
    "shrunk_page",
    "short_page",
    "half_gone",
    "column_missing",
    "column_renamed",
    "column_retyped",
    "unknown_value",
    "remark",
    "no_slots",
)
"""Faults that only the dialect can act out, since they need its rows."""

BUSY_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<html><head><title>{title}</title></head><body><p><strong>Error</strong>: {title}</p></body></html>
"""


@dataclass(slots=True)
class Fault:
    """One misbehaviour: where, which, from which matching request on and for how many."""

    path_part: str
    kind: str
    times: int | None = 1
    after: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    seen: int = 0

    def strikes(self, target: str) -> bool:
        """Count a request that matches, and say whether this one is hit."""
        if self.path_part not in target:
            return False
        self.seen += 1
        return self.seen > self.after and (
            self.times is None or self.seen <= self.after + self.times
        )


def _too_many(_asked: Asked, _reply: Reply, seconds: float = 1, *, date: bool = False) -> Reply:
    """HTTP 429; `Retry-After` in seconds, or as the date that far ahead."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    told = format_datetime(moment, usegmt=True) if date else f"{seconds:g}"
    page = of_text(BUSY_PAGE.format(title="Too Many Requests"), 429, "text/html")
    return replace(page, headers={**page.headers, "Retry-After": told})


def _too_many_until(asked: Asked, reply: Reply, seconds: float = 1) -> Reply:
    return _too_many(asked, reply, seconds, date=True)


def _status(code: int, title: str) -> Callable[[Asked, Reply], Reply]:
    return lambda _asked, _reply: of_text(BUSY_PAGE.format(title=title), code, "text/html")


def _reset(_asked: Asked, reply: Reply) -> Reply:
    """Half of the body, then the connection is reset."""
    return replace(reply, sent=len(reply.body) // 2, reset=True)


def _truncated(_asked: Asked, reply: Reply) -> Reply:
    """Half of the body, with a Content-Length that matches the half."""
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _trickle(_asked: Asked, reply: Reply, interval_s: float = 0.05) -> Reply:
    return replace(reply, interval_s=interval_s)


def _late(_asked: Asked, reply: Reply, seconds: float = 5) -> Reply:
    return replace(reply, wait_s=seconds)


def _length_long(_asked: Asked, reply: Reply, by: int = 100) -> Reply:
    """Claim more bytes than come: the connection closes before they are there."""
    return replace(reply, declared=len(reply.body) + by)


def _length_short(_asked: Asked, reply: Reply, by: int = 100) -> Reply:
    """Claim fewer bytes than come: a client that believes it has a part only."""
    return replace(reply, declared=max(len(reply.body) - by, 0))


def _html(_asked: Asked, _reply: Reply) -> Reply:
    page = "<!DOCTYPE html><html><head><title>Sign In</title></head><body>Sign in</body></html>"
    return of_text(page, 200, "text/html")


def _redirect(asked: Asked, _reply: Reply, to: str | None = None, status: int = 302) -> Reply:
    """Send the client to another host: `to`, or this server under its other name."""
    port = asked.headers.get("host", "").rpartition(":")[2]
    host = "localhost" if asked.headers.get("host", "").startswith("127.") else "127.0.0.1"
    query = "&".join(f"{name}={value}" for name, value in asked.query.items())
    there = (to or f"http://{host}:{port}") + asked.path + (f"?{query}" if query else "")
    return Reply(status, {"Location": there.replace(" ", "%20")}, b"")


@lru_cache(maxsize=4)
def _bomb(mb: int, body: bytes) -> bytes:
    """Give a gzip of `mb` megabytes of blanks before the honest body: still good JSON."""
    packer = zlib.compressobj(1, wbits=31)
    blanks = b" " * 1_000_000
    return b"".join(
        [*(packer.compress(blanks) for _ in range(mb)), packer.compress(body), packer.flush()]
    )


def _gzip_bomb(_asked: Asked, reply: Reply, mb: int = 300) -> Reply:
    headers = {**reply.headers, "Content-Encoding": "gzip"}
    return replace(reply, headers=headers, body=_bomb(mb, reply.body))


def _error_in_200(
    _asked: Asked, _reply: Reply, code: int = 400, message: str = "Invalid URL"
) -> Reply:
    """Give HTTP 200 with an error in the body, as ArcGIS does for a dead service."""
    return of_json({"error": {"code": code, "message": message, "details": []}})


FAULTS: dict[str, Callable[..., Reply]] = {
    "429": _too_many,
    "429_date": _too_many_until,
    "404": _status(404, "Not Found"),
    "500": _status(500, "Internal Server Error"),
    "504": _status(504, "Gateway Timeout"),
    "reset": _reset,
    "truncated": _truncated,
    "trickle": _trickle,
    "late": _late,
    "length_long": _length_long,
    "length_short": _length_short,
    "html": _html,
    "redirect": _redirect,
    "gzip_bomb": _gzip_bomb,
    "error_in_200": _error_in_200,
}


def known(kind: str) -> str:
    """Give the kind back, or refuse a word that no fault has."""
    if kind not in FAULTS and kind not in DRIFTS:
        raise ValueError(f"no fault {kind!r}: there are {sorted([*FAULTS, *DRIFTS])}")
    return kind
