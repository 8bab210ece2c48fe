"""The roster: who may do what, as replaying the log gives it."""

from tipline.roster.errors import RosterError, RosterRefused
from tipline.roster.replay import Roster
from tipline.roster.types import Desk, Member, Unit

__all__ = ["Desk", "Member", "Roster", "RosterError", "RosterRefused", "Unit"]
