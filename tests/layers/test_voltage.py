"""The voltage parser against tags read by hand, and against the one rule: invent nothing."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers._voltage import Voltage, read_voltage

with (Path(__file__).parent / "voltage_tags.csv").open(encoding="utf-8", newline="") as stream:
    TAGS = list(csv.DictReader(stream))

VOLTS = st.integers(1201, 1_200_000)
ENTRIES = st.lists(VOLTS, min_size=1, max_size=6)
TAG_LIKE = st.one_of(
    st.text(),
    st.text(alphabet="0123456789;/|,. kKvV-~?<>+eE\u00a0", max_size=30),
    st.lists(
        st.sampled_from(
            [
                "138000",
                "69 kV",
                "345",
                "0",
                "12.5/7.2 kV",
                "13,800",
                "n/a",
                "1e5",
                "115 500",
                "",
                "-5",
            ]
        ),
        max_size=5,
    ).map(";".join),
)


def numbers_written(tag):
    """Every number that a reader can find in a tag, with and without marks of thousands."""
    plain = re.findall(r"[0-9]+(?:\.[0-9]+)?", tag)
    joined = re.findall(r"[0-9]+(?:\.[0-9]+)?", re.sub(r"(?<=[0-9])[,\s](?=[0-9]{3})", "", tag))
    return {float(one) for one in plain + joined}


def test_the_table_is_large_enough_and_repeats_nothing():
    tags = [row["tag"] for row in TAGS]
    assert len(tags) >= 40
    assert len(set(tags)) == len(tags)
    assert all(row["remark"] for row in TAGS)


@pytest.mark.parametrize("row", TAGS, ids=lambda row: row["tag"])
def test_a_tag_from_the_map_is_read_as_by_hand(row):
    expected = tuple(float(kv) for kv in row["kv"].split(";") if kv)
    assert read_voltage(row["tag"]).levels_kv == expected


@given(TAG_LIKE)
def test_no_voltage_is_invented(tag):
    written = numbers_written(tag)
    for kv in read_voltage(tag).entries_kv:
        in_kv = kv in written and "kv" in tag.lower()
        assert in_kv or kv in {number / 1000 for number in written}
        assert 0 < kv <= 1200


@given(ENTRIES)
def test_what_the_wiki_prescribes_is_read_whole(volts):
    tag = ";".join(map(str, volts))
    assert read_voltage(tag) == Voltage(tuple(volt / 1000 for volt in volts))


@given(st.permutations(["345000", "138 kV", "13.8 kV", "400", "n/a"]), st.data())
def test_order_repeats_and_blanks_do_not_matter(entries, data):
    repeats = data.draw(st.lists(st.sampled_from(entries)))
    blanks = st.text(alphabet=" \t\u00a0", max_size=3)
    tag = ";".join(
        f"{data.draw(blanks)}{entry}{data.draw(blanks)}" for entry in [*entries, *repeats]
    )
    assert read_voltage(tag).levels_kv == (345.0, 138.0, 13.8, 0.4)


@given(st.text(alphabet=st.characters(exclude_categories=("N",))))
def test_a_text_without_a_digit_says_nothing(tag):
    assert read_voltage(tag).entries_kv == ()


@given(VOLTS, st.sampled_from(["~1", "5-6", "1e5", "2000000", "x9", "10⁵", "<3", "-4", "7?"]))
def test_a_number_that_cannot_be_read_might_be_the_highest(volts, unread):
    assert read_voltage(f"{volts};{unread}").entries_kv == ()


@pytest.mark.parametrize("tag", [None, math.nan, 138000, 138.0, True, b"138000", ["138000"]])
def test_what_is_no_text_says_nothing(tag):
    assert read_voltage(tag) == Voltage()


@pytest.mark.parametrize(
    ("tag", "highest", "lowest"),
    [
        ("345000;138000", 345.0, 138.0),
        ("345000", 345.0, math.nan),
        ("345000;345000", 345.0, math.nan),
        ("345000;138000;n/a", 345.0, math.nan),
        ("15000;7200;0", 15.0, math.nan),
        ("medium", math.nan, math.nan),
    ],
)
def test_the_lowest_is_known_where_the_tag_is_whole_and_has_two_levels(tag, highest, lowest):
    voltage = read_voltage(tag)
    assert (voltage.max_kv, voltage.min_kv) == pytest.approx((highest, lowest), nan_ok=True)
