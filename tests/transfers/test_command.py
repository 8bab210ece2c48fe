"""`tipline body …`: a body comes into the log by two people who are both there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crypto.keys import Identity
from tests.admin.conftest import OTP_SECRET, PASSWORD, Office
from tests.clocks import FixedClock
from tests.world import World
from tipline.accounts.service import one_time_codes
from tipline.clock import SystemClock
from tipline.commands.bodies import body
from tipline.settings import write_site

KEY = Identity.from_seed(bytes(32)).recipient.text
POLICE = ("add", "police", "--names", "某县公安局", "County police")


class Today(FixedClock, SystemClock):
    """The system's clock, where a fixed one is asked for: the command has no other."""

    def __init__(self) -> None:
        super().__init__(SystemClock().now())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = Today()
    with World.made(tmp_path / "world", clock) as made, made.keeper():
        Office(made, clock)  # opens the accounts
        site = made.settings
        write_site(site.data, origin=site.origin, genesis=site.genesis, log_key=site.log_key, profile="trial")
        yield made


def run(world: World, *arguments: str, passwords: tuple[str, str] = (PASSWORD, PASSWORD)) -> Result:
    environment = {"TIPLINE_DATA": str(world.settings.data), "TIPLINE_RAM": str(world.settings.ram)}
    code = one_time_codes(OTP_SECRET).now()
    typed = "".join(f"{password}\n{code}\n" for password in passwords)
    return CliRunner().invoke(body, arguments, obj=environment, input=typed)


def test_a_body_is_added_by_nobody_who_cannot_sign_in(world: World) -> None:
    signers = ("--signers", "registrar", "integrity")
    assert run(world, *POLICE, *signers, passwords=(PASSWORD, "wrong")).exit_code != 0
    assert run(world, *POLICE).exit_code != 0
    assert world.client().roster().bodies == {}


def test_a_body_is_added_by_no_one_person_and_no_two_without_a_registrar(world: World) -> None:
    assert run(world, *POLICE, "--signers", "integrity", "auditor").exit_code != 0
    assert world.client().roster().bodies == {}


def test_two_people_add_a_body_and_everybody_lists_it(world: World) -> None:
    assert run(world, *POLICE, "--key", KEY, "--signers", "registrar", "integrity").exit_code == 0
    found = world.client().roster().bodies["police"]
    assert (found.names["zh"], found.accepts) == ("某县公安局", True)
    assert found.recipient is not None
    assert found.recipient.text == KEY
    listed = run(world, "list")
    assert listed.exit_code == 0
    for words in ("police", "某县公安局", "post-quantum"):
        assert words in listed.output
