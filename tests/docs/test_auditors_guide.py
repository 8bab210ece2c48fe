"""The auditors' guide names what stands on the pages, in both languages, and commands that are there."""

import re
from pathlib import Path
from typing import Final

import pytest
from babel.messages.pofile import read_po

from admin.app import TEMPLATES
from tests.docs.screenshots import TARGET
from tests.evidence import alone
from tipline.deadlines.clocks import LEAST_STATEMENT_DAYS
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.forgotten import Missing
from tipline.evidence.pack import FILES, MAX_CHOSEN
from tipline.evidence.read_me import TEXT

BOLD: Final = re.compile(r"\*\*([^*]+)\*\*")
NAMED: Final = re.compile(r"\*\*([^*]+)\*\* \(([^()]+)\)")
PICTURE: Final = re.compile(r"!\[[^\]]+\]\(screenshots/([a-z0-9-]+)\.png\)")
OPTION: Final = re.compile(r"(--[a-z]+)")


@pytest.fixture(scope="module")
def guide(repository: Path) -> str:
    """The guide's text."""
    return (repository / "docs" / "auditors.md").read_text("utf-8")


@pytest.fixture(scope="module")
def words() -> dict[str, str]:
    """Every sentence of the admin site in English, with the Chinese."""
    with (TEMPLATES / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_every_button_that_the_guide_names_is_on_the_pages_in_both_languages(
    guide: str, words: dict[str, str]
) -> None:
    named = NAMED.findall(guide)
    assert len(named) >= 12
    assert [f"{english} ({chinese})" for english, chinese in named if words.get(english) != chinese] == []
    assert BOLD.findall(guide) == [english for english, _ in named]


def test_the_pictures_of_the_guide_are_there_and_small(guide: str) -> None:
    pictures = PICTURE.findall(guide)
    assert len(pictures) >= 8
    sizes = {name: (TARGET / f"{name}.png").stat().st_size for name in pictures}
    assert {name: size for name, size in sizes.items() if size > 300_000} == {}


def test_the_guide_and_the_pack_name_options_that_the_one_file_has(guide: str) -> None:
    source = alone.PATH.read_text("utf-8")
    for text in (guide, TEXT):
        options = set(OPTION.findall(text))
        assert options
        assert [option for option in options if f'"{option}"' not in source] == []


def test_the_guide_names_every_file_of_a_pack_and_its_limit(guide: str) -> None:
    table = guide.split("You get")[1].split("## Verify", maxsplit=1)[0]
    for name in FILES:
        stem = name.removesuffix(".html") if name.endswith(".html") else name
        assert stem in table
    assert f"{MAX_CHOSEN:,} entries" in guide
    assert LEAST_STATEMENT_DAYS == 365  # "never under one year"


def test_the_sentences_that_the_guide_explains_are_those_that_are_printed(guide: str) -> None:
    missing = Missing()
    missing.miss(3)
    with pytest.raises(VerificationFailed) as failed:
        missing.require_all()
    assert failed.value.sentence[1:] in guide
    for sentence in ("bears something that no known key covers", "were changed or the tail was cut"):
        assert sentence in guide
        assert sentence in alone.PATH.read_text("utf-8")
