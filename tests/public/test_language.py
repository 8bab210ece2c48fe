"""Two languages, complete, chosen by browser and by link."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.public.visitor import Visitor, code_on
from tipline.public.language import LANGUAGES

ROOMS = ("templates/public", "tipline/public", "tipline/tips", "tipline/mailbox", "tipline/files")
CHINESE = re.compile(r"[\u4e00-\u9fff]")

CHOICES = {
    "": "zh-Hans",
    "fr": "zh-Hans",
    "zh-CN": "zh-Hans",
    "zh-TW,en;q=0.8": "zh-Hans",
    "zh-Hans-CN": "zh-Hans",
    "zh-HK;q=0.9,fr;q=0.2": "zh-Hans",
    "en-GB,en;q=0.9,zh;q=0.1": "en",
    "de,en;q=0.5,zh-CN;q=0.4": "en",
    "en;q=0.1,zh-CN;q=0.9": "zh-Hans",
    "en;q=nonsense,,;;": "en",
}


def sentences(repository: Path) -> set[str]:
    """Every sentence of the site, from its code and pages."""
    found = set()
    for room in ROOMS:
        for _, _, message, *_ in extract_from_dir(
            repository / room,
            method_map=[("**.py", "python"), ("**.html", "jinja2")],
            keywords={"gettext": None, "_": None, "mark": None, "ngettext": (1, 2)},
        ):
            found.add(message[0] if isinstance(message, tuple) else message)
    return found


def test_every_sentence_is_translated_and_none_is_left_over(repository: Path) -> None:
    path = repository / "templates/public/translations/zh_Hans/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    translated = {
        message.id[0] if isinstance(message.id, tuple) else message.id: message
        for message in catalogue
        if message.id
    }
    assert sentences(repository) == translated.keys()
    for message in translated.values():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not message.fuzzy
        assert all(CHINESE.search(str(text)) for text in texts), message.id
    assert [errors for _, errors in catalogue.check()] == []


@pytest.mark.parametrize(("header", "expected"), CHOICES.items())
def test_the_browsers_language_is_taken(visitor: Visitor, header: str, expected: str) -> None:
    visitor.headers["Accept-Language"] = header
    assert f'<html lang="{expected}">' in visitor.get("/").text


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x"]
)
def test_the_language_link_leads_nowhere_else(visitor: Visitor, target: str) -> None:
    location = visitor.client.get("/language/en", query_string={"to": target}).headers["Location"]
    assert location == "/?lang=en"


def test_a_choice_by_link_travels_on_without_a_cookie(visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "zh-CN"
    response = visitor.get("/language/en?to=/report")
    assert response.headers["Location"] == "/report?lang=en"
    assert "Set-Cookie" not in response.headers
    page = visitor.get("/report?lang=en").text
    links = re.findall(r'(?:href|action)="(/[^"]*)"', page)
    for link in links:
        if not link.startswith(("/style.css", "/language/")):
            assert link.endswith("?lang=en")
    assert "/language/zh-Hans" in page


def test_pages_of_one_language_hold_none_of_the_other(visitor: Visitor) -> None:
    page = visitor.get("/safety?lang=en").text
    body = page.split("<main")[1].split("</main>")[0]
    assert not CHINESE.search(body)
    chinese = visitor.get("/safety?lang=zh-Hans").text.split("<main")[1].split("</main>")[0]
    assert not re.search(r">[^<]*[A-Za-z]{3,}[^<]*<", chinese)


def test_a_report_goes_through_in_both_languages(visitor: Visitor) -> None:
    for language in LANGUAGES:
        visitor.headers["Accept-Language"] = language
        assert f'lang="{language}"' in (page := visitor.report()).text
        assert code_on(page)
