"""What a configuration cannot mean is refused, everything at once."""

from __future__ import annotations

import pytest

from layers._config import ConfigError, read_config

NAMES = ("hifld_lines", "eia_pipelines")

BAD = {
    "sources = 3": r"\[sources\]: found 3",
    "limits = 3": r"\[limits\]: found 3",
    "[sources]\nhifld_lines = 3": r"\[sources\] hifld_lines: found 3",
    "[limits]\nattempts = inf": "attempts: found inf, expected a whole number",
    "[limits]\nattempts = nan": "attempts: found nan, expected a whole number",
    "[limits]\nattempts = 0.5": "attempts: found 0.5, expected a whole number",
    "[limits]\nattempts = 2.0": "attempts: found 2.0, expected a whole number",
    "[limits]\nattempts = true": "attempts: found True, expected a whole number",
    "[limits]\nrequest_seconds = inf": "request_seconds: found inf, expected a number above 0",
    "[limits]\nrequest_seconds = -1": "request_seconds: found -1, expected a number above 0",
    f"[limits]\nmost_mb = 1{'0' * 400}": "most_mb: found 1000.*, expected a number above 0",
    **{
        f'[sources.hifld_lines]\nendpoints = ["{url}"]': "expected an address that begins with"
        for url in (
            "http://[::1", "http://", "https://", "ftp://example.org/", "example.org",
            "https://example.org:99999/", "https:///path",
        )
    },
    "[sources.hifld_lines]\nendpoints = [3]": "found 3, expected an address",
}  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_what_it_cannot_mean_is_said(tmp_path, text):
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=BAD[text]):
        read_config(path, NAMES)


def test_every_breach_is_said_at_once(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text(
        "[limits]\nattempts = inf\n[sources]\nhifld_lines = 3\n"
        'eia_pipelines = {endpoints = ["https://"], most_mb = 0}\n'
    )
    with pytest.raises(ConfigError, match="cannot be used") as failed:
        read_config(path, NAMES)
    assert str(failed.value).count("\n  ") == 4


def test_what_it_says_counts(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text(
        "[limits]\nattempts = 3\nmost_mb = 5\n[sources.hifld_lines]\nmost_mb = 7.5\n"
        'endpoints = ["http://[::1]:8000/a/", "https://example.org"]\n'
    )
    found = read_config(path, NAMES)
    assert found["hifld_lines"].endpoints == ("http://[::1]:8000/a", "https://example.org")
    assert found["hifld_lines"].limits == {"attempts": 3, "most_mb": 7.5}
    assert found["eia_pipelines"].limits == {"attempts": 3, "most_mb": 5.0}


def test_the_command_says_so_and_asks_nobody(rewatt, tmp_path, web):
    path = tmp_path / "c.toml"
    path.write_text("sources = 3\n")
    failed = rewatt("fetch", "hifld_lines", "--all", "--config", path, "--data", tmp_path / "s")
    assert (failed.status, "[sources]: found 3" in failed.err) == (2, True), failed.err
    assert web.asked() == []
