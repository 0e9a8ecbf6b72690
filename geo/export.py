"""Writes tables to files: whole or not at all, and the same bytes every time."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from geo.errors import AskedWronglyError, CannotDoError
from geo.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd
    from geopandas import GeoDataFrame

Lines = tuple[str, ...]

SIDECAR = ".attribution.txt"
"""Ends the name of the file beside one whose format has no room for whose data these are."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
"""First characters that make a spreadsheet run a text cell (OWASP, CSV Injection)."""


class ExportError(AskedWronglyError):
    """A file was asked for that cannot be: unknown suffix, no such folder."""


def neutral(text: object) -> object:
    """Put a quote before a text that a spreadsheet would run as a formula."""
    if isinstance(text, str) and text.startswith(FORMULA_STARTS):
        return f"'{text}"
    return text


def csv_text(table: pd.DataFrame) -> str:
    """Give a table as CSV: blanks where unknown, texts made safe for a spreadsheet."""
    from pandas.api.types import is_numeric_dtype

    safe = table.copy()
    for name in [name for name in safe.columns if not is_numeric_dtype(safe[name])]:
        safe[name] = safe[name].map(neutral)
    safe.columns = safe.columns.map(neutral)  # ids may be heads
    return str(safe.to_csv(index=False, lineterminator="\n", float_format="%.12g"))


def _write_csv(table: pd.DataFrame, path: Path, attribution: Lines) -> None:  # noqa: ARG001
    path.write_text(csv_text(table), encoding="utf-8", newline="")


def _write_json(table: pd.DataFrame, path: Path, attribution: Lines) -> None:  # noqa: ARG001
    path.write_text(
        json.dumps(rows_of(table), ensure_ascii=False, indent=1, allow_nan=False) + "\n",
        encoding="utf-8",
    )


def _points(table: pd.DataFrame) -> GeoDataFrame:
    from layers._base import with_points

    points = with_points(table.copy())
    points["rank"] = points["rank"].astype("Int64") if "rank" in points else None
    return points


def _write_geojson(table: pd.DataFrame, path: Path, attribution: Lines) -> None:
    features = []
    for row in rows_of(table):
        here = row["lat"] is not None and row["lon"] is not None
        geometry = {"type": "Point", "coordinates": [row["lon"], row["lat"]]} if here else None
        features.append({"type": "Feature", "geometry": geometry, "properties": row})
    document: dict[str, object] = {"type": "FeatureCollection", "features": features}
    if attribution:
        document["attribution"] = list(attribution)  # a foreign member, RFC 7946 section 6.1
    path.write_text(
        json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )


def _write_gpkg(table: pd.DataFrame, path: Path, attribution: Lines) -> None:
    import pyogrio

    # the driver stamps the time of writing into the file; a fixed one keeps the bytes the same
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z"})
    try:
        told = {"layer_metadata": {"ATTRIBUTION": "\n".join(attribution)}} if attribution else {}
        _points(table).to_file(path, driver="GPKG", layer="sites", engine="pyogrio", **told)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _write_kml(table: pd.DataFrame, path: Path, attribution: Lines) -> None:
    from geo.kml import kml_text

    path.write_text(kml_text(rows_of(table), attribution), encoding="utf-8", newline="")


def _write_parquet(table: pd.DataFrame, path: Path, attribution: Lines) -> None:
    _points(table).to_parquet(path, index=False)
    if attribution:
        import pyarrow.parquet as pq

        whole = pq.read_table(path)
        told = {**(whole.schema.metadata or {}), b"attribution": "\n".join(attribution).encode()}
        pq.write_table(whole.replace_schema_metadata(told), path)


WRITERS: dict[str, Callable[[pd.DataFrame, Path, Lines], None]] = {
    ".csv": _write_csv,
    ".geojson": _write_geojson,
    ".gpkg": _write_gpkg,
    ".parquet": _write_parquet,
    ".kml": _write_kml,
    ".json": _write_json,
}


_BARE = (".csv", ".json")
"""Formats with no room for anything but the rows."""


def check_targets(
    paths: list[Path],
    suffixes: tuple[str, ...] = tuple(WRITERS),
    inputs: Iterable[Path | None] = (),
) -> None:
    """Refuse, before any work is done, files that could not be written or must not be.

    Raises
    ------
    ExportError
        With every breach at once: unknown suffix, folder missing or not writable, a folder of
        that name, the same file twice, a file that is read.
    """
    found = []
    for path in paths:
        folder = path.resolve().parent
        if path.suffix.lower() not in suffixes:
            found.append(
                f"{path}: the suffix is {path.suffix!r}, expected one of {', '.join(suffixes)}"
            )
        elif path.is_dir():
            found.append(f"{path}: this is a folder, expected a file name")
        elif not folder.is_dir():
            found.append(f"{path}: the folder {folder} does not exist; create it first")
        elif not os.access(folder, os.W_OK):
            found.append(f"{path}: the folder {folder} is not writable; choose another")
    targets = [path.resolve() for path in paths]
    if len(set(targets)) < len(targets):
        found.append("the same file is named twice")
    read = {path.resolve() for path in inputs if path is not None}
    found += [f"{path}: this file is read; write to another" for path in targets if path in read]
    if found:
        msg = "Cannot write:\n  " + "\n  ".join(found)
        raise ExportError(msg)


@contextmanager
def whole_files(paths: list[Path]) -> Iterator[list[Path]]:
    """Give temporary files beside the targets; rename them all at the end, or remove them all.

    Raises
    ------
    CannotDoError
        If a file cannot be written; the targets are then as they were.
    """
    with ExitStack() as stack:
        try:
            targets = [path.resolve() for path in paths]
            # a folder of its own takes the journals, too, that a driver leaves beside its file
            folders = [
                stack.enter_context(TemporaryDirectory(dir=path.parent, prefix=".rewatt-"))
                for path in targets
            ]
            parts = [
                Path(folder) / f"part{path.suffix.lower()}"
                for folder, path in zip(folders, paths, strict=True)
            ]
            yield parts
            for part, target in zip(parts, targets, strict=True):
                part.replace(target)
        except OSError as error:
            named = ", ".join(map(str, paths))
            msg = f"Cannot write {named}: {error}. Nothing was written."
            raise CannotDoError(msg) from error


def write_tables(table: pd.DataFrame, paths: list[Path], attribution: Lines = ()) -> None:
    """Write a table to several files, each in the format of its suffix.

    Parameters
    ----------
    table, paths
        What, and where to.
    attribution
        Whose data it rests on, as `layers.attributions` gives it: written into the files, and
        beside a CSV or JSON file into one of the same name that ends in `SIDECAR`.

    Raises
    ------
    ExportError, CannotDoError
        If any cannot be written; then none is.
    """
    write_all([(table, path) for path in paths], attribution)


def write_all(tables: list[tuple[pd.DataFrame, Path]], attribution: Lines = ()) -> None:
    """Write several tables, each to its file in the format of its suffix; as `write_tables`.

    Raises
    ------
    ExportError, CannotDoError
        If any cannot be written; then none is.
    """
    paths = [path for _, path in tables]
    check_targets(paths)
    bare = [path for path in paths if path.suffix.lower() in _BARE] if attribution else []
    beside = [path.with_name(path.name + SIDECAR) for path in bare]
    with whole_files([*paths, *beside]) as parts:
        for (table, _), part in zip(tables, parts, strict=False):
            WRITERS[part.suffix](table, part, attribution)
        for part in parts[len(paths) :]:
            part.write_text("\n".join(attribution) + "\n", encoding="utf-8")
