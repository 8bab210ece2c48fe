"""A world with accounts and desk seals, and the services that change its members."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import insert, select

from crypto import passwords
from crypto.keys import MemberSeed
from crypto.randomness import random_bytes
from tests.clocks import FixedClock
from tests.founded import wrapping_once
from tests.world import NOON, PEOPLE, World, member_id, member_seed
from tipline.accounts.errors import DeskKeyMissing
from tipline.accounts.models import Account, DeskSeal
from tipline.accounts.service import Accounts, desk_identity, one_time_codes, seal_desk_seed
from tipline.accounts.types import UnlockedMember
from tipline.directory.service import Pin
from tipline.ids import MemberId, UnitId
from tipline.members.desk_keys import key_of
from tipline.members.service import Enrolled, Members
from tipline.proposals.service import Proposals

KEY_FILE: Final = bytes(range(32))
PASSWORD: Final = "correct horse battery staple"
OTP_SECRET: Final = bytes(20)
DAY: Final = 86_400


class Staff:
    """The services over a running keeper, and what a test asks of them."""

    def __init__(self, world: World, clock: FixedClock) -> None:
        self.world, self.clock, self.database = world, clock, world.database
        self.keeper = world.client()
        with wrapping_once():
            self.accounts = Accounts(self.database, KEY_FILE, clock)
        self.pin = Pin.of(world.settings)
        self.members = Members(self.keeper, self.database, self.accounts, self.pin, clock)
        self.proposals = Proposals(self.database, self.keeper, self.pin, clock, self.members.handlers())
        self._open_accounts()

    @classmethod
    @contextmanager
    def over(cls, folder: Path) -> Iterator["Staff"]:
        """A world of its own with a running keeper."""
        clock = FixedClock(NOON)
        with World.made(folder, clock) as world, world.keeper():
            yield cls(world, clock)

    def unlocked(self, name: str) -> UnlockedMember:
        """A founding member, without the cost of a password."""
        return UnlockedMember(MemberId(member_id(name)), name, member_seed(name))

    def enrolled(self, name: str, unit: str = "u4", member: MemberId | None = None) -> Enrolled:
        """What an enrolment leaves; its seed follows from the name."""
        seed = member_seed(name)
        return Enrolled(
            member or MemberId(member_id(name)),
            name,
            random_bytes(16),
            b"wrapped under a password",
            seed.identity.recipient,
            seed.signing_key.public,
            UnitId(unit),
        )

    def admitted(self, name: str, unit: str = "u4") -> UnlockedMember:
        """A new member without a desk."""
        self.members.admit(self.unlocked("registrar"), self.enrolled(name, unit))
        return self.unlocked(name)

    def renewed(self, name: str) -> tuple[UnlockedMember, Enrolled]:
        """A founding member as they are with new keys, and the enrolment that made them."""
        seed, member = MemberSeed.generate(), MemberId(member_id(name))
        wrapped = passwords.wrap(seed.seed + OTP_SECRET, PASSWORD, KEY_FILE)
        enrolled = Enrolled(
            member, name, b"", wrapped, seed.identity.recipient, seed.signing_key.public, UnitId("u1")
        )
        return UnlockedMember(member, name, seed), enrolled

    def otp(self) -> str:
        return one_time_codes(OTP_SECRET).generate_otp(self.clock.unix() // 30)

    def opens(self, member: UnlockedMember, desk: str, epoch: int) -> bool:
        """Whether a member has the desk's key of an epoch."""
        entry = self.members.roster().desks[desk]
        with self.database.reading() as session:
            try:
                desk_identity(session, member, key_of(entry, epoch))
            except DeskKeyMissing:
                return False
        return True

    def seals(self, member: UnlockedMember) -> list[tuple[str, int]]:
        """The seals stored for a member: desk and epoch."""
        with self.database.reading() as session:
            rows = session.execute(
                select(DeskSeal.desk, DeskSeal.epoch).where(DeskSeal.member_id == member.id)
            )
            return sorted((desk, epoch) for desk, epoch in rows)

    def _open_accounts(self) -> None:
        with self.database.writing() as session:
            fields = {"name_salt": b"", "wrapped": b"not looked at", "last_step": 0}
            rows = [{"member_id": one.id, "name": one.name, **fields} for one in PEOPLE]
            session.execute(insert(Account), rows)
            for one in PEOPLE:
                for desk in one.desks:
                    seed, to = self.world.desks[desk].seed, one.seed.identity.recipient
                    seal_desk_seed(session, self.world.desk_keys(desk)[0], seed, MemberId(one.id), to)
