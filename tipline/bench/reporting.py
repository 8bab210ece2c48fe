"""What a simulated reporter does: open the one-page form, fill it in, send it, read the code."""

import re
from typing import Final

from tipline.bench.errors import OperationFailed
from tipline.bench.visitor import Upload, Visitor

LANGUAGES: Final = ("zh-CN", "en")
TEXT_BYTES: Final = 2048
NO_FILE: Final = Upload("files", "")
_SENTENCES: Final = {
    "zh-CN": "他们每个月到市场收保护费，谁不给就砸谁的摊子，已经有三家关门了。",
    "en": "They come to the market every month for money, and break the stall of whoever will not pay. ",
}
_CODE = re.compile(rb"id=\"?tracking-code\"?[^>]*>\s*([0-9]{6}(?: [0-9]{6}){7})\s*<")


def description(language: str) -> str:
    """A tip's text of 2 KB as UTF-8, cut at a whole character."""
    sentence = _SENTENCES[language]
    text = sentence * (TEXT_BYTES // len(sentence.encode()) + 1)
    return text.encode()[:TEXT_BYTES].decode(errors="ignore")


def send_tip(visitor: Visitor, language: str, upload: Upload = NO_FILE) -> str:
    """Report as somebody new, on the township's ordinary way (no official, no unit named); the tracking code.

    Raises:
        OperationFailed: no code came back.
    """
    visitor.become_new()
    form = visitor.get("/report").hidden()
    # Without it nobody is asked whether a file may go as it is: noise cannot be cleaned.
    form.pop("review", None)
    answers = {
        "official": "no",
        "unit": "",
        "exclude_text": "",
        "category": "",
        "description": description(language),
    }
    code = _CODE.search(visitor.post_multipart("/report", {**form, **answers}, upload).body)
    if code is None:
        raise OperationFailed("the page after a tip shows no tracking code")
    return code[1].decode()
