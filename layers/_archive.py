"""Opens zip archives from strangers: nothing is written outside, and nothing grows without end."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_MEMBERS = 2_000
"""A zipped shapefile has some eight files, a KMZ perhaps hundreds of icons."""
MAX_UNPACKED_MB = 1_000
"""Above this an archive is something else: the nation's transmission lines are some 300 MB."""
MAX_RATIO = 300
"""Blank columns of a .dbf shrink a hundredfold; Deflate ends at 1032 (RFC 1951), bombs near it."""
MAX_ROWS = 5_000_000
"""Above this a table is something else: the nation has some hundred thousand of anything."""
RATIO_COUNTS_FROM_MB = 20
"""Below this a high ratio is only a small file of blanks."""

_CHUNK = 1 << 20
_ARCHIVES = (".zip", ".kmz", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
"""Bit 0 of the general purpose flag (PKWARE, APPNOTE.TXT 6.3.10, 4.4.4)."""


class FileError(ValueError):
    """A file that cannot be read, or that is not what it claims to be."""


def unpack(path: Path, into: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Unpack the files of an archive that have one of the suffixes.

    Parameters
    ----------
    path
        A zip archive.
    into
        An empty folder.
    suffixes
        In small letters, with the dot; other members are looked at and left packed.

    Returns
    -------
    files
        What was written, in the order of their names.

    Raises
    ------
    FileError
        If the archive is damaged, encrypted, nested, too large, or writes outside its folder;
        bytes are counted as they come, whatever the headers say.
    """
    packed = path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            members = _checked(path, archive)
            left = min(
                MAX_UNPACKED_MB * 10**6, max(packed * MAX_RATIO, RATIO_COUNTS_FROM_MB * 10**6)
            )
            files = []
            for name, member in sorted(members.items()):
                if PurePosixPath(name).suffix.lower() not in suffixes:
                    continue
                target = into.joinpath(*PurePosixPath(name).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as packed_file, target.open("xb") as file:
                    left = _copy(path, packed_file, file, left)
                files.append(target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        msg = f"{path} cannot be unpacked ({error}): expected a whole zip archive; zip it anew."
        raise FileError(msg) from error
    return files


def _checked(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Give the members by their names, all breaches told at once."""
    members = [one for one in archive.infolist() if not one.is_dir()]
    if len(members) > MAX_MEMBERS:
        msg = f"{path} holds {len(members):,} files, expected at most {MAX_MEMBERS:,}."
        raise FileError(msg)
    wrong = [f"{one.filename!r} {fault}" for one in archive.infolist() for fault in _faults(one)]
    names = [one.filename.replace("\\", "/") for one in members]
    twice = sorted({name for name in names if names.count(name) > 1})
    wrong += [f"{name!r} occurs more than once" for name in twice]
    if wrong:
        more = f"\n  and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        msg = (
            f"{path} is refused, expected plain files inside their own folder; nothing was"
            " unpacked:\n  " + "\n  ".join(wrong[:10]) + more
        )
        raise FileError(msg)
    return dict(zip(names, members, strict=True))


def _faults(member: zipfile.ZipInfo) -> list[str]:
    name = member.filename.replace("\\", "/")
    faults = []
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        faults.append("leads out of the archive")
    # the upper half holds the Unix mode, where the archive was made on Unix
    mode = stat.S_IFMT(member.external_attr >> 16)
    if mode not in {0, stat.S_IFREG, stat.S_IFDIR}:
        faults.append("is a link or a device, not a file")
    if member.flag_bits & _ENCRYPTED:
        faults.append("is encrypted: unpack it and bring the files")
    if member.compress_type not in _METHODS:
        faults.append(f"is compressed by method {member.compress_type}, expected Deflate")
    if PurePosixPath(name).suffix.lower() in _ARCHIVES:
        faults.append("is an archive inside the archive: unpack it first")
    return faults


def _copy(path: Path, source: IO[bytes], target: IO[bytes], left: int) -> int:
    """Copy a member, and give how many bytes the archive may still hold."""
    first = True
    while chunk := source.read(_CHUNK):
        if first and chunk.startswith(b"PK\x03\x04"):
            msg = f"{path} holds an archive inside the archive, expected plain files: unpack it."
            raise FileError(msg)
        first = False
        left -= len(chunk)
        if left < 0:
            msg = (
                f"{path} unpacks to more than {MAX_UNPACKED_MB:,} MB or {MAX_RATIO} times its size,"
                " expected less: it may be a zip bomb; if it is not, unpack it and bring the files."
            )
            raise FileError(msg)
        target.write(chunk)
    return left
