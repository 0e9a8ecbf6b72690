"""A server that sends exactly the bytes it is told to, for answers that no honest library makes."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager, suppress


def plain(body=b"{}", status="200 OK", **headers):
    """Give an answer as bytes."""
    told = {"Connection": "close", "Content-Length": len(body)}
    told |= {k.replace("_", "-"): v for k, v in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in told.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def of_json(document):
    """Give an answer in JSON."""
    return plain(json.dumps(document).encode(), Content_Type="application/json")


def _read(connection):
    """Give one request: its head and the body that its length announces."""
    told = b""
    while b"\r\n\r\n" not in told:
        piece = connection.recv(65_536)
        if not piece:
            return None
        told += piece
    head, _, body = told.partition(b"\r\n\r\n")
    length = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while length and len(body) < int(length[0].split(b":")[1]):
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def _talk(connection, answer, asked):
    with connection, suppress(OSError):
        request = _read(connection)
        if request is None:
            return
        asked.append(request)
        told = answer(request)
        pieces, wait_s = told if isinstance(told, tuple) else ([told], 0)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(wait_s)


@contextmanager
def serving(answer):
    """Serve on a free port of this machine.

    `answer` gets a request as bytes and gives the bytes to send, or pieces of them and the
    seconds between two. Gives the address and the list of what was asked.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    asked = []

    def accept():
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(
                    target=_talk, args=(connection, answer, asked), daemon=True
                ).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
