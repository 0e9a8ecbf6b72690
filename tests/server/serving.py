"""The server itself: a thread, a free port of this machine, what was asked of it."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
import traceback
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from .faults import DRIFTS, FAULTS, Fault, known
from .messages import asked as read_request
from .messages import not_found, of_json, of_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .messages import Asked, Reply

    Dialect = Callable[[Asked], Reply | None]


class Server:
    """A web server that speaks the given dialects and misbehaves when told to.

    Attributes
    ----------
    url
        ``http://127.0.0.1:PORT``.
    requests
        What was asked since the last `reset`, in order, without the ``/__`` paths.
    paths
        Where each source is, by name.
    broken
        Tracebacks of the server's own mistakes: a test that finds one here found a bug in it.
    """

    def __init__(
        self, dialects: Sequence[Dialect], paths: Mapping[str, str], port: int = 0
    ) -> None:
        self.dialects = tuple(dialects)
        self.paths = paths
        self.requests: list[Asked] = []
        self.broken: list[str] = []
        self.stopping = threading.Event()
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._http = _Listener(("127.0.0.1", port), _Handler)
        self._http.server = self
        self.port: int = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> Self:
        """Answer from now on."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Answer no more."""
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Stay until the thread ends."""
        self._thread.join()

    def reset(self) -> None:
        """Behave again, and forget what was asked."""
        with self._lock:
            self._faults.clear()
            self.requests.clear()
            self.broken.clear()

    def endpoint(self, name: str) -> str:
        """Give the address of a source, as its configuration would name it."""
        return self.url + self.paths[name]

    def misbehave(
        self, path_part: str, kind: str, times: int | None = 1, after: int = 0, **options: Any
    ) -> None:
        """Misbehave where `path_part` stands in the request (path, query and form, decoded).

        The first `after` such requests are answered honestly, the next `times` are not
        (None: all that come), and the rest are again.
        """
        with self._lock:
            self._faults.append(Fault(path_part, known(kind), times, after, options))

    def drift(self, path_part: str, kind: str, **options: Any) -> None:
        """Misbehave for good: a layer that has changed stays changed."""
        self.misbehave(path_part, kind, None, **options)

    def asked(self, path_part: str = "") -> list[Asked]:
        """Give the recorded requests in which `path_part` stands."""
        with self._lock:
            return [one for one in self.requests if path_part in one.target]

    def answer(self, asked: Asked) -> Reply:
        """Record a request and answer it, honestly or not."""
        if asked.path.startswith("/__"):
            return self._safely(self._told, asked)
        with self._lock:
            self.requests.append(asked)
            struck = [fault for fault in self._faults if fault.strikes(asked.target)]
        asked.drift.update({one.kind: dict(one.options) for one in struck if one.kind in DRIFTS})
        reply = self._safely(self._honest, asked)
        for fault in struck:
            if fault.kind in FAULTS:
                reply = FAULTS[fault.kind](asked, reply, **fault.options)
        return reply

    def _safely(self, answer: Callable[[Asked], Reply], asked: Asked) -> Reply:
        try:
            return answer(asked)
        except Exception:  # noqa: BLE001 - whatever went wrong here is shown to the test
            self.broken.append(traceback.format_exc())
            return of_text(self.broken[-1], 500)

    def _honest(self, asked: Asked) -> Reply:
        replies = (dialect(asked) for dialect in self.dialects)
        return next((reply for reply in replies if reply is not None), not_found())

    def _told(self, asked: Asked) -> Reply:
        """Do what a test in another process tells the server."""
        if asked.path == "/__misbehave":
            told = json.loads(asked.text)
            options = told.pop("options", {})
            self.misbehave(**told, **options)
        elif asked.path == "/__reset":
            self.reset()
        elif asked.path == "/__requests":
            fields = ("method", "path", "query", "form", "headers", "at")
            return of_json([{name: getattr(one, name) for name in fields} for one in self.asked()])
        else:
            return not_found()
        return of_json({})


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    server: Server

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Listener

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = read_request(self.command, self.path, headers, body, time.monotonic())
        self._send(self.server.server.answer(request))

    do_HEAD = do_POST = do_GET  # noqa: N815 - the names it has

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has
        """Keep no log on the screen: `Server.requests` is the log."""

    def _send(self, reply: Reply) -> None:
        if reply.wait_s and self.server.server.stopping.wait(reply.wait_s):
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        declared = len(reply.body) if reply.declared is None else reply.declared
        if "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(declared))
        self.end_headers()
        if self.command == "HEAD":
            return
        self._send_body(reply.body[: reply.sent], reply.interval_s)
        if reply.reset:
            self._reset()
        if reply.reset or declared != len(reply.body):
            self.close_connection = True

    def _send_body(self, body: bytes, interval_s: float) -> None:
        if not interval_s:
            self.wfile.write(body)
            return
        for at in range(len(body)):
            if self.server.server.stopping.wait(interval_s):
                return
            self.wfile.write(body[at : at + 1])

    def _reset(self) -> None:
        """Close so that the other side sees a reset, not an end."""
        self.wfile.flush()
        with suppress(OSError):
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
