"""What the pages say and must not say, in both languages."""

import pytest

from tests.public.instance import Instance
from tests.public.visitor import Visitor

SAID = [
    ("/", "en", "This is a trial: whoever has its passwords can read what is sent."),
    ("/", "zh-CN", "试用版：这里的内容只用来试验，拿到试用密码的人都能看到。请不要举报真实的事。"),
    ("/", "zh-CN", "不用留姓名，不用留电话"),
    ("/report", "en", "If you fear that they have friends higher up, choose “I do not know”."),
    ("/report", "zh-CN", "担心他们上面有人，就选“不清楚”。"),
]


@pytest.mark.parametrize(("path", "language", "words"), SAID)
def test_a_page_says(instance: Instance, path: str, language: str, words: str) -> None:
    assert words in Visitor(instance.app, language=language).get(path).text


@pytest.mark.parametrize(
    ("language", "words", "untrue"),
    [
        (
            "en",
            "then close this page.</strong> Until then, whoever has your phone may see the code.",
            "not get to see it again",
        ),
        ("zh-CN", "再关掉这一页。</strong> 没关掉之前，拿到手机的人可能会看到查询码。", "再也看不到"),
    ],
)
def test_the_page_with_the_code_says_that_it_can_still_be_seen(
    instance: Instance, language: str, words: str, untrue: str
) -> None:
    visitor = Visitor(instance.app, language=language)
    fields = visitor.hidden("/report")
    for page in (visitor.report(fields), visitor.report(fields), visitor.report(fields, description="More.")):
        assert words in page.text
        assert untrue not in page.text


def test_chinese_pages_have_one_word_for_a_report(instance: Instance) -> None:
    visitor = Visitor(instance.app, language="zh-CN")
    for path in (
        "/",
        "/safety",
        "/how",
        "/kept",
        "/results",
        "/poster",
        "/report",
        "/report/guided",
        "/mailbox",
    ):
        page = visitor.get(path).text
        assert "线索" not in page
        assert "这条" not in page
