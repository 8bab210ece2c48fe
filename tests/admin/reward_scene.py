"""Awards for the matrix: by hand of its own members, each as quick as the log allows."""

from typing import Any, Final

from tests.admin.conftest import Office
from tests.admin.walking import new_item, walk
from tests.keeper.rewards.known import award_of
from tests.keeper.rewards.till import lay_keys
from tests.world import member_id
from tipline.ids import TipId
from tipline.tips.moves import TipState

VERIFIES: Final = "custodian-1"
APPROVES: Final = "head"
PROPOSE: Final = ("reviewer-a", "reviewer-b")
JUDGES: Final = (*PROPOSE, VERIFIES, APPROVES)
CLERK, SECOND_CLERK = CLERKS = ("clerk-1", "clerk-2")
ROLES: Final = {
    **dict.fromkeys(PROPOSE, "proposer"),
    VERIFIES: "verifier",
    APPROVES: "approver",
    **dict.fromkeys(CLERKS, "pay-clerk"),
}
AMOUNT: Final = 10_000
LINES: Final = {"zh": "某处，周一至周五", "en": "Some place, Monday to Friday"}


def give_roles(office: Office) -> None:
    """Let members of the scene propose, verify, approve and pay."""
    for name, role in ROLES.items():
        fields = {"member": member_id(name), "role": role, "held": True}
        office.services.members.carry_out(office.world.sign("role", "registrar", "integrity", **fields))


def award(
    office: Office, by: str = PROPOSE[0], shut_out: tuple[str, ...] = (), of: TipId | None = None
) -> int:
    """A proposed award of a tip, of a new one unless it is named, that excludes units from then on."""
    tip = walk(office, TipState.FEEDBACK, of).hex()
    proposal: dict[str, Any] = {
        "tier": "evil-force",
        "amount": AMOUNT,
        "major": ["evil-force"],
        "scores": dict.fromkeys(("result", "originality", "completeness", "risk", "help"), 1),
        "novelty": "new",
        "duty": "none",
        "share": "",
    }
    number = _state(office, "reward-proposal", by, tip=tip, desk="intake", reason=new_item(), **proposal)
    if shut_out:
        route = {"desks": ["intake"], "excluded": sorted(shut_out), "reason": {}}
        _state(office, "route", by, tip=tip, desk="intake", **route)
    return number


def checked(office: Office, of: TipId | None = None) -> int:
    """One whose outcome a verifier has confirmed."""
    number = award(office, of=of)
    found = {"outcome": "partly-true", "number": _letter(office, number), "confirmed": True, "reason": {}}
    _state(office, "reward-check", VERIFIES, award=number, **found)
    return number


def granted(office: Office, of: TipId | None = None) -> int:
    """One that its reporter may collect."""
    number = checked(office, of)
    keys(office)
    budget = {"year": 2026, "amount": 1_000_000, "reason": new_item()}
    office.keeper().append(office.world.sign("reward-budget", APPROVES, VERIFIES, **budget))
    _state(office, "reward-approval", APPROVES, award=number, amount=AMOUNT, approved=True, reason={})
    return number


def keys(office: Office) -> None:
    """The mint's keys of the year."""
    lay_keys(office.world)
    office.world.client("patient.json", timeout=60).paying.make_keys(2026)


def point(office: Office, identifier: str) -> None:
    """A pickup point."""
    body = {"id": identifier, "names": LINES, "places": LINES, "unit": "u9", "recipient": "", "open": True}
    members = office.services.members
    members.carry_out(office.world.sign("point", "registrar", "integrity", point=body))


def _letter(office: Office, number: int) -> str:
    tip = award_of(office.keeper().rewards, number).award.tip
    return office.keeper().states([tip])[tip].case.letter


def _state(office: Office, kind: str, by: str, **fields: Any) -> int:
    return office.keeper().append(office.world.sign(kind, by, **fields)).index
