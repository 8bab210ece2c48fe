"""A name left in the mailbox: sealed apart, never shown again, never lost while it is typed."""

import re
from datetime import date
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from crypto.age import unseal
from crypto.errors import CannotOpen
from crypto.identities import open_middle
from crypto.keys import Identity
from crypto.slips import open_inner, open_outer
from crypto.tracking_codes import TrackingCode
from tests.identities.test_card_numbers import ANOTHER, CARD
from tests.journeys.canaries import Search, canary, forms
from tests.public.instance import Instance
from tests.public.visitor import Visitor, code_on
from tipline.identities.record import FIELDS, MAX_FIELD_BYTES, IdentityRecord

PATH = "/mailbox/reach"
TYPED = {"name": "Li <Na>", "contact": "138 0013 8000", "safely": "After eight.\r\nSay “the shop”."}
DAY = 86_400


@pytest.fixture
def code(instance: Instance, visitor: Visitor) -> str:
    """A mailbox that is open, in a place where custodians hold a key."""
    instance.desks["custodians"] = Identity.generate()
    instance.publish(2)
    return signed_in(visitor)


def signed_in(visitor: Visitor) -> str:
    shown = code_on(visitor.report(description="Seen at the market."))
    visitor.sign_in(shown)
    return shown


def send(visitor: Visitor, **typed: str) -> TestResponse:
    """Fill in the page as it stands, and send it."""
    return visitor.post(PATH, {**visitor.hidden(PATH), **typed})


def stored(instance: Instance) -> list[tuple[bytes, bytes, date]]:
    """The sealed identities, their slips for the intake desk and their days, oldest first."""
    rows = instance.rows(
        "select sealed, slip, day from slips join items on items.id = item_id"
        " where kind = 'identity' and desk = 'intake' order by position"
    )
    return [(row[0], row[1], row[2]) for row in rows]


def records(instance: Instance, desk: str = "intake") -> list[IdentityRecord]:
    """What was left, opened with the keys of keeper, custodians and desk together."""
    rows = instance.rows(
        "select sealed, slip from slips join items on items.id = item_id"
        " where kind = 'identity' and desk = :desk order by position",
        desk=desk,
    )
    found = []
    for sealed, slip in rows:
        _, released = open_outer(slip, instance.keeper)
        key = open_inner(open_middle(released, [instance.desks["custodians"]]), instance.desks[desk])
        found.append(IdentityRecord.decode(unseal(sealed, [key]).split(b"\n", 1)[1].split(b"\0", 1)[0]))
    return found


# ------------------------------------------------------------------ refusals


def test_where_nobody_holds_the_second_key_no_name_is_asked_for_or_taken(
    instance: Instance, visitor: Visitor
) -> None:
    signed_in(visitor)
    listed = visitor.get("/mailbox/add").text
    assert PATH not in listed
    assert "Please do not write your name or phone number. We cannot keep them" in listed
    page = visitor.get(PATH).text
    assert "A name cannot be left here yet." in page
    assert 'name="contact"' not in page
    answer = send(visitor, **TYPED)
    assert answer.status_code == 400
    assert "138 0013 8000" in answer.text
    assert stored(instance) == []


