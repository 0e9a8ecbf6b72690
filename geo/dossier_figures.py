"""The figures at the top of a site's dossier, each with its meaning and its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.columns import COLUMNS
from geo.console import HELD
from geo.document import NOT_KNOWN, Cell, Figure, Figures, Value, span, text_of, value
from geo.finding_columns import UPPER_BOUND
from geo.precision import POINT_PRECISIONS

if TYPE_CHECKING:
    from geo.rows import Row

MILLION = 1e6
_MEANINGS = {one.name: one.meaning for one in COLUMNS}
_BLANK = "blank: "
_GRID = ("substations", "transmission_lines")


def meaning(name: str, shown: Cell = "") -> str:
    """Say what a column means, beside a value of it.

    Parameters
    ----------
    name
        The column.
    shown
        The value: only beside a bare ``not known`` is it said what a blank means.
    """
    said = _MEANINGS[name].split("; ")
    if text_of(shown) == NOT_KNOWN:
        said = [one.replace(_BLANK, "not known: ", 1) for one in said if one != "blank: not known"]
    return "; ".join(one for one in said if not one.startswith(_BLANK))


def figures(one: Row) -> Figures:
    """Give the figures that answer: how many MW, by when, at what cost, how sure.

    Parameters
    ----------
    one
        What `geo.explain.explain` gives.
    """
    return Figures(tuple(_standing(one) + _megawatts(one) + _answers(one)))


def _standing(one: Row) -> list[Figure]:
    reckoned = f"rewatt, scenario {one['scenario']}"
    if one["rank"] is None:
        lacking = "no location stated" if one["brought"] else "no public location"
        rank: Cell = ("none of ", value(one, "of"), f": {lacking}")
    else:
        rank = (value(one, "rank"), " of ", value(one, "of"))
    held: Cell = "not known: no draws" if one["rank"] else "not ranked"
    if one["rank_low"] is not None:
        held = span(one, "rank_low", "rank_high")
    top = value(one, "p_top10", "%", digits=1)
    return [
        Figure(f"Rank by {one['by']}", rank, meaning("rank"), reckoned),
        Figure(
            f"Ranks that hold {HELD} of the draws",
            held,
            meaning("rank_low").removeprefix("good end of "),
            reckoned,
        ),
        Figure(
            "Share of draws in the top ten",
            top,
            meaning("p_top10", top),
            reckoned,
        ),
        Figure(
            "Score, proven", value(one, "score", digits=3), meaning("score"), reckoned
        ),
        Figure(
            "Potential, possible",
            value(one, "potential", digits=3),
            meaning("potential"),
            reckoned,
        ),
        Figure(
            "Coverage by evidence",
            value(one, "coverage", "%"),
            meaning("coverage"),
            reckoned,
        ),
    ]  # fmt: skip


def _megawatts(one: Row) -> list[Figure]:
    names = {
        "energised_mw": "Energised",
        "contracted_mw": "Contracted, the energised included",
        "announced_mw": "Announced on top",
        "committed_mw": "Taken by AI contracts",
        "uncommitted_mw": "Free of AI contracts",
    }
    return [
        Figure(
            title,
            value(one, name, "MW", unknown=f"not known: {why_blank(one)}"),
            meaning(name),
            row_source(one),
        )
        for name, title in names.items()
    ]


def _answers(one: Row) -> list[Figure]:
    target = value(one, "target_mw", "MW").text
    cost = "published unit costs (data/parameters.csv); see the terms below"
    time = one["time"]
    times = (
        f"queue times ({time['queue_times_of']}), conversions delivered and running"
        " (data/conversions.csv)"
    )
    return [
        Figure(
            "Firm capability of the POI (upper bound)",
            _firm(one),
            f"N-1 limit of the lines that end there, {UPPER_BOUND}",
            layer_source(one, *_GRID),
        ),
        Figure(
            "Distance to the POI",
            value(one, "poi.poi_distance_km", "km", digits=1, unknown=why_no_grid(one)),
            meaning("poi_distance_km"),
            layer_source(one, *_GRID),
        ),
        Figure(
            f"Cost to connect what {target} lacks",
            _cost(one),
            f"{meaning('interconnection_usd_mid')}; in brackets low to high",
            cost,
        ),
        Figure(
            "Cost over the target",
            value(one, "cost.usd_per_kw_mid", "USD/kW", digits=1, unknown=why_no_cost(one)),
            "the same, mid estimate, over the target",
            cost,
        ),
        Figure(
            f"Time to {target}",
            _years(one),
            meaning("time_to_target_years_p50"),
            times,
        ),
        *(
            Figure(
                f"Ready for AI in {years} years, P50",
                value(one, f"time.{name}", "MW", unknown=why_no_time(one)),
                meaning(name),
                times,
            )
            for years, name in ((2, "mw_in_2_years"), (5, "mw_in_5_years"))
        ),
    ]


def _firm(one: Row) -> Cell:
    poi = one["poi"]
    if poi["firm_mw_low"] is None and poi["firm_mw_high"] is None:
        return why_no_grid(one)
    return span(one, "poi.firm_mw_low", "poi.firm_mw_high", "MW")


def _cost(one: Row) -> Cell:
    mid = million(one, "cost.usd_mid", why_no_cost(one))
    if mid.number is None:
        return mid
    low = value(one, "cost.usd_low", digits=1, over=MILLION)
    return (mid, " (", low, " to ", million(one, "cost.usd_high"), ")")


def _years(one: Row) -> Cell:
    p50 = value(one, "time.time_to_target_years_p50", "years", digits=1, unknown=why_no_time(one))
    if p50.number is None:
        return p50
    return (p50, " (P90 ", value(one, "time.time_to_target_years_p90", "years", digits=1), ")")


def million(one: Row, path: str, unknown: str = "not known") -> Value:
    """Write dollars of an explanation as millions."""
    return value(one, path, "M USD", digits=1, over=MILLION, unknown=unknown)


def why_blank(one: Row) -> str:
    """Say why the site's own row says nothing: what a user brings is not for others to publish."""
    return "not stated" if one["brought"] else "nobody has published it"


