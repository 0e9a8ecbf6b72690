"""What is written to a terminal steers it only where the tool means to."""

from __future__ import annotations

from geo.console import grid, say, show

NASTY = "\x1b]0;pwn\x07\x1b[2Jname\u202eeman"


def test_names_cannot_steer_the_terminal(capsys):
    show(grid("", [("site", "left")], [(f"{NASTY}\nsecond",)]), f"{NASTY}\nsecond")
    say(f"{NASTY}\nsecond")
    out, err = capsys.readouterr()
    assert not {"\x1b", "\x07", "\u202e"} & set(out + err)
    assert [" ".join(line.split()) for line in out.splitlines()] == [
        "site",
        "]0;pwn [2Jname eman second",
        "]0;pwn [2Jname eman",
        "second",
    ]
    assert err == " ]0;pwn [2Jname eman\nsecond\n"


def test_nor_can_what_an_error_quotes(rewatt):
    outcome = rewatt("fetch", "terrain", "--file", f"{NASTY}.tif")
    assert outcome.status == 2
    assert "[2Jname eman" in outcome.err
    assert not {"\x1b", "\x07", "\u202e"} & set(outcome.err)
