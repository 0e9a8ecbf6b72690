"""A site's dossier: all that is known of it, as one document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.document import (
    Block,
    Cell,
    Document,
    Head,
    Heading,
    Items,
    Paragraph,
    Picture,
    Table,
    value,
)
from geo.dossier_connection import (
    cost_table,
    poi_table,
    power_table,
    waits_table,
    years_table,
)
from geo.dossier_figures import figures, meaning, row_source, why_no_place, why_no_time
from geo.dossier_tables import (
    criteria_table,
    gates_table,
    neighbours_table,
    news_table,
    reach_table,
    unknowns_table,
)
from geo.dossier_ways import ways
from geo.drawing_map import local_map
from geo.drawing_timeline import known, steps
from geo.drawing_waterfall import waterfall
from geo.finding_columns import UPPER_BOUND

if TYPE_CHECKING:
    from geo.rows import Row
    from layers import Layers


def dossier(one: Row, layers: Layers, made_by: str) -> Document:
    """Put a site's dossier together.

    Parameters
    ----------
    one
        What `geo.explain.explain` gives with layers: every figure shown is one of its.
    layers
        What the local map is drawn from.
    made_by
        The command line that makes the same dossier, or in words how it was made.
    """
    blocks: list[Block] = [Heading(one["name"], 1), *_opening(one)]
    for section in (
        _binding, _score, _years, _connection, _around, _power, _gates, _open, _news,
    ):  # fmt: skip
        blocks += section(one, layers)
    blocks += _sources(one, made_by)
    return Document(
        f"{one['name']}: site dossier",
        f"{one['site_id']} for {one['target_mw']:g} MW, {one['scenario']}, {one['question_as_of']}",
        one["question_as_of"],
        tuple(blocks),
    )


def _opening(one: Row) -> list[Block]:
    place = ", ".join(
        str(text)
        for text in (
            one["operator"] or "operator not stated",
            one["county"] or ("county not stated" if one["brought"] else "county not public"),
            one["state"] or "state not stated",
            one["country"] or "country not stated",
        )
    )
    status = (one["status"] or "status not stated").replace("_", " ")
    asked = value(one, "target_mw", "MW").text
    return [
        Paragraph(f"{one['site_id']}: {place}. {status.capitalize()}."),
        Paragraph(
            f"Asked: how well can it take {asked} of AI load? Scenario {one['scenario']}, ranked by"
            f" {one['by']}, evidence as of {one['question_as_of']}. Every firm MW here is"
            f" {UPPER_BOUND}."
        ),
        Heading("The answer in figures"),
        figures(one),
        _place_table(one),
    ]


def _place_table(one: Row) -> Table:
    said = row_source(one)
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Target", value(one, "target_mw", "MW"), "AI load to place, utility side, not IT"),
        ("Latitude", value(one, "lat", "degrees", digits=4), said),
        ("Longitude", value(one, "lon", "degrees", digits=4), said),
        (
            "Place good to the",
            one["coord_precision"] or "not known",
            (why_no_place(one) or "site: 2 km, town: 8 km").removeprefix("not known: "),
        ),
        ("Own connection", value(one, "interconnection_kv", "kV"), said),
        ("Grid area", one["iso"] or "not known", said),
        ("Utility", one["utility_or_tso"] or "not known", said),
        (
            "AI status",
            (one["ai_hpc_status"] or "not stated").replace("_", " "),
            f"with {one['ai_counterparty'] or 'nobody named'}; an outcome, never scored",
        ),
        ("Commitments", one["commitment_note"] or "nothing to note", meaning("commitment_note")),
        ("Firm service", "not known", one["firm_service"]),
    )
    heads = (Head("fact", width=2), Head("value", right=True, width=2), Head("meaning", width=5))
    return Table("The site", heads, rows)


def _binding(one: Row, layers: Layers) -> list[Block]:
    del layers
    binding = one["binding_constraint"]
    return [
        Heading("What binds, and what would relieve it"),
        Paragraph(f"{binding['code'].replace('_', ' ').capitalize()}: {binding['reason']}."),
        Paragraph(f"Relief: {binding['relief']}."),
    ]


def _score(one: Row, layers: Layers) -> list[Block]:
    del layers
    return [
        Heading("Where the score comes from"),
        Picture(
            waterfall(one),
            "What each criterion adds to the score; in brackets and orange what it could add.",
        ),
        criteria_table(one),
    ]


def _years(one: Row, layers: Layers) -> list[Block]:
    del layers
    blocks: list[Block] = [Heading("Megawatts by date")]
    if known(one):
        blocks.append(Picture(steps(one), "MW ready for AI by year-end, if they are built at all."))
    else:
        blocks.append(Paragraph(f"MW by date: {why_no_time(one)}."))
    return [*blocks, years_table(one), waits_table(one)]


def _connection(one: Row, layers: Layers) -> list[Block]:
    del layers
    heading = Heading("How it connects, and at what cost")
    return [heading, *ways(one, terms=True), poi_table(one), cost_table(one)]


def _around(one: Row, layers: Layers) -> list[Block]:
    blocks: list[Block] = [Heading("Around the site")]
    if one["within_reach"] is None:
        why = why_no_place(one) or "not known"
        return [*blocks, Paragraph(f"No map and no neighbours: {why.removeprefix('not known: ')}.")]
    reach = value(one, "within_reach.within_km", "km")
    complete = one["within_reach"]["complete"]
    partial = [name.replace("_", " ") for name, whole in complete.items() if not whole]
    lacking = f" The tables of {', '.join(partial)} are not complete here." if partial else ""
    blocks += [
        Picture(
            local_map(one, layers),
            f"The grid, gas and campuses within {reach.text}, as the tables have them."
            f"{lacking} Ties are straight, not routes.",
        ),
        reach_table(one, layers),
    ]
    if one["neighbours"]:
        blocks.append(neighbours_table(one))
    return blocks


def _power(one: Row, layers: Layers) -> list[Block]:
    del layers
    return [
        Heading("Firm power"),
        Paragraph(f"Firm service: {one['firm_service']}."),
        power_table(one),
    ]


def _gates(one: Row, layers: Layers) -> list[Block]:
    del layers
    if not one["gates"]:
        return []
    return [Heading("Must-haves"), gates_table(one)]


def _open(one: Row, layers: Layers) -> list[Block]:
    del layers
    heading = Heading("What is not known, and what it could change")
    if not one["unknowns"]:
        return [heading, Paragraph("Nothing that the score asks for is open.")]
    return [
        heading,
        Paragraph(
            f"The score counts what is proven, {value(one, 'score', digits=3).text}; with all of"
            f" this at its best it would be {value(one, 'potential', digits=3).text}."
        ),
        unknowns_table(one),
    ]


def _news(one: Row, layers: Layers) -> list[Block]:
    del layers
    heading = Heading("The news about its conversion")
    if not one["news"]:
        return [heading, Paragraph("No dated claim about this site is in data/conversions.csv.")]
    return [heading, news_table(one)]


def _sources(one: Row, made_by: str) -> list[Block]:
    data = one["versions"]["data"]
    heads = (
        Head("layer", width=1.9),
        Head("source", width=4),
        Head("vintage", width=2),
        Head("version", width=1.3),
        Head("licence", width=3),
    )
    rows = tuple(tuple(str(row[head.text]) for head in heads) for row in data)
    anchors = tuple(f"{item['title']}: {item['reference']}" for item in one["criteria"])
    blocks: list[Block] = [
        Heading("Sources, and how to make this again"),
        Paragraph(f"The site's row ({row_source(one)}): {one['source'] or 'no source stated'}."),
        Paragraph(f"rewatt {one['versions']['rewatt']}. {made_by}"),
        Table("Data", heads, rows),
        Heading("Why these anchors", 3),
        Items(anchors),
    ]
    if one["attribution"]:
        blocks += [Heading("Pass on with it", 3), Items(tuple(one["attribution"]))]
    return blocks
