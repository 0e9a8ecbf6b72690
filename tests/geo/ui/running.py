"""An app in a process of its own, as a terminal starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

_LONGEST_SECONDS = 60


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(port, host="127.0.0.1"):
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


class Running:
    """A command that serves a port, from its start until it answers, and its end."""

    def __init__(self, command, port, log, environment=None):
        self.port, self.log, self.url = port, Path(log), f"http://127.0.0.1:{port}"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [*map(str, command)],
                env={**os.environ, **(environment or {})},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        deadline = time.monotonic() + _LONGEST_SECONDS
        while not answers(port):
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, "it does not answer"
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end(signal.SIGTERM)

    def said(self):
        return self.log.read_text(encoding="utf-8")

    def end(self, how):
        os.killpg(self.process.pid, how)
        return self.process.wait(timeout=30)

    def resident_mb(self):
        """Give what it holds in memory now; ``None``: this system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.is_file():
            return None
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024
