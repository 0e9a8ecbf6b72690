"""What a back-test says, in words, as rows and as a document: no figure without its caveats."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pandas as pd

from geo.backtest import BASELINES, METHODS, ORDERED
from geo.backtest_cohort import LEFT_OUT, POSITIVE, REASONS
from geo.backtest_known import LEAKS
from geo.durations import curve, end_of
from geo.parameters import cited
from geo.rows import Row, rows_of

if TYPE_CHECKING:
    from geo.backtest import Backtest, DateResult

CAVEAT = "caveat"
CURRENT = ("score", "potential")
"""Our two rankings."""


def verdict(result: Backtest) -> str:
    """Say first which baseline beats the ranking, or that none does; then what that is worth."""
    dates = [one for one in result.dates if one.n_winners]
    if not dates:
        return "Nothing can be said: no site of the cohort won after the date."
    said = sorted((_comparison(dates, name) for name in CURRENT), key=lambda one: not one[0])
    lines = [text for _, text in said]
    least = cited("backtest_least_positives").value
    few = [one for one in dates if one.n_winners < least]
    if few:
        counts = _and([f"{one.n_winners} at {one.window.as_of}" for one in few])
        lines.append(
            f"Winners: only {counts}, too few to conclude that the ranking predicts anything, or"
            " that it does not."
        )
    return " ".join(lines)


def _comparison(dates: list[DateResult], ours: str) -> tuple[bool, str]:
    """Tell whether baselines beat one of our two rankings, and say which and where."""
    beaten = [
        f"{METHODS[baseline]} at {_and([one.window.as_of for one in where])}"
        for baseline in BASELINES
        if (where := [one for one in dates if baseline in one.better_than(ours)])
    ]
    if not beaten:
        return False, f"No baseline beats this ranking by {ours}{_hanging(dates, ours)}."
    many = "A baseline beats" if len(beaten) == 1 else "Baselines beat"
    return True, f"{many} this ranking by {ours}: {'; '.join(beaten)}."


def _hanging(dates: list[DateResult], ours: str) -> str:
    """Say whether that no baseline is ahead rests on a single winner."""
    where: dict[tuple[str, str], list[str]] = {}
    for one in dates:
        for winner, better in one.hangs_on(ours).items():
            for baseline in better:
                where.setdefault((winner, baseline), []).append(one.window.as_of)
    if not where:
        return ""
    parts = [
        f"without {winner} {METHODS[baseline]} does better at {_and(months)}"
        for (winner, baseline), months in where.items()
    ]
    return f", but that hangs on single winners: {'; '.join(parts)}"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def no_auc(one: DateResult) -> str:
    """Say why a date has no AUC; empty where it has one."""
    if one.headline:
        return ""
    if not one.n_others:
        return "No AUC and no other headline figure: there is nobody who did not win."
    return (
        f"No AUC and no other headline figure: {one.n_winners} of the"
        f" {cited('backtest_least_positives').value:g} winners that it takes."
    )


def caveats(result: Backtest) -> list[str]:
    """Give what has to be known before a figure is believed, the gravest first."""
    reason = " ".join(result.scenario.reason.split()).split(". ")[0].rstrip(".")
    share = result.scenario.shares["energised_capacity"]
    return [
        f"The weights are never fitted to these labels. They are an opinion, scenario"
        f" {result.scenario.name} ({result.scenario.title}; {result.origin.file}, SHA-256"
        f" {result.origin.sha256}), for this reason: {reason or 'none is given'}.",
        "Not fitted is not blind: criteria, anchors and weights were written in 2026 by people who"
        " could know who had won. This flatters the ranking.",
        "Whoever looks for the scenario or target that does best here fits weights to the labels"
        " after all: what was looked at has to be said.",
        "Most metrics are of now and not of the date; what leaks stands by criterion in the list of"
        " leaks. Most of it flatters the ranking, above all energised MW.",
        "An unknown adds nothing to the score, and winners are better documented than others:"
        " filings on a lease state MW and acres. This flatters the ranking by score.",
        "The tables were compiled in 2026: mines that closed and were forgotten are missing, and a"
        " mine that won is more likely to be listed. Which way this works is not known.",
        f"Energised MW are {share:.0%} of the weight: to beat energised MW alone means only that"
        " the rest adds something, to lose to it that the rest takes away.",
        "Energised MW alone, and the distance to the nearest substation of 100 kV or more alone,"
        " are of now, too; where they are unknown a site comes last.",
        "A date is the first day of its month, the cut-off the last day of its own. What is known"
        " by year counts as before the date if the whole year is.",
        "A win is the first signed AI or HPC contract on record. Letters of intent, approvals and"
        " announcements are none. Whoever has not won by the cut-off may win later.",
        *_uncited(result),
        "Sites are left out by name, with the reason. Closed ones are, since their closure is not"
        " dated and their MW of now would make them easy to place behind the winners.",
        "No campus that stands on a listed site counts, neither for it nor for its neighbours,"
        " whoever won: so no label can move a score.",
        "Wins cluster by company, and the dates share winners: they are not independent tests. A"
        " contract also takes an owner who wants it, which no map shows.",
        "Shown ranks are the least of a tie; means count its middle, so that a method that ties"
        " everything is worth as much as chance. Chance is the expectation, not one draw.",
        *_few(result),
        *_headlines(result),
    ]


def _uncited(result: Backtest) -> list[str]:
    weak = sorted(
        {
            str(site)
            for one in result.dates
            for site in one.sites.index[
                (one.sites["label"] == POSITIVE) & (one.sites["won_evidence"] == "uncited")
            ]
        }
    )
    if not weak:
        return []
    return [f"The date of the win rests on no citation at {_and(weak)}."]


def _few(result: Backtest) -> list[str]:
    if all(one.headline for one in result.dates):
        return []
    least = cited("backtest_least_positives")
    return [f"No AUC is given below {least.value:g} winners: {least.meaning} ({least.source})."]


def _headlines(result: Backtest) -> list[str]:
    if not any(one.headline for one in result.dates):
        return []
    redrawn = sum(one.redrawn for one in result.dates)
    k, draws = cited("backtest_top_k").value, cited("backtest_draws").value
    return [
        f"Intervals are 90 % percentiles of {draws:g} resamples of whole companies (operators of"
        f" now, without what stands in brackets), seed {result.seed}; {redrawn} resamples without a"
        " winner or without another were drawn again.",
        f"p is the share of {draws:g} shuffles of the labels with an AUC at least as good. They"
        " shuffle sites, not companies: too sure where wins cluster.",
        f"k is {k:g}. The mean reciprocal rank is taken over all winners, not the first alone.",
    ]


def conversions_note(result: Backtest) -> str:
    """Say what the conversion times rest on."""
    done = int(result.conversions.intervals["event"].sum())
    running = len(result.conversions.intervals) - done
    return (
        f"{done} conversions were delivered and {running} were running on {end_of(result.until)}."
        " A month counts with its middle, a delivery that is not dated as running, and one without"
        " a dated win not at all."
        f" No coverage is claimed from {done} events: how often the curve's intervals hold cannot"
        " be told. The years before each date rest on the deliveries known then:"
        f" {_and([f'{one.deliveries} at {one.window.as_of}' for one in result.dates])}; with too"
        " few, the time to the target is unknown at every site."
    )


def left_out(one: DateResult) -> list[tuple[str, list[str]]]:
    """Give the sites that are left out, by reason; every one is named."""
    why = one.sites["reason"]
    return [
        (reason, [str(site) for site in one.sites.index[why == reason]])
        for reason in REASONS
        if (why == reason).any()
    ]


def winners(one: DateResult) -> pd.DataFrame:
    """Give the winners by date of win, with their rank under every method."""
    rows = one.sites[one.sites["label"] == POSITIVE]
    ranks = [f"rank_{name}" for name in METHODS]
    columns = ["name", "operator", "won", "won_evidence", *ranks]
    table = rows.rename_axis("site_id").reset_index()
    return table.sort_values(["won", "site_id"])[["site_id", *columns]].reset_index(drop=True)


def site_table(result: Backtest) -> pd.DataFrame:
    """Give every site at every date as one table, the verdict and the caveats in front.

    Returns
    -------
    table
        `as_of`, `until`, `site_id`, `name`, `operator`, `label` (positive, negative, left_out;
        caveat for a row that holds one), `won`, the worth and the rank by each method, and `note`:
        why a site is left out, or the caveat.
    """
    said = [verdict(result), *caveats(result)]
    said += [f"{one.window.as_of}: {no_auc(one)}" for one in result.dates if no_auc(one)]
    said += [f"{one.criterion}: {one.known}. {one.why}. {one.direction}." for one in LEAKS]
    said.append(conversions_note(result))
    worths = [name for name in ORDERED if name != "name"]
    columns = [
        *("as_of", "until", "site_id", "name", "operator", "label", "won", "won_evidence"),
        *worths,
        *(f"rank_{name}" for name in METHODS),
        "note",
    ]
    parts = [
        one.sites.rename_axis("site_id")
        .reset_index()
        .assign(as_of=one.window.as_of, until=one.window.until)
        .rename(columns={"reason": "note"})[columns]
        for one in result.dates
    ]
    notes = pd.DataFrame({"label": CAVEAT, "note": said}).reindex(columns=columns)
    table = pd.concat([notes.astype(object), *(one.astype(object) for one in parts)])
    for name in [*worths, *(f"rank_{name}" for name in METHODS)]:
        table[name] = pd.to_numeric(table[name])
    return table.reset_index(drop=True)


def document(result: Backtest) -> Row:
    """Give everything as one document for machines; None where a figure does not exist."""
    return {
        "verdict": verdict(result),
        "scenario": {
            "name": result.scenario.name,
            "title": result.scenario.title,
            "reason": " ".join(result.scenario.reason.split()),
            **asdict(result.origin),
        },
        "target_mw": result.target_mw,
        "until": result.until,
        "seed": result.seed,
        "caveats": caveats(result),
        "leaks": [asdict(one) for one in LEAKS],
        "dates": [_date(one) for one in result.dates],
        "conversions": {
            "note": conversions_note(result),
            "intervals": interval_rows(result),
            "curve": asdict(curve(result.conversions)),
        },
    }


def _date(one: DateResult) -> Row:
    table = one.sites.rename_axis("site_id").reset_index()
    return {
        "as_of": one.window.as_of,
        "n_winners": one.n_winners,
        "n_others": one.n_others,
        "why_no_auc": no_auc(one) or None,
        "deliveries_known": one.deliveries,
        "redrawn": one.redrawn,
        "methods": rows_of(one.methods.rename_axis("method").reset_index()),
        "winners": rows_of(winners(one)),
        "sites": rows_of(table[table["label"] != LEFT_OUT].drop(columns="reason")),
        "left_out": [{"reason": reason, "sites": names} for reason, names in left_out(one)],
    }


def interval_rows(result: Backtest) -> list[Row]:
    """Give the conversion intervals, complete and running, the shortest first."""
    table = result.conversions.intervals.sort_values(["event", "years", "site_id"])
    table = table.sort_values("event", ascending=False, kind="stable")
    return [
        {
            "site_id": str(row["site_id"]),
            "won": str(row["won_as_stated"]),
            "delivered": "running" if not row["event"] else str(row["delivered_as_stated"]),
            "years": float(row["years"]),
        }
        for row in rows_of(table)
    ]
