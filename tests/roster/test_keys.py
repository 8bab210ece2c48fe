"""New keys of desks and members, and the passkeys beside them: who signs, and what follows."""

from typing import Any

import pytest

from crypto.assertions import Passkey
from tests.passkeys import SoftPasskey
from tests.roster.township import (
    AUDITOR,
    INTEGRITY,
    NEWCOMER,
    POLICE,
    REGISTRAR,
    REGISTRAR_2,
    REVIEWER_A,
    REVIEWER_B,
    body,
    desk,
    genesis,
    member,
    recipient,
    seed,
    township,
)
from tipline.roster import Roster, RosterRefused


def refusal(roster: Roster, statement: dict[str, Any]) -> str:
    with pytest.raises(RosterRefused) as refused:
        roster.apply(1_000, statement)
    with pytest.raises(RosterRefused):
        roster.check(statement)
    return refused.value.reason


def stale() -> Roster:
    """Reviewer B has left the intake desk."""
    return township().apply(1, body("revoke", [REGISTRAR], member=REVIEWER_B, desk="intake"))


def next_key(**changes: Any) -> dict[str, Any]:
    return {**desk("intake", epoch=2), **changes}


def keys_of(name: str) -> dict[str, Any]:
    fresh = seed(name)
    return {"signing_key": fresh.signing_key.public.raw.hex(), "recipient": fresh.identity.recipient.text}


# ------------------------------------------------------------------ desk keys


@pytest.mark.parametrize(
    "left",
    [
        pytest.param([body("revoke", [REGISTRAR], member=REVIEWER_B, desk="intake")], id="revoked"),
        pytest.param([body("remove", [REGISTRAR], member=REVIEWER_B)], id="removed"),
        pytest.param(
            [body("new-keys", [REGISTRAR, INTEGRITY], member=REVIEWER_B, **keys_of("b"))], id="new keys"
        ),
        pytest.param(
            [
                body("revoke", [REGISTRAR], member=REVIEWER_B, desk="intake"),
                body("grant", [REGISTRAR, REVIEWER_A], member=REVIEWER_B, desk="intake", until="2025-03-01"),
                body("rekey", [REVIEWER_A], desk=desk("intake", epoch=2)),
                body("lapse", ["keeper"], at=1_740_873_600, member=REVIEWER_B, desk="intake"),
            ],
            id="a deputy whose day is over",
        ),
    ],
)
def test_whoever_leaves_a_desk_leaves_its_key_stale(left: list[dict[str, Any]]) -> None:
    roster = township()
    for index, statement in enumerate(left, start=1):
        roster = roster.apply(index, statement)
    assert roster.desks["intake"].stale
    assert not roster.desks["integrity"].stale


def test_a_holder_alone_gives_a_desk_its_next_key_only_when_somebody_has_left() -> None:
    assert refusal(township(), body("rekey", [REVIEWER_A], desk=next_key())) == "not-allowed"
    renewed = stale().apply(2, body("rekey", [REVIEWER_A], desk=next_key()))
    intake = renewed.desks["intake"]
    assert (intake.epoch, intake.recipient.text, intake.stale) == (2, recipient("intake-2"), False)
    assert intake.recipient_of(1) == township().desks["intake"].recipient
    again = body("rekey", [REVIEWER_A], desk=desk("intake", epoch=3))
    assert refusal(renewed, again) == "not-allowed"


@pytest.mark.parametrize(
    "by",
    [[REVIEWER_B], [INTEGRITY], [REGISTRAR], [AUDITOR], [REVIEWER_A, REGISTRAR], [REVIEWER_A, REVIEWER_B]],
)
def test_nobody_else_renews_a_desks_key(by: list[str]) -> None:
    assert refusal(stale(), body("rekey", by, desk=next_key())) == "not-allowed"


@pytest.mark.parametrize(
    "changes",
    [
        {"epoch": 1},
        {"epoch": 3},
        {"recipient": recipient("intake-1")},
        {"reads": False},
        {"names": {"zh": "别的", "en": "Another"}},
        {"id": "nowhere"},
        {"id": "integrity"},
    ],
    ids=str,
)
def test_a_next_key_changes_nothing_else(changes: dict[str, Any]) -> None:
    assert refusal(stale(), body("rekey", [REVIEWER_A], desk=next_key(**changes))) == "not-allowed"


