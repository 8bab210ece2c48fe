"""The words of the reports are those of the pages, in both languages."""

from collections.abc import Mapping
from typing import Final

import pytest
from babel.messages.pofile import read_po

from admin import words as pages
from admin.app import TEMPLATES
from admin.case_words import OUTCOMES
from admin.log_words import ACTIONS
from tipline.evidence.report_words import LANGUAGES, words_in

SHARED: Final[Mapping[str, Mapping[str, object]]] = {
    "action": ACTIONS,
    "refusal": pages.REFUSALS,
    "purpose": pages.PURPOSES,
    "state": pages.STATES,
    "role": pages.ROLES,
    "outcome": OUTCOMES,
}


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    """Every sentence of the admin site in English, with the Chinese."""
    with (TEMPLATES / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


@pytest.mark.parametrize("kind", SHARED)
def test_a_report_says_it_as_the_pages_do(kind: str, chinese: dict[str, str]) -> None:
    english, translated = (words_in(language) for language in LANGUAGES)
    codes = SHARED[kind]
    shown = {code: (english.word(kind, code), translated.word(kind, code)) for code in codes}
    assert shown == {code: (str(word), chinese[str(word)]) for code, word in codes.items()}
    assert english.table[kind].keys() == codes.keys()


def test_every_word_of_the_layout_is_in_both_languages() -> None:
    english, translated = (words_in(language) for language in LANGUAGES)
    assert english.table["layout"].keys() == translated.table["layout"].keys()
    assert "" not in (*english.table["layout"].values(), *translated.table["layout"].values())
