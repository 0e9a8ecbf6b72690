"""Why one site stands where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.connection import connection
from geo.criteria import CRITERIA
from geo.gates import GATES
from geo.metrics import utilities
from geo.news import news
from geo.versions import versions
from geo.vicinity import neighbours, within_reach

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.robustness import Robustness
    from layers import Layers

_NOTHING = 1e-12
"""What sums of floats cannot resolve."""

FIRM_SERVICE = (
    "unknown: mining load is often interruptible by contract, and nobody publishes which is"
)


def _plain(value: object) -> Any:  # noqa: ANN401
    """Give a cell as JSON can hold it: None where unknown."""
    if value is None or isinstance(value, str | bool):
        return value
    number = float(value)  # type: ignore[arg-type]
    return number if np.isfinite(number) else None


def explain(
    assessment: Assessment,
    site_id: str,
    robust: Robustness | None = None,
    layers: Layers | None = None,
) -> dict[str, Any]:
    """Give everything that makes up a site's score.

    Parameters
    ----------
    assessment
        One that holds the site.
    site_id
        The site.
    robust
        Where the ranks lie when weights, metrics and anchors vary, counted for the top ten;
        without it the range is None.
    layers
        What was measured; without them it is not said what stands around the site, nor which
        data it rests on.

    Returns
    -------
    explanation
        Plain values: the site, rank, its range, score, potential and coverage; `criteria` with
        metric, range, unit, utility, share, contribution, what is open, and reference; what
        `geo.connection` gives of POI, options, cost, years, constraint and firm power; `gates`
        with reasons; `unknowns` with what each could add; `news`, `neighbours`, `within_reach`
        and `versions`. The contributions add up to the score.
    """
    sites, scores, metrics = assessment.sites, assessment.scores, assessment.metrics
    row = sites.loc[site_id]
    possible = dict(utilities(metrics)[1].loc[site_id])
    proven = scores.utilities.loc[site_id]
    added: dict[Any, Any] = scores.contributions.loc[site_id].to_dict()
    value, low, high = (table.loc[site_id] for table in (metrics.value, metrics.low, metrics.high))
    shares = assessment.scenario.shares
    rank = assessment.rank[site_id]
    criteria: list[dict[str, Any]] = [
        {
            "id": one.id,
            "title": one.title,
            "group": one.group,
            "unit": one.unit,
            "metric": _plain(value[one.id]),
            "low": _plain(low[one.id]),
            "high": _plain(high[one.id]),
            "beyond_reach": bool(np.isinf(high[one.id])),
            "utility": _plain(proven[one.id]),
            "share": shares[one.id],
            "contribution": added[one.id],
            "could_add": shares[one.id] * float(possible[one.id]) - added[one.id],
            "reference": one.reference,
            "evidence": _evidence(one.layers, row, metrics.findings.loc[site_id]),
        }
        for one in CRITERIA
    ]
    return {
        "site_id": site_id,
        **{
            name: _plain(row[name])
            for name in (
                "name", "operator", "county", "state", "country", "region", "lat", "lon",
                "coord_precision", "status", "energised_mw", "contracted_mw", "announced_mw",
                "committed_mw", "uncommitted_mw", "commitment_note", "iso", "utility_or_tso",
                "interconnection_kv", "ai_hpc_status", "ai_counterparty", "source", "evidence",
                "as_of", "confidence",
            )
        },
        "attribution": list(assessment.attribution),
        "scenario": assessment.scenario.name,
        "target_mw": assessment.question.target_mw,
        "question_as_of": assessment.question.as_of,
        "rank": None if pd.isna(rank) else int(rank),
        "of": int(assessment.rank.notna().sum()),
        **_range(robust, site_id),
        "by": assessment.by,
        "score": float(scores.score[site_id]),
        "potential": float(scores.potential[site_id]),
        "coverage": float(scores.coverage[site_id]),
        "criteria": criteria,
        **_connection(assessment, site_id),
        "gates": {
            gate.id: {"title": gate.title, **assessment.gates[gate.id].loc[site_id].to_dict()}
            for gate in GATES
            if gate.id in assessment.gates
        },
        "unknowns": [
            {"id": one["id"], "title": one["title"], "could_add": one["could_add"]}
            for one in sorted(criteria, key=lambda one: -one["could_add"])
            if one["could_add"] > _NOTHING
        ],
        "firm_service": FIRM_SERVICE,
        "brought": bool(row["brought"]),
        "news": [] if row["brought"] else news(site_id),
        **_around(assessment, site_id, layers),
    }  # fmt: skip


def _around(assessment: Assessment, site_id: str, layers: Layers | None) -> dict[str, Any]:
    if layers is None:
        return dict.fromkeys(("neighbours", "within_reach", "versions"))
    return {
        "neighbours": neighbours(assessment.sites, layers, site_id),
        "within_reach": within_reach(assessment.sites, layers, site_id),
        "versions": versions(layers),
    }


def _range(robust: Robustness | None, site_id: str) -> dict[str, Any]:
    """Give the ranks that hold most of the draws, as the ranked table names them."""
    names = {"rank_low": "rank_low", "rank_high": "rank_high", "p_top10": "p_top"}
    if robust is None or site_id not in robust.sites:
        return dict.fromkeys(names)
    row = robust.table().loc[site_id]
    return {name: _plain(row[column]) for name, column in names.items()}


def _evidence(layers: tuple[str, ...], row: Any, findings: Any) -> str:  # noqa: ANN401
    told = findings.get("slope_source") if "terrain" in layers else None
    if isinstance(told, str):
        return f"layers: terrain ({told})"
    if layers:
        return f"layers: {', '.join(layers)}"
    return f"the site's row: {row['evidence'] or 'brought by the user'}"


def _connection(assessment: Assessment, site_id: str) -> dict[str, Any]:
    metrics = assessment.metrics
    return connection(
        metrics.findings.loc[[site_id]],
        metrics.options[metrics.options["site_id"] == site_id],
        assessment.question,
        _plain(assessment.sites.at[site_id, "iso"]),
        _plain(metrics.value.at[site_id, "gas_pipeline_distance"]),
    )
