"""The page with the code: large, confirmed from the paper, on paper the digits and nothing else."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.test import TestResponse

from crypto.policies import Route
from tests.public.instance import UNITS, Instance
from tests.public.visitor import HIDDEN, Visitor, code_on
from tipline.public.limits import CODE_TRIES_PER_MINUTE
from tipline.public.pages.style import STYLE
from tipline.public.report.readers import Readers, readers_of
from tipline.public.services import EXTENSION

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
WORDS_FOR_WRONG = {"en": "compare each group", "zh-CN": "对一遍"}


def fields_of(page: TestResponse) -> dict[str, str]:
    return dict(HIDDEN.findall(page.text.split("<form")[-1]))


def confirm(visitor: Visitor, page: TestResponse, group: str) -> TestResponse:
    return visitor.post("/report/confirm", {**fields_of(page), "group": group})


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_group_that_is_not_the_last_one_is_not_confirmed(instance: Instance, language: str) -> None:
    visitor = Visitor(instance.app, language=language)
    page = visitor.report()
    code = code_on(page)
    for typed in ("", "12345", code.split()[0], code, code.split()[-1][:-1], "x" * 10_000):
        answer = confirm(visitor, page, typed)
        assert answer.status_code == 422
        assert WORDS_FOR_WRONG[language] in answer.text
        assert 'href="#group"' in answer.text
        assert code_on(answer) == code
        assert fields_of(answer)["form"] == fields_of(page)["form"]


def test_no_code_is_shown_for_a_form_that_was_never_sent(instance: Instance, visitor: Visitor) -> None:
    fields = visitor.hidden("/report")
    code = instance.app.extensions[EXTENSION].form_keys.open(fields["form"]).code.reveal()
    answer = visitor.post("/report/confirm", {**fields, "group": code.split()[-1]})
    assert answer.status_code == 410
    assert code not in answer.text
    assert "tracking-code" not in answer.text


def test_no_code_is_shown_for_a_form_that_is_over_or_not_ours(instance: Instance, visitor: Visitor) -> None:
    page = visitor.report()
    last = code_on(page).split()[-1]
    assert visitor.post("/report/confirm", {**fields_of(page), "form": "x", "group": last}).status_code == 410
    instance.clock.advance(8 * 3600)
    csrf = visitor.hidden("/report")["csrf_token"]
    answer = visitor.post("/report/confirm", {**fields_of(page), "csrf_token": csrf, "group": last})
    assert answer.status_code == 410
    assert "tracking-code" not in answer.text


def test_a_confirmation_without_its_token_or_from_elsewhere_is_refused(
    instance: Instance, visitor: Visitor
) -> None:
    page = visitor.report()
    fields = {**fields_of(page), "group": code_on(page).split()[-1]}
    assert visitor.post("/report/confirm", {**fields, "csrf_token": ""}).status_code == 400
    answer = visitor.post("/report/confirm", fields, Origin="https://elsewhere.example")
    assert answer.status_code == 403
    assert "tracking-code" not in answer.text


def test_a_confirmation_counts_as_a_try_of_a_code(instance: Instance, visitor: Visitor) -> None:
    page = visitor.report()
    tries = [confirm(visitor, page, "1").status_code for _ in range(CODE_TRIES_PER_MINUTE + 1)]
    assert set(tries[:-1]) == {422}
    assert tries[-1] == 429


# ------------------------------------------------------------------ what it says


def test_the_last_group_is_confirmed_however_it_is_typed(instance: Instance, visitor: Visitor) -> None:
    page = visitor.report()
    last = code_on(page).split()[-1]
    for typed in (last, f" {last} ", f"{last[:3]} {last[3:]}", last.translate(FULL_WIDTH)):
        answer = confirm(visitor, page, typed)
        assert answer.status_code == 200
        assert "is right" in answer.text
        assert code_on(answer) == code_on(page)
        assert 'href="/mailbox?of=' in answer.text


def test_the_confirmation_can_be_skipped_by_a_link(visitor: Visitor) -> None:
    form = visitor.report().text.split("<form")[-1].split("</form>")[0]
    assert 'href="/mailbox?of=' in form


def test_the_code_stands_alone_in_its_element(visitor: Visitor) -> None:
    page = visitor.report().text
    [content] = re.findall(r'<p id="tracking-code">(.*?)</p>', page, re.DOTALL)
    assert re.fullmatch(r"(?:[0-9]{6} ){7}[0-9]{6}", content)
    assert page.count(content) == 1


def test_whoever_is_in_danger_is_told_110_again(instance: Instance, visitor: Visitor) -> None:
    assert "marked as urgent" not in visitor.report().text
    urgent = visitor.report(danger="yes").text
    assert urgent.index("call 110") < urgent.index("marked as urgent") < urgent.index("tracking-code")


INSIDE = "The people in the township office who handle reports"
OUTSIDE = "A desk outside the township"


@pytest.mark.parametrize(
    ("answers", "said_of_desk", "desk", "shut_out"),
    [
        ({"official": "no"}, INSIDE, "intake", ""),
        ({"official": "yes"}, OUTSIDE, "integrity", ""),
        ({"official": "no", "unit": "u2"}, INSIDE, "intake", "Township leadership; Governance office"),
        ({"official": "no", "exclude": ["u3"]}, INSIDE, "intake", "Township leadership; Police station"),
    ],
)
def test_the_page_says_who_reads_the_report_and_who_cannot(
    instance: Instance, visitor: Visitor, answers: dict[str, Any], said_of_desk: str, desk: str, shut_out: str
) -> None:
    page = visitor.report(**answers).text
    said = page.split('class="note readers">')[1].split("</p>")[0]
    assert f"{said_of_desk} will read it: {desk}." in said
    assert re.findall(r"These cannot: (.*?)\.", said) == ([shut_out] if shut_out else [])
    assert [row[0] for row in instance.rows("select desk from tips")] == [desk]


def test_a_form_sent_again_names_no_readers(visitor: Visitor) -> None:
    fields = visitor.hidden("/report")
    assert "will read it: intake." in visitor.report(fields).text
    assert "will read it" not in visitor.report(fields).text


def test_names_of_readers_are_text_and_not_markup(instance: Instance) -> None:
    template = instance.app.jinja_env.get_template("report/readers.html")
    with instance.app.test_request_context("/report"):
        said = template.render(readers=Readers(("<b>desk</b>",), ("<script>", "a & b")))
    assert "&lt;b&gt;desk" in said
    assert "&lt;script&gt;" in said
    assert "a &amp; b" in said


def test_a_unit_whose_name_holds_markup_is_named_as_text(
    instance: Instance, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = [(unit, "<i>", "<i> & co", *rest) for unit, _, _, *rest in UNITS]
    monkeypatch.setattr("tests.public.instance.UNITS", units)
    instance.publish(2)
    page = visitor.report(unit="u2").text
    assert "&lt;i&gt; &amp; co" in page.split('class="note readers">')[1].split("</p>")[0]
    assert "<i>" not in page


@pytest.mark.parametrize(("language", "names"), [("en", "Police station"), ("zh-CN", "示例镇派出所")])
def test_readers_are_named_in_the_language_of_the_page(instance: Instance, language: str, names: str) -> None:
    directory = instance.app.extensions[EXTENSION].book.current()
    with instance.app.test_request_context("/report", headers={"Accept-Language": language}):
        instance.app.preprocess_request()
        assert readers_of(Route(("intake",), ("u3",)), directory) == Readers(("intake",), (names,))


# ------------------------------------------------------------------ how it looks


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def with_style(page: TestResponse) -> str:
    """The page on its own, with its style sheet in it."""
    return re.sub(r"<link rel=\"stylesheet\"[^>]*>", f"<style>{STYLE.data.decode()}</style>", page.text)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_on_paper_there_are_the_digits_and_nothing_else(
    instance: Instance, chromium: Browser, language: str
) -> None:
    visitor = Visitor(instance.app, language=language)
    page = visitor.report(danger="yes", unit="u2")
    code = code_on(page)
    for shown in (page, confirm(visitor, page, "1"), confirm(visitor, page, code.split()[-1])):
        paper = chromium.new_page()
        paper.set_content(with_style(shown))
        paper.emulate_media(media="print")
        assert paper.inner_text("body").split() == code.split()
        # Without a margin a browser has no place for title, address and date.
        margins = paper.evaluate(
            "[...document.styleSheets[0].cssRules]"
            ".filter(rule => rule.type === CSSRule.PAGE_RULE && !rule.selectorText)"
            ".map(rule => rule.style.margin)"
        )
        assert margins == ["0px"]
        paper.close()


@pytest.mark.parametrize(("width", "in_a_row"), [(320, 2), (360, 2), (800, 4), (1280, 4)])
def test_the_code_breaks_between_groups_alone(
    instance: Instance, visitor: Visitor, chromium: Browser, width: int, in_a_row: int
) -> None:
    page = visitor.report()
    screen = chromium.new_page(viewport={"width": width, "height": 700})
    screen.set_content(with_style(page))
    tops = screen.evaluate(
        """() => {
          const text = document.getElementById("tracking-code").firstChild, tops = [];
          for (const found of text.data.matchAll(/\\d/g)) {
            const range = document.createRange();
            range.setStart(text, found.index); range.setEnd(text, found.index + 1);
            tops.push(range.getBoundingClientRect().top);
          }
          return tops;
        }"""
    )
    rows = [tops[start : start + 6] for start in range(0, 48, 6)]
    assert all(len(set(group)) == 1 for group in rows)
    assert [len([1 for group in rows if group[0] == top]) for top in sorted(set(tops))] == [in_a_row] * (
        8 // in_a_row
    )
    assert screen.evaluate("document.documentElement.scrollWidth") <= width
    screen.close()
