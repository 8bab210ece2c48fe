"""What a holder's next page does by itself: next keys where somebody has left, keys for who has joined."""

import structlog

from admin.visit import Visit
from tipline.accounts.errors import AccountError
from tipline.keeper_client import KeeperError
from tipline.members.errors import MemberError

log = structlog.get_logger()


def renew_stale_desks(visit: Visit) -> bool:
    """Do what this member's desks need of them; whether the roster may be another now.

    It costs nothing while the roster stands still.

    A page is shown all the same when it fails: the next one tries again.
    """
    services, member = visit.services, visit.member
    if not member.desks or services.renewals.is_settled(member.id, visit.roster.version):
        return False
    try:
        services.members.tidy(visit.session.member)
        version = services.members.roster().version
        services.renewals.remember(member.id, version)
    except (KeeperError, MemberError, AccountError) as error:
        log.warning("desk keys not renewed", error=type(error).__name__)
        return True  # it may have been half done
    return version != visit.roster.version
