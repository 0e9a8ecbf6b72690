"""Points as people write them: answers from ISO 6709 and GNIS, not from our code."""

from __future__ import annotations

import re

import pytest

from geo.coordinates import CoordinateError, parse_point

LIBERTY = (40.689167, -74.044444)
"""The Statue of Liberty, 40°41'21"N 74°02'40"W (GNIS)."""


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        # ISO 6709:2008, annex H, and Wikipedia's list of examples of it
        ("+40.20361-075.00417CRSWGS_84/", 40.20361, -75.00417),
        ("+40-075CRSWGS_84/", 40, -75),
        ("+4012-07500/", 40.2, -75),
        ("+401213-0750015/", 40.20361, -75.00417),
        ("+401213.1-0750015.1+2.79CRSWGS_84/", 40.2036389, -75.0041944),
        ("+27.5916+086.5640+8850CRSWGS_84/", 27.5916, 86.5640),
        ("-90+000+2800CRSWGS_84/", -90, 0),
        ("50°40\u203246,461\u2033N 95°48\u203226,533\u2033W", 50.67957250, -95.80737028),
        ("50°03\u203246.461\u2033S 125°48\u203226.533\u2033E", -50.06290583, 125.80737028),
        # the Statue of Liberty, written in many ways
        ("40°41'21\"N 74°02'40\"W", *LIBERTY),
        ("40º41\u201921\u201dN, 74º2\u201940\u201dW", *LIBERTY),
        ("N 40° 41' 21'' W 74° 2' 40''", *LIBERTY),
        ("74d2'40\"W 40d41'21\"N", *LIBERTY),
        ("40 41 21 N 74 02 40 W", *LIBERTY),
        ("40 41 21, -74 02 40", *LIBERTY),
        ("40 deg 41.35 min n, 74 deg 2.66667 min w", *LIBERTY),
        ("40.689167, -74.044444", *LIBERTY),
        ("40.689167 -74.044444", *LIBERTY),
        ("40.689167,-74.044444", *LIBERTY),
        ("40,689167; -74,044444", *LIBERTY),
        ("40,689167 -74,044444", *LIBERTY),
        ("  40.689167N,74.044444W ", *LIBERTY),
        ("\u221233.8568, 151.2153", -33.8568, 151.2153),
    ],
)
def test_points_as_people_write_them(text, lat, lon):
    assert parse_point(text) == pytest.approx((lat, lon), abs=5e-6)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "No coordinates were given"),
        ("Childress", "cannot be read as two coordinates, expected latitude and longitude"),
        ("34.383", "cannot be read as two coordinates"),
        ("34.383, -100.057, 5", "is no coordinate"),
        ("95, -100", "latitude in '95, -100' is 95, expected -90 to 90 degrees"),
        ("34, 200", "longitude in '34, 200' is 200, expected -180 to 180"),
        ("-100.057, 34.383", "The two look swapped: latitude comes first"),
        ("34N 100N", "gives the latitude twice"),
        ("-34 N, 100 W", "has a sign and N: keep one"),
        ("34°60'N 100°W", "60 minutes, expected less than 60"),
        ("34°61'N 100°W", "61 minutes, expected less than 60"),
        ("34°10'75\"N 100°W", "75 seconds, expected less than 60"),
        ("34.5°10'N 100°W", "decimals before minutes"),
        ("N 34 N, 100 W", "names a side twice"),
        ("+345-100/", "3 digits before the point, 2, 4 or 6 are possible"),
        ("nan, nan", "is no coordinate"),
        ("1e5, 3", "is no coordinate"),
    ],
)
def test_what_is_no_point_is_refused_in_words(text, said):
    with pytest.raises(CoordinateError, match=re.escape(said)):
        parse_point(text)


def test_an_error_quotes_what_was_typed_as_it_was_typed():
    with pytest.raises(CoordinateError, match=r"'Lake' in 'Lake 41\.7' is no coordinate"):
        parse_point("Lake 41.7")


def test_a_text_of_any_length_is_answered():
    """A pattern that tried every way to share these blanks would take half an hour."""
    with pytest.raises(CoordinateError, match="A text of 8,005 characters is no point, at most"):
        parse_point("1, 2" + " " * 8000 + "x")


def test_many_blanks_are_one():
    wide = "40\u00a0\t 41   21   N" + " " * 150 + "74 02 40 W"
    assert parse_point(wide) == pytest.approx(LIBERTY, abs=5e-6)
