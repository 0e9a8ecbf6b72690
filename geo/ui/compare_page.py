"""Two to six sites side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.ui.choice import Choice


def page(choice: Choice, assessment: Assessment) -> None:
    """Draw the page."""
    del choice, assessment
    st.title("Two to six sites side by side")
