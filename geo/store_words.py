"""How what is stored is named, aged, measured and fetched: shared by status, checks and diff."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import shapely

from layers import LAYERS
from layers.sources import fetched

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from layers import Store
    from layers._manifest import Manifest

ABSENT = "absent"
BROKEN = "broken"
EMBEDDED = "embedded"
FETCHED = "fetched"
IMPORTED = "imported"
IMPORT_PREFIX = "import_"
_MEGABYTE = 1e6


def stored_ids(store: Store) -> list[str]:
    """Name every source that can be fetched, and what was imported."""
    imports = [f"{IMPORT_PREFIX}{layer.id}" for layer in LAYERS]
    return [*fetched(), *(name for name in imports if is_stored(store, name))]


def is_stored(store: Store, source_id: str) -> bool:
    """Tell whether anything was ever stored of a source, readable or not."""
    return store.folder is not None and (store.source_folder(source_id) / "current").is_file()


def fetch_command(sources: Iterable[str]) -> str | None:
    """Give the command that fetches those of the sources that can be fetched."""
    known = fetched()
    names = [name for name in sources if name in known]
    where = " --region REGION" if any(known[name].FETCH.needs_area for name in names) else ""
    return f"rewatt fetch {' '.join(names)}{where}" if names else None


def disk_mb(folder: Path) -> float:
    """Give the size of everything in a folder; 0 where it does not exist."""
    return sum(one.lstat().st_size for one in folder.rglob("*") if one.is_file()) / _MEGABYTE


def age_days(retrieved_at: str, today: date) -> int:
    """Give the days since a moment, ISO 8601; never below 0."""
    return max((today - datetime.fromisoformat(retrieved_at).date()).days, 0)


def area_words(manifest: Manifest) -> str:
    """Say where a version is of: everywhere, a box, or inside a box; patches add up."""
    patches = manifest.tables.get("patches")
    if patches is not None:
        return f"{patches:,} patches of a tenth of a degree"
    if manifest.area is None:
        source = fetched().get(manifest.source_id)
        by_file = source is not None and source.FETCH.needs_area  # no service gives it whole
        return "what the file covers" if by_file else "nationwide"
    area = shapely.from_wkt(manifest.area)
    west, south, east, north = area.bounds
    box = f"{west:g},{south:g},{east:g},{north:g}"
    return f"box {box}" if area.equals(shapely.box(*area.bounds)) else f"polygon inside {box}"
