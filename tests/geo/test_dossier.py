"""A site's dossier: the figures are those of `explain --json`, in HTML and in PDF alike."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from itertools import pairwise

import pypdf
import pytest

from geo.document import Value
from geo.dossier_figures import figures
from geo.explain import explain
from tests.geo.dossiers import Reader, numbers, squeezed

HOSTILE = '<script>alert(1)</script> & "quotes" *stars* [link](http://evil) $x$ :zap:'
OWN = """site_id,name,operator,lat,lon,energised_mw,coord_precision,status
plain-own,{name},"=cmd|' /C calc'!A0",34.4,-100.2,,site,operating
long-own,{long},Nobody,34.5,-100.3,120,site,planned
rtl-own,مركز بيانات שלום,中文 operator,34.6,-100.1,50,site,operating
"""  # a blank MW, a formula, a long name, scripts from right to left
SITES = {
    "iren-childress": "energised beyond the target, three options, news",
    "cipher-barber-lake": "something has to be built",
    "iren-sweetwater-2": "known to its county only",
    "iren-oklahoma": "no public location",
    "nautilus-cryptomine": "closed",
    "iren-prince-george": "in Canada: no grid tables, no costs",
    "mara-hopedale": "MW not published",
}

HEADINGS = [
    "The answer in figures",
    "What binds, and what would relieve it",
    "Where the score comes from",
    "Megawatts by date",
    "How it connects, and at what cost",
    "Around the site",
    "Firm power",
    "Must-haves",
    "What is not known, and what it could change",
    "The news about its conversion",
    "Sources, and how to make this again",
]


@pytest.fixture(scope="module")
def own_file(tmp_path_factory):
    file = tmp_path_factory.mktemp("own") / "own sites.csv"
    quoted = HOSTILE.replace('"', '""')
    file.write_text(OWN.format(name=f'"{quoted}"', long="Wide" * 50), encoding="utf-8")
    return file


_MADE = {}


def made(rewatt, folder, site, *more):
    """Give the explanation, the HTML and the PDF that the command line makes; each once."""
    key = (site, *map(str, more))
    if key not in _MADE:
        _MADE[key] = written(rewatt, folder, site, *more)
    return _MADE[key]


def written(rewatt, folder, site, *more):
    page, paper = folder / "d.html", folder / "d.pdf"
    outcome = rewatt("dossier", site, *more, "--out", page, "--out", paper)
    assert outcome.status == 0, outcome.err
    one = json.loads(rewatt("explain", site, *more, "--json").out)
    return one, page.read_text(encoding="utf-8"), paper.read_bytes()


def paper_text(paper):
    """Give what a PDF says, without blanks and without what stands at each page's foot."""
    file = pypdf.PdfReader(io.BytesIO(paper))
    title, many = re.escape(squeezed(file.metadata.title)), len(file.pages)
    foot = re.compile(rf"{title}page\d+of{many}")
    return "".join(foot.sub("", squeezed(page.extract_text())) for page in file.pages)


def assert_every_figure_is_that_of_explain(one, read):
    """No figure differs, none is left out, and what is not known is said in words."""
    of_explain = dict(numbers(one))
    shown = {}
    for place, value, text in read.figures:
        assert place in of_explain, place
        assert value == of_explain[place], place
        shown[place] = text
        if value is None:
            assert text.startswith("not "), (place, text)
            continue
        digits = len(text.split()[0].rstrip("%").partition(".")[2])
        written = float(re.sub(r"[^0-9.+-]", "", text.split()[0]))
        factor = 100 if text.endswith("%") else 1
        near = [abs(written - value * factor / over) <= 0.51 * 10.0**-digits for over in (1, 1e6)]
        assert any(near), (place, text, value)
    left_out = {
        place
        for place, value in of_explain.items()
        if value is not None and place not in shown and not _written_once(place, shown, of_explain)
    }
    assert not left_out
    for places in read.tables:
        assert len(set(places)) == len(places), places


def _written_once(place, shown, of_explain):
    """Tell where the upper end of a range is written with the lower."""
    low = place.replace("high", "low")
    return low in shown and f"{of_explain[low]:,.0f}" == f"{of_explain[place]:,.0f}"


