"""What the sites ask about disclosures without a statement: what waits, what stands, what reporters are told.

Nothing here opens anything. A custodian's answer names no tip.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from crypto.notes import NoteSigner, sign_json
from tipline.database import Database
from tipline.keeper.answering import Operation
from tipline.keeper.digests.rows import Rows
from tipline.keeper.disclosing import standing as stored
from tipline.keeper.disclosing.accused import named_unit, shut_out
from tipline.keeper.disclosing.payees import as_payee, require_no_step
from tipline.keeper.disclosing.people import known, require_approver, require_requester, require_running
from tipline.keeper.disclosing.standing import Disclosure
from tipline.keeper.disclosing.stands import Present, passes, stands
from tipline.keeper.errors import Refusal
from tipline.keeper.fields import read_number, read_text
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.pins import Standing, read_standings
from tipline.keeper.snapshots import look
from tipline.keeper.writer import Writer
from tipline.keeper_client.frames import to_text
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member, RosterRefused

AT_ONCE: Final = 200
"""Requests that one question for records looks at."""
MOST_OWN: Final = 100


class Disclosing:
    """The operations `disclosures-for`, `disclosures-of` and `disclosure-records`."""

    def __init__(self, database: Database, writer: Writer, signer: NoteSigner, clock: KeptTime) -> None:
        self._database = database
        self._writer = writer
        self._signer = signer
        self._clock = clock

    def operations(self) -> Mapping[str, Operation]:
        """By their names on the admin site's socket."""
        return {
            "disclosures-for": self._for_custodian,
            "disclosures-of": self._of_member,
            "disclosure-records": self._records,
        }

    def _for_custodian(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What a custodian may decide, and what they approved and may still unlock."""
        present = self._present()
        found = look(
            self._writer, self._database, partial(_for_custodian, present, _member(present, request))
        )
        return {"requests": found}

    def _of_member(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A member's own requests, but for tips that they may not read any more."""
        present = self._present()
        return {
            "requests": look(self._writer, self._database, partial(_own, present, _member(present, request)))
        }

    def _records(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What reporters may be told now: the same each time, so that nothing told can be lost."""
        after = read_number(request, "after", least=stored.NONE)
        told, last = look(self._writer, self._database, partial(_told, self._present(), after))
        return {
            "records": [
                {"tip": one.tip.hex(), "request": one.index, "note": self._note(one)} for one in told
            ],
            "last": last,
        }

    def _note(self, one: Disclosure) -> str:
        place = self._writer.published.size - 1  # the key that signs may be younger than the decision
        return to_text(sign_json(one.record().to_body(self._signer.name, place), self._signer))

    def _present(self) -> Present:
        memory, now, today = self._writer.memory, self._clock.unix(), self._clock.today()
        return Present(memory.roster.as_of(today), today, now, max(now, memory.last_at))


def _member(present: Present, request: Mapping[str, Any]) -> Member:
    try:
        return present.roster.member(read_text(request, "member"))
    except RosterRefused as refused:
        raise Refusal(Reason.UNKNOWN_MEMBER) from refused


def _for_custodian(
    present: Present, member: Member, connection: Connection, rows: Rows
) -> list[dict[str, Any]]:
    waiting = [one for one in stored.all_open(connection, rows) if not one.is_late(present.today)]
    mine = stored.approved_by(connection, rows, member.id, present.at)
    standings = read_standings(rows, {one.tip for one in (*waiting, *mine)})

    def is_theirs(one: Disclosure) -> bool:
        standing = known(standings.get(one.tip))

        def may() -> None:
            met = shut_out(connection, rows, present.roster, one, standing)
            require_approver(present.roster, present.today, member, one, met)
            require_no_step(rows, one.tip, one.desk, member)
            require_running(standing, one.desk)

        return passes(may)

    return [_shown(connection, present, one) for one in (*waiting, *mine) if is_theirs(one)]


def _own(present: Present, member: Member, connection: Connection, rows: Rows) -> list[dict[str, Any]]:
    mine = stored.of_requester(connection, rows, member.id, MOST_OWN)
    standings = read_standings(rows, {one.tip for one in mine})

    def is_theirs(one: Disclosure) -> bool:
        standing = known(standings.get(one.tip))

        def may() -> None:
            met = as_payee(rows, one.tip, one.desk, one.ground, standing)
            require_requester(present.roster, present.today, member, one.desk, met)

        return passes(may)

    return [
        _shown(connection, present, one) | _own_fields(connection, rows, present, one, standings[one.tip])
        for one in mine
        if is_theirs(one)
    ]


def _told(present: Present, after: int, connection: Connection, rows: Rows) -> tuple[list[Disclosure], int]:
    """Those to be told among the next ones, and where the next question goes on; `NONE`: nowhere."""
    some = stored.page(connection, rows, after, AT_ONCE)
    standings = read_standings(rows, {one.tip for one in some})
    told = [
        one
        for one in some
        if one.may_be_told(present.at, tip_has_ended=known(standings.get(one.tip)).case.has_ended)
    ]
    return told, some[-1].index if len(some) == AT_ONCE else stored.NONE


def _shown(connection: Connection, present: Present, one: Disclosure) -> dict[str, Any]:
    """What a custodian is shown: no tip."""
    return {
        "request": one.index,
        "requester": one.requester,
        "desk": one.desk,
        "item": one.item.hex(),
        "digest": one.digest.hex(),
        "ground": one.ground,
        "hours": one.hours,
        "tell": one.tell,
        "emergency": bool(one.emergency),
        "asked": stored.day_of(one.asked).isoformat(),
        "due": one.due,
        "reason": one.reason.hex(),
        "reason_hash": one.reason_hash.hex(),
        "body": one.body,
        "letter": one.letter,
        "accused_unit": _named_unit(connection, present, one),
        "approved": one.state == stored.APPROVED,
        "until": one.until,
    }


def _named_unit(connection: Connection, present: Present, one: Disclosure) -> str:
    try:
        return named_unit(connection, present.roster, one)
    except Refusal:  # its requester has new keys since: it is in their own list still, and opens nothing
        return ""


def _own_fields(
    connection: Connection, rows: Rows, present: Present, one: Disclosure, standing: Standing
) -> dict[str, Any]:
    return {
        "tip": one.tip.hex(),
        "protects": standing.case.protects,
        "stands": stands(connection, rows, present, one, standing).value,
        "decided": stored.day_of(one.decided_at).isoformat() if one.approver else "",
        "approver": one.approver,
        "answer": one.answer.hex(),
        "answer_hash": one.answer_hash.hex(),
        "opens": one.opens,
        "views": one.views,
    }
