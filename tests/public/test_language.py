"""Two languages, complete, chosen by browser and by link; a third by its catalogue alone."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tests.public.instance import Instance
from tests.public.visitor import Visitor, code_on
from tipline.deployment.sample import sample_deployment
from tipline.public.app import CATALOGUES, create_app
from tipline.public.services import EXTENSION

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAGES = ("/", "/safety", "/how", "/kept", "/accessibility", "/results", "/poster", "/leaflet", "/leave")
IN_LATIN_LETTERS = {"Cookie", "WCAG", "Tor"}
"""What Chinese readers know by these letters too."""

UYGHUR = {
    "Report safely": "بىخەتەر مەلۇم قىلىش",
    "Leave quickly": "تېز چىقىش",
    "Do you know about a gang? Tell us.": "قارا كۈچلەرنى بىلەمسىز؟",
}

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


@pytest.mark.parametrize(("header", "expected"), CHOICES.items())
def test_the_browsers_language_is_taken(visitor: Visitor, header: str, expected: str) -> None:
    visitor.headers["Accept-Language"] = header
    assert f'<html lang="{expected}" dir="ltr">' in visitor.get("/").text


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


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_one_language_hold_none_of_the_other(visitor: Visitor, path: str) -> None:
    body = main_of(visitor.get(f"{path}?lang=en").text)
    assert not CHINESE.search(body)
    chinese = re.sub(r"https?://[^<]*", "", main_of(visitor.get(f"{path}?lang=zh-Hans").text))
    words = re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]*>", " ", chinese))
    assert set(words) <= IN_LATIN_LETTERS


def test_a_report_goes_through_in_both_languages(visitor: Visitor) -> None:
    for language in ("zh-Hans", "en"):
        visitor.headers["Accept-Language"] = language
        assert f'lang="{language}"' in (page := visitor.report()).text
        assert code_on(page)


@pytest.fixture
def in_three(instance: Instance, tmp_path: Path) -> Iterator[Visitor]:
    """A visitor of a site beside whose catalogues somebody has put one for Uyghur."""
    catalogues = tmp_path / "translations"
    shutil.copytree(CATALOGUES, catalogues)
    folder = catalogues / "ug" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="ug")
    for sentence, translated in UYGHUR.items():
        catalogue.add(sentence, translated)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    (instance.settings.data / "deployment.toml").write_text(sample_deployment(trial=True), "utf-8")
    app = create_app(instance.settings, instance.clock, catalogues)
    yield Visitor(app, language="ug-CN,ug;q=0.9,zh;q=0.5")
    app.extensions[EXTENSION].database.dispose()


def test_a_third_language_needs_a_catalogue_and_no_code(in_three: Visitor) -> None:
    page = in_three.get("/").text
    assert '<html lang="ug" dir="rtl">' in page
    for translated in UYGHUR.values():
        assert translated in page
    in_three.headers["Accept-Language"] = "en"
    english = in_three.get("/").text
    assert re.search(r'href="/language/ug\?to=/" lang="ug" hreflang="ug" dir="rtl">ئۇيغۇرچە<', english)
    assert in_three.get("/language/ug?to=/report").headers["Location"] == "/report?lang=ug"


def test_what_a_third_language_lacks_falls_back_to_chinese_names_and_texts(in_three: Visitor) -> None:
    assert "示例镇派出所" in in_three.get("/report").text
    assert '<span lang="zh">示例镇</span>' in in_three.get("/").text


def test_a_report_goes_through_in_a_third_language(in_three: Visitor) -> None:
    assert code_on(in_three.report())


def test_languages_stand_in_the_order_that_the_deployment_names(instance: Instance) -> None:
    text = sample_deployment(trial=True).replace('["zh-Hans", "en"]', '["en"]')
    (instance.settings.data / "deployment.toml").write_text(text, "utf-8")
    app = create_app(instance.settings, instance.clock)
    page = Visitor(app, language="fr").get("/").text
    app.extensions[EXTENSION].database.dispose()
    assert '<html lang="en" dir="ltr">' in page


def main_of(page: str) -> str:
    return page.partition('<main id="main" class="wrap">')[2].partition("</main>")[0]
