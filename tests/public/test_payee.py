"""Being paid by name: asked for once, sealed for the pay clerks alone, and nothing that was typed is lost."""

import sqlite3
from collections.abc import Iterator
from typing import Any, Final, NoReturn

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from crypto.age import unseal
from crypto.errors import CannotOpen
from crypto.identities import open_middle
from crypto.keys import Identity
from crypto.slips import open_inner, open_outer
from tests.identities.test_card_numbers import CARD
from tests.public.instance import Instance
from tests.public.rewarding import (
    AWAY,
    REWARD,
    TODAY,
    Mint,
    Rewarded,
    minting,
    press,
    refusal,
    with_rewards,
)
from tests.public.visitor import HIDDEN, Visitor
from tipline.identities.record import MAX_FIELD_BYTES, IdentityRecord
from tipline.rewards.records import Told

PATH: Final = f"{REWARD}/name"
REACH: Final = "/mailbox/reach"
LINK: Final = f'href="{PATH}"'
NOTHING: Final = "No reward waits here that could be paid by name."
TYPED: Final = {"name": "Li <Na>", "contact": "County bank, account 4455", "safely": "After eight."}
DESKS: Final = ("intake", "integrity", "custodians", "payments")


@pytest.fixture
def mint(instance: Instance) -> Iterator[Mint]:
    for desk in DESKS[2:]:
        instance.desks[desk] = Identity.generate()
    with minting(with_rewards(instance)) as mint:
        yield mint


@pytest.fixture
def rewarded(instance: Instance, mint: Mint) -> Rewarded:
    made = Rewarded(instance)
    made.told()
    return made


def send(visitor: Visitor, typed: dict[str, str] = TYPED) -> TestResponse:
    """Fill in the page as it stands, and send it."""
    return visitor.post(PATH, {**visitor.hidden(PATH), **typed})


