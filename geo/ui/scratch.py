"""The user's own sites of this session: kept in its memory alone, never on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from geo.sites import complete

if TYPE_CHECKING:
    from collections.abc import Iterable

_KEY = "scratch"
_SAID = "scratch-said"


def own_sites() -> pd.DataFrame | None:
    """Give the sites on the scratch list, as `geo.sites.complete`; ``None``: there are none.

    A copy: nobody else's list changes with it.
    """
    kept: pd.DataFrame | None = st.session_state.get(_KEY)
    return None if kept is None or kept.empty else kept.copy()


def own_ids() -> list[str]:
    """Give the ids on the list."""
    kept = own_sites()
    return [] if kept is None else list(kept.index)


def keep(table: pd.DataFrame) -> None:
    """Put sites on the list; one with the same id takes the other's place."""
    before = own_sites()
    added = complete(table, brought=True)
    if before is not None:
        # a site that is changed stays where it stands in the list
        order = [*before.index, *added.index.difference(before.index, sort=False)]
        rest = before.drop(index=added.index, errors="ignore")
        added = pd.concat([one for one in (rest, added) if len(one)]).loc[order]
    st.session_state[_KEY] = added


def drop(ids: list[str]) -> None:
    """Take sites off the list."""
    kept = own_sites()
    if kept is not None:
        st.session_state[_KEY] = kept.drop(index=ids, errors="ignore")


def say(lines: Iterable[str], *, wrong: bool = False) -> None:
    """Leave words for the next time that the page is drawn."""
    st.session_state.setdefault(_SAID, []).extend((line, wrong) for line in lines)


def said() -> list[tuple[str, bool]]:
    """Give the words that were left, once, and whether they tell of something wrong."""
    left: list[tuple[str, bool]] = st.session_state.pop(_SAID, [])
    return left
