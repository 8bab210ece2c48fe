"""Every page of the public site, in every state and both languages, for everybody's eyes and ears.

Rooms add pages; the addresses come from the site itself, so a page that no round below reaches fails.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.journeys import axe, html_checker, rounds
from tests.journeys import browser as plain
from tests.journeys.reward_rounds import RewardSite, reward_site, rewards
from tests.journeys.style_sheets import colours_that_depend
from tests.journeys.trial import Trial
from tests.journeys.walker import OUTLINE, TOO_LARGE, WITHOUT_RING, Looks, Seen, Walker
from tests.journeys.windows import DESKTOP, NARROW, Screen, Window
from tests.public.instance import make_instance
from tipline.public.pages.style import STYLE

LANGUAGES: Final[Mapping[str, tuple[str, Looks]]] = {
    "zh-CN": (
        "203.0.113.",
        {
            "narrow-light": (NARROW, False, axe.EVERY_RULE),
            "wide-dark": (DESKTOP, True, axe.OF_THE_LAYOUT),
        },
    ),
    "en": (
        "192.0.2.",
        {
            "wide-light": (DESKTOP, False, axe.WITHOUT_COLOURS),
            "narrow-dark": (NARROW, True, axe.OF_LAYOUT_AND_LANGUAGE),
        },
    ),
}
"""Every page is judged in both widths and both colours; what does not change with the language in one.

Contrast is judged in light and in dark, narrow and wide, in both languages; what is light on a wide screen
has the colours that it has on a narrow one.
"""

NO_PAGE: Final = {
    "pages.style": "the style sheet",
    "pages.icon": "answered with nothing",
    "pages.language": "leads back to the page it came from",
    "mailbox.open_messages": "leads to the messages",
    "mailbox.agree": "leads to the case",
    "mailbox.well": "leads to the case",
    "mailbox.sign_out": "leads to the neutral page",
}
"""What has an address and shows no page, and why."""

UNDECIDED: Final[Mapping[str, str]] = {
    "stranger /results: color-contrast": "cells beyond the edge of a scrolling box, coloured as those in it",
}
"""What axe cannot decide (page and rule), each looked at: why it is fine."""

WARNED: Final = {
    "The “inputmode” attribute is not supported in all browsers.": "phones that know it show digits",
}
"""The checker's warnings (how they begin), each looked at: why it stays."""

TELLING: Final = re.compile(
    r"report|tip\b|tipline|mailbox|tracking|code|gang|crime|police|threat|danger|objection|withdraw|witness|protect"
    r"|举报|线索|查询码|信箱|黑恶|扫黑|犯罪|派出所|威胁|危险|异议|撤回|证人|保护",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The site's own table of addresses."""
    instance = make_instance(tmp_path_factory.mktemp("site"))
    yield instance.app
    instance.close()


@pytest.fixture(scope="module")
def rewarding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RewardSite]:
    """A site with rewards."""
    with reward_site(tmp_path_factory.mktemp("rewards")) as made:
        yield made


@pytest.fixture(scope="module")
def seen(
    proxied: Trial, chromium: Browser, site: Flask, reviewer: plain.Browser, rewarding: RewardSite
) -> Sequence[Seen]:
    """Every page in every state, in both languages."""
    found: list[Seen] = []
    for language, (address, looks) in LANGUAGES.items():
        walker = Walker(chromium, proxied, site, language, address, looks=looks)
        for walk in rounds.ROUNDS:
            walk(walker, reviewer)
        walker.close()
        found += walker.seen
        elsewhere = replace(proxied, public=rewarding.public)
        walker = Walker(chromium, elsewhere, site, language, address, looks=looks)
        rewards(walker, rewarding)
        walker.close()
        found += walker.seen
    return found


def test_no_page_is_left_out(site: Flask, seen: Sequence[Seen]) -> None:
    addresses = {rule.endpoint for rule in site.url_map.iter_rules()}
    assert sorted(addresses - {page.endpoint for page in seen} - NO_PAGE.keys()) == []
    assert NO_PAGE.keys() <= addresses


def test_every_state_is_seen_in_both_languages(seen: Sequence[Seen]) -> None:
    names = {language: [page.name for page in seen if page.language == language] for language in LANGUAGES}
    assert names["zh-CN"] == names["en"]
    assert len(set(names["en"])) == len(names["en"])


def test_the_accessibility_rules_find_nothing_wrong(seen: Sequence[Seen]) -> None:
    assert _judged(seen, "wrong") == []


