"""Serve from a process of its own: `python -m tests.server --port 8123 --data DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import data_folder, start
from .arcgis_rows import REGIONS


def main() -> None:
    """Serve until interrupted; the first line on standard output is the address."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--port", type=int, default=0)
    asked.add_argument("--data", type=Path, default=data_folder())
    asked.add_argument("--nationwide", action="store_true")
    asked.add_argument("--limit", type=int)
    given = asked.parse_args()
    boxes = None if given.nationwide else REGIONS
    server = start(given.data, port=given.port, boxes=boxes, limit=given.limit)
    sys.stdout.write(server.url + "\n")
    sys.stdout.flush()
    try:
        server.wait()
    except KeyboardInterrupt:
        server.stop()


main()