@pytest.mark.parametrize("site", SITES)
def test_html_and_pdf_say_what_explain_says(rewatt, tmp_path, site):
    one, page, paper = made(rewatt, tmp_path, site)
    read = Reader(page)
    assert_every_figure_is_that_of_explain(one, read)
    at, text = 0, paper_text(paper)
    for said in read.texts:
        wanted = squeezed(said.replace("\N{BULLET}", ""))
        at = text.find(wanted, at)
        assert at >= 0, said


def test_another_target_and_a_file_of_the_users_own(rewatt, tmp_path, own_file):
    more = ("--sites", own_file, "--target-mw", "400", "--by", "potential")
    one, page, paper = made(rewatt, tmp_path, "plain-own", *more)
    assert one["brought"]
    assert one["target_mw"] == 400
    read = Reader(page)
    assert_every_figure_is_that_of_explain(one, read)
    assert squeezed(HOSTILE) in paper_text(paper)
    made_by = "--sites 'own sites.csv' --scenario balanced --target-mw 400 --by potential"
    assert any(made_by in text for text in read.texts)
    assert str(own_file.parent) not in page


def test_what_a_user_has_not_stated_is_not_called_unpublished(rewatt, tmp_path):
    bare = tmp_path / "bare.csv"
    bare.write_text("site_id,name,lat,lon,coord_precision\n"
                    "a,A,34.3,-100.1,site\nb,B,34.3,-100.1,county\nc,C,,,\n")  # fmt: skip
    said = {
        one: " ".join(Reader(made(rewatt, tmp_path, one, "--sites", bare)[1]).texts)
        for one in "abc"
    }
    for text in said.values():
        assert "county not stated" in text
        assert "not known: not stated" in text
        assert "nobody has published it" not in text
        assert "has no public location" not in text
    assert "the site's place is stated to its county only" in said["b"]
    assert "no location of the site is stated" in said["c"]
    assert ": no location stated" in said["c"]
    assert (
        "A (a), operator not stated, county not stated"
        in rewatt("explain", "a", "--sites", bare).out
    )


def test_hostile_names_are_text(rewatt, tmp_path, own_file):
    _, page, _ = made(rewatt, tmp_path, "plain-own", "--sites", own_file)
    read = Reader(page)
    assert read.texts[0] == HOSTILE
    assert not [tag for tag, _ in read.tags if tag in {"script", "img", "iframe", "link", "object"}]
    assert "<script" not in page


def test_long_names_wrap_and_stay_whole(rewatt, tmp_path, own_file):
    one, page, paper = made(rewatt, tmp_path, "long-own", "--sites", own_file)
    assert Reader(page).texts[0] == one["name"] == "Wide" * 50
    assert "Wide" * 50 in paper_text(paper)


def test_scripts_from_right_to_left_and_letters_that_the_font_lacks(rewatt, tmp_path, own_file):
    one, page, paper = made(rewatt, tmp_path, "rtl-own", "--sites", own_file)
    assert Reader(page).texts[0] == one["name"]
    text = paper_text(paper)
    assert "[U+4E2D][U+6587]" in text
    assert squeezed("Characters that this file's font lacks") in text
    assert set("םולש") <= set(text)


def test_the_same_bytes_every_time(rewatt, tmp_path):
    _, page, paper = made(rewatt, tmp_path, "iren-childress")
    _, page_again, paper_again = written(rewatt, tmp_path, "iren-childress")
    assert page == page_again
    assert paper == paper_again


def test_the_pdf_says_its_title_embeds_its_fonts_and_loads_nothing(rewatt, tmp_path):
    _, _, paper = made(rewatt, tmp_path, "iren-childress")
    file = pypdf.PdfReader(io.BytesIO(paper))
    assert file.metadata.title == "Childress: site dossier"
    assert [one.title for one in file.outline[1] if not isinstance(one, list)] == HEADINGS
    for page in file.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile2" in inner.get_object()
        links = [one.get_object() for one in page.get("/Annots", [])]
        assert not [one for one in links if "/URI" in str(one) or "/Launch" in str(one)]
    last = file.pages[-1].extract_text()
    assert f"page {len(file.pages)} of {len(file.pages)}" in last
    assert not [image for page in file.pages for image in page.images]


