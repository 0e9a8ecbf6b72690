"""Adds sites of the user's own: a point, a file, a copy of a listed site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.coordinates import LONGEST, CoordinateError, parse_point
from geo.own_sites import OwnSiteError, checked, copy_of, new_point, owned
from geo.site_tables import SUFFIXES
from geo.ui import cached, scratch
from geo.ui.choice import select_site
from geo.ui.edit_site import LONGEST_NAME, edit
from geo.ui.find_place import ask_which, forget, how_good, look_up, show_found, words
from geo.ui.plain import plain
from geo.upload import MAX_UPLOAD_MB, MOST_SITES, Upload, read_upload, too_many

if TYPE_CHECKING:
    import pandas as pd

    from geo.rows import Row

_TEXT, _NAME, _MW, _KV = "point-text", "point-name", "point-mw", "point-kv"
_FILE, _OUTCOME = "upload", "upload-outcome"
_COPIED = "copy-of"
_TALL, _WIDE = 110, 250
_DIGITS = 5
"""Decimals of a clicked point: one metre."""


def show_ways() -> None:
    """Draw the three ways to add a site; the fourth is the map."""
    by_point, by_file, by_copy = st.tabs(
        ["By coordinates or name", "From a file", "Copy of a listed site"], key="ways"
    )
    with by_point:
        _point_form()
        show_found(_add_found)
    with by_file:
        _file_form()
    with by_copy:
        _copy_form()


def add_clicked(lat: float, lon: float) -> None:
    """Add a point that was set on the map."""
    _add_point(round(lat, _DIGITS), round(lon, _DIGITS), "")


def _point_form() -> None:
    with st.form("add-point", border=False):
        st.text_input(
            "Coordinates, or the name of a campus, substation or city", key=_TEXT,
            placeholder="34.383, -100.057 or New Carlisle", max_chars=LONGEST,
            help="Latitude and longitude, WGS 84: decimal degrees, degrees minutes seconds with"
            " N, S, E, W, or ISO 6709. Or a name, or a part of it.",
        )  # fmt: skip
        st.text_input(
            "Name", key=_NAME, placeholder="by its place", max_chars=LONGEST_NAME,
            help="What to call the point",
        )  # fmt: skip
        left, right = st.columns(2)
        left.number_input(
            "Energised, MW", 0.0, key=_MW, format="%g",
            help="MW that can be drawn there today; 0: nothing stands there yet",
        )  # fmt: skip
        right.number_input(
            "Own connection, kV", 1.0, value=None, key=_KV, format="%g", placeholder="not known",
            help="Voltage of the site's own grid connection; blank: not known, or none",
        )  # fmt: skip
        st.form_submit_button("Add the point", on_click=_add_typed)


def _add_typed() -> None:
    forget()
    text = st.session_state[_TEXT]
    try:
        lat, lon = parse_point(text)
    except CoordinateError as error:
        _add_named(text, error)
        return
    _add_point(lat, lon, st.session_state[_NAME], **_typed())


def _typed() -> dict[str, object]:
    state = st.session_state
    return {"energised_mw": state[_MW], "interconnection_kv": state[_KV]}


def _add_named(text: str, error: CoordinateError) -> None:
    """Take what is no point for a name; ask where several are called so."""
    found = look_up(text)
    if len(found) == 1:
        _add_found(found[0])
    elif found:
        ask_which(text, found)
    else:
        scratch.say([f"{error} Nor is a campus, substation or larger city called so."], wrong=True)


def _add_found(place: Row) -> None:
    forget()
    name = st.session_state[_NAME].strip() or f"At {place['name']}"
    known = {**_typed(), "coord_precision": place["coord_precision"]}
    if _add_point(place["lat"], place["lon"], name, **known):
        scratch.say([f"Its place: {words(place)}.", *how_good(place)])


def _add_point(lat: float, lon: float, name: str, **known: object) -> bool:
    return _add(new_point(lat, lon, name, scratch.own_ids(), **known))


def _add(row: Row) -> bool:
    """Check a row, put it on the list and turn to it, or say why not; tell which."""
    try:
        brought = checked([row], cached.sites())
    except OwnSiteError as error:
        scratch.say([str(error)], wrong=True)
        return False
    scratch.keep(brought.sites.reset_index())
    _turn_to(row["site_id"])
    scratch.say([f"Added: {row['name']}.", *brought.notes])
    return True


def _turn_to(site_id: str) -> None:
    """Choose a site everywhere: the map flies to it, and its dossier is a click away."""
    select_site(site_id)
    edit(site_id)


def _file_form() -> None:
    st.file_uploader(
        "A file of sites", [one.removeprefix(".") for one in SUFFIXES if one != ".shp"],
        key=_FILE, on_change=_read, max_upload_size=MAX_UPLOAD_MB,
        help=f"At most {MAX_UPLOAD_MB} MB and {MOST_SITES:,} sites: CSV, GeoJSON, GeoPackage,"
        " Parquet, FlatGeobuf, KML, a shapefile in a zip archive. It needs lat and lon (or points);"
        " every other column of the data page's dictionary that it has is used. It stays in this"
        " session.",
    )  # fmt: skip
    outcome: Upload | None = st.session_state.get(_OUTCOME)
    if outcome is None:
        return
    one = len(outcome.refused) == 1
    st.warning(
        plain(
            f"{outcome.name}: {len(outcome.refused)} thing{'' if one else 's'} cannot be used as"
            f" {'it stands' if one else 'they stand'}, and nothing was added."
        )
    )
    st.dataframe(
        outcome.refused, hide_index=True, alt="What cannot be used, by row and column",
        row_height=_TALL,  # so tall that a message runs on over lines, and is read whole
        column_config={"breach": st.column_config.Column("what is wrong", width=_WIDE)},
        placeholder="",
    )  # fmt: skip
    if outcome.sites is not None:
        good = len(outcome.sites)
        st.button(f"Take the {good} good row{'' if good == 1 else 's'}", on_click=_take_good)


def _read() -> None:
    """Read what was uploaded; sound files are added at once, others are told row by row."""
    st.session_state.pop(_OUTCOME, None)
    file = st.session_state[_FILE]
    if file is None:
        return
    outcome = read_upload(file.name, file.getvalue(), cached.sites())
    if outcome.sites is None or len(outcome.refused):
        st.session_state[_OUTCOME] = outcome
        return
    _take(outcome, outcome.sites)


def _take_good() -> None:
    outcome: Upload | None = st.session_state.pop(_OUTCOME, None)
    if outcome is not None and outcome.sites is not None:
        _take(outcome, outcome.sites)


def _take(outcome: Upload, sites: pd.DataFrame) -> None:
    table = owned(sites, outcome.name)
    before = set(scratch.own_ids())
    again = len(set(table["site_id"]) & before)
    if (together := len(before | set(table["site_id"]))) > MOST_SITES:
        scratch.say([too_many(f"With {outcome.name} the list has {together:,} sites")], wrong=True)
        return
    scratch.keep(table)
    _turn_to(str(table["site_id"].iloc[0]))
    words = f", {again} of them in the place of earlier ones" if again else ""
    many = f"{len(table)} site{'' if len(table) == 1 else 's'}"
    scratch.say([f"Added: {many} of {outcome.name}{words}.", *outcome.notes])


def _copy_form() -> None:
    listed = cached.sites()
    options, chosen = list(listed.index), st.session_state.get("site")
    names = listed["name"]
    st.selectbox(
        "Site to copy", options, key=_COPIED,
        index=options.index(chosen) if chosen in options else 0,
        format_func=lambda one: f"{names[one] or one} ({one})",
        help="The copy can be changed below; the listed site stays as it is.",
    )  # fmt: skip
    st.button("Copy it", on_click=_copy)


def _copy() -> None:
    _add(copy_of(cached.sites(), st.session_state[_COPIED], scratch.own_ids()))