def test_a_desk_that_is_gone_meanwhile_takes_nothing_and_loses_nothing(
    instance: Instance, visitor: Visitor, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = visitor.hidden(PATH)
    monkeypatch.setattr("tipline.directory.service.REFRESH_SECONDS", 0.0)
    del instance.desks["custodians"]
    instance.publish(3)
    answer = visitor.post(PATH, {**form, **TYPED})
    assert answer.status_code == 422
    assert "A name cannot be left here yet. Nothing was stored." in answer.text
    assert "Li &lt;Na&gt;" in answer.text
    assert stored(instance) == []


def test_without_a_session_nothing_is_taken(instance: Instance, visitor: Visitor, code: str) -> None:
    form = visitor.hidden(PATH)
    stranger = Visitor(instance.app)
    assert stranger.get(PATH).status_code == 403
    assert stranger.post(PATH, {**form, **TYPED}).status_code == 400  # the token is another visitor's
    own = stranger.hidden("/mailbox")
    assert stranger.post(PATH, {**form, **own, **TYPED}).status_code == 403
    assert stored(instance) == []


def test_another_mailboxs_form_is_not_taken(instance: Instance, visitor: Visitor, code: str) -> None:
    other = Visitor(instance.app, "192.0.2.7")
    signed_in(other)
    foreign = other.hidden(PATH)["form"]
    answer = visitor.post(PATH, {**visitor.hidden(PATH), "form": foreign, **TYPED})
    assert answer.status_code == 400
    assert "138 0013 8000" in answer.text
    assert foreign not in answer.text
    assert stored(instance) == []


@pytest.mark.parametrize("typed", [{}, {"name": " ", "safely": "\r\n"}, {"message": "Li Na"}])
def test_one_field_at_least_says_something(
    instance: Instance, visitor: Visitor, code: str, typed: dict[str, str]
) -> None:
    answer = send(visitor, **typed)
    assert answer.status_code == 422
    assert "One of the fields is enough." in answer.text
    assert stored(instance) == []


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("number", [CARD, f"My card: {ANOTHER[:6]} {ANOTHER[6:14]} {ANOTHER[14:]}"])
def test_a_card_number_is_refused_and_nothing_typed_is_lost(
    instance: Instance, visitor: Visitor, code: str, field: str, number: str
) -> None:
    answer = send(visitor, **TYPED | {field: number})
    assert answer.status_code == 422
    assert "This looks like the number of an identity card." in answer.text
    assert f'href="#{field}"' in answer.text
    kept = TYPED | {field: number}
    shown = answer.text.replace("&lt;", "<").replace("&gt;", ">").replace("\n", "\r\n")
    assert [text for text in kept.values() if text not in shown] == []
    assert stored(instance) == []


def test_an_endless_field_comes_back(instance: Instance, visitor: Visitor, code: str) -> None:
    long = "长" * (MAX_FIELD_BYTES // 3 + 1)
    answer = send(visitor, **TYPED | {"safely": long})
    assert answer.status_code == 422
    assert long in answer.text
    assert 'href="#safely"' in answer.text
    assert stored(instance) == []


def test_a_page_that_was_open_for_too_long_asks_again_with_what_was_typed(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    form = visitor.hidden(PATH) | {"form": "old"}
    answer = visitor.post(PATH, {**form, **TYPED})
    assert answer.status_code == 400
    assert "This page was too old" in answer.text
    again = dict(re.findall(r'name="(csrf_token|form)" value="([^"]*)"', answer.text.split("<form")[-1]))
    assert visitor.post(PATH, {**again, **TYPED}).status_code == 303
    assert len(stored(instance)) == 1


def test_what_was_typed_is_not_lost_when_the_mailbox_was_shut_meanwhile(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    form = visitor.hidden(PATH)
    instance.clock.advance(3_600)
    answer = visitor.post(PATH, {**form, **TYPED})
    assert answer.status_code == 403
    assert "Li &lt;Na&gt;" in answer.text
    assert "138 0013 8000" in answer.text
    assert stored(instance) == []


def test_what_was_typed_is_not_lost_when_it_cannot_be_stored(
    visitor: Visitor, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("tipline.mailbox.identity.store_items", full)
    answer = send(visitor, **TYPED)
    assert answer.status_code == 503
    assert "138 0013 8000" in answer.text


# ------------------------------------------------------------------ nowhere to be read


def test_a_name_is_in_no_file_of_the_instance_afterwards(
    instance: Instance, visitor: Visitor, code: str, tmp_path: Path
) -> None:
    typed = {field: canary(field) for field in FIELDS}
    send(visitor, **typed, message=canary("message"))
    send(visitor, **typed | {"name": f"{canary('name')} {CARD}"})
    visitor.get("/mailbox/messages?own=1")
    search = Search((tmp_path,))
    search.add({"the card": forms(CARD)})
    assert search.findings() == []
    assert [record.words() for record in records(instance)] == [typed]
    (tmp_path / "data" / "found").write_bytes(canary("name").encode())
    assert search.findings()  # the search looks where the site writes


def test_the_mailbox_shows_a_name_to_nobody_again(visitor: Visitor, code: str) -> None:
    send(visitor, **TYPED)
    pages = (
        PATH,
        f"{PATH}?sent=1",
        "/mailbox",
        "/mailbox/messages",
        "/mailbox/messages?own=1",
        "/mailbox/add",
    )
    shown = "".join(visitor.get(path).text for path in pages)
    assert [words for words in ("Li &lt;Na", "138 0013", "the shop") if words in shown] == []


def test_the_desk_alone_opens_no_name_and_the_custodians_alone_neither(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    send(visitor, **TYPED)
    for desk in ("intake", "integrity"):
        assert [record.words() for record in records(instance, desk)] == [
            {field: text.replace("\r\n", "\n") for field, text in TYPED.items()}
        ]
    sealed, slip, _ = stored(instance)[0]
    _, released = open_outer(slip, instance.keeper)
    with pytest.raises(CannotOpen):
        open_inner(released, instance.desks["intake"])
    with pytest.raises(CannotOpen):
        open_inner(open_middle(released, [instance.desks["custodians"]]), instance.desks["custodians"])
    with pytest.raises(CannotOpen):
        unseal(sealed, [*instance.desks.values(), instance.keeper, TrackingCode.parse(code).identity])


def test_names_of_any_length_have_one_size(instance: Instance, visitor: Visitor, code: str) -> None:
    send(visitor, name="Li")
    send(visitor, **dict.fromkeys(FIELDS, "长" * (MAX_FIELD_BYTES // 3)))
    assert len({(len(sealed), len(slip)) for sealed, slip, _ in stored(instance)}) == 1


# ------------------------------------------------------------------ what is kept


def test_the_same_form_sent_twice_is_stored_once(instance: Instance, visitor: Visitor, code: str) -> None:
    form = visitor.hidden(PATH)
    for _ in range(2):
        answer = visitor.post(PATH, {**form, **TYPED})
        assert (answer.status_code, answer.location) == (303, f"{PATH}?sent=1")
    instance.clock.advance(600)
    assert visitor.post(PATH, {**form, **TYPED}).status_code == 303
    assert len(stored(instance)) == 1


def test_a_correction_sent_by_the_same_form_is_stored_too(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    form = visitor.hidden(PATH)
    visitor.post(PATH, {**form, **TYPED})
    visitor.post(PATH, {**form, **TYPED, "contact": "139 0013 9000"})
    assert [record.contact for record in records(instance)] == ["138 0013 8000", "139 0013 9000"]


def test_after_sending_the_page_says_since_when_and_a_later_one_counts(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    assert "is kept. Since" not in visitor.get(f"{PATH}?sent=1").text
    answer = send(visitor, **TYPED)
    assert "It is kept. Since Tuesday, March 3, 2026." in visitor.get(answer.location).text
    instance.clock.advance(DAY)
    visitor.sign_in(code)
    assert "Something is kept since Tuesday, March 3, 2026." in visitor.get(PATH).text
    answer = send(visitor, name="Li Na")
    assert "It is kept. Since Wednesday, March 4, 2026." in visitor.get(answer.location).text


def test_a_row_that_somebody_wrote_by_hand_is_not_called_kept(
    instance: Instance, visitor: Visitor, code: str
) -> None:
    send(visitor, **TYPED)
    assert "Something is kept since" in visitor.get(PATH).text
    instance.change("update items set claim_signature = zeroblob(64) where kind = 'identity'")
    assert "Something is kept since" not in visitor.get(PATH).text


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_before_the_form_the_page_says_who_can_see_it(instance: Instance, code: str, language: str) -> None:
    visitor = Visitor(instance.app, language=language)
    visitor.sign_in(code)
    page = visitor.get(PATH).text
    before = page[: page.index('name="contact"')]
    said = {
        "en": (
            "never need to say who you are",
            "two people of different desks",
            "told here before",
            "written into a log",
            "not by you either",
            "the newest counts",
            "Never write the number",
        ),
        "zh-CN": (
            "不必说明您是谁",
            "不同岗位的两个人",
            "先在这里告诉您",
            "记入",
            "您自己也",
            "以最新的为准",
            "身份证",
        ),
    }[language]
    assert [words for words in said if words not in before] == []
    assert PATH in visitor.get("/mailbox/add").text
