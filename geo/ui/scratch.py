"""The user's own sites of this session: kept in its memory alone, never on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.sites import complete

if TYPE_CHECKING:
    import pandas as pd

_KEY = "scratch"


def own_sites() -> pd.DataFrame | None:
    """Give the sites on the scratch list, as `geo.sites.complete`; ``None``: there are none.

    A copy: nobody else's list changes with it.
    """
    kept: pd.DataFrame | None = st.session_state.get(_KEY)
    return None if kept is None or kept.empty else kept.copy()


def keep(table: pd.DataFrame) -> None:
    """Put sites on the list; one with the same id takes the other's place."""
    before = own_sites()
    added = complete(table, brought=True)
    if before is not None:
        import pandas as pd

        added = pd.concat([before.drop(index=added.index, errors="ignore"), added])
    st.session_state[_KEY] = added


def drop(ids: list[str]) -> None:
    """Take sites off the list."""
    kept = own_sites()
    if kept is not None:
        st.session_state[_KEY] = kept.drop(index=ids, errors="ignore")
