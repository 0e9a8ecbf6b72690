"""The dictionary of the ranked table: every column, documented in one place."""

from __future__ import annotations

from dataclasses import dataclass

from geo.criteria import CRITERIA
from geo.finding_columns import FINDINGS
from geo.gates import GATES
from geo.parameters import cited


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """One column of the ranked table.

    Attributes
    ----------
    name, unit
        Its name, and the unit of its numbers; the unit is empty for text.
    kind
        ``text``, ``number`` or ``integer``.
    meaning
        What it holds, and what a blank means.
    origin
        ``sites``, ``findings``, ``rank``, ``robustness``, ``scores``, or the id of a criterion
        or gate.
    """

    name: str
    unit: str
    kind: str
    meaning: str
    origin: str


_HELD = cited("robustness_interval_share").value
_RANK = (
    OutputColumn(
        "rank",
        "",
        "integer",
        "1 is best among the sites listed; equals share a rank; blank: see unranked_reason",
        "rank",
    ),
    *(
        OutputColumn(
            name,
            "",
            "integer",
            f"{which} end of the ranks that hold {_HELD:.0%} of the draws of weights, metrics and"
            " anchors (`rewatt robustness`); an unknown is drawn anywhere between worthless and"
            " best, so the proven rank can lie outside; blank: no rank",
            "robustness",
        )
        for name, which in (("rank_low", "good"), ("rank_high", "bad"))
    ),
    OutputColumn(
        "p_top10",
        "0 to 1",
        "number",
        "share of those draws in which the site is among the ten best; blank: no rank",
        "robustness",
    ),
)
_SITE = tuple(
    OutputColumn(name, unit, kind, meaning, "sites")
    for name, unit, kind, meaning in (
        ("site_id", "", "text", "key"),
        ("name", "", "text", "what the operator calls it"),
        ("operator", "", "text", "who runs it"),
        ("county", "", "text", "county or parish; blank: not public"),
        ("state", "", "text", "two-letter code"),
        ("country", "", "text", "US or CA; blank: outside the outlines of the US states"),
        ("region", "", "text", "smallest named region that holds it: a box, us, or all"),
        ("lat", "degrees", "number", "latitude, WGS 84; blank: not public"),
        ("lon", "degrees", "number", "longitude, WGS 84; blank: not public"),
        ("coord_precision", "", "text", "site (good to 2 km), town (8 km), county (a centroid)"),
        ("status", "", "text", "operating, under_construction, planned or closed"),
        ("iso", "", "text", "grid operator's area"),
        ("interconnection_kv", "kV", "number", "of the site's own connection; blank: not known"),
        ("interconnect_type", "", "text", "grid, mixed or behind-the-meter"),
        ("supply_source", "", "text", "grid, or what stands behind the meter"),
        ("land_acres", "acres", "number", "blank: not known"),
    )
)
_SCORE = tuple(
    OutputColumn(name, "0 to 1", "number", meaning, "scores")
    for name, meaning in (
        (
            "score",
            "what the evidence proves: the sum of the contributions; an unknown adds nothing",
        ),
        (
            "potential",
            "the same with every metric at the good end of its range, unknowns at their best",
        ),
        ("coverage", "share of the weight that rests on evidence"),
    )
)
_MW = tuple(
    OutputColumn(name, "MW", "number", meaning, "sites")
    for name, meaning in (
        ("energised_mw", "MW that can be drawn today; blank: not known"),
        ("contracted_mw", "MW under a grid agreement, the energised included; blank: not known"),
        ("announced_mw", "MW said to come on top; blank: not known"),
        (
            "committed_mw",
            "MW that AI contracts take, utility side, capped at the site's; blank: not known",
        ),
        ("uncommitted_mw", "energised less committed; blank: not known; never scored"),
    )
)
_FINDINGS = tuple(
    OutputColumn(name, unit, kind, meaning, "findings") for name, unit, kind, meaning in FINDINGS
)
_CRITERION = tuple(
    column
    for one in CRITERIA
    for column in (
        OutputColumn(
            f"metric_{one.id}",
            one.unit,
            "number",
            f"{one.title}: best estimate; blank: there is none",
            one.id,
        ),
        OutputColumn(
            f"low_{one.id}",
            one.unit,
            "number",
            f"{one.title}: lower bound; blank: nothing bounds it",
            one.id,
        ),
        OutputColumn(
            f"high_{one.id}",
            one.unit,
            "number",
            f"{one.title}: upper bound; blank: nothing bounds it",
            one.id,
        ),
        OutputColumn(
            f"utility_{one.id}",
            "0 to 1",
            "number",
            f"{one.title}: what is proven to be worth; blank: unknown",
            one.id,
        ),
        OutputColumn(
            f"contribution_{one.id}",
            "0 to 1",
            "number",
            f"{one.title}: share of weight x utility; 0 where unknown",
            one.id,
        ),
    )
)
_GATE = tuple(
    OutputColumn(
        f"gate_{gate.id}",
        "",
        "text",
        f"{gate.title}: pass, fail or unknown; blank: the scenario does not ask",
        gate.id,
    )
    for gate in GATES
)
_PROVENANCE = tuple(
    OutputColumn(name, "", "text", meaning, "sites")
    for name, meaning in (
        ("ai_hpc_status", "none, announced, contracted or operating: an outcome, never scored"),
        ("ai_counterparty", "tenant of the AI contract"),
        ("ai_contract_basis", "whether ai_contract_mw is IT load or gross"),
        ("commitment_note", "what had to be assumed or capped to count the AI contract"),
        ("evidence", "kind of document behind the row: filing, company, dataset, press, uncited"),
        ("source", "what the row rests on"),
        ("as_of", "month in which the row held, YYYY-MM"),
    )
)
_CONTRACT = (
    OutputColumn("ai_contract_mw", "MW", "number", "MW of the AI contract; blank: none", "sites"),
)
_REASON = (OutputColumn("unranked_reason", "", "text", "why a site has no rank", "rank"),)

COLUMNS: tuple[OutputColumn, ...] = (
    *_RANK, *_SITE, *_SCORE, *_MW, *_FINDINGS, *_CRITERION, *_GATE, *_CONTRACT,
    *_PROVENANCE, *_REASON,
)  # fmt: skip
"""Every column of the ranked table, in its order."""
