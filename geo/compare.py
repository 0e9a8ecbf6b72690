"""Some sites side by side: labels, what a copy changes, tables to show and to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.compare_lines import CRITERION, Line, lines_of
from geo.timeline import YEAR_ENDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.assess import Assessment
    from geo.rows import Row

FEWEST, MOST = 2, 6
"""How many sites can be told apart in one table and one chart."""


def labels(assessment: Assessment, sites: Sequence[str]) -> dict[str, str]:
    """Name sites; two of the same name with their ids."""
    names = {site: str(assessment.sites.at[site, "name"] or site) for site in sites}
    many = list(names.values())
    return {
        site: f"{name} ({site})" if many.count(name) > 1 else name for site, name in names.items()
    }


def changes(assessment: Assessment, origin: str, own: str) -> pd.DataFrame:
    """Say what a copy has that its original has not.

    Returns
    -------
    changes
        Columns `what`, `unit`, `original`, `what_if` and `adds` (what the score gains by it;
        NaN where it is no criterion); the results first, then the criteria by their effect.
    """
    rows = []
    added = assessment.scores.contributions
    before, after = (dict(added.loc[one].items()) for one in (origin, own))
    for line in lines_of(assessment, [origin, own]):
        adds = np.nan
        if line.group == CRITERION:
            adds = float(after[line.id] - before[line.id])
        if line.texts[origin] != line.texts[own]:
            rows.append((line.title, line.unit, line.texts[origin], line.texts[own], adds))
    table = pd.DataFrame(rows, columns=["what", "unit", "original", "what_if", "adds"])
    effect = -table["adds"].abs().fillna(np.inf)
    return table.loc[effect.sort_values(kind="stable").index].reset_index(drop=True)


def by_spread(lines: Sequence[Line]) -> list[Line]:
    """Put the lines first in which the sites differ most."""
    return sorted(lines, key=lambda line: -line.spread)


def comparison_table(assessment: Assessment, sites: Sequence[str]) -> pd.DataFrame:
    """Give the comparison as a table to take away: one row per line and site.

    Returns
    -------
    table
        Columns `group`, `id`, `title`, `unit`, `site_id`, `name`, `value` (NaN where unknown or
        in words), `text`, `mark` (best, worst or blank), `utility`, `share`, `contribution`
        (criteria alone) and `meaning`.
    """
    scores, shares = assessment.scores, assessment.scenario.shares
    rows: list[Row] = []
    for line in lines_of(assessment, sites):
        for site in sites:
            row: Row = {"group": line.group, "id": line.id, "title": line.title, "unit": line.unit}
            row |= {"site_id": site, "name": assessment.sites.at[site, "name"]}
            row |= {"value": line.numbers[site], "text": line.texts[site], "mark": mark(line, site)}
            if line.group == CRITERION:
                row["utility"] = scores.utilities.at[site, line.id]
                row["share"] = shares[line.id]
                row["contribution"] = scores.contributions.at[site, line.id]
            rows.append(row | {"meaning": line.meaning})
    return pd.DataFrame(rows)


def mw_by_date(assessment: Assessment, sites: Sequence[str], first_year: int) -> pd.DataFrame:
    """Give the MW ready for AI at the end of each year.

    Returns
    -------
    table
        Columns `site_id`, `year`, `p50_mw` and `p90_mw`; NaN where not known.
    """
    found = assessment.metrics.findings
    return pd.DataFrame(
        [
            {
                "site_id": site,
                "year": first_year + year,
                "p50_mw": found.at[site, f"mw_p50_year_end_{year}"],
                "p90_mw": found.at[site, f"mw_p90_year_end_{year}"],
            }
            for site in sites
            for year in range(YEAR_ENDS)
        ]
    )


def mark(line: Line, site: str) -> str:
    """Say whether a site is the best or the worst of a line."""
    return "best" if site in line.best else "worst" if site in line.worst else ""
