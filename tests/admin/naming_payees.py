"""An award whose reporter wants to be paid by name; the clerk sits at the desk that it is sealed for."""

from contextlib import closing
from typing import Any, Final

from admin.readings.identities import find_payee
from crypto.randomness import random_bytes
from tests.admin import reward_scene as made
from tests.admin.conftest import Office
from tests.admin.disclosing import CONTACT, NAME
from tests.admin.walking import new_item
from tests.keeper.rewards.known import award_of
from tests.world import member_body, member_id
from tipline.awards.storing import keep_told
from tipline.identities.record import IdentityRecord
from tipline.ids import CUSTODIANS, PAYMENTS, DeskId, MemberId, TipId
from tipline.keeper_client import SlipRequest
from tipline.keeper_client.public import KeeperPublic
from tipline.mailbox.payee import be_paid_by_name
from tipline.mailbox.thread import find_mailbox

AGREES: Final = "custodian-3"
"""A custodian who took no step of the award: the world's first one checked it, the second may be gone."""


def hold_payments(office: Office) -> None:
    """Let the clerk hold the desk."""
    _hold(office, made.CLERK, PAYMENTS, "reviewer-a")


def _hold(office: Office, who: str, desk: DeskId, by: str) -> None:
    held = office.keeper().roster().members[MemberId(member_id(who))].desks
    if desk not in held:
        fields = {"member": member_id(who), "desk": desk, "until": ""}
        office.services.members.carry_out(office.world.sign("grant", "registrar", by, **fields))


def let_see(office: Office, number: int) -> None:
    """Let the clerk see whom to pay: the clerk asks, and a custodian says yes."""
    keeper = office.keeper()
    if member_id(AGREES) not in keeper.roster().members:
        joins = office.world.sign("member", "registrar", member=member_body(AGREES, "u9"))
        office.services.members.carry_out(joins)
    _hold(office, AGREES, CUSTODIANS, "custodian-1")
    award = award_of(keeper.rewards, number).award
    with office.database.reading() as session:
        payee = find_payee(session, TipId(bytes.fromhex(award.tip)), bytes.fromhex(award.claim))
    assert payee is not None
    fields: dict[str, Any] = {"tip": award.tip, "desk": PAYMENTS, **payee.named, "ground": "reward"}
    fields |= {"hours": 24, "tell": "after", "emergency": False, "body": "", "letter": ""}
    statement = office.world.sign("disclosure", made.CLERK, **fields, reason=new_item())
    request = keeper.disclosures.request(
        statement, SlipRequest(payee.slip, payee.kind, payee.claim_signature)
    )
    said = {"request": request, "approved": True, "reason": new_item()}
    keeper.disclosures.decide(office.world.sign("disclosure-decision", AGREES, **said))


def named_award(office: Office) -> int:
    """Its number."""
    hold_payments(office)
    tip, code = office.put_tip_with_code()
    number = made.granted(office, tip)
    keep_told(office.services.database, office.services.keeper)
    record = IdentityRecord.checked({"name": NAME, "contact": CONTACT}, office.clock.today())
    with office.database.reading() as session:
        mailbox = find_mailbox(session, code)
    with closing(KeeperPublic(office.settings.public_socket)) as public:
        be_paid_by_name(mailbox, record, random_bytes(16), public, office.intake())
    return number
