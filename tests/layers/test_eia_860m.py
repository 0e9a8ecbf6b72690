"""EIA's workbook: found by trying back, read by its names, refused where it has changed."""

from __future__ import annotations

import zipfile
from datetime import date

import pandas as pd
import pytest

from layers import Store
from layers._answer import DeadServiceError, FetchError
from layers._bring import Ears, Settings, fetch
from layers._fetch import Asked, DriftError
from layers._staging import Raw
from layers._workbook import hold_to_size, open_workbook
from layers.sources import eia_860m
from tests.layers.workbooks import HEADERS, IDENTITY, unit, write

FULL = {
    "Operating": [
        unit(3, 1, 100.5, **{"Planned Retirement Month": 12, "Planned Retirement Year": 2028}),
        unit(3, "0002", 50, "ST", Status="(SB) Standby/Backup: available"),
        unit(56, "GT-1", 20, "SUN", Latitude=" ", Longitude=" "),
    ],
    "Planned": [
        unit(
            57,
            "A",
            300,
            Status="(U) Under construction, less than or equal to 50 percent complete",
            **{"Planned Operation Month": 6, "Planned Operation Year": 2027},
        ),
        unit(58, "A", 10, Status="(OP) Operating", **{"Planned Operation Year": " "}),
    ],
    "Retired": [unit(9, "x", 9, **{"Retirement Month": " ", "Retirement Year": 2015})],
    "Canceled or Postponed": [unit(10, "x", 1)],
}


def parsed(tmp_path, sheets=None, name="august_generator2026.xlsx", **how):
    tmp_path.mkdir(exist_ok=True)
    path = write(tmp_path / "book.xlsx", FULL if sheets is None else sheets, **how)
    raw = Raw(tmp_path)
    raw.save(name, path.read_bytes(), "https://example.org")
    return eia_860m.parse(raw)


def test_the_months_before_today_are_tried_the_newest_first():
    assert eia_860m.candidates(date(2026, 2, 28))[:3] == [
        ("january", 2026),
        ("december", 2025),
        ("november", 2025),
    ]
    assert len(eia_860m.candidates(date(2026, 2, 1))) == eia_860m.MOST_MONTHS_BACK


def test_every_unit_of_the_four_sheets_by_hand(tmp_path):
    units = parsed(tmp_path).tables["units"].set_index("unit_key")
    assert units.index.tolist() == ["3/1", "3/0002", "56/GT-1", "57/A", "58/A", "9/x", "10/x"]
    assert units["sheet"].tolist() == ["operating"] * 3 + ["planned"] * 2 + ["retired", "canceled"]
    assert units["capacity_mw"].tolist() == [100.5, 50, 20, 300, 10, 9, 1]
    status = units["status_code"].where(units["status_code"].notna(), None)
    assert status.tolist() == ["OP", "SB", "OP", "U", "OP", None, None]
    online = units["online"].where(units["online"].notna(), None)
    assert online.tolist() == ["2001-06"] * 3 + ["2027-06", None, "2001-06", None]
    assert units.at["3/1", "retirement"] == "2028-12"
    assert units.at["9/x", "retirement"] == "2015"  # EIA gives some a year and no month
    assert pd.isna(units.at["56/GT-1", "lat"])
    assert (units.at["3/1", "lat"], units.at["3/1", "lon"]) == (34.4, -100.2)
    assert units.at["3/1", "operator"] == "Some Power Co"


def test_the_cells_are_those_that_openpyxl_reads(tmp_path):
    """The fast reader against the usual one, on the sheet as it stands."""
    path = write(tmp_path / "book.xlsx", {"Operating": [unit(i, i, i / 7) for i in range(1, 400)]})
    usual = pd.read_excel(path, sheet_name="Operating", skiprows=2, engine="openpyxl")
    usual = usual[usual["Generator ID"] != " "].dropna(subset=["Generator ID"])
    raw = Raw(tmp_path)
    raw.save("book.xlsx", path.read_bytes(), "x")
    units = eia_860m.parse(raw).tables["units"]
    assert units["capacity_mw"].tolist() == usual["Nameplate Capacity (MW)"].tolist()
    assert units["plant_code"].tolist() == usual["Plant ID"].astype(int).tolist()
    assert units["generator_id"].tolist() == usual["Generator ID"].astype(int).astype(str).tolist()


def test_titles_blank_lines_and_notes_are_no_rows(tmp_path):
    found = parsed(tmp_path)
    assert found.rows_in == 7
    assert len(found.refused) == 0
    assert found.notes == ("sheets not read: Operating_PR",)


