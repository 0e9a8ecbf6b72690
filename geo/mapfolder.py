"""The folder in which a process of the app keeps the map's files, and those left by dead ones."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "rewatt-map-"
_LOCK = "in-use"
_YOUNG_SECONDS = 60
"""A file this young may be between its making and its lock."""


class MapFolder:
    """A folder of this process, gone with it.

    Parameters
    ----------
    under
        Where it is made; ``None``: where this machine keeps temporary files.

    Attributes
    ----------
    path
        The folder. As long as its process lives, it holds a lock in it, so that whoever comes
        later can tell it from a folder whose process was killed.
    """

    def __init__(self, under: Path | None = None) -> None:
        self._kept = tempfile.TemporaryDirectory(
            prefix=_PREFIX, dir=under, ignore_cleanup_errors=True
        )
        self.path = Path(self._kept.name)
        self._lock = FileLock(self.path / _LOCK)
        self._lock.acquire(timeout=0)
        self._held: frozenset[str] = frozenset()

    def close(self) -> None:
        """Remove the folder now, and not at the process's end."""
        self._lock.release()
        self._kept.cleanup()

    def hold(self) -> None:
        """Take what is in the folder now for what must stay in it."""
        # a name without a suffix is the lock, or a file that is still being written
        self._held = frozenset(one.name for one in self.path.iterdir() if one.suffix)

    def is_whole(self) -> bool:
        """Tell whether all that must stay is there: a system may clear out temporary files."""
        try:
            return self._held <= {one.name for one in self.path.iterdir()}
        except OSError:
            return False


def sweep(under: Path | None = None) -> None:
    """Remove the folders of processes that could not do it themselves.

    Parameters
    ----------
    under
        Where to look; ``None``: where this machine keeps temporary files.
    """
    for lock in Path(under or tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            if time.time() - lock.stat().st_mtime < _YOUNG_SECONDS:
                continue
            with FileLock(lock, timeout=0):
                shutil.rmtree(lock.parent, ignore_errors=True)
        except (OSError, Timeout):  # another user's, in use, or gone meanwhile
            continue