def fields_of(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the form that came back."""
    return dict(HIDDEN.findall(page.text.split("<form")[-1]))


def payees(rewarded: Rewarded) -> list[tuple[bytes, bytes, str]]:
    """Every slip of a sealed name with what it opens, and the desk that it is for; the oldest first."""
    rows = rewarded.instance.rows(
        "select sealed, slip, desk from slips join items on items.id = item_id"
        " where kind = 'identity' order by position, desk"
    )
    return [(row[0], row[1], row[2]) for row in rows]


def opened(rewarded: Rewarded) -> list[IdentityRecord]:
    """What was sent, opened with the keys of keeper, custodians and pay clerks together."""
    instance, found = rewarded.instance, []
    for sealed, slip, desk in payees(rewarded):
        _, released = open_outer(slip, instance.keeper)
        key = open_inner(open_middle(released, [instance.desks["custodians"]]), instance.desks[desk])
        found.append(IdentityRecord.decode(unseal(sealed, [key]).split(b"\n", 1)[1].split(b"\0", 1)[0]))
    return found


def named(mint: Mint) -> list[dict[str, Any]]:
    """What the keeper was asked to log."""
    return [one for one in mint.asked if one.get("named")]


# ------------------------------------------------------------------ what stores nothing


@pytest.mark.parametrize("empty", DESKS[2:])
def test_while_nobody_is_at_one_of_the_two_desks_it_is_not_offered(
    rewarded: Rewarded, mint: Mint, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipline.directory.service.REFRESH_SECONDS", 0.0)
    visitor = rewarded.inside()
    fields = visitor.hidden(PATH)
    del rewarded.instance.desks[empty]
    with_rewards(rewarded.instance, 3)
    visitor = rewarded.inside()
    assert NOTHING in visitor.get(PATH).text
    page = visitor.post(PATH, {**fields, **visitor.hidden(PATH), **TYPED})
    assert page.status_code == 422
    assert "Nothing was stored." in page.text
    assert (payees(rewarded), named(mint)) == ([], [])


def test_without_a_granted_award_nothing_is_kept(instance: Instance, mint: Mint) -> None:
    rewarded = Rewarded(instance)
    visitor = rewarded.inside()
    assert NOTHING in visitor.get(PATH).text
    assert LINK not in visitor.get(REWARD).text
    rewarded.told()
    fields = visitor.hidden(PATH)
    instance.change("delete from awards_told")
    page = visitor.post(PATH, {**fields, **TYPED})
    assert page.status_code == 422
    assert "County bank, account 4455" in page.text
    assert (payees(rewarded), named(mint)) == ([], [])


@pytest.mark.parametrize("state", [Told.EXPIRED, Told.CANCELLED, Told.SETTLED])
def test_an_award_that_is_over_takes_no_name(rewarded: Rewarded, mint: Mint, state: Told) -> None:
    visitor = rewarded.inside()
    fields = visitor.hidden(PATH)
    rewarded.told(state=state)
    assert NOTHING in visitor.get(PATH).text
    assert LINK not in visitor.get(REWARD).text
    assert visitor.post(PATH, {**fields, **TYPED}).status_code == 422
    assert (payees(rewarded), named(mint)) == ([], [])


def test_an_award_whose_last_day_has_passed_takes_no_name(rewarded: Rewarded, mint: Mint) -> None:
    rewarded.told(until=TODAY.replace(day=TODAY.day - 1))
    assert NOTHING in rewarded.inside().get(PATH).text
    assert named(mint) == []


def test_collected_as_vouchers_it_is_not_paid_by_name_too(rewarded: Rewarded, mint: Mint) -> None:
    visitor = rewarded.inside()
    fields = visitor.hidden(PATH)
    rewarded.collect()
    visitor = rewarded.inside()
    assert NOTHING in visitor.get(PATH).text
    token = visitor.hidden(REWARD)["csrf_token"]
    page = visitor.post(PATH, {**fields, "csrf_token": token, **TYPED})
    assert page.status_code == 422
    assert (payees(rewarded), named(mint)) == ([], [])


@pytest.mark.parametrize("missing", ["name", "contact"])
def test_a_missing_field_is_said_and_nothing_is_lost(rewarded: Rewarded, mint: Mint, missing: str) -> None:
    page = send(rewarded.inside(), {**TYPED, missing: " "})
    assert page.status_code == 422
    assert "Please write both: a name, and how the money should reach you." in page.text
    assert "After eight." in page.text
    assert (payees(rewarded), named(mint)) == ([], [])


def test_an_empty_form_is_told_that_both_are_needed(rewarded: Rewarded, mint: Mint) -> None:
    page = send(rewarded.inside(), dict.fromkeys(TYPED, ""))
    assert page.status_code == 422
    assert "Please write both: a name, and how the money should reach you." in page.text
    assert (payees(rewarded), named(mint)) == ([], [])


@pytest.mark.parametrize("field", sorted(TYPED))
def test_the_number_of_an_identity_card_is_never_taken(rewarded: Rewarded, mint: Mint, field: str) -> None:
    page = send(rewarded.inside(), {**TYPED, field: f"It is {CARD}"})
    assert page.status_code == 422
    assert "This looks like the number of an identity card." in page.text
    assert f'id="{field}-error"' in page.text
    assert (payees(rewarded), named(mint)) == ([], [])


def test_too_much_in_one_field_is_said_there(rewarded: Rewarded, mint: Mint) -> None:
    page = send(rewarded.inside(), {**TYPED, "contact": "y" * (MAX_FIELD_BYTES + 1)})
    assert page.status_code == 422
    assert 'id="contact-error"' in page.text
    assert (payees(rewarded), named(mint)) == ([], [])


def test_the_form_of_another_mailbox_stores_nothing(rewarded: Rewarded, mint: Mint) -> None:
    other = Rewarded(rewarded.instance)
    visitor = rewarded.inside()
    other.told()
    theirs = other.inside().hidden(PATH) | {"csrf_token": visitor.hidden(REWARD)["csrf_token"]}
    page = visitor.post(PATH, {**theirs, **TYPED})
    assert page.status_code == 400
    assert "County bank, account 4455" in page.text
    assert (payees(rewarded), named(mint)) == ([], [])


# ------------------------------------------------------------------ what goes wrong between the two steps


@pytest.mark.parametrize("answered", [AWAY, {"ok": {"signatures": []}}], ids=["away", "lies"])
def test_while_the_keeper_is_away_it_is_kept_and_the_page_says_what_to_do(
    rewarded: Rewarded, mint: Mint, answered: dict[str, Any]
) -> None:
    mint.answers["mint"] = answered
    visitor = rewarded.inside()
    page = send(visitor)
    assert page.status_code == 422
    assert "is kept and locked, but we do not know whether the pay desk has heard of it" in page.text
    assert "It is kept, and perhaps not asked for yet" in page.text
    assert "Nothing was sent yet" not in page.text  # the heading says what the sentence says
    assert 'value="Li &lt;Na&gt;"' in page.text
    assert len(payees(rewarded)) == 1
    mint.answers.clear()
    again = dict(fields_of(page), **TYPED)
    assert visitor.post(PATH, again).status_code == 303
    assert len(payees(rewarded)) == 1
    assert len(named(mint)) == 2


def test_once_asked_to_be_paid_by_name_the_mailbox_offers_no_vouchers(rewarded: Rewarded, mint: Mint) -> None:
    assert 'id="collect"' in rewarded.inside().get(REWARD).text
    assert send(rewarded.inside()).status_code == 303
    assert 'id="collect"' not in rewarded.inside().get(REWARD).text
    assert press(rewarded.inside(), REWARD).status_code == 422
    assert [one for one in mint.asked if not one.get("named")] == []


def test_until_the_keeper_was_told_vouchers_can_be_collected_instead(rewarded: Rewarded, mint: Mint) -> None:
    mint.answers["mint"] = AWAY
    send(rewarded.inside())
    mint.answers.clear()
    rewarded.collect()
    assert "You collected vouchers" in rewarded.inside().get(REWARD).text


@pytest.mark.parametrize("reason", ["already-collected", "award-expired", "not-allowed", "unknown-award"])
def test_what_the_keeper_refuses_is_said_in_words(rewarded: Rewarded, mint: Mint, reason: str) -> None:
    mint.answers["mint"] = refusal(reason)
    visitor = rewarded.inside()
    page = send(visitor)
    assert page.status_code == 422
    assert "It is kept, and nobody may open it" in page.text
    assert "this reward is not paid by name, so nobody may open it" in page.text
    assert "Nothing was" not in page.text  # it lies there, sealed
    assert "aria-invalid" not in page.text  # no field is wrong
    assert len(payees(rewarded)) == 1
    assert "County bank, account 4455" in page.text
    mint.answers.clear()
    assert visitor.post(PATH, dict(fields_of(page), **TYPED)).status_code == 303
    assert len(payees(rewarded)) == 1


def test_a_refusal_for_an_award_that_ended_meanwhile_says_the_same_without_a_form(
    rewarded: Rewarded, mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def expire(_: object) -> dict[str, Any]:
        rewarded.told(state=Told.EXPIRED, since=50)
        return refusal("award-expired")

    monkeypatch.setattr(mint, "answer", expire)
    page = send(rewarded.inside())
    assert page.status_code == 422
    assert "this reward is not paid by name, so nobody may open it" in page.text
    assert "What you wrote was not sent." not in page.text
    assert 'name="contact"' not in page.text


def test_a_wish_that_is_logged_was_received_also_where_the_mailbox_cannot_store_it_yet(
    rewarded: Rewarded, mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> NoReturn:
        raise OperationalError("insert", None, sqlite3.OperationalError("database or disk is full"))

    visitor = rewarded.inside()
    with monkeypatch.context() as patched:
        patched.setattr("tipline.mailbox.payee.keep_records", full)
        sent = send(visitor)
    assert sent.status_code == 303
    assert "It is kept and locked." in visitor.get(sent.headers["Location"]).text
    assert (len(payees(rewarded)), len(named(mint))) == (1, 1)
    assert LINK in visitor.get(REWARD).text  # until the hourly look it may be sent again
    assert send(visitor, TYPED).status_code == 303
    assert 'id="collect"' not in visitor.get(REWARD).text


# ------------------------------------------------------------------ what is kept


def test_it_is_sealed_for_the_pay_clerks_alone_behind_three_locks(rewarded: Rewarded, mint: Mint) -> None:
    instance = rewarded.instance
    assert LINK in rewarded.inside().get(REWARD).text
    assert send(rewarded.inside()).headers["Location"] == f"{PATH}?sent=1"
    [(sealed, slip, desk)] = payees(rewarded)
    assert desk == "payments"
    _, released = open_outer(slip, instance.keeper)
    for key in (instance.desks[name] for name in DESKS if name != "custodians"):
        with pytest.raises(CannotOpen):
            open_inner(released, key)
        with pytest.raises(CannotOpen):
            unseal(sealed, [key])
    [record] = opened(rewarded)
    assert (record.name, record.contact, record.safely) == tuple(TYPED.values())
    [asked] = named(mint)
    assert (asked["tip"], asked["award"], asked["blinded"]) == (rewarded.tip.hex(), 11, [])
    assert "Li" not in str(mint.asked)


def test_sent_twice_by_one_form_it_is_one_item(rewarded: Rewarded, mint: Mint) -> None:
    visitor = rewarded.inside()
    fields = visitor.hidden(PATH)
    assert [visitor.post(PATH, {**fields, **TYPED}).status_code for _ in range(2)] == [303, 303]
    assert len(payees(rewarded)) == 1


def test_what_was_sent_is_never_shown_again(rewarded: Rewarded) -> None:
    visitor = rewarded.inside()
    send(visitor)
    pages = (PATH, f"{PATH}?sent=1", REWARD, REACH, "/mailbox/messages", "/mailbox/close")
    assert [path for path in pages if "Li &lt;Na&gt;" in visitor.get(path).text] == []
    assert "It is kept and locked." in visitor.get(f"{PATH}?sent=1").text


def test_whom_to_pay_is_not_taken_for_a_name_that_was_left(rewarded: Rewarded) -> None:
    visitor = rewarded.inside()
    send(visitor)
    kept = "Something is kept since"
    assert kept not in visitor.get(REACH).text
    visitor.post(REACH, {**visitor.hidden(REACH), **TYPED})
    assert kept in visitor.get(REACH).text


def test_who_is_to_be_paid_by_name_can_put_it_right(rewarded: Rewarded) -> None:
    visitor = rewarded.inside()
    send(visitor)
    rewarded.told(state=Told.NAMED, since=30)
    assert LINK in visitor.get(REWARD).text
    assert send(visitor, {**TYPED, "contact": "At the mill, Sunday"}).status_code == 303
    assert [one.contact for one in opened(rewarded)] == [TYPED["contact"], "At the mill, Sunday"]


def test_the_mailbox_shows_when_it_was_said_whom_to_pay_and_when_that_changed(rewarded: Rewarded) -> None:
    visitor = rewarded.inside()
    assert "whom to pay" not in visitor.get(REWARD).text
    send(visitor)
    rewarded.told(state=Told.NAMED, since=30)
    rewarded.instance.change("update items set day = '2025-12-24' where kind = 'identity'")
    page = visitor.get(REWARD).text
    assert "You said whom to pay on Wednesday, December 24, 2025." in page
    assert "somebody else knows your code" not in page
    send(visitor, {**TYPED, "contact": "The thief's account"})
    page = visitor.get(REWARD).text
    assert "You said whom to pay on Wednesday, December 24, 2025. It was last changed on" in page
    assert "somebody else knows your code" in page
    assert "Send the right one again now." in page
    assert "thief" not in page
    rewarded.told(state=Told.SETTLED, since=40)
    page = visitor.get(REWARD).text
    assert "somebody else knows your code" in page
    assert "Send the right one again now." not in page  # it is paid: there is nothing to send
    rewarded.told(state=Told.EXPIRED, since=50)
    assert "whom to pay" not in visitor.get(REWARD).text


def test_a_payee_that_the_reporter_did_not_sign_is_not_shown(rewarded: Rewarded) -> None:
    visitor = rewarded.inside()
    send(visitor)
    rewarded.told(state=Told.NAMED, since=30)
    rewarded.instance.change("update items set claim_signature = zeroblob(64) where kind = 'identity'")
    assert "You said whom to pay" not in visitor.get(REWARD).text


def test_the_page_warns_before_anything_is_typed(rewarded: Rewarded) -> None:
    before = rewarded.inside().get(PATH).text.split('name="name"')[0]
    for words in ("You need not do this.", "Two pay clerks", "The bank", "It cannot be taken back"):
        assert words in before
