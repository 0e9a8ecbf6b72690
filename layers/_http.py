"""Asks over HTTP, politely: waits as told, gives up in time, takes no more than it should.

What comes back wrong, and what is done about it:

=============================  =====================================================
429, 502, 503, 504, 500        asked again, after `Retry-After` or a growing wait
connection reset, cut body     asked again
gzip that is cut               asked again
JSON that is cut or is HTML    asked again, then the next endpoint is tried
a trickle, headers or body     given up when the request has had its time, asked again
an `error` in a 200            the next endpoint is tried
redirect to another origin     the next endpoint is tried
more bytes than the limit      refused at once, unpacked bytes counted as they come
404 and other statuses         the next endpoint is tried
=============================  =====================================================
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from layers._answer import (
    Answer,
    DeadServiceError,
    ElsewhereError,
    FetchError,
    NotThereError,
    PassingError,
    Reply,
    hold_to_json,
    hold_to_part,
    redirected,
    retry_after,
    unpacked,
)
from layers._watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from tenacity import RetryCallState

_MOST_REDIRECTS = 5
_BUSY = (429, 500, 502, 503, 504)
"""Statuses that a later request may not meet (RFC 9110, section 15.6; RFC 6585, section 4)."""
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


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
    _watchdog: Watchdog = field(default_factory=Watchdog)
    _http: httpx.Client | None = None

    def __enter__(self) -> Self:
        """Open the connections."""
        from importlib.metadata import version

        import httpx

        agent = f"rewatt/{version('rewatt')} (ranks power sites; one request at a time)"
        try:
            self._http = httpx.Client(
                headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
                timeout=httpx.Timeout(min(30.0, self.limits.request_seconds)),
                limits=httpx.Limits(max_connections=1),  # the one that the watchdog knows
                follow_redirects=False,
            )
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            msg = (
                f"The proxy that {_proxies()} names cannot be used, expected http://HOST:PORT:"
                " correct the variable, or unset it."
            )
            raise FetchError(msg) from error
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
            If it cannot be had; `DeadServiceError` or `ElsewhereError` where another endpoint may
            have it.
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
            told = error.wait_seconds if isinstance(error, PassingError) else None
            seconds = float(backoff(state)) if told is None else told
            if (told or 0) > most or self._left() < seconds:
                msg = f"{error}; it asks to wait {seconds:.0f} s: try again later."
                raise DeadServiceError(msg)
            self.waiting(seconds, str(error))
            return seconds

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(PassingError),
            stop=tenacity.stop_after_attempt(self.limits.attempts),
            wait=wait,
            reraise=True,
        )
        try:
            return retrying(self._once, method, url, expect, what)
        except PassingError as error:
            msg = f"{error}, {self.limits.attempts} times: try again later."
            raise DeadServiceError(msg) from error

    def _once(self, method: str, url: str, expect: str, what: dict[str, Any]) -> Reply:
        """Ask once, follow redirects within the origin, hold the answer to what is expected."""
        for _ in range(_MOST_REDIRECTS):
            answer = self._send(method, url, what)
            if answer.location is None:
                break
            url = redirected(method, url, answer)  # it holds what `params` were
            what = {key: one for key, one in what.items() if key != "params"}
        else:
            msg = f"{url} redirects more than {_MOST_REDIRECTS} times: refused."
            raise DeadServiceError(msg)
        if answer.status in _BUSY:
            msg = f"{url} answers {answer.status}"
            raise PassingError(msg, answer.wait_seconds)
        return _held(url, answer, expect)

    def _send(self, method: str, url: str, what: dict[str, Any]) -> Answer:
        import httpx

        if self._http is None:
            msg = "open the client with `with`"
            raise RuntimeError(msg)
        if self._left() <= 0:
            msg = f"The time limit of {self.limits.most_minutes:g} minutes is used up at {url}."
            raise FetchError(msg)
        deadline = time.monotonic() + min(self.limits.request_seconds, self._left())
        extensions = {"trace": self._watchdog.trace}
        try:
            with (
                self._watchdog.until(deadline),
                self._http.stream(method, url, extensions=extensions, **what) as reply,
            ):
                content = self._body(reply, url)
        except httpx.UnsupportedProtocol as error:
            msg = f"{url} cannot be asked: {error}"
            raise FetchError(msg) from error
        except httpx.HTTPError as error:
            slow = time.monotonic() >= deadline
            told = "it is too slow" if slow else f"{type(error).__name__}: {error}"
            msg = f"{url} cannot be read ({told})"
            raise PassingError(msg) from error
        except (httpx.InvalidURL, ValueError) as error:
            msg = f"{url} cannot be asked, or redirects to what cannot be: {error}"
            raise ElsewhereError(msg) from error
        if time.monotonic() >= deadline:  # a body of no stated length just ends
            msg = f"{url} is too slow: {len(content):,} bytes in its time"
            raise PassingError(msg)
        return Answer(
            reply.status_code,
            content,
            reply.headers.get("Content-Range") or reply.headers.get("Content-Type", ""),
            str(reply.next_request.url) if reply.next_request else None,
            retry_after(reply.headers.get("Retry-After")),
        )

    def _body(self, reply: httpx.Response, url: str) -> bytes:
        """Take the body in, counting what it unpacks to."""
        coding = reply.headers.get("Content-Encoding", "").strip().lower()
        content = bytearray()
        for chunk in unpacked(reply.iter_raw(), coding, url):
            content += chunk
            self._bytes += len(chunk)
            if self._bytes > self.limits.most_mb * 1e6:
                msg = (
                    f"{url}: more than {self.limits.most_mb:g} MB came, the limit: refused. Ask for"
                    " a smaller area, or raise most_mb in the configuration."
                )
                raise FetchError(msg)
        return bytes(content)

    def _left(self) -> float:
        """Give the seconds that are left to all requests."""
        return self._began + 60 * self.limits.most_minutes - time.monotonic()


def _held(url: str, answer: Answer, expect: str) -> Reply:
    """Hold an answer to what is expected."""
    status, content, kind = answer.status, answer.content, answer.kind
    part = expect == "part"
    # a bucket that may not be listed answers 403 for a file that it does not have
    if status in (404, 410) or (part and status == 403):
        msg = f"{url} answers {status}: there is nothing at this address."
        raise NotThereError(msg)
    if part:
        hold_to_part(url, status, kind, content)
    if status != (206 if part else 200):
        msg = f"{url} answers {status}, expected {206 if part else 200}."
        raise DeadServiceError(msg)
    if expect == "json":
        hold_to_json(url, content, kind)
    return Reply(url, content, kind)


def _proxies() -> str:
    """Name the variables that set a proxy, without what they hold: that may be a password."""
    found = [name for name, value in os.environ.items() if name.lower() in _PROXIES and value]
    odd = [name for name in found if os.environ[name].split("://")[0] not in ("http", "https")]
    return ", ".join(sorted(odd or found)) or "the system"