def test_the_first_holder_of_a_new_desk_makes_its_key() -> None:
    """Whoever founded it knows the first one, and is no holder."""
    founded = township().apply(1, body("desk", [REGISTRAR, INTEGRITY], desk=desk("protection")))
    assert founded.desks["protection"].stale
    held = founded.apply(2, body("grant", [REGISTRAR, REVIEWER_A], member=INTEGRITY, desk="protection"))
    renewed = held.apply(3, body("rekey", [INTEGRITY], desk=desk("protection", epoch=2)))
    assert not renewed.desks["protection"].stale


# ---------------------------------------------------------------- members' keys


def test_new_keys_take_a_registrar_and_another_and_neither_is_the_one_who_gets_them() -> None:
    fresh: dict[str, Any] = {"member": REVIEWER_A, **keys_of("fresh")}
    assert refusal(township(), body("new-keys", [REGISTRAR], **fresh)) == "two-signatures"
    for by in ([REVIEWER_B, INTEGRITY], [REVIEWER_A, REGISTRAR], [REGISTRAR, REVIEWER_A]):
        assert refusal(township(), body("new-keys", by, **fresh)) == "not-allowed"
    own: dict[str, Any] = {"member": REGISTRAR, **keys_of("fresh")}
    assert refusal(township(), body("new-keys", [REGISTRAR, INTEGRITY], **own)) == "not-allowed"
    joined = township().apply(1, body("member", [REGISTRAR], member=member(NEWCOMER, POLICE)))
    # Whom the registrar brought in alone is no second person.
    assert refusal(joined, body("new-keys", [REGISTRAR, NEWCOMER], **fresh)) == "not-allowed"


def test_new_keys_are_keys_that_nobody_has_or_had() -> None:
    by = [REGISTRAR, INTEGRITY]
    for name in (REVIEWER_A, REVIEWER_B, REGISTRAR):
        assert refusal(township(), body("new-keys", by, member=REVIEWER_A, **keys_of(name))) == "not-allowed"
    roster = township().apply(1, body("new-keys", by, member=REVIEWER_A, **keys_of("fresh")))
    for who in (REVIEWER_A, REVIEWER_B):
        assert refusal(roster, body("new-keys", by, member=who, **keys_of(REVIEWER_A))) == "not-allowed"
    taken = member(NEWCOMER, POLICE, signing_key=keys_of(REVIEWER_A)["signing_key"])
    assert refusal(roster, body("member", [REGISTRAR], member=taken)) == "not-allowed"
    for wrong in ({"signing_key": "00" * 32}, {"recipient": "age1pq1"}, {"recipient": ""}):
        statement = body("new-keys", by, member=REVIEWER_A, **{**keys_of("more"), **wrong})
        assert refusal(roster, statement) == "malformed"


def test_after_new_keys_nothing_of_the_old_ones_is_left_and_every_desk_waits() -> None:
    key = SoftPasskey.make().passkey.fields()
    roster = township().apply(1, body("passkey", [REVIEWER_A], member=REVIEWER_A, passkey=key))
    roster = roster.apply(2, body("lead", [REGISTRAR, INTEGRITY], desk="intake", member=REVIEWER_A))
    roster = roster.apply(3, body("new-keys", [REGISTRAR, INTEGRITY], member=REVIEWER_A, **keys_of("fresh")))
    one = roster.member(REVIEWER_A)
    assert one.signing_key == seed("fresh").signing_key.public == roster.key_of(REVIEWER_A)
    assert one.recipient == seed("fresh").identity.recipient
    assert (sorted(one.desks), sorted(one.awaiting), one.passkey) == ([], ["intake"], None)
    assert REVIEWER_A not in [holder.id for holder in roster.holders("intake")]
    with pytest.raises(RosterRefused, match="does not hold"):
        roster.check(body("read", [REVIEWER_A], desk="intake"))
    assert roster.desks["intake"].lead == REVIEWER_A


def test_a_deputy_with_new_keys_is_a_deputy_no_longer() -> None:
    deputy = township().apply(
        1,
        body("grant", [REGISTRAR, INTEGRITY], member=REVIEWER_A, desk="integrity", until="2025-03-05"),
    )
    after = deputy.apply(2, body("new-keys", [REGISTRAR, INTEGRITY], member=REVIEWER_A, **keys_of("fresh")))
    assert after.member(REVIEWER_A).awaiting == {"intake"}
    assert not after.member(REVIEWER_A).until


