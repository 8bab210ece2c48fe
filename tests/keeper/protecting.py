"""A protection case at a running keeper: what its desk states about it, and what its person sends."""

from datetime import date
from typing import Any

from crypto.randomness import random_bytes
from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, member_body, member_id, name, request
from tipline.keeper_client import SlipRequest
from tipline.sealing.items import NewItem, seal_item
from tipline.tips.case_file import CaseFile

DAY = 86_400
FIRST, SECOND = "protection", "protection-2"
"""Two members of the desk; the second is outside the township and joins by `second_member`."""


def begun(world: World, keeper: Observed, *desks: str, excluded: tuple[str, ...] = ()) -> SealedTip:
    """A case that its desk has read; stored in the main database, too."""
    case = world.put_in(world.seal_tip(*(desks or ("protection",)), excluded=excluded))
    read(world, keeper, case)
    return case


def read(world: World, keeper: Observed, case: SealedTip, *items: NewItem, **changes: Any) -> None:
    """A reading by the desk."""
    fields = {"desk": "protection", "purpose": "protection", "by": FIRST} | changes
    by, desk = fields.pop("by"), fields["desk"]
    wanted = items or (case.item("text"),)
    statement = world.read(by, case, *[], items=[name(item) for item in wanted], **fields)
    keeper.client.release(statement, [request(item, desk) for item in wanted])


def stated(world: World, kind: str, case: SealedTip, /, by: str = FIRST, **changes: Any) -> Statement:
    """A statement of the desk about a case."""
    return world.sign(kind, by, **({"tip": case.id.hex(), "desk": "protection", "reason": {}} | changes))


def form(world: World, keeper: Observed, case: SealedTip, by: str = FIRST) -> dict[str, str]:
    """A filled-in form, as a move names it: a note of the case that is in the log."""
    named = {"item": random_bytes(16).hex(), "hash": "cd" * 32}
    keeper.client.append(world.sign("note", by, tip=case.id.hex(), desk="protection", **named))
    return named


def move(world: World, case: SealedTip, source: str, target: str, /, **changes: Any) -> Statement:
    """A move; `form` is what it rests on, and a reason is always given."""
    rests = {"form": changes.pop("form")} if "form" in changes else {}
    why = {"item": random_bytes(16).hex(), "hash": "cd" * 32}
    return stated(
        world, "move", case, **({"from": source, "to": target, "detail": rests, "reason": why} | changes)
    )


def advance(world: World, keeper: Observed, case: SealedTip, *states: str) -> None:
    """Move a case through these states, each by a form where one is asked for; another approves."""
    for target in states:
        at = where(keeper, case).state.value
        if target in ("protected", "ended"):
            by, rests = SECOND, {"form": proposed(keeper, case)}
        else:
            by, rests = FIRST, {"form": form(world, keeper, case)}
        keeper.client.append(move(world, case, at, target, by=by, **rests))


def proposed(keeper: Observed, case: SealedTip) -> dict[str, str]:
    """The form that waits for another member's yes, as an approval names it."""
    return {"item": where(keeper, case).rests_on, "hash": "cd" * 32}


def where(keeper: Observed, case: SealedTip) -> CaseFile:
    """Where it stands."""
    return keeper.client.states([case.id.hex()])[case.id.hex()].case


def second_member(world: World, keeper: Observed) -> None:
    """Let another member join the desk that protects."""
    keeper.client.append(world.sign("member", "registrar", member=member_body(SECOND, "u9")))
    joins = {"member": member_id(SECOND), "desk": "protection", "until": ""}
    keeper.client.append(world.sign("grant", "registrar", FIRST, **joins))


def message(case: SealedTip, day: date) -> NewItem:
    """What the person sends from their mailbox on a day."""
    return seal_item("message", case.id, b"{}", audience=case.audience, claim=case.code.claim_key, day=day)


def slip_of(item: NewItem, desk: str = "protection") -> SlipRequest:
    """How the clocks hand it over."""
    return request(item, desk)