def test_what_cannot_be_used_is_refused_with_where_it_stands_and_why(tmp_path):
    many = [unit(100 + i, "1", 1) for i in range(300)]
    odd = [
        unit(" ", "x", 5),
        unit(4, "1", "a lot"),
        unit(5, "1", 7, Status="(ZZ) Moonlit"),
        unit(100, "1", 2),
    ]
    found = parsed(tmp_path, {"Operating": [*many, *odd]})
    assert found.rows_in == 304 == len(found.tables["units"]) + len(found.refused)
    told = dict(zip(found.refused["row"], found.refused["reason"], strict=True))
    assert list(told) == [f"operating row {row}" for row in (304, 305, 306, 307)]
    assert [reason.split(":")[0] for reason in told.values()] == [
        "unit_key",
        "capacity_mw",
        "status_code",
        "unit_key",
    ]


def test_codes_that_are_new_throughout_are_a_change_of_the_source(tmp_path):
    units = [unit(i, "1", 5, Status="(ZZ) Moonlit" if i < 5 else "(OP) Operating")
             for i in range(1, 100)]  # fmt: skip
    with pytest.raises(DriftError, match=r"4 of 99 units have status codes \['ZZ'\]"):
        parsed(tmp_path, {"Operating": units})


@pytest.mark.parametrize(
    "change",
    [
        {"Plant ID": "Plant Code", "Entity Name": "Utility Name", "Plant State": "State"},
        {
            "Nameplate Capacity (MW)": "NAMEPLATE CAPACITY\n(MW)",
            "Energy Source Code": " Energy Source 1",
        },
    ],
)
def test_names_that_eia_has_used_before_are_known(tmp_path, change):
    sheets = {
        name: [{change.get(key, key): cell for key, cell in row.items()} for row in rows]
        for name, rows in FULL.items()
    }
    headers = {sheet: [change.get(one, one) for one in names] for sheet, names in HEADERS.items()}
    usual, other = tmp_path / "usual", tmp_path / "other"
    pd.testing.assert_frame_equal(
        parsed(other, sheets, headers=headers).tables["units"], parsed(usual).tables["units"]
    )


def test_columns_may_move_and_a_new_one_is_a_note(tmp_path):
    headers = {sheet: ["Rainbow", *reversed(names)] for sheet, names in HEADERS.items()}
    moved, usual = tmp_path / "moved", tmp_path / "usual"
    found = parsed(moved, headers=headers)
    pd.testing.assert_frame_equal(found.tables["units"], parsed(usual).tables["units"])
    assert "sheet Planned: columns not known before: rainbow" in found.notes


def test_columns_that_are_gone_are_named_all_at_once(tmp_path):
    gone = {"Technology", "Status", "Latitude"}
    headers = {"Operating": [name for name in HEADERS["Operating"] if name not in gone]}
    with pytest.raises(
        DriftError,
        match=r"sheet 'Operating': columns missing: latitude, technology, status; found \['bala",
    ):
        parsed(tmp_path, headers=headers)


def test_a_month_without_its_column_is_missed_too(tmp_path):
    headers = {"Retired": [*IDENTITY, "Operating Month", "Operating Year", "Retirement Year",
                           "Latitude", "Longitude"]}  # fmt: skip
    with pytest.raises(DriftError, match="columns missing: retirement month or planned retirement"):
        parsed(tmp_path, headers=headers)


def test_a_sheet_that_is_gone_is_named(tmp_path):
    with pytest.raises(DriftError, match=r"no sheet 'Retired', found \['Operating', 'Planned'"):
        parsed(tmp_path, headers={"Retired": None})


def test_a_sheet_without_column_names_is_told(tmp_path):
    headers = {"Planned": ["Odd", "names"]}
    with pytest.raises(DriftError, match="sheet 'Planned': no row of column names in the first"):
        parsed(tmp_path, headers=headers)


def test_the_month_is_that_of_the_title_else_that_of_the_name(tmp_path):
    assert parsed(tmp_path, month="July 2025").vintage == "2025-07"
    assert parsed(tmp_path, month="-").vintage == "2026-08"
    with pytest.raises(DriftError, match="expected the month of the inventory"):
        parsed(tmp_path / "no", name="x.xlsx", month="-")


def test_a_technology_that_nobody_knew_is_a_note_and_goes_by_its_codes(tmp_path):
    found = parsed(tmp_path, {"Operating": [unit(3, "1", 5, Technology="Gas Marvel")]})
    assert "technologies not known before, classed by their codes: ['Gas Marvel']" in found.notes
    assert len(found.tables["units"]) == 1


def test_what_is_no_workbook_is_told(tmp_path):
    raw = Raw(tmp_path)
    raw.save("august_generator2026.xlsx", b"<html>moved</html>", "x")
    with pytest.raises(DriftError, match=r"august_generator2026\.xlsx is not an Excel workbook"):
        eia_860m.parse(raw)
    with zipfile.ZipFile(raw.path("august_generator2026.xlsx"), "w") as archive:
        archive.writestr("hello.txt", "a zip and no workbook")
    with pytest.raises(DriftError, match="is not an Excel workbook"):
        open_workbook(raw.path("august_generator2026.xlsx"))


