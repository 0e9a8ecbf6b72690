"""Takes what is needed out of a PBF extract of OpenStreetMap, with all its parts.

An extract of a state or the nation is up to twelve gigabytes, of which power is a thousandth.
pyosmium streams it three times with the ids of what is needed in memory, not the places of all
nodes, and writes a small extract, which is what is kept; the large one is named with its size
and hash.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from layers._answer import FetchError
from layers._osm_read import LINE_TAGS, SUBSTATION_TAGS

if TYPE_CHECKING:
    from layers._fetch import Job

EXTRACT = "extract.osm.pbf"
ABOUT = "extract.json"

_WANTED = (
    *(("power", value) for value in (*SUBSTATION_TAGS, *LINE_TAGS, "minor_line")),
    ("telecom", "data_center"),
    ("building", "data_center"),
)
_TOLD_EVERY = 5_000


def download(job: Job, path: Path) -> None:
    """Keep the small extract and a note on the large one.

    Minor lines are distribution: they are counted, not kept.

    Raises
    ------
    FetchError
        If the file cannot be read as an extract.
    """
    if job.raw.has(ABOUT):
        return
    minor = _cut(job, path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    about = {
        "file": path.name,
        "bytes": path.stat().st_size,
        "sha256": digest,
        "replicated": _replicated(path),
        "minor_lines": minor,
    }
    job.raw.save(ABOUT, json.dumps(about).encode(), str(path))


def _cut(job: Job, path: Path) -> int:
    """Keep what is wanted with all its parts; give how many minor lines were left out."""
    import osmium

    minor = taken = 0
    with TemporaryDirectory(prefix="rewatt-") as folder:
        small = Path(folder) / EXTRACT
        try:
            writer = osmium.BackReferenceWriter(small, ref_src=path)
            with writer.tmpdir, writer:  # which forgets its own folder where reading fails
                reader = osmium.FileProcessor(path).with_filter(osmium.filter.TagFilter(*_WANTED))
                for one in reader:
                    if one.tags.get("power") == "minor_line":
                        minor += 1
                        continue
                    writer.add(one)
                    taken += 1
                    if taken % _TOLD_EVERY == 0:
                        job.progress(taken, None, "elements")
        except (OSError, RuntimeError) as error:
            msg = (
                f"{path} cannot be read as an OpenStreetMap extract ({error}): expected a whole"
                " .osm.pbf file."
            )
            raise FetchError(msg) from error
        job.raw.save(EXTRACT, small.read_bytes(), str(path))
    return minor


def _replicated(path: Path) -> str:
    """Give up to when the extract holds the map's changes, ISO 8601; empty: it does not say."""
    import osmium.io

    with osmium.io.Reader(str(path)) as reader:
        return str(reader.header().get("osmosis_replication_timestamp", ""))
