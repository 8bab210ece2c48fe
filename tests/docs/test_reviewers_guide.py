"""The reviewers' guide names what stands on the pages, in both languages; its pictures are there."""

import re
from pathlib import Path
from typing import Final

import pytest
from babel.messages.pofile import read_po

from admin.app import TEMPLATES
from tests.docs.screenshots import TARGET

BOLD: Final = re.compile(r"\*\*([^*]+)\*\*")
NAMED: Final = re.compile(r"\*\*([^*]+)\*\* \(([^()]+)\)")
PICTURE: Final = re.compile(r"!\[[^\]]+\]\(screenshots/([a-z0-9-]+)\.png\)")


@pytest.fixture(scope="module")
def guide(repository: Path) -> str:
    """The guide's text."""
    return (repository / "docs" / "reviewers.md").read_text("utf-8")


@pytest.fixture(scope="module")
def words() -> dict[str, str]:
    """Every sentence of the admin site in English, with the Chinese."""
    with (TEMPLATES / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_every_button_that_the_guide_names_is_on_the_pages_in_both_languages(
    guide: str, words: dict[str, str]
) -> None:
    named = NAMED.findall(guide)
    assert len(named) >= 50
    assert [f"{english} ({chinese})" for english, chinese in named if words.get(english) != chinese] == []


def test_whatever_is_bold_in_the_guide_stands_beside_its_chinese(guide: str) -> None:
    assert BOLD.findall(guide) == [english for english, _ in NAMED.findall(guide)]


def test_the_pictures_of_the_guide_are_there_and_small(guide: str) -> None:
    pictures = PICTURE.findall(guide)
    assert len(pictures) >= 10
    sizes = {name: (TARGET / f"{name}.png").stat().st_size for name in pictures}
    assert {name: size for name, size in sizes.items() if size > 300_000} == {}