def row_source(one: Row) -> str:
    """Name what stands behind the site's own figures."""
    if one["brought"]:
        return f"brought by the user{_dated(one)}"
    return f"the site's row: {one['evidence'] or 'uncited'}{_dated(one)}"


def _dated(one: Row) -> str:
    return f", {one['as_of']}" if one["as_of"] else ""


def layer_source(one: Row, *layers: str) -> str:
    """Name the datasets behind some layers, with their vintage."""
    data = [] if one["versions"] is None else one["versions"]["data"]
    named = [f"{row['source']} ({row['vintage']})" for row in data if row["layer"] in layers]
    return "; ".join(dict.fromkeys(named)) or f"layers: {', '.join(layers)}"


def why_no_place(one: Row) -> str | None:
    """Say why no distance can be taken from a site; None where one can."""
    public = "stated" if one["brought"] else "public"
    if one["lat"] is None or one["lon"] is None:
        if one["brought"]:
            return "not known: no location of the site is stated"
        return "not known: the site has no public location"
    if one["coord_precision"] not in POINT_PRECISIONS:
        return f"not known: the site's place is {public} to its county only"
    return None


def why_no_grid(one: Row) -> str:
    """Say why a figure of the grid is not known."""
    if (place := why_no_place(one)) is not None:
        return place
    if one["poi"]["grid_data"] != "complete":
        return (
            "not known: the table does not hold every station here"
            " (`rewatt fetch hifld_substations hifld_lines` brings them)"
        )
    if one["poi"]["poi_id"] is None:
        return "not known: no station or line that could carry it is within reach"
    return "not known: the circuits of its lines are not known"


def why_no_cost(one: Row) -> str:
    """Say why a cost is not known."""
    if one["options"] or one["split"]:
        return "not known: there is no cost table for the place"
    return why_no_grid(one)


def why_no_time(one: Row) -> str:
    """Say why MW by date, or the time to the target, are not known."""
    if one["energised_mw"] is None:
        return "not known: the energised MW are not known"
    lacking = "not known: nothing here surely carries what is neither energised nor contracted"
    return why_no_place(one) or lacking
