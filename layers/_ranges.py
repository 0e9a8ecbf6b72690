"""A remote file that is read in parts, for libraries that read files."""

from __future__ import annotations

import io
import os
import re
from typing import TYPE_CHECKING

from layers._answer import DeadServiceError, FetchError

if TYPE_CHECKING:
    from layers._http import Client

_LEAST_BYTES = 65_536
"""What is asked for at a time, at least: the header of a tile fits."""
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")


def get_part(http: Client, url: str, first: int, size: int) -> tuple[bytes, int]:
    """Ask for some bytes of a file (RFC 9110, section 14).

    Returns
    -------
    content, total
        The bytes, fewer than `size` at the end of the file, and the size of the file.

    Raises
    ------
    FetchError
        If they cannot be had; `NotThereError` where there is no such file.
    """
    asked = {"Range": f"bytes={first}-{first + size - 1}", "Accept-Encoding": "identity"}
    reply = http.get(url, expect="part", headers=asked)
    found = _RANGE.fullmatch(reply.kind)
    start, end, total = map(int, found.groups()) if found else (-1, -1, -1)
    expected = min(size, total - first)
    if start != first or end - start + 1 != expected:
        msg = (
            f"{url}: found {len(reply.content):,} bytes of {reply.kind!r}, expected {size:,}"
            f" bytes from {first:,}: it does not serve parts of files."
        )
        raise DeadServiceError(msg)
    return reply.content, total


class RemoteFile:
    """A file on a server that answers range requests, fetched by one client.

    GDAL's own reader follows redirects to any host and does not wait as it is told to, so the
    parts are fetched by the client that all sources share. An exception must not cross GDAL:
    a read that fails gives nothing, and what went wrong is kept for the caller to raise.

    Attributes
    ----------
    size
        Bytes of the whole file.
    error
        Why a read failed; ``None`` while all went well.
    """

    def __init__(self, http: Client, url: str) -> None:
        """Fetch the first bytes, so that what is not there is known at once.

        Raises
        ------
        FetchError
            If the file cannot be had; `NotThereError` where there is none.
        """
        self.error: FetchError | None = None
        self._http, self._url, self._start = http, url, 0
        self._part, self.size = get_part(http, url, 0, _LEAST_BYTES)

    def open(self) -> RangeFile:
        """Give it as a file, at its beginning."""
        return RangeFile(self)

    def bytes_at(self, first: int, end: int) -> bytes:
        """Give the bytes from `first` up to `end`; none where they cannot be had."""
        end = min(end, self.size)
        if first >= end or self.error is not None:
            return b""
        if not self._start <= first < end <= self._start + len(self._part):
            wanted = min(max(end - first, _LEAST_BYTES), self.size - first)
            try:
                self._part, total = get_part(self._http, self._url, first, wanted)
                self._start = first
            except FetchError as error:
                self.error = error
                return b""
            if total != self.size:
                self.error = FetchError(
                    f"{self._url} changed while it was read: found {total:,} bytes, expected"
                    f" {self.size:,}: fetch again."
                )
                return b""
        return self._part[first - self._start : end - self._start]


class RangeFile(io.RawIOBase):
    """A remote file as libraries read files."""

    def __init__(self, remote: RemoteFile) -> None:
        """Stand at the beginning."""
        super().__init__()
        self._remote, self._position = remote, 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it has positions."""
        return True

    def tell(self) -> int:
        """Give the position."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position."""
        origins = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._remote.size}
        self._position = origins[whence] + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes, fewer at the end and none where they cannot be had."""
        end = self._remote.size if size < 0 else self._position + size
        found = self._remote.bytes_at(self._position, end)
        self._position += len(found)
        return found
