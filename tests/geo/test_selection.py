"""Filters: each lets through what it says, and what it does not know is an error in words."""

from __future__ import annotations

import pytest

from geo.errors import AskedWronglyError, CannotDoError
from geo.selection import Selection, count_within, select


def chosen(assessment, **filters):
    return assessment.sites.loc[select(assessment.sites, Selection(**filters), assessment.gates)]


def test_markets_evidence_and_energised_mw(assessment):
    assert set(chosen(assessment, markets=("MISO", "SPP"))["iso"]) == {"MISO", "SPP"}
    assert set(chosen(assessment, evidence=("filing",))["evidence"]) == {"filing"}
    large = chosen(assessment, min_mw=100.0)
    assert large["energised_mw"].min() >= 100
    assert len(large) == (assessment.sites["energised_mw"] >= 100).sum() > 10


def test_a_site_of_unknown_mw_passes_only_where_none_are_asked_for(make_sites):
    sites = make_sites(energised_mw=[None, 0.0, 50.0])
    assert list(select(sites, Selection(min_mw=0.001))) == ["s2"]
    assert len(select(sites, Selection(min_mw=0.0))) == 3


def test_gates_as_they_were_judged(assessment):
    verdict = assessment.gates["voltage_adequate"]["verdict"]
    sure = chosen(assessment, gates=(("voltage_adequate", "pass"),))
    loose = chosen(assessment, gates=(("voltage_adequate", "pass or unknown"),))
    assert set(sure.index) == set(verdict.index[verdict == "pass"])
    assert set(loose.index) == set(verdict.index[verdict != "fail"])
    assert 0 < len(sure) < len(loose) < len(verdict)


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"markets": ("Miso",)}, "no market 'Miso'.*'MISO'"),
        ({"evidence": ("rumour",)}, "no kind of evidence 'rumour'.*filing, company"),
        ({"gates": (("voltage_adequate", "perhaps"),)}, "no filter of a gate 'perhaps'"),
        ({"gates": (("lucky", "pass"),)}, "no judged gate 'lucky'"),
    ],
)
def test_a_filter_that_is_none_is_answered_in_words(assessment, filters, words):
    with pytest.raises(AskedWronglyError, match=words):
        chosen(assessment, **filters)


def test_sites_near_a_region_are_counted_with_those_inside(assessment):
    indiana = Selection("northern_indiana")
    near = count_within(assessment.sites, indiana, 100.0)
    assert near == len(chosen(assessment, region="northern_indiana", near_km=100.0)) > 1


def test_an_operator_by_its_whole_name_or_by_a_part(make_sites):
    sites = make_sites(operator=["Hut 8", "Hut 8 / NextEra", None])
    assert list(select(sites, Selection(operators=("hut",)))) == ["s0", "s1"]
    assert list(select(sites, Selection(operator_names=("Hut 8",)))) == ["s0"]
    with pytest.raises(CannotDoError, match="No site"):
        select(sites, Selection(operator_names=("Hut",)))
