"""What a server answered, read with distrust: what is wrong with it, and whether to ask again."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PORTS = {"http": 80, "https": 443}
"""RFC 9110, section 4.2."""
_KEEP_THE_FORM = (307, 308)
"""Redirects that ask for the same method and body again (RFC 9110, section 15.4)."""


class FetchError(RuntimeError):
    """Something cannot be had: what was found, what was expected, what to do."""


class DeadServiceError(FetchError):
    """An endpoint does not do what it did: another may."""


class NotThereError(DeadServiceError):
    """The server answers, and has nothing at this address."""


class ElsewhereError(FetchError):
    """An endpoint sends us where we were not told to go: no other question to it helps."""


class PassingError(FetchError):
    """What may go away when asked again.

    Attributes
    ----------
    wait_seconds
        How long the server asks to wait; ``None`` where it does not say.
    """

    def __init__(self, message: str, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes
    ----------
    url
        What was asked, after redirects.
    content
        The body, unpacked.
    kind
        Its `Content-Type`, or its `Content-Range` where it is a part.
    """

    url: str
    content: bytes
    kind: str = ""

    def json(self) -> Any:  # noqa: ANN401 - JSON is anything
        """Give the body as JSON; the client has held it to that."""
        return json.loads(self.content)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, before it is held to anything.

    Attributes
    ----------
    status, content, kind
        Its status, its body, unpacked, and its kind as in `Reply`.
    location
        Where it redirects to; ``None`` where it does not.
    wait_seconds
        How long it asks to wait; ``None`` where it does not say.
    """

    status: int
    content: bytes
    kind: str
    location: str | None
    wait_seconds: float | None


def unpacked(chunks: Iterable[bytes], coding: str, url: str) -> Iterator[bytes]:
    """Unpack a body as it comes, and see that it is whole.

    Parameters
    ----------
    chunks
        The bytes as they were sent.
    coding
        Its `Content-Encoding`: gzip, or nothing.
    url
        What was asked.

    Raises
    ------
    DeadServiceError
        If it is packed as it was not asked to be.
    PassingError
        If the packed bytes are broken, or end before their trailer (RFC 1952, section 2.3.1).
    """
    if coding in ("", "identity"):
        yield from chunks
        return
    if coding not in ("gzip", "x-gzip"):
        msg = f"{url} is packed as {coding!r:.40}, expected gzip, once: refused."
        raise DeadServiceError(msg)
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    any_came = False
    try:
        for chunk in chunks:
            any_came = True
            yield unpacker.decompress(chunk)
    except zlib.error as error:
        msg = f"{url}: what came cannot be unpacked ({error})"
        raise PassingError(msg) from error
    if any_came and (not unpacker.eof or unpacker.unused_data):
        msg = f"{url}: found a cut body, expected whole gzip"
        raise PassingError(msg)


def redirected(method: str, url: str, answer: Answer) -> str:
    """Give where an answer redirects to, where it may be followed.

    Raises
    ------
    ElsewhereError
        If that is another host, scheme or port, but for http to https on their own ports; if it
        carries a name or password; or if a form would be lost on the way.
    """
    try:
        here, there = urlsplit(url), urlsplit(answer.location or "")
        origins = _origin(here), _origin(there)
    except ValueError as error:
        msg = f"{url} redirects to {answer.location!r:.200}, which is no address: refused."
        raise ElsewhereError(msg) from error
    upgraded = ("http", here.hostname, 80), ("https", here.hostname, 443)
    if (origins[0] != origins[1] and origins != upgraded) or "@" in there.netloc:
        what = "host" if here.hostname != there.hostname else "scheme, port or user"
        bare = there.netloc.rpartition("@")[2]
        msg = (
            f"{url} redirects to another {what}, {bare} ({there.scheme}): refused. If that is"
            " where the data are now, name it in the configuration."
        )
        raise ElsewhereError(msg)
    if method != "GET" and answer.status not in _KEEP_THE_FORM:
        msg = f"{url} redirects a form with {answer.status}, which would lose it: refused."
        raise ElsewhereError(msg)
    return there.geturl()


def _origin(address: SplitResult) -> tuple[str, str | None, int | None]:
    return address.scheme, address.hostname, address.port or _PORTS.get(address.scheme)


def retry_after(stated: str | None) -> float | None:
    """Read seconds or a date (RFC 9110, section 10.2.3)."""
    if stated is None:
        return None
    if stated.strip().isascii() and stated.strip().isdigit():
        return float(stated)
    from email.utils import parsedate_to_datetime

    try:
        return max((parsedate_to_datetime(stated) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ArithmeticError, TypeError, ValueError):
        return None


def hold_to_part(url: str, status: int, kind: str, content: bytes) -> None:
    """Have what is HTML, or not as long as it says, asked for again."""
    span = re.fullmatch(r"bytes (\d{1,18})-(\d{1,18})/\d{1,18}", kind)
    stated = int(span[2]) - int(span[1]) + 1 if span else len(content)
    if stated != len(content) or (status == 200 and content.lstrip()[:1] == b"<"):
        msg = f"{url}: found {len(content):,} bytes of {kind!r}, expected the whole part"
        raise PassingError(msg)


def hold_to_json(url: str, content: bytes, kind: str) -> None:
    """Have what is cut, or HTML, asked for again."""
    try:
        json.loads(content)
    except ValueError as error:
        found = "HTML" if content.lstrip()[:1] == b"<" else f"{len(content):,} bytes of {kind!r}"
        msg = f"{url}: found {found}, expected whole JSON"
        raise PassingError(msg) from error
    except RecursionError as error:
        msg = f"{url}: found JSON nested too deep to be read."
        raise DeadServiceError(msg) from error
