"""Entries of the interference register as browsers file and answer them: for the matrix."""

from collections.abc import Mapping
from typing import Final

from tests.admin.conftest import Office

ENTRY: Final[Mapping[str, str]] = {
    "who": "Old Zhou",
    "case": "2026-17",
    "how": "stop",
    "when": "On Friday",
    "happened": "He rang me at home.",
}
NOT_USED: Final = ("whose_unit", "position", "did", "unseen")
ANSWER: Final[Mapping[str, str]] = {"measures": "interview", "done_about": "He was spoken to."}
FILER: Final = "reviewer-a"


def file(office: Office) -> str:
    """The number of an entry that a reviewer has just filed."""
    assert office.signed_in(FILER).post("/interference/new", ENTRY).status_code == 303
    return str(office.log_size() - 1)


def answered(office: Office) -> str:
    """The same after an answer."""
    number = file(office)
    assert office.signed_in("integrity").post(f"/interference/{number}/answer", ANSWER).status_code == 303
    return number
