"""The style sheet holds only what browsers of ten years ago read."""

import re

import pytest

from tipline.public.pages.style import STYLE

SHEET = re.sub(r"/\*.*?\*/", "", STYLE.data.decode("utf-8"), flags=re.DOTALL)

# With the year in which the last of the large engines learnt it; one unknown selector drops its whole rule.
TOO_YOUNG = {
    r":is\(": 2021,
    r":where\(": 2021,
    r":has\(": 2023,
    r":not\([^)]*,": 2021,
    r":focus-visible": 2022,
    r"\bvar\(": 2017,
    r"--[a-z]": 2017,
    r"\benv\(": 2020,
    r"(?<![-a-z])(?:min|max|clamp)\(": 2020,
    r"@layer": 2022,
    r"@container": 2023,
    r"@supports": 2015,
    r"(?<![-a-z])(?:row-)?gap\s*:": 2021,
    r"(?<![-a-z])inset\s*:": 2021,
    r"-(?:inline|block)(?:-start|-end)?\s*:": 2020,
    r"aspect-ratio": 2021,
    r"[0-9][sdl]v[hw]\b": 2022,
    r"color-mix\(|oklch\(|lab\(": 2023,
    r"#[0-9a-f]{8}\b|#[0-9a-f]{4}\b": 2018,
    r"\((?:width|height)\s*[<>]": 2023,
}


@pytest.mark.parametrize("young", TOO_YOUNG)
def test_nothing_is_asked_of_a_browser_that_it_learnt_later(young: str) -> None:
    assert re.findall(f".*{young}.*", SHEET) == []


def test_the_sheet_asks_for_nothing_else() -> None:
    assert re.findall(r"@import|url\(", SHEET) == []


def test_no_rule_stands_within_another() -> None:
    """Rules stand in the sheet itself or in a block that begins with "@", and nowhere deeper."""
    opened: list[str] = []
    for before, bracket in re.findall(r"([^{}]*)([{}])", SHEET):
        if bracket == "}":
            opened.pop()
            continue
        assert all(outer.startswith("@") for outer in opened), before.strip()
        opened.append(before.strip().split(";")[-1].strip())
    assert opened == []
    assert "&" not in SHEET
