"""The map's colours, and the legend that explains them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.assess import Assessment
    from geo.rows import Row

# Okabe and Ito's palette, told apart by colour-blind readers; dark enough on a light ground
KV_CLASSES = (
    (500, "500 kV and more", "#7b2d8b"),
    (345, "345 to 499 kV", "#d1495b"),
    (220, "220 to 344 kV", "#0072b2"),
    (100, "100 to 219 kV", "#64748b"),
)
OTHER_KV = (0, "below 100 kV, or not known", "#868d98")
CAMPUS = "#d55e00"
GAS_PLANT = "#e69f00"
DATA_CENTRE = "#56b4e9"
PIPELINE = "#8c6d31"
DARK = {
    "#7b2d8b": "#d58ae6",
    "#d1495b": "#ff8594",
    "#0072b2": "#5ab4f0",
    "#64748b": "#9fb0c8",
    "#868d98": "#7d8693",
    "#8c6d31": "#cfae63",
    "#440154": "#a56cc1",
    "#3b528b": "#7d93d6",
    "#111": "#eee",
    "#1b1b1b": "#f2f2f2",
}
"""What stands for a colour on a dark ground; one that is not here reads well on both."""
# viridis, five stops (van der Walt and Smith, 2015)
_SCORE_COLOURS = (
    (0.0, "#440154"),
    (0.2, "#3b528b"),
    (0.4, "#21918c"),
    (0.6, "#5ec962"),
    (0.8, "#fde725"),
)


def colour(score: float) -> str:
    """Give the colour of a score: the stop at or below it."""
    return [code for start, code in _SCORE_COLOURS if score >= start or start == 0][-1]


def around_rows(classes: list[Row], *, own: bool) -> list[list[Any]]:
    """Give the legend's entries of what is not on every map.

    Parameters
    ----------
    classes
        What is drawn around the sites.
    own
        Whether the user brought sites.
    """
    there = {one["id"] for one in classes}
    rows: list[list[Any]] = []
    if own:
        star = {
            "background": "#21918c",
            "clip-path": "polygon(50% 0, 100% 40%, 80% 100%, 20% 100%, 0 40%)",
        }
        rows.append([star, "your own site"])
    if "data-centres" in there:
        rows.append([{"border-radius": "50%", "background": DATA_CENTRE}, "data centre"])
    if "pipelines" in there:
        rows.append([{"border-top": f"2px dashed {PIPELINE}", "height": "0"}, "gas pipeline"])
    lowest, title, code = OTHER_KV
    small = [word for word in ("station", "line") if f"{word}s-{lowest}" in there]
    if small:
        mark = {"background": code, "transform": "scale(.7)"}
        rows.append([mark, f"{' or '.join(small)}, {title}"])
    return rows


def legend(assessment: Assessment) -> Row:
    """Give the legend's title, and per entry the style of its mark and its words."""
    dot = {"border-radius": "50%", "border": "1px solid #1b1b1b"}
    diamond = {"background": CAMPUS, "transform": "rotate(45deg) scale(.75)"}
    triangle = {"background": GAS_PLANT, "clip-path": "polygon(50% 0, 100% 100%, 0 100%)"}
    stops = [*_SCORE_COLOURS, (1.0, "")]
    rows: list[list[Any]] = [
        [{**dot, "background": code}, f"site, score {start:g} to {end:g}"]
        for (start, code), (end, _) in pairwise(stops)
    ]
    rows += [
        [
            {**dot, "border": "2.5px solid #21918c"},
            "fails a must-have, or county only",
        ],
        [diamond, "campus (pale: not operating yet)"],
        [triangle, "gas plant (pale: not operating yet)"],
    ]
    for _, title, code in KV_CLASSES:
        rows.append([{"background": code, "transform": "scale(.7)"}, f"station or line, {title}"])
    rows.append([{"border-top": "2px dashed #111", "height": "0"}, "tie to the POI, straight"])
    rows.append([{**dot, "outline": "2px solid #cc0066", "outline-offset": "2px"}, "chosen site"])
    rows.append([{}, "size: MW energised, planned, nameplate"])
    rows.append([{}, "number: rank of the ten best"])
    asked = assessment.question
    title = f"{asked.target_mw:g} MW, {assessment.scenario.name}, as of {asked.as_of}"
    return {"title": title, "rows": rows}
