"""Drawings of a dossier: lengths and places mean what they say."""

from __future__ import annotations

import pathlib
import re
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pytest
from PIL import ImageFont
from pyproj import Geod

from geo import drawing_timeline, drawing_waterfall
from geo.drawing import Circle, Label, Path, Rect
from geo.drawing_labels import labels
from geo.drawing_map import SIZE, local_map, place, scale
from geo.drawing_svg import svg
from geo.explain import explain
from geo.vicinity import runs_within

SITE = "iren-childress"
GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def one(assessment, layers):
    return explain(assessment, SITE, layers=layers)


def bars(drawing, colour):
    return [shape for shape in drawing.shapes if isinstance(shape, Rect) and shape.fill == colour]


def test_the_bars_of_the_waterfall_add_up_to_the_score(one):
    drawing = drawing_waterfall.waterfall(one)
    *rows, _key = bars(drawing, drawing_waterfall.ADDS)
    assert len(rows) == len(one["criteria"])
    total = sum(bar.width for bar in rows) / drawing_waterfall.SCALE
    assert total == pytest.approx(one["score"], abs=1e-9)
    for before, after in pairwise(rows):
        assert after.x == pytest.approx(before.x + before.width)
    score = bars(drawing, drawing_waterfall.TOTAL)[0]
    assert score.width / drawing_waterfall.SCALE == pytest.approx(one["score"])
    potential = bars(drawing, drawing_waterfall.COULD_ADD)[0]
    assert potential.width / drawing_waterfall.SCALE == pytest.approx(one["potential"])


def test_proven_and_open_bars_together_come_to_the_potential(one):
    drawing = drawing_waterfall.waterfall(one)
    outlined = [
        shape
        for shape in drawing.shapes
        if isinstance(shape, Rect) and shape.stroke == drawing_waterfall.COULD_ADD
    ]
    could = sum(bar.width for bar in outlined[:-1]) / drawing_waterfall.SCALE
    assert one["score"] + could == pytest.approx(one["potential"], abs=1e-9)
    # and beside each bar it is written, wherever three digits show it
    said = [
        re.search(r"\(\+(.*)\)", shape.text)
        for shape in drawing.shapes
        if isinstance(shape, Label) and shape.text.startswith("+")
    ]
    written = sum(float(found[1]) for found in said if found)
    assert written == pytest.approx(could, abs=0.0006 * len(said))


def curve(drawing, colour):
    return next(
        shape.points for shape in drawing.shapes if isinstance(shape, Path) and shape.tip == colour
    )


@pytest.mark.parametrize("site", [SITE, "bitdeer-rockdale", "iren-oklahoma"])
def test_steps_never_fall_and_show_every_year_end(assessment, layers, site):
    one = explain(assessment, site, layers=layers)
    drawing = drawing_timeline.steps(one)
    level = next(
        shape.points[0][1]
        for shape in drawing.shapes
        if isinstance(shape, Path) and shape.stroke == drawing_timeline.TARGET
    )
    zero = drawing_timeline.HEIGHT - drawing_timeline.BOTTOM
    unit = (zero - level) / one["target_mw"]
    for tip, name in (("P50", "p50_mw"), ("P90", "p90_mw")):
        points = np.array(curve(drawing, tip))
        assert (np.diff(points[:, 0]) >= 0).all()
        assert (np.diff(points[:, 1]) <= 1e-9).all()  # y grows downwards
        ends = [end[name] for end in one["time"]["mw_by_year_end"] if end[name] is not None]
        assert (zero - points[::2, 1]) / unit == pytest.approx(ends, abs=1e-6)
        assert points[::2, 1] == pytest.approx(points[1::2, 1])


def test_years_that_are_not_known_are_not_drawn_as_zero(assessment, layers):
    one = explain(assessment, "iren-oklahoma", layers=layers)
    known = sum(end["p50_mw"] is not None for end in one["time"]["mw_by_year_end"])
    drawing = drawing_timeline.steps(one)
    assert 0 < known < len(one["time"]["mw_by_year_end"])
    assert len(curve(drawing, "P50")) == 2 * known
    labels = [shape.text for shape in drawing.shapes if isinstance(shape, Label)]
    assert "P50 not known from here" in labels


def test_nothing_known_is_nothing_drawn(assessment, layers):
    assert not drawing_timeline.known(explain(assessment, "mara-hopedale", layers=layers))


def test_distances_on_the_map_are_geodesic(one, layers):
    """Karney's geodesics by PROJ, between the site and each point compared, within 1 %."""
    drawing = local_map(one, layers)
    rings = [
        shape
        for shape in drawing.shapes
        if isinstance(shape, Circle) and shape.tip.startswith("tie to")
    ]
    assert len(rings) == len(one["options"])
    for ring, option in zip(rings, one["options"], strict=True):
        _, _, metres = GEOD.inv(one["lon"], one["lat"], option["lon"], option["lat"])
        drawn = np.hypot(ring.x - SIZE / 2, ring.y - SIZE / 2) / scale()
        assert drawn == pytest.approx(metres / 1000, rel=0.01)
        assert drawn == pytest.approx(option["distance_km"], rel=0.01)
        assert (ring.x > SIZE / 2) == (option["lon"] > one["lon"])
        assert (ring.y < SIZE / 2) == (option["lat"] > one["lat"])