def test_what_the_accessibility_rules_cannot_decide_was_looked_at(seen: Sequence[Seen]) -> None:
    undecided = {
        f"{page.name}: {each.rule}"
        for page in seen
        for judgement in page.judgements.values()
        for each in judgement.undecided
    }
    assert undecided == UNDECIDED.keys(), _judged(seen, "undecided")


def test_no_width_and_no_language_changes_a_colour() -> None:
    assert colours_that_depend(STYLE.data.decode("utf-8")) == []


def test_nothing_sticks_out_or_is_cut_off_on_a_narrow_screen_or_in_large_letters(
    seen: Sequence[Seen],
) -> None:
    assert [f"{page.called}: {each}" for page in seen for each in page.too_large] == []


def test_whatever_the_tab_key_reaches_shows_a_ring(seen: Sequence[Seen]) -> None:
    assert [f"{page.called}: {each}" for page in seen for each in page.without_ring] == []


def test_a_page_without_style_has_headings_in_order_labels_and_linked_errors(seen: Sequence[Seen]) -> None:
    assert [f"{page.called}: {each}" for page in seen for each in page.outline] == []


def test_no_title_tells_what_the_site_is(seen: Sequence[Seen]) -> None:
    assert [f"{page.called}: {page.title}" for page in seen if TELLING.search(page.title)] == []
    assert {page.title for page in seen} > {"Public services", "便民服务"}


def test_the_html_of_every_page_and_the_style_sheet_are_valid(seen: Sequence[Seen], tmp_path: Path) -> None:
    if html_checker.java() is None:
        pytest.skip("Java is not installed; deploy/system-packages.sh installs it")
    pages = {page.called: page.html for page in seen} | {"style.css": STYLE.data.decode("utf-8")}
    remarks = html_checker.check(pages, tmp_path)
    assert [str(each) for each in remarks if not each.said.startswith(tuple(WARNED))] == []


def _judged(seen: Sequence[Seen], which: str) -> list[str]:
    """Findings as lines."""
    return [
        f"{page.called}, {look}: {each.rule} {each.element}: {each.why}"
        for page in seen
        for look, judgement in page.judgements.items()
        for each in getattr(judgement, which)
    ]


# ------------------------------------------------------------- the checks see what they look for

BAD: Final = """<!DOCTYPE html><html lang="en"><head><title>x</title><style>
a { outline: none } .long { width: 500px } .hides { overflow: hidden; height: 1em }
.pale { color: #ccc; background: #fff }
</style></head><body><h1>x</h1><h3>y</h3><p class="long">wide</p><p class="hides">cut<br>off</p>
<p class="pale">pale</p><a href="#x">link</a><input type="text" id="i" aria-invalid="true"></body></html>"""


def test_the_checks_above_see_what_they_look_for(proxied: Trial, chromium: Browser, tmp_path: Path) -> None:
    window = Window(chromium, Screen(NARROW, "en", True, "198.51.100.166"), proxied, for_axe=True)
    window.page.set_content(BAD)
    assert {"color-contrast", "heading-order", "label"} <= {
        each.rule for each in axe.judge(window.page).wrong
    }
    too_large = " ".join(window.page.evaluate(TOO_LARGE))
    for sign in ("wide on 320", "p.long sticks out", "p.hides is cut off"):
        assert sign in too_large
    assert "<a href" in " ".join(window.page.evaluate(WITHOUT_RING))
    outline = " ".join(window.page.evaluate(OUTLINE))
    for sign in ("h3 after h1", "no label", "no link in the summary to #i"):
        assert sign in outline
    window.close()


def test_a_colour_that_depends_on_width_or_language_is_seen() -> None:
    in_dark = "@media (prefers-color-scheme: dark) { p { color: red } }"
    for sheet in (
        "@media (min-width: 36em) { p { margin: 0; color: red } }",
        f"@media (max-width: 40rem) {{ {in_dark} }}",
        "@media (width < 40rem) { :root { --accent: red } }",
        "p:lang(en) { background: url('a;b') }",
    ):
        assert len(colours_that_depend(f"p {{ color: blue }} {in_dark} {sheet}")) == 1
    assert colours_that_depend(f"{in_dark} @media (min-width: 9em) {{ p {{ --font-size: 2em }} }}") == []


def test_the_checker_sees_bad_html_and_bad_style(tmp_path: Path) -> None:
    if html_checker.java() is None:
        pytest.skip("Java is not installed; deploy/system-packages.sh installs it")
    bad = {"page": BAD.replace("<h3>y</h3>", "<h3>y</h2>"), "sheet.css": "a { colour: red }", "good": BAD}
    wrong = html_checker.check(bad, tmp_path)
    assert {(each.page, each.kind) for each in wrong} == {("page", "error"), ("sheet.css", "error")}
