"""Megawatts held, taken, wanted and generated: the claims behind this tool, reconciled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.demand import STILL_COMING, places
from geo.parameters import cited
from geo.regions import region_of
from geo.rows import rows_of
from geo.sites import embedded_sites
from layers import gas_plants

if TYPE_CHECKING:
    from layers import Layers

GROUPINGS = ("region", "iso", "state", "operator")
NAMED_MINERS = ("IREN", "Riot Platforms", "TeraWulf", "Cipher Digital", "BitMine Immersion")
_BEING_BUILT = ("under_construction", "planned")
NOT_KNOWN = "(not stated)"


def balance(layers: Layers, by: str) -> pd.DataFrame:
    """Add up MW by group.

    Parameters
    ----------
    layers
        miner_sites, campuses and gas_plants; a layer that is absent leaves its columns NaN.
    by
        One of `GROUPINGS`. The regions are disjoint here: what lies in a box does not count
        under the rest of the US.

    Returns
    -------
    balance
        Index the group; sites and their MW, the campuses' current MW and the MW they still
        want (each place once; those on a listed mining site apart, since their MW are the
        site's), gas MW operating and to come. A published blank adds nothing and is counted
        in `..._blank`.
    """
    parts = [_mining(layers, by), _campuses(layers, by), _gas(layers, by)]
    table = pd.concat([part for part in parts if part is not None], axis="columns")
    counts = [
        name
        for name in map(str, table.columns)
        if name.endswith(("_blank", "sites", "campuses", "plants"))
    ]
    table[counts] = table[counts].fillna(0).astype(int)
    order = table["mining_energised_mw"].fillna(0)
    return table.fillna(0.0).loc[order.sort_values(ascending=False, kind="stable").index]


def _group(table: pd.DataFrame, by: str) -> pd.Series:
    if by == "operator":
        owner = table.get("owner_developer", table["operator"])
        return owner.fillna(NOT_KNOWN).str.split(" (", regex=False).str[0].str.split(" / ").str[0]
    if by == "region":
        country = table.get("country", pd.Series("US", index=table.index))
        region = region_of(table["lat"], table["lon"], country)
        if "region" in table:
            stated = table["region"].where(table["lat"].isna())
            region = stated.where(stated.notna(), region)
        return region.replace({"us": "us, elsewhere", "all": "outside us"})
    return table[by].fillna(NOT_KNOWN)


def _mining(layers: Layers, by: str) -> pd.DataFrame | None:
    if "miner_sites" not in layers:
        return None
    sites = embedded_sites(layers)
    grouped = _with_more(sites).groupby(_group(sites, by))
    return pd.DataFrame(
        {
            "mining_sites": grouped.size(),
            "mining_energised_mw": grouped["energised_mw"].sum(),
            "mining_contracted_more_mw": grouped["contracted_more_mw"].sum(),
            "mining_announced_mw": grouped["announced_mw"].sum(),
            "mining_committed_to_ai_mw": grouped["committed_mw"].sum(),
            "mining_energised_blank": grouped["energised_mw"].apply(lambda mw: mw.isna().sum()),
        }
    )


def _with_more(sites: pd.DataFrame) -> pd.DataFrame:
    """Add the MW that a contract gives beyond the energised ones."""
    energised = sites["energised_mw"].fillna(0)
    return sites.assign(contracted_more_mw=(sites["contracted_mw"] - energised).clip(lower=0))


def _campuses(layers: Layers, by: str) -> pd.DataFrame | None:
    if "campuses" not in layers:
        return None
    table = layers["campuses"].table
    table = places(pd.DataFrame(table[table["status"].isin(STILL_COMING)].drop(columns="geometry")))
    on_site = table["hosts"].map(len) > 0
    coming = (table["power_mw_planned"] - table["power_mw_current"].fillna(0)).clip(lower=0)
    columns = {
        "campuses": (~on_site).astype(int),
        "campus_current_mw": table["power_mw_current"].where(~on_site),
        "campus_to_come_mw": coming.where(~on_site),
        "campus_on_mining_sites_mw": table["power_mw_planned"].where(on_site),
        "campus_planned_blank": (table["power_mw_planned"].isna() & ~on_site).astype(int),
    }
    return pd.DataFrame(columns).groupby(_group(table, by)).sum()


def _gas(layers: Layers, by: str) -> pd.DataFrame | None:
    if "gas_plants" not in layers or by in {"iso", "operator"}:
        return None
    plants = layers["gas_plants"].table
    table = pd.DataFrame(plants[plants["technology"].isin(gas_plants.GAS_TECHNOLOGIES)])
    mw, status = pd.to_numeric(table["capacity_mw"]), table["status"]
    columns = {
        "gas_operating_mw": mw.where(status == "operating"),
        "gas_to_come_mw": mw.where(status.isin(_BEING_BUILT)),
    }
    return pd.DataFrame(columns).groupby(_group(table, by)).sum()


def claims(layers: Layers) -> list[str]:
    """Put the published claims beside what the tables hold, with the reasons they differ."""
    sites = _with_more(embedded_sites(layers))
    us = sites[sites["country"] == "US"]
    return [*_fourteen_gigawatts(us), *_amazon(layers), *_meta(layers), *_named_miners(us)]


def _gw(mw: float) -> str:
    return f"{mw / 1000:.1f} GW"


def _fourteen_gigawatts(us: pd.DataFrame) -> list[str]:
    claim = cited("miner_capacity_claim_gw")
    energised, more = us["energised_mw"].sum(), us["contracted_more_mw"].sum()
    announced, committed = us["announced_mw"].sum(), us["committed_mw"].sum()
    lines = [
        f"Claim: US bitcoin miners control {claim.value:g} GW ({claim.source}).",
        f"Table, {len(us)} US sites: {_gw(energised)} energised, {_gw(more)} contracted beyond that"
        f" ({_gw(energised + more)} together), {_gw(announced)} announced on top; AI contracts"
        f" already take {_gw(committed)}.",
    ]
    for status, part in us.groupby("status"):
        lines.append(
            f"  {status}: {len(part)} sites, {_gw(part['energised_mw'].sum())} energised,"
            f" {_gw(part['contracted_more_mw'].sum())} more contracted,"
            f" {_gw(part['announced_mw'].sum())} announced"
        )
    blank = int((us["energised_mw"].isna() & us["contracted_mw"].isna()).sum())
    after = int((us["energised_year"] >= 2026).sum())
    lines.append(
        "Why they differ: the claim counts power under control, energised or not, and is not"
        f" itemised; it is of October 2025, while {after} of the table's sites are energised in"
        f" 2026 or later; {blank} sites have no published MW and add nothing here; and the table"
        " also holds sites of private miners, and sites that miners have since sold."
    )
    return lines


def _campus_rows(layers: Layers, owner: str, region: str) -> pd.DataFrame:
    table = places(pd.DataFrame(layers["campuses"].table.drop(columns="geometry")))
    table = table[table["status"].isin(STILL_COMING)]
    owned = table["owner_developer"].str.contains(owner, na=False)
    owned |= table["operator"].str.contains(owner, na=False)
    return table[owned & (_group(table, "region") == region)]


def _named(table: pd.DataFrame) -> str:
    return "; ".join(
        f"{row['name']}, MW not disclosed"
        if row["power_mw_planned"] is None
        else f"{row['name']} {row['power_mw_current'] or 0:.0f} of {row['power_mw_planned']:.0f} MW"
        for row in rows_of(table)
    )


def _notes(table: pd.DataFrame) -> str:
    """Give what the rows without a point say of themselves: they stand for whole deals."""
    return "; ".join(table.loc[table["lat"].isna(), "notes"].dropna())


def _amazon(layers: Layers) -> list[str]:
    if "campuses" not in layers:
        return []
    claim = cited("amazon_northern_indiana_claim_mw")
    rows = _campus_rows(layers, "Amazon", "northern_indiana")
    return [
        f"Claim: Amazon takes {claim.value:,.0f} MW in northern Indiana ({claim.source}).",
        f"Table: {_named(rows)}. Planned in all: {rows['power_mw_planned'].sum():,.0f} MW. The"
        f" claim is one utility deal, as first announced; of it the table says: {_notes(rows)}. The"
        " rest is what else Amazon builds there.",
    ]


def _meta(layers: Layers) -> list[str]:
    if not {"campuses", "gas_plants"} <= set(layers):
        return []
    claim = cited("meta_louisiana_new_gas_plants_claim")
    rows = _campus_rows(layers, "Meta", "louisiana")
    gas = layers["gas_plants"].table
    gas = gas[(_group(gas, "region") == "louisiana") & gas["status"].isin(_BEING_BUILT)]
    gas = gas[gas["technology"].isin(gas_plants.GAS_TECHNOLOGIES)]
    plants = "; ".join(
        f"{row['name']} {row['capacity_mw'] or 0:.0f} MW {row['status']}" for row in rows_of(gas)
    )
    return [
        f"Claim: Meta builds in Louisiana, with {claim.value:g} new gas plants ({claim.source}).",
        f"Table: {_named(rows)}. Gas being built or planned in the Louisiana region: {plants}. The"
        " claim counts the plants approved in August 2025; what was proposed later, and what"
        " serves others, stands beside them.",
    ]


def _named_miners(us: pd.DataFrame) -> list[str]:
    table = us.assign(group=_group(us, "operator"))
    texts = []
    for name in NAMED_MINERS:
        rows = table[table["group"] == name]
        mw = [
            rows[column].sum() for column in ("energised_mw", "contracted_more_mw", "announced_mw")
        ]
        known = rows["energised_mw"].notna().any()
        texts.append(
            f"{name} {' + '.join(f'{one:,.0f}' for one in mw)}"
            if known
            else f"{name} not published"
        )
    return [
        "The miners named, US sites, MW energised + more contracted + announced:"
        f" {'; '.join(texts)}."
    ]
