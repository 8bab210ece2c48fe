"""An award whose reporter wants to be paid by name; the clerk sits at the desk that it is sealed for."""

from contextlib import closing

from crypto.randomness import random_bytes
from tests.admin import reward_scene as made
from tests.admin.conftest import Office
from tests.admin.disclosing import CONTACT, NAME
from tests.world import member_id
from tipline.awards.storing import keep_told
from tipline.identities.record import IdentityRecord
from tipline.ids import PAYMENTS, MemberId
from tipline.keeper_client.public import KeeperPublic
from tipline.mailbox.payee import be_paid_by_name
from tipline.mailbox.thread import find_mailbox


def hold_payments(office: Office) -> None:
    """Let the clerk hold the desk."""
    held = office.keeper().roster().members[MemberId(member_id(made.CLERK))].desks
    if PAYMENTS not in held:
        fields = {"member": member_id(made.CLERK), "desk": PAYMENTS, "until": ""}
        office.services.members.carry_out(office.world.sign("grant", "registrar", "reviewer-a", **fields))


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
