"""Statements that change the roster reach it through the keeper, and bind at once."""

from typing import Any

import pytest

from crypto.keys import Identity
from tests.keeper.observed import Observed
from tests.world import World, member_body, member_id
from tipline.directory.types import open_directory
from tipline.keeper import service
from tipline.keeper_client import Reason, Refused


def unit(identifier: str) -> dict[str, Any]:
    return {"id": identifier, "names": {"zh": "新", "en": "New"}, "superior": "u1", "inside": True}


def desk(world: World, identifier: str, epoch: int, key: Identity) -> dict[str, Any]:
    names = {"zh": "组", "en": "Desk"}
    return {
        "id": identifier,
        "names": names,
        "epoch": epoch,
        "recipient": key.recipient.text,
        "reads": True,
    }


@pytest.mark.parametrize(
    ("kind", "by", "fields", "reason"),
    [
        ("unit", ("registrar",), {"unit": unit("u5")}, Reason.TWO_SIGNATURES),
        ("unit", ("reviewer-a", "reviewer-b"), {"unit": unit("u5")}, Reason.NOT_ALLOWED),
        ("unit", ("registrar", "integrity"), {"unit": {}}, Reason.MALFORMED),
        ("member", ("reviewer-a",), {"member": member_body("new", "u2")}, Reason.NOT_ALLOWED),
        ("member", ("registrar",), {"member": member_body("new", "u2", desks=["intake"])}, Reason.MALFORMED),
        (
            "member-unit",
            ("registrar",),
            {"member": member_id("reviewer-a"), "unit": "u4", "past_units": [], "conflicts": []},
            Reason.TWO_SIGNATURES,
        ),
        (
            "grant",
            ("registrar",),
            {"member": member_id("protection"), "desk": "intake"},
            Reason.TWO_SIGNATURES,
        ),
        (
            "grant",
            ("registrar", "reviewer-a"),
            {"member": member_id("auditor"), "desk": "intake"},
            Reason.NOT_ALLOWED,
        ),
        (
            "grant",
            ("registrar", "integrity"),
            {"member": member_id("protection"), "desk": "intake"},
            Reason.NOT_ALLOWED,
        ),
        ("revoke", ("integrity",), {"member": member_id("reviewer-a"), "desk": "intake"}, Reason.NOT_ALLOWED),
        ("remove", ("registrar",), {"member": member_id("registrar")}, Reason.NOT_ALLOWED),
        ("remove", ("registrar",), {"member": member_id("nobody")}, Reason.UNKNOWN_MEMBER),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else str(value)[:20],
)
def test_what_the_roster_forbids_is_refused(
    world: World, keeper: Observed, kind: str, by: tuple[str, ...], fields: dict[str, Any], reason: Reason
) -> None:
    assert keeper.refused(world.sign(kind, *by, **fields)) is reason
    assert keeper.client.roster().version == 0


def test_a_desk_takes_its_next_key_only_with_two(world: World, keeper: Observed) -> None:
    key = Identity.generate()
    body = desk(world, "intake", 2, key)
    assert keeper.refused(world.sign("desk", "registrar", desk=body)) is Reason.TWO_SIGNATURES
    keeper.client.append(world.sign("desk", "registrar", "reviewer-a", desk=body))
    assert keeper.client.roster().desks["intake"].recipient == key.recipient


def test_genesis_is_not_stated_twice(world: World, keeper: Observed) -> None:
    assert keeper.refused(world.sign("genesis", "registrar")) is Reason.MALFORMED


def test_the_roster_follows_the_log_and_stays_after_a_restart(world: World) -> None:
    with world.keeper():
        keeper = Observed(world)
        assert keeper.client.roster().version == 0
        keeper.client.append(world.sign("unit", "registrar", "integrity", unit=unit("u5")))
        keeper.client.append(world.sign("member", "registrar", member=member_body("new", "u5")))
        keeper.client.append(world.sign("remove", "registrar", member=member_id("reviewer-b")))
        before = keeper.client.roster()
        assert keeper.client.member(member_id("new")).unit == "u5"
        with pytest.raises(Refused) as refused:
            keeper.client.member(member_id("reviewer-b"))
        assert refused.value.reason is Reason.REMOVED_MEMBER
        with pytest.raises(Refused) as refused:
            keeper.client.member("m00000000")
        assert refused.value.reason is Reason.UNKNOWN_MEMBER
    with world.keeper():
        after = world.client("another.json").roster()
        assert (after.version, after.units.keys(), after.members.keys()) == (
            before.version,
            before.units.keys(),
            before.members.keys(),
        )


def test_a_long_roster_comes_in_pieces(
    world: World, keeper: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_ROWS", 7)
    for number in range(10, 50):
        keeper.client.append(world.sign("unit", "registrar", "integrity", unit=unit(f"u{number}")))
    assert len(world.client("another.json").roster().units) == 5 + 40


def test_the_directory_says_what_the_roster_says(world: World, keeper: Observed) -> None:
    def current() -> Any:
        note = keeper.client.directory()
        return open_directory(note, world.verifier, world.settings.origin, world.settings.genesis)

    assert current().version == 0
    keeper.client.append(world.sign("unit", "registrar", "integrity", unit=unit("u5")))
    assert current().version == 1
    assert "u5" in current().units
