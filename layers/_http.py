"""Asks over HTTP, politely: waits as told, gives up in time, takes no more than it should.

What comes back wrong, and what is done about it:

=============================  =====================================================
429, 502, 503, 504, 500        asked again, after `Retry-After` or a growing wait
connection reset, cut body     asked again
JSON that is cut or is HTML    asked again, then the next endpoint is tried
a trickle                      given up when the request has had its time, asked again
an `error` in a 200            the next endpoint is tried
redirect to another host       refused at once
more bytes than the limit      refused at once, unpacked bytes counted as they come
404 and other statuses         refused at once
=============================  =====================================================
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from tenacity import RetryCallState

_MOST_REDIRECTS = 5
_BUSY = (429, 500, 502, 503, 504)
"""Statuses that a later request may not meet (RFC 9110, section 15.6; RFC 6585, section 4)."""


class FetchError(RuntimeError):
    """Something cannot be had: what was found, what was expected, what to do."""


class DeadServiceError(FetchError):
    """An endpoint does not do what it did: another may."""


class NotThereError(DeadServiceError):
    """The server answers, and has nothing at this address."""


class _PassingError(FetchError):
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
class Limits:
    """How patient a client is.

    Attributes
    ----------
    attempts
        How often one request is made before it is given up.
    first_wait_seconds, most_wait_seconds
        Wait after the first failure, doubled and jittered after each; a server that asks to
        wait longer than the most is given up.
    request_seconds
        How long one answer may take from first to last byte.
    most_mb
        How many megabytes all answers together may have, unpacked.
    most_minutes
        How long all requests together may take.
    """

    attempts: int = 6
    first_wait_seconds: float = 1.0
    most_wait_seconds: float = 300.0
    request_seconds: float = 180.0
    most_mb: float = 2_000.0
    most_minutes: float = 240.0


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


@dataclass(slots=True)
class Client:
    """Asks one server after the other, never two things at once.

    Attributes
    ----------
    limits
        How patient it is.
    waiting
        Is told of every wait: seconds and why.
    """

    limits: Limits = field(default_factory=Limits)
    waiting: Callable[[float, str], None] = field(default=lambda _seconds, _why: None)
    _began: float = field(default_factory=time.monotonic)
    _bytes: int = 0
    _http: httpx.Client | None = None

    def __enter__(self) -> Self:
        """Open the connections."""
        from importlib.metadata import version

        import httpx

        agent = f"rewatt/{version('rewatt')} (ranks power sites; one request at a time)"
        self._http = httpx.Client(
            headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(min(30.0, self.limits.request_seconds)),
            follow_redirects=False,
        )
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        if self._http is not None:
            self._http.close()

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        expect: str,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask for something.

        Parameters
        ----------
        url, params, headers
            What.
        expect
            ``json``, ``bytes``, or ``part`` of a file: then `headers` name the range.

        Raises
        ------
        FetchError
            If it cannot be had; `DeadServiceError` where another endpoint may have it.
        """
        return self._retried("GET", url, expect, params=params, headers=headers)

    def post(self, url: str, data: Mapping[str, str], *, expect: str) -> Reply:
        """Ask for something with a form; as `get`."""
        return self._retried("POST", url, expect, data=data)

    def _retried(self, method: str, url: str, expect: str, **what: object) -> Reply:
        import tenacity

        first, most = self.limits.first_wait_seconds, self.limits.most_wait_seconds
        backoff = tenacity.wait_exponential(first, most) + tenacity.wait_random(0, first)

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            told = error.wait_seconds if isinstance(error, _PassingError) else None
            seconds = float(backoff(state)) if told is None else told
            if (told or 0) > most or self._left() < seconds:
                msg = f"{error}; it asks to wait {seconds:.0f} s: try again later."
                raise DeadServiceError(msg)
            self.waiting(seconds, str(error))
            return seconds

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_PassingError),
            stop=tenacity.stop_after_attempt(self.limits.attempts),
            wait=wait,
            reraise=True,
        )
        try:
            return retrying(self._once, method, url, expect, what)
        except _PassingError as error:
            msg = f"{error}, {self.limits.attempts} times: try again later."
            raise DeadServiceError(msg) from error

    def _once(self, method: str, url: str, expect: str, what: dict[str, Any]) -> Reply:
        """Ask once, follow redirects on the same host, hold the answer to what is expected."""
        for _ in range(_MOST_REDIRECTS):
            status, location, told, content, kind = self._send(method, url, what)
            if location is None:
                break
            here, there = urlsplit(url), urlsplit(location)
            if (there.hostname, there.port) != (here.hostname, here.port) and not (
                there.hostname == here.hostname and there.scheme == "https"
            ):
                msg = (
                    f"{url} redirects to another host, {there.netloc}: refused. If that is where"
                    " the data are now, name it in the configuration."
                )
                raise FetchError(msg)
            url, what = location, {key: one for key, one in what.items() if key == "headers"}
        else:
            msg = f"{url} redirects more than {_MOST_REDIRECTS} times: refused."
            raise DeadServiceError(msg)
        if status in _BUSY:
            msg = f"{url} answers {status}"
            raise _PassingError(msg, told)
        part = expect == "part"
        # a bucket that may not be listed answers 403 for a file that it does not have
        if status in (404, 410) or (part and status == 403):
            msg = f"{url} answers {status}: there is nothing at this address."
            raise NotThereError(msg)
        if part:
            _hold_to_part(url, status, kind, content)
        if status != (206 if part else 200):
            msg = f"{url} answers {status}, expected {206 if part else 200}."
            raise DeadServiceError(msg)
        if expect == "json":
            _hold_to_json(url, content, kind)
        return Reply(url, content, kind)

    def _send(
        self, method: str, url: str, what: dict[str, Any]
    ) -> tuple[int, str | None, float | None, bytes, str]:
        import httpx

        if self._http is None:
            msg = "open the client with `with`"
            raise RuntimeError(msg)
        if self._left() <= 0:
            msg = f"The time limit of {self.limits.most_minutes:g} minutes is used up at {url}."
            raise FetchError(msg)
        deadline = time.monotonic() + min(self.limits.request_seconds, self._left())
        try:
            with self._http.stream(method, url, **what) as reply:
                content = self._body(reply, url, deadline)
                location = str(reply.next_request.url) if reply.next_request else None
                told = _retry_after(reply.headers.get("Retry-After"))
                kind = reply.headers.get("Content-Range") or reply.headers.get("Content-Type", "")
                return reply.status_code, location, told, content, kind
        except httpx.UnsupportedProtocol as error:
            msg = f"{url} cannot be asked: {error}"
            raise FetchError(msg) from error
        except httpx.HTTPError as error:
            msg = f"{url} cannot be read ({type(error).__name__}: {error})"
            raise _PassingError(msg) from error

    def _body(self, reply: httpx.Response, url: str, deadline: float) -> bytes:
        """Take the body in, counting what it unpacks to."""
        packed = reply.headers.get("Content-Encoding", "").count(",")
        if packed:
            msg = f"{url} is packed {packed + 1} times over, expected once: refused."
            raise FetchError(msg)
        most = self.limits.most_mb * 1e6
        content = bytearray()
        for chunk in reply.iter_bytes():
            content += chunk
            self._bytes += len(chunk)
            if self._bytes > most:
                msg = (
                    f"{url}: more than {self.limits.most_mb:g} MB came, the limit: refused. Ask for"
                    " a smaller area, or raise most_mb in the configuration."
                )
                raise FetchError(msg)
            if time.monotonic() > deadline:
                msg = f"{url} is too slow: {len(content):,} bytes in its time"
                raise _PassingError(msg)
        return bytes(content)

    def _left(self) -> float:
        """Give the seconds that are left to all requests."""
        return self._began + 60 * self.limits.most_minutes - time.monotonic()


def _retry_after(stated: str | None) -> float | None:
    """Read seconds or a date (RFC 9110, section 10.2.3)."""
    if stated is None:
        return None
    if stated.strip().isdigit():
        return float(stated)
    try:
        return max((parsedate_to_datetime(stated) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _hold_to_part(url: str, status: int, kind: str, content: bytes) -> None:
    """Have what is HTML, or not as long as it says, asked for again."""
    span = re.fullmatch(r"bytes (\d+)-(\d+)/\d+", kind)
    stated = int(span[2]) - int(span[1]) + 1 if span else len(content)
    if stated != len(content) or (status == 200 and content.lstrip()[:1] == b"<"):
        msg = f"{url}: found {len(content):,} bytes of {kind!r}, expected the whole part"
        raise _PassingError(msg)


def _hold_to_json(url: str, content: bytes, kind: str) -> None:
    try:
        json.loads(content)
    except ValueError as error:
        found = "HTML" if content.lstrip()[:1] == b"<" else f"{len(content):,} bytes of {kind!r}"
        msg = f"{url}: found {found}, expected whole JSON"
        raise _PassingError(msg) from error
