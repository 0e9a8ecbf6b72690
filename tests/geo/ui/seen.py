"""One look at every page, wide, narrow and dark: what many tests ask about is gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import axe_playwright_python

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")

TALL = 9000
"""Pixels: what lies outside the window is not judged by its contrast."""

_FACTS = """() => {
    const main = document.querySelector("[data-testid=stMain]");
    const all = (selector) => [...main.querySelectorAll(selector)];
    const named = (one) => Boolean(
        one.getAttribute("alt") || one.title || one.getAttribute("aria-label")
        || one.getAttribute("aria-labelledby") || one.querySelector("title")
        || one.closest("[role=img][aria-label],[role=graphics-document][aria-label]")
        || one.closest("[aria-hidden=true]"));
    return {
        text: document.body.innerText,
        headings: all("h1,h2,h3,h4,h5,h6").map((one) => [Number(one.tagName[1]), one.innerText]),
        nameless: all("img,iframe,svg[role],[role=graphics-document]")
            .filter((one) => !named(one)).map((one) => one.outerHTML.slice(0, 120)),
        mute: all("canvas").filter((one) => one.checkVisibility() && !named(one)
            && !one.closest("[data-testid=stDataFrame]"))  // these carry a table inside them
            .map((one) => one.parentElement.outerHTML.slice(0, 120)),
        charts: all("[role=graphics-document]").map((one) => one.getAttribute("aria-label")),
        exceptions: document.querySelectorAll("[data-testid=stException]").length,
        over: [document.documentElement, main].map((one) => one.scrollWidth - one.clientWidth),
    };
}"""

_VIOLATIONS = """async () => {
    const { violations } = await axe.run(document, {resultTypes: ["violations"], elementRef: true});
    const named = "[data-testid]:not([data-testid=stMarkdownContainer])";
    const part = (node) => node.target.length > 1 ? "frame: " + node.target.at(-1)
        : node.element?.closest(named)?.dataset.testid;
    return violations.filter((rule) => ["serious", "critical"].includes(rule.impact)).flatMap(
        (rule) => rule.nodes.map((node) => [rule.id, part(node), node.html.slice(0, 200)]));
}"""


@dataclass(frozen=True)
class Look:
    """What one look at one page gave.

    Attributes
    ----------
    path, title
        Where the page is, and what its link says.
    facts
        What its document says, by name.
    violations
        Serious and critical findings of axe-core, those of the map's frame among them: rule,
        the part of Streamlit that holds it or the selector inside its frame, element.
    errors, outside
        What the browser complained of, and requests to other machines.
    """

    path: str
    title: str
    facts: dict
    violations: list
    errors: list
    outside: list


def links(page):
    """Give path and title of every page, from the navigation itself."""
    found = page.locator("[data-testid=stTopNavLink],[data-testid=stSidebarNavLink]").evaluate_all(
        "(all) => all.map((one) => [new URL(one.href).pathname, one.innerText.trim()])"
    )
    return list(dict.fromkeys((path, title) for path, title in found))


def look(page, path, title):
    """Take one look at the page that is open."""
    facts = page.evaluate(_FACTS)
    return Look(path, title, facts, judged(page), list(page.errors), list(page.outside))


def judged(page):
    """Ask axe-core, in every frame, about all that would be seen by scrolling."""
    size = page.viewport_size
    page.set_viewport_size({**size, "height": TALL})
    page.wait_for_timeout(400)
    for frame in page.frames:
        frame.evaluate(AXE)
    found = page.evaluate(_VIOLATIONS)
    page.set_viewport_size(size)
    return [(rule, part, html) for rule, part, html in found]
