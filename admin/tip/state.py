"""What the forms of a read tip need, travelling in a hidden field that only this session opens.

It names the reporter's key and the route, and whom an answer must not name, so it never stands in clear in a
page.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from admin.errors import BadForm
from admin.sessions.service import OpenSession
from crypto import canonical
from crypto.boxes import open_box, seal_box
from crypto.errors import CryptoError
from crypto.keys import Recipient
from tipline.accused.marks import Mark
from tipline.ids import TipId
from tipline.routing import Route
from tipline.tips.moves import CaseState, state_named
from tipline.tips.purposes import Purpose


@dataclass(frozen=True, repr=False)
class ReadState:
    """What a reading has shown: the reporter's keys, route, purpose, state, and how far the thread went.

    `language` is the reporter's; `names` are words of this reading that would tell who somebody is.
    `accused` hides the names that are marked, by the item `accused_base` (hex). `form` is the form (hex) that
    a protection case rests on, where it was shown; `group` is whom it protects.
    """

    recipient: Recipient
    claim: bytes
    route: Route
    purpose: Purpose
    desk: str
    tip_state: CaseState
    position: int
    language: str = ""
    names: tuple[str, ...] = ()
    accused: tuple[Mark, ...] = ()
    accused_base: str = ""
    form: str = ""
    group: str = ""

    def seal(self, session: OpenSession, tip: TipId) -> str:
        """The hidden field, for this tip's page of this session."""
        fields: Mapping[str, Any] = {
            "recipient": base64.b64encode(self.recipient.raw).decode("ascii"),
            "claim": self.claim.hex(),
            "desks": list(self.route.desks),
            "excluded": list(self.route.excluded),
            "purpose": self.purpose.value,
            "desk": self.desk,
            "tip_state": self.tip_state.value,
            "position": self.position,
            "language": self.language,
            "names": list(self.names),
            "accused": [[mark.code, list(mark.spellings)] for mark in self.accused],
            "accused_base": self.accused_base,
            "form": self.form,
            "group": self.group,
        }
        box = seal_box(session.token.form_key, canonical.encode(dict(fields)), _context(session, tip))
        return base64.urlsafe_b64encode(box).decode()

    @classmethod
    def open(cls, text: str, session: OpenSession, tip: TipId) -> "ReadState":
        """Open the hidden field.

        Raises:
            BadForm: it was made for another tip or session, or not by us.
        """
        try:
            box = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
            fields = canonical.decode(open_box(session.token.form_key, box, _context(session, tip)))
        except (CryptoError, UnicodeEncodeError, binascii.Error) as error:
            raise BadForm from error
        return cls(
            Recipient(base64.b64decode(fields["recipient"])),
            bytes.fromhex(fields["claim"]),
            Route(tuple(fields["desks"]), tuple(fields["excluded"])),
            Purpose(fields["purpose"]),
            fields["desk"],
            state_named(fields["tip_state"]),
            fields["position"],
            fields["language"],
            tuple(fields["names"]),
            tuple(Mark(code, tuple(spellings)) for code, spellings in fields["accused"]),
            fields["accused_base"],
            fields["form"],
            fields["group"],
        )


def _context(session: OpenSession, tip: TipId) -> bytes:
    return canonical.encode({"tip": tip.hex(), "member": session.member.id})
