"""What others wrote can neither steer a terminal nor read other than it is written."""

from __future__ import annotations

import sys
import unicodedata

import pandas as pd
import pytest
import shapely

from layers import _osm, substations
from layers._cells import texts_of
from layers._osm_read import Feature
from layers._printable import printable
from layers._tidy import texts

NASTY = "\x1b]0;pwn\x07Sub\x9b31mstation\u202egnp\u2066"
SEEN = "]0;pwn Sub 31mstation gnp"
BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
MARKS = {"ARABIC LETTER MARK", "LEFT-TO-RIGHT MARK", "RIGHT-TO-LEFT MARK"}


def steers(char):
    """Tell so by Python's own copy of the Unicode database."""
    return (
        unicodedata.category(char) in {"Cc", "Zl", "Zp"}
        or unicodedata.bidirectional(char) in BIDI
        or unicodedata.name(char, "") in MARKS
    )


def test_every_control_character_goes_and_no_other():
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [one for one in every if printable(one) != one] == [
        one for one in every if steers(one) and one != " "
    ]
    assert printable("a\tb\nc\x1b", layout=True) == "a\tb\nc "


def fetched():
    return texts(pd.Series([NASTY, None], name="NAME"))


def imported():
    column = next(one for one in substations.LAYER.columns if one.name == "name")
    return texts_of(pd.Series([NASTY, None]), column, "substations", [])


def mapped():
    tags = {"power": "substation", "name": NASTY}
    features = [
        Feature("node/1", tags, shapely.Point(-100, 34)),
        Feature("node/2", {"power": "substation"}, shapely.Point(-101, 34)),
    ]
    return _osm.tables(features, None)[0]["substations"]["name"]


@pytest.mark.parametrize("read", [fetched, imported, mapped])
def test_no_name_comes_in_with_them(read):
    name, nothing = read()
    assert name.strip() == SEEN
    assert nothing is None
