"""Scores of sites by published methods, on utilities as they are.

None of them rescales what it is given: utilities already lie between fixed anchors. TOPSIS and
VIKOR take their ideal and their worst from the candidates, so that a new rival can turn two
others round; here the ideal (worth 1 on everything) and the worst (worth 0), which the anchors
define, take part as two reference alternatives and are taken out again, as M. S. Garcia-Cascales
and M. T. Lamata propose for TOPSIS (Math. Comput. Model. 56, 2012, 123-132).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geo.arrays import Floats

DECIMALS = 12
"""Worths that differ by less are equal: floats do not resolve it."""
_MOST_PAIRED = 1000
"""Up to so many sites pymcdm holds every pair of them per criterion, in some 100 MB."""


def _as_it_is(column: Floats, cost: bool = False) -> Floats:  # noqa: FBT001, FBT002, ARG001
    """Normalise nothing: pymcdm calls this for every criterion, and its own default is min-max."""
    return column


def _with_references(values: Floats) -> Floats:
    """Add the ideal and the worst alternative that the anchors define."""
    ends = np.ones((2, values.shape[1]))
    ends[1] = 0.0
    return np.vstack([values, ends])


def weighted_product(values: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Multiply worths, each to the power of its share.

    Parameters
    ----------
    values
        Shape ``(n, m)``, [0, 1].
    shares
        Shape ``(m,)``, above 0, adding up to 1.

    Returns
    -------
    products
        Shape ``(n,)``: 0 where anything is worth 0.
    order
        Higher is better. A product of 0 says nothing more; such sites stand below all others, in
        the order that a vanishing worth in place of 0 gives in the limit: the less weight at 0
        the better, then the product of the rest.
    """
    from pymcdm.methods import WPM

    zero = values == 0
    method = WPM(normalization_function=_as_it_is)
    rest = method(np.where(zero, 1.0, values), shares, np.ones(len(shares)), validation=False)
    lost = (zero * shares).sum(axis=1).round(DECIMALS)
    _, place = np.unique(
        np.column_stack([lost, -rest.round(DECIMALS)]), axis=0, return_inverse=True
    )
    return np.where(zero.any(axis=1), 0.0, rest), -place.ravel().astype(float)


def topsis(values: Floats, shares: Floats) -> Floats:
    """Give the closeness to the ideal, 0 to 1: Hwang and Yoon 1981, ideal and worst fixed.

    The parameters are those of `weighted_product`.
    """
    from pymcdm.methods import TOPSIS

    method = TOPSIS(normalization_function=_as_it_is)
    matrix = _with_references(values)
    closeness: Floats = method(matrix, shares, np.ones(len(shares)), validation=False)[:-2]
    return closeness


def vikor(values: Floats, shares: Floats, group_utility: float) -> Floats:
    """Give Q of VIKOR, 0 (ideal) to 1: Opricovic and Tzeng 2004, ideal and worst fixed.

    Parameters
    ----------
    values, shares
        As of `weighted_product`.
    group_utility
        Their v, [0, 1]: weight of the sum against the greatest regret.
    """
    from pymcdm.methods import VIKOR

    method = VIKOR(v=group_utility)
    matrix = _with_references(values)
    distance: Floats = method(matrix, shares, np.ones(len(shares)), validation=False)[:-2]
    return distance


def net_flows(values: Floats, shares: Floats) -> Floats:
    """Give the net flows of PROMETHEE II, -1 to 1, with the usual preference function.

    A preference that grows with the difference up to 1 has the weighted sum's order, so it would
    only repeat that; thresholds in between would be further opinions. The usual function asks
    another question: who is ahead, by however little. No reference alternatives take part: the
    method is about the candidates.

    Parameters
    ----------
    values, shares
        As of `weighted_product`.

    Notes
    -----
    Many sites are counted criterion by criterion instead of in pairs, which gives the same flows
    (T. Calders and D. Van Assche, PROMETHEE is Not Quadratic, arXiv:1603.00091, 2016).
    """
    rivals = len(values) - 1
    if rivals == 0:
        return np.zeros(1)
    if len(values) <= _MOST_PAIRED:
        from pymcdm.methods import PROMETHEE_II

        flows: Floats = PROMETHEE_II("usual")(
            values, shares, np.ones(len(shares)), validation=False
        )
        return flows
    from scipy.stats import rankdata

    ahead = 2 * rankdata(values, axis=0) - 2 - rivals
    counted: Floats = ahead @ shares / rivals
    return counted
