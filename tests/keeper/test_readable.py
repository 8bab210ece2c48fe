"""What known members send and the keeper refuses: nothing that they wrote freely enters the log."""

import base64
from typing import Any, Final

import pytest

from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.world import World, member_id, member_seed
from tipline.keeper_client import Reason, Refused
from tipline.lookups.facets import facets_of

SECRET: Final = "Old Wang of the mill told us"
HIDDEN: Final = base64.b64encode(SECRET.encode()).decode()
KEY: Final = member_seed("auditor").signing_key
NAMES: Final = {"zh": "镇", "en": "Town"}


def nowhere(keeper: Observed) -> None:
    """What was written stands in no entry."""
    for index in range(keeper.size()):
        data = keeper.entry(index).encode()
        assert SECRET.encode() not in data
        assert HIDDEN.encode() not in data


def is_digest(keeper: Observed, *names: str) -> None:
    """The last entry is the keeper's own, and names who signed."""
    body = keeper.entry(keeper.size() - 1).statement.body
    assert (body["type"], body["by"]) == ("unreadable", ["keeper"])
    assert body["members"] == [member_id(name) for name in names]
    assert body.keys() == {"v", "log", "type", "at", "nonce", "by", "digest", "members"}


FREE: Final[dict[str, tuple[str, dict[str, Any], Reason]]] = {
    "a field too many": ("audit", {"first": 0, "count": 1, "remark": SECRET}, Reason.MALFORMED),
    "a type that does not exist": ("gossip", {"text": SECRET}, Reason.MALFORMED),
    "a type that is text": (SECRET, {}, Reason.MALFORMED),
    "a field of another form": ("decoy", {"tip": SECRET}, Reason.MALFORMED),
    "a field that is missing": ("audit", {"first": 0, "text": SECRET}, Reason.MALFORMED),
    "text inside a unit": ("unit", {"unit": {"id": "u1", "text": SECRET}}, Reason.TWO_SIGNATURES),
    "text inside a member": ("member", {"member": {"id": SECRET}}, Reason.NOT_ALLOWED),
    "text inside a desk": ("rekey", {"desk": {"id": SECRET}}, Reason.MALFORMED),
    "text inside a passkey": (
        "passkey",
        {"member": member_id("auditor"), "passkey": {"id": SECRET}},
        Reason.PASSKEY_NEEDED,
    ),
    "text inside a body": ("body", {"body": {"id": SECRET}}, Reason.TWO_SIGNATURES),
    "text inside the witnesses": (
        "witnesses",
        {"witnesses": [{"name": SECRET}], "quorum": 0, "alarm_hours": 1, "stop": False},
        Reason.TWO_SIGNATURES,
    ),
    "text inside a head": (
        "acknowledge",
        {"what": "moved", "lost": {}, "found": {"root": SECRET}, "reason": {}},
        Reason.TWO_SIGNATURES,
    ),
    "text inside a head's root": (
        "acknowledge",
        {"what": "moved", "lost": {}, "found": {"size": 1, "root": SECRET}, "reason": {}},
        Reason.TWO_SIGNATURES,
    ),
    "text inside the deadlines": ("deadlines", {"days": {SECRET: 1}}, Reason.TWO_SIGNATURES),
    "text inside the rules": ("alert-rules", {"rules": {SECRET: {}}}, Reason.TWO_SIGNATURES),
    "text inside the past": (
        "member-unit",
        {"member": member_id("auditor"), "unit": "u1", "past_units": [{"unit": SECRET}], "conflicts": []},
        Reason.TWO_SIGNATURES,
    ),
}


@pytest.mark.parametrize("name", FREE)
def test_text_in_a_malformed_statement_of_a_known_member_is_in_no_entry(
    world: World, keeper: Observed, name: str
) -> None:
    kind, fields, reason = FREE[name]
    assert keeper.refused(world.sign(kind, "auditor", **fields)) is reason
    is_digest(keeper, "auditor")
    nowhere(keeper)


def test_of_a_malformed_statement_that_two_signed_both_are_named(world: World, keeper: Observed) -> None:
    statement = world.sign("unit", "registrar", "auditor", unit={"id": SECRET})
    assert keeper.refused(statement) is Reason.MALFORMED
    is_digest(keeper, "registrar", "auditor")
    nowhere(keeper)


def test_a_malformed_statement_that_is_old_is_no_more_readable(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    statement = world.sign("audit", "auditor", first=0, count=1, remark=SECRET)
    clock.advance(3_600)
    assert keeper.refused(statement) is Reason.STALE
    is_digest(keeper, "auditor")
    nowhere(keeper)


def test_a_malformed_statement_that_comes_twice_is_no_more_readable(world: World, keeper: Observed) -> None:
    statement = world.sign("audit", "auditor", first=0, count=1, remark=SECRET)
    assert keeper.refused(statement) is Reason.MALFORMED
    assert keeper.refused(statement) is Reason.REPLAYED
    is_digest(keeper, "auditor")
    nowhere(keeper)


def test_a_malformed_statement_that_is_one_too_many_is_no_more_readable(world: World) -> None:
    with world.keeper(requests_per_minute=1):
        keeper = Observed(world)
        keeper.client.append(world.sign("audit", "auditor", first=0, count=1))
        flood = [world.sign("audit", "auditor", first=number, count=1, remark=SECRET) for number in range(3)]
        assert keeper.refused(flood[0]) is Reason.TOO_MANY
        is_digest(keeper, "auditor")
        size = keeper.size()
        for statement in flood[1:]:
            with pytest.raises(Refused):
                keeper.client.append(statement)
        assert keeper.size() == size
        nowhere(keeper)


def test_what_a_passkey_said_of_a_refused_statement_is_in_no_entry(world: World, keeper: Observed) -> None:
    plain = world.sign("audit", "auditor", first=0, count=1)
    said = {"authenticator_data": HIDDEN, "client_data": HIDDEN, "signature": HIDDEN}
    statement = Statement(plain.body, plain.signatures, {member_id("auditor"): said})
    assert keeper.refused(statement) is Reason.PASSKEY_NEEDED
    logged = keeper.entry(keeper.size() - 1).statement
    assert (logged.body, logged.assertions) == (plain.body, {})
    nowhere(keeper)


def test_a_refused_statement_of_its_proper_form_stands_in_the_log(world: World, keeper: Observed) -> None:
    unit = {"id": "u77", "names": NAMES, "superior": "", "inside": True}
    statement = world.sign("unit", "auditor", unit=unit)
    assert keeper.refused(statement) is Reason.TWO_SIGNATURES
    assert keeper.entry(keeper.size() - 1).statement == statement


def test_what_is_logged_as_a_digest_is_found_by_who_signed_it(world: World, keeper: Observed) -> None:
    keeper.refused(world.sign("audit", "auditor", first=0, count=1, remark=SECRET))
    assert facets_of(keeper.entry(keeper.size() - 1)).signers == (member_id("auditor"),)


def test_a_malformed_statement_uses_up_its_nonce(world: World, keeper: Observed) -> None:
    body, keys = world.body("audit", "auditor", first=0, count=1), {member_id("auditor"): KEY}
    assert keeper.refused(Statement.signed(body | {"remark": SECRET}, keys)) is Reason.MALFORMED
    assert keeper.refused(Statement.signed(body, keys)) is Reason.REPLAYED
