"""MW that AI contracts already take: shown and filtered on, never scored."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.parameters import cited


def commitments(sites: pd.DataFrame) -> pd.DataFrame:
    """Give what AI contracts take of each site, utility side.

    IT MW count times `utility_to_it_ratio` (Hut 8, River Bend: 330 MW utility to 245 MW IT); so
    does a contract whose basis is not known, which is the cautious reading. A site without a
    counterparty and without contract MW has no published contract, which counts as none; one
    with a counterparty and no MW is unknown.

    Parameters
    ----------
    sites
        Columns `energised_mw`, `contracted_mw`, `ai_contract_mw`, `ai_contract_basis`,
        `ai_counterparty`.

    Returns
    -------
    commitments
        `committed_mw`, capped at what the site has (energised or contracted), `uncommitted_mw`
        = energised less committed and never below 0, and `commitment_note` where the cap or the
        basis needs a word; NaN where unknown.
    """
    contract = sites["ai_contract_mw"].to_numpy(float)
    basis = sites["ai_contract_basis"].to_numpy(object)
    gross = basis == "gross"
    ratio = np.where(gross, 1.0, cited("utility_to_it_ratio").value)
    committed = contract * ratio
    committed = np.where(np.isnan(contract) & sites["ai_counterparty"].isna(), 0.0, committed)
    energised = sites["energised_mw"].to_numpy(float)
    capacity = np.fmax(energised, sites["contracted_mw"].to_numpy(float))
    capped = committed > capacity
    assumed = ~np.isnan(contract) & ~gross & (basis != "it")
    note = np.where(
        capped,
        [f"contract of {mw:.0f} MW at the meter capped at the site's MW" for mw in committed],
        "",
    )
    note = np.where(
        assumed, [f"{text}; basis not known, taken as IT MW".lstrip("; ") for text in note], note
    )
    committed = np.where(capped, capacity, committed)
    return pd.DataFrame(
        {
            "committed_mw": committed,
            "uncommitted_mw": np.maximum(energised - committed, 0),
            "commitment_note": pd.Series(note, index=sites.index, dtype=object).replace("", None),
        },
        index=sites.index,
    )


def is_available(sites: pd.DataFrame) -> pd.Series:
    """Tell which sites still have MW that no AI contract takes, or might have."""
    sold = (sites["committed_mw"] > 0) & (sites["uncommitted_mw"] == 0)
    return ~sold
