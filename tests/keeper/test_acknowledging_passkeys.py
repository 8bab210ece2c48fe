"""A site follows an acknowledgement only when the passkeys answered that it knew before the log was set back.

The log that is found may be from before a passkey was brought: its roster would not ask for it.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crypto.errors import BadFormat
from crypto.keys import VerifyKey
from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.keeper.test_acknowledging import acknowledgement, head, stopped
from tests.keeper.test_passkeys import answered, bring
from tests.keeper.test_rollback import database_file, readings
from tests.passkeys import SoftPasskey
from tests.world import World, member_id, member_seed
from tipline.keeper_client import KeeperLied, KeeperRolledBack, SeenFile
from tipline.keeper_client.known import KnownSigners

AUDITOR, REGISTRAR = member_id("auditor"), member_id("registrar")
SOFT = SoftPasskey.make()


@dataclass(frozen=True)
class Known:
    """The auditor with a passkey and the registrar without, as a site remembers them; and their word."""

    signers: KnownSigners
    said: Statement

    @classmethod
    def of(cls, world: World) -> "Known":
        keys = {name: member_seed(name).signing_key.public.raw.hex() for name in ("auditor", "registrar")}
        members = {member_id(name): VerifyKey(bytes.fromhex(key)).raw.hex() for name, key in keys.items()}
        signers = KnownSigners(members, (AUDITOR,), (), {AUDITOR: SOFT.passkey})
        one: dict[str, Any] = {"size": 1, "root": "0" * 64}
        return cls(signers, acknowledgement(world, one | {"size": 2}, one))


@pytest.fixture
def known(world: World) -> Known:
    return Known.of(world)


def refuse(known: Known, statement: Statement) -> None:
    with pytest.raises(KeeperRolledBack, match="passkey"):
        known.signers.require_signed(statement)


def test_an_acknowledgement_whose_signer_s_passkey_did_not_answer_is_not_followed(known: Known) -> None:
    challenge = known.said.challenge
    refuse(known, known.said)
    refuse(known, known.said.add_assertion(REGISTRAR, SOFT.answer(challenge)))
    refuse(known, known.said.add_assertion(AUDITOR, SOFT.answer(bytes(32))))
    refuse(known, known.said.add_assertion(AUDITOR, SoftPasskey.make().answer(challenge)))
    known.signers.require_signed(known.said.add_assertion(AUDITOR, SOFT.answer(challenge)))


def test_a_passkey_that_only_the_log_that_is_found_knows_is_checked_with_its_roster(known: Known) -> None:
    said = answered(known.said, auditor=SOFT, registrar=SoftPasskey.make())
    known.signers.require_signed(said)


def test_a_site_remembers_the_passkeys_across_a_restart(known: Known, tmp_path: Path) -> None:
    SeenFile(tmp_path / "seen.json").remember(known.signers)
    assert SeenFile(tmp_path / "seen.json").known == known.signers


@pytest.mark.parametrize("passkeys", [[], {AUDITOR: {}}, {AUDITOR: "key"}])
def test_a_damaged_passkey_is_not_forgotten_in_silence(known: Known, passkeys: object) -> None:
    fields: Mapping[str, Any] = known.signers.to_fields() | {"passkeys": passkeys}
    with pytest.raises((KeeperLied, BadFormat)) as raised:
        KnownSigners.read(fields)
    assert raised.type is KeeperLied


def test_a_file_from_before_asks_no_passkey_of_anybody(known: Known) -> None:
    fields = known.signers.to_fields()
    del fields["passkeys"]
    KnownSigners.read(fields).require_signed(known.said)


def test_a_site_asks_the_passkeys_it_knew_and_not_those_of_the_older_log(world: World) -> None:
    """The auditor's passkey came in what is lost; the older log asks for none."""
    readings(world, 1)
    with world.keeper():
        Observed(world).client.roster()
    found, old = head(world), world.settings.data / "old.db"
    shutil.copy(database_file(world), old)
    with world.keeper():
        client = Observed(world).client
        client.append(answered(bring(world, "auditor", SOFT), auditor=SOFT))
        client.roster()
    lost = head(world)
    shutil.copy(old, database_file(world))
    with stopped(world) as keeper:
        assert not keeper.client.found_roster().members[AUDITOR].active
        with pytest.raises(KeeperRolledBack, match="acknowledged"):
            keeper.client.acknowledge(acknowledgement(world, lost, found))
        with pytest.raises(KeeperLied):
            keeper.client.roster()
