"""Why a method sees a site where it does: one function per method, from the site's own figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.dominance import dominators
from geo.methods import METHODS
from geo.ranking import in_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.methods import Comparison

_MOST_NAMED = 3
_TITLES = {one.id: one.title for one in METHODS}


def place(comparison: Comparison, site: str, method: str) -> str:
    """Write a rank, with the last place of a tie where it is shared: ``12`` or ``12-20``."""
    ends: list[Any] = [table.at[site, method] for table in (comparison.ranks, comparison.lasts)]
    return "-".join(map(str, dict.fromkeys(ends)))


def why(comparison: Comparison, site: str) -> str:
    """Say why the methods that see a site best and worst do so.

    Returns
    -------
    text
        Empty where ties aside no two methods are apart.
    """
    if not comparison.spread.at[site, "spread"]:
        return ""
    told = []
    for end in ("worst", "best"):
        method = str(comparison.spread.at[site, f"{end}_method"])
        reason = REASONS[method](comparison, site, end == "best")
        told.append(f"{_TITLES[method]} {place(comparison, site, method)}: {reason}")
    return "; ".join(told)


def methods_table(comparison: Comparison) -> pd.DataFrame:
    """Give one row per ranked site, by the weighted sum.

    Returns
    -------
    table
        `site_id`, `name`, `rank_<method>`, `pareto_layer`, `spread`, `best_method` and
        `worst_method`; index 0..n-1.
    """
    order = in_order(comparison.ranks["weighted_sum"])
    table = pd.DataFrame({"site_id": order, "name": comparison.names[order].to_numpy()})
    for method in METHODS:
        table[f"rank_{method.id}"] = comparison.ranks.loc[order, method.id].to_numpy()
    table["pareto_layer"] = comparison.worth.loc[order, "pareto"].astype(int).to_numpy()
    for name in ("spread", "best_method", "worst_method"):
        table[name] = comparison.spread.loc[order, name].to_numpy()
    texts = ("site_id", "name", "best_method", "worst_method")
    return table.astype(dict.fromkeys(texts, object))


def with_reasons(comparison: Comparison, table: pd.DataFrame) -> pd.DataFrame:
    """Add `why` to rows of a `methods_table`: None where the methods agree, ties aside."""
    reasons = [why(comparison, site) or None for site in table["site_id"]]
    return table.assign(why=pd.Series(reasons, index=table.index, dtype=object))


def notes(comparison: Comparison) -> list[str]:
    """Say what has to be known to read the ranks."""
    open_ = int((~comparison.known).to_numpy().sum())
    cells = f"{open_} of {comparison.known.size} worths are unknown, or not proven by a bound,"
    lines = [
        f"{cells} and count as 0, as in the score."
        if comparison.by == "score"
        else f"{cells} and count as the best that they may be, as in the potential."
    ]
    zeros = int((comparison.worth["weighted_product"] == 0).sum())
    if zeros:
        cause = "is worth 0 or not proven" if comparison.by == "score" else "is worth 0"
        lines.append(
            f"Weighted product: {zeros} of {len(comparison.given)} products are 0, since"
            f" something {cause};"
            " they stand below all others, the less weight at"
            " 0 the better, then by the product of the rest (a vanishing worth in place of 0)."
        )
    lines.append(
        "TOPSIS and VIKOR measure from the ideal (worth 1 on everything) and the worst (0), which"
        " the fixed anchors define: no rival reverses two sites. PROMETHEE II and the layers"
        " compare sites with each other: a rival can. Nothing is rescaled to the candidates."
    )
    flat = [
        title
        for method, title in _TITLES.items()
        if len(comparison.ranks) > 1 and comparison.ranks[method].max() == 1
    ]
    if flat:
        lines.append(f"No two sites are told apart by: {', '.join(flat)}.")
    return lines


def _worth(comparison: Comparison, site: str, criterion: str) -> str:
    """Name a criterion with its worth, or with what an unknown is taken for."""
    given = f"{_row(comparison, site)[criterion]:.2f}"
    if comparison.known.at[site, criterion]:
        return f"{criterion} ({given})"
    return f"{criterion} (not proven{'' if comparison.by == 'score' else f', at best {given}'})"


def _row(comparison: Comparison, site: str) -> pd.Series:
    """Give a site's worths by criterion."""
    row: Any = comparison.given.loc[site]
    return pd.Series(row, dtype=float)


