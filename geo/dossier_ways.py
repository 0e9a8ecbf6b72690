"""How a site can connect to the grid, in a dossier and wherever else it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.console_connection import cost_note
from geo.document import Block, Paragraph, text_of, value
from geo.dossier_connection import option_name, options_table, terms_table
from geo.dossier_figures import million, why_no_place

if TYPE_CHECKING:
    from geo.rows import Row


def ways(one: Row, *, terms: bool) -> list[Block]:
    """Compare the points that a site can connect to, and what each costs.

    Parameters
    ----------
    one
        What `geo.explain.explain` gives.
    terms
        Whether to show every term of the costs, too.

    Returns
    -------
    blocks
        Why the first stands first, then the points; where no single one can carry the target,
        the target split over several.
    """
    blocks: list[Block] = [Paragraph(why_best(one))]
    for name in ("options", "split"):
        if one[name]:
            blocks += [
                options_table(one, name),
                *([terms_table(one, name)] if terms else []),
                Paragraph(cost_note(one[name], one["cost"]), small=True),
            ]
    return blocks


def why_best(one: Row) -> str:
    """Say why the first of the compared points stands first."""
    target = value(one, "target_mw", "MW").text
    if not one["options"]:
        return why_no_place(one) or f"No point here that could carry {target} is known."
    able = [(i, item) for i, item in enumerate(one["options"]) if item["can"] != "too weak alone"]
    if not able:
        if one["split"]:
            return f"No single point here can carry {target}; the cheapest split is shown."
        return f"No point within reach can carry {target}: each is too weak alone."
    first, best = able[0]
    if one["cost"]["connect_mw"] == 0:
        return (
            f"The energised MW reach the target: nothing has to be built. First stands"
            f" {option_name(best)}, and after it what else could carry {target}."
        )
    words = (
        f"{option_name(best)} is the cheapest here that {best['can']} carry {target}, at"
        f" {text_of(million(one, f'options.{first}.usd_mid'))}"
    )
    more = [
        f"{option_name(item)} costs {text_of(million(one, f'options.{place}.extra_usd'))} more"
        for place, item in able[1:]
        if item["extra_usd"] is not None
    ]
    if best["usd_mid"] is None:
        words = f"{option_name(best)} {best['can']} carry {target}; no cost table covers the place"
    return f"{words}{'; ' + '; '.join(more) if more else ''}. Mid estimates."
