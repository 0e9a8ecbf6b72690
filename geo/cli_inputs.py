"""From the words on the command line to layers, selections and assessments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.errors import AskedWronglyError, CannotDoError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from geo.assess import Assessment
    from geo.cli_options import By
    from geo.rows import Row
    from geo.selection import Selection
    from layers import LoadedLayer


_MEASURED = (
    "miner_sites", "campuses", "substations", "transmission_lines", "gas_plants", "gas_pipelines",
    "facilities",
    "terrain",
)  # fmt: skip
"""The layers that criteria ask; the others are shown."""


def load(*, for_map: bool = False) -> dict[str, LoadedLayer]:
    """Load what a ranking needs, or every layer."""
    from layers import LayerError, load_layers

    try:
        return load_layers(None if for_map else _MEASURED)
    except LayerError as error:
        raise CannotDoError(str(error)) from error


def named_sources(sources: list[str] | None, known: list[str]) -> list[str]:
    """Give the named sources, each once; all that are known where none is named.

    Raises
    ------
    AskedWronglyError
        If a name is unknown, with the nearest valid ones.
    """
    import difflib

    if unknown := [name for name in sources or [] if name not in known]:
        near = [one for name in unknown for one in difflib.get_close_matches(name, known, n=1)]
        hint = f" Did you mean {' and '.join(near)}?" if near else ""
        msg = f"There is no source {' or '.join(unknown)}.{hint} Expected some of {known}."
        raise AskedWronglyError(msg)
    return list(dict.fromkeys(sources or known))


def chosen(  # noqa: PLR0913, PLR0917 - one parameter per option of the command line
    region: str | None,
    bbox: str | None,
    area: Path | None,
    near: float,
    operator: list[str] | None,
    state: list[str] | None,
    status: list[str] | None,
    *,
    available: bool,
    brought: bool,
) -> Selection:
    """Read the options that choose sites.

    Raises
    ------
    AskedWronglyError
        If they contradict each other, or name what does not exist.
    """
    from geo.regions import find_region, parse_box, read_area
    from geo.selection import Selection

    options = (("--region", region), ("--bbox", bbox), ("--area", area))
    given = [name for name, one in options if one is not None]
    if len(given) > 1:
        msg = f"{' and '.join(given)} were given together: give one of them."
        raise AskedWronglyError(msg)
    name = find_region(region).id if region is not None else ("all" if brought else "us")
    polygon = parse_box(bbox) if bbox is not None else read_area(area) if area else None
    return Selection(
        name,
        polygon,
        near,
        tuple(operator or ()),
        tuple(state or ()),
        tuple(status or ()),
        available,
    )


def assessed(
    layers: dict[str, LoadedLayer],
    file: Path | None,
    scenario: str,
    target_mw: float | None,
    by: By,
) -> Assessment:
    """Read the sites, the scenario and the target, and assess them all.

    Raises
    ------
    AskedWronglyError
        If any of them cannot be used.
    """
    from geo.assess import assess
    from geo.question import Question
    from geo.scenario import load_scenario
    from layers.sources.rewatt_curated import SOURCE

    weighed = load_scenario(scenario)
    question = Question(weighed.target_mw if target_mw is None else target_mw, SOURCE.vintage)
    return assess(sites_of(layers, file), layers, weighed, question, by=by.value)


def explanation(  # noqa: PLR0913, PLR0917 - one parameter per option of the command line
    layers: dict[str, LoadedLayer],
    site: str,
    file: Path | None,
    scenario: str,
    target_mw: float | None,
    by: By,
) -> Row:
    """Explain a site among those of the US, or among all where it is not one of them.

    Raises
    ------
    AskedWronglyError
        If there is no such site, or an option cannot be used.
    """
    from geo.explain import explain
    from geo.robustness import Uncertainty, robustness, usual_draws
    from geo.selection import Selection, select
    from geo.sites import find_site

    assessment = assessed(layers, file, scenario, target_mw, by)
    key = find_site(assessment.sites, site)
    us = assessment.sites.at[key, "country"] == "US"
    among = select(assessment.sites, Selection("us" if us and file is None else "all"))
    part = assessment.only(among)
    uncertainty = Uncertainty(draws=usual_draws(len(part.sites)))
    return explain(part, key, robustness(part, uncertainty), layers)


def sites_of(layers: dict[str, LoadedLayer], file: Path | None) -> pd.DataFrame:
    """Give the listed sites, or those of a file.

    Raises
    ------
    AskedWronglyError
        If the file cannot be used.
    """
    from geo.console import say
    from geo.sites import embedded_sites

    if "miner_sites" not in layers and file is None:
        msg = "The table of mining sites is not there: bring your own with --sites, or reinstall."
        raise CannotDoError(msg)
    sites = embedded_sites(layers)
    if file is None:
        return sites
    from geo.site_files import read_sites

    brought = read_sites(file, sites)
    say(*brought.notes)
    return brought.sites


def selected(  # noqa: PLR0913, PLR0917 - one parameter per option of the command line
    region: str | None,
    bbox: str | None,
    area: Path | None,
    near: float,
    operator: list[str] | None,
    state: list[str] | None,
    status: list[str] | None,
    sites: Path | None,
    scenario: str,
    target_mw: float | None,
    by: By,
    *,
    available: bool,
) -> Assessment:
    """Assess all the sites and keep the chosen ones.

    Raises
    ------
    AskedWronglyError
        If any option cannot be used.
    """
    from geo.selection import select

    wanted = chosen(
        region,
        bbox,
        area,
        near,
        operator,
        state,
        status,
        available=available,
        brought=sites is not None,
    )
    assessment = assessed(load(), sites, scenario, target_mw, by)
    return assessment.only(select(assessment.sites, wanted))
