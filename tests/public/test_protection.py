"""Asking for protection out of a mailbox: one code for both, and nothing else that belongs to both."""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from crypto.age import unseal
from crypto.errors import CannotOpen
from crypto.notes import sign_json
from crypto.slips import open_outer
from crypto.tracking_codes import TrackingCode
from tests.journeys.canaries import Search, canary, code_forms
from tests.mailbox.test_thread import put, record_of, reply
from tests.public.instance import Instance
from tests.public.protecting import (
    ASK,
    FEAR,
    PAGE,
    RELATIVE,
    asked,
    asked_without_report,
    ids,
    read_by,
    reported,
    send,
    stands,
    with_desk,
)
from tests.public.test_mailbox_codes import replaced, unknown
from tests.public.visitor import Visitor, code_on, parts
from tipline.identities.alias import alias_code
from tipline.ids import ItemId, TipId
from tipline.mailbox.codes import replace_code
from tipline.mailbox.doors import open_doors
from tipline.mailbox.thread import find_mailbox
from tipline.mailbox.writing import check_text
from tipline.public.services import EXTENSION
from tipline.tips.answers import MAX_TEXT_BYTES

TYPED = FEAR.replace("\r\n", "\n").replace("<", "&lt;").replace(">", "&gt;")
TIP_PAGES = (
    "/mailbox/messages",
    "/mailbox/add",
    "/mailbox/add/event",
    "/mailbox/files",
    "/mailbox/threat",
    "/mailbox/objection",
    "/mailbox/withdraw",
    "/mailbox/reach",
)
CASE_PAGES = tuple(
    f"{ASK}/{name}" for name in ("incident", "consent", "objection", "reach", "relative", "files")
)
CASE_FORMS = (*CASE_PAGES, f"{ASK}/messages", f"{ASK}/well")


@pytest.fixture
def place(instance: Instance) -> Instance:
    return with_desk(instance)


@pytest.fixture
def code(place: Instance, visitor: Visitor) -> TrackingCode:
    """The code of a reporter whose mailbox is open."""
    return TrackingCode.parse(reported(visitor))


def on_the_next_day(instance: Instance, visitor: Visitor, code: TrackingCode) -> None:
    """Open the mailbox again, a day later."""
    instance.clock.advance(86_400)
    visitor.sign_in(code.reveal())
    assert visitor.get("/mailbox/messages").status_code == 200


def notices(instance: Instance) -> list[dict[str, Any]]:
    return [one for one in read_by(instance, "message", "intake") if one.get("topic") == "protection"]


def everything(instance: Instance, owner: bytes) -> dict[str, list[Any]]:
    """Every value of every row of a tip or case, by table and column."""
    found: dict[str, list[Any]] = {}
    wanted = {
        "tips": "select * from tips where id = :id",
        "items": "select * from items where tip_id = :id",
        "slips": "select slips.* from slips join items on items.id = item_id where tip_id = :id",
    }
    with instance.database.reading() as session:
        for table, query in wanted.items():
            for row in session.connection().exec_driver_sql(query.replace(":id", "?"), (owner,)).mappings():
                for column, value in row.items():
                    found.setdefault(f"{table}.{column}", []).append(value)
    return found


# ------------------------------------------------------------------ refusals


def test_where_nobody_protects_that_is_said_and_nothing_is_stored(
    instance: Instance, visitor: Visitor
) -> None:
    reported(visitor)
    page = visitor.get(ASK).text
    assert "Nobody here protects people yet" in page
    assert "110" in page
    assert 'name="message"' not in page
    token = visitor.hidden("/mailbox/messages") | {"form": visitor.hidden("/report")["form"]}
    answer = visitor.post(ASK, {**token, "message": FEAR})
    assert answer.status_code == 422
    assert TYPED in answer.text.replace("\r\n", "\n")
    assert len(ids(instance)[0]) == 1
    assert ids(instance)[1] == []


