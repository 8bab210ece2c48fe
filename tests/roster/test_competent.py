"""Competent bodies: two people put one into the log, and what stands there can be sealed to."""

from typing import Any

import pytest

from crypto.age_x25519 import X25519Identity, X25519Recipient
from crypto.keys import Identity, Recipient
from tests.roster.township import AUDITOR, INTEGRITY, REGISTRAR, REVIEWER_A, body, recipient, township
from tipline.roster import Roster, RosterRefused

PLAIN = X25519Identity.from_seed(bytes(range(32))).recipient.text


def police(**changes: Any) -> dict[str, Any]:
    names = {"zh": "某县公安局", "en": "County police"}
    return {"id": "police", "names": names, "recipient": recipient("police"), "accepts": True, **changes}


def reason(by: list[str], **changes: Any) -> str:
    statement = body("body", by, body=police(**changes))
    with pytest.raises(RosterRefused) as refused:
        township().check(statement)
    with pytest.raises(RosterRefused):
        township().apply(1, statement)
    return refused.value.reason


def with_body(roster: Roster | None = None, index: int = 1, **changes: Any) -> Roster:
    return (roster or township()).apply(index, body("body", [REGISTRAR, INTEGRITY], body=police(**changes)))


def test_one_person_alone_names_no_body() -> None:
    assert reason([REGISTRAR]) == "two-signatures"
    assert reason([REGISTRAR, REGISTRAR]) == "not-allowed"


def test_two_of_whom_none_is_a_registrar_name_no_body() -> None:
    assert reason([REVIEWER_A, INTEGRITY]) == "not-allowed"
    assert reason([AUDITOR, INTEGRITY]) == "not-allowed"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": "Police"},
        {"id": "1st"},
        {"names": {"zh": "公安局"}},
        {"names": {"zh": "", "en": "x"}},
        {"names": {"zh": "一\n二", "en": "x"}},
        {"names": {"zh": "长" * 201, "en": "x"}},
        {"recipient": "age1notakey"},
        {"recipient": PLAIN[:-1]},
        {"recipient": X25519Recipient(bytes(32)).text},
        {"recipient": X25519Identity.from_seed(bytes(range(32))).reveal()},
        {"recipient": None},
        {"accepts": 1},
        {"more": "x"},
    ],
)
def test_a_malformed_body_is_refused(changes: dict[str, Any]) -> None:
    assert reason([REGISTRAR, INTEGRITY], **changes) == "malformed"


def test_a_body_has_a_key_of_either_kind_or_none() -> None:
    key = Identity.generate().recipient
    assert with_body(recipient=key.text).bodies["police"].recipient == key
    assert with_body(recipient=PLAIN).bodies["police"].recipient == X25519Recipient.parse(PLAIN)
    assert with_body(recipient="").bodies["police"].recipient is None


def test_a_later_statement_replaces_what_was_known() -> None:
    roster = with_body(with_body(), 2, accepts=False, recipient="")
    found = roster.bodies["police"]
    assert (found.accepts, found.recipient, roster.version) == (False, None, 2)
    assert isinstance(with_body().bodies["police"].recipient, Recipient)
