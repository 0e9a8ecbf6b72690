"""What was published about a site's conversion: dated claims, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.rows import rows_of
from layers import read_conversions

if TYPE_CHECKING:
    from geo.rows import Row

_SHOWN = (
    "date", "kind", "claim", "mw", "counterparty", "usd_bn", "source", "evidence", "confidence",
    "claim_id",
)  # fmt: skip


def news(site_id: str) -> list[Row]:
    """Give the claims about a listed site, the latest first; they are shown and never scored.

    Returns
    -------
    news
        `date` (as far as it is known: YYYY, YYYY-MM or YYYY-MM-DD), `kind`, `claim`, `mw`,
        `counterparty`, `usd_bn`, `source`, `evidence`, `confidence`, `claim_id`; None: not said.
    """
    claims = read_conversions()
    about = claims[claims["site_id"] == site_id].sort_values(
        ["date", "claim_id"], ascending=[False, True]
    )
    return [
        {name: str(row[name]) if name == "date" else row[name] for name in _SHOWN}
        for row in rows_of(about)
    ]
