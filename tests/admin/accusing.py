"""Names of accused persons, as reviewers mark, read and correct them in their browsers."""

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from werkzeug.test import TestResponse

from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office, Staff, hidden_state
from tests.admin.disclosing import ENGLISH
from tipline.accused.marks import code_of
from tipline.ids import TipId
from tipline.tips.models import Item, Slip

NAME: Final = "王金丝雀"
LATIN: Final = "Wang Canary"
POSITION: Final = "head of the canary village"
CORRECTION: Final = "the canary man is another one of that name"
TEXT: Final = f"{NAME} runs the quarry. They say {LATIN}, or wang  CANARY, pays for it."
_BASE = re.compile(r'name="accused_base" value="([0-9a-f]*)"')


@dataclass(frozen=True)
class Accusing:
    """A tip that names somebody, and a reviewer who has listed it."""

    office: Office
    tip: TipId
    code: TrackingCode
    staff: Staff

    @classmethod
    def of(cls, office: Office, by: str = "reviewer-a", **changes: Any) -> "Accusing":
        tip, code = office.put_tip_with_code(TEXT, **changes)
        staff = office.signed_in(by)
        staff.get("/tips")
        return cls(office, tip, code, staff)

    @property
    def address(self) -> str:
        return f"/tips/{self.tip.hex()}"

    @property
    def page(self) -> str:
        """The page of names."""
        return f"{self.address}/accused"

    def alias(self, number: int = 1) -> str:
        return f"Reported person {code_of(self.tip, number)}"

    def read(self, staff: Staff | None = None, **fields: str) -> TestResponse:
        """The tip's page after a reading."""
        fields = {"purpose": "triage", **fields}
        return (staff or self.staff).post(self.address, fields, headers=ENGLISH)

    def act(
        self, page: TestResponse, status: int = 200, /, *, by: Staff | None = None, **fields: str
    ) -> TestResponse:
        """A step on a page that was read."""
        fields = {"state": hidden_state(page), **fields}
        answer = (by or self.staff).post(self.address, fields, headers=ENGLISH)
        assert answer.status_code == status, answer.text
        return answer

    def mark(
        self,
        names: str = f"{NAME}\n{LATIN}",
        status: int = 200,
        *,
        page: TestResponse | None = None,
        by: Staff | None = None,
        **fields: str,
    ) -> TestResponse:
        """Mark somebody, on a page that was read."""
        typed = {"accused_names": names, **fields}
        return self.act(page or self.read(by), status, by=by, step="accused", **typed)

    def names(self, staff: Staff | None = None, purpose: str = "verification") -> TestResponse:
        """The names, after a reading of their own."""
        return (staff or self.staff).post(self.page, {"purpose": purpose}, headers=ENGLISH)

    def correction(
        self, shown: TestResponse, names: str = NAME, number: int = 1, **fields: str
    ) -> dict[str, str]:
        """The form of one person, as it is sent from a page of names."""
        found = _BASE.search(shown.text)
        assert found
        typed = {"accused_person": str(number), "accused_base": found[1], "accused_names": names}
        return {"purpose": "verification", **typed, **fields}

    def correct(self, shown: TestResponse, by: Staff | None = None, **fields: Any) -> TestResponse:
        form = self.correction(shown, **fields)
        return (by or self.staff).post(f"{self.page}/correction", form, headers=ENGLISH)

    def stored(self, *kinds: str) -> dict[bytes, tuple[Any, ...]]:
        """The items of the tip with their slips, byte by byte; of all kinds when none is named."""
        with self.office.database.reading() as session:
            found = {
                row.id: tuple(getattr(row, column.name) for column in Item.__table__.columns)
                for row in session.scalars(select(Item).where(Item.tip_id == self.tip))
                if not kinds or row.kind in kinds
            }
            slips = session.execute(select(Slip.item_id, Slip.desk, Slip.slip).order_by(Slip.desk)).all()
        return {
            item: (*row, *(slip for slip in slips if slip.item_id == item)) for item, row in found.items()
        }
