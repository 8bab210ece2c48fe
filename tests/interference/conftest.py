"""The admin site over a running keeper, and a second person at the integrity desk."""

import pytest
from sqlalchemy import insert

from tests.admin.conftest import Office, cheap, clock, office, unpaced
from tests.interference.site import SECOND, account
from tests.world import member_body, member_id
from tipline.accounts.models import Account
from tipline.accounts.service import seal_desk_seed
from tipline.ids import MemberId

__all__ = ["cheap", "clock", "office", "unpaced"]


@pytest.fixture
def staff(office: Office) -> Office:
    """The office with a second person at the integrity desk."""
    world, keeper = office.world, office.keeper()
    keeper.append(world.sign("member", "registrar", member=member_body(SECOND, "u3")))
    grant = {"member": member_id(SECOND), "desk": "integrity", "until": ""}
    keeper.append(world.sign("grant", "registrar", "integrity", **grant))
    member = MemberId(member_id(SECOND))
    with office.database.writing() as session:
        session.execute(insert(Account), [account(SECOND)])
        to = office.member(SECOND).seed.identity.recipient
        seal_desk_seed(session, world.desk_keys("integrity")[0], world.desks["integrity"].seed, member, to)
    return office
