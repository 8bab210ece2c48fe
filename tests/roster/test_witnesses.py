"""Which witnesses count: two people decide it, and no key stands for two."""

from typing import Any

import pytest

from crypto.cosignatures import Ed25519Cosigner, MldsaCosigner
from crypto.keys import SigningKey
from crypto.mldsa import MldsaSigningKey
from crypto.notes import NoteVerifier
from tests.roster.township import (
    AUDITOR,
    INTEGRITY,
    NEWCOMER,
    POLICE,
    REGISTRAR,
    REVIEWER_A,
    body,
    member,
    recipient,
    township,
)
from tipline.roster import RosterRefused
from tipline.roster.witnesses import NO_WITNESSES, read_policy, write_policy

NAME = "witness.example/county"
FIRST = Ed25519Cosigner(NAME, SigningKey.from_seed(bytes(range(32)))).verifier
SECOND = MldsaCosigner(NAME, MldsaSigningKey.from_seed(bytes(range(32)))).verifier


def witness(**changes: Any) -> dict[str, Any]:
    return {"name": NAME, "url": "https://witness.example", "keys": [FIRST.vkey, SECOND.vkey], **changes}


def policy(**changes: Any) -> dict[str, Any]:
    return {"witnesses": [witness()], "quorum": 1, "alarm_hours": 24, "stop": True, **changes}


def reason(by: list[str], **changes: Any) -> str:
    statement = body("witnesses", by, **policy(**changes))
    with pytest.raises(RosterRefused) as refused:
        township().apply(1, statement)
    return refused.value.reason


def named(name: str, seed: int) -> dict[str, Any]:
    key = Ed25519Cosigner(name, SigningKey.from_seed(bytes([seed]) * 32)).verifier
    return {"name": name, "url": "https://w.example", "keys": [key.vkey]}


def test_one_person_alone_names_no_witness() -> None:
    assert reason([REGISTRAR]) == "two-signatures"


def test_two_of_whom_none_is_a_registrar_name_no_witness() -> None:
    assert reason([REVIEWER_A, INTEGRITY]) == "not-allowed"
    assert reason([AUDITOR, INTEGRITY]) == "not-allowed"


@pytest.mark.parametrize(
    "changes",
    [
        {"quorum": 2},
        {"quorum": -1},
        {"quorum": True},
        {"quorum": 0},  # and reading stops
        {"alarm_hours": 0},
        {"alarm_hours": 721},
        {"stop": 1},
        {"more": 1},
        {"witnesses": {}},
        {"witnesses": [witness(), witness()]},
        {"witnesses": [named(f"w{number}", number) for number in range(17)]},
        {"witnesses": [witness(name="another")]},
        {"witnesses": [witness(keys=[])]},
        {"witnesses": [witness(keys=[FIRST.vkey, FIRST.vkey])]},
        {"witnesses": [witness(keys=[FIRST.vkey[:-4]])]},
        {"witnesses": [witness(keys=[NoteVerifier(NAME, FIRST.key).vkey])]},
        {"witnesses": [witness(url="ftp://witness.example")]},
        {"witnesses": [witness(url="https://")]},
        {"witnesses": [witness(url="https://witness.example/")]},
        {"witnesses": [witness(url="https://me:secret@witness.example")]},
        {"witnesses": [witness(url="https://witness.example/?a=b")]},
        {"witnesses": [witness(url="https://witness.example:port")]},
        {"witnesses": [witness(url="https://witness.example/\nHost: x")]},
        {"witnesses": [witness(url="https://" + "w" * 200)]},
    ],
)
def test_a_malformed_policy_is_refused(changes: dict[str, Any]) -> None:
    assert reason([REGISTRAR, INTEGRITY], **changes) == "malformed"


def test_a_witness_is_nobody_else() -> None:
    roster = township()
    for key in (roster.log_key, roster.member(AUDITOR).signing_key):
        theirs = [type(FIRST)(NAME, key).vkey]
        assert reason([REGISTRAR, INTEGRITY], witnesses=[witness(keys=theirs)]) == "not-allowed"
    twice = [witness(keys=[FIRST.vkey]), witness(name="w2", keys=[type(FIRST)("w2", FIRST.key).vkey])]
    assert reason([REGISTRAR, INTEGRITY], witnesses=twice) == "not-allowed"


def test_nobody_gets_the_key_of_a_witness() -> None:
    roster = township().apply(1, body("witnesses", [REGISTRAR, INTEGRITY], **policy()))
    theirs = FIRST.key.raw.hex()
    changes = {
        "member": body("member", [REGISTRAR], member=member(NEWCOMER, POLICE, signing_key=theirs)),
        "new-keys": body(
            "new-keys",
            [REGISTRAR, INTEGRITY],
            member=REVIEWER_A,
            signing_key=theirs,
            recipient=recipient("fresh"),
        ),
    }
    for statement in changes.values():
        with pytest.raises(RosterRefused) as refused:
            roster.apply(2, statement)
        assert refused.value.reason == "not-allowed"
        township().apply(2, statement)  # it is the witness that is in the way
    # The witness itself stays, with the key it had.
    again = roster.apply(2, body("witnesses", [REGISTRAR, INTEGRITY], **policy(alarm_hours=2)))
    assert again.witnesses.alarm_hours == 2


def test_two_people_name_the_witnesses_and_replace_them() -> None:
    assert township().witnesses == NO_WITNESSES
    statement = body("witnesses", [REGISTRAR, INTEGRITY], **policy())
    roster = township().apply(1, statement)
    assert roster.witnesses.since == statement["at"]
    assert [one.keys for one in roster.witnesses.witnesses] == [(FIRST, SECOND)]
    assert write_policy(roster.witnesses) == policy()
    none = policy(witnesses=[], quorum=0, stop=False)
    assert read_policy(none).witnesses == ()
    assert not roster.apply(2, body("witnesses", [REGISTRAR, INTEGRITY], **none)).witnesses.stop
