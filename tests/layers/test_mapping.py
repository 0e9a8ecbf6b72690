"""Which column is which: the publishers' own headings, units in names, and what people ask for."""

from __future__ import annotations

import pytest

from layers import LAYERS
from layers._aliases import NAMES, SITE_WORDS, WORDS
from layers._mapping import MappingError, check_asked, match_columns, plain

BY_ID = {layer.id: layer for layer in LAYERS}


def mapped(layer, *found, **options):
    targets = [column.name for column in BY_ID[layer].columns]
    places = [name for name in ("lat", "lon", "wkt") if name not in targets]
    matches = match_columns(found, layer, [*targets, *places], **options)
    return {match.theirs: match.ours for match in matches}


def test_hifld_substations():
    """Headings of the Electric_Substations service."""
    found = mapped(
        "substations", "OBJECTID", "ID", "NAME", "CITY", "STATE", "ZIP", "TYPE", "STATUS",
        "COUNTY", "LATITUDE", "LONGITUDE", "LINES", "MAX_VOLT", "MIN_VOLT", "MAX_INFER",
    )  # fmt: skip
    assert found.items() >= {
        "ID": "substation_id", "NAME": "name", "STATE": "state", "LATITUDE": "lat",
        "LONGITUDE": "lon", "MAX_VOLT": "max_kv", "MIN_VOLT": "min_kv",
    }.items()  # fmt: skip
    assert not {"LINES", "OBJECTID", "ZIP"} & set(found)


def test_the_estimates_derived_from_hifld_and_not_their_mean():
    found = mapped("substations", "sub_id", "sub_name", "base_KV", "max_kv_est", "min_kv_est")
    assert found == {
        "sub_id": "substation_id", "sub_name": "name", "max_kv_est": "max_kv",
        "min_kv_est": "min_kv",
    }  # fmt: skip


def test_hifld_lines():
    found = mapped("transmission_lines", "ID", "TYPE", "OWNER", "VOLTAGE", "VOLT_CLASS", "SUB_1")
    assert found["VOLT_CLASS"] == "kv_class"
    assert found["ID"] == "line_id"


def test_eia_pipelines_and_plants():
    assert mapped("gas_pipelines", "TYPEPIPE", "Operator", "Status", "Shape_Leng").items() >= {
        ("TYPEPIPE", "kind"), ("Operator", "operator"),
    }  # fmt: skip
    found = mapped(
        "gas_plants", "Utility Name", "Plant Code", "Plant Name", "State", "Latitude",
        "Longitude", "Nameplate Capacity (MW)", "Technology", "Operating Year",
    )  # fmt: skip
    assert found == {
        "Utility Name": "operator", "Plant Code": "eia_plant_code", "Plant Name": "name",
        "State": "state", "Latitude": "lat", "Longitude": "lon",
        "Nameplate Capacity (MW)": "capacity_mw", "Technology": "technology",
        "Operating Year": "online_year",
    }  # fmt: skip


def test_openstreetmap_and_a_european_spreadsheet():
    assert mapped("substations", "full_id", "voltage", "name")["voltage"] == "max_kv"
    assert mapped("substations", "Station", "Voltage (kV)", "Lat", "Long") == {
        "Station": "name", "Voltage (kV)": "max_kv", "Lat": "lat", "Long": "lon",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "layer", "ours", "factor"),
    [
        ("Voltage (V)", "substations", "max_kv", 1e-3),
        ("Max voltage [kV]", "substations", "max_kv", 1),
        ("max_voltage_volts", "substations", "max_kv", 1e-3),
        ("Power (kW)", "miner_sites", "energised_mw", 1e-3),
        ("Capacity / GW", "gas_plants", "capacity_mw", 1e3),
        ("Nameplate Capacity (kW)", "gas_plants", "capacity_mw", 1e-3),
        ("Voltage V", "transmission_lines", "kv_class", 1e-3),
    ],
)
def test_a_unit_in_a_heading_is_converted(heading, layer, ours, factor):
    targets = [column.name for column in BY_ID[layer].columns]
    (match,) = match_columns([heading], layer, targets)
    assert (match.ours, match.factor) == (ours, factor)


def test_the_own_name_wins_over_others_before_it():
    assert mapped("substations", "voltage", "max_kv", "id", "substation_id") == {
        "max_kv": "max_kv", "substation_id": "substation_id",
    }  # fmt: skip


def test_what_is_asked_goes_first_and_nothing_is_mapped_twice():
    found = mapped("substations", "id", "label", "name", asked={"label": "name", "id": ""})
    assert found == {"label": "name"}


def test_one_of_theirs_is_one_of_ours():
    (match,) = match_columns(["voltage"], "transmission_lines", ["kv_class", "kv"])
    assert match.ours == "kv_class"


def test_a_unit_counts_where_the_column_is_asked_for():
    (match,) = match_columns(["U (V)"], "substations", ["max_kv"], {"U (V)": "max_kv"})
    assert match.factor == 1e-3


def test_an_equals_sign_in_a_heading():
    assert check_asked(["a=b=name"], ["a=b"], BY_ID["substations"]) == {"a=b": "name"}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["name"], "expected THEIRS=OURS"),
        (["=name"], "expected THEIRS=OURS"),
        (["Nme=name"], r"no column 'Nme': did you mean 'Name'\?"),
        (["Name=max_kw"], r"substations has no column 'max_kw': did you mean 'max_kv'\?"),
        (["Name=zzz"], "no column 'zzz', expected one of"),
        (["Name=name", "Name=state"], "that another --map maps"),
        (["Name=name", "U=name"], "that another --map maps"),
        (["x=name", "Name=zzz"], r"(?s)no column 'x'.*no column 'zzz'"),
    ],
)
def test_what_cannot_be_asked(asked, words):
    with pytest.raises(MappingError, match=words):
        check_asked(asked, ["Name", "U"], BY_ID["substations"])


def test_every_name_and_word_stands_in_its_plain_form():
    for names in NAMES.values():
        for ours, theirs in names.items():
            assert [plain(one) for one in (ours, *theirs)] == [ours, *theirs]
    for words in (SITE_WORDS, *WORDS.values()):
        assert [plain(one) for one in words] == list(words)


def test_every_word_stands_for_one_that_its_column_allows():
    for (layer, name), words in WORDS.items():
        column = next(one for one in BY_ID[layer].columns if one.name == name)
        if column.allowed:
            assert set(words.values()) <= {*column.allowed, ""}
