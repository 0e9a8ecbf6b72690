"""How other methods rank the sites, and how other ways weigh the criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from geo.console_methods import disputed, legend
from geo.method_reasons import methods_table, notes, place
from geo.methods import METHODS, compare_methods
from geo.rows import rows_of
from geo.weighting import notes as weighting_notes
from geo.weighting import weigh

if TYPE_CHECKING:
    from geo.assess import Assessment

_SHOWN = 25
_WAYS = {"share": "scenario", "entropy": "entropy", "critic": "CRITIC"}


def show_methods(assessment: Assessment) -> None:
    """Draw the top sites' ranks by method, the agreement of the methods, and the reasons."""
    comparison = compare_methods(assessment)
    table = methods_table(comparison)
    top = table.head(_SHOWN)
    ranks = pd.DataFrame({"site": top["name"]})
    for method in METHODS:
        ranks[method.title] = [place(comparison, site, method.id) for site in top["site_id"]]
    ranks["layer"], ranks["ranks apart"] = top["pareto_layer"], top["spread"]
    st.dataframe(ranks, hide_index=True)
    if len(table) > _SHOWN:
        st.caption(f"The first {_SHOWN} of {len(table)} ranked sites, by the weighted sum.")
    titles = {method.id: method.title for method in METHODS}
    st.text("Agreement of the orders, Kendall's tau-b: 1 the same, 0 none, -1 reversed")
    agreed = comparison.tau.rename(index=titles, columns=titles).round(2)
    st.dataframe(agreed.rename_axis("").reset_index(), hide_index=True)
    st.text("Where the methods are farthest apart, of all ranked sites, and why")
    for row in rows_of(disputed(comparison, table)):
        st.text(f"{row['name']} ({row['spread']} ranks apart): {row['why']}.")
    for line in (*notes(comparison), legend()):
        st.caption(line)


def show_weights(assessment: Assessment) -> None:
    """Draw the scenario's shares beside the weights of entropy and CRITIC."""
    weighting = weigh(assessment)
    table = (100 * weighting.table[list(_WAYS)]).round(1).rename(columns=_WAYS)
    table["sites known"] = weighting.table["known_sites"]
    st.text("Weights, %")
    st.dataframe(table.rename_axis("criterion").reset_index(), hide_index=True)
    for line in weighting_notes(weighting):
        st.caption(line)
