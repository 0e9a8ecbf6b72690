"""What a page does not need is not brought in, nor computed, nor gone through again."""

from __future__ import annotations

import gc
import json
import subprocess
import sys

from streamlit.testing.v1 import AppTest

from geo.connection import per_kw
from geo.explain import explain
from geo.launch import app_file
from geo.report import ranked_table
from geo.robustness import Uncertainty, robustness
from geo.rows import rows_of

HEAVY = ("altair", "pandera", "fpdf", "numba", "scipy", "geo.ui.site_page", "geo.dossier",
         "geo.ui.data_page", "geo.ui.trust_page", "geo.backtest", "geo.compare")  # fmt: skip

_SCRIPT = """
import json, logging, sys
logging.disable(logging.CRITICAL)
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=120).run()
assert not app.exception and len(app.dataframe) == 1
print(json.dumps(sorted(sys.modules)))
"""


def test_the_first_page_brings_in_nothing_that_only_others_need(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(app_file())],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert {"geo.ui.ranking_page", "streamlit"} <= loaded
    assert sorted(loaded & set(HEAVY)) == []


def test_what_a_page_brought_in_is_not_gone_through_again():
    gc.unfreeze()
    AppTest.from_file(str(app_file()), default_timeout=120).run()
    frozen = gc.get_freeze_count()
    assert frozen > 100_000
    AppTest.from_file(str(app_file()), default_timeout=120).run()
    assert gc.get_freeze_count() <= frozen


def test_the_summary_beside_the_ranking_reads_what_explain_says(assessment):
    robust = robustness(assessment, Uncertainty(draws=200))
    for row in rows_of(ranked_table(assessment, robust)):
        said = explain(assessment, row["site_id"], robust)
        for name in ("rank", "rank_low", "rank_high", "score", "potential", "coverage", "name"):
            assert said[name] == row[name]
        for name in ("poi_id", "poi_name", "poi_kv", "poi_distance_km", "poi_role"):
            assert said["poi"][name] == row[name]
        mid = row["interconnection_usd_mid"]
        expected = None if mid is None else per_kw(mid, assessment.question)
        assert said["cost"]["usd_per_kw_mid"] == expected
        for name in ("low", "high"):
            assert said["cost"][f"usd_{name}"] == row[f"interconnection_usd_{name}"]
        for name in ("time_to_target_years_p50", "time_to_target_years_p90"):
            assert said["time"][name] == row[name]
        assert list(said["binding_constraint"].values()) == [
            row["binding_constraint"], row["binding_reason"], row["binding_relief"],
        ]  # fmt: skip
