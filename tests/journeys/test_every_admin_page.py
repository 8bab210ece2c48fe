"""Every page of the admin site, in many states and both languages, for everybody's eyes and ears.

Rooms add pages; the addresses come from the site itself, so a page that no round reaches fails.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from playwright.sync_api import Browser

from admin.app import TEMPLATES, create_app
from tests.journeys import admin_rounds, axe, html_checker
from tests.journeys.pay_rounds import PAY_ROUNDS
from tests.journeys.style_sheets import colours_that_depend
from tests.journeys.trial import Trial
from tests.journeys.walker import Looks, Seen, Walker
from tests.journeys.windows import DESKTOP, PHONE
from tipline.settings import Settings

LANGUAGES: Final[Mapping[str, tuple[str, Looks]]] = {
    "zh-CN": (
        "203.0.113.",
        {
            "phone-light": (PHONE, False, axe.EVERY_RULE),
            "desktop-dark": (DESKTOP, True, axe.OF_THE_LAYOUT),
        },
    ),
    "en": ("192.0.2.", {"phone-dark": (PHONE, True, axe.OF_LAYOUT_AND_LANGUAGE)}),
}
"""What does not change with the language is judged in one; there are a hundred and fifty pages."""

NO_PAGE: Final = {
    "static": "style sheets and scripts",
    "home.language": "leads back to the page it came from",
    "leaders.file": "a spreadsheet, as an attachment",
    "evidence.download": "a pack, as an attachment",
    "transfers.download": "a packet, as an attachment",
}
"""What can be opened and shows no page, and why."""

UNDECIDED: Final = {
    "due to a background image": "the sign beside the letters of a choice, a day or a wrong field",
    "contains an image node": "letters in a chart, of the text's colours; its table stands below",
    "partially obscured by another element": "one of a line of short cuts that can be scrolled",
    "overlapped by another element": "a name, and across it who looks: pale, and it takes no clicks",
    "too short to determine if it is actual text": "a number",
}
"""What axe cannot decide of colours (how its sentence goes), each looked at: why it is fine."""

WARNED: Final = {
    "The “inputmode” attribute is not supported in all browsers.": "phones that know it show digits",
}
"""The checker's warnings (how they begin), each looked at: why it stays."""


@pytest.fixture(scope="module")
def site(sampled: Trial) -> Flask:
    """The site's own table of addresses."""
    return create_app(Settings.from_mapping(sampled.environment))


@pytest.fixture(scope="module")
def seen(sampled: Trial, chromium: Browser, site: Flask) -> Sequence[Seen]:
    """Every page in both languages."""
    staff = admin_rounds.prepare(sampled)
    found: list[Seen] = []
    for language, (address, looks) in LANGUAGES.items():
        walker = Walker(chromium, sampled, site, language, address, base=sampled.admin, looks=looks)
        for walk in (*admin_rounds.ROUNDS, *PAY_ROUNDS):
            walk(walker, staff)
        walker.close()
        found += walker.seen
    return found


def test_no_page_of_staff_is_left_out(site: Flask, seen: Sequence[Seen]) -> None:
    opened = {rule.endpoint for rule in site.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted(opened - {page.endpoint for page in seen} - NO_PAGE.keys()) == []
    assert NO_PAGE.keys() <= opened


def test_every_state_is_seen_in_both_languages(seen: Sequence[Seen]) -> None:
    names = {language: [page.name for page in seen if page.language == language] for language in LANGUAGES}
    assert names["zh-CN"] == names["en"]
    assert len(set(names["en"])) == len(names["en"])


def test_the_accessibility_rules_find_nothing_wrong(seen: Sequence[Seen]) -> None:
    assert _judged(seen, "wrong") == []


def test_what_the_accessibility_rules_cannot_decide_was_looked_at(seen: Sequence[Seen]) -> None:
    undecided = [each for page in seen for judged in page.judgements.values() for each in judged.undecided]
    assert {each.rule for each in undecided} <= {"color-contrast"}
    unknown = [line for line in _judged(seen, "undecided") if not any(why in line for why in UNDECIDED)]
    assert unknown == []


def test_no_width_and_no_language_changes_a_colour() -> None:
    sheets = [path.read_text("utf-8") for path in TEMPLATES.glob("static/*.css")]
    assert [each for sheet in sheets for each in colours_that_depend(sheet)] == []


def test_nothing_sticks_out_or_is_cut_off_on_a_narrow_screen_or_in_large_letters(
    seen: Sequence[Seen],
) -> None:
    assert [f"{page.called}: {each}" for page in seen for each in page.too_large] == []


def test_whatever_the_tab_key_reaches_shows_a_ring(seen: Sequence[Seen]) -> None:
    assert [f"{page.called}: {each}" for page in seen for each in page.without_ring] == []


def test_a_page_without_style_has_headings_in_order_labels_and_linked_errors(seen: Sequence[Seen]) -> None:
    assert [f"{page.called}: {each}" for page in seen for each in page.outline] == []


def test_the_html_of_every_page_and_every_style_sheet_is_valid(seen: Sequence[Seen], tmp_path: Path) -> None:
    if html_checker.java() is None:
        pytest.skip("Java is not installed; deploy/system-packages.sh installs it")
    sheets = {path.name: path.read_text("utf-8") for path in TEMPLATES.glob("static/*.css")}
    own = {name: text for name, text in sheets.items() if not name.startswith("pico")}
    remarks = html_checker.check({page.called: page.html for page in seen} | own, tmp_path)
    assert [str(each) for each in remarks if not each.said.startswith(tuple(WARNED))] == []


def _judged(seen: Sequence[Seen], which: str) -> list[str]:
    """Findings as lines."""
    return [
        f"{page.called}, {look}: {each.rule} {each.element}: {each.why}"
        for page in seen
        for look, judgement in page.judgements.items()
        for each in getattr(judgement, which)
    ]