def test_the_pdf_breaks_no_unit_and_no_layer_over_two_lines(rewatt, tmp_path):
    _, _, paper = made(rewatt, tmp_path, "iren-childress")
    lines = "\n".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(paper)).pages)
    table = lines[lines.index("Points compared") : lines.index("What the low estimate")]
    assert "USD/kW" in table
    assert "transmission_lines" in lines[lines.rindex("licence") :]


def test_the_html_names_nothing_to_load(rewatt, tmp_path):
    _, page, _ = made(rewatt, tmp_path, "iren-childress")
    for tag, given in Reader(page).tags:
        assert not {"src", "href", "srcset", "action", "data"} & set(given), tag
    assert "url(" not in page
    assert "@import" not in page


def test_the_html_has_its_headings_in_order_and_its_tables_their_heads(rewatt, tmp_path):
    _, page, _ = made(rewatt, tmp_path, "iren-childress")
    read = Reader(page)
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert {given["scope"] for tag, given in read.tags if tag == "th"} == {"col", "row"}
    names = [tag for tag, _ in read.tags]
    assert names.count("table") == names.count("caption") == names.count("thead")
    drawings = [given for tag, given in read.tags if tag == "svg"]
    assert len(drawings) == 3
    ids = {given.get("id") for _, given in read.tags}
    for given in drawings:
        assert given["role"] == "img"
        assert set(given["aria-labelledby"].split()) <= ids


def test_every_firm_mw_stands_beside_the_words_upper_bound(rewatt, tmp_path):
    _, page, _ = made(rewatt, tmp_path, "iren-childress")
    assert "Firm capability of the POI (upper bound)" in page
    assert "firm MW is an upper bound" in page
    for text in re.findall(r'title="([^"]*N-1 limit[^"]*)"', page):
        assert "upper bound" in text


def test_every_one_there_is_said_of_the_voltages_that_the_layer_holds(rewatt, tmp_path):
    _, page, _ = made(rewatt, tmp_path, "iren-childress")
    (row,) = (
        one for one in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if "within_reach.tr" in one
    )
    assert "Transmission lines of 220 kV and more" in row
    assert "every one of 220 kV and more there, not every one below" in row
    assert "every one of 100 kV and more there, not every one below" in page
    assert "every one of 50 MW and more there, not every one below" in page
    assert "every one there" not in page.replace("not hold every one there", "")


@pytest.mark.parametrize("site", SITES)
def test_no_meaning_speaks_of_a_blank_cell(rewatt, tmp_path, site):
    """A dossier has no blanks: what is not known says so, and why."""
    _, page, _ = made(rewatt, tmp_path, site)
    assert "blank:" not in page
    for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL):
        cells = [re.sub("<.*?>", "", cell) for cell in re.findall(r"<td.*?</td>", row)]
        if cells and not cells[0].startswith(("not known", "none")):
            assert "not known: " not in " ".join(cells[1:]), cells


def test_the_role_of_the_poi_is_said_and_its_note_is_a_row_of_its_own(rewatt, tmp_path):
    one, page, _ = made(rewatt, tmp_path, "iren-childress")
    (role,) = re.findall(r"<tr><th[^>]*>Its role</th>.*?</tr>", page)
    assert "own connection (perhaps too weak for the target), or else" in role
    assert one["poi"]["poi_note"] is None
    assert ">Note</th>" not in page


def test_a_campus_known_to_its_county_is_listed_as_a_range(rewatt, tmp_path):
    _, page, paper = made(rewatt, tmp_path, "iren-childress")
    (row,) = re.findall(r"<tr><th[^>]*>Crusoe / Lancium Childress \(known.*?</tr>", page)
    assert re.search(r">0</data> to <data [^>]*>52</data>", row)
    assert "knowntoacountythatreachesintoit" in paper_text(paper)


