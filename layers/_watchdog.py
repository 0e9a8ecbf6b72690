"""Hangs up on a server that takes too long, whichever part of its answer it holds back."""

from __future__ import annotations

import math
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Watchdog:
    """Ends the one connection that is open when a request has had its time.

    The time-outs of httpx count from byte to byte, so that a server which sends its headers one
    by one would never meet them. The connection is shut down from a thread of its own; what is
    reading from it then sees its end.
    """

    def __init__(self) -> None:
        """Watch nothing yet."""
        self._deadline = math.inf
        self._socket: socket.socket | None = None

    def trace(self, event: str, told: Mapping[str, Any]) -> None:
        """Learn of a new connection (httpcore, request extension "trace")."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = told["return_value"].get_extra_info("socket")
            if time.monotonic() >= self._deadline:
                self._hang_up()

    @contextmanager
    def until(self, deadline: float) -> Iterator[None]:
        """Let a request have its time, up to a moment of `time.monotonic`."""
        self._deadline = deadline
        timer = threading.Timer(max(deadline - time.monotonic(), 0), self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._deadline = math.inf

    def _hang_up(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # it is closed already
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
