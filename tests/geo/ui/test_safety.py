"""What others wrote is shown as text, and data that are damaged are answered in words."""

from __future__ import annotations

import shutil
import subprocess
import sys
from urllib.parse import urlsplit

import pandas as pd
import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from layers import Store
from tests.conftest import REPO
from tests.geo.stored import put_pipelines, put_slopes
from tests.geo.ui.conftest import at_the_map, settled
from tests.geo.ui.seen import links

MARKUP = '<img src=x onerror="window.pwned=1"></script><script>window.pwned=2</script>'
MARKDOWN = (
    "**bold** [click](javascript:window.pwned=3) $E=mc^2$ :red[danger] ![](http://evil.example/x)"
)
TURNED = "Alpha \u202egnp.exe\u202c `code` *slanted* _under_"
SITES = pd.DataFrame(
    {
        "site_id": ["evil-*1*", "evil-_2_", "evil-`3`"],
        "name": [f"{MARKUP} {MARKDOWN}", TURNED, MARKDOWN],
        "operator": [MARKDOWN, MARKUP, MARKUP],
        "state": "TX",
        "country": "US",
        "county": ["Childress", "Childress", None],
        "lat": [34.3833, 34.4, None],
        "lon": [-100.0569, -100.2, None],
        "coord_precision": ["site", "county", "none"],
        "status": "operating",
        "energised_mw": [1000, 300, 100],
        "contracted_mw": [1500, 300, 100],
        "announced_mw": [1000, 300, 100],
        "interconnection_kv": [345, None, None],
        "interconnect_type": "grid",
        "evidence": "company",
        "source": f"{MARKUP} {MARKDOWN}",
        "as_of": "2026-10",
    }
)
STATIONS = pd.DataFrame(
    {
        "id": ["e1"],
        "name": [f"{MARKUP} {MARKDOWN}"],
        "lat": [34.40],
        "lon": [-100.06],
        "max_kv": [345],
        "circuits": [6],
    }
)


@pytest.fixture(scope="module")
def hostile(serve, tmp_path_factory):
    """Serve the app on imported tables whose every text tries to be more than text."""
    folder = tmp_path_factory.mktemp("hostile")
    for layer, table in (("miner_sites", SITES), ("substations", STATIONS)):
        path = folder / f"{layer}.csv"
        table.to_csv(path, index=False)
        command = [sys.executable, "-m", "geo", "import", layer, str(path), "--yes"]
        done = subprocess.run(
            [*command, "--data", str(folder / "data")],
            cwd=REPO, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert f"{len(table)} kept, 0 refused" in done.stdout + done.stderr
    return serve(folder / "data")


OBEYED = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const words = ["bold", "slanted", "under", "code", "danger"];
    return all("strong,b,em,i,code,del,span")
        .filter((one) => words.includes(one.textContent.trim()))
        .concat(all("a").filter(
            (one) => one.protocol === "javascript:" || one.hostname === "evil.example"))
        .concat(all("img").filter((one) => /evil|^x$/.test(one.getAttribute("src") ?? "")))
        .concat(all(".katex"))
        .map((one) => one.outerHTML.slice(0, 150));
}"""


@pytest.mark.browser
def test_names_from_a_table_are_text_on_every_page(browse, hostile):
    page = at_the_map(browse(home=hostile))
    settled(page)
    shown = {}
    heading = page.locator("h1").first
    for path, title in links(page):
        here, former = urlsplit(page.url).path, heading.inner_text()
        page.get_by_role("link", name=title, exact=True).first.click()
        page.wait_for_url(f"**{path}*")
        if path != here:
            expect(heading).not_to_have_text(former)
        settled(page)
        page.wait_for_timeout(1500)  # what is obeyed is so at once
        for frame in page.frames:
            assert frame.evaluate("window.pwned") is None, path
            assert frame.evaluate(OBEYED) == [], path
        shown[path] = page.get_by_test_id("stMain").inner_text()
    # each stands there letter by letter: the located one, the one known to its county, the other
    told = "\n".join(shown.values())
    assert MARKUP in told
    assert MARKDOWN in told
    assert "evil-_2_" in told
    assert "evil-`3`" in told


def pointer(folder):
    (folder / "current").write_text("{broken")


def manifest(folder):
    next(folder.glob("versions/*/manifest.json")).write_text("[]")


def cut(folder):
    table = next(folder.glob("versions/*/tables/*.parquet"))
    table.write_bytes(table.read_bytes()[:100])


def gone(folder):
    shutil.rmtree(folder / "versions")


def no_folder(folder):
    shutil.rmtree(folder.parents[1])
    folder.parents[1].write_text("a file")


def slopes(folder):
    for file in folder.parent.glob("terrain/versions/*/files/*"):
        file.write_bytes(b"not an array")


def shown(page):
    from importlib import import_module

    from geo.ui.choice import choose

    chosen = choose()
    if chosen is not None:
        import_module(f"geo.ui.{page}").page(*chosen)


@pytest.mark.parametrize("page", ["ranking_page", "data_page"])
@pytest.mark.parametrize("damage", [pointer, manifest, cut, gone, no_folder, slopes])
def test_damaged_data_are_answered_in_words(page, damage, tmp_path, monkeypatch):
    monkeypatch.setenv("REWATT_DATA", str(tmp_path / "data"))
    store = Store(tmp_path / "data")
    put_pipelines(store, ("west", [(-100.05, 33.0), (-100.05, 36.0)]))
    put_slopes(store)
    damage(store.source_folder("eia_pipelines"))
    app = AppTest.from_function(shown, default_timeout=60, args=(page,)).run()
    assert not app.exception
    said = " ".join(one.value for one in [*app.warning, *app.error, *app.text])
    assert "rewatt data verify" in said or "expected a folder" in said
    assert "Traceback" not in said
