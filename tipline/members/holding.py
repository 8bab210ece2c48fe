"""Desks, roles, leads and units of members."""

from collections.abc import Iterable, Sequence

from tipline.accounts.types import UnlockedMember
from tipline.members import desk_keys, wording
from tipline.members.errors import HolderMissing
from tipline.members.stating import Stating


class Holding(Stating):
    """Members are named as `find` finds them. What the log says already is not stated again."""

    def grant(self, signers: Sequence[UnlockedMember], member: str, desk: str, until: str = "") -> None:
        """Give a member a desk, and its keys from a signer who holds it; with `until`, as a deputy.

        Raises:
            MemberError: nobody who signs can pass the key on, or the keeper refuses.
        """
        target, place = self.find(member), self.find_desk(desk)
        entry = self.roster().desks[place]
        with self.database.reading() as session:
            passes = any(desk_keys.can_pass_on(session, entry, signer) for signer in signers)
        if self.roster().holders(place) and not passes:
            raise HolderMissing(
                f'None of those who sign holds desk "{desk}". '
                "A registrar and a member who holds it sign together."
            )
        done = place in target.desks and target.until.get(place, "") == until
        self.state(wording.grant(target.id, place, until), signers, done=done)

    def regrant(self, holder: UnlockedMember, member: str, desk: str) -> None:
        """Give a desk again to a member whose keys were made anew, with its keys."""
        target, place = self.find(member), self.find_desk(desk)
        self.state(wording.regrant(target.id, place), [holder], done=place in target.desks)

    def revoke(self, registrar: UnlockedMember, member: str, desk: str) -> None:
        """Take a desk from a member, with their copies of its keys."""
        target, place = self.find(member), self.find_desk(desk)
        done = place not in target.desks | target.awaiting
        self.state(wording.revoke(target.id, place), [registrar], done=done)

    def suspend(self, registrar: UnlockedMember, member: str) -> None:
        """Take every desk from a member, one statement each; each can be granted again."""
        for desk in sorted((target := self.find(member)).desks | target.awaiting):
            self.revoke(registrar, target.id, desk)

    def remove(self, registrar: UnlockedMember, member: str) -> None:
        """Remove a member; the account keeps its name for the log's readers and opens nothing any more."""
        target = self.find(member)
        self.state(wording.remove(target.id), [registrar], done=not target.active)

    def set_role(self, signers: Sequence[UnlockedMember], member: str, role: str, *, held: bool) -> None:
        """Give a member a role, which two sign, or take it, which a registrar signs."""
        target = self.find(member)
        done = (role in target.roles) == held
        self.state(wording.role(target.id, role, held=held), signers, done=done)

    def set_lead(self, signers: Sequence[UnlockedMember], desk: str, member: str) -> None:
        """Name who leads a desk."""
        target, place = self.find(member), self.find_desk(desk)
        done = self.roster().desks[place].lead == target.id
        self.state(wording.lead(place, target.id), signers, done=done)

    def move(
        self, signers: Sequence[UnlockedMember], member: str, unit: str, conflicts: Iterable[str]
    ) -> None:
        """Change the unit of a member, and what they are held to have declared."""
        target, [place, *declared] = self.find(member), self.find_units([unit, *conflicts])
        self.state(wording.move(target, place, declared), signers)

    def declare(self, member: UnlockedMember, units: Iterable[str]) -> None:
        """A member declares units that they must not judge; it binds at once."""
        known = self.roster().member(member.id)
        new = [unit for unit in self.find_units(units) if unit not in known.conflicts]
        self.state(wording.conflicts(member.id, new), [member], done=not new)
