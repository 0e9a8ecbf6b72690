"""Every page opens, by its address and by its link, and asks no other machine for anything."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import xyzservices.providers

from tests.geo.ui.conftest import at_the_map, settled
from tests.geo.ui.seen import links

pytestmark = pytest.mark.browser

TRACEBACK = ("Traceback (most recent call last)", 'File "', "encountered an error")


def told(looks, ask):
    """Give what is asked of every look, where there is anything."""
    return {where: found for where, one in looks.items() if (found := ask(one))}


def test_every_page_opens_by_its_address(looks):
    assert len({path for _, path in looks}) == 6
    assert told(looks, lambda one: one.facts["exceptions"]) == {}
    assert told(looks, lambda one: [it for it in TRACEBACK if it in one.facts["text"]]) == {}


def test_no_page_has_an_error_on_its_console(looks):
    assert told(looks, lambda one: one.errors) == {}


def test_no_page_asks_another_machine(looks):
    assert told(looks, lambda one: one.outside) == {}


def test_every_page_opens_by_its_link(page, looks):
    settled(page)
    for path, title in links(page):
        page.get_by_role("link", name=title, exact=True).first.click()
        page.wait_for_url(lambda url, path=path: urlsplit(url).path == path)
        heading = looks["wide", path].facts["headings"][0][1]
        page.get_by_role("heading", name=heading, level=1).wait_for(timeout=60_000)
        settled(page)


def test_with_a_network_only_a_basemap_is_asked_for(browse):
    """The tiles' servers are those that the list of public basemaps names."""
    known = {
        urlsplit(one.build_url()).hostname
        for one in xyzservices.providers.flatten().values()
        if not one.requires_token()
    }
    page = at_the_map(browse(network=True))
    page.wait_for_timeout(1000)
    hosts = {urlsplit(one).hostname for one in page.outside}
    assert hosts <= known
    assert hosts or not page.evaluate("navigator.onLine")


def test_nothing_that_was_asked_is_told_to_others(served, looks):
    """The server itself reports no usage: it has nothing to say but where it listens."""
    assert looks
    said = served.log.read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert "http://localhost" in said or not said.strip()
