"""What a user may change about fetching: addresses and limits, read from TOML, strictly."""

from __future__ import annotations

import os
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from layers._bring import Settings
from layers._http import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable

VARIABLE = "REWATT_CONFIG"
"""The environment variable that names the file."""


_MOST = 1e9
"""Seconds of three decades: the clocks of all systems can wait that long, and nobody does."""
_WHOLE = ("attempts",)


class ConfigError(ValueError):
    """The configuration asks for what does not exist or cannot be."""


def config_file(named: Path | None) -> Path | None:
    """Give the file that counts: the named one, the variable's, the user's; None if none is."""
    if named is not None:
        return named
    if variable := os.environ.get(VARIABLE):
        return Path(variable)
    from platformdirs import user_config_path

    usual = user_config_path("rewatt", appauthor=False) / "config.toml"
    return usual if usual.is_file() else None


def read_config(path: Path | None, sources: Iterable[str]) -> dict[str, Settings]:
    """Read the settings of every source.

    The file has a table ``[limits]`` for all and tables ``[sources.<id>]`` with `endpoints`,
    tried in order, and limits of their own::

        [limits]
        attempts = 3
        [sources.hifld_lines]
        endpoints = ["https://example.org/arcgis/rest/services/Lines/FeatureServer/0"]
        most_mb = 2000

    Raises
    ------
    ConfigError
        With every breach at once.
    """
    names = list(sources)
    if path is None:
        return {name: Settings() for name in names}
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"The configuration {path} cannot be read: {error}"
        raise ConfigError(msg) from error
    found = [f"unknown table {key!r}" for key in document if key not in ("limits", "sources")]
    common, given = document.get("limits", {}), document.get("sources", {})
    if not isinstance(given, dict):
        found.append(f"[sources]: found {given!r:.40}, expected a table for each source")
        given = {}
    found += [f"[sources.{key}]: unknown source, expected one of {names}" for key in given
              if key not in names]  # fmt: skip
    found += _limit_breaches("[limits]", common)
    for name in names:
        own = given.get(name, {})
        if not isinstance(own, dict):
            found.append(f"[sources] {name}: found {own!r:.40}, expected a table")
            continue
        own = dict(own)
        found += _endpoint_breaches(f"[sources.{name}]", own.pop("endpoints", []))
        found += _limit_breaches(f"[sources.{name}]", own)
    if found:
        msg = f"The configuration {path} cannot be used:\n  " + "\n  ".join(found)
        raise ConfigError(msg)
    return {name: _settings(common, dict(given.get(name, {}))) for name in names}


def _settings(common: dict[str, Any], own: dict[str, Any]) -> Settings:
    endpoints = tuple(url.rstrip("/") for url in own.pop("endpoints", []))
    kinds = {one.name: int if one.name in _WHOLE else float for one in fields(Limits)}
    limits = {key: kinds[key](value) for key, value in {**common, **own}.items()}
    return Settings(endpoints, limits)


def _limit_breaches(where: str, given: object) -> list[str]:
    known = [one.name for one in fields(Limits)]
    if not isinstance(given, dict):
        return [f"{where}: found {given!r:.40}, expected a table"]
    found = [f"{where}: unknown key {key!r}, expected one of {known}" for key in given
             if key not in known]  # fmt: skip
    return found + [
        f"{where} {key}: found {value!r:.40}, expected a {'whole ' if key in _WHOLE else ''}number"
        f" above 0 and at most {_MOST:g}"
        for key, value in given.items()
        if key in known and not _is_limit(key, value)
    ]


def _is_limit(key: str, value: object) -> bool:
    kinds = int if key in _WHOLE else int | float
    return isinstance(value, kinds) and not isinstance(value, bool) and 0 < value <= _MOST


def _endpoint_breaches(where: str, given: object) -> list[str]:
    if not isinstance(given, list):
        return [f"{where} endpoints: found {given!r:.40}, expected a list of addresses"]
    return [
        f"{where} endpoints: found {url!r:.60}, expected an address that begins with https:// and"
        " a host"
        for url in given
        if not _is_address(url)
    ]


def _is_address(url: object) -> bool:
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
