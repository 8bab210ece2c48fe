"""The roster: who may do what, as replaying the log gives it."""

from tipline.roster.combinations import Profile
from tipline.roster.competent import Body
from tipline.roster.errors import RosterError, RosterRefused
from tipline.roster.replay import Roster
from tipline.roster.types import Desk, Member, Unit

__all__ = ["Body", "Desk", "Member", "Profile", "Roster", "RosterError", "RosterRefused", "Unit"]
