"""How methods and weights compare, for a terminal."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.console import grid, number
from geo.method_reasons import notes, place, with_reasons
from geo.methods import METHODS
from geo.rows import rows_of
from geo.weighting import WAYS
from geo.weighting import notes as weighting_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from geo.assess import Assessment
    from geo.methods import Comparison
    from geo.rows import Row
    from geo.weighting import Weighting

MOST_EXPLAINED = 5
_DISPUTED = "Of these sites the methods are farthest apart on:"
_HEADS = {
    "weighted_sum": "sum",
    "weighted_product": "product",
    "topsis": "TOPSIS",
    "vikor": "VIKOR",
    "promethee": "PROM. II",
    "pareto": "layer rank",
}


def compared(comparison: Comparison, table: pd.DataFrame) -> list[Table | str]:
    """Show ranks by method, how far the methods agree, and why they do not."""
    heads = [
        ("site", "left"),
        *((_HEADS[method.id], "right") for method in METHODS),
        ("layer", "right"),
        ("apart", "right"),
    ]
    rows = [
        (
            str(row["name"]),
            *(place(comparison, row["site_id"], method.id) for method in METHODS),
            number(row["pareto_layer"]),
            number(row["spread"]),
        )
        for row in rows_of(table)
    ]
    return [
        grid("", heads, rows),
        "",
        "Agreement: Kendall's tau-b above the diagonal, Spearman's rho below",
        agreement_table(comparison),
        "",
    ]


def agreement_table(comparison: Comparison) -> Table:
    """Show Kendall's tau-b above the diagonal and Spearman's rho below it."""
    names = [method.id for method in METHODS]
    upper = np.triu(np.ones((len(names), len(names)), dtype=bool))
    both = np.where(upper, comparison.tau.to_numpy(float), comparison.rho.to_numpy(float))
    rows = [
        (method.title, *("-" if i == j else number(both[i, j], 2) for j in range(len(names))))
        for i, method in enumerate(METHODS)
    ]
    return grid(
        "",
        [("", "left"), *((_HEADS[name], "right") for name in names)],
        rows,
    )


def explained_most(comparison: Comparison, table: pd.DataFrame) -> list[str]:
    """Give the reasons of the sites that the methods disagree on most."""
    told = [
        f"{row['name']} ({row['site_id']}): {row['why']}."
        for row in rows_of(disputed(comparison, table))
    ]
    return [_DISPUTED, *told] if told else ["The methods agree on these sites, ties aside."]


def disputed(comparison: Comparison, table: pd.DataFrame) -> pd.DataFrame:
    """Give the rows on which the methods are farthest apart with `why`, the farthest first."""
    apart = table[table["spread"] > 0].sort_values("spread", ascending=False, kind="stable")
    return with_reasons(comparison, apart.head(MOST_EXPLAINED))


def legend() -> str:
    """Say what each method goes by."""
    return (
        "; ".join(f"{method.title}: {method.meaning}" for method in METHODS)
        + ". 12-20: a tie for the places 12 to 20. apart: how many ranks two methods are apart at"
        " least, however ties are broken."
    )


def weighed(weighting: Weighting) -> Table:
    """Show weights side by side, in percent."""
    ways: Sequence[str] = [way for way in WAYS if way != "ahp" or weighting.judgements is not None]
    heads = [("criterion", "left"), ("scenario", "right"), *((way, "right") for way in ways)]
    rows = [
        (
            str(name),
            *(number(None if pd.isna(row[way]) else 100 * row[way], 1) for way in ("share", *ways)),
            f"{row['known_sites']:.0f} of {weighting.sites}",
        )
        for name, row in weighting.table.iterrows()
    ]
    return grid("Weights, %", [*heads, ("sites known", "right")], rows)


def compared_json(assessment: Assessment, comparison: Comparison, table: pd.DataFrame) -> str:
    """Give a comparison as JSON, null where nothing is known."""
    document = {
        "scenario": assessment.scenario.name,
        "target_mw": assessment.question.target_mw,
        "by": comparison.by,
        "ranked": len(comparison.ranks),
        "methods": [asdict(method) for method in METHODS],
        "kendall_tau_b": _square(comparison.tau),
        "spearman_rho": _square(comparison.rho),
        "notes": notes(comparison),
        "sites": rows_of(with_reasons(comparison, table)),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)


def _square(table: pd.DataFrame) -> Row:
    return dict(zip(map(str, table.index), rows_of(table), strict=True))


def weighed_json(assessment: Assessment, weighting: Weighting) -> str:
    """Give weights as JSON, null where a way gives none."""
    judged = weighting.judgements
    document = {
        "scenario": assessment.scenario.name,
        "target_mw": assessment.question.target_mw,
        "ranked": weighting.sites,
        "criteria": rows_of(weighting.table.rename_axis("criterion").reset_index()),
        "ahp": None
        if judged is None
        else {
            "lambda_max": judged.lambda_max,
            "consistency_index": judged.consistency_index,
            "consistency_ratio": judged.consistency_ratio,
            "doubtful": rows_of(judged.doubtful),
        },
        "notes": weighting_notes(weighting),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
