"""Names that two people open, as their browsers do it: for the tests of disclosures and the matrix."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office, Staff
from tipline.database import Base
from tipline.identities.alias import alias_code
from tipline.identities.record import IdentityRecord
from tipline.ids import ItemId, TipId, new_item_id
from tipline.mailbox.identity import leave_identity
from tipline.mailbox.thread import find_mailbox
from tipline.tips.models import Item

ENGLISH: Final = {"Accept-Language": "en"}
NAME: Final = "Canary Quillfeather"
CONTACT: Final = "the tea house by the north bridge"
WHY: Final = "The payment office pays by name alone."
BASIS: Final = "Reward rules, article nine."
ANSWER: Final = "The reporter asked for it in the mailbox."
ASKS: Final = "reviewer-a"
AGREES: Final = "custodian-1"
HOUR: Final = 3_600

AFTER: Final[Mapping[str, str]] = {
    "ground": "protection",
    "hours": "2",
    "tell": "after",
    "tell_reason": "He reads what comes to the house.",
    "reason": WHY,
    "basis": BASIS,
}
"""A request whose window begins with the yes."""
FIRST: Final[Mapping[str, str]] = {name: text for name, text in AFTER.items() if name != "tell_reason"} | {
    "tell": "first"
}
LIFE: Final[Mapping[str, str]] = {
    "ground": "life",
    "hours": "2",
    "tell": "after",
    "tell_reason": "There is no time.",
    "reason": "They are on their way to the house.",
    "emergency": "yes",
}


@dataclass(frozen=True)
class Asking:
    """A tip with a name, and the browsers of the two people."""

    office: Office
    tip: TipId
    code: TrackingCode
    asks: Staff
    agrees: Staff

    @classmethod
    def of(cls, office: Office, **changes: Any) -> "Asking":
        """A new tip whose reporter left a name; both people confirmed a moment ago."""
        tip, code = office.put_tip_with_code(**changes)
        leave_name(office, code)
        asks, agrees = (office.signed_in(name, confirmed=True) for name in (ASKS, AGREES))
        asks.get("/tips")
        return cls(office, tip, code, asks, agrees)

    @property
    def form(self) -> str:
        """Where the name is asked for."""
        return f"/tips/{self.tip.hex()}/identity"

    def ask(self, fields: Mapping[str, str] = AFTER, status: int = 303) -> TestResponse:
        """A request as it is sent."""
        answer = self.asks.post(self.form, fields, headers=ENGLISH)
        assert answer.status_code == status, answer.text
        return answer

    def asked(self, fields: Mapping[str, str] = AFTER) -> int:
        """A request in the log: its number."""
        found = re.fullmatch(r"/disclosures/(\d+)\?done=name-asked", self.ask(fields).location)
        assert found
        return int(found[1])

    def decide(
        self, number: int, *, approved: str = "yes", status: int = 303, **changes: str
    ) -> TestResponse:
        """A decision as it is sent."""
        fields = {"approved": approved, "reason": ANSWER, **changes}
        answer = self.agrees.post(f"/disclosures/{number}/decision", fields, headers=ENGLISH)
        assert answer.status_code == status, answer.text
        return answer

    def running(self, fields: Mapping[str, str] = AFTER) -> int:
        """A request that was allowed and handed over."""
        number = self.asked(fields)
        assert self.decide(number).location == f"/disclosures/{number}?done=name-allowed"
        return number

    def look(self, number: int, by: Staff | None = None) -> TestResponse:
        """One look at the name."""
        return (by or self.asks).post(f"/disclosures/{number}", headers=ENGLISH)

    def page(self, number: int, by: Staff | None = None) -> TestResponse:
        """The page of a request."""
        return (by or self.asks).get(f"/disclosures/{number}", headers=ENGLISH)

    @property
    def identity(self) -> bytes:
        """The item that holds the name which was left first."""
        first = (
            select(Item.id).where(Item.tip_id == self.tip, Item.kind == "identity").order_by(Item.position)
        )
        with self.office.database.reading() as session:
            return bytes(session.scalars(first).first() or b"")

    @property
    def alias(self) -> str:
        """What the person is called."""
        return f"Reporter {alias_code(ItemId(self.identity))}"


def leave_name(office: Office, code: TrackingCode, name: str = NAME) -> None:
    """A reporter leaves their name in the mailbox."""
    with office.database.reading() as session:
        mailbox = find_mailbox(session, code)
    record = IdentityRecord.checked({"name": name, "contact": CONTACT}, office.clock.today())
    leave_identity(mailbox, record, new_item_id(), office.intake())


def fresh(office: Office) -> tuple[Staff, Staff]:
    """New sessions of the two people: those from before have ended."""
    asks, agrees = (office.signed_in(name, confirmed=True) for name in (ASKS, AGREES))
    return asks, agrees


def count(office: Office, table: type[Base]) -> int:
    """How many rows a table has."""
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