def test_without_a_session_nothing_opens_and_nothing_is_taken(place: Instance, code: TrackingCode) -> None:
    stranger = Visitor(place.app)
    fields = stranger.hidden("/mailbox")
    for path in (ASK, *CASE_PAGES):
        assert stranger.get(path).status_code == 403
    for path in (ASK, *CASE_FORMS):
        assert stranger.post(path, {**fields, "message": FEAR}).status_code == 403
        assert stranger.post(path, {"message": FEAR}).status_code == 400
    assert ids(place)[1] == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"message": " \r\n"}, "message"),
        ({"message": "长" * (MAX_TEXT_BYTES // 3 + 1)}, "message"),
        ({"harms": "dreams"}, "harms"),
        ({"harms": "framing"}, "officers"),
        ({"exclude": ["u2", "u77"]}, "exclude"),
    ],
)
def test_what_does_not_fit_comes_back_whole(
    place: Instance, visitor: Visitor, code: TrackingCode, typed: dict[str, object], field: str
) -> None:
    sent: dict[str, object] = {"harms": ["pay", "threat"], "exclude": ["u2"], "danger": "yes", **typed}
    answer = asked(visitor, **sent)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    text = str(sent.get("message", FEAR)).replace("\r\n", "\n").replace("<", "&lt;").replace(">", "&gt;")
    assert text in answer.text.replace("\r\n", "\n")
    ticked = set(re.findall(r'id="([a-z0-9-]+)" name="[a-z]+" value="[^"]*"[^>]*checked', answer.text))
    assert {"danger", "agrees"} <= ticked
    if field == "message":
        assert {"harms-pay", "harms-threat", "exclude-u2"} <= ticked
    assert ids(place)[1] == []


def test_an_old_page_asks_again_with_all_that_was_typed(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    answer = visitor.post(ASK, {**visitor.hidden(ASK), "form": "old", "message": FEAR, "harms": "pay"})
    assert answer.status_code == 400
    assert TYPED in answer.text.replace("\r\n", "\n")
    assert 'id="harms-pay" name="harms" value="pay" checked' in answer.text
    assert ids(place)[1] == []


@pytest.mark.parametrize("path", [ASK, RELATIVE, f"{ASK}/incident", f"{ASK}/messages"])
def test_nothing_typed_is_lost_when_it_cannot_be_stored_or_the_mailbox_was_shut(
    place: Instance, visitor: Visitor, code: TrackingCode, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path != ASK:
        asked(visitor, message="They follow me.")
    form = visitor.hidden(ASK if path.endswith("messages") else path)

    def full(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("tipline.tips.submission.store_items", full)
        patch.setattr("tipline.mailbox.writing.store_items", full)
        answer = visitor.post(path, {**form, "message": FEAR})
    assert answer.status_code == 503
    assert TYPED in answer.text.replace("\r\n", "\n")
    answer = visitor.post(path, {**form, "csrf_token": "old", "message": FEAR})
    assert answer.status_code == 400
    assert TYPED in answer.text.replace("\r\n", "\n")
    place.clock.advance(3_600)
    answer = visitor.post(path, {**form, "message": FEAR})
    assert answer.status_code == 403
    assert TYPED in answer.text.replace("\r\n", "\n")


def test_more_than_six_requests_a_minute_are_too_many(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    asked(visitor)  # with the report the second of this minute
    found = [send(visitor, RELATIVE, message=FEAR).status_code for _ in range(5)]
    assert found == [201, 201, 201, 201, 429]
    assert len(ids(place)[1]) == 5


@pytest.mark.parametrize("path", [ASK, RELATIVE])
def test_a_request_too_many_gives_back_all_that_was_typed_and_goes_on(
    place: Instance, visitor: Visitor, code: TrackingCode, path: str
) -> None:
    asked(visitor)  # with the report the second of this minute
    form = visitor.hidden(RELATIVE)
    for _ in range(4):
        send(visitor, RELATIVE, message="Another.")
    before = len(ids(place)[1])
    answer = visitor.post(path, {**form, "message": FEAR, "harms": "pay", "exclude": "u2"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert TYPED in answer.text.replace("\r\n", "\n")
    assert f'value="{form["form"]}"' in answer.text
    ticked = set(re.findall(r'id="([a-z0-9-]+)" name="[a-z]+" value="[^"]*"[^>]*checked', answer.text))
    assert {"harms-pay", "exclude-u2"} <= ticked
    assert len(ids(place)[1]) == before


@pytest.mark.parametrize("path", [ASK, RELATIVE])
def test_a_request_too_many_without_a_mailbox_shows_nothing_of_one(
    place: Instance, visitor: Visitor, code: TrackingCode, path: str
) -> None:
    stranger = Visitor(place.app, "192.0.2.9")
    for _ in range(6):
        stranger.post(path, {"message": FEAR})
    answer = stranger.post(path, {"message": FEAR})
    assert answer.status_code == 429
    assert "<form" not in answer.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("path", TIP_PAGES)
def test_a_code_of_a_case_alone_opens_no_page_of_a_tip(place: Instance, visitor: Visitor, path: str) -> None:
    visitor.sign_in(code_on(asked_without_report(visitor)))
    answer = visitor.get(path)
    assert (answer.status_code, answer.location) == (303, ASK)
    answer = visitor.post(path, {**visitor.hidden(ASK), "message": FEAR})
    assert answer.status_code == (405 if path == "/mailbox/add" else 404)
    assert read_by(place, "message") == []


def test_before_somebody_asked_there_is_no_page_of_a_case(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    fields = visitor.hidden("/mailbox/messages")
    for path in CASE_PAGES:
        answer = visitor.get(path)
        assert (answer.status_code, answer.location) == (303, ASK)
    for path in CASE_FORMS:
        answer = visitor.post(path, {**fields, "message": FEAR, "agrees": "yes"})
        assert answer.status_code == 404
    assert read_by(place, "message", "intake") == []


def test_a_state_written_by_hand_turns_no_tip_into_a_case_and_breaks_no_page(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    place.change("update tips set state = 'protected'")
    assert visitor.get("/mailbox/messages").status_code == 200
    asked(visitor)
    place.change("update tips set state = 'triage'")
    assert visitor.get(ASK).status_code == 200
    other = Visitor(place.app)
    other.sign_in(code_on(asked_without_report(other)))
    place.change("update tips set state = 'triage' where state = 'asked'")
    for path in (*TIP_PAGES, ASK):
        assert other.get(path).status_code in (200, 303, 503)
    for case in (row[0] for row in place.rows("select id from tips where locator != x''")):
        stands(place, case)
    place.change("update tips set state = 'triage'")
    assert "what is stored has been changed" in other.get("/mailbox/messages").text
    assert other.get("/mailbox/objection").status_code == 503


# ------------------------------------------------------------------ nothing links the two


def test_no_row_column_record_or_size_links_tip_and_case(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    asked(visitor, danger="yes", harms=["pay"], exclude=["u2"])
    visitor.write("Something else.")
    on_the_next_day(place, visitor, code)
    [tip], [case] = ids(place)
    of_tip, of_case = everything(place, tip), everything(place, case)
    harmless = {"tips.arrived_on", "tips.due_on", "items.day", "items.kind", "items.position", "slips.desk"}
    shared = {
        (one, other, value)
        for one, left in of_tip.items()
        for other, right in of_case.items()
        for value in left
        if value in right and one not in harmless and value not in (None, 0, -1, 1, "", b"", False)
    }
    assert shared == set()
    held = {name: b"".join(_bytes(value) for value in values) for name, values in of_case.items()}
    assert [name for name, data in held.items() for form in _forms(tip) if form in data] == []
    held = {name: b"".join(_bytes(value) for value in values) for name, values in of_tip.items()}
    assert [name for name, data in held.items() for form in _forms(case) if form in data] == []

    stranger = Visitor(place.app, "192.0.2.9")
    asked_without_report(stranger, danger="yes", harms=["pay"], exclude=["u2"])
    another = next(each for each in ids(place)[1] if each != case)
    assert _sizes(everything(place, another)) == _sizes(of_case)
    sizes = {
        len(row[0])
        for row in place.rows("select sealed from items where kind = 'message' and tip_id = :tip", tip=tip)
    }
    assert len(sizes) == 1  # the notice is as long as any message


def test_what_the_desks_open_with_every_key_leads_from_neither_to_the_other(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    asked(visitor)
    on_the_next_day(place, visitor, code)
    [tip], [case] = ids(place)
    slips = place.rows("select slip, sealed, desk, tip_id from slips join items on items.id = item_id")
    opened: dict[bytes, bytes] = {tip: b"", case: b""}
    claims: dict[bytes, set[str]] = {tip: set(), case: set()}
    for slip, sealed, desk, owner in slips:
        policy, _ = open_outer(slip, place.keeper)
        claims[owner].add(policy.claim)
        opened[owner] += place.open_slipped(sealed, slip, desk) + json.dumps(policy.route.desks).encode()
    for one, other in ((tip, case), (case, tip)):
        assert [form for form in _forms(other) if form in opened[one]] == []
        assert not claims[one] & claims[other]
    secrets = (code, code.for_protection())
    assert [form for one in secrets for form in _forms(one.raw) if form in b"".join(opened.values())] == []
    assert [one["answers"] for one in notices(place)] == [{"alias": notices(place)[0]["answers"]["alias"]}]


def test_the_tips_desks_hold_no_slip_of_the_case_and_the_protection_desk_none_of_the_tip(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    asked(visitor)
    [tip], [case] = ids(place)
    assert set(everything(place, tip)["slips.desk"]) == {"intake", "integrity"}
    assert set(everything(place, case)["slips.desk"]) == {"protection", "integrity"}
    slips = place.rows(
        "select slip from slips join items on items.id = item_id where tip_id = :case", case=case
    )
    policies = [open_outer(row[0], place.keeper)[0] for row in slips]
    assert {policy.route.desks for policy in policies} == {("protection",)}


def test_a_relatives_case_is_not_found_from_the_reporters_with_all_rows_and_the_code(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    asked(visitor)
    [_], [own] = ids(place)
    handed = TrackingCode.parse(code_on(send(visitor, RELATIVE, message="My old mother.")))
    [relatives] = [each for each in ids(place)[1] if each != own]
    reachable = [code]
    for _step in range(4):
        reachable.append(reachable[-1].for_protection())
    located = {row[0]: row[1] for row in place.rows("select locator, id from tips")}
    assert [located.get(one.locator_hash) == relatives for one in reachable] == [False] * 5
    rows = place.rows(
        "select sealed, root, marker from items join tips on tips.id = tip_id where tip_id = :id",
        id=relatives,
    )
    for sealed, _root, _marker in rows:
        with pytest.raises(CannotOpen):
            unseal(sealed, [one.identity for one in reachable])
    values = everything(place, relatives)
    held = b"".join(_bytes(value) for column in values.values() for value in column)
    assert [form for form in _forms(own) if form in held] == []
    mine = everything(place, own)
    held = b"".join(_bytes(value) for column in mine.values() for value in column)
    assert [form for form in _forms(relatives) if form in held] == []
    # The desk finds it all the same, in what is sealed for it.
    assert [text["asking"].get("of") for text in read_by(place, "text")].count(own.hex()) == 1
    assert handed.raw not in [one.raw for one in reachable]


def test_after_handing_over_a_code_the_mailbox_shows_nothing_of_that_case(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    asked(visitor)
    before = _without_tokens(visitor.get(f"{ASK}?own=1").text)
    page = send(visitor, RELATIVE, message=canary("mother"))
    assert "give them the paper in their hand" in page.text
    assert _without_tokens(visitor.get(f"{ASK}?own=1").text) == before
    relative = Visitor(place.app, "192.0.2.5")
    relative.sign_in(code_on(page))
    shown = relative.get(f"{ASK}?own=1").text
    assert canary("mother") in shown
    assert "You have not said yet whether you agree." in shown
    assert ids(place)[1][0].hex() not in shown
    assert ids(place)[1][1].hex() not in shown


def test_a_cases_mailbox_shows_nothing_of_the_tip_and_the_tips_only_the_notice(
    place: Instance, visitor: Visitor
) -> None:
    code = TrackingCode.parse(code_on(visitor.report(description=canary("seen"))))
    visitor.sign_in(code.reveal())
    asked(visitor, message=canary("fear"))
    visitor.write(canary("more"))
    visitor.post(f"{ASK}/messages", {**visitor.hidden(ASK), "message": canary("later")})
    on_the_next_day(place, visitor, code)
    case_pages = "".join(visitor.get(path).text for path in (ASK, f"{ASK}?own=1", *CASE_PAGES))
    assert [word for word in ("seen", "more") if canary(word) in case_pages] == []
    assert canary("fear") in case_pages
    tip_pages = "".join(
        visitor.get(path).text for path in ("/mailbox", "/mailbox/messages?own=1", *TIP_PAGES)
    )
    assert [word for word in ("fear", "later") if canary(word) in tip_pages] == []
    assert canary("seen") in tip_pages
    alias = notices(place)[0]["answers"]["alias"]
    assert f"<dd>{alias}</dd>" in tip_pages
    assert f"Reporter {alias}" in case_pages


# ------------------------------------------------------------------ once, and together with the notice


def test_the_same_form_sent_twice_is_one_case_and_one_notice(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    form = visitor.hidden(ASK)
    for _ in range(2):
        answer = visitor.post(ASK, {**form, "message": FEAR, "agrees": "yes"})
        assert (answer.status_code, answer.location) == (303, f"{ASK}?sent=1")
    assert len(ids(place)[1]) == 1
    for _ in range(2):
        on_the_next_day(place, visitor, code)
    assert len(notices(place)) == 1
    assert read_by(place, "message") == []


def test_two_forms_are_one_case_and_what_is_new_a_message(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    first, second = visitor.hidden(ASK), visitor.hidden(ASK)
    visitor.post(ASK, {**first, "message": FEAR})
    visitor.post(ASK, {**second, "message": "He came back."})
    assert len(ids(place)[1]) == 1
    assert [one["text"] for one in read_by(place, "message")] == ["He came back."]


def test_a_second_form_that_shuts_out_more_is_refused_and_comes_back(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    first, second = visitor.hidden(ASK), visitor.hidden(ASK)
    visitor.post(ASK, {**first, "message": FEAR})
    answer = visitor.post(ASK, {**second, "message": "He came back.", "exclude": "u3"})
    assert answer.status_code == 422
    assert "You have asked before" in answer.text
    assert "He came back." in answer.text
    assert read_by(place, "message") == []


def test_on_the_day_of_asking_no_item_of_the_tip_is_written_beside_the_case(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    [tip], _ = ids(place)
    held = everything(place, tip)
    asked(visitor)
    for path in ("/mailbox", ASK, *TIP_PAGES, *CASE_PAGES):
        visitor.get(path)
    after = everything(place, tip)
    assert {name: after[name] for name in after if name != "tips.marker"} == {
        name: held[name] for name in held if name != "tips.marker"
    }
    place.clock.advance(86_400)
    visitor.sign_in(code.reveal())
    for path in ("/mailbox", ASK, *CASE_PAGES):
        visitor.get(path)  # whoever says there that they are well writes to the case next
    assert notices(place) == []


def test_on_a_later_day_the_mailbox_tells_the_tips_desk_of_the_case_once(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    asked(visitor)
    for _ in range(2):
        on_the_next_day(place, visitor, code)
        assert len(notices(place)) == 1
    [tip], [case] = ids(place)
    assert notices(place)[0]["answers"] == {"alias": alias_code(ItemId(case))}
    sealed = reply(code, TipId(tip), "We have read it.")
    put(place, sealed, sign_json(record_of(sealed), place.signer), 9)
    visitor.get("/mailbox/messages")
    assert len(notices(place)) == 1


# ------------------------------------------------------------------ what a second sending says


def due_at(instance: Instance, owner: bytes) -> object:
    return instance.rows("select due_at from tips where id = :id", id=owner)[0][0]


@pytest.mark.parametrize("path", [ASK, RELATIVE, PAGE])
def test_danger_ticked_when_a_form_is_sent_again_brings_the_case_up(
    place: Instance, visitor: Visitor, code: TrackingCode, path: str
) -> None:
    if path == RELATIVE:
        asked(visitor, message="It began last week.")
    before = ids(place)[1]
    form = {**visitor.hidden(path), "group": "witness", "message": FEAR, "description": FEAR}
    assert visitor.send(path, parts(form, [(b"", "")])).status_code in (201, 303)
    [case] = [each for each in ids(place)[1] if each not in before]
    assert due_at(place, case) is None
    for _ in range(2):
        visitor.send(path, parts({**form, "danger": "yes"}, [(b"", "")]))
        assert due_at(place, case) is not None
    assert [one["text"] for one in read_by(place, "message")] == ["urgency: normal → danger"]


def test_danger_ticked_when_a_report_is_sent_again_brings_the_tip_up(
    place: Instance, visitor: Visitor
) -> None:
    form = visitor.hidden("/report") | {"description": FEAR}
    visitor.send("/report", parts(form, [(b"", "")]))
    [tip], _ = ids(place)
    assert due_at(place, tip) is None
    page = visitor.send("/report", parts({**form, "danger": "yes"}, [(b"", "")]))
    assert page.status_code == 201
    assert due_at(place, tip) is not None


def test_who_asks_what_happened_and_consent_of_a_second_sending_are_stored(
    place: Instance, visitor: Visitor
) -> None:
    form = visitor.hidden(PAGE) | {"description": FEAR}
    more = {"group": "officer", "harms": ["violence", "framing"], "agrees": "yes"}
    visitor.send(PAGE, parts({**form, "group": "witness"}, [(b"", "")]))
    for _ in range(2):
        assert visitor.send(PAGE, parts({**form, **more}, [(b"", "")])).status_code == 201
    told = [(one.get("topic"), one["text"], one.get("answers")) for one in read_by(place, "message")]
    assert told == [
        (None, "group: witness → officer\nharms: - → violence, framing", None),
        ("consent", "", {"agrees": "yes"}),
    ]


def test_consent_that_was_taken_back_is_not_given_again_by_an_old_form(
    place: Instance, visitor: Visitor
) -> None:
    form = visitor.hidden(PAGE) | {"description": FEAR, "group": "witness"}
    code = code_on(visitor.send(PAGE, parts(form, [(b"", "")])))
    agreed = {**form, "agrees": "yes"}
    visitor.send(PAGE, parts(agreed, [(b"", "")]))
    at_home = Visitor(place.app, "192.0.2.8")
    at_home.sign_in(code)
    send(at_home, f"{ASK}/consent", agrees="no")
    assert visitor.send(PAGE, parts(agreed, [(b"", "")])).status_code == 201
    assert [one["answers"]["agrees"] for one in read_by(place, "message")] == ["yes", "no"]


def test_consent_that_is_missing_in_a_second_sending_is_a_line_of_it(
    place: Instance, visitor: Visitor
) -> None:
    form = visitor.hidden(PAGE) | {"description": FEAR, "group": "witness"}
    visitor.send(PAGE, parts({**form, "agrees": "yes"}, [(b"", "")]))
    visitor.send(PAGE, parts(form, [(b"", "")]))
    assert [one["text"] for one in read_by(place, "message")] == ["agrees: yes → -"]


def test_no_case_is_stored_under_a_code_that_was_replaced_meanwhile(
    place: Instance, visitor: Visitor, code: TrackingCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = check_text

    def replace_first(text: str) -> None:
        checked(text)
        monkeypatch.setattr("tipline.tips.submission.check_text", checked)
        with place.database.writing() as session:
            replace_code(session, find_mailbox(session, code), code, TrackingCode.generate())

    monkeypatch.setattr("tipline.tips.submission.check_text", replace_first)
    answer = asked(visitor)
    assert answer.status_code == 403
    assert TYPED in answer.text.replace("\r\n", "\n")
    assert ids(place)[1] == []
    assert unknown(place, code.reveal())


# ------------------------------------------------------------------ the code


def test_the_code_and_the_one_that_follows_from_it_are_in_no_address_cookie_file_or_output(
    place: Instance, visitor: Visitor, code: TrackingCode, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    answers = [
        asked(visitor),
        send(visitor, f"{ASK}/incident", message=FEAR),
        send(visitor, RELATIVE, message=FEAR),
    ]
    handed = TrackingCode.parse(code_on(answers[-1]))
    public = Visitor(place.app, "192.0.2.7")
    answers.append(asked_without_report(public))
    alone = TrackingCode.parse(code_on(answers[-1]))
    codes = (code, code.for_protection(), handed, alone)
    search = Search((tmp_path,))
    for one in codes:
        search.add(code_forms(one.reveal()))
    assert search.findings() == []
    heads = "".join(f"{answer.headers} {answer.request.url}" for answer in answers) + "".join(
        capfd.readouterr()
    )
    assert [one for one in codes for form in _text_forms(one) if form in heads] == []
    own = code.for_protection().reveal()
    shown = "".join(visitor.get(path).text for path in (ASK, "/mailbox/messages?own=1", *CASE_PAGES))
    assert own not in shown


def test_the_old_code_opens_neither_after_it_was_replaced_and_the_new_one_both(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    asked(visitor)
    send(visitor, f"{ASK}/incident", message="He came back.")
    new = replaced(visitor)
    assert unknown(place, code.reveal())
    other = Visitor(place.app, "192.0.2.6")
    other.sign_in(new)
    assert "Your protection" in other.get("/mailbox/messages").text
    assert "He came back." in other.get(f"{ASK}?own=1").text
    again = replaced(other)
    assert unknown(place, new)
    other.sign_in(again)
    assert "He came back." in other.get(f"{ASK}?own=1").text
    assert len(ids(place)[1]) == 1


def test_closing_for_good_says_what_becomes_of_the_case_and_closes_both(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    assert "Your protection is shut" not in visitor.get("/mailbox/close").text
    asked(visitor)
    on_the_next_day(place, visitor, code)
    assert "Your protection is shut to you as well." in visitor.get("/mailbox/close").text
    assert send(visitor, "/mailbox/close", sure="yes").status_code == 200
    assert unknown(place, code.reveal())
    assert unknown(place, code.for_protection().reveal())
    assert [one["topic"] for one in read_by(place, "message")] == ["closed"]
    assert [one["topic"] for one in read_by(place, "message", "intake")] == ["protection", "closed"]


def test_a_code_whose_tip_was_erased_still_opens_its_case(
    place: Instance, visitor: Visitor, code: TrackingCode
) -> None:
    asked(visitor)
    [tip], _ = ids(place)
    place.change("delete from slips where item_id in (select id from items where tip_id = :tip)", tip=tip)
    place.change("delete from items where tip_id = :tip", tip=tip)
    place.change(
        "update tips set locator = randomblob(32), root = x'', marker = x'' where id = :tip",
        tip=tip,
    )
    later = Visitor(place.app, "192.0.2.6")
    assert later.sign_in(code.reveal()).status_code == 303
    assert later.get("/mailbox").status_code == 200
    assert later.post("/mailbox/open", later.hidden("/mailbox")).location == ASK
    page = later.get(f"{ASK}?own=1").text
    assert TYPED in page.replace("\r\n", "\n")
    assert "about your report" not in page
    new = replaced(later)
    assert unknown(place, code.reveal())
    later.sign_in(new)
    assert TYPED in later.get(f"{ASK}?own=1").text.replace("\r\n", "\n")


def test_a_code_of_a_case_alone_is_replaced_confirmed_and_closed_like_any(
    place: Instance, visitor: Visitor
) -> None:
    first = code_on(asked_without_report(visitor))
    visitor.sign_in(first)
    page = visitor.post("/mailbox/code", visitor.hidden("/mailbox/code"))
    new = code_on(page)
    token = dict(re.findall(r'name="(csrf_token|form)" value="([^"]*)"', page.text))
    assert visitor.post("/report/confirm", {**token, "group": new.split()[-1]}).status_code == 200
    assert unknown(place, first)
    visitor.sign_in(new)
    assert send(visitor, "/mailbox/close", sure="yes").status_code == 200
    assert unknown(place, new)


def test_a_case_is_found_by_its_doors_alone(place: Instance, visitor: Visitor, code: TrackingCode) -> None:
    asked(visitor)
    use = place.app.extensions[EXTENSION]
    with place.database.reading() as session:
        doors = open_doors(session, code, use.log)
    [tip], [case] = ids(place)
    assert doors.tip is not None
    assert doors.case is not None
    assert (doors.tip.tip, doors.case.tip) == (tip, case)
    assert doors.case.code.raw == code.for_protection().raw
    stands(place, case)
    assert visitor.get(ASK).status_code == 200


def _forms(secret: bytes) -> tuple[bytes, ...]:
    return (secret, secret.hex().encode(), b64encode(secret).rstrip(b"="))


def _text_forms(code: TrackingCode) -> tuple[str, ...]:
    digits = code.reveal()
    return (digits, digits.replace(" ", ""), digits.replace(" ", "+"), code.raw.hex())


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _sizes(values: Mapping[str, list[Any]]) -> dict[str, list[int]]:
    return {name: sorted(len(_bytes(value)) for value in column) for name, column in values.items()}


def _without_tokens(page: str) -> str:
    return re.sub(r'name="(csrf_token|form)" value="[^"]*"', "", page)