def test_a_desk_is_given_again_by_one_of_its_holders_to_who_waits_for_it() -> None:
    roster = township().apply(
        1, body("new-keys", [REGISTRAR, INTEGRITY], member=REVIEWER_A, **keys_of("fresh"))
    )
    again: dict[str, Any] = {"member": REVIEWER_A, "desk": "intake"}
    for by in ([REVIEWER_A], [REGISTRAR], [INTEGRITY], [REVIEWER_B, REGISTRAR], [REVIEWER_A, REVIEWER_B]):
        assert refusal(roster, body("regrant", by, **again)) == "not-allowed"
    for other in ({"member": INTEGRITY}, {"desk": "integrity"}, {"member": REVIEWER_B}):
        assert refusal(roster, body("regrant", [REVIEWER_B], **{**again, **other})) == "not-allowed"
    held = roster.apply(2, body("regrant", [REVIEWER_B], **again))
    assert held.member(REVIEWER_A).holds("intake")
    assert not held.member(REVIEWER_A).awaiting
    assert refusal(held, body("regrant", [REVIEWER_B], **again)) == "not-allowed"
    revoked = roster.apply(2, body("revoke", [REGISTRAR], **again))
    assert refusal(revoked, body("regrant", [REVIEWER_B], **again)) == "not-allowed"


def test_the_last_holder_with_new_keys_gets_the_desk_by_a_registrar_and_another() -> None:
    roster = township().apply(
        1, body("new-keys", [REGISTRAR, REVIEWER_A], member=INTEGRITY, **keys_of("fresh"))
    )
    held = roster.apply(2, body("grant", [REGISTRAR, REVIEWER_A], member=INTEGRITY, desk="integrity"))
    assert held.member(INTEGRITY).holds("integrity")
    assert not held.member(INTEGRITY).awaiting
    # Nobody has its key any more: the holder makes the next one.
    held.apply(3, body("rekey", [INTEGRITY], desk=desk("integrity", epoch=2)))


# -------------------------------------------------------------------- passkeys


def test_the_first_passkey_is_stated_by_its_member_alone() -> None:
    fields: dict[str, Any] = {"member": REVIEWER_A, "passkey": SoftPasskey.make().passkey.fields()}
    for by in ([REGISTRAR], [REVIEWER_B], [REVIEWER_A, REGISTRAR]):
        assert refusal(township(), body("passkey", by, **fields)) == "not-allowed"
    none = body("passkey", [REVIEWER_A], member=REVIEWER_A, passkey={})
    assert refusal(township(), none) == "not-allowed"
    roster = township().apply(1, body("passkey", [REVIEWER_A], **fields))
    assert roster.member(REVIEWER_A).passkey == Passkey.read(fields["passkey"])


@pytest.mark.parametrize("passkey", [{}, SoftPasskey.make().passkey.fields()], ids=["removed", "replaced"])
def test_a_passkey_is_removed_or_replaced_by_its_member_and_a_registrar(passkey: dict[str, Any]) -> None:
    first = SoftPasskey.make().passkey.fields()
    roster = township().apply(1, body("passkey", [REVIEWER_A], member=REVIEWER_A, passkey=first))
    fields: dict[str, Any] = {"member": REVIEWER_A, "passkey": passkey}
    for by, why in (
        ([REVIEWER_A], "two-signatures"),
        ([REGISTRAR], "two-signatures"),
        ([REGISTRAR, REGISTRAR_2], "not-allowed"),
        ([REVIEWER_A, REVIEWER_B], "not-allowed"),
    ):
        assert refusal(roster, body("passkey", by, **fields)) == why
    after = roster.apply(2, body("passkey", [REVIEWER_A, REGISTRAR], **fields))
    assert (after.member(REVIEWER_A).passkey is None) is (passkey == {})


def test_a_registrar_does_not_remove_their_own_passkey_alone() -> None:
    key = SoftPasskey.make().passkey.fields()
    roster = township().apply(1, body("passkey", [REGISTRAR], member=REGISTRAR, passkey=key))
    fields: dict[str, Any] = {"member": REGISTRAR, "passkey": {}}
    assert refusal(roster, body("passkey", [REGISTRAR], **fields)) == "two-signatures"
    assert refusal(roster, body("passkey", [REGISTRAR, REVIEWER_A], **fields)) == "not-allowed"
    roster.apply(2, body("passkey", [REGISTRAR, REGISTRAR_2], **fields))


@pytest.mark.parametrize(
    "passkey", [{"id": "x"}, [], "", {"id": "AA", "key": "AA==", "rp": "h", "algorithm": -7}]
)
def test_a_passkey_that_is_none_is_malformed(passkey: Any) -> None:
    statement = body("passkey", [REVIEWER_A], member=REVIEWER_A, passkey=passkey)
    assert refusal(township(), statement) in ("malformed", "not-allowed")


def test_the_genesis_knows_no_such_fields() -> None:
    with pytest.raises(RosterRefused):
        Roster.from_genesis(genesis(members=[{**member(REVIEWER_A, POLICE), "passkey": {}}]))
