"""The command that brings full and current layers into the user's store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli_options import Area, Bbox, Region, Sites
from geo.errors import AskedWronglyError, CannotDoError

if TYPE_CHECKING:
    from types import ModuleType

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from layers._bring import Settings
    from layers._fetch import Asked, Fetch
    from layers._manifest import Manifest
    from layers._store import Store

Config = Annotated[
    Path | None,
    typer.Option(
        metavar="TOML",
        help="Addresses and limits.  \\[default: REWATT_CONFIG, or the user's config.toml]",
    ),
]


def fetch(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help="Which sources; all of them by default."),
    ] = None,
    region: Region = None,
    bbox: Bbox = None,
    area: Area = None,
    everywhere: Annotated[
        bool, typer.Option("--all", help="The whole nation, where a source can be had whole.")
    ] = False,
    file: Annotated[
        Path | None,
        typer.Option(help="A local file instead of the service: a PBF extract, an elevation file."),
    ] = None,
    sites: Sites = None,
    config: Config = None,
    accept_drift: Annotated[
        bool,
        typer.Option("--accept-drift", help="Take data that lost many rows, or are older."),
    ] = False,
) -> None:
    """Bring full and current layers into your store; they then take precedence.

    Nothing is replaced before what came is whole and right. Without an area a source comes
    whole; terrain comes around the listed sites, or yours with --sites, and adds to what is there.

    Example: rewatt fetch hifld_substations hifld_lines --region childress
    """
    from dataclasses import replace

    from geo.cli_inputs import named_sources
    from geo.console import say
    from layers import default_store
    from layers._config import ConfigError, config_file, read_config
    from layers.sources import fetched

    known = fetched()
    names = named_sources(sources, list(known))
    polygon = _area(region, bbox, area, everywhere=everywhere)
    if file is not None:
        _hold_to_file(file, names, known)
    try:
        settings = read_config(config_file(config), known)
    except ConfigError as error:
        raise AskedWronglyError(str(error)) from error
    hows = {name: known[name].FETCH for name in names}
    asked, left_out = _questions(hows, polygon, file, sites)
    around = [name for name, one in asked.items() if everywhere and one.points is not None]
    if (sources and (left_out or around)) or not asked:
        msg = (
            f"{' and '.join(left_out + around)} cannot be had for the whole nation: give --region,"
            " --bbox or --area, or a local file with --file. Terrain comes around the sites where"
            " --all is left away."
        )
        raise AskedWronglyError(msg)
    drift = {name: replace(one, accept_drift=accept_drift) for name, one in settings.items()}
    _fetch_all({name: (known[name], one) for name, one in asked.items()}, default_store(), drift)
    if left_out:
        say(f"Left out: {', '.join(left_out)}, which need --region, --bbox, --area or --file.")


def _questions(
    hows: dict[str, Fetch], polygon: BaseGeometry | None, file: Path | None, sites: Path | None
) -> tuple[dict[str, Asked], list[str]]:
    """Give what is asked of each source, and the sources that are too large to be had whole."""
    from layers._fetch import Asked

    asked, left_out = {}, []
    for name, how in hows.items():
        area = polygon if how.takes_area else None
        if how.needs_area and area is None and file is None:
            left_out.append(name)
        else:
            around_sites = how.takes_points and area is None and file is None
            asked[name] = Asked(area, _points(sites) if around_sites else None, file)
    return asked, left_out


def _area(
    region: str | None, bbox: str | None, area: Path | None, *, everywhere: bool
) -> BaseGeometry | None:
    """Give the polygon that is asked for; None for everywhere."""
    from shapely import box

    from geo.regions import find_region, parse_box, read_area

    options = (
        ("--region", region),
        ("--bbox", bbox),
        ("--area", area),
        ("--all", everywhere or None),
    )
    given = [name for name, one in options if one is not None]
    if len(given) > 1:
        msg = f"{' and '.join(given)} were given together: give one of them."
        raise AskedWronglyError(msg)
    if bbox is not None:
        return parse_box(bbox)
    if area is not None:
        return read_area(area)
    found = None if region is None else find_region(region).box
    return None if found is None else box(*found)


def _hold_to_file(file: Path, names: list[str], known: dict[str, ModuleType]) -> None:
    takes = {name: module.FETCH.takes_file for name, module in known.items()}
    if len(names) != 1 or not takes[names[0]]:
        able = {name: suffixes for name, suffixes in takes.items() if suffixes}
        msg = f"--file stands in for one source, which can be {able}; found {names}."
        raise AskedWronglyError(msg)
    if not file.is_file():
        msg = f"{file} does not exist, expected a file that ends in {', '.join(takes[names[0]])}."
        raise AskedWronglyError(msg)
    if not file.name.lower().endswith(takes[names[0]]):
        msg = f"{file} does not end in {', '.join(takes[names[0]])}, as {names[0]} expects."
        raise AskedWronglyError(msg)


def _points(file: Path | None) -> pd.DataFrame:
    """Give the places of the sites, with how far each may be off."""
    from geo.cli_inputs import load, sites_of
    from geo.precision import is_located

    sites = sites_of(load(), file)
    located = sites[is_located(sites)]
    return located[["lat", "lon", "radius_km"]].astype(float).reset_index(drop=True)


def _fetch_all(
    wanted: dict[str, tuple[ModuleType, Asked]], store: Store, settings: dict[str, Settings]
) -> None:
    """Fetch one source after the other; what fails does not keep the others from coming."""
    from geo.console import say
    from geo.fetch_progress import ears
    from layers import LayerError
    from layers._answer import FetchError
    from layers._bring import fetch as bring
    from layers._staging import BusyError

    failed = []
    for name, (module, asked) in wanted.items():
        try:
            with ears(name) as told:
                version = bring(module.SOURCE, module.FETCH, store, asked, settings[name], told)
        except (FetchError, BusyError, LayerError) as error:
            failed.append(str(error))
        except OSError as error:
            failed.append(f"{name}: {error}. The data are kept in {store.folder}.")
        else:
            say(*_told(version.manifest))
    if failed:
        raise CannotDoError("\n".join(failed))


def _told(manifest: Manifest) -> list[str]:
    """Say what came."""
    lines = [
        f"{manifest.source_id}: {manifest.rows_in:,} rows came, {manifest.rows_kept:,} kept,"
        f" {manifest.rows_in - manifest.rows_kept:,} refused; {manifest.bytes / 1e6:.1f} MB,"
        f" vintage {manifest.vintage}."
    ]
    lines += [f"  refused: {n:,}, {reason} (such as {one})" for reason, n, one in manifest.refused]
    return lines + [f"  {note}" for note in manifest.notes]
