"""Bringing a tip to where a test begins, as its members would."""

from typing import Any, Final

from crypto.randomness import random_bytes
from tests.admin.conftest import Office, Staff
from tipline.ids import TipId
from tipline.rebuild import rebuild_caches
from tipline.tips.moves import TipState

BODY: Final = {
    "id": "police",
    "names": {"zh": "某县警", "en": "The police"},
    "recipient": "",
    "accepts": True,
}

_WAY: Final = (
    (TipState.RECEIVED, TipState.SCREENING),
    (TipState.SCREENING, TipState.TRIAGE),
    (TipState.TRIAGE, TipState.TRANSFERRED),
    (TipState.TRANSFERRED, TipState.VERIFYING),
    (TipState.VERIFYING, TipState.OUTCOME),
    (TipState.OUTCOME, TipState.FEEDBACK),
    (TipState.FEEDBACK, TipState.CLOSED),
)


def state(office: Office, tip: TipId, kind: str, by: str = "reviewer-a", /, **fields: Any) -> None:
    """A statement of one member of the intake desk about a tip, without the site."""
    body = {"tip": tip.hex(), "desk": "intake", "reason": {}, **fields}
    office.keeper().append(office.world.sign(kind, by, **body))


def step(
    office: Office, tip: TipId, source: str, target: str, by: str = "reviewer-a", /, **fields: Any
) -> None:
    """A move of one member of the intake desk, without the site."""
    state(office, tip, "move", by, **{"from": source, "to": target, "detail": {}, **fields})


def new_item() -> dict[str, str]:
    """An item that is stored nowhere, as statements name it."""
    return {"item": random_bytes(16).hex(), "hash": random_bytes(32).hex()}


def walk(office: Office, to: TipState, tip: TipId | None = None) -> TipId:
    """A tip of the intake desk on the straight way, moved by reviewer-a; reviewer-b confirms the outcome."""
    found = tip or office.put_tip()
    office.signed_in("reviewer-a").get(f"/tips/{found.hex()}")  # lists the card, so that the keeper knows it
    for source, target in _WAY:
        if source is to:
            break
        _take(office, found, source, target)
    settle(office)
    return found


def settle(office: Office) -> None:
    """The rows, as the log has them."""
    rebuild_caches(office.database, office.keeper(), office.world.verifier)


def confirmed(staff: Staff, tip: TipId, **fields: str) -> int:
    """The status of a step that is taken after a reading."""
    return staff.act(tip, staff.read(tip), **fields).status_code


def _take(office: Office, tip: TipId, source: TipState, target: TipState) -> None:
    detail: dict[str, Any] = {}
    by = "reviewer-b" if target is TipState.FEEDBACK else "reviewer-a"
    if target is TipState.TRANSFERRED:
        if "police" not in office.keeper().roster().bodies:
            office.keeper().append(office.world.sign("body", "registrar", "integrity", body=BODY))
        detail = {"body": "police", "number": office.keeper().next_letter("intake"), "packet": "ab" * 32}
    if target is TipState.VERIFYING:
        note = new_item()
        fields = {"tip": tip.hex(), "desk": "intake", **note}
        office.keeper().append(office.world.sign("note", by, **fields))
        detail = {"receipt": note}
    if target is TipState.OUTCOME:
        detail = {"outcome": "partly-true"}
    if target is TipState.CLOSED:
        fields = {"tip": tip.hex(), "desk": "intake", **new_item()}
        office.keeper().append(office.world.sign("reply", by, **fields))
    step(office, tip, source, target, by, detail=detail)
