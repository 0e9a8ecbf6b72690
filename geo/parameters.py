"""The published numbers of data/parameters.csv, by name."""

from __future__ import annotations

from layers import Cited, read_parameters


def cited(name: str) -> Cited:
    """Give one published number with its source.

    Raises
    ------
    KeyError
        If data/parameters.csv has no such row.
    """
    return read_parameters()[name]
