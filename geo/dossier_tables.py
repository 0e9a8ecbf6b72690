"""Tables of a site's dossier: criteria, gates, what is open, news, neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.document import Cell, Head, Table, span, value
from geo.dossier_figures import why_blank, why_no_place

if TYPE_CHECKING:
    from geo.rows import Row
    from layers import Layers


def criteria_table(one: Row) -> Table:
    """Show every criterion: what was measured, what it is worth, what it adds."""
    rows = []
    for place, item in enumerate(one["criteria"]):
        at = f"criteria.{place}"
        high: Cell = value(one, f"{at}.high", digits=1)
        if item["beyond_reach"]:
            high = "beyond reach"
        rows.append(
            (
                item["title"],
                value(one, f"{at}.metric", digits=1),
                value(one, f"{at}.low", digits=1),
                high,
                item["unit"],
                value(one, f"{at}.utility", digits=2),
                value(one, f"{at}.share", "%", digits=1),
                value(one, f"{at}.contribution", digits=4),
                value(one, f"{at}.could_add", digits=4),
                item["evidence"],
            )
        )
    heads = (
        Head("criterion", width=3.0),
        Head("metric", "in its own unit; not known: no evidence", right=True, width=1.3),
        Head("at least", "lower end of what the evidence allows", right=True, width=1.2),
        Head("at most", "upper end of what the evidence allows", right=True, width=1.3),
        Head("unit", width=1.4),
        Head("worth", "utility, 0 to 1, between fixed anchors", right=True, width=1.1),
        Head("share", "of the weights", right=True, width=1.1),
        Head("adds", "share x worth: the contributions add up to the score", right=True, width=1.2),
        Head("could add", "at best, if what is open were known", right=True, width=1.2),
        Head("evidence", "what it was measured from", width=2.4),
    )
    return Table("Criteria, in the order of the waterfall", heads, tuple(rows))


def gates_table(one: Row) -> Table:
    """Show the must-haves; they stand beside the rank and never in the score."""
    heads = (Head("must-have", width=2), Head("verdict"), Head("why", width=5))
    marks = {"pass": "✓ pass", "fail": "✗ fail", "unknown": "? unknown"}
    rows = tuple(
        (gate["title"], marks.get(gate["verdict"], gate["verdict"]), gate["reason"])
        for gate in one["gates"].values()
    )
    return Table("Gates", heads, rows)


def unknowns_table(one: Row) -> Table:
    """Show what is open, the most telling first."""
    heads = (
        Head("open", width=3),
        Head("could add to the score", right=True, width=1.4),
        Head("why it is open", width=4),
    )
    reasons = {item["id"]: _open_because(one, item) for item in one["criteria"]}
    rows = tuple(
        (item["title"], value(one, f"unknowns.{place}.could_add", digits=4), reasons[item["id"]])
        for place, item in enumerate(one["unknowns"])
    )
    return Table("Open figures", heads, rows)


def _open_because(one: Row, item: Row) -> str:
    if item["metric"] is not None or (item["low"] is not None and item["high"] is not None):
        return "known as a range only: its better end is worth more"
    if item["evidence"].startswith("layers"):
        place = why_no_place(one)
        if place is not None:
            return place.removeprefix("not known: ")
        return f"the tables do not settle it here ({item['evidence']})"
    return why_blank(one)


def news_table(one: Row) -> Table:
    """Show the dated claims about the site's conversion."""
    heads = (
        Head("date", width=1.3),
        Head("kind", width=1.2),
        Head("claim", width=4),
        Head("MW", right=True),
        Head("with", width=1.4),
        Head("billion USD", right=True, width=1.1),
        Head("source", width=3.4),
        Head("evidence", width=1.2),
    )
    rows = tuple(
        (
            item["date"],
            item["kind"].replace("_", " "),
            item["claim"],
            value(one, f"news.{place}.mw", unknown="not said"),
            item["counterparty"] or "not said",
            value(one, f"news.{place}.usd_bn", digits=1, unknown="not said"),
            item["source"],
            item["evidence"] or "uncited",
        )
        for place, item in enumerate(one["news"])
    )
    return Table("Dated claims, the latest first; never scored", heads, rows)


def reach_table(one: Row, layers: Layers) -> Table:
    """Show how much the tables hold within reach, and of what they hold all."""
    around = one["within_reach"]
    rows: list[tuple[Cell, ...]] = [
        ("Radius", value(one, "within_reach.within_km", "km"), "geodesic, from the site's point")
    ]
    for name, whole in around["complete"].items():
        many = value(one, f"within_reach.{name}")
        at_least = many.number is not None and not whole
        title = layers[name].layer.title if name in layers else name.replace("_", " ").capitalize()
        rows.append((title, ("at least ", many) if at_least else many, _held(around, name)))
        if name in around["perhaps"]:
            perhaps = ("up to ", value(one, f"within_reach.perhaps.{name}"), " more")
            rows.append((f"{title}, perhaps", perhaps, "known to a county that reaches into it"))
    rows += [
        (
            f"{name.capitalize()} without a public place",
            value(one, f"within_reach.nowhere.{name}"),
            "they may stand anywhere, and are not among the neighbours",
        )
        for name in around["nowhere"]
    ]
    heads = (Head("within reach", width=2), Head("value", right=True), Head("meaning", width=4))
    return Table("What the tables hold there", heads, tuple(rows))


def _held(around: Row, name: str) -> str:
    if not around["complete"][name]:
        return "the table does not hold every one there"
    limit = around["complete_for"][name]
    return f"every one of {limit} there, not every one below" if limit else "every one there"


def neighbours_table(one: Row) -> Table:
    """Show the nearest mining sites and campuses."""
    heads = (
        Head("neighbour", width=3),
        Head("kind", width=1.2),
        Head("operator", width=2.2),
        Head("state", width=0.9),
        Head("status", width=1.8),
        Head("MW", "energised; of a campus planned, the current included", right=True),
        Head("km", "geodesic; a range where only the county is known", right=True, width=1.2),
    )
    rows = tuple(
        (
            f"{item['name']}{_where(item)}",
            item["kind"],
            item["operator"] or "not stated",
            item["state"] or "",
            (item["status"] or "not stated").replace("_", " "),
            value(one, f"neighbours.{place}.mw"),
            value(one, f"neighbours.{place}.km", digits=1)
            if item["km"] is not None
            else span(one, f"neighbours.{place}.km_low", f"neighbours.{place}.km_high"),
        )
        for place, item in enumerate(one["neighbours"])
    )
    return Table("The nearest sites and campuses", heads, rows)


def _where(item: Row) -> str:
    here = " (stands on this site)" if item["stands_on_the_site"] else ""
    return f"{here} (known to its county)" if item["km"] is None else here
