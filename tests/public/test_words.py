"""What the pages say and must not say, in both languages."""

import pytest

from tests.public.instance import Instance
from tests.public.visitor import Visitor

SAID = [
    ("/", "en", "This is a trial: whoever has its passwords can read what is sent."),
    ("/", "zh-CN", "试用版：这里的内容只用来试验，拿到试用密码的人都能看到。请不要填写真实的线索。"),
    ("/", "zh-CN", "不用留姓名，不用留电话"),
    ("/report", "en", "If you fear that somebody is protected, choose “I do not know”."),
    ("/report", "zh-CN", "请尽量选。怕有人包庇，就选“不清楚”。"),
]


@pytest.mark.parametrize(("path", "language", "words"), SAID)
def test_a_page_says(instance: Instance, path: str, language: str, words: str) -> None:
    assert words in Visitor(instance.app, language=language).get(path).text


@pytest.mark.parametrize(
    ("language", "words", "untrue"),
    [
        ("en", "When you have copied it, close this window.", "not get to see it again"),
        ("zh-CN", "抄好后请关掉这个窗口。", "再也看不到"),
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