def test_distances_between_two_points_of_the_map_are_geodesic_too(one, layers):
    lines = layers["transmission_lines"].table
    for _, pieces in runs_within(lines, one["lat"], one["lon"], 40)[:20]:
        for piece in pieces:
            km = np.hypot(*(piece[-1] - piece[0]))
            ends = []
            for east, north in (piece[0], piece[-1]):
                azimuth = np.degrees(np.arctan2(east, north))
                ends += GEOD.fwd(one["lon"], one["lat"], azimuth, np.hypot(east, north) * 1000)[:2]
            assert km == pytest.approx(GEOD.inv(*ends)[2] / 1000, rel=0.01)


def test_the_scale_bar_is_ten_km(one, layers):
    bar = [shape for shape in local_map(one, layers).shapes if isinstance(shape, Rect)]
    halves = [shape for shape in bar if shape.stroke == "ink"]
    assert sum(shape.width for shape in halves) == pytest.approx(10 * scale())
    east = place(np.array([[10.0, 0.0]]))[0][0] - SIZE / 2
    assert east == pytest.approx(10 * scale())


def test_every_station_within_reach_is_drawn(one, layers):
    """Counted by PROJ, one station after the other."""
    table = layers["substations"].table
    _, _, metres = GEOD.inv(
        np.full(len(table), one["lon"]), np.full(len(table), one["lat"]), table["lon"], table["lat"]
    )
    marks = [
        shape
        for shape in local_map(one, layers).shapes
        if isinstance(shape, Rect) and shape.tip and "kV" in shape.tip
    ]
    assert len(marks) == (np.asarray(metres) <= 40_000).sum() == one["within_reach"]["substations"]


def test_a_campus_known_to_its_county_is_hollow_with_its_range_in_dashes(one, layers):
    """Childress county reaches 31 km from its centroid (Census county outlines)."""
    said = "Crusoe / Lancium Childress, campus, planned: known to its county, up to 31 km from here"
    drawn = [shape for shape in local_map(one, layers).shapes if getattr(shape, "tip", "") == said]
    (mark,) = (shape for shape in drawn if shape.closed)
    assert mark.fill == ""
    centre = np.mean(mark.points, axis=0)
    dashed = [shape for shape in drawn if not shape.closed]
    assert dashed
    for shape in dashed:
        assert shape.dash
        away = np.hypot(*(np.array(shape.points) - centre).T) / scale()
        assert away == pytest.approx(np.full(len(away), 31), rel=0.01)
        from_site = np.hypot(*(np.array(shape.points) - SIZE / 2).T) / scale()
        assert (from_site <= 40.001).all()


@pytest.mark.parametrize(
    "site", [SITE, "bitdeer-rockdale", "cipher-barber-lake", "cleanspark-sandersville"]
)
def test_no_name_on_the_map_lies_on_another(assessment, layers, site):
    """Widths by the font of the PDF, DejaVu Sans: an answer that the drawing does not know."""
    fonts = pathlib.Path(mpl.get_data_path()) / "fonts" / "ttf"
    one = explain(assessment, site, layers=layers)
    names = [shape for shape in local_map(one, layers).shapes if getattr(shape, "halo", False)]
    assert names[0].text == one["name"]
    boxes = []
    for name in names:
        font = fonts / ("DejaVuSans-Bold.ttf" if name.bold else "DejaVuSans.ttf")
        wide = ImageFont.truetype(str(font), 100).getlength(name.text) * name.size / 100
        left = name.x - (wide if name.anchor == "end" else 0)
        boxes.append((left, name.y - 0.76 * name.size, left + wide, name.y + 0.24 * name.size))
        assert left >= 0
        assert left + wide <= SIZE
    for box, other in combinations(boxes, 2):
        assert (
            box[2] <= other[0] or other[2] <= box[0] or box[3] <= other[1] or other[3] <= box[1]
        ), (box, other)


def test_a_name_without_room_gives_way_to_a_weightier_one():
    crowd = [((100.0, 100.0), f"station {number}") for number in range(20)]
    shown = labels(crowd, [], (0.0, 0.0, 200.0, 200.0))
    assert shown[0].text == "station 0"
    assert [one.text for one in shown] == [name for _, name in crowd][: len(shown)]
    assert 1 < len(shown) < len(crowd)


def test_what_lies_behind_a_name_is_kept_off_it(one, layers):
    drawn = svg(local_map(one, layers), "d", "#000000", "#fedcba")
    (text,) = re.findall(r"<text [^>]*>Tesla</text>", drawn)
    assert 'paint-order="stroke" stroke="#fedcba"' in text
    assert 'stroke="var(--paper)"' in svg(local_map(one, layers), "d")


def test_a_drawing_is_xml_and_its_texts_stay_texts(one, layers):
    hostile = {**one, "name": '<script>alert(1)</script> & "x" ]]> \x07\u202e'}
    for drawing in (
        local_map(hostile, layers),
        drawing_waterfall.waterfall(hostile),
        drawing_timeline.steps(hostile),
    ):
        root = ET.fromstring(svg(drawing, "d"))  # noqa: S314 - our own drawing
        names = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert names <= {"svg", "title", "desc", "rect", "path", "circle", "text"}
        title = root.find("{http://www.w3.org/2000/svg}title")
        assert "<script>alert(1)</script>" in title.text
        assert root.get("aria-labelledby") == "d-t d-d"
