"""Members, desks and roles: what the site and the command line may do with them, and what they may list."""

from sqlalchemy import select

from tipline.accounts.models import Account
from tipline.members.holding import Holding
from tipline.members.joining import Joining
from tipline.members.listing import DORMANT_DAYS, desk_rows, member_row
from tipline.members.renewing import Renewing
from tipline.members.types import DeskRow, Enrolled, MemberRow, NewMember

__all__ = ["DeskRow", "Enrolled", "MemberRow", "Members", "NewMember"]


class Members(Joining, Holding, Renewing):
    """The people of one instance. `stating` says how each change comes about."""

    def rows(self, days: int = DORMANT_DAYS) -> list[MemberRow]:
        """Everybody the roster knows, with the names of the accounts that fit; `days` make one dormant."""
        roster, today = self.roster(), self.clock.today()
        with self.database.reading() as session:
            accounts = {account.member_id: account for account in session.scalars(select(Account))}
        return [member_row(one, accounts.get(one.id), roster, today, days) for one in roster.members.values()]

    def dormant(self, days: int = DORMANT_DAYS) -> list[MemberRow]:
        """Active members who were not seen for longer than this, or never."""
        return [row for row in self.rows(days) if row.dormant]

    def desks(self) -> list[DeskRow]:
        """All desks and who holds them."""
        roster = self.roster()
        return desk_rows(roster.desks, roster)
