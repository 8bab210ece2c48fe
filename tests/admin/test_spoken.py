"""The sentences of pages: what is filled in is escaped, and no language takes another's."""

from babel.support import NullTranslations
from markupsafe import Markup

from admin.language import COOKIE
from admin.spoken import Spoken
from tests.admin.conftest import Office


def test_what_is_filled_into_a_sentence_is_escaped() -> None:
    spoken = Spoken(NullTranslations())
    assert spoken.gettext("Tip %(handle)s", handle="<b>") == Markup("Tip &lt;b&gt;")
    assert spoken.ngettext("%(num)d of %(name)s", "%(num)d of %(name)s", 2, name="<b>") == "2 of &lt;b&gt;"


def test_a_sentence_without_values_is_a_format_too() -> None:
    spoken = Spoken(NullTranslations())
    assert [spoken.gettext("100 %%") for _ in range(2)] == ["100 %", "100 %"]


def test_no_language_takes_anothers_sentences(office: Office) -> None:
    browser, found = office.browser(), []
    for language in ("en", "zh_Hans", "en"):
        browser.client.set_cookie(COOKIE, language)
        found.append(browser.get("/sign-in").text)
    assert "<h1>Sign in</h1>" in found[0]
    assert "<h1>Sign in</h1>" in found[2]
    assert "<h1>登录</h1>" in found[1]
