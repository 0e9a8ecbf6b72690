"""One scenario applied to one set of sites."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from geo.gates import GATES
from geo.metrics import Metrics, measure_sites, utilities
from geo.ranking import rank_sites
from geo.scoring import Scores, score_sites
from layers import attributions

if TYPE_CHECKING:
    from geo.question import Question
    from geo.scenario import Scenario
    from layers import Layers

BASES = ("score", "potential")
"""What a ranking may go by."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The result: everything about every site, on one index.

    Attributes
    ----------
    sites
        The sites, as `geo.sites` gives them.
    question, scenario
        What was asked, and with what weights.
    metrics, scores
        What was measured, and what it is worth.
    gates
        Per gate id, `verdict` and `reason`.
    rank
        Int64; ``<NA>`` for a site without a public location.
    by
        What the rank goes by: ``score`` or ``potential``.
    attribution
        The lines that whatever is made of this must carry, as `layers.attributions` gives them.
    """

    sites: pd.DataFrame
    question: Question
    scenario: Scenario
    metrics: Metrics
    scores: Scores
    gates: dict[str, pd.DataFrame]
    rank: pd.Series
    by: str
    attribution: tuple[str, ...] = ()

    def only(self, chosen: pd.Index) -> Assessment:
        """Give the assessment of some of the sites, ranked among themselves.

        No score changes: a site's score does not know its rivals.
        """
        metrics, scores = self.metrics, self.scores
        place = self.sites.index.get_indexer(chosen)
        if (place < 0).any():
            msg = f"{list(chosen[place < 0])} are not among the sites assessed"
            raise KeyError(msg)
        part = replace(
            self,
            sites=self.sites.iloc[place],
            metrics=Metrics(
                metrics.value.iloc[place],
                metrics.low.iloc[place],
                metrics.high.iloc[place],
                metrics.findings.iloc[place],
                metrics.options[metrics.options["site_id"].isin(chosen)],
            ),
            scores=Scores(
                scores.utilities.iloc[place],
                scores.possible.iloc[place],
                scores.contributions.iloc[place],
                scores.score.iloc[place],
                scores.potential.iloc[place],
                scores.coverage.iloc[place],
            ),
            gates={key: table.iloc[place] for key, table in self.gates.items()},
        )
        return replace(part, rank=_rank(part.sites, part.scores, self.by))

    def weighed(self, scenario: Scenario, by: str) -> Assessment:
        """Give the assessment with other weights: nothing is measured or judged again.

        Parameters
        ----------
        scenario
            The same with other weights: its gates must be those that were judged.
        by
            ``score`` or ``potential``.
        """
        scores = score_sites(self.scores.utilities, self.scores.possible, scenario.shares)
        rank = _rank(self.sites, scores, by)
        return replace(self, scenario=scenario, scores=scores, rank=rank, by=by)


def assess(  # noqa: PLR0913 - the five things an assessment is of, and what is known already
    sites: pd.DataFrame,
    layers: Layers,
    scenario: Scenario,
    question: Question,
    *,
    by: str = "score",
    metrics: Metrics | None = None,
) -> Assessment:
    """Measure, score, judge and rank.

    Parameters
    ----------
    sites
        As `geo.sites` gives them, index `site_id`.
    layers
        The layers by id; one that is absent leaves its criteria unknown.
    scenario
        Weights and gates.
    question
        Target and date.
    by
        ``score`` (what is proven) or ``potential`` (what might be).
    metrics
        What was measured before for these sites and this question; measured now by default.

    Returns
    -------
    assessment
        On the sites' index, in the sites' order.
    """
    measured = measure_sites(sites, layers, question) if metrics is None else metrics
    scores = score_sites(*utilities(measured), scenario.shares)
    joined = pd.concat([sites, measured.findings], axis="columns")
    gates = {
        gate.id: gate.judge(joined, layers, question, scenario.gates[gate.id])
        for gate in GATES
        if gate.id in scenario.gates
    }
    rank = _rank(sites, scores, by)
    return Assessment(
        sites, question, scenario, measured, scores, gates, rank, by, attributions(layers)
    )


def _rank(sites: pd.DataFrame, scores: Scores, by: str) -> pd.Series:
    located = sites["lat"].notna() & sites["lon"].notna()
    return rank_sites(scores.score if by == "score" else scores.potential, rankable=located)
