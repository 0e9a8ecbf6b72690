"""What the draws say, in words: how sure is rank 1, and who is tied with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.parameters import cited
from geo.ranking import in_order
from geo.robustness import ANCHORS, AROUND, METRICS, UNIFORM, WEIGHTS, win_probability
from geo.rows import rows_of

if TYPE_CHECKING:
    import pandas as pd

    from geo.assess import Assessment
    from geo.robustness import Robustness, Uncertainty

MOST_PAIRS = 5
MOST_COMPARED = 64
"""Of how many of the best all pairs are compared."""
_GOES_BY = {
    "score": "the rank goes by what is proven and counts an unknown as nothing",
    "potential": "the rank goes by what is possible and counts an unknown as its best",
}


def how_sure(assessment: Assessment, robust: Robustness) -> list[str]:
    """Say how sure the first rank is.

    Returns
    -------
    lines
        In how many draws the site that ranks first is first, who is first most often if that
        is another, and which sites rank outside their own interval.
    """
    if robust.sites.empty:
        return ["No site has a rank, so there is nothing to be sure of."]
    table, names = robust.table(), assessment.sites["name"]
    leader = in_order(assessment.rank[robust.sites])[0]
    often = table["p_first"].sort_values(ascending=False, kind="stable")
    held = f"{robust.uncertainty.share_interval():.0%}"
    row = table.loc[leader]
    lines = [
        f"Rank 1, {names[leader]}, is first in {row['p_first']:.0%} of {robust.counts.draws:,}"
        f" draws, among the {robust.uncertainty.top} best in {row['p_top']:.0%}; {held} of the"
        f" draws put it on ranks {row['rank_low']:.0f} to {row['rank_high']:.0f}."
    ]
    if often.index[0] != leader:
        lines.append(f"First most often: {names[often.index[0]]}, in {often.iloc[0]:.0%}.")
    rank = assessment.rank[robust.sites].astype(int)
    outside = (rank < table["rank_low"]) | (rank > table["rank_high"])
    if outside.any():
        lines.append(
            f"{int(outside.sum())} of {len(rank)} sites rank outside their own interval:"
            f" {_GOES_BY[assessment.by]}{_anywhere(robust.uncertainty)}."
        )
    return lines


def _anywhere(uncertainty: Uncertainty) -> str:
    """Say what the draws do with an unknown, where they vary metrics at all."""
    return ", the draws put it anywhere" if METRICS in uncertainty.vary else ""


def tied_pairs(assessment: Assessment, uncertainty: Uncertainty) -> pd.DataFrame:
    """Give the pairs among the k best that are tied, the closest first.

    Returns
    -------
    pairs
        Columns `better` and `other` (ids, the better ranked first) and `probability` that the
        first beats the second; tied where neither does so in more than 55 % of the draws.
    """
    import numpy as np
    import pandas as pd

    order = in_order(assessment.rank[assessment.rank.notna()])[: compared(uncertainty)]
    won = win_probability(assessment, order, uncertainty).to_numpy()
    first, second = np.triu_indices(len(order), k=1)
    probability = won[first, second]
    away = np.abs(probability - 0.5)
    close = away <= cited("robustness_tie_probability").value - 0.5 + 1e-9
    pairs = pd.DataFrame(
        {"better": order[first], "other": order[second], "probability": probability}
    )
    return pairs.assign(away=away)[close].sort_values("away", kind="stable").drop(columns="away")


def compared(uncertainty: Uncertainty) -> int:
    """Give of how many of the best sites all pairs are compared."""
    return min(uncertainty.top, MOST_COMPARED)


def ties(assessment: Assessment, uncertainty: Uncertainty) -> list[str]:
    """Say which of the best sites are really tied."""
    pairs, names = tied_pairs(assessment, uncertainty), assessment.sites["name"]
    top = compared(uncertainty)
    if pairs.empty:
        return [f"Among the {top} best no two are tied."]
    few = [
        f"{names[pair['better']]} beats {names[pair['other']]} in {pair['probability']:.0%}"
        for pair in rows_of(pairs.head(MOST_PAIRS))
    ]
    more = f" and {len(pairs) - MOST_PAIRS} more" if len(pairs) > MOST_PAIRS else ""
    return [f"Really tied among the {top} best: {'; '.join(few)}{more}."]


def what_varied(uncertainty: Uncertainty) -> str:
    """Say what the draws varied, and how."""
    around = (
        f"weights around the scenario's (Dirichlet, concentration {uncertainty.concentration:g})"
    )
    weights = {AROUND: around, UNIFORM: "weights uniform on the simplex"}
    parts = {
        WEIGHTS: weights.get(uncertainty.weights, "weights uniform within the intervals given"),
        METRICS: "metrics within their ranges (half of the draws on either side of an estimate;"
        " an unknown one is worth anything from 0 to 1)",
        ANCHORS: f"anchors within {cited('robustness_anchor_share').value:.0%} of where they are",
    }
    varied = [text for name, text in parts.items() if name in uncertainty.vary]
    still = [name for name in parts if name not in uncertainty.vary]
    drawn = f"{uncertainty.draws:,} draws, seed {uncertainty.seed}"
    left = f"; not varied: {', '.join(still)}" if still else ""
    return f"{drawn}: {'; '.join(varied) or 'nothing varied'}{left}."


def robust_rows(assessment: Assessment, robust: Robustness) -> pd.DataFrame:
    """Give what the draws say of every ranked site, by rank: for tables and files.

    Returns
    -------
    rows
        `rank`, `site_id`, `name`, `operator`, `state`, `energised_mw`, `score`, `potential`,
        the columns of `Robustness.table` (`p_top` with its k), and the central weights
        ``central_<criterion>``, NaN where the site is never first.
    """
    import pandas as pd

    table = robust.table().rename(columns={"p_top": f"p_top{robust.uncertainty.top}"})
    order = in_order(assessment.rank[robust.sites])
    about = assessment.sites.loc[order, ["name", "operator", "state", "energised_mw"]]
    scores = pd.DataFrame(
        {"score": assessment.scores.score, "potential": assessment.scores.potential}
    )
    rows = assessment.rank.loc[order].to_frame("rank").join([about, scores, table])
    rows = rows.join(robust.central_weights().add_prefix("central_"))
    rows.insert(1, "site_id", rows.index)
    return rows.reset_index(drop=True)