def test_what_is_not_known_says_why(rewatt, tmp_path):
    _, page, _ = made(rewatt, tmp_path, "iren-oklahoma")
    assert "not known: the site has no public location" in page
    assert "No map and no neighbours: the site has no public location." in page
    assert "neither energised" not in page  # 1,600 MW are announced: the place is what lacks
    _, page, _ = made(rewatt, tmp_path, "iren-sweetwater-2")
    assert "public to its county only" in page
    _, page, _ = made(rewatt, tmp_path, "mara-hopedale")
    assert "not known: nobody has published it" in page
    assert "not known: the energised MW are not known" in page


def test_the_news_stands_with_its_sources(rewatt, tmp_path):
    one, page, _ = made(rewatt, tmp_path, "iren-childress")
    assert [item["claim_id"] for item in one["news"]] == ["C021", "C020", "C022"]
    for item in one["news"]:
        assert item["claim"] in page
        assert item["source"] in page


def test_files_that_cannot_be_written_are_refused_at_once(rewatt, tmp_path):
    outcome = rewatt(
        "dossier",
        "iren-childress",
        "--out",
        tmp_path / "d.docx",
        "--out",
        tmp_path / "no" / "d.pdf",
    )
    assert outcome.status == 2
    assert "the suffix is '.docx', expected one of .html, .htm, .pdf" in outcome.err
    assert f"the folder {tmp_path / 'no'} does not exist" in outcome.err
    assert not list(tmp_path.iterdir())


def test_a_folder_of_that_name_is_refused(rewatt, tmp_path):
    (tmp_path / "d.pdf").mkdir()
    outcome = rewatt("dossier", "iren-childress", "--out", tmp_path / "d.pdf")
    assert outcome.status == 2
    assert "this is a folder" in outcome.err


def test_a_site_that_does_not_exist_writes_nothing(rewatt, tmp_path):
    outcome = rewatt("dossier", "iren-childres", "--out", tmp_path / "d.html")
    assert outcome.status == 2
    assert "iren-childress" in outcome.err
    assert not list(tmp_path.iterdir())


def test_no_file_asked_for_is_an_error(rewatt):
    assert rewatt("dossier", "iren-childress").status == 2


def test_a_ranking_imports_nothing_of_what_writes_pdf():
    said = """
import sys
from geo.cli import main
sys.argv = ["rewatt", "rank", "--region", "childress"]
try:
    main()
except SystemExit:
    pass
print("loaded:", {"fpdf", "uharfbuzz", "matplotlib", "geo.dossier"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("loaded: set()")


@pytest.fixture(scope="module")
def top(assessment, layers):
    """Give the figures at the top, by their titles, of a site that has something to build."""
    one = explain(assessment, "cipher-barber-lake", layers=layers)
    return one, {figure.label: figure for figure in figures(one).figures}


def places(cell):
    parts = cell if isinstance(cell, tuple) else (cell,)
    return [part.of for part in parts if isinstance(part, Value)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Energised", ["energised_mw"]),
        ("Contracted, the energised included", ["contracted_mw"]),
        ("Announced on top", ["announced_mw"]),
        ("Taken by AI contracts", ["committed_mw"]),
        ("Free of AI contracts", ["uncommitted_mw"]),
        ("Cost to connect what 200 MW lacks", ["cost.usd_mid", "cost.usd_low", "cost.usd_high"]),
        ("Time to 200 MW", ["time.time_to_target_years_p50", "time.time_to_target_years_p90"]),
        ("Ready for AI in 2 years, P50", ["time.mw_in_2_years"]),
        ("Ready for AI in 5 years, P50", ["time.mw_in_5_years"]),
    ],
)
def test_under_each_title_stands_what_it_says(top, title, expected):
    assert places(top[1][title].value) == expected


def test_a_figure_names_the_datasets_of_its_own_layers_alone(top):
    one, shown = top
    named = {row["layer"]: row["source"] for row in one["versions"]["data"]}
    said = shown["Distance to the POI"].source
    assert named["substations"] in said
    others = {row["source"] for row in one["versions"]["data"]} - {
        row["source"]
        for row in one["versions"]["data"]
        if row["layer"] in {"substations", "transmission_lines"}
    }
    assert others
    assert not [source for source in others if source in said]
