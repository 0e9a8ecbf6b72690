"""Offers a table as a file, with the lines that must be passed on with it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from geo.export import csv_text, write_tables
from geo.ui.plain import plain

if TYPE_CHECKING:
    import pandas as pd

FORMATS = {
    ".csv": ("CSV", "text/csv"),
    ".geojson": ("GeoJSON", "application/geo+json"),
    ".gpkg": ("GPKG", "application/geopackage+sqlite3"),
    ".parquet": ("Parquet", "application/vnd.apache.parquet"),
    ".kml": ("KML", "application/vnd.google-earth.kml+xml"),
}
"""Name and media type of what can be downloaded, by suffix."""


def offer_csv(label: str, table: pd.DataFrame, name: str, attribution: tuple[str, ...]) -> None:
    """Show a button that downloads a table as CSV; under it, whose data it rests on."""
    st.download_button(label, partial(_csv, table), name, "text/csv", on_click="ignore")
    _pass_on(attribution)


def _csv(table: pd.DataFrame) -> bytes:
    return csv_text(table).encode()


def offer_files(table: pd.DataFrame, name: str, attribution: tuple[str, ...]) -> None:
    """Show a button for each format; a file is made when it is asked for, not before.

    Parameters
    ----------
    table
        What is shown, every column of it; with `lat` and `lon`.
    name
        Of the file, without suffix.
    attribution
        Whose data it rests on: goes into the files that have room for it.
    """
    with st.container(horizontal=True):
        for suffix, (label, kind) in FORMATS.items():
            st.download_button(
                label, partial(file_bytes, table, suffix, attribution), f"{name}{suffix}", kind,
                key=f"download_{name}{suffix}", on_click="ignore", icon=":material/download:",
                help=f"Download every column of what is shown as {label}",
            )  # fmt: skip
    _pass_on(attribution)


def file_bytes(table: pd.DataFrame, suffix: str, attribution: tuple[str, ...]) -> bytes:
    """Give a table as the bytes of a file of that format."""
    with TemporaryDirectory(prefix="rewatt-") as folder:
        path = Path(folder) / f"table{suffix}"
        write_tables(table, [path], attribution)
        return path.read_bytes()


def _pass_on(attribution: tuple[str, ...]) -> None:
    if attribution:
        st.caption(f"Pass on with it: {plain('; '.join(attribution))}.")
