"""Which statements ask for a passkey's answer, wherever the roster is replayed."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto.notes import NoteVerifier
from crypto.statements import Entry, Statement
from tests.passkeys import SoftPasskey
from tests.roster.township import (
    INTEGRITY,
    LOG_KEY,
    ORIGIN,
    REGISTRAR,
    REVIEWER_A,
    body,
    genesis,
    signed,
    township,
    unit,
)
from tipline.keeper_client import KeeperLied
from tipline.keeper_client.roster import RosterCopy
from tipline.keeper_client.trust import Proven
from tipline.roster import Roster, RosterRefused
from tipline.roster.changes import CHANGES
from tipline.roster.sensitive import (
    PLAIN_CHANGES,
    SENSITIVE,
    SENSITIVE_OF_TWO,
    passkeys_needed,
    require_assertions,
)

SOFT = SoftPasskey.make()


def with_passkey(*members: str) -> Roster:
    """The township, where some members have a passkey."""
    plain = township()
    changed = {member: replace(plain.members[member], passkey=SOFT.passkey) for member in members}
    return replace(plain, members={**plain.members, **changed})


def test_every_change_of_the_roster_is_sensitive_or_named_as_plain() -> None:
    assert CHANGES.keys() <= SENSITIVE | PLAIN_CHANGES
    assert not SENSITIVE & PLAIN_CHANGES


def test_the_formats_name_what_is_sensitive(repository: Path) -> None:
    text = (repository / "docs" / "formats.md").read_text("utf-8")
    (named,) = re.findall(r"Over (`unit`.*?, were one by a member\))", text)
    assert set(re.findall(r"`([a-z-]+)`", named)) == SENSITIVE
    (of_two,) = re.findall(r"and over a (`[a-z-]+`) that two sign", text)
    assert {of_two.strip("`")} == SENSITIVE_OF_TWO


@pytest.mark.parametrize("kind", sorted(SENSITIVE | SENSITIVE_OF_TWO))
def test_whoever_has_a_passkey_answers_over_what_is_sensitive(kind: str) -> None:
    roster = with_passkey(REGISTRAR)
    statement = signed(body(kind, [REGISTRAR, REVIEWER_A], member=REVIEWER_A))
    with pytest.raises(RosterRefused) as refused:
        require_assertions(roster, statement)
    assert refused.value.reason == "passkey-needed"
    require_assertions(roster, statement.add_assertion(REGISTRAR, SOFT.answer(statement.challenge)))
    require_assertions(township(), statement)  # nobody has one


@pytest.mark.parametrize("kind", ["read", "list", "reply", "move", "route", "audit", *sorted(PLAIN_CHANGES)])
def test_what_is_not_sensitive_asks_nobody(kind: str) -> None:
    assert passkeys_needed(with_passkey(REVIEWER_A), signed(body(kind, [REVIEWER_A]))) == {}


def test_the_keeper_s_own_statements_ask_nobody() -> None:
    assert passkeys_needed(with_passkey(REGISTRAR), signed(body("export", ["keeper"]))) == {}


def test_a_stranger_is_no_signer() -> None:
    with pytest.raises(RosterRefused) as refused:
        require_assertions(township(), Statement(body("unit", ["m00000099"]), {}))
    assert refused.value.reason == "unknown-member"


def test_a_new_passkey_answers_in_place_of_the_old_one() -> None:
    fresh = SoftPasskey.make()
    fields: Any = {"member": REVIEWER_A, "passkey": fresh.passkey.fields()}
    statement = signed(body("passkey", [REVIEWER_A, REGISTRAR], **fields))
    needed = passkeys_needed(with_passkey(REVIEWER_A, REGISTRAR), statement)
    assert needed == {REVIEWER_A: fresh.passkey, REGISTRAR: SOFT.passkey}


def test_whoever_gives_one_up_may_have_lost_it() -> None:
    statement = signed(body("passkey", [REVIEWER_A, REGISTRAR], member=REVIEWER_A, passkey={}))
    assert passkeys_needed(with_passkey(REVIEWER_A, REGISTRAR), statement) == {REGISTRAR: SOFT.passkey}


def proven(index: int, statement: Statement) -> Proven:
    data = Entry(statement.body["at"], "done", "", statement).encode()
    return Proven(index, bytes(32), data, Entry.decode(data))


@pytest.mark.parametrize("answers", [False, True], ids=["without", "with"])
def test_a_site_takes_no_roster_from_a_keeper_that_did_without_the_answer(*, answers: bool) -> None:
    brought: Any = {"member": REGISTRAR, "passkey": SOFT.passkey.fields()}
    bring = signed(body("passkey", [REGISTRAR], **brought))
    bring = bring.add_assertion(REGISTRAR, SOFT.answer(bring.challenge))
    change = signed(body("unit", [REGISTRAR, INTEGRITY], unit=unit("u6")))
    if answers:
        change = change.add_assertion(REGISTRAR, SOFT.answer(change.challenge))
    changes = [proven(0, signed(genesis())), proven(1, bring), proven(2, change)]
    copy = RosterCopy(NoteVerifier(ORIGIN, LOG_KEY.public))
    if answers:
        assert "u6" in copy.current(lambda after: (changes, False)).units
    else:
        with pytest.raises(KeeperLied):
            copy.current(lambda after: (changes, False))
