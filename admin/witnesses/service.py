"""What an auditor sees of the witnesses, the head on paper, and letting reading go on without them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import segno
from markupsafe import Markup

from admin.members.names import Names
from admin.visit import Visit
from admin.witnesses.errors import NoSecondPerson, ReadingGoesOn
from crypto.cosignatures import MldsaCosignatureVerifier
from crypto.note_lines import split_note
from crypto.notes import Checkpoint, NoteVerifier
from tipline.ids import MemberId
from tipline.keeper_client.witnesses import Health, OtherHead, StampedHead
from tipline.proposals.errors import ProposalError
from tipline.roster.acknowledging import ACKNOWLEDGE, UNWITNESSED
from tipline.roster.log_keys import log_keys_at
from tipline.roster.rules import is_settled
from tipline.roster.witnesses import Witness, WitnessPolicy

_HOUR = 3600


@dataclass(frozen=True)
class Line:
    """One witness: what it countersigned last and when (None: never), and whether that is too long ago."""

    witness: Witness
    size: int
    at: datetime | None
    late: bool
    other: OtherHead | None


@dataclass(frozen=True)
class Countersigning:
    """The page: the policy, its witnesses, and whether nothing is read for want of them."""

    policy: WitnessPolicy
    lines: Sequence[Line]
    stopped: bool
    others: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Paper:
    """A checkpoint as it is printed. `keys` are kind and key id (hex) of the log's two keys."""

    checkpoint: Checkpoint
    note: str
    keys: Sequence[tuple[str, str]]
    drawn: Markup
    on: datetime
    stamps: Sequence[StampedHead]


def look(visit: Visit) -> Countersigning:
    """Who countersigns, and how that stands.

    Raises:
        KeeperError: the keeper does not answer.
    """
    health, policy = visit.services.keeper.health(), visit.roster.witnesses
    now = visit.services.clock.unix()
    lines = [_line(one, policy, health, now) for one in policy.witnesses]
    names = Names.of(visit)
    others = sorted(((one, names.member(one)) for one in _others(visit)), key=lambda pair: pair[1])
    return Countersigning(policy, lines, health.stopped, others)


def let_go_on(visit: Visit, other: str) -> None:
    """Sign, as the first of two, that reading goes on for three days without enough witnesses.

    Raises:
        WitnessesError: nothing is stopped, or not with this person.
        SecondLookNeeded: the member must confirm first.
        KeeperError: the keeper does not answer.
    """
    services = visit.services
    if not services.keeper.health().stopped:
        raise ReadingGoesOn
    if other not in _others(visit):
        raise NoSecondPerson
    head, _ = services.keeper.signed_checkpoint()
    found = {"size": head.size, "root": head.root.hex()}
    fields = {"what": UNWITNESSED, "lost": {}, "found": found, "reason": {}}
    try:
        services.proposals.propose(ACKNOWLEDGE, fields, visit.session.member, MemberId(other))
    except ProposalError as error:
        raise NoSecondPerson from error


def on_paper(visit: Visit) -> Paper:
    """The last published checkpoint, to print and to sign by hand.

    The code holds the note with the first signature: the second alone is longer than any code can be.

    Raises:
        KeeperError: the keeper does not answer.
    """
    keeper = visit.services.keeper
    checkpoint, note = keeper.signed_checkpoint()
    pair = log_keys_at(visit.roster, checkpoint.size - 1)
    first = NoteVerifier(checkpoint.origin, pair.key)
    short = _with_line_of(note, first.key_id)
    keys = [("Ed25519", first.key_id.hex())]
    if pair.pq is not None:
        keys.append(("ML-DSA-44", MldsaCosignatureVerifier(checkpoint.origin, pair.pq).key_id.hex()))
    drawn = segno.make(short, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff")
    return Paper(checkpoint, short, keys, Markup(drawn), visit.services.clock.now(), keeper.stamps())  # noqa: S704  drawn here


def _line(one: Witness, policy: WitnessPolicy, health: Health, now: int) -> Line:
    signed = next((each for each in health.cosigned if each.name == one.name), None)
    other = next((each for each in health.disagree if each.name == one.name), None)
    last = max(signed.at if signed else 0, policy.since)
    at = datetime.fromtimestamp(signed.at, UTC) if signed else None
    return Line(one, signed.size if signed else 0, at, now - last > policy.alarm_hours * _HOUR, other)


def _others(visit: Visit) -> list[MemberId]:
    members = visit.roster.members.values()
    return [one.id for one in members if one.id != visit.member.id and is_settled(one)]


def _with_line_of(note: bytes, key_id: bytes) -> str:
    """The note with the signature line of one key alone."""
    text, lines = split_note(note)
    raw = note.decode("utf-8")[len(text) + 1 :].splitlines(keepends=True)
    kept = [line for parsed, line in zip(lines, raw, strict=True) if parsed.key_id == key_id]
    return text + "\n" + "".join(kept)
