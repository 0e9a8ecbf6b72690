"""Any point asked as a developer asks it: which substation, how many MW, what cost, when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.connection import connection
from geo.errors import AskedWronglyError
from geo.metrics import measure_sites
from geo.sites import complete, state_of
from layers import attributions

if TYPE_CHECKING:
    from geo.question import Question
    from geo.rows import Row
    from layers import Layers


class PointError(AskedWronglyError):
    """The point is none on the earth."""


def at_point(lat: float, lon: float, iso: str | None, layers: Layers, question: Question) -> Row:
    """Say how a point would connect, as if nothing were there yet.

    Parameters
    ----------
    lat, lon
        Degrees, WGS 84; taken as exact.
    iso
        Grid area, for its queue times; the national ones where it is not given.
    layers
        By id.
    question
        Target and date.

    Returns
    -------
    answer
        The point, its state, what `geo.connection.connection` gives, and `attribution`: the
        lines that whatever is made of this must carry.

    Raises
    ------
    PointError
        If the coordinates are none, or look swapped.
    """
    _check(lat, lon)
    place = pd.Series([lat]), pd.Series([lon])
    state = state_of(*place)[0]
    table = pd.DataFrame(
        {
            "site_id": ["point"],
            "lat": [lat],
            "lon": [lon],
            "coord_precision": ["site"],
            "state": [state],
            "energised_mw": [0.0],
            "iso": [iso],
        }
    )
    sites = complete(table, brought=True).assign(radius_km=0.0)
    metrics = measure_sites(sites, layers, question)
    pipeline = float(metrics.value["gas_pipeline_distance"].iloc[0])
    return {
        "lat": lat,
        "lon": lon,
        "state": state,
        "iso": iso,
        "target_mw": question.target_mw,
        "as_of": question.as_of,
        **connection(
            metrics.findings,
            metrics.options,
            question,
            iso,
            None if np.isnan(pipeline) else pipeline,
        ),
        "attribution": list(attributions(layers)),
    }


def _check(lat: float, lon: float) -> None:
    found = []
    if not -90 <= lat <= 90:
        found.append(f"--lat is {lat:g}, expected -90 to 90 degrees")
    if not -180 <= lon <= 180:
        found.append(f"--lon is {lon:g}, expected -180 to 180 degrees")
    if found and -90 <= lon <= 90 and -180 <= lat <= 180:
        found.append("the two look swapped: --lat is degrees north, --lon degrees east")
    if found:
        msg = f"This is no point: {'; '.join(found)}."
        raise PointError(msg)
