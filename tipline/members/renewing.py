"""What the keys of desks need from those who hold them."""

from tipline.accounts.errors import DeskKeyMissing
from tipline.accounts.types import UnlockedMember
from tipline.directory.models import DirectoryNote
from tipline.ids import DeskId, MemberId
from tipline.members import desk_keys, wording
from tipline.members.errors import ChangeRefused
from tipline.members.stating import Stating


class Renewing(Stating):
    """Next keys for desks that somebody has left, and keys for those who have joined."""

    def stale_desks(self, member: MemberId) -> list[DeskId]:
        """The desks of a member whose key somebody knows who has left."""
        return desk_keys.stale_desks(self.roster(), member)

    def awaiting_keys(self, holder: MemberId) -> list[tuple[MemberId, DeskId]]:
        """Who waits, with new keys, for a desk that this member holds, by member and desk."""
        roster = self.roster()
        held = roster.member(holder).desks
        return sorted(
            (one.id, desk) for one in roster.members.values() if one.active for desk in one.awaiting & held
        )

    def rekey(self, holder: UnlockedMember, desk: str) -> bool:
        """Make the next key of a stale desk, sealed to all who hold it; False when there is nothing to do.

        What is sealed from here on, whoever has left cannot open.
        """
        roster, place = self.roster(), self.find_desk(desk)
        if place not in desk_keys.stale_desks(roster, holder.id):
            return False
        try:
            with self.database.writing() as session:
                following = desk_keys.next_key(session, roster, roster.desks[place], holder)
        except DeskKeyMissing:
            return False  # another holder is at it
        try:
            self.state(wording.rekey(following), [holder])
        except ChangeRefused:
            if self.roster().desks[place].recipient != following.recipient:
                raise
            self._follow([holder])  # another holder stated the same key a moment before
        return True

    def tidy(self, holder: UnlockedMember) -> None:
        """What a holder's desks need from them: next keys where somebody left, keys for who joined."""
        for desk in self.stale_desks(holder.id):
            self.rekey(holder, desk)
        roster = self.roster()
        with self.database.reading() as session:
            behind = session.get(DirectoryNote, roster.directory_version) is None
            if not behind and not desk_keys.lacking(session, roster, holder.id):
                return
        self._follow([holder])
