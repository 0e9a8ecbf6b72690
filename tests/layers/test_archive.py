"""Archives from strangers: what is plain is unpacked, everything else is refused by name."""

from __future__ import annotations

import stat
import struct
import zipfile

import pytest

from layers._archive import MAX_MEMBERS, RATIO_COUNTS_FROM_MB, FileError, unpack

CSV = (".csv",)
CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"


@pytest.fixture
def opened(tmp_path):
    """Unpack an archive with these members; give what was written, by name."""

    def run(*members, suffixes=CSV, method=zipfile.ZIP_DEFLATED, change=None):
        path, folder = tmp_path / "a.zip", tmp_path / "into" / "here"
        folder.mkdir(parents=True)
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, content in members:
                archive.writestr(name, content)
        if change is not None:
            path.write_bytes(change(path.read_bytes()))
        unpack(path, folder, suffixes)
        return {one.relative_to(folder).as_posix(): one.read_bytes() for one in _files(folder)}

    return run


def _files(folder):
    return [one for one in folder.rglob("*") if one.is_file()]


def test_plain_files_come_out_as_they_went_in(opened):
    found = opened(("b/two.csv", "2"), ("one.CSV", "1"), ("readme.txt", "no"), ("empty/", ""))
    assert found == {"b/two.csv": b"2", "one.CSV": b"1"}


def test_a_name_with_backslashes_is_a_path(opened):
    """Some Windows programs write them, against APPNOTE.TXT 4.4.17."""
    assert opened(("b\\two.csv", "2")) == {"b/two.csv": b"2"}


LEADING_OUT = ("../x.csv", "a/../../x.csv", "/x.csv", "C:/x.csv", "c:x.csv", "..\\x.csv", "\\x.csv")


@pytest.mark.parametrize("name", LEADING_OUT)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_leads_out_writes_nothing(opened, tmp_path, name):
    with pytest.raises(FileError, match="leads out of the archive"):
        opened(("good.csv", "1"), (name, "evil"))
    assert [one.name for one in _files(tmp_path)] == ["a.zip"]


def test_a_link_is_refused(opened):
    link = zipfile.ZipInfo("x.csv")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(FileError, match=r"'x.csv' is a link or a device"):
        opened((link, "/etc/passwd"))


def flagged(content):
    """Set bit 0 of the general purpose flag (APPNOTE.TXT 4.4.4) in both headers."""
    for magic, offset in ((LOCAL, 6), (CENTRAL, 8)):
        at = content.index(magic) + offset
        content = content[:at] + b"\x01" + content[at + 1 :]
    return content


def test_an_encrypted_file_is_refused(opened):
    with pytest.raises(FileError, match="is encrypted: unpack it"):
        opened(("x.csv", "secret"), change=flagged)


@pytest.mark.parametrize("name", ["inner.zip", "b/inner.KMZ", "x.tar.gz", "x.7z"])
def test_an_archive_inside_is_refused(opened, name):
    with pytest.raises(FileError, match="archive inside the archive"):
        opened(("x.csv", "1"), (name, "whatever"))


def test_an_archive_inside_under_another_name_is_refused(opened):
    with pytest.raises(FileError, match="archive inside the archive"):
        opened(("x.csv", LOCAL + b"\x00" * 40))


def test_a_bomb_is_stopped_while_it_unpacks(opened, tmp_path):
    with pytest.raises(FileError, match="may be a zip bomb"):
        opened(("x.csv", b"\x00" * 60_000_000))
    assert sum(one.stat().st_size for one in _files(tmp_path / "into")) <= 30_000_000


def test_many_small_bombs_count_together(opened):
    part = b"\x00" * (RATIO_COUNTS_FROM_MB * 400_000)
    with pytest.raises(FileError, match="may be a zip bomb"):
        opened(*((f"{i}.csv", part) for i in range(4)))


def test_what_shrinks_well_is_no_bomb(opened):
    content = b" " * (RATIO_COUNTS_FROM_MB * 900_000)
    assert opened(("x.csv", content)) == {"x.csv": content}


def lying(content):
    """State 10 bytes for the uncompressed size (APPNOTE.TXT 4.3.7 and 4.3.12) in both headers."""
    for magic, offset in ((LOCAL, 22), (CENTRAL, 24)):
        at = content.index(magic) + offset
        content = content[:at] + struct.pack("<I", 10) + content[at + 4 :]
    return content


def test_a_header_that_lies_about_the_size_is_refused(opened):
    with pytest.raises(FileError, match="cannot be unpacked"):
        opened(("x.csv", b"\x00" * 50_000), change=lying)


def test_too_many_files_are_refused(opened):
    with pytest.raises(FileError, match="holds 2,001 files, expected at most 2,000"):
        opened(*((f"{i}.csv", "") for i in range(MAX_MEMBERS + 1)))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_occurs_twice_is_refused(opened):
    with pytest.raises(FileError, match=r"'x.csv' occurs more than once"):
        opened(("x.csv", "1"), ("x.csv", "2"))


def test_another_method_is_refused(opened):
    with pytest.raises(FileError, match="method 12, expected Deflate"):
        opened(("x.csv", "1"), method=zipfile.ZIP_BZIP2)


def test_all_faults_are_told_at_once(opened):
    with pytest.raises(FileError, match=r"(?s)leads out.*archive inside"):
        opened(("../x.csv", "1"), ("y.zip", "2"))


@pytest.mark.parametrize("keep", [30, -5])
def test_a_damaged_archive_is_refused(opened, keep):
    with pytest.raises(FileError, match="expected a whole zip archive"):
        opened(("x.csv", "1" * 500), change=lambda content: content[:keep])


def test_a_damaged_file_inside_is_refused(opened):
    spoil = lambda content: content[:40] + b"\xff\xff\xff" + content[43:]  # noqa: E731
    with pytest.raises(FileError, match="expected a whole zip archive"):
        opened(("x.csv", bytes(range(256)) * 20), change=spoil)
