"""Data and assumptions: what there is, what changed, is it whole, what nobody knows, versions."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from geo.assess import assess
from geo.columns import COLUMNS
from geo.console_data import (
    absent_lines,
    feeds,
    problem_lines,
    refused_lines,
    verdict_lines,
    voltage_lines,
)
from geo.console_diff import changed_in, most_by, move_lines, rank_lines, source_line
from geo.criteria import CRITERIA
from geo.data_diff import EMBEDDED, PREVIOUS, changes_table
from geo.explain import FIRM_SERVICE
from geo.finding_columns import UPPER_BOUND
from geo.report import assumption_table
from geo.selection import select
from geo.sites import embedded_sites
from geo.store_verify import verify
from geo.store_words import ABSENT
from geo.ui import cached
from geo.ui.download import offer_csv
from geo.ui.search_view import show_searchable
from geo.ui.versions_view import version_rows
from layers import default_store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.assess import Assessment
    from geo.data_diff import DataDiff
    from geo.rank_moves import Move
    from geo.store_status import Status
    from geo.store_verify import Verdict
    from geo.ui.choice import Choice
    from layers import Layers

_LAYER_COLUMNS = {
    "layer": "a layer of the map, and the evidence of one or more criteria",
    "state": "embedded, fetched, imported, or absent: then its criteria are unknown",
    "rows": "how many places or lines it holds",
    "vintage": "the date of its data, as the source states it",
    "area": "where it is complete: beyond, what it lacks is unknown, not absent",
    "from": "the datasets behind it, and how many rows each gave",
    "licence": "the terms on which each dataset may be used and passed on",
    "days old": "days since it was fetched or imported; blank: embedded",
    "kV known, %": "rows with a voltage, percent of all; blank: its rows have none",
    "refused": "rows that came with it and could not be used; their reasons are below",
    "in quarantine": "rows held back until someone looks at them",
    "MB": "on this machine's disk, megabytes",
}
_WIDTHS = {"area": 190, "from": 250, "licence": 250}
"""Pixels: so wide that source, vintage, licence and coverage are seen without scrolling."""

_WAYS = {PREVIOUS: "the versions before", EMBEDDED: "the embedded tables alone"}


def page(choice: Choice, assessment: Assessment) -> None:
    """Draw the page."""
    st.title("What does this rest on?")
    found = cached.status(datetime.now(UTC).date())
    _there(found)
    st.header("What changed, and which ranks moved?")
    _changed(choice, found)
    st.header("Is it whole?")
    if st.button("Check every hash and every column"):
        with st.spinner("Checking every hash and every column"):
            _whole(verify(default_store()))
    st.header("What does the tool not know?")
    _unknown(assessment, found)
    st.header("Where does every number come from?")
    show_searchable(
        assumption_table(),
        "Find a number, a source or a meaning",
        key="find-assumption",
        alt="Every number that the model uses, with its unit, its meaning and its source",
    )
    st.header("What does every column mean?")
    dictionary = [(one.name, one.unit, one.meaning) for one in COLUMNS]
    show_searchable(
        pd.DataFrame(dictionary, columns=["column", "unit", "meaning"]),
        "Find a column",
        key="find-column",
        alt="Every column of the ranked table, with its unit and its meaning",
    )
    st.header("Which versions are these?")
    st.dataframe(
        version_rows(found),
        hide_index=True,
        alt="Versions of the program, of the data, of Python and of its libraries",
    )


def _there(found: Status) -> None:
    st.header("What is there?")
    st.dataframe(
        layer_rows(found),
        hide_index=True,
        column_config={
            name: st.column_config.Column(help=meaning, width=_WIDTHS.get(name))
            for name, meaning in _LAYER_COLUMNS.items()
        },
        placeholder="",
        alt="The layers, with source, vintage, licence and the area where each is complete",
    )
    _lines(voltage_lines(found))
    there = source_rows(found)
    if len(there):
        st.text("Fetched and imported:")
        st.dataframe(there, hide_index=True, alt="What was fetched and imported, by source")
    _lines(refused_lines(found) + problem_lines(found) + absent_lines(found))
    st.caption(f"Fetched and imported data are in {found.folder}.")


def layer_rows(found: Status) -> pd.DataFrame:
    """Give one row per layer, the datasets behind one joined; what no layer has is left out."""
    return pd.DataFrame(
        {
            "layer": one.layer,
            "state": one.state,
            "rows": one.rows,
            "vintage": "; ".join(origin.vintage for origin in one.origins),
            "area": "; ".join(dict.fromkeys(origin.area for origin in one.origins)),
            "from": "; ".join(f"{origin.title} ({origin.rows:,})" for origin in one.origins),
            "licence": "; ".join(dict.fromkeys(origin.licence for origin in one.origins)),
            "days old": one.age_days,
            "kV known, %": None if one.voltages is None else round(100 * one.voltages.share, 1),
            "refused": one.refused,
            "in quarantine": one.quarantined,
            "MB": round(one.disk_mb, 1),
        }
        for one in found.layers
    ).dropna(axis="columns", how="all")


def source_rows(found: Status) -> pd.DataFrame:
    """Give one row per source that was fetched or imported."""
    return pd.DataFrame(
        {
            "source": one.source,
            "state": one.state,
            "rows in": one.rows_in,
            "kept": one.rows_kept,
            "feeds": feeds(one),
            "vintage": one.vintage,
            "retrieved": (one.retrieved_at or "")[:10],
            "days old": one.age_days,
            "MB": round(one.disk_mb, 1),
            "area": one.area,
            "licence": one.licence,
        }
        for one in found.sources
        if one.state != ABSENT
    )


def _lines(lines: list[str]) -> None:
    for line in filter(None, lines):
        st.text(line)


def _whole(found: Verdict) -> None:
    lines = verdict_lines(found)
    told = 1 + len(found.problems) + len(found.harmless)
    _lines(lines[:told])
    with st.expander("What was checked"):
        _lines(lines[told:])


def _changed(choice: Choice, found: Status) -> None:
    if all(one.version is None for one in found.sources):
        st.text("Nothing was fetched or imported, so nothing can have changed.")
        return
    against = st.radio("Compared with", list(_WAYS), format_func=_WAYS.get, horizontal=True)
    if not st.toggle("Compare and rank both ways; takes some seconds"):
        return
    judged = partial(_judged, choice)
    _differences(cached.diff(f"{choice.key} {against}", against, judged))


def _judged(choice: Choice, layers: Layers) -> Assessment:
    sites = embedded_sites(layers)
    question = cached.question(choice.target_mw)
    one = assess(sites, layers, choice.scenario, question)
    return one.only(select(sites, choice.selection))


def _differences(diff: DataDiff) -> None:
    _lines([source_line(one) for one in diff.sources])
    st.dataframe(table_rows(diff), hide_index=True, alt="Rows added, removed and changed")
    _lines(rank_lines(diff.ranks))
    moves = {one.site_id: one for one in (*diff.ranks.moves, *diff.ranks.rescored)}
    if moves:
        st.dataframe(
            move_rows(moves.values()), hide_index=True, alt="Sites whose rank or score moved"
        )
        names = cached.sites()["name"].dropna().to_dict()
        site = st.selectbox(
            "Why does this site stand otherwise?",
            list(moves),
            format_func=lambda one: moves[one].name,
        )
        _lines(move_lines(moves[site], {str(key): str(name) for key, name in names.items()}))
    offer_csv(
        "Download every change and every reason as CSV", changes_table(diff), "changes.csv",
        diff.attribution,
    )  # fmt: skip


def table_rows(diff: DataDiff) -> pd.DataFrame:
    """Give one row per table that may have changed."""
    return pd.DataFrame(
        {
            "of": one.source,
            "table": one.table,
            "rows before": one.rows_before,
            "rows now": one.rows_after,
            "added": one.added,
            "removed": one.removed,
            "changed": one.changed,
            "changed in": changed_in(one),
        }
        for one in diff.tables
    )


def move_rows(moves: Iterable[Move]) -> pd.DataFrame:
    """Give one row per site whose rank or score moved."""
    return pd.DataFrame(
        {
            "rank was": one.rank_before,
            "rank is": one.rank_after,
            "site": one.name,
            "score was": round(one.score_before, 4),
            "score is": round(one.score_after, 4),
            "coverage was, %": round(100 * one.coverage_before),
            "coverage is, %": round(100 * one.coverage_after),
            "most by": most_by(one),
        }
        for one in moves
    )


def _unknown(assessment: Assessment, found: Status) -> None:
    st.dataframe(gaps(assessment), hide_index=True, alt="Sites without evidence, by criterion")
    st.caption("Of the chosen sites. An unknown adds nothing to a score, and is never guessed.")
    absent = [one.title for one in found.layers if one.state == ABSENT]
    if absent:
        st.text(
            f"Layers that are not there, so that nothing of theirs is known: {'; '.join(absent)}."
        )
    st.text(f"Headroom: a firm capability is {UPPER_BOUND}.")
    st.text(f"Firm service: {FIRM_SERVICE}.")


def gaps(assessment: Assessment) -> pd.DataFrame:
    """Say of each criterion at how many sites it has no evidence, the weightiest gap first."""
    lacking = assessment.scores.utilities.isna().sum()
    shares = assessment.scenario.shares
    rows = [
        (one.title, int(lacking[one.id]), len(assessment.sites), round(100 * shares[one.id], 1))
        for one in sorted(CRITERIA, key=lambda one: -shares[one.id] * lacking[one.id])
    ]
    return pd.DataFrame(
        rows, columns=["criterion", "sites without evidence", "of", "share of the weight, %"]
    )
