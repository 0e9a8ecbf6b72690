"""Why a site's score changed with the data: criterion by criterion, and what the data say now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geo.criteria import CRITERIA

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.criteria import Criterion
    from geo.rows import Row
    from layers import Layers, LoadedLayer, Provenance

_NOTHING = 1e-12
"""What sums of floats cannot resolve."""

_FOUND: dict[str, tuple[tuple[str, str, str], ...]] = {
    "substations": (
        ("poi_id", "POI", ""),
        ("poi_kv", "voltage of the POI", "kV"),
        ("poi_kv_evidence", "evidence for that voltage", ""),
        ("poi_circuits", "circuits at the POI", ""),
        ("poi_distance_km", "distance to the POI", "km"),
        ("carrier_id", "cheapest option for the target", ""),
        ("carrier_kv", "voltage of that option", "kV"),
        ("carrier_distance_km", "distance to that option", "km"),
        ("grid_data", "stations known around it", ""),
    ),
    "transmission_lines": (("line_data", "lines known around it", ""),),
    "gas_plants": (
        ("gas_room_name", "nearest gas plant with room", ""),
        ("gas_data", "gas plants known around it", ""),
    ),
}
"""By layer: what was found there, in words and with its unit."""
_NAMES = {"poi_id": "poi_name", "carrier_id": "carrier_name"}

Answer = tuple[float, float, float]
"""A metric: the estimate, NaN where there is none; what bounds it below and above, NaN where
nothing does, infinity where nothing was found within reach."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion that was answered otherwise.

    Attributes
    ----------
    criterion, title, unit
        Which.
    before, after
        Its metric, in `unit`.
    delta
        What its contribution to the score changed by.
    because
        What in the data changed it, as far as that can be said.
    """

    criterion: str
    title: str
    unit: str
    before: Answer
    after: Answer
    delta: float
    because: tuple[str, ...]


def reasons_of(
    site: str, before: Assessment, after: Assessment, then: Layers, now: Layers
) -> tuple[Reason, ...]:
    """Give the criteria that are answered otherwise, the largest change of contribution first."""
    own = _differences(_row(before.sites, site), _row(after.sites, site))
    then_added, now_added = (_row(one.scores.contributions, site) for one in (before, after))
    added = {name: float(now_added[name] - then_added[name]) for name in now_added}
    known = [_row(one.scores.utilities.notna(), site) for one in (before, after)]
    found = [
        Reason(
            one.id,
            one.title,
            one.unit,
            _answer(before, site, one.id),
            _answer(after, site, one.id),
            added[one.id],
            (*own, *_because(one, site, before, after, then, now)),
        )
        for one in CRITERIA
        if abs(added[one.id]) > _NOTHING or known[0][one.id] != known[1][one.id]
    ]
    return tuple(sorted(found, key=lambda reason: -abs(reason.delta)))


def _row(table: pd.DataFrame, site: str) -> Row:
    return {str(name): cell for name, cell in table.loc[site].items()}


def _answer(assessment: Assessment, site: str, criterion: str) -> Answer:
    metrics = assessment.metrics
    value, low, high = (
        float(_row(table, site)[criterion]) for table in (metrics.value, metrics.low, metrics.high)
    )
    return value, low, high


def _because(  # noqa: PLR0913, PLR0917 - a site and a criterion, then and now
    criterion: Criterion,
    site: str,
    before: Assessment,
    after: Assessment,
    then: Layers,
    now: Layers,
) -> list[str]:
    """Say what the layers of a criterion hold that is new, as far as the site is concerned."""
    found = []
    rows = [_row(one.metrics.findings, site) for one in (before, after)]
    place = _row(after.sites, site)
    for layer in criterion.layers:
        found += _layer_change(layer, then.get(layer), now.get(layer))
        found += _coverage_change(layer, place, then.get(layer), now.get(layer))
        for column, words, unit in _FOUND.get(layer, ()):
            was, is_ = (_text(row, column, unit) for row in rows)
            if was != is_:
                found.append(f"{words} {was} -> {is_}")
    return found


def _text(row: Row, column: str, unit: str) -> str:
    cells = [row[one] for one in (_NAMES.get(column, column), column) if one in row]
    known = [cell for cell in cells if not bool(pd.isna(cell))]
    if not known:
        return "none" if column.endswith("_id") else "unknown"
    value = known[0]
    return f"{value if isinstance(value, str) else shown(float(value))} {unit}".rstrip()


def shown(value: float) -> str:
    """Write a number for people, to three digits where it is below a hundred."""
    return f"{value:,.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}"


def _differences(before: Row, after: Row) -> list[str]:
    """Name what the site's own row says otherwise."""
    found = []
    for column in before:
        was, is_ = (_text(row, column, "") for row in (before, after))
        if was != is_:
            found.append(f"the site's {column.replace('_', ' ')} {was} -> {is_}")
    return found


def _layer_change(layer: str, then: LoadedLayer | None, now: LoadedLayer | None) -> list[str]:
    origins = [() if one is None else one.provenance for one in (then, now)]
    if origins[0] == origins[1]:
        return []
    was, is_ = (
        " + ".join(f"{_origin(one)} of {one.vintage}" for one in part) or "absent"
        for part in origins
    )
    change = f"another version of {is_}" if was == is_ else f"{was} -> {is_}"
    return [f"{layer.replace('_', ' ')}: {change}"]


def _origin(one: Provenance) -> str:
    return one.version if one.version == "embedded" else one.source.id


def _coverage_change(
    layer: str, site: Row, then: LoadedLayer | None, now: LoadedLayer | None
) -> list[str]:
    """Say whether the site lies where the layer is complete, if that is new."""
    if np.isnan(float(site["lat"])) or np.isnan(float(site["lon"])):
        return []
    was, is_ = (
        one is not None
        and one.coverage is not None
        and bool(np.all(shapely.contains_xy(one.coverage, site["lon"], site["lat"])))
        for one in (then, now)
    )
    if was == is_:
        return []
    inside = "inside" if is_ else "no longer inside"
    return [f"{inside} the area where {layer.replace('_', ' ')} are complete"]
