"""One site: its dossier, as the command `dossier` writes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from geo.document_file import rendered
from geo.dossier import dossier
from geo.dossier_command import made_by
from geo.explain import explain
from geo.ranking import in_order
from geo.robustness import Uncertainty, usual_draws
from geo.scenario import load_scenario
from geo.ui import cached
from geo.ui.document_view import show_document
from geo.ui.plain import plain

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.document import Document
    from geo.rows import Row
    from geo.ui.choice import Choice

_KINDS = {".html": "text/html", ".pdf": "application/pdf"}


def page(choice: Choice, assessment: Assessment) -> None:
    """Draw the page."""
    if assessment.sites.empty:
        st.title("Site")
        st.info("No site is selected: widen the region or drop a filter in the sidebar.")
        return
    document = _document(choice, assessment, _site(choice, assessment))
    _offer(document)
    show_document(document)


def _site(choice: Choice, assessment: Assessment) -> str:
    """Give the chosen site; where there is none in the selection, say so and give the best."""
    if choice.site is not None:
        return choice.site
    best: str = in_order(assessment.rank).tolist()[0]
    name = assessment.sites["name"].to_dict()[best]
    wanted = st.session_state.get("site")  # chosen, but not among the sites that are asked about
    if wanted is None:
        st.text(f"No site is chosen: this is the one that ranks best, {name}.")
    else:
        st.warning(
            plain(
                f"{wanted} is not among the sites that pass region and filters: this is {name},"
                " which ranks best of those that do. Widen the region or take filters off."
            )
        )
    return best


def _document(choice: Choice, assessment: Assessment, site_id: str) -> Document:
    robust = cached.robust(
        choice.key, Uncertainty(draws=usual_draws(len(assessment.sites))), assessment
    )
    layers = cached.layers()
    one = explain(assessment, site_id, robust, layers)
    return dossier(one, layers, _made_by(one, choice))


def _made_by(one: Row, choice: Choice) -> str:
    """Say how the same is made again, as far as a command can."""
    among = f"Made in the app; ranks are among its {one['of']} selected and ranked sites."
    if one["brought"]:
        return f"{among} The site was brought by the user."
    if choice.scenario.shares != load_scenario(choice.scenario.name).shares:
        return f"{among} The weights were set by hand: the shares stand with the criteria."
    return f"{among} {made_by(one, choice.scenario.name)}"


def _offer(document: Document) -> None:
    """Show the buttons; a file is made when its button is pressed."""
    site_id = document.subject.split(" ", 1)[0]
    with st.container(horizontal=True):
        for suffix, kind in _KINDS.items():
            st.download_button(
                f"Download as {suffix[1:].upper()}",
                partial(rendered, document, suffix),
                f"{site_id}{suffix}",
                kind,
                on_click="ignore",
                help="The same dossier as one file that loads nothing from elsewhere.",
            )
