"""Names that reporters leave, as the public site stores them."""

from crypto.randomness import random_bytes
from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office
from tipline.identities.record import IdentityRecord
from tipline.mailbox.identity import leave_identity
from tipline.mailbox.thread import find_mailbox


def leave_name(office: Office, code: TrackingCode, name: str = "Li Na") -> None:
    """A name in the mailbox of a code, by a form of its own."""
    record = IdentityRecord.checked({"name": name}, office.clock.today())
    with office.database.reading() as session:
        mailbox = find_mailbox(session, code)
    leave_identity(mailbox, record, random_bytes(16), office.intake())