def test_a_bomb_is_refused_before_it_is_opened(tmp_path):
    """A gigabyte of zeros in a megabyte, stated as such."""
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry,
    ):
        for _ in range(1_000):
            entry.write(bytes(1_000_000))
    assert path.stat().st_size < 2e6
    with pytest.raises(DriftError, match="unpacks to 1,000 MB, expected at most 600 MB: refused"):
        open_workbook(path)


def test_a_bomb_that_states_too_little_is_refused(tmp_path):
    """The size in the archive's directory says a hundred bytes; the entry holds a million."""
    path = tmp_path / "liar.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(1_000_000))
    content = bytearray(path.read_bytes())
    real, stated = (1_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little")
    assert content.count(real) == 2
    path.write_bytes(bytes(content).replace(real, stated))
    with pytest.raises(zipfile.BadZipFile, match=r"xl/workbook\.xml is damaged"):
        hold_to_size(path)
    with pytest.raises(DriftError, match="is not an Excel workbook"):
        open_workbook(path)


# over the network


@pytest.fixture
def fetched(tmp_path, monkeypatch):
    """Fetch from an endpoint as on a day when September 2026 is the newest month."""
    monkeypatch.setattr(eia_860m, "_today", lambda: date(2026, 11, 23))
    store = Store(tmp_path / "store")

    def bring(endpoint, *, accept_drift=False, **limits):
        limits = {"attempts": 2, "first_wait_seconds": 0.01, **limits}
        settings = Settings((endpoint,), limits, accept_drift)
        return fetch(eia_860m.SOURCE, eia_860m.FETCH, store, Asked(), settings, Ears())

    return bring


def test_the_newest_month_is_found_by_trying_back(web, fetched):
    version = fetched(web.endpoint("eia_860m"))
    assert version.manifest.vintage == "2026-09"
    assert [one.path.removeprefix("/electricity/data/eia860m/") for one in web.requests] == [
        "xls/october_generator2026.xlsx",
        "archive/xls/october_generator2026.xlsx",
        "xls/september_generator2026.xlsx",
    ]
    units = version.table("units")
    assert version.manifest.rows_in == len(units) + sum(n for _, n, _ in version.manifest.refused)
    assert set(units["sheet"]) == {"operating", "planned", "retired", "canceled"}


def test_older_months_come_from_the_archive(web, fetched, monkeypatch):
    monkeypatch.setattr(eia_860m, "_today", lambda: date(2025, 3, 9))
    assert fetched(web.endpoint("eia_860m")).manifest.vintage == "2025-02"


def test_a_page_in_place_of_a_workbook_is_a_month_that_is_not_there(web, fetched):
    """So EIA answers for months to come."""
    web.misbehave("september_generator2026", "html", None)
    assert fetched(web.endpoint("eia_860m")).manifest.vintage == "2026-08"


def test_an_older_month_never_takes_the_place_of_a_newer_one(web, fetched, tmp_path):
    before = fetched(web.endpoint("eia_860m"))
    web.misbehave("september_generator2026", "html", None)
    with pytest.raises(DriftError, match="is of 2026-08, expected 2026-09 or later, which is sto"):
        fetched(web.endpoint("eia_860m"))
    again = Store(tmp_path / "store").version("eia_860m")
    assert again.manifest == before.manifest
    assert again.problems() == []
    assert fetched(web.endpoint("eia_860m"), accept_drift=True).manifest.vintage == "2026-08"


def test_a_workbook_may_be_named_itself(web, fetched):
    url = f"{web.url}/electricity/data/eia860m/archive/xls/may_generator2024.xlsx"
    assert fetched(url).manifest.vintage == "2024-05"


def test_no_workbook_anywhere_is_told_and_what_was_there_stays(web, fetched, tmp_path):
    before = fetched(web.endpoint("eia_860m"))
    with pytest.raises(FetchError, match=r"found no workbook, neither october_generator2026\.xlsx"):
        fetched(web.url + "/nothing/{month}_generator{YYYY}.xlsx")
    again = Store(tmp_path / "store").version("eia_860m")
    assert again.manifest == before.manifest
    assert again.problems() == []


def test_a_local_workbook_stands_in_for_the_service(tmp_path):
    path = write(tmp_path / "mine.xlsx", FULL)
    store = Store(tmp_path / "store")
    asked = Asked(file=path)
    version = fetch(eia_860m.SOURCE, eia_860m.FETCH, store, asked, Settings(), Ears())
    assert version.manifest.vintage == "2026-08"
    assert len(eia_860m.read(store)) == 7
    assert eia_860m.read(Store.embedded()) is None


def test_download_says_what_it_asked_for_when_nothing_is_a_workbook(web, fetched):
    web.misbehave("_generator", "html", None)
    with pytest.raises(FetchError, match="found no workbook") as caught:
        fetched(web.endpoint("eia_860m"))
    assert not isinstance(caught.value, DeadServiceError)
    assert len(web.requests) == 2 * eia_860m.MOST_MONTHS_BACK
