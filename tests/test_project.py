"""What the project promises about itself: the wheel, the README, the contracts, the commits."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile

import pytest

from geo.report import assumption_table
from layers import read_parameters
from tests.conftest import REPO, missing

README = (REPO / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel with the project's own build backend and unpack it elsewhere."""
    folder = tmp_path_factory.mktemp("wheel")
    code = f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=True
    )
    place = folder / "site"
    with zipfile.ZipFile(folder / run.stdout.split()[-1]) as archive:
        archive.extractall(place)
    return place


def test_the_wheel_gives_the_same_bytes_outside_the_checkout(wheel, rewatt, tmp_path):
    here, there = tmp_path / "here.csv", tmp_path / "there.csv"
    assert rewatt("rank", "--region", "us", "--out", here).status == 0
    run = subprocess.run(
        [sys.executable, "-m", "geo", "rank", "--region", "us", "--out", str(there)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(wheel), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "129 sites" in run.stderr
    assert here.read_bytes() == there.read_bytes()


def test_the_wheel_carries_data_map_and_app(wheel):
    names = {str(path.relative_to(wheel)) for path in wheel.rglob("*") if path.is_file()}
    assert {
        "layers/_data/miner_sites.csv",
        "layers/_data/README.md",
        "layers/_data/scenarios/balanced.toml",
        "geo/webmap.js",
        "geo/webmap.css",
        "geo/ui/_app.py",
    } <= names
    assert not [name for name in names if name.startswith("tests")]


def test_the_readme_has_its_two_commands_first_and_each_on_one_line():
    commands = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)[:2]
    assert all("\n" not in command for command in commands)
    assert "rewatt rank" in commands[0]
    assert "rewatt map" in commands[0]
    assert commands[1].endswith("-m pytest")


EXAMPLES = re.findall(r"```console\n\$ (rewatt[^\n]*)\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[one for one, _ in EXAMPLES])
def test_the_output_that_the_readme_shows_is_real(rewatt, command, shown):
    out = rewatt(*command.split()[1:]).out.strip().splitlines()
    lines = shown.strip().splitlines()
    if lines[-1] == "...":
        lines, out = lines[:-1], out[: len(lines) - 1]
    assert out == lines


def test_the_readme_shows_at_least_three_examples():
    assert len(EXAMPLES) >= 3


def test_pictures_of_the_readme_are_there():
    for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (REPO / name).is_file()


def test_imports_point_one_way():
    script = os.path.join(os.path.dirname(sys.executable), "lint-imports")  # noqa: PTH118, PTH120
    run = subprocess.run([script], cwd=REPO, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_every_module_is_under_the_contracts():
    """A new module must be added to the contracts that forbid Streamlit and folium."""
    import tomllib

    contracts = tomllib.loads((REPO / "pyproject.toml").read_text())["tool"]["importlinter"]
    listed = {one["name"]: set(one.get("source_modules", ())) for one in contracts["contracts"]}
    modules = {f"geo.{path.stem}" for path in (REPO / "geo").glob("[!_]*.py")}
    assert modules <= listed["Only the pages know Streamlit"]
    assert modules - {"geo.webmap", "geo.cli"} <= listed["Only the map and the pages know folium"]


def test_every_number_of_the_model_is_in_the_assumption_table():
    table = assumption_table()
    assert set(read_parameters()) <= set(table["id"])
    assert (table["source"].str.len() > 5).all()
    assert (table["meaning"].str.len() > 5).all()


def test_no_cited_number_is_typed_again_in_the_code():
    """A number of parameters.csv that is unmistakable (five digits or more) stands nowhere else."""
    text = "".join(path.read_text() for path in (REPO / "geo").rglob("*.py"))
    for name, one in read_parameters().items():
        digits = f"{one.value:.0f}"
        if len(digits) >= 5:
            assert not re.search(rf"(?<!\d){digits}(?!\d)", text.replace("_", "")), name


MODEL = (
    "aggregation", "backtest", "backtest_cohort", "backtest_known", "backtest_metrics", "binding",
    "capability", "commitments", "cost", "coverage", "dominance", "durations", "firm_power",
    "information", "methods", "options", "pairwise", "poi", "poi_kept", "poi_search", "precision",
    "rank_counts", "robustness", "split", "surroundings", "timeline", "tornado", "utility_draws",
    "verdicts", "weight_draws", "weighting",
)  # fmt: skip
SMALL = {0, 1, 2, 3, 4, 5, 7, 10}
"""Counts, indices, days of a week, and 10 of the short-line factor's own name."""
COINCIDENCES = {
    ("aggregation", 12): "digits that floats resolve",
    ("aggregation", 1000): "sites beyond which pairs would not fit the memory",
    ("backtest_metrics", 0.5): "the AUC of chance",
    ("capability", 100): "where a class of HIFLD begins",
    ("capability", 1000): "where a class of HIFLD ends",
    ("cost", 100): "where a class of the cost tables begins",
    ("cost", 400): "where a class of the cost tables begins",
    ("durations", 0.1): "P10",
    ("durations", 0.5): "the median",
    ("durations", 0.9): "P90",
    ("firm_power", 1000): "kW in a MW",
    ("information", 0.5): "the middle of a step",
    ("information", 1000): "steps",
    ("pairwise", 0.01): "half a unit in the last place of what people write",
    ("rank_counts", 0.5): "half a unit",
    ("rank_counts", 40): "bits",
    ("timeline", 12): "December",
    ("verdicts", 0.5): "as many wins as losses",
    ("weighting", 12): "digits that floats resolve",
}


def test_no_cited_number_is_typed_again_in_the_model():
    """Every literal of the modules that reckon, against every value of parameters.csv."""
    import ast

    cited = {one.value for one in read_parameters().values()}
    found = {
        (name, node.value)
        for name in MODEL
        for node in ast.walk(ast.parse((REPO / "geo" / f"{name}.py").read_text()))
        if isinstance(node, ast.Constant)
        and type(node.value) in {int, float}
        and node.value in cited - SMALL
    }
    assert found == set(COINCIDENCES)


def test_constraints_are_names_and_versions_only():
    for line in (REPO / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9.]+", line), line


def test_every_data_file_is_described():
    text = (REPO / "data" / "README.md").read_text()
    for path in (REPO / "data").rglob("*.*"):
        if path.name != "README.md":
            assert path.name in text, path.name


def test_the_changelog_has_a_place_for_what_comes():
    first = re.findall(r"^## (.+)$", (REPO / "CHANGELOG.md").read_text(), re.MULTILINE)[0]
    assert first == "Unreleased"


def test_raises_always_say_what_they_match():
    for path in (REPO / "tests").rglob("*.py"):
        calls = re.findall(r"pytest\.raises\([^)]*\)(?: as \w+)?", path.read_text())
        bare = [call for call in calls if "match=" not in call and " as " not in call]
        assert bare == [], path


def test_nothing_of_this_machine_is_in_the_repository():
    if not (REPO / ".git").exists():
        missing("not a git checkout")
    run = subprocess.run(
        ["git", "grep", "-nIE", r"/(root|home)/[a-z]|index-url|\.\./shared", "--", ".", ":!.ci"],
        cwd=REPO, capture_output=True, text=True, check=False,
    )  # fmt: skip
    own = [line for line in run.stdout.splitlines() if "test_project.py" not in line]
    assert own == []
