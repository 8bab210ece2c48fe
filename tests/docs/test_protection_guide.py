"""The guide to names names what stands on the pages, in both languages; its numbers are those that hold."""

import re
from pathlib import Path
from typing import Final

import pytest
from babel.messages.pofile import read_po

from admin.app import TEMPLATES
from tests.docs.screenshots import TARGET
from tipline.disclosures.terms import DECIDED_WITHIN, EMERGENCY_HOURS, LEAST_HOURS, MOST_HOURS

BOLD: Final = re.compile(r"\*\*([^*]+)\*\*")
NAMED: Final = re.compile(r"\*\*([^*]+)\*\* \(([^()]+)\)")
PICTURE: Final = re.compile(r"!\[[^\]]+\]\(screenshots/([a-z0-9-]+)\.png\)")


@pytest.fixture(scope="module")
def guide(repository: Path) -> str:
    """The guide's text."""
    return (repository / "docs" / "protection.md").read_text("utf-8")


def test_every_button_that_the_guide_names_is_on_the_pages_in_both_languages(guide: str) -> None:
    with (TEMPLATES / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        words = {str(message.id): str(message.string) for message in read_po(file) if message.id}
    named = NAMED.findall(guide)
    assert len(named) >= 12
    assert [f"{english} ({chinese})" for english, chinese in named if words.get(english) != chinese] == []
    assert BOLD.findall(guide) == [english for english, _ in named]


def test_the_pictures_of_the_guide_are_there_and_small(guide: str) -> None:
    pictures = PICTURE.findall(guide)
    assert len(pictures) == 4
    assert [name for name in pictures if (TARGET / f"{name}.png").stat().st_size > 300_000] == []


def test_the_numbers_of_the_guide_are_those_that_hold(guide: str) -> None:
    assert f"From {LEAST_HOURS} to {MOST_HOURS} hours" in guide
    assert f"at once, for {EMERGENCY_HOURS} hours" in guide
    assert DECIDED_WITHIN == 5
    assert "within five working days" in guide