def _heaviest(parts: pd.Series) -> list[str]:
    """Name criteria by a figure, the greatest first, equals in the criteria's order."""
    return [str(name) for name in parts.sort_values(ascending=False, kind="stable").index]


def _weighted_sum(comparison: Comparison, site: str, better: bool) -> str:  # noqa: FBT001
    parts = comparison.shares * _row(comparison, site)
    if better:
        told = " and ".join(
            f"{_worth(comparison, site, name)} adds {parts[name]:.3f}"
            for name in _heaviest(parts)[:2]
        )
        return f"{told} of {parts.sum():.3f}"
    lost = comparison.shares - parts
    most = str(lost.idxmax())
    return f"{_worth(comparison, site, most)} lacks {lost[most]:.3f}"


def _weighted_product(comparison: Comparison, site: str, better: bool) -> str:  # noqa: FBT001
    values = _row(comparison, site)
    zero = values == 0
    if zero.any():
        lost = comparison.shares[zero.to_numpy(bool)]
        heaviest = _heaviest(lost)[:_MOST_NAMED]
        named = _few([_worth(comparison, site, name) for name in heaviest], len(lost))
        only = "only " if better else ""
        return f"product 0, {only}{lost.sum():.0%} of the weight stands at 0: {named}"
    factors = values**comparison.shares
    least = str(factors.idxmin())
    only = "no factor is below" if better else "the least factor is"
    return f"{only} {factors[least]:.2f}, of {_worth(comparison, site, least)}"


def _topsis(comparison: Comparison, site: str, better: bool) -> str:  # noqa: FBT001
    values = _row(comparison, site)
    parts = (comparison.shares * (values if better else 1 - values)) ** 2
    most = str(parts.idxmax())
    whole = parts.sum()
    end = "worst" if better else "ideal"
    share = f"{parts[most] / whole:.0%}" if whole > 0 else "none"
    return (
        f"squares: {_worth(comparison, site, most)}, {comparison.shares[most]:.0%} of the weight,"
        f" is {share} of its squared distance from the {end}"
    )


def _vikor(comparison: Comparison, site: str, better: bool) -> str:  # noqa: FBT001
    regrets = comparison.shares * (1 - _row(comparison, site))
    most = str(regrets.idxmax())
    only = "only " if better else ""
    return (
        f"its greatest regret is {only}{regrets[most]:.3f} of at most"
        f" {comparison.shares.max():.3f}: {_worth(comparison, site, most)}"
    )


def _promethee(comparison: Comparison, site: str, better: bool) -> str:  # noqa: FBT001
    mine = _row(comparison, site)
    ahead, behind = (comparison.given < mine).sum(), (comparison.given > mine).sum()
    net = comparison.shares * (ahead - behind)
    most = str(net.idxmax() if better else net.idxmin())
    rivals = len(comparison.given) - 1
    if not better and net[most] >= 0:
        return "on no criterion it is behind more often than ahead, but how far does not count"
    return (
        f"by however little, on {_worth(comparison, site, most)} it is ahead of {ahead[most]} and"
        f" behind {behind[most]} of {rivals}"
    )


def _pareto(comparison: Comparison, site: str, better: bool) -> str:  # noqa: FBT001
    layer = int(comparison.worth["pareto"][site])
    row = int(comparison.given.index.get_indexer(pd.Index([site]))[0])
    rows = dominators(comparison.given.to_numpy(float), row)
    if not len(rows):
        return "in layer 1: no site is as good on everything and better on something"
    above = in_order(comparison.ranks["weighted_sum"].iloc[rows])
    names = [str(comparison.names[key]) for key in above[:_MOST_NAMED]]
    only = "only " if better else ""
    return f"in layer {layer}: {only}dominated by {_few(names, len(rows))}"


def _few(named: list[str], of: int) -> str:
    return ", ".join(named) + (f" and {of - len(named)} more" if of > len(named) else "")


REASONS: dict[str, Callable[[Comparison, str, bool], str]] = {
    "weighted_sum": _weighted_sum,
    "weighted_product": _weighted_product,
    "topsis": _topsis,
    "vikor": _vikor,
    "promethee": _promethee,
    "pareto": _pareto,
}
"""By method id: why it sees a site well (True) or badly (False)."""
