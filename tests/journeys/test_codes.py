"""A tracking code as people type it, on the real site and in both languages."""

import re
from collections.abc import Callable
from random import Random
from typing import Final

import pytest

from crypto.tracking_codes import TrackingCode
from tests.journeys.browser import Browser, Page
from tests.journeys.people import report
from tests.journeys.trial import Trial

LANGUAGES: Final = ("en", "zh-CN")
MARK: Final = re.compile(r"of=[0-9a-f]{24}\b")  # of the form that was sent, for "Leave quickly"
TIP: Final = "They collect money at the fish market."
FULL_WIDTH: Final = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
SHAPES: Final[dict[str, Callable[[str], str]]] = {
    "as shown": lambda code: code,
    "backwards": lambda code: " ".join(reversed(code.split())),
    "shuffled": lambda code: " ".join(Random(5).sample(code.split(), 8)),
    "in full-width digits": lambda code: code.translate(FULL_WIDTH),
    "in full-width digits and spaces": lambda code: code.translate(FULL_WIDTH).replace(" ", "\u3000"),
    "in one piece": lambda code: code.replace(" ", ""),
    "in threes with dashes": lambda code: "-".join(
        code.replace(" ", "")[at : at + 3] for at in range(0, 48, 3)
    ),
    "with long dashes": lambda code: code.replace(" ", " \u2014\u2014 "),
    "one to a line": lambda code: f"\r\n{code.replace(' ', chr(13) + chr(10))}\r\n",
}


@pytest.fixture(scope="module")
def code(proxied: Trial) -> str:
    return report(Browser(proxied.public, headers={"X-Forwarded-For": "198.51.100.170"}), TIP)


def typed(trial: Trial, language: str, text: str, address: str = "198.51.101.") -> tuple[Browser, Page]:
    """Somebody new types a code; every language has an allowance of its own."""
    visitor = Browser(trial.public, language, {"X-Forwarded-For": f"{address}{LANGUAGES.index(language)}"})
    page = visitor.get("/mailbox")
    return visitor, visitor.submit(page, page.form("code"), {"code": text})


def named(page: Page) -> set[str]:
    """The groups that the page names."""
    listed = page.text.partition('<ul class="groups">')[2].partition("</ul>")[0]
    return {group.partition("</li>")[0] for group in listed.split("<li>")[1:]}


def place_of(group: str) -> int:
    """The place that a group claims; some number above 7 where it can stand nowhere."""
    x, place = divmod(int(group), 11)
    return place if x < 65_536 else 11


def digit_changed(group: str, place: int) -> str:
    return group[:place] + str((int(group[place]) + 1) % 10) + group[place + 1 :]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_code_gets_one_answer_whatever_it_is(proxied: Trial, code: str, language: str) -> None:
    answers = []
    for _ in range(3):
        unknown = TrackingCode.generate().reveal()
        visitor, page = typed(proxied, language, unknown)
        assert page.status == 422
        assert named(page) == set()
        token = dict(page.form("code").fields)["csrf_token"]
        own_words = MARK.sub("", page.text.replace(unknown, "").replace(token, ""))
        headers = {name: value for name, value in page.headers.items() if name not in ("date", "set-cookie")}
        answers.append((own_words, headers))
        assert visitor.get("/mailbox/messages").status == 403
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mistyped_digit_is_noticed_and_its_group_named(
    proxied: Trial, code: str, language: str
) -> None:
    groups = code.split()
    for place in range(6):
        wrong = digit_changed(groups[place], place)
        visitor, page = typed(proxied, language, " ".join([*groups[:place], wrong, *groups[place + 1 :]]))
        assert page.status == 422
        claimed = {group for group in groups if place_of(group) == place_of(wrong)} - {groups[place]}
        assert named(page) == {wrong} | claimed
        assert visitor.get("/mailbox/messages").status == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_two_groups_claim_one_place_both_are_named(proxied: Trial, code: str, language: str) -> None:
    groups = code.split()
    second = f"{(int(groups[2]) // 11 + 1) % 65_536 * 11 + 2:06d}"  # whole in itself, and group 2's place
    _, page = typed(proxied, language, " ".join([*groups[:5], second, *groups[6:]]))
    assert page.status == 422
    assert named(page) == {groups[2], second}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_code_opens_in_any_shape(proxied: Trial, code: str, shape: str, language: str) -> None:
    visitor, page = typed(proxied, language, SHAPES[shape](code), address="198.51.102.")
    assert page.status == 200, page.words
    assert page.url.endswith("/mailbox")
    assert TIP in visitor.get("/mailbox/messages?own=1").words
