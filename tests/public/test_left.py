"""After leaving, a form that is sent again from behind is answered by no code and nothing typed."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.clocks import FixedClock
from tests.public.instance import Instance
from tests.public.protecting import ASK, asked, with_desk
from tests.public.test_headers import HEADERS, ROUTES
from tests.public.visitor import CODE, HIDDEN, Visitor, code_on, parts
from tipline.public.behind import MAX_BEHIND, PARAMETER
from tipline.public.headers import CLEARED
from tipline.public.left import LEFT_SECONDS, LeftForms
from tipline.public.limits import REPORTS_PER_MINUTE
from tipline.public.services import EXTENSION

CANARY = "They take money at the canary market."
LINK = re.compile(r'<a class="quit" href="([^"]*)"')
Again = Callable[[], TestResponse]


@pytest.fixture
def visitor(instance: Instance) -> Visitor:
    """A visitor where every form is offered, those about protection too."""
    return Visitor(with_desk(instance).app)


def way_out(page: TestResponse) -> str:
    """Where "Leave quickly" leads."""
    return unescape(LINK.findall(page.text)[0])


def leave_from(visitor: Visitor, page: TestResponse) -> None:
    """Follow the link to the neutral page."""
    answer = visitor.get(way_out(page))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/leave")
    assert answer.headers["Clear-Site-Data"] == CLEARED
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def assert_led_away(answer: TestResponse) -> None:
    assert answer.status_code == 303
    assert answer.headers["Location"].split("?")[0] == "/leave"
    assert answer.headers["Clear-Site-Data"] == CLEARED
    assert PARAMETER not in answer.headers["Location"]
    assert "canary" not in answer.text
    assert not CODE.search(answer.text)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def fields_of(page: TestResponse) -> dict[str, str]:
    return dict(HIDDEN.findall(page.text.split("<form")[-1]))


def inside(visitor: Visitor) -> None:
    visitor.sign_in(code_on(visitor.report()))
    visitor.post("/mailbox/open", visitor.hidden("/mailbox"))


# ------------------------------------------------------------------ every form


def by_report(visitor: Visitor) -> Again:
    fields = visitor.hidden("/report")
    return lambda: visitor.report(fields, description=CANARY)


def by_report_that_comes_back(visitor: Visitor) -> Again:
    fields = visitor.hidden("/report")
    return lambda: visitor.report(fields, description=CANARY, category="canary")


def by_expired_report(visitor: Visitor) -> Again:
    fields = visitor.hidden("/report") | {"form": "expired"}
    return lambda: visitor.report(fields, description=CANARY)


def by_report_without_token(visitor: Visitor) -> Again:
    fields = visitor.hidden("/report") | {"csrf_token": "expired"}
    return lambda: visitor.report(fields, description=CANARY)


def by_report_with_a_file(visitor: Visitor) -> Again:
    fields = visitor.hidden("/report")
    return lambda: visitor.report(fields, [(b"\x00canary", "canary.bin")], review="files", description=CANARY)


def by_screen(visitor: Visitor) -> Again:
    first = {**visitor.hidden("/report/guided"), "step": "1"}
    second = {**fields_of(visitor.send("/report/guided", parts(first, []))), "step": "3"}
    typed = parts({**second, "description": CANARY, "category": ""}, [])
    return lambda: visitor.send("/report/guided", typed)


def by_confirming(visitor: Visitor) -> Again:
    sent = {**fields_of(visitor.report(description=CANARY)), "group": "1"}
    return lambda: visitor.post("/report/confirm", sent)


def posting(path: str, **typed: str) -> Callable[[Visitor], Again]:
    """A form of the mailbox that comes back with what was typed."""

    def by_mailbox(visitor: Visitor) -> Again:
        inside(visitor)
        sent = {**visitor.hidden(path), **typed}
        return lambda: visitor.post(path, sent)

    return by_mailbox


def by_files(visitor: Visitor) -> Again:
    inside(visitor)
    fields = {**visitor.hidden("/mailbox/files"), "message": CANARY}
    return lambda: visitor.send("/mailbox/files", parts(fields, []))


def in_case(page: str, path: str = "", **typed: str) -> Callable[[Visitor], Again]:
    """A form on a page of a protection case that comes back with what was typed."""

    def by_case(visitor: Visitor) -> Again:
        inside(visitor)
        asked(visitor)
        sent = {**visitor.hidden(page), **typed}
        return lambda: visitor.post(path or page, sent)

    return by_case


def by_files_of_a_case(visitor: Visitor) -> Again:
    inside(visitor)
    asked(visitor)
    fields = {**visitor.hidden(f"{ASK}/files"), "message": CANARY}
    return lambda: visitor.send(f"{ASK}/files", parts(fields, []))


def by_request(visitor: Visitor) -> Again:
    fields = {**visitor.hidden("/protection"), "description": CANARY, "group": "witness"}
    return lambda: visitor.send("/protection", parts(fields, [(b"", "")]))


def by_vouchers(visitor: Visitor) -> Again:
    inside(visitor)
    sent = visitor.hidden("/mailbox/notice")
    return lambda: visitor.post("/mailbox/notice/vouchers", sent)


def by_redeeming(visitor: Visitor) -> Again:
    sent = {**visitor.hidden("/redeem"), "code": CANARY}
    return lambda: visitor.post("/redeem", sent)


def by_wrong_code(visitor: Visitor) -> Again:
    sent = {**visitor.hidden("/mailbox"), "code": "canary 123456"}
    return lambda: visitor.post("/mailbox", sent)


TOO_LONG = CANARY * 2_000

FORMS: Mapping[str, tuple[str, Callable[[Visitor], Again]]] = {
    "report": ("/report", by_report),
    "report-back": ("/report", by_report_that_comes_back),
    "report-expired": ("/report", by_expired_report),
    "report-without-token": ("/report", by_report_without_token),
    "report-with-file": ("/report", by_report_with_a_file),
    "guided": ("/report/guided", by_screen),
    "confirm": ("/report/confirm", by_confirming),
    "new-code": ("/mailbox/code", posting("/mailbox/code")),
    "files": ("/mailbox/files", by_files),
    "message": ("/mailbox/messages", posting("/mailbox/messages", message=TOO_LONG)),
    "answers": ("/mailbox/add/<name>", posting("/mailbox/add/event", what=TOO_LONG)),
    "threat": ("/mailbox/threat", posting("/mailbox/threat", message=TOO_LONG)),
    "objection": ("/mailbox/objection", posting("/mailbox/objection", message=TOO_LONG)),
    "reach": ("/mailbox/reach", posting("/mailbox/reach", name=TOO_LONG)),
    "withdraw": ("/mailbox/withdraw", posting("/mailbox/withdraw", message=TOO_LONG)),
    "close": ("/mailbox/close", posting("/mailbox/close")),
    "sign-in": ("/mailbox", by_wrong_code),
    "collect": ("/mailbox/notice", posting("/mailbox/notice")),
    "vouchers": ("/mailbox/notice/vouchers", by_vouchers),
    "payee": ("/mailbox/notice/name", posting("/mailbox/notice/name", name=TOO_LONG)),
    "redeem": ("/redeem", by_redeeming),
    "request": ("/protection", by_request),
    "asking": (ASK, posting(ASK, message=TOO_LONG)),
    "case-message": (f"{ASK}/messages", in_case(ASK, f"{ASK}/messages", message=TOO_LONG)),
    "incident": (f"{ASK}/incident", in_case(f"{ASK}/incident", message=TOO_LONG)),
    "consent": (f"{ASK}/consent", in_case(f"{ASK}/consent")),
    "case-objection": (f"{ASK}/objection", in_case(ASK, f"{ASK}/objection", message=TOO_LONG)),
    "case-reach": (f"{ASK}/reach", in_case(f"{ASK}/reach", name=TOO_LONG)),
    "relative": (f"{ASK}/relative", in_case(f"{ASK}/relative", message=CANARY)),
    "case-files": (f"{ASK}/files", by_files_of_a_case),
}
SHOW_NO_PAGE = {"/mailbox/open", "/mailbox/protection/well", "/mailbox/sign-out"}


def test_every_address_that_takes_a_form_is_tried(instance: Instance) -> None:
    taking = {rule.rule for rule in instance.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert {address for address, _ in FORMS.values()} | SHOW_NO_PAGE == taking <= ROUTES.keys()


@pytest.mark.parametrize("form", FORMS)
def test_a_form_sent_again_after_leaving_its_page_is_led_away(visitor: Visitor, form: str) -> None:
    again = FORMS[form][1](visitor)
    page = again()
    assert page.status_code != 303
    leave_from(visitor, page)
    assert_led_away(again())


@pytest.mark.parametrize("form", ["report", "guided", "files", "sign-in"])
def test_until_somebody_leaves_a_form_may_be_sent_again(visitor: Visitor, form: str) -> None:
    again = FORMS[form][1](visitor)
    first = again()
    visitor.get("/leave")
    if form != "files":  # whose mailbox is closed by now
        assert again().status_code == first.status_code


@pytest.mark.parametrize("form", ["report", "guided"])
def test_the_form_of_somebody_else_is_answered_as_ever(instance: Instance, form: str) -> None:
    mine, theirs = Visitor(instance.app), Visitor(instance.app, "192.0.2.2")
    again = FORMS[form][1](theirs)
    leave_from(mine, FORMS[form][1](mine)())
    assert again().status_code in (200, 201)


# ------------------------------------------------------------------ behind a page that was opened


@pytest.mark.parametrize("path", ["/safety", "/report", "/report/guided", "/mailbox", "/nothing"])
def test_links_carry_the_mark_on_to_pages_from_which_somebody_leaves(visitor: Visitor, path: str) -> None:
    again = by_report(visitor)
    page = again()
    links = [unescape(link) for link in re.findall(r'href="(/[^"]*)"', page.text)]
    behind = urlsplit(way_out(page)).query
    assert behind.startswith(f"{PARAMETER}=")
    assert {link for link in links if "style.css" not in link and behind not in link} == set()
    leave_from(visitor, visitor.get(f"{path}?{behind}"))
    assert_led_away(again())


def test_the_language_link_carries_it_too(visitor: Visitor) -> None:
    again = by_report(visitor)
    behind = urlsplit(way_out(again())).query
    link = re.findall(r'href="([^"]*/language/[^"]*)"', visitor.get(f"/safety?{behind}").text)[0]
    assert visitor.get(unescape(link)).headers["Location"] == f"/safety?lang=zh-Hans&{behind}"


def test_a_second_form_keeps_the_mark_of_the_first(visitor: Visitor) -> None:
    first = by_report(visitor)
    behind = urlsplit(way_out(first())).query
    fields = visitor.hidden(f"/report?{behind}")
    body = parts({**fields, "description": CANARY, "official": "no"}, [])
    leave_from(visitor, visitor.send(f"/report?{behind}", body))
    assert_led_away(first())
    assert_led_away(visitor.send("/report", body))


def test_of_many_forms_the_last_ones_are_carried(visitor: Visitor, instance: Instance) -> None:
    keys = instance.app.extensions[EXTENSION].form_keys
    marks = [keys.seal_mark(bytes([number]) * 8) for number in range(MAX_BEHIND + 1)]
    page = visitor.get(f"/safety?{PARAMETER}={'.'.join(marks)}")
    assert way_out(page) == f"/leave?{PARAMETER}={'.'.join(marks[1:])}"


def test_leaving_the_mailbox_leaves_the_page_with_its_code(visitor: Visitor) -> None:
    again = by_report(visitor)
    visitor.sign_in(code_on(again()))
    assert visitor.get("/leave").status_code == 200
    assert_led_away(again())


# ------------------------------------------------------------------ what leaving writes


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_that_leads_here_leaves_nothing(visitor: Visitor, site: str) -> None:
    again = by_report(visitor)
    address = way_out(again())
    visitor.headers["Sec-Fetch-Site"] = site
    answer = visitor.get(address)
    del visitor.headers["Sec-Fetch-Site"]
    assert answer.headers["Location"] == "/leave"
    assert "Clear-Site-Data" not in answer.headers
    assert again().status_code == 201


@pytest.mark.parametrize(
    "text", ["", "x", "..", "é" * 24, "00" * 12, "00" * 500, "../../etc/passwd", "0" * 23]
)
def test_a_mark_that_is_not_ours_is_written_nowhere(instance: Instance, visitor: Visitor, text: str) -> None:
    assert visitor.get(f"/leave?{PARAMETER}={text}").headers["Location"] == "/leave"
    assert "of=" not in visitor.get(f"/safety?{PARAMETER}={text}").text
    assert (instance.settings.ram / "public" / "left").read_bytes().strip(b"\0") == b""


def test_a_mark_says_nothing_of_the_code(instance: Instance, visitor: Visitor) -> None:
    fields = visitor.hidden("/report")
    code = instance.app.extensions[EXTENSION].form_keys.open(fields["form"]).code
    mark = urlsplit(way_out(visitor.report(fields))).query.removeprefix(f"{PARAMETER}=")
    assert len(mark) == 24
    for secret in (code.raw, code.locator, code.locator_hash, code.root_key, code.marker_key):
        assert mark[:16] not in secret.hex()


def test_nothing_is_stored_of_a_form_that_was_left(instance: Instance, visitor: Visitor) -> None:
    fields = visitor.hidden("/report")
    leave_from(visitor, visitor.report(fields, description=" "))
    assert_led_away(visitor.report(fields, [(b"\x00canary" * 1_000, "canary.bin")], description=CANARY))
    assert instance.rows("SELECT id FROM tips") == []
    assert [path for path in instance.settings.staging.rglob("*") if path.is_file()] == []


def test_a_limit_that_is_used_up_shows_nothing_either(visitor: Visitor) -> None:
    again = by_report(visitor)
    leave_from(visitor, again())
    answers = [again() for _ in range(REPORTS_PER_MINUTE + 2)]
    for answer in answers:
        assert_led_away(answer)


def test_leaving_shows_the_neutral_page_though_nothing_can_be_written(
    instance: Instance, visitor: Visitor
) -> None:
    page = visitor.report()
    lock = instance.settings.ram / "public" / "left.lock"
    lock.unlink()
    lock.mkdir()
    leave_from(visitor, page)
    assert visitor.get("/leave").status_code == 200


# ------------------------------------------------------------------ the table


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 3, 9, 0, tzinfo=UTC))


def test_a_mark_is_known_to_every_worker_for_eight_hours(tmp_path: Path, clock: FixedClock) -> None:
    one, two = (LeftForms(tmp_path / "left", clock) for _ in range(2))
    assert not one.has(b"a" * 8)
    one.add([b"a" * 8, b"b" * 8])
    assert [two.has(b"a" * 8), two.has(b"b" * 8), two.has(b"c" * 8)] == [True, True, False]
    clock.advance(LEFT_SECONDS - 1)
    assert two.has(b"a" * 8)
    clock.advance(1)
    assert not two.has(b"a" * 8)


def test_a_flood_of_marks_keeps_the_table_small_and_drops_the_oldest(
    tmp_path: Path, clock: FixedClock
) -> None:
    left = LeftForms(tmp_path / "left", clock)
    same_place = [number.to_bytes(8, "big") for number in range(0, 8_192 * 20, 8_192)]
    for mark in same_place:
        left.add([mark, mark])
        clock.advance(1)
    assert [left.has(mark) for mark in same_place] == [False] * 12 + [True] * 8
    left.add([number.to_bytes(8, "big") for number in range(20_000)])
    assert (tmp_path / "left").stat().st_size == 8_192 * 8 * 16
