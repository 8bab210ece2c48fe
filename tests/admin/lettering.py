"""What goes out of a protection case: forms for letters, as staff fill them in."""

from typing import Any, Final

from tests.admin.conftest import Office

NAME: Final = "Theophania Clearwater"
POST: Final = "village police post, east"
ASKED: Final = "Two officers at the gate until the trial."
FALSE: Final = "That money was taken at the checkpoint."

APPLICATION: Final[dict[str, Any]] = {
    "application_kind": "guarding",
    "application_body": "court",
    "application_number": "2026-31",
    "application_sent": "2026-03-02",
    "application_due": "2026-03-12",
    "application_what": ASKED,
}
ANSWERED: Final[dict[str, Any]] = APPLICATION | {
    "application_answer": "granted",
    "application_answered": "2026-03-03",
}
REFERRAL: Final[dict[str, Any]] = {
    "referral_what": "The complaint names a day on which the officer was elsewhere.",
    "referral_body": "court",
    "referral_number": "2026-32",
    "referral_sent": "2026-03-02",
}
BACKING: Final[dict[str, Any]] = {
    "backing_to": "Leading group's office",
    "backing_what": "A word at the next meeting.",
    "backing_asked": "2026-03-02",
}
CLEARING: Final[dict[str, Any]] = {
    "clearing_what": FALSE,
    "clearing_by": "court",
    "clearing_number": "JC-7",
    "clearing_on": "2026-03-01",
    "clearing_where": "At the unit's meeting, and on its board.",
}
TYPED: Final = {
    "cleared_name": NAME,
    "cleared_post": POST,
    "letter_to": "Police station",
    "letter_number": "5",
}


def add_court(office: Office) -> None:
    """The competent body that letters go to."""
    court = {"id": "court", "names": {"zh": "法院", "en": "Court"}, "recipient": "", "accepts": True}
    office.keeper().append(office.world.sign("body", "registrar", "auditor", body=court))
